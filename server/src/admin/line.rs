//! The line of command between organisations, and what an issuer may do along it (IDM-01…IDM-08).
//!
//! Ministry, head office, (city's head office,) health centre, institution: each stands in the line
//! of the office that governs it. Pure rules; nobody gives more than they have.

use std::collections::HashMap;

use uuid::Uuid;

use crate::access::OrganizationKind;

/// An organisation in its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub organization_id: Uuid,
    pub kind: OrganizationKind,
    /// The offices above it, the nearest first.
    pub above: Vec<Uuid>,
}

/// What an ID may do with other IDs. For each pair of issuer and organisation there is one right
/// at most that can be given, so that no form has to ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// 利用者認証実施者: issues IDs below.
    Issuer,
    /// A user's ID.
    User,
}

impl Right {
    pub fn label(self) -> &'static str {
        match self {
            Self::Issuer => "利用者認証実施者",
            Self::User => "利用者",
        }
    }
}

/// The kinds whose issuers issue at all (§2.2, ID発行).
pub use crate::access::policy::may_have_issuers;

/// The kind of office that governs an organisation of a kind; `None` for those that stand on top.
/// A city's head office may stand under that of its prefecture, or on top like it.
pub fn governing_kind(kind: OrganizationKind) -> Option<OrganizationKind> {
    match kind {
        OrganizationKind::Ministry => None,
        OrganizationKind::HeadOffice | OrganizationKind::HealthCenter | OrganizationKind::InformationCenter => {
            Some(OrganizationKind::HeadOffice)
        }
        OrganizationKind::MedicalInstitution | OrganizationKind::FollowUp | OrganizationKind::Accommodation => {
            Some(OrganizationKind::HealthCenter)
        }
    }
}

/// Whether `viewer` sees `target` in its administration: itself and all below; the ministry sees all.
pub fn oversees(viewer: &Line, target: &Line) -> bool {
    match viewer.kind {
        OrganizationKind::Ministry => true,
        OrganizationKind::HeadOffice | OrganizationKind::HealthCenter => {
            viewer.organization_id == target.organization_id || target.above.contains(&viewer.organization_id)
        }
        OrganizationKind::MedicalInstitution
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => false,
    }
}

/// Whether `manager` may change what `target` is: all below, never itself.
pub fn may_manage(manager: &Line, target: &Line) -> bool {
    oversees(manager, target)
        && manager.organization_id != target.organization_id
        && target.kind != OrganizationKind::Ministry
}

/// Whether `manager` may have an organisation of `kind` under `governing`.
pub fn may_place(manager: &Line, kind: OrganizationKind, governing: Option<&Line>) -> bool {
    let fits = match governing {
        Some(office) => governing_kind(kind) == Some(office.kind),
        None => kind == OrganizationKind::HeadOffice,
    };
    let within = match (manager.kind, governing) {
        (OrganizationKind::Ministry, _) => true,
        // IDM-02: head offices are the ministry's to make, a city's too.
        (_, None) => false,
        (_, Some(office)) => kind != OrganizationKind::HeadOffice && oversees(manager, office),
    };
    fits && within
}

/// The kinds that `manager` makes somewhere in its line.
pub fn kinds_to_make(manager: &Line) -> Vec<OrganizationKind> {
    let all = OrganizationKind::ALL.into_iter();
    match manager.kind {
        OrganizationKind::Ministry => all.filter(|kind| *kind != OrganizationKind::Ministry).collect(),
        OrganizationKind::HeadOffice => {
            all.filter(|kind| !matches!(kind, OrganizationKind::Ministry | OrganizationKind::HeadOffice)).collect()
        }
        OrganizationKind::HealthCenter => {
            all.filter(|kind| governing_kind(*kind) == Some(OrganizationKind::HealthCenter)).collect()
        }
        OrganizationKind::MedicalInstitution
        | OrganizationKind::FollowUp
        | OrganizationKind::Accommodation
        | OrganizationKind::InformationCenter => vec![],
    }
}

/// The right that an issuer of `issuer` may give to IDs of `target`: IDM-02 (the ministry makes
/// issuers of head offices and centres), IDM-03 and FUP-01 (centres issue for their institutions
/// and contractors), IDM-07 (head offices for the information centre), C-21 (each for its own staff).
pub fn right_to_give(issuer: &Line, target: &Line) -> Option<Right> {
    use OrganizationKind as K;
    if issuer.organization_id == target.organization_id {
        return may_have_issuers(issuer.kind).then_some(Right::User);
    }
    let directly_below = target.above.first() == Some(&issuer.organization_id);
    match (issuer.kind, target.kind) {
        (K::Ministry, K::HeadOffice | K::HealthCenter) => Some(Right::Issuer),
        (K::HeadOffice, K::HealthCenter) if directly_below => Some(Right::Issuer),
        (K::HeadOffice, K::InformationCenter) if directly_below => Some(Right::User),
        (K::HealthCenter, K::MedicalInstitution | K::FollowUp | K::Accommodation) if directly_below => {
            Some(Right::User)
        }
        _ => None,
    }
}

