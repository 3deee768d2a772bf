//! What a search says of a row, and which table picks the rows.

use hersys_shared::current_status::CurrentStatus;
use time::Duration;

use crate::cases::find::keys::{Condition, Driver};
use crate::cases::find::{Search, SortKey};
use crate::cases::index::pairs;
use crate::cases::search::{Origin, Residence, Shared};
use crate::clock::Timestamp;
use crate::db::Value;

/// More of them leave out hardly anybody else.
const OTHER_PAIRS: usize = 2;

impl Search<'_> {
    /// All criteria, of which those that `driver` reads by pick and the others try.
    pub(super) fn condition(&self, driver: Driver) -> Condition {
        let criteria = self.criteria;
        let mut condition = Condition::of(self.scope.organization_id());
        condition.picked = self.picked(driver, &mut condition);
        if let Driver::NamePart(pair) = driver {
            self.narrow_by_other_pairs(pair, &mut condition);
        }
        if let Some(until) = self.view.hidden_until {
            let shown = condition.compare("listed_on", ">", until);
            match driver {
                Driver::Everybody | Driver::Order(SortKey::Reported) => condition.pick(&shown),
                _ => condition.try_by(&shown),
            }
        }
        if criteria.hides_linked {
            condition.trying.push_str(" and not c.is_linked");
        }
        for key in Driver::given(criteria) {
            match key {
                // Its table has picked by it.
                Driver::HersysId | Driver::Phone if driver == key => {}
                // The whole of the part is said once.
                Driver::NamePart(1..) => {}
                _ => {
                    for part in self.says(key, &mut condition) {
                        if driver.reads(key) && key != Driver::NamePart(0) {
                            condition.pick(&part);
                        } else {
                            condition.try_by(&part);
                        }
                    }
                }
            }
        }
        if criteria.status == Some(CurrentStatus::Released) {
            condition.try_by("c.status in ('contact', 'arranging', 'admitted')");
        }
        if !criteria.reported.is_empty() {
            condition.try_by("c.reported_on is not null");
        }
        if criteria.origin == Some(Origin::Entered) {
            condition.try_by("c.origin = 'hersys'");
        }
        if criteria.residence == Some(Residence::Unknown) {
            condition.try_by("c.residence = ''");
        }
        condition
    }

    /// What a key says of a row.
    pub(super) fn says(&self, key: Driver, condition: &mut Condition) -> Vec<String> {
        let criteria = self.criteria;
        let mut equal = |column: &str, value: Option<Value>| -> Vec<String> {
            value.map(|value| condition.compare(column, "=", value)).into_iter().collect()
        };
        match key {
            Driver::HersysId => equal("hersys_id", criteria.hersys_id.as_ref().map(|id| id.as_str().into())),
            Driver::Birth => equal("birth_on", criteria.birth_on.map(Value::from)),
            Driver::Diagnosis => equal("diagnosis_type", criteria.diagnosis.map(|diagnosis| diagnosis.code().into())),
            Driver::LocalId => {
                let mut parts = equal("local_id_key", criteria.local_id_key.as_ref().map(Value::from));
                // The index holds nobody without one.
                parts.push("c.local_id_key <> ''".to_owned());
                parts
            }
            Driver::Phone => criteria.phone.iter().map(|phone| condition.has_phone(phone.as_str())).collect(),
            Driver::NamePart(_) => criteria.name_key.iter().map(|name| condition.contains("name_key", name)).collect(),
            Driver::NameStart => condition.begins("name_key", criteria.name_key.as_deref().unwrap_or_default()),
            Driver::Kana => condition.begins("kana_key", criteria.kana_key.as_deref().unwrap_or_default()),
            // C-06: as [`CurrentStatus::on`] says it.
            Driver::Status => {
                let mut parts = equal("status", criteria.status.map(|status| status.code().into()));
                if criteria.status != Some(CurrentStatus::Dead) {
                    parts.push(condition.compare("ends_on", ">=", self.view.today));
                }
                parts
            }
            Driver::Released => vec![condition.compare("ends_on", "<", self.view.today)],
            Driver::Diagnosed => condition.days("diagnosed_on", criteria.diagnosed),
            // Where 報告年月日 is there, it is the day by which people are listed.
            Driver::Reported => condition.days("listed_on", criteria.reported),
            Driver::Registered => {
                let days = criteria.registered;
                let from = days.from.map(|from| condition.compare("created_at", ">=", Timestamp::start_of(from)));
                let until = days.until.map(|until| {
                    // Behind the last day of all nothing is registered.
                    let end = Timestamp::start_of(until.saturating_add(Duration::days(1)));
                    condition.compare("created_at", "<", end)
                });
                from.into_iter().chain(until).collect()
            }
            Driver::Shared => match criteria.shared {
                Some(Shared::Related) => vec!["c.is_shared".to_owned()],
                Some(Shared::Offered) => vec!["c.is_offered".to_owned()],
                None => vec![],
            },
            Driver::Migrated => vec!["c.origin <> 'hersys'".to_owned()],
            Driver::Hospital => vec!["c.residence <> ''".to_owned()],
            Driver::Center => {
                vec![condition.one_of("responsible_center_id", self.centers.as_deref().unwrap_or_default())]
            }
            Driver::Everybody | Driver::Order(_) => vec![],
        }
    }

    /// Whoever has one pair of the name, but not the others, is known without a look at the list.
    fn narrow_by_other_pairs(&self, picking: usize, condition: &mut Condition) {
        let pairs = self.criteria.name_key.as_deref().map(pairs).unwrap_or_default();
        for (_, pair) in pairs.into_iter().enumerate().filter(|(at, _)| *at != picking).take(OTHER_PAIRS) {
            let at = condition.place(pair);
            condition.narrowing.push_str(&format!(
                " and exists (select 1 from case_name_index m
                              where m.organization_id = $1 and m.pair = ${at} and m.case_id = n.case_id)"
            ));
        }
    }

    /// The cases that another table picks, where that is where `driver` looks.
    pub(super) fn picked(&self, driver: Driver, condition: &mut Condition) -> Option<String> {
        match driver {
            Driver::HersysId => {
                let at = condition.place(self.criteria.hersys_id.as_ref()?.as_str());
                Some(format!("select case_id from case_by_hersys_id where hersys_id = ${at}"))
            }
            Driver::Phone => {
                let at = condition.place(self.criteria.phone.as_ref()?.as_str());
                Some(format!("select case_id from case_phone_index where organization_id = $1 and phone = ${at}"))
            }
            Driver::NamePart(pair) => {
                let at = condition.place(pairs(self.criteria.name_key.as_ref()?).get(pair)?);
                Some(format!("select case_id from case_name_index where organization_id = $1 and pair = ${at}"))
            }
            _ => None,
        }
    }
}
