//! From what is known of a person to the rows of the boards that show them: pure.

use hersys_shared::age::Age;
use hersys_shared::kana;
use hersys_shared::triage::{self, Alert, Observed, Verdict};
use serde_json::json;
use uuid::Uuid;

use crate::access::Relation;
use crate::clock::Timestamp;
use crate::monitoring::observation_period::decide::{Kept, Period};
use crate::monitoring::watch::rules::RulesOf;
use crate::monitoring::watch::store::{BoardPerson, Facts, NEVER, NO_END};
use crate::texts::Texts;

/// Days of the small lines in a row.
const COURSE_DAYS: usize = 10;
/// From this age on a person counts as at risk without any illness (発生届 §2: 65歳以上).
const OLD: i32 = 65;

/// The words for the keys of reports.
pub struct Labels<'t>(pub &'t Texts);

impl triage::Labels for Labels<'_> {
    fn symptom(&self, key: &str) -> String {
        let all = self.0.symptom_sets.iter().flat_map(|set| &set.symptoms);
        let mut all = all;
        all.find(|symptom| symptom.key == key).map_or_else(|| key.to_owned(), |found| found.label.clone())
    }

    fn sign(&self, key: &str) -> String {
        let found = self.0.emergency_signs.iter().find(|sign| sign.key == key);
        found.map_or_else(|| key.to_owned(), |found| found.label.clone())
    }
}

/// One row for each organisation that follows the person; none once the observation has ended, unless its end or an
/// alarm is to be looked at.
pub fn rows(facts: &Facts, rules: &RulesOf, labels: &Labels<'_>, now: Timestamp) -> Vec<BoardPerson> {
    let Some(from) = facts.observed_from else { return Vec::new() };
    let period = Period { from: Some(from), until: facts.observed_until };
    let until = period.until.unwrap_or(NO_END);
    if facts.episode.is_dead() || period.review_until().is_some_and(|last| last < now.day()) {
        return Vec::new();
    }
    let kept = facts.kept.clone().unwrap_or_else(|| Kept::new(period));
    let shown = kept.on_board(period, now.day());
    let in_force = rules.of(facts.responsible_center_id);
    let newest = facts.reports.iter().max_by_key(|report| report.order());
    // OBS-14: whoever was silent to the end stays until somebody has decided.
    let is_silent = !kept.is_settled(period) && period.ends_in_silence(newest.map(|newest| newest.observed_on));
    let came_last = facts.reports.iter().map(|report| report.at).max();
    let course = course(&facts.reports);
    let linked_id = facts.relations.iter().find(|(_, relation)| *relation == Relation::Linked).map(|(id, _)| *id);
    followers(facts)
        .into_iter()
        // OBS-09: whether the end was right is the centres' to say.
        .filter(|follower| follower.is_own || !period.is_over(now.day()))
        .filter_map(|follower| {
            let seen_until = facts.seen.get(&follower.organization_id).map(|at| at.0);
            let verdict = triage::judge(&in_force.set, facts.kind, &facts.reports, seen_until, labels);
            // FUP-03, FUP-05: what follow-up may not read stands in no row of its board.
            let is_own = follower.is_own;
            // Nor does an alarm that nobody has looked at end with the last day.
            let stays = is_silent || verdict.alert >= Some(Alert::Worse);
            let shown_until = match period.review_until() {
                Some(last) if is_own && stays => last,
                _ if is_own => shown.shown_until,
                _ => until,
            };
            if shown_until < now.day() {
                return None;
            }
            let may_know = |organization_id: &Uuid| is_own || *organization_id == follower.organization_id;
            let flag = facts.flags.iter().rev().find(|(by, _)| may_know(by));
            let attempt = facts.attempts.iter().rev().find(|(by, ..)| may_know(by));
            Some(BoardPerson {
                organization_id: follower.organization_id,
                case_id: facts.case_id,
                kind: facts.kind,
                hersys_id: facts.hersys_id.clone(),
                name: facts.identity.name.clone(),
                kana_key: kana::search_key(&facts.identity.kana),
                birth_on: facts.identity.birth_on,
                sex: facts.identity.sex.map(|sex| sex.code()),
                responsible_center_id: facts.responsible_center_id,
                is_shared: follower.is_shared,
                observed_from: from,
                observed_until: until,
                onset_on: facts.episode.onset_on().filter(|_| is_own),
                alert: verdict.alert.map_or(0, |alert| alert.rank()),
                hits: hits(&verdict),
                rules_id: in_force.rules_id,
                rules_version: in_force.version,
                report_by: in_force.set.report_by.into(),
                reported_on: newest.map_or(NEVER, |newest| newest.observed_on),
                reported_at: came_last.unwrap_or(0),
                temperature: newest.and_then(|newest| newest.temperature),
                spo2: newest.and_then(|newest| newest.spo2),
                course: course.clone(),
                reach: reach(facts),
                has_way: has_way(facts),
                seen_until: seen_until.unwrap_or(0),
                assignee_id: facts.assignees.get(&follower.organization_id).copied(),
                flag: flag.map(|(_, reason)| reason.clone()).unwrap_or_default(),
                attempted_at: attempt.map_or(0, |(_, at, _)| at.0),
                attempt: attempt.map(|(.., outcome)| outcome.clone()).unwrap_or_default(),
                ward: if is_own { ward(facts) } else { String::new() },
                language: if is_own { facts.language.clone() } else { String::new() },
                is_at_risk: is_own && is_at_risk(facts, now),
                linked_id: linked_id.filter(|_| is_own),
                judged_at: now,
                shown_until,
                review_from: shown.review_from.filter(|_| is_own).unwrap_or(NO_END),
                review: if is_own { shown.words.clone() } else { String::new() },
                // What somebody asks of the centre is the centre's to settle.
                wish: if is_own { facts.wish.clone() } else { String::new() },
            })
        })
        .collect()
}

