//! The facts that a centre writes for the computation, and what reports suggest of them. Their home is the episode.

use std::collections::BTreeMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::episode::Episode;
use hersys_shared::recovery::{Facts, ITEMS, Item, Reported, relief};
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant};
use crate::cases::{reach, save, store as cases};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::monitoring::observation_period::change::{self, back};
use crate::monitoring::observation_period::decide::short_day;
use crate::monitoring::observation_period::page::{self, Shown, View};
use crate::monitoring::observation_period::{recompute, store};
use crate::monitoring::watch;
use crate::ui::{Field, Tone, notice, operations};

type Right = Grant<group::ObservationPeriod, Write>;

/// No specimen, onset or contact of this disease is older.
const FIRST_DAY: Date = time::macros::date!(2020 - 01 - 01);
const HAS_SYMPTOMS: &str = "has_symptoms";
const SYMPTOMS: &[(&str, &str)] = &[("", "記録しない（発生届による）"), ("yes", "有"), ("no", "無")];

/// The form as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    values: BTreeMap<String, String>,
    /// What was stored when the form was opened.
    was: String,
}

impl Typed {
    pub fn of(episode: &Episode) -> Self {
        let values = ITEMS.iter().map(|item| (item.key.to_owned(), episode.0.get(item.key).to_owned())).collect();
        Self { values, was: stored(episode) }
    }

    fn from_fields(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            if name == "was" {
                typed.was = value;
            } else {
                typed.values.insert(name, value);
            }
        }
        typed
    }

    /// This form over what is `stored` now (PERM-08): where its writer changed nothing, what somebody else wrote since
    /// counts. Of what both changed, the other's value is told, by item.
    fn over(&mut self, stored: &Episode, kind: CaseKind, today: Date) -> Vec<(&'static Item, String)> {
        let was: Vec<String> = self.was.split('|').map(str::to_owned).collect();
        let mut others = Vec::new();
        for (at, item) in ITEMS.iter().enumerate().filter(|(_, item)| item.of.is_none_or(|of| of == kind)) {
            let (before, now) = (was.get(at).map_or("", String::as_str), stored.0.get(item.key));
            // What cannot be read was typed, and stays.
            let mut unreadable = Problems::default();
            let mine = self.value(item, today, &mut unreadable);
            if now == before || (unreadable.is_empty() && mine == now) {
                continue;
            }
            if unreadable.is_empty() && mine == before {
                self.values.insert(item.key.to_owned(), now.to_owned());
            } else {
                others.push((item, shown(item, now)));
            }
        }
        others
    }

    fn get(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// The value of an item in its normal form.
    fn value(&self, item: &Item, today: Date, problems: &mut Problems) -> String {
        let typed = self.get(item.key).trim();
        if !item.is_day {
            return match typed {
                "yes" | "on" => "yes".to_owned(),
                "no" if item.key == HAS_SYMPTOMS => "no".to_owned(),
                _ => String::new(),
            };
        }
        if typed.is_empty() {
            return String::new();
        }
        let Some(day) = problems.check(item.key, days::parse(typed)) else { return String::new() };
        if day > today {
            problems.add(item.key, format!("{}が今日より後になっています。日付を確かめてください。", item.label));
        } else if day < FIRST_DAY {
            problems.add(item.key, "年を確かめてください（2020年より前になっています）。");
        }
        days::iso(day)
    }
}

/// All items in one line.
fn stored(episode: &Episode) -> String {
    ITEMS.iter().map(|item| episode.0.get(item.key)).collect::<Vec<_>>().join("|")
}

fn asked(kind: CaseKind) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(move |item| item.of.is_none_or(|of| of == kind))
}

pub fn form(view: &View, typed: &Typed, problems: &Problems) -> Markup {
    html! {
        form.record-form method="post" action=(format!("/staff/cases/{}/period/facts", view.case.case_id)) novalidate data-warn-leave {
            input type="hidden" name="was" value=(typed.was);
            div.form-grid {
                @for item in asked(view.case.kind) {
                    @let field = Field::new(item.key, item.label, typed.get(item.key), problems);
                    @if item.key == HAS_SYMPTOMS { (field.radios(SYMPTOMS)) }
                    @else if item.is_day { (field.date().input()) }
                    @else { (field.checkbox()) }
                }
            }
            (elsewhere(view))
            (operations(html! { button.button.primary { "保存して計算し直す" } }))
        }
    }
}

/// What other tabs say, and how the computation reads it.
fn elsewhere(view: &View) -> Markup {
    let facts = &view.facts;
    let mut told = Vec::new();
    if let Some(day) = facts.diagnosed_on {
        told.push(format!("診断日 {}", days::iso(day)));
    }
    if let Some(day) = facts.reported_on {
        told.push(format!("報告日 {}", days::iso(day)));
    }
    if view.episode.is_admitted() {
        told.push("入院中".to_owned());
    }
    if view.episode.0.get(HAS_SYMPTOMS).is_empty()
        && let Some(has_symptoms) = facts.has_symptoms
    {
        told.push(format!("症状 {}", if has_symptoms { "有" } else { "無" }));
    }
    if view.case.kind == CaseKind::Patient
        && let Some(day) =
            facts.collected_on.filter(|day| days::iso(*day) != view.episode.0.get("positive_collected_on"))
    {
        told.push(format!("陽性の検体採取日 {}", days::iso(day)));
    }
    html! { @if !told.is_empty() { p.fine { "発生届などから：" (told.join("、")) } } }
}

