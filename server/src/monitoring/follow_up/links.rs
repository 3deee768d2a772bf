//! 紐づけ of many people at once: who they are and who follows them already is shown first, then it is done.

use std::collections::BTreeMap;

use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::Problems;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, OrganizationKind, Scope};
use crate::cases::{self, By, Choice, Links};
use crate::error::{Error, Result};
use crate::monitoring::board::{self, Address, HERE as BOARD, Moment, Person};
use crate::monitoring::follow_up::{Desk, MOST, NAMED, Named, item, store};
use crate::monitoring::watch;
use crate::ui::field::error_summary;
use crate::ui::table::{Column, dense};
use crate::ui::{Field, Page, Tone, notice};

/// The page of people that is judged at once, so that the next look at the board shows them.
const SHOWN_AT_ONCE: usize = 200;

const OPERATIONS: &[(&str, &str)] = &[
    ("begin", "紐づける（ほかの機関の紐づけは残す）"),
    ("move", "この機関に移す（同じ種類のほかの機関の紐づけは解除する）"),
    ("end", "紐づけを解除する"),
    ("settle", "返却を確認済みにする"),
];

/// What was ticked, or the whole list of an address, and what is to be done.
#[derive(Debug, Default)]
struct Wanted {
    cases: Vec<Uuid>,
    /// The address of the board whose whole list is meant.
    whole: String,
    operation: String,
    partner_id: String,
    from_id: String,
}

impl Wanted {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "item" => wanted.cases.extend(item(&value)),
                "whole" => wanted.whole = value,
                "operation" => wanted.operation = value,
                "partner_id" => wanted.partner_id = value,
                "from_id" => wanted.from_id = value,
                _ => {}
            }
        }
        wanted.cases.sort_unstable();
        wanted.cases.dedup();
        wanted.cases.truncate(MOST);
        wanted
    }

    fn links(&self) -> std::result::Result<Links, Problems> {
        let mut problems = Problems::default();
        let partner = Uuid::parse_str(&self.partner_id).ok();
        let links = match (self.operation.as_str(), partner) {
            ("begin", Some(partner)) => Some(Links::Begin(partner)),
            ("move", Some(partner)) => Some(Links::Move(partner)),
            ("begin" | "move", None) => {
                problems.add("partner_id", "紐づける機関を選んでください（必須）。");
                None
            }
            ("end", _) if self.from_id.is_empty() => Some(Links::End(None)),
            ("end", _) => Uuid::parse_str(&self.from_id).ok().map(|from| Links::End(Some(from))),
            ("settle", _) => Some(Links::Settle),
            _ => None,
        };
        if links.is_none() && problems.is_empty() {
            problems.add("operation", "何をするかを選んでください（必須）。");
        }
        links.ok_or(problems)
    }
}

/// Who would be changed, and by whom they are followed already, before anything is.
pub async fn preview(
    Desk(scope): Desk,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut wanted = Wanted::of(fields);
    let moment = Moment::of(app.clock.now());
    let mut beyond = false;
    if let Some(address) = address(&wanted.whole) {
        let mut cases = board::whole(&scope, moment, &address, MOST + 1).await?;
        beyond = cases.len() > MOST;
        cases.truncate(MOST);
        wanted.cases = cases;
    }
    "begin".clone_into(&mut wanted.operation);
    let seen = json!({ "people": wanted.cases.len() });
    Entry::by_staff(scope.staff(), &client, app.clock.now(), "link.preview").with(seen).write(scope.db()).await?;
    show(&scope, &app, &wanted, beyond, &Problems::default()).await
}

/// The query of an address of the board.
fn address(whole: &str) -> Option<Address> {
    let uri: Uri = whole.strip_prefix(BOARD).and(whole.parse().ok())?;
    Query::try_from_uri(&uri).ok().map(|Query(address)| address)
}

