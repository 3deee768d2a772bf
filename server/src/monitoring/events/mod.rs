//! What happened to a person, for the day axis: onset, specimens, diagnosis, admission, medicines, attempts to reach
//! them. Each is of an item group and stands there only for whoever reads that group (C-19).
//!
//! Admissions, discharges and medicines beyond the notification come with the tabs 医療 and 記録.

mod store;

use std::collections::BTreeMap;

use hersys_shared::notification::Content;
use hersys_shared::notification::items::find;
use time::Date;

use crate::access::Grant;
use crate::access::grant::{Action, Group};
use crate::cases;
use crate::error::Result;
use crate::monitoring::board;
use crate::monitoring::reader::Reader;

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub day: Date,
    /// In the order in which the axis names them.
    pub sort: Sort,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Onset,
    Specimen,
    Diagnosis,
    Admission,
    Medicine,
    Death,
    Contact,
}

impl Sort {
    /// The letter on the axis; the words stand beneath.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Onset => "発",
            Self::Specimen => "検",
            Self::Diagnosis => "診",
            Self::Admission => "入",
            Self::Medicine => "薬",
            Self::Death => "亡",
            Self::Contact => "連",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Onset => "発病",
            Self::Specimen => "検体採取",
            Self::Diagnosis => "診断",
            Self::Admission => "入院",
            Self::Medicine => "治療薬",
            Self::Death => "死亡",
            Self::Contact => "連絡",
        }
    }
}

/// The events that a reader may know, by day. The period's beginning and end are lines of the graph.
pub async fn load<G: Group, A: Action>(grant: &Grant<G, A>, reader: &Reader) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    if reader.reads_notification {
        let episode = cases::store::episode(grant.db(), grant.case_id()).await?;
        let of = |key: &str| episode.0.get(key);
        for (key, sort, words) in [
            ("onset_on", Sort::Onset, "発病"),
            ("diagnosed_on", Sort::Diagnosis, "診断"),
            ("died_on", Sort::Death, "死亡"),
        ] {
            events.extend(episode.0.date(key).map(|day| Event { day, sort, words: words.to_owned() }));
        }
        if let Some(day) = episode.0.date("admitted_on").filter(|_| episode.is_admitted()) {
            let hospital = episode.hospital();
            let words = if hospital.is_empty() { "入院".to_owned() } else { format!("入院（{hospital}）") };
            events.push(Event { day, sort: Sort::Admission, words });
        }
        events.extend(specimen(1, &of));
        for content in store::contents(grant.db(), grant.case_id()).await? {
            events.extend(notified(&content));
        }
    }
    if reader.writes_reports {
        // FUP-03, FUP-05: what a centre wrote is not for whoever follows for it.
        let own = (!reader.reads_period).then_some(reader.organization_id);
        let attempts = board::store::attempts(grant.db(), grant.case_id(), own).await?;
        events.extend(attempts.into_iter().map(|attempt| Event {
            day: attempt.attempted_at.day(),
            sort: Sort::Contact,
            words: format!(
                "連絡 {} {}：{}",
                attempt.attempted_at.hour_minute(),
                board::means_label(&attempt.means),
                board::outcome_label(&attempt.outcome)
            ),
        }));
    }
    // A specimen stands in the notification and, reflected, in the record.
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

/// What only the notification itself says.
fn notified(content: &Content) -> Vec<Event> {
    let of = |key: &str| content.values.get(key);
    let mut events: Vec<Event> = (1..=4).filter_map(|number| specimen(number, &of)).collect();
    if content.values.is_yes("treatment_needed") {
        let words = "治療薬の投与が必要（発生届）".to_owned();
        events.extend(content.values.date("reported_on").map(|day| Event { day, sort: Sort::Medicine, words }));
    }
    events
}

/// 検体採取 of one test, with its method and result.
fn specimen<'a>(number: usize, of: &impl Fn(&str) -> &'a str) -> Option<Event> {
    let day = hersys_shared::days::parse(of(&format!("test{number}_collected_on"))).ok()?;
    let shown = |part: &str| {
        let key = format!("test{number}_{part}");
        find(&key).map(|item| item.shown(of(&key))).filter(|words| !words.is_empty())
    };
    let facts: Vec<String> = [shown("method"), shown("result")].into_iter().flatten().collect();
    let words =
        if facts.is_empty() { "検体採取".to_owned() } else { format!("検体採取（{}）", facts.join("・")) };
    Some(Event { day, sort: Sort::Specimen, words })
}

/// The letters of each day, each once.
pub fn letters(events: &[Event]) -> BTreeMap<Date, Vec<&'static str>> {
    let mut letters: BTreeMap<Date, Vec<&'static str>> = BTreeMap::new();
    for event in events {
        let of_day = letters.entry(event.day).or_default();
        if of_day.last() != Some(&event.sort.letter()) {
            of_day.push(event.sort.letter());
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::notification::Edition;
    use time::macros::date;

    #[test]
    fn a_notification_tells_of_its_specimens_and_medicines() {
        let values = [
            ("reported_on", "2022-08-02"),
            ("test1_collected_on", "2022-08-01"),
            ("test1_method", "pcr"),
            ("test1_result", "positive"),
            ("test2_collected_on", "2022-08-01"),
            ("treatment_needed", "yes"),
        ];
        let events = notified(&Content { edition: Edition::Full, values: values.into_iter().collect() });
        let told: Vec<&str> = events.iter().map(|event| event.words.as_str()).collect();
        assert_eq!(told, ["検体採取（核酸増幅法（PCR法）・陽性）", "検体採取", "治療薬の投与が必要（発生届）"]);
        let letters = letters(&events);
        assert_eq!(letters[&date!(2022 - 08 - 01)], ["検"]);
        assert_eq!(letters[&date!(2022 - 08 - 02)], ["薬"]);
    }
}
