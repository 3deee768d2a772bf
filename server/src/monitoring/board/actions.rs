//! What is done about several people at once: shown first, then done.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup, Scope};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::monitoring::board::address::Address;
use crate::monitoring::board::queue::Moment;
use crate::monitoring::board::{HERE, row, store};
use crate::monitoring::watch;
use crate::ui::table::dense;
use crate::ui::{Page, Tone, notice};

/// Most people of one action.
const MOST: usize = 200;
/// Letters of a flag's reason.
const LONGEST: usize = 100;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Seen,
    Assign,
    Flag,
}

impl Deed {
    pub const ALL: [Self; 3] = [Self::Seen, Self::Assign, Self::Flag];

    pub fn code(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Assign => "assign",
            Self::Flag => "flag",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Seen => "確認済みにする",
            Self::Assign => "担当を決める",
            Self::Flag => "注意を付ける・外す",
        }
    }

    fn audited(self) -> &'static str {
        match self {
            Self::Seen => "board.seen",
            Self::Assign => "board.assign",
            Self::Flag => "board.flag",
        }
    }
}

/// What was ticked: people with the newest report that was shown.
#[derive(Debug, Default)]
struct Wanted {
    items: Vec<(Uuid, Timestamp)>,
    action: String,
    assignee: String,
    reason: String,
}

impl Wanted {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "item" => {
                    let item = value
                        .split_once(':')
                        .and_then(|(id, at)| Some((Uuid::parse_str(id).ok()?, Timestamp(at.parse().ok()?))));
                    let is_new = |item: &(Uuid, Timestamp)| wanted.items.iter().all(|(id, _)| *id != item.0);
                    if let Some(item) = item.filter(is_new).filter(|_| wanted.items.len() < MOST) {
                        wanted.items.push(item);
                    }
                }
                "action" => wanted.action = value,
                "assignee" => wanted.assignee = value,
                "reason" => wanted.reason = value.trim().replace('\0', ""),
                _ => {}
            }
        }
        wanted
    }

    fn ids(&self) -> Vec<Uuid> {
        self.items.iter().map(|(id, _)| *id).collect()
    }
}

/// Who would be changed, before anybody is.
pub async fn preview(
    scope: Scope,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Wanted::of(fields);
    let Some(deed) = Deed::from_code(&wanted.action) else {
        return Ok(Redirect::to(HERE).into_response());
    };
    show(&scope, &app, deed, &wanted, None).await
}

async fn show(scope: &Scope, app: &App, deed: Deed, wanted: &Wanted, problem: Option<&str>) -> Result<Response> {
    let now = app.clock.now();
    let people = store::some(scope, Moment::of(now), &wanted.ids()).await?;
    let shown = |id: Uuid| wanted.items.iter().find(|(other, _)| *other == id).map_or(0, |(_, at)| at.0);
    let accounts = store::accounts(scope.db(), scope.organization_id()).await?;
    let back = format!("{HERE}{}", scope.staff().board_address);
    let heads: Vec<_> = row::heads().into_iter().skip(1).collect();
    let main = html! {
        @if let Some(problem) = problem {
            div.error-summary role="alert" tabindex="-1" data-error-summary {
                h2 { span.error-mark { "エラー" } " まだ何もしていません" }
                p { (problem) }
            }
        }
        h1 { (deed.label()) }
        @if people.is_empty() {
            (notice(Tone::Information, html! { p { "選ばれている方がいません。一覧で選んでください。" } }))
            p { a.button href=(back) { "一覧に戻る" } }
        } @else {
            p { "まだ何もしていません。" strong { (people.len()) "人" } "が対象です。" }
            @if deed == Deed::Seen {
                p.fine { "表示されている報告までを確認済みにします。この後に届いた報告は、あらためて判定されます。" }
            }
            (dense("対象の方", &heads, people.iter().map(|person| html! { tr { (row::cells(person, app, now)) } })))
            form.board-deed method="post" action="/staff/board/actions" {
                input type="hidden" name="action" value=(deed.code());
                @for person in &people {
                    input type="hidden" name="item" value=(format!("{}:{}", person.case_id, shown(person.case_id)));
                }
                @if deed == Deed::Assign {
                    div.field {
                        label.label for="field-assignee" { "担当" }
                        div.control { select #field-assignee name="assignee" {
                            option value="-" { "選んでください" }
                            option value="" { "未定" }
                            @for (id, name) in &accounts { option value=(id) { (name) } }
                        } }
                    }
                }
                @if deed == Deed::Flag {
                    div.field {
                        label.label for="field-reason" { "注意の理由" }
                        p.hint #hint-reason { "例：独居、呼び出しに応じにくい。空欄にすると、付いている注意を外します。" }
                        div.control { input #field-reason name="reason" type="text" value=(wanted.reason) maxlength=(LONGEST) aria-describedby="hint-reason" autocomplete="off"; }
                    }
                }
                div.actions {
                    button.button.primary { (people.len()) (match deed {
                        Deed::Seen => "人を確認済みにする",
                        Deed::Assign => "人の担当を決める",
                        Deed::Flag => "人の注意を変える",
                    }) }
                    a.button href=(back) { "やめる" }
                }
            }
        }
    };
    let status =
        if problem.is_some() { axum::http::StatusCode::UNPROCESSABLE_ENTITY } else { axum::http::StatusCode::OK };
    Ok(Page::new(deed.label()).staff(scope.staff()).wide().response_with(status, main))
}

