//! Who of the household has to report, and what the home page says about each.

use hersys_shared::api::Person;
use hersys_shared::days;
use uuid::Uuid;

/// How a person stands today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// 今日の報告 未
    Due,
    /// 今日の報告 済, with the time of its receipt.
    Done(String),
    /// The observation period has not begun; its first day where it is known.
    NotYet(Option<String>),
    /// The observation period is over.
    Ended,
}

/// Judges by the server's word; days as `2022-08-01` compare as text.
pub fn standing(person: &Person, today: &str) -> Standing {
    if person.under_observation {
        return match &person.reported_today_at {
            Some(time) => Standing::Done(time.clone()),
            None => Standing::Due,
        };
    }
    match (&person.observed_from, &person.observed_until) {
        (_, Some(until)) if until.as_str() < today => Standing::Ended,
        (Some(from), _) if from.as_str() > today => Standing::NotYet(Some(from.clone())),
        (None, _) => Standing::NotYet(None),
        _ => Standing::Ended,
    }
}

fn is_due(person: &Person) -> bool {
    person.under_observation && person.reported_today_at.is_none()
}

/// How many have not reported today.
pub fn due_count(people: &[Person]) -> usize {
    people.iter().filter(|person| is_due(person)).count()
}

/// The first who has not reported today and is not among those that `handled` names.
pub fn first_due(people: &[Person], handled: impl Fn(Uuid) -> bool) -> Option<&Person> {
    people.iter().find(|person| is_due(person) && !handled(person.person_id))
}

/// Those for whom a report can be made today: the choices of 対象者 (MY-15).
pub fn reportable(people: &[Person]) -> impl Iterator<Item = &Person> {
    people.iter().filter(|person| person.under_observation)
}

pub fn find(people: &[Person], id: Uuid) -> Option<&Person> {
    people.iter().find(|person| person.person_id == id)
}

/// Notes a receipt, and moves whoever is done behind those who are due.
pub fn mark_reported(people: &mut [Person], id: Uuid, time: &str) {
    if let Some(person) = people.iter_mut().find(|person| person.person_id == id) {
        person.reported_today_at = Some(time.to_owned());
    }
    people.sort_by_key(|person| !is_due(person));
}

/// The last day of the reports, where all who report share it: then it is said once, on top.
pub fn common_until(people: &[Person]) -> Option<&str> {
    let mut last_days = reportable(people).map(|person| person.observed_until.as_deref());
    let first = last_days.next()??;
    last_days.all(|day| day == Some(first)).then_some(first)
}

/// The day of a person's next report; `None` where today's is the last one.
pub fn next_day(person: &Person, today: &str) -> Option<String> {
    if person.observed_until.as_deref().is_some_and(|until| until <= today) {
        return None;
    }
    days::parse(today).ok()?.next_day().map(days::short)
}

/// `8:12` out of `2022-08-01T08:12:34+09:00`.
pub fn time_of_day(instant: &str) -> Option<String> {
    let (_, time) = instant.split_once('T')?;
    let (hour, rest) = time.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let minute = rest.get(..2)?;
    Some(format!("{hour}:{minute}"))
}

/// `8月3日(水)` out of `2022-08-03`.
pub fn short_day(iso: &str) -> Option<String> {
    days::parse(iso).ok().map(days::short)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hersys_shared::symptoms::CaseKind;

    pub fn person(id: u128) -> Person {
        Person {
            person_id: Uuid::from_u128(id),
            name: format!("家族{id}"),
            kind: CaseKind::Patient,
            reported_today_at: None,
            observed_from: Some("2022-08-01".into()),
            observed_until: Some("2022-08-10".into()),
            under_observation: true,
            center_name: "みなと保健所".into(),
            center_phone: "03-0000-0000".into(),
            open_wish: None,
            in_effect: None,
            has_certificate: false,
        }
    }

    fn done(id: u128) -> Person {
        Person { reported_today_at: Some("8:12".into()), ..person(id) }
    }

    fn over(id: u128) -> Person {
        Person { under_observation: false, ..person(id) }
    }

    #[test]
    fn my_17_each_person_stands_somewhere() {
        assert_eq!(standing(&person(1), "2022-08-03"), Standing::Due);
        assert_eq!(standing(&done(1), "2022-08-03"), Standing::Done("8:12".into()));
        assert_eq!(standing(&over(1), "2022-08-11"), Standing::Ended);
        assert_eq!(standing(&over(1), "2022-07-31"), Standing::NotYet(Some("2022-08-01".into())));
        let unknown = Person { observed_from: None, observed_until: None, ..over(1) };
        assert_eq!(standing(&unknown, "2022-08-03"), Standing::NotYet(None));
    }

    #[test]
    fn my_17_one_after_another_until_nobody_is_due() {
        let mut people = vec![person(1), person(2), over(3)];
        assert_eq!(due_count(&people), 2);
        mark_reported(&mut people, Uuid::from_u128(1), "8:12");
        assert_eq!(people[0].person_id, Uuid::from_u128(2), "who is due comes first");
        assert_eq!(first_due(&people, |_| false).map(|p| p.person_id), Some(Uuid::from_u128(2)));
        assert_eq!(first_due(&people, |id| id == Uuid::from_u128(2)), None);
        mark_reported(&mut people, Uuid::from_u128(2), "8:15");
        assert_eq!(first_due(&people, |_| false), None);
    }

    #[test]
    fn my_15_only_people_under_observation_can_be_chosen() {
        let people = [person(1), done(2), over(3)];
        assert_eq!(reportable(&people).count(), 2);
    }

    #[test]
    fn the_last_day_is_said_once_where_it_is_shared() {
        assert_eq!(common_until(&[person(1), done(2)]), Some("2022-08-10"));
        let later = Person { observed_until: Some("2022-08-12".into()), ..person(2) };
        assert_eq!(common_until(&[person(1), later]), None);
        assert_eq!(common_until(&[]), None);
    }

    #[test]
    fn ntf_04_the_next_report_is_tomorrow_until_the_last_day() {
        assert_eq!(next_day(&person(1), "2022-08-03").as_deref(), Some("8月4日(木)"));
        assert_eq!(next_day(&person(1), "2022-08-10"), None);
        let open = Person { observed_until: None, ..person(1) };
        assert_eq!(next_day(&open, "2022-08-31").as_deref(), Some("9月1日(木)"));
    }

    #[test]
    fn a_receipt_shows_hours_and_minutes() {
        assert_eq!(time_of_day("2022-08-01T08:12:34+09:00").as_deref(), Some("8:12"));
        assert_eq!(time_of_day("soon"), None);
    }
}