async fn show(scope: &Scope, app: &App, wanted: &Wanted, beyond: bool, problems: &Problems) -> Result<Response> {
    let moment = Moment::of(app.clock.now());
    let mut people = Vec::new();
    for some in wanted.cases.chunks(200) {
        people.extend(board::some(scope, moment, some).await?);
    }
    let ids: Vec<Uuid> = people.iter().map(|person| person.case_id).collect();
    let view = View {
        links: store::links(scope, &ids).await?,
        partners: partners(scope, app).await?,
        people,
        wanted,
        beyond,
        today: moment.today,
        back: format!("{BOARD}{}", scope.staff().board_address),
    };
    let main = if view.people.is_empty() { nobody(&view.back) } else { view.main(problems) };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("紐づけを変える").staff(scope.staff()).wide().response_with(status, main))
}

fn nobody(back: &str) -> Markup {
    html! {
        h1 { "紐づけを変える" }
        (notice(Tone::Information, html! { p { "選ばれている方がいません。一覧で選んでください。" } }))
        p { a.button href=(back) { "一覧に戻る" } }
    }
}

/// The organisations that may be chosen, with how much they have to do: linked people, unanswered ones.
async fn partners(scope: &Scope, app: &App) -> Result<Vec<(Choice, i64, i64)>> {
    let today = app.clock.today();
    let own = cases::store::organization(scope.db(), scope.organization_id()).await?.ok_or(Error::NotFound)?;
    let partners = cases::partners(scope.db(), &own.prefecture_code, today).await?;
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.organization_id).collect();
    let loads = store::loads(scope.db(), &ids, today).await?;
    Ok(partners
        .into_iter()
        .map(|partner| {
            let (linked, unanswered) = loads.get(&partner.organization_id).copied().unwrap_or_default();
            (partner, linked, unanswered)
        })
        .collect())
}

struct View<'a> {
    people: Vec<Person>,
    links: std::collections::HashMap<Uuid, Vec<(Uuid, String)>>,
    partners: Vec<(Choice, i64, i64)>,
    wanted: &'a Wanted,
    /// Whether there are more people than one action takes.
    beyond: bool,
    today: time::Date,
    /// The board as it was looked at last.
    back: String,
}

