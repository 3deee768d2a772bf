//! Who may be the same person as the one at hand, offered before anything is reported (重複).

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::notification::Content;
use hersys_shared::shared_items::{self, SHARED_ITEMS, at_home, said};
use hersys_shared::{HersysId, days, kana};
use maud::{Markup, html};
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::Scope;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::cases::store::{self as cases, Lookalike};
use crate::error::{Error, Result};
use crate::notification::entry::draft::Drafting;
use crate::notification::entry::form;
use crate::notification::entry::store::{self, Draft};
use crate::ui::{Tone, notice};

/// Somebody with a record, and what the notification would change of it.
pub struct Candidate {
    person: Lookalike,
    /// (label, in the record, in the notification)
    differences: Vec<(&'static str, String, String)>,
}

impl Candidate {
    /// Whether `typed` is this person's ID in some writing.
    pub fn has_id(&self, typed: &str) -> bool {
        HersysId::parse(typed).is_ok_and(|id| id.as_str() == self.person.hersys_id)
    }
}

/// People within reach with the same reading and birth date, the same telephone number, or the ID that was typed.
/// None for a notification of somebody who was chosen already.
pub async fn found(drafting: &Drafting, app: &App, content: &Content) -> Result<Vec<Candidate>> {
    if drafting.draft.case_id.is_some() {
        return Ok(Vec::new());
    }
    let db = drafting.db();
    let organization_id = drafting.staff().organization_id;
    let values = &content.values;
    let phone = Some(values.get("phone")).filter(|phone| !phone.is_empty());
    let key = kana::search_key(values.get("kana"));
    let mut people = cases::lookalikes(db, organization_id, &key, values.date("birth_on"), phone).await?;
    // Reported just now, from this form: nobody is like himself.
    people.retain(|person| person.case_id != drafting.draft.draft_id);
    people.retain(|person| !is_another(person, &key, values.date("birth_on")));
    if let Ok(hersys_id) = HersysId::parse(drafting.draft.typed.get("known_hersys_id"))
        && let Some(person) = cases::lookalike_by_hersys_id(db, organization_id, &hersys_id).await?
        && people.iter().all(|known| known.case_id != person.case_id)
    {
        people.insert(0, person);
    }
    let mut candidates = Vec::new();
    for person in people {
        // Shown people are looked at (SEC-12).
        Entry::by_staff(drafting.staff(), drafting.client(), app.clock.now(), "case.lookalikes")
            .about(person.case_id)
            .write(db)
            .await?;
        let identity = cases::identity(db, person.case_id).await?.identity;
        let episode = cases::episode(db, person.case_id).await?;
        let differences = SHARED_ITEMS
            .iter()
            .filter_map(|item| {
                let label = hersys_shared::notification::items::find(item.key)?;
                let (there, here) = (at_home(item, &identity, &episode), said(values, item.key));
                let differs = !here.is_empty() && !there.is_empty() && there != here;
                differs.then(|| (label.label, label.shown(&there), label.shown(here)))
            })
            .collect();
        candidates.push(Candidate { person, differences });
    }
    Ok(candidates)
}

/// A household shares its telephone: another reading and another birth date are another person.
fn is_another(person: &Lookalike, kana_key: &str, birth_on: Option<Date>) -> bool {
    let reads_otherwise = !kana_key.is_empty() && !person.kana.is_empty() && kana::search_key(&person.kana) != kana_key;
    let is_born_otherwise = matches!((person.birth_on, birth_on), (Some(there), Some(here)) if there != here);
    reads_otherwise && is_born_otherwise
}

/// The people, what differs, and the choice.
pub fn show(candidates: &[Candidate], draft: &Draft, content: &Content) -> Markup {
    html! {
        @if !candidates.is_empty() {
            (notice(Tone::Wait, html! {
                p {
                    strong { "すでに登録されている可能性があります。" }
                    "同じ方なら、その方に追加登録してください。別の方なら、【別の方として報告】を押してください。"
                }
            }))
            section.lookalikes aria-labelledby="lookalikes" {
                h2 #lookalikes { "同じ方かもしれない登録" }
                @for candidate in candidates { (card(candidate, draft, content)) }
            }
        }
    }
}

fn card(candidate: &Candidate, draft: &Draft, content: &Content) -> Markup {
    let person = &candidate.person;
    html! {
        article.lookalike {
            h3 {
                a href=(format!("/staff/cases/{}", person.case_id)) target="_blank" rel="noopener" {
                    (person.name) span.visually-hidden { "（新しい画面で開きます）" }
                }
            }
            p {
                "スマホ入力ID " (HersysId::parse(&person.hersys_id).map(|id| id.spaced()).unwrap_or_default())
                "／" (person.kana) "／" (person.birth_on.map(days::japanese).unwrap_or_default())
                "／登録日 " (days::japanese(person.created_at.day()))
            }
            @if candidate.differences.is_empty() {
                p { "入力した内容と違う項目はありません。" }
            } @else {
                table.differences {
                    caption { "違う項目（追加登録すると、今回の発生届の内容になります）" }
                    thead { tr { th scope="col" { "項目" } th scope="col" { "登録されている内容" } th scope="col" { "今回の発生届" } } }
                    tbody {
                        @for (label, there, here) in &candidate.differences {
                            tr { th scope="row" { (label) } td { (there) } td { (here) } }
                        }
                    }
                }
            }
            form method="post" action=(format!("{}/person", draft.path())) data-keeps {
                input type="hidden" name="person" value=(person.case_id);
                button.button { (content.values.get("name")) "さんを、この方に追加登録する" }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Chosen {
    person: Uuid,
}

/// この方に追加登録する: the draft becomes a further notification of somebody whose notifications one may write.
pub async fn choose(
    mut drafting: Drafting,
    scope: Scope,
    State(app): State<App>,
    Form(chosen): Form<Chosen>,
) -> Result<Response> {
    if let Some(done) = form::reported(&drafting.draft) {
        return Ok(done);
    }
    scope.grant::<group::Notification, Write>(&app, chosen.person).await?.ok_or(Error::NotFound)?;
    if drafting.draft.is_edit() {
        return Err(Error::NotFound);
    }
    drafting.draft.case_id = Some(chosen.person);
    // FORM-07: what ID管理 knows is not typed twice; what was typed stays.
    let identity = cases::identity(drafting.db(), chosen.person).await?.identity;
    for (key, value) in shared_items::of_identity(&identity).iter() {
        if drafting.draft.typed.get(key).trim().is_empty() {
            drafting.draft.typed.set(key, value);
        }
    }
    store::keep(drafting.db(), &drafting.draft, app.clock.now()).await?;
    Ok(Redirect::to(&format!("{}/confirm", drafting.draft.path())).into_response())
}