/// Does it. Whoever is out of reach by now is left.
pub async fn act(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Wanted::of(fields);
    let Some(deed) = Deed::from_code(&wanted.action) else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let assignee = Uuid::parse_str(&wanted.assignee).ok();
    let accounts = store::accounts(scope.db(), scope.organization_id()).await?;
    let is_unknown = assignee.is_none_or(|chosen| accounts.iter().all(|(id, _)| *id != chosen));
    if deed == Deed::Assign && is_unknown && !wanted.assignee.is_empty() {
        let sentence = "担当を、貴機関の使えるIDから選んでください。決めないときは「未定」を選びます。";
        return show(&scope, &app, deed, &wanted, Some(sentence)).await;
    }
    if wanted.reason.chars().count() > LONGEST {
        let sentence = format!("注意の理由は{LONGEST}文字までで入力してください。");
        return show(&scope, &app, deed, &wanted, Some(&sentence)).await;
    }
    let mut grants = Vec::new();
    for (case_id, at) in &wanted.items {
        let grant: Option<Grant<group::Observation, Write>> = scope.grant(&app, *case_id).await?;
        grants.extend(grant.map(|grant| (grant, *at)));
    }
    if grants.is_empty() && !wanted.items.is_empty() {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let staff = scope.staff();
    let by = (staff.organization_id, staff.account_id);
    let mut tx = scope.db().begin().await?;
    for (grant, at) in &grants {
        let case_id = grant.case_id();
        let detail = match deed {
            Deed::Seen => {
                store::set_seen(&mut tx, case_id, by, (*at).min(now), now).await?;
                json!({ "until": at.min(&now).second_text() })
            }
            Deed::Assign => {
                store::assign(&mut tx, case_id, by, assignee, now).await?;
                json!({ "assignee_id": assignee })
            }
            Deed::Flag => {
                let sees_all = grant.may_read(ItemGroup::ObservationPeriod);
                store::set_flag(&mut tx, case_id, by, sees_all, &wanted.reason, now).await?;
                json!({ "reason": wanted.reason })
            }
        };
        Entry::by_staff(staff, &client, now, deed.audited()).about(case_id).with(detail).write(&mut tx).await?;
    }
    tx.commit().await?;
    let people: Vec<Uuid> = grants.iter().map(|(grant, _)| grant.case_id()).collect();
    watch::judge_these(&app.db, &app.texts, now, &people).await?;
    let done = format!("done={}&count={}", deed.code(), grants.len());
    Ok(Redirect::to(&Address::back(&staff.board_address, &done)).into_response())
}

/// What was just done.
pub fn told(address: &Address) -> Markup {
    if address.done == "end" {
        return notice(Tone::Information, html! { p { "この一覧の端まで来ました。この先の方はいません。" } });
    }
    let Some(deed) = Deed::from_code(&address.done) else { return html! {} };
    let count: usize = address.count.parse().unwrap_or(0);
    notice(
        Tone::Done,
        html! {
            p {
                (count) "人" (match deed {
                    Deed::Seen => "を確認済みにしました。",
                    Deed::Assign => "の担当を決めました。",
                    Deed::Flag => "の注意を変更しました。",
                })
            }
        },
    )
}