/// Whether an issuer of `issuer` may issue IDs for `target`.
pub fn may_issue(issuer: &Line, target: &Line) -> bool {
    right_to_give(issuer, target).is_some()
}

/// An office that others can stand under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    pub organization_id: Uuid,
    pub kind: OrganizationKind,
    pub name: String,
    pub code: Option<String>,
    pub prefecture_code: String,
    pub governing_id: Option<Uuid>,
}

/// Every head office and health centre: some hundreds in the whole country, enough to tell the line
/// of any organisation.
#[derive(Debug, Clone, Default)]
pub struct Offices(HashMap<Uuid, Office>);

impl Offices {
    pub fn new(offices: impl IntoIterator<Item = Office>) -> Self {
        Self(offices.into_iter().map(|office| (office.organization_id, office)).collect())
    }

    pub fn get(&self, organization_id: Uuid) -> Option<&Office> {
        self.0.get(&organization_id)
    }

    pub fn add(&mut self, office: Office) {
        self.0.insert(office.organization_id, office);
    }

    pub fn by_code(&self, kind: OrganizationKind, code: &str) -> Option<&Office> {
        self.0.values().find(|office| office.kind == kind && office.code.as_deref() == Some(code))
    }

    pub fn line(&self, organization_id: Uuid, kind: OrganizationKind, governing_id: Option<Uuid>) -> Line {
        let mut above = Vec::new();
        let mut next = governing_id;
        while let Some(office_id) = next.filter(|office_id| !above.contains(office_id)) {
            above.push(office_id);
            next = self.get(office_id).and_then(|office| office.governing_id);
        }
        Line { organization_id, kind, above }
    }

    pub fn line_of(&self, office: &Office) -> Line {
        self.line(office.organization_id, office.kind, office.governing_id)
    }

