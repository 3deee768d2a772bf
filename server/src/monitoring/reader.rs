//! Who looks at a person's observation, and who wrote what stands in it: masks in one place.

use uuid::Uuid;

use crate::access::grant::{Action, Group};
use crate::access::{Grant, ItemGroup, OrganizationKind};

/// What a grant shows and allows of a person's observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    pub organization_id: Uuid,
    /// C-19: whose the person is and who acts for them is told with ID管理.
    pub knows_organizations: bool,
    pub reads_period: bool,
    pub reads_notification: bool,
    /// 自由記述欄, and what was written in a report.
    pub reads_notes: bool,
    pub reads_findings: bool,
    pub writes_reports: bool,
    pub writes_notes: bool,
    pub writes_findings: bool,
}

impl Reader {
    pub fn of<G: Group, A: Action>(grant: &Grant<G, A>) -> Self {
        Self {
            organization_id: grant.staff().organization_id,
            knows_organizations: grant.may_read(ItemGroup::Identity),
            reads_period: grant.may_read(ItemGroup::ObservationPeriod),
            reads_notification: grant.may_read(ItemGroup::Notification),
            reads_notes: grant.may_read(ItemGroup::ObservationNote),
            reads_findings: grant.may_read(ItemGroup::PhysicianFinding),
            writes_reports: grant.may_write(ItemGroup::Observation),
            writes_notes: grant.may_write(ItemGroup::ObservationNote),
            writes_findings: grant.may_write(ItemGroup::PhysicianFinding),
        }
    }
}

/// Who wrote or entered something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    pub name: String,
    pub organization_id: Uuid,
    pub organization: String,
    pub kind: OrganizationKind,
}

impl Writer {
    /// From the columns of joins that may have found nobody.
    pub fn of(
        name: Option<String>,
        organization_id: Option<Uuid>,
        organization: Option<String>,
        kind: Option<&str>,
    ) -> Option<Self> {
        Some(Self {
            name: name?,
            organization_id: organization_id?,
            organization: organization?,
            kind: OrganizationKind::from_code(kind?)?,
        })
    }

    /// The name within one's own organisation; of others as much as the reader may know.
    pub fn shown(&self, reader: &Reader) -> String {
        if self.organization_id == reader.organization_id {
            self.name.clone()
        } else if reader.knows_organizations {
            format!("{} {}", self.organization, self.name)
        } else {
            self.kind.label().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_19_whoever_may_not_know_whose_the_person_is_learns_the_kind_of_the_writer_alone() {
        let reader = |number, knows_organizations| Reader {
            organization_id: Uuid::from_u128(number),
            knows_organizations,
            reads_period: false,
            reads_notification: false,
            reads_notes: true,
            reads_findings: true,
            writes_reports: true,
            writes_notes: true,
            writes_findings: true,
        };
        let writer = Writer {
            name: "佐藤".into(),
            organization_id: Uuid::from_u128(1),
            organization: "あおば保健所".into(),
            kind: OrganizationKind::HealthCenter,
        };
        assert_eq!(writer.shown(&reader(1, false)), "佐藤");
        assert_eq!(writer.shown(&reader(2, true)), "あおば保健所 佐藤");
        assert_eq!(writer.shown(&reader(2, false)), "保健所");
    }
}