impl View<'_> {
    fn main(&self, problems: &Problems) -> Markup {
        html! {
            p.back { a href=(self.back) { "健康観察一覧" } }
            (error_summary(problems))
            h1 { "紐づけを変える" }
            p { "まだ何もしていません。" strong { (self.people.len()) "人" } "が対象です。" }
            @if self.beyond {
                (notice(Tone::Wait, html! { p { "一度にできるのは" (MOST) "人までです。終わったら、残りの方を同じようにしてください。" } }))
            }
            (self.already())
            form.follow-up-form method="post" action="/staff/follow-up/links" novalidate {
                @for person in &self.people { input type="hidden" name="item" value=(person.case_id); }
                (Field::new("operation", "何をするか", &self.wanted.operation, problems).required().radios(OPERATIONS))
                (self.choice(problems))
                (self.unlinking())
                div.actions {
                    button.button.primary { (self.people.len()) "人の紐づけを変える" }
                    a.button href=(self.back) { "やめる" }
                }
            }
            h2 { "対象の方" }
            (self.names())
        }
    }

    /// How many nobody follows yet, and how many each organisation does.
    fn already(&self) -> Markup {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, name) in self.links.values().flatten() {
            *counts.entry(name).or_default() += 1;
        }
        let nobody = self.people.iter().filter(|person| !self.links.contains_key(&person.case_id)).count();
        html! {
            ul.follow-up-counts {
                li { "まだどこにも紐づいていない方 " strong { (nobody) "人" } }
                @for (name, count) in counts { li { (name) "に紐づいている方 " strong { (count) "人" } } }
            }
        }
    }

    fn choice(&self, problems: &Problems) -> Markup {
        let heads = [
            Column::new("選択"),
            Column::new("機関"),
            Column::new("種別"),
            Column::new("健康観察中").number(),
            Column::new("本日の報告なし").number(),
        ];
        let rows = self.partners.iter().enumerate().map(|(index, (partner, linked, unanswered))| {
            let id = partner.organization_id.to_string();
            html! {
                tr {
                    td.pick {
                        label {
                            input type="radio" name="partner_id" value=(id) checked[id == self.wanted.partner_id]
                                id=[(index == 0).then_some("field-partner_id")];
                            span.visually-hidden { (partner.name) "を選ぶ" }
                        }
                    }
                    td.wrap { (partner.name) }
                    td { (OrganizationKind::from_code(&partner.kind).map_or("", OrganizationKind::label)) }
                    td.number { (linked) "人" }
                    td.number { (unanswered) "人" }
                }
            }
        });
        html! {
            fieldset.field .wrong[problems.of("partner_id").is_some()] {
                legend.label { "紐づける機関" }
                p.hint { "「紐づける」「移す」のときに選びます。人数は、その機関に紐づいているすべての方です。" }
                @if self.partners.is_empty() {
                    p #field-partner_id { "選べる機関がありません。先に健康フォローアップ機関の権限を付与してください。" }
                } @else {
                    (dense("紐づける機関", &heads, rows))
                }
                @if let Some(sentence) = problems.of("partner_id") { p.error { span.error-mark { "エラー" } span { (sentence) } } }
            }
        }
    }

    fn unlinking(&self) -> Markup {
        let linked: BTreeMap<Uuid, &str> =
            self.links.values().flatten().map(|(id, name)| (*id, name.as_str())).collect();
        let all = [(String::new(), "すべての機関".to_owned())];
        let choices: Vec<(String, String)> =
            all.into_iter().chain(linked.into_iter().map(|(id, name)| (id.to_string(), name.to_owned()))).collect();
        html! {
            (Field::new("from_id", "解除する機関", &self.wanted.from_id, &Problems::default())
                .hint("「紐づけを解除する」のときに使います。").select(&choices))
        }
    }

    fn names(&self) -> Markup {
        let heads = ["氏名", "市区町村", "紐づけている機関"].map(Column::new);
        let rows = self.people.iter().take(NAMED).map(|person| {
            let named = Named { name: &person.name, birth_on: person.birth_on, ward: &person.ward };
            let linked = self.links.get(&person.case_id).map(Vec::as_slice).unwrap_or_default();
            let linked: Vec<&str> = linked.iter().map(|(_, name)| name.as_str()).collect();
            html! { tr { (named.cells(self.today)) td.wrap { (linked.join("、")) } } }
        });
        html! {
            (dense("対象の方", &heads, rows))
            @if self.people.len() > NAMED { p { "ほか" (self.people.len() - NAMED) "人" } }
        }
    }
}

/// Does it. Whoever is out of reach by now is left.
pub async fn act(
    Desk(scope): Desk,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Wanted::of(fields);
    if wanted.cases.is_empty() {
        return Ok(Redirect::to(BOARD).into_response());
    }
    let links = match wanted.links() {
        Ok(links) => links,
        Err(problems) => return show(&scope, &app, &wanted, false, &problems).await,
    };
    let mut grants: Vec<Grant<group::Sharing, Write>> = Vec::new();
    for case_id in &wanted.cases {
        grants.extend(scope.grant(&app, *case_id).await?);
    }
    if grants.is_empty() {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let by = By { app: app.clone(), staff: scope.staff().clone(), client, now };
    let changed = match cases::change_links(by, grants, links).await? {
        Ok(changed) => changed,
        Err(sentence) => {
            let mut problems = Problems::default();
            problems.add("partner_id", sentence);
            return show(&scope, &app, &wanted, false, &problems).await;
        }
    };
    // More than anybody looks at in a moment is left to the judge.
    if wanted.cases.len() <= SHOWN_AT_ONCE {
        watch::judge_these(&app.db, &app.texts, now, &wanted.cases).await?;
    }
    let done = format!("done=linked&count={changed}");
    Ok(Redirect::to(&Address::back(&scope.staff().board_address, &done)).into_response())
}
