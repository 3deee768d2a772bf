//! The matrix of §2.2, requirement by requirement.

use super::*;

fn kinds_with(group: ItemGroup, level: Level) -> Vec<OrganizationKind> {
    OrganizationKind::ALL.into_iter().filter(|kind| may(*kind, group) == level).collect()
}

#[test]
fn perm_01_a_health_center_writes_everything() {
    for group in ItemGroup::ALL {
        let expected = if group == ItemGroup::Audit { Level::Read } else { Level::Write };
        assert_eq!(may(OrganizationKind::HealthCenter, group), expected);
    }
}

#[test]
fn perm_02_a_head_office_reads_everything_and_writes_only_residences() {
    for group in ItemGroup::ALL {
        let expected = if group == ItemGroup::Residence { Level::Write } else { Level::Read };
        assert_eq!(may(OrganizationKind::HeadOffice, group), expected);
    }
}

#[test]
fn perm_03_perm_04_activities_are_for_centers_and_head_offices_only() {
    assert_eq!(kinds_with(ItemGroup::Activity, Level::Write), [OrganizationKind::HealthCenter]);
    assert_eq!(kinds_with(ItemGroup::Activity, Level::Read), [OrganizationKind::HeadOffice]);
}

#[test]
fn perm_04_follow_up_and_facilities_see_no_residence_route_or_activity() {
    for kind in [OrganizationKind::FollowUp, OrganizationKind::Accommodation] {
        for group in [ItemGroup::Residence, ItemGroup::Activity, ItemGroup::Contact, ItemGroup::Notification] {
            assert_eq!(may(kind, group), Level::None);
        }
    }
}

#[test]
fn sec_12_the_audit_is_read_by_centers_and_head_offices_and_written_by_nobody() {
    assert_eq!(
        kinds_with(ItemGroup::Audit, Level::Read),
        [OrganizationKind::HeadOffice, OrganizationKind::HealthCenter]
    );
    assert!(kinds_with(ItemGroup::Audit, Level::Write).is_empty());
}

#[test]
fn obs_08_findings_are_not_for_plain_institutions() {
    assert_eq!(may(OrganizationKind::MedicalInstitution, ItemGroup::PhysicianFinding), Level::None);
    assert_eq!(may(OrganizationKind::MedicalInstitution, ItemGroup::ObservationNote), Level::Write);
    assert_eq!(may(OrganizationKind::MedicalInstitution, ItemGroup::Observation), Level::Read);
}

#[test]
fn obs_09_only_a_health_center_changes_the_period() {
    assert_eq!(kinds_with(ItemGroup::ObservationPeriod, Level::Write), [OrganizationKind::HealthCenter]);
}

#[test]
fn perm_10_the_ministry_reaches_no_single_person() {
    assert!(ItemGroup::ALL.into_iter().all(|group| may(OrganizationKind::Ministry, group) == Level::None));
}

#[test]
fn idm_08_fup_03_a_linked_institution_has_follow_up_rights_on_top_of_its_own() {
    let institution = |group, relations: &[Relation]| level(OrganizationKind::MedicalInstitution, group, relations);
    for group in ItemGroup::ALL {
        let (own, follow_up) =
            (may(OrganizationKind::MedicalInstitution, group), may(OrganizationKind::FollowUp, group));
        assert_eq!(institution(group, &[Relation::Linked]), follow_up, "{group:?}: somebody else's patient");
        assert_eq!(institution(group, &[Relation::Entered]), own);
        assert_eq!(institution(group, &[Relation::Entered, Relation::Linked]), own.max(follow_up));
    }
    assert_eq!(institution(ItemGroup::PhysicianFinding, &[Relation::Linked]), Level::Write);
    assert_eq!(institution(ItemGroup::Identity, &[Relation::Linked]), Level::None);
}

#[test]
fn more_relations_never_take_anything_away_and_none_gives_more_than_the_kinds_it_acts_as() {
    for kind in OrganizationKind::ALL {
        for group in ItemGroup::ALL {
            for one in Relation::ALL {
                let alone = level(kind, group, &[one]);
                assert!(alone <= may(acting_as(kind, one), group));
                assert!(Relation::ALL.into_iter().all(|other| level(kind, group, &[one, other]) >= alone));
            }
        }
    }
}

#[test]
fn c_02_a_receiving_center_reads_and_no_relation_means_nothing() {
    let kind = OrganizationKind::HealthCenter;
    assert_eq!(level(kind, ItemGroup::Identity, &[Relation::Receiving]), Level::Read);
    assert_eq!(level(kind, ItemGroup::Identity, &[Relation::Receiving, Relation::Related]), Level::Write);
    assert_eq!(level(kind, ItemGroup::Identity, &[]), Level::None);
}

#[test]
fn perm_06_c_20_an_institution_writes_admissions_and_residences_of_its_own_patients() {
    for relation in [Relation::Entered, Relation::Admitted] {
        let own = |group| level(OrganizationKind::MedicalInstitution, group, &[relation]);
        assert_eq!(own(ItemGroup::Medical), Level::Write);
        assert_eq!(own(ItemGroup::Residence), Level::Write);
        assert_eq!(own(ItemGroup::Activity), Level::None);
    }
}
