//! Plausible courses of an illness, and the reports that tell of them.

use hersys_shared::symptoms::{Answer, CaseKind};
use rand::{Rng, RngExt};
use serde_json::{Map, Value as Json, json};
use time::{Date, Duration};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::monitoring::intake::Source;
use crate::monitoring::intake::store::NewObservation;
use crate::seed::tables::{TABLES, pick};
use crate::texts::Texts;

/// How an episode goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// A contact who stays well, or an infected person without symptoms.
    Well,
    /// A slight temperature for some days.
    Mild,
    /// High fever that rises and goes.
    Fever,
    /// Fever that stays, with falling SpO2.
    Worsening,
}

impl Course {
    /// Draws a course; the old fare worse.
    pub fn draw(kind: CaseKind, age: i32, rng: &mut impl Rng) -> Self {
        let roll = rng.random_range(0..100);
        match kind {
            CaseKind::Contact if roll < 80 => Self::Well,
            CaseKind::Contact => Self::Mild,
            CaseKind::Patient => {
                let worsening = if age >= 65 { 18 } else { 3 };
                match roll {
                    roll if roll < worsening => Self::Worsening,
                    roll if roll < 45 => Self::Fever,
                    roll if roll < 90 => Self::Mild,
                    _ => Self::Well,
                }
            }
        }
    }

    /// How ill somebody is on a day of the course, in hundredths.
    fn severity(self, day: i64) -> i64 {
        const MILD: [i64; 6] = [35, 40, 30, 20, 12, 6];
        const FEVER: [i64; 9] = [45, 75, 90, 80, 55, 35, 22, 12, 6];
        const WORSENING: [i64; 10] = [45, 60, 70, 78, 85, 92, 97, 100, 92, 80];
        let days: &[i64] = match self {
            Self::Well => &[],
            Self::Mild => &MILD,
            Self::Fever => &FEVER,
            Self::Worsening => &WORSENING,
        };
        let last = if self == Self::Worsening { 55 } else { 3 };
        usize::try_from(day).ok().and_then(|day| days.get(day)).copied().unwrap_or(last)
    }
}

/// How somebody reports, and how well.
pub struct Reporter {
    pub course: Course,
    /// The way in which this person's reports usually come.
    pub usual: Source,
    /// Without an oximeter there is no SpO2.
    pub has_oximeter: bool,
    /// Tenths of a degree.
    pub normal_temperature: i64,
    /// Hour at which the reports usually come.
    pub hour: i64,
    /// A day is missed this often.
    pub misses: f64,
    /// The account behind the patient's own reports, and the one behind the staff's.
    pub patient_id: Uuid,
    pub staff_id: Uuid,
}

impl Reporter {
    pub fn draw(kind: CaseKind, age: i32, staff_id: Uuid, rng: &mut impl Rng) -> Self {
        let usual = match rng.random_range(0..100) {
            // The old rather answer the telephone.
            roll if age >= 75 && roll < 55 => Source::CallOut,
            0..80 => Source::Patient,
            80..91 => Source::CallOut,
            91..95 => Source::CallIn,
            _ => Source::Staff,
        };
        Self {
            course: Course::draw(kind, age, rng),
            usual,
            has_oximeter: rng.random_bool(if kind == CaseKind::Patient { 0.65 } else { 0.1 }),
            normal_temperature: rng.random_range(360..369),
            hour: rng.random_range(7..11),
            misses: 0.08,
            patient_id: random_id(rng),
            staff_id,
        }
    }
}

/// One person's period of observation.
pub struct Period {
    pub case_id: Uuid,
    pub kind: CaseKind,
    /// The first day with reports, and the day after the last.
    pub from: Date,
    pub until: Date,
    /// Nothing was reported after this.
    pub now: Timestamp,
}

/// The reports of `period`, oldest first.
pub fn reports(period: &Period, reporter: &Reporter, texts: &Texts, rng: &mut impl Rng) -> Vec<NewObservation> {
    let mut reports = Vec::with_capacity(12);
    let mut day = period.from;
    while day < period.until {
        let many = match () {
            () if rng.random_bool(reporter.misses) => 0,
            () if rng.random_bool(0.06) => rng.random_range(2..4),
            () => 1,
        };
        for at in 0..many {
            let minutes = (reporter.hour + at * 5) * 60 + rng.random_range(0..90);
            let received_at = Timestamp::start_of(day) + Duration::seconds(minutes * 60 + rng.random_range(0..60));
            if received_at <= period.now {
                reports.push(report(period, reporter, day, received_at, texts, rng));
            }
        }
        day += Duration::days(1);
    }
    reports
}