/// The facts for whoever only reads.
pub fn list(view: &View) -> Markup {
    html! {
        section.items aria-label="計算のもとになる日付など" { dl {
            @for item in asked(view.case.kind) {
                div { dt { (item.label) } dd { (shown(item, view.episode.0.get(item.key))) } }
            }
        } }
        (elsewhere(view))
    }
}

fn shown(item: &Item, value: &str) -> String {
    match value {
        "" => "未入力".to_owned(),
        "yes" => if item.key == HAS_SYMPTOMS { "有" } else { "はい" }.to_owned(),
        "no" => "無".to_owned(),
        day => days::parse(day).map_or_else(|_| day.to_owned(), days::japanese),
    }
}

/// Saves and computes in one transaction, so that the next page tells what came of it.
pub async fn save(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let now = app.clock.now();
    let mut typed = Typed::from_fields(fields);
    let mut tx = grant.db().begin().await?;
    let case = reach::hold_for(&mut tx, &grant).await?;
    let before = cases::episode(&mut tx, case.case_id).await?;
    let mut problems = Problems::default();
    let mut after = before.clone();
    for item in asked(case.kind) {
        after.0.set(item.key, typed.value(item, now.day(), &mut problems));
    }
    let is_outdated = typed.was != stored(&before);
    if is_outdated || !problems.is_empty() {
        drop(tx);
        let above = if is_outdated {
            outdated(&typed.over(&before, case.kind, now.day()))
        } else {
            html! {}
        };
        typed.was = stored(&before);
        let view = View::load(&grant, &app).await?;
        let change = change::Typed::of(&view);
        let status = if is_outdated { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let shown = Shown { change: &change, facts: &typed, problems: &problems, above };
        return page::response(&grant, &client, &app, &view, shown, status).await;
    }
    if before == after {
        return Ok(back(case.case_id, "unchanged"));
    }
    let identity = cases::identity(&mut tx, case.case_id).await?.identity;
    save::save_shared(&mut tx, &case, &identity, &after, grant.staff(), now).await?;
    let changed: Vec<_> = ITEMS
        .iter()
        .map(|item| (item, before.0.get(item.key), after.0.get(item.key)))
        .filter(|(_, was, is)| was != is)
        .map(|(item, was, is)| json!({ "field": item.key, "label": item.label, "before": was, "after": is }))
        .collect();
    Entry::by_staff(grant.staff(), &client, now, "period.facts")
        .about(case.case_id)
        .with(json!({ "fields": changed }))
        .write(&mut tx)
        .await?;
    recompute(&mut tx, &app.texts.recovery, &case, now).await?;
    store::take(&mut tx, &[case.case_id]).await?;
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &[case.case_id]).await?;
    Ok(back(case.case_id, "facts"))
}

fn outdated(others: &[(&'static Item, String)]) -> Markup {
    notice(
        Tone::Wait,
        html! {
            p {
                "この画面を開いている間に、ほかの人が同じ項目を変更しました。まだ保存していません。"
                "下はあなたの入力に、ほかの人が変更した項目を合わせたものです。確かめて、必要ならもう一度保存してください。"
            }
            @if !others.is_empty() {
                p { "次の項目は、ほかの人も変更しています。保存すると、あなたの入力になります。" }
                ul { @for (item, value) in others { li { (item.label) "　ほかの人の入力：" (value) } } }
            }
        },
    )
}

/// 症状軽快 as the reports suggest it, in words; never set by itself.
pub async fn relief_hint(db: &Db, case_id: Uuid, facts: &Facts, since: Date) -> Result<Option<String>> {
    if facts.kind == CaseKind::Contact || facts.relieved_on.is_some() || facts.has_symptoms == Some(false) {
        return Ok(None);
    }
    let mut reports = Vec::new();
    for (on, temperature, symptoms) in store::reports(db, case_id, since).await? {
        let symptoms = serde_json::from_value(symptoms)
            .map_err(|_| Error::Internal(format!("case {case_id}: unreadable answers")))?;
        reports.push(Reported { on, temperature, symptoms });
    }
    Ok(relief(&reports).map(|found| {
        let until = if found.until == found.since { String::new() } else { format!("～{}", short_day(found.until)) };
        format!(
            "ご本人の報告では、{}{until}（{}日分）は37.5℃未満で、咳・息苦しさがありません。解熱剤の使用などを確かめて、症状軽快日を入力してください。",
            short_day(found.since),
            found.days
        )
    }))
}
