//! The strip on top of every page of a person (TOP-09), and the tabs under it (TOP-08).

use hersys_shared::age::Age;
use hersys_shared::current_status::CurrentStatus;
use hersys_shared::episode::Episode;
use hersys_shared::symptoms::{Answer, CaseKind};
use maud::{Markup, html};
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::store::{self, Case, LatestReport};
use crate::error::{Error, Result};
use crate::texts::Texts;
use crate::ui;

/// What stands where nothing is known.
const UNKNOWN: &str = "—";

/// スマホ入力ID, 性別, 症状, 現在のステータス, 患者名, 年齢, 居所; what the grant may not read is left out (C-19).
pub async fn header<G: Group, A: Action>(grant: &Grant<G, A>, app: &App) -> Result<Markup> {
    let (db, case_id) = (grant.db(), grant.case_id());
    let latest_report = async {
        Ok(if grant.may_read(ItemGroup::Observation) { Some(store::latest_report(db, case_id).await?) } else { None })
    };
    let (case, person, episode, report) = tokio::try_join!(
        store::case(db, case_id),
        store::identity(db, case_id),
        store::episode(db, case_id),
        latest_report,
    )?;
    let (case, person) = (case.ok_or(Error::NotFound)?, person.identity);
    let today = app.clock.today();
    let age = person.birth_on.and_then(|birth| Age::on(today, birth)).map(Age::display);
    let symptoms = report.map(|report| symptoms(&app.texts, case.kind, report.as_ref()));
    let item = |class: &str, label: &str, value: Markup| {
        html! { div class=(class) { dt { (label) } dd { (value) } } }
    };
    Ok(html! {
        section aria-label="患者の概要" { dl.person-strip {
            (item("person-name", "患者名", html! {
                span.person-kana { (person.kana) } " " strong { (person.name) }
            }))
            (item("person-id", "スマホ入力ID", html! { (case.hersys_id.spaced()) }))
            (item("", "性別", html! { (person.sex.map_or(UNKNOWN, |sex| sex.label())) }))
            (item("", "年齢", html! { (age.as_deref().unwrap_or(UNKNOWN)) }))
            @if let Some(symptoms) = symptoms { (item("person-symptoms", "症状", symptoms)) }
            (item("", "現在のステータス", html! { (status(grant, &case, &episode, today)) }))
            @if grant.may_read(ItemGroup::Residence) {
                // The 居所 tab will know more than the notification.
                (item("", "居所", html! { @if episode.is_admitted() { "医療機関 " (episode.hospital()) } @else { (UNKNOWN) } }))
            }
        } }
    })
}

/// OBS-15: the symptoms of the latest report.
fn symptoms(texts: &Texts, kind: CaseKind, report: Option<&LatestReport>) -> Markup {
    let Some(report) = report else {
        return html! { "入力なし" };
    };
    // Contacts who fell ill keep reports that answered the other set.
    let set = texts.symptom_sets.iter().filter(|set| set.version == report.symptom_set_version);
    let (own, others): (Vec<_>, Vec<_>) = set.partition(|set| set.kind == kind);
    let label = |key: &String| {
        own.iter()
            .chain(&others)
            .flat_map(|set| &set.symptoms)
            .find(|symptom| symptom.key == *key)
            .map_or_else(|| key.clone(), |symptom| symptom.label.clone())
    };
    let answered = |answer: Answer| report.symptoms.iter().filter(move |(_, given)| **given == answer);
    let present: Vec<String> = answered(Answer::Yes).map(|(key, _)| label(key)).collect();
    html! {
        @if report.has_emergency_sign { strong.person-emergency { "緊急性の高い症状あり" } " " }
        @if !present.is_empty() {
            (present.join("、"))
        } @else if answered(Answer::Unknown).next().is_some() {
            "不明の症状あり"
        } @else if !report.has_emergency_sign {
            "症状なし"
        }
        " " span.person-day { "（" (hersys_shared::days::short(report.observed_on)) "）" }
    }
}

/// 現在のステータス (C-06) for whoever may read what it follows from, the kind of person for others; and whether they
/// are being observed for whoever may know the period (OBS-09).
fn status<G: Group, A: Action>(grant: &Grant<G, A>, case: &Case, episode: &Episode, today: Date) -> String {
    let status = if grant.may_read(ItemGroup::Notification) {
        CurrentStatus::lasting(case.kind, episode).on(case.observed_until, today).label()
    } else {
        case.kind.label()
    };
    let begun = case.observed_from.is_some_and(|from| from <= today);
    let ended = case.observed_until.is_some_and(|until| until < today);
    let is_observed = begun && !ended && !episode.is_dead() && grant.may_read(ItemGroup::ObservationPeriod);
    if is_observed { format!("{status}・健康観察中") } else { status.to_owned() }
}