struct Follower {
    organization_id: Uuid,
    /// Of a centre: 担当 or 関係.
    is_own: bool,
    is_shared: bool,
}

/// The organisations with a board on which the person stands, each once.
fn followers(facts: &Facts) -> Vec<Follower> {
    let mut organizations: Vec<Uuid> = facts
        .relations
        .iter()
        .filter(|(_, relation)| {
            matches!(relation, Relation::Responsible | Relation::Related | Relation::Linked | Relation::Guest)
        })
        .map(|(organization_id, _)| *organization_id)
        .collect();
    organizations.sort_unstable();
    organizations.dedup();
    organizations
        .into_iter()
        .map(|organization_id| {
            let has = |wanted| facts.relations.contains(&(organization_id, wanted));
            let is_responsible = has(Relation::Responsible);
            let is_related = has(Relation::Related);
            Follower { organization_id, is_own: is_responsible || is_related, is_shared: is_related && !is_responsible }
        })
        .collect()
}

fn hits(verdict: &Verdict) -> serde_json::Value {
    let hits = verdict
        .hits
        .iter()
        .map(|hit| json!({ "rule": hit.rule, "alert": hit.alert.code(), "at": hit.at, "words": hit.words }));
    serde_json::Value::Array(hits.collect())
}

/// The last report of each of the last days: `[[day, tenths of a degree, percent], …]`.
fn course(reports: &[Observed]) -> serde_json::Value {
    let mut reports: Vec<&Observed> = reports.iter().collect();
    reports.sort_unstable_by_key(|report| report.order());
    let mut days: Vec<&Observed> = Vec::new();
    for report in reports {
        if days.last().is_some_and(|last| last.observed_on == report.observed_on) {
            days.pop();
        }
        days.push(report);
    }
    let shown = days.iter().skip(days.len().saturating_sub(COURSE_DAYS));
    let points =
        shown.map(|report| json!([hersys_shared::days::iso(report.observed_on), report.temperature, report.spo2]));
    serde_json::Value::Array(points.collect())
}

/// Why a request to report may not reach the person.
fn reach(facts: &Facts) -> &'static str {
    if facts.is_stopped || facts.identity.notices == Some(false) {
        "stopped"
    } else if facts.is_undeliverable {
        "bad_address"
    } else if !facts.is_registered {
        "unlinked"
    } else {
        "linked"
    }
}

fn has_way(facts: &Facts) -> bool {
    let identity = &facts.identity;
    identity.phone.is_some()
        || identity.emergency_phone_1.is_some()
        || identity.emergency_phone_2.is_some()
        || !identity.mail.is_empty()
        || !facts.episode.0.get("current_phone").is_empty()
        || facts.is_registered
}

/// A known risk factor, or age.
fn is_at_risk(facts: &Facts, now: Timestamp) -> bool {
    let age = facts.identity.birth_on.and_then(|birth_on| Age::on(now.day(), birth_on));
    facts.episode.0.is_yes("risk") || age.is_some_and(|age| age.years >= OLD)
}

/// 市区町村 of where the person is, as far as the address tells it.
fn ward(facts: &Facts) -> String {
    let current = facts.episode.0.get("current_address");
    let address = if current.is_empty() { facts.identity.address.as_str() } else { current };
    hersys_shared::prefectures::municipality(address).to_owned()
}