fn report(
    period: &Period,
    reporter: &Reporter,
    day: Date,
    received_at: Timestamp,
    texts: &Texts,
    rng: &mut impl Rng,
) -> NewObservation {
    let severity = reporter.course.severity((day - period.from).whole_days());
    let source = match reporter.usual {
        Source::Staff => Source::Staff,
        _ if rng.random_bool(0.04) => Source::Staff,
        usual => usual,
    };
    // 3 °C of fever at its height, with some scatter.
    let temperature = (reporter.normal_temperature + severity * 30 / 100 + rng.random_range(-3..4)).clamp(352, 405);
    let spo2 = reporter.has_oximeter.then(|| spo2(reporter.course, severity, rng));
    let signs = if reporter.course == Course::Worsening && spo2.is_some_and(|spo2| spo2 <= 93) && rng.random_bool(0.5) {
        texts.emergency_signs.iter().filter(|_| rng.random_bool(0.12)).map(|sign| sign.key.clone()).collect()
    } else {
        vec![]
    };
    let set = texts.current_set(period.kind);
    NewObservation {
        case_id: period.case_id,
        report_id: ordered_id(received_at, rng),
        source,
        observed_on: day,
        received_at,
        temperature: Some(temperature),
        spo2,
        symptom_set_version: set.map_or(1, |set| set.version),
        symptoms: Json::Object(
            set.into_iter()
                .flat_map(|set| &set.symptoms)
                .map(|symptom| (symptom.key.clone(), json!(answer(&symptom.key, severity, rng).code())))
                .collect::<Map<_, _>>(),
        ),
        emergency_signs: json!(signs),
        note: match severity {
            10.. if rng.random_bool(0.06) => pick(&TABLES.notes, rng).copied().unwrap_or_default().to_owned(),
            _ => String::new(),
        },
        entered_by: if source == Source::Staff { reporter.staff_id } else { reporter.patient_id },
    }
}

/// Percent: healthy people 96–99; it falls only where an episode worsens.
fn spo2(course: Course, severity: i64, rng: &mut impl Rng) -> i64 {
    let fall = if course == Course::Worsening { (severity - 50).max(0) / 6 } else { severity / 60 };
    (98 - fall + rng.random_range(-1..2)).clamp(80, 100)
}

/// How likely a symptom is for somebody very ill, in percent; sets are data, so any key may come.
fn answer(symptom: &str, severity: i64, rng: &mut impl Rng) -> Answer {
    let at_worst = match symptom {
        "cough" => 90,
        "fatigue" => 85,
        "runny_nose" => 60,
        "breathlessness" => 45,
        "no_appetite" => 35,
        "nausea" => 15,
        "diarrhea" => 15,
        "no_urine" => 4,
        "consciousness" => 4,
        _ => 10,
    };
    let roll = rng.random_range(0..10_000);
    match () {
        () if roll < at_worst * severity => Answer::Yes,
        () if roll >= 9_900 => Answer::Unknown,
        () => Answer::No,
    }
}

/// A random id (version 4) from the seed.
pub fn random_id(rng: &mut impl Rng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid()
}

/// An id that sorts by time (version 7), so that rows written in order are stored in order.
pub fn ordered_id(at: Timestamp, rng: &mut impl Rng) -> Uuid {
    let milliseconds = u64::try_from(at.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &rng.random()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;
    use std::path::Path;
    use time::macros::date;

    fn ten_days(course: Course, seed: u64) -> Vec<NewObservation> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let texts = Texts::load(Path::new("/nonexistent")).unwrap();
        let period = Period {
            case_id: Uuid::from_u128(1),
            kind: CaseKind::Patient,
            from: date!(2022 - 08 - 01),
            until: date!(2022 - 08 - 11),
            now: Timestamp::start_of(date!(2022 - 08 - 11)),
        };
        let reporter = Reporter {
            course,
            has_oximeter: true,
            ..Reporter::draw(CaseKind::Patient, 40, Uuid::from_u128(2), &mut rng)
        };
        reports(&period, &reporter, &texts, &mut rng)
    }

    #[test]
    fn values_are_within_the_ranges_that_patients_may_enter() {
        for seed in 0..200 {
            for course in [Course::Well, Course::Mild, Course::Fever, Course::Worsening] {
                for report in ten_days(course, seed) {
                    assert!(report.temperature.is_some_and(|tenths| (340..=430).contains(&tenths)));
                    assert!(report.spo2.is_none_or(|percent| (50..=100).contains(&percent)));
                    assert_eq!(report.symptoms.as_object().map(Map::len), Some(9));
                }
            }
        }
    }

    #[test]
    fn fever_goes_and_worsening_lowers_spo2() {
        let fever = ten_days(Course::Fever, 7);
        assert!(fever.iter().any(|report| report.temperature >= Some(380)));
        assert!(fever.last().is_some_and(|report| report.temperature < Some(375)));
        assert!(ten_days(Course::Worsening, 7).iter().any(|report| report.spo2 <= Some(93)));
        assert!(ten_days(Course::Mild, 7).iter().all(|report| report.spo2 >= Some(95)));
    }
}
