//! What a doctor notified of a made-up person: the facts of the 発生届 beside ID管理.

use hersys_shared::days;
use hersys_shared::episode::Episode;
use hersys_shared::shared_items::{Home, SHARED_ITEMS};
use hersys_shared::values::Values;
use rand::{Rng, RngExt};
use time::{Date, Duration};

use crate::seed::tables::pick;

/// Draws the facts of somebody infected, `age` years old, who was notified on `reported_on`.
pub fn facts(age: i32, reported_on: Date, rng: &mut impl Rng) -> Values {
    let mut facts = Values::default();
    let day = |before: i64| days::iso(reported_on - Duration::days(before));
    let diagnosis = match rng.random_range(0..1000) {
        0..830 => "confirmed",
        830..910 => "asymptomatic",
        910..997 => "suspected",
        _ if age >= 65 => "died",
        _ => "confirmed",
    };
    // Most are reported on the day of the diagnosis, a few a day or two later.
    let waited = i64::from(rng.random_bool(0.2)) + i64::from(rng.random_bool(0.05));
    let ill_for = rng.random_range(0..4);
    facts.set("diagnosis_type", diagnosis);
    facts.set("reported_on", day(0));
    facts.set("diagnosed_on", day(waited));
    facts.set("first_visit_on", day(waited));
    if diagnosis != "asymptomatic" {
        facts.set("onset_on", day(waited + ill_for));
        for (key, share) in [
            ("symptom_fever", 0.75),
            ("symptom_cough", 0.6),
            ("symptom_fatigue", 0.4),
            ("symptom_headache", 0.3),
            ("symptom_respiratory", 0.45),
            ("symptom_smell_taste", 0.04),
            ("symptom_diarrhea", 0.05),
        ] {
            if rng.random_bool(share) {
                facts.set(key, "yes");
            }
        }
    }
    if diagnosis == "died" {
        facts.set("died_on", day(waited));
    }
    if diagnosis != "suspected" {
        let method = pick(&["pcr", "antigen_quantitative", "antigen_qualitative", "antigen_qualitative"], rng);
        facts.set("test1_method", *method.unwrap_or(&"pcr"));
        facts.set("test1_specimen", if rng.random_bool(0.8) { "nasopharyngeal_swab" } else { "saliva" });
        facts.set("test1_collected_on", day(waited));
        facts.set("test1_result", "positive");
    }
    let certainty = pick(&["confirmed", "estimated", "estimated", "unknown", "unknown", "unknown"], rng);
    facts.set("route_certainty", *certainty.unwrap_or(&"unknown"));
    facts.set("route", if certainty == Some(&"unknown") { "unknown" } else { "droplet" });
    facts.set("area_certainty", "estimated");
    facts.set("area", "domestic");
    let doses = if age < 12 { 0 } else { rng.random_range(0..4) };
    facts.set("vaccinated", if doses > 0 { "yes" } else { "no" });
    if doses > 0 {
        facts.set("vaccine_doses", doses.to_string());
    }
    let at_risk = rng.random_bool(if age >= 65 { 0.55 } else { 0.12 });
    facts.set("risk", if at_risk { "yes" } else { "no" });
    if at_risk {
        let risk =
            pick(&["risk_hypertension", "risk_diabetes", "risk_dyslipidemia", "risk_respiratory", "risk_obesity"], rng);
        facts.set(risk.unwrap_or(&"risk_hypertension"), "yes");
    }
    let severity = match rng.random_range(0..100) {
        0..3 if age >= 65 => "moderate_2",
        0..10 if age >= 65 => "moderate_1",
        0..2 => "moderate_1",
        _ => "mild",
    };
    facts.set("severity", severity);
    let admitted = severity != "mild" && rng.random_bool(0.8);
    facts.set("needs_admission", if severity == "mild" { "no" } else { "yes" });
    facts.set("admitted", if admitted { "yes" } else { "no" });
    if admitted {
        facts.set("admitted_on", day(0));
        facts.set("hospital", "みどり中央病院");
    }
    facts
}

/// What the record of the person keeps of them (REF-01).
pub fn episode(facts: &Values) -> Episode {
    let kept = SHARED_ITEMS.iter().filter(|item| item.home == Home::Episode);
    Episode(kept.map(|item| (item.key, facts.get(item.key))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::notification::{Edition, Typed, check};
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;
    use time::macros::date;

    #[test]
    fn what_was_notified_passes_the_form_unchanged() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        for age in (0..100).cycle().take(1_000) {
            let facts = facts(age, date!(2022 - 08 - 01), &mut rng);
            let mut typed = Typed::default();
            for (key, value) in facts.iter() {
                typed.set(key, value);
            }
            let checked = check(&typed, Edition::Full, date!(2022 - 08 - 01));
            assert!(facts.iter().all(|(key, value)| checked.content.values.get(key) == value), "{facts:?}");
        }
    }
}