/// The tabs of a person, in the trained order. 基礎情報, 検査, 居所, 医療, 記録 and 行動歴 join them with
/// their features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// 発生届
    Notification,
    /// ID管理
    Identity,
    /// 健康観察
    Observation,
    /// 健康観察期間
    Period,
    /// 共有・引継ぎ
    Sharing,
    /// 経過: the whole story by day
    Story,
    /// 閲覧・変更履歴
    Audit,
}

impl Tab {
    const ALL: [Self; 7] =
        [Self::Notification, Self::Identity, Self::Observation, Self::Period, Self::Sharing, Self::Story, Self::Audit];

    fn label(self) -> &'static str {
        match self {
            Self::Notification => "発生届",
            Self::Identity => "ID管理",
            Self::Observation => "健康観察",
            Self::Period => "健康観察期間",
            Self::Sharing => "共有・引継ぎ",
            Self::Story => "経過",
            Self::Audit => "閲覧・変更履歴",
        }
    }

    /// What one must be allowed to read for this tab to be there.
    fn group(self) -> ItemGroup {
        match self {
            Self::Notification => ItemGroup::Notification,
            Self::Identity => ItemGroup::Identity,
            Self::Observation => ItemGroup::Observation,
            Self::Period => ItemGroup::ObservationPeriod,
            Self::Sharing => ItemGroup::Sharing,
            // Each of its lines is asked for by itself.
            Self::Story => ItemGroup::Person,
            Self::Audit => ItemGroup::Audit,
        }
    }

    pub fn path(self, case_id: Uuid) -> String {
        let page = match self {
            Self::Notification => "notifications",
            Self::Identity => "identity",
            Self::Observation => "observation",
            Self::Period => "period",
            Self::Sharing => "sharing",
            Self::Story => "story",
            Self::Audit => "audit",
        };
        format!("/staff/cases/{case_id}/{page}")
    }

    /// The tab with which a person opens: ID管理 (IDR-04), or the first other that `grant` may read.
    pub fn first<G: Group, A: Action>(grant: &Grant<G, A>) -> Option<Self> {
        [Self::Identity].into_iter().chain(Self::ALL).find(|tab| grant.may_read(tab.group()))
    }
}

/// Links to the tabs that `grant` may read; `current` is the page itself.
pub fn tabs<G: Group, A: Action>(grant: &Grant<G, A>, current: Tab) -> Markup {
    let links: Vec<(&str, String, bool)> = Tab::ALL
        .into_iter()
        .filter(|tab| grant.may_read(tab.group()))
        .map(|tab| (tab.label(), tab.path(grant.case_id()), tab == current))
        .collect();
    ui::tabs(&links)
}

/// Notes in the audit that a person's tab was looked at (SEC-12).
pub async fn note_view<G: Group, A: Action>(grant: &Grant<G, A>, client: &Client, app: &App, tab: Tab) -> Result<()> {
    let tab = match tab {
        Tab::Notification => "notification",
        Tab::Identity => "identity",
        Tab::Observation => "observation",
        Tab::Period => "period",
        Tab::Sharing => "sharing",
        Tab::Story => "story",
        Tab::Audit => "audit",
    };
    Ok(Entry::by_staff(grant.staff(), client, app.clock.now(), "case.view")
        .about(grant.case_id())
        .with(serde_json::json!({ "tab": tab }))
        .write(grant.db())
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::symptoms::Answers;
    use std::path::Path;
    use time::macros::date;

    fn shown(answers: &[(&str, Answer)]) -> String {
        let texts = Texts::load(Path::new("/nonexistent")).unwrap();
        let report = LatestReport {
            observed_on: date!(2022 - 08 - 03),
            symptom_set_version: 1,
            symptoms: answers.iter().map(|(key, answer)| ((*key).to_owned(), *answer)).collect::<Answers>(),
            has_emergency_sign: false,
        };
        symptoms(&texts, CaseKind::Patient, Some(&report)).into_string()
    }

    #[test]
    fn obs_15_the_strip_sums_up_the_latest_report() {
        let texts = Texts::load(Path::new("/nonexistent")).unwrap();
        assert_eq!(symptoms(&texts, CaseKind::Patient, None).into_string(), "入力なし");
        assert!(shown(&[("cough", Answer::Yes), ("fatigue", Answer::No)]).starts_with("咳 "));
        assert!(shown(&[("cough", Answer::No)]).starts_with("症状なし"));
        assert!(shown(&[("cough", Answer::Unknown)]).starts_with("不明の症状あり"));
    }
}