    /// Where `manager` may place an organisation of `kind`, in the order of their codes.
    pub fn places(&self, manager: &Line, kind: OrganizationKind) -> Vec<&Office> {
        let mut places: Vec<&Office> =
            self.0.values().filter(|office| may_place(manager, kind, Some(&self.line_of(office)))).collect();
        places.sort_by(|a, b| (&a.prefecture_code, &a.code, &a.name).cmp(&(&b.prefecture_code, &b.code, &b.name)));
        places
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::access::OrganizationKind as K;

    fn line(number: u128, kind: K, above: &[u128]) -> Line {
        Line {
            organization_id: Uuid::from_u128(number),
            kind,
            above: above.iter().map(|id| Uuid::from_u128(*id)).collect(),
        }
    }

    #[test]
    fn idm_02_the_ministry_makes_issuers_of_head_offices_and_centers_only() {
        let ministry = line(1, K::Ministry, &[]);
        assert_eq!(right_to_give(&ministry, &line(2, K::HeadOffice, &[])), Some(Right::Issuer));
        assert_eq!(right_to_give(&ministry, &line(3, K::HealthCenter, &[2])), Some(Right::Issuer));
        for kind in [K::MedicalInstitution, K::FollowUp, K::Accommodation, K::InformationCenter, K::Ministry] {
            assert_eq!(right_to_give(&ministry, &line(4, kind, &[3, 2])), None, "{kind:?}");
        }
    }

    #[test]
    fn idm_03_idm_07_fup_01_head_offices_and_centers_issue_directly_below() {
        let (office, center) = (line(2, K::HeadOffice, &[]), line(3, K::HealthCenter, &[2]));
        assert_eq!(right_to_give(&office, &center), Some(Right::Issuer));
        assert_eq!(right_to_give(&office, &line(9, K::InformationCenter, &[2])), Some(Right::User));
        assert_eq!(right_to_give(&office, &line(5, K::MedicalInstitution, &[3, 2])), None);
        for kind in [K::MedicalInstitution, K::FollowUp, K::Accommodation] {
            assert_eq!(right_to_give(&center, &line(5, kind, &[3, 2])), Some(Right::User), "{kind:?}");
            assert!(!may_issue(&center, &line(6, kind, &[4, 2])), "another centre's {kind:?}");
        }
        assert!(!may_issue(&center, &office) && !may_issue(&center, &line(4, K::HealthCenter, &[2])));
        assert!(!may_issue(&office, &line(7, K::HealthCenter, &[8])), "another prefecture's centre");
    }

    #[test]
    fn c_21_an_issuer_gives_its_own_colleagues_users_rights_only() {
        for kind in [K::Ministry, K::HeadOffice, K::HealthCenter] {
            let own = line(1, kind, &[]);
            assert_eq!(right_to_give(&own, &own), Some(Right::User));
            assert!(oversees(&own, &own) && !may_manage(&own, &own));
        }
        for kind in [K::MedicalInstitution, K::FollowUp, K::Accommodation, K::InformationCenter] {
            let own = line(1, kind, &[]);
            assert!(!may_issue(&own, &own) && !oversees(&own, &own));
        }
    }

    /// A country of random offices: each governed by an earlier one of a fitting kind, or by none.
    fn country() -> impl Strategy<Value = Vec<Line>> {
        proptest::collection::vec((0usize..7, any::<prop::sample::Index>()), 2..40).prop_map(|drawn| {
            let mut offices = Offices::default();
            let mut lines: Vec<Line> = Vec::new();
            for (number, (kind, pick)) in drawn.into_iter().enumerate() {
                let kind = K::ALL[kind];
                let governors: Vec<Uuid> = lines
                    .iter()
                    .filter(|line| governing_kind(kind) == Some(line.kind))
                    .map(|line| line.organization_id)
                    .collect();
                let governing_id = (!governors.is_empty()).then(|| governors[pick.index(governors.len())]);
                let organization_id = Uuid::from_u128(number as u128 + 1);
                offices.add(Office {
                    organization_id,
                    kind,
                    name: String::new(),
                    code: None,
                    prefecture_code: String::new(),
                    governing_id,
                });
                lines.push(offices.line(organization_id, kind, governing_id));
            }
            lines
        })
    }

    /// Every organisation that has an ID after any sequence of grants that begins with one issuer.
    fn reached(country: &[Line], first: &Line) -> HashSet<(Uuid, Right)> {
        let mut given: HashSet<(Uuid, Right)> = HashSet::new();
        let mut issuers = vec![first.clone()];
        while let Some(issuer) = issuers.pop() {
            for target in country {
                let Some(right) = right_to_give(&issuer, target) else { continue };
                if given.insert((target.organization_id, right)) && right == Right::Issuer {
                    issuers.push(target.clone());
                }
            }
        }
        given
    }

    proptest! {
        /// IDM-02, IDM-03, PERM-01…PERM-04: no sequence of grants leaves the first issuer's line, and
        /// no kind that issues nothing ever gets an issuer.
        #[test]
        fn no_sequence_of_grants_leaves_the_line(country in country(), pick in any::<prop::sample::Index>()) {
            let first = &country[pick.index(country.len())];
            for (organization_id, right) in reached(&country, first) {
                let target = country.iter().find(|line| line.organization_id == organization_id).unwrap();
                prop_assert!(oversees(first, target), "{first:?} reached {target:?}");
                if right == Right::Issuer {
                    prop_assert!(may_have_issuers(target.kind));
                    prop_assert!(target.organization_id != first.organization_id, "an issuer made itself a colleague issuer");
                    prop_assert!(target.kind != K::Ministry);
                }
            }
        }

        /// Making, moving and issuing together stay within the line as well: whatever a manager
        /// places, it oversees.
        #[test]
        fn what_is_placed_stands_below_who_placed_it(country in country(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let (manager, office) = (&country[a.index(country.len())], &country[b.index(country.len())]);
            for kind in K::ALL {
                if may_place(manager, kind, Some(office)) {
                    let mut above = vec![office.organization_id];
                    above.extend(&office.above);
                    let placed = Line { organization_id: Uuid::from_u128(999), kind, above };
                    prop_assert!(may_manage(manager, &placed) && kinds_to_make(manager).contains(&kind));
                }
                if manager.kind != K::Ministry {
                    prop_assert!(!may_place(manager, kind, None));
                }
            }
        }

        /// Who sees an organisation stands above it, is it, or is the ministry; nobody manages what it does not see.
        #[test]
        fn managing_is_a_part_of_seeing(country in country(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let (one, other) = (&country[a.index(country.len())], &country[b.index(country.len())]);
            prop_assert!(!may_manage(one, other) || oversees(one, other));
            prop_assert!(!may_issue(one, other) || oversees(one, other));
            if one != other && one.kind != K::Ministry {
                prop_assert!(!(oversees(one, other) && oversees(other, one)));
            }
        }
    }
}
