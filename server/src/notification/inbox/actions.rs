//! What a centre does with what it received, one by one or many at once: 確認, 担当, 県へ報告. Each is
//! bound to the version that was seen, so that nothing newer is confirmed by accident.

use axum::extract::{Form, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::access::grant::Write;
use crate::error::{Error, Result};
use crate::notification::inbox::list::store::{self as lists, Listed};
use crate::notification::inbox::{Desk, State, item, list, store};
use crate::ui::table::dense;
use crate::ui::{Column, Page, Tone, notice};

/// Most rows of one act.
const MOST: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Confirm,
    Assign,
    Report,
}

impl Deed {
    fn from_code(code: &str) -> Option<Self> {
        [Self::Confirm, Self::Assign, Self::Report].into_iter().find(|deed| deed.code() == code)
    }

    fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Assign => "assign",
            Self::Report => "report",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Confirm => "確認済にする",
            Self::Assign => "担当を決める",
            Self::Report => "県へ報告済にする",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Confirm => "選んだ発生届を確認済にする",
            Self::Assign => "選んだ発生届の担当を決める",
            Self::Report => "選んだ発生届を県へ報告済にする",
        }
    }

    fn audited(self) -> &'static str {
        match self {
            Self::Confirm => "inbox.confirm",
            Self::Assign => "inbox.assign",
            Self::Report => "inbox.report",
        }
    }

    /// Why a row is left as it is.
    fn obstacle(self, row: &Listed, version: i64) -> Option<&'static str> {
        let state = row.state()?;
        match self {
            _ if state == State::Deleted => Some("削除されています"),
            Self::Assign => None,
            // Whoever confirms has a view of the person.
            _ if row.name.is_none() => Some("いまは閲覧できない方です"),
            _ if row.version != version => Some("一覧を開いた後に内容が変わりました。開いて確かめてください"),
            Self::Confirm if !state.may_confirm() => Some("すでに確認済です"),
            Self::Report if state == State::Reported => Some("すでに報告済です"),
            Self::Report if !state.may_report() => Some("先に確認してください"),
            _ => None,
        }
    }
}

/// What was ticked: notifications with the version seen, what to do, who is to be 担当, and whether it
/// came from one notification's page.
#[derive(Debug, Default)]
struct Wanted {
    items: Vec<(Uuid, i64)>,
    action: String,
    assignee: Option<Uuid>,
    is_assignee_chosen: bool,
    from: Option<Uuid>,
}

impl Wanted {
    fn of(fields: &[(String, String)]) -> Result<Self> {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "item" => {
                    let item = value
                        .split_once(':')
                        .and_then(|(id, version)| Some((Uuid::parse_str(id).ok()?, version.parse().ok()?)));
                    wanted.items.extend(item.filter(|item| !wanted.items.contains(item)));
                }
                "action" => wanted.action.clone_from(value),
                "assignee" => {
                    wanted.assignee = Uuid::parse_str(value).ok();
                    wanted.is_assignee_chosen = value != item::NOT_CHOSEN;
                }
                "from" => wanted.from = Uuid::parse_str(value).ok(),
                _ => {}
            }
        }
        if wanted.items.len() > MOST {
            return Err(Error::one("", format!("一度に扱えるのは{MOST}件までです。")));
        }
        Ok(wanted)
    }

    fn ids(&self) -> Vec<Uuid> {
        self.items.iter().map(|(id, _)| *id).collect()
    }

    fn version(&self, notification_id: Uuid) -> i64 {
        self.items.iter().find(|(id, _)| *id == notification_id).map_or(0, |(_, version)| *version)
    }
}

/// What a deed would do to what was ticked. Changes nothing.
pub async fn preview(desk: Desk<Write>, Form(fields): Form<Vec<(String, String)>>) -> Result<Response> {
    let wanted = Wanted::of(&fields)?;
    let Some(deed) = Deed::from_code(&wanted.action) else {
        return Ok(Redirect::to("/staff/inbox").into_response());
    };
    let own = desk.staff().organization_id;
    let rows = lists::some(desk.db(), own, own, &wanted.ids()).await?;
    let accounts = lists::accounts(desk.db(), own).await?;
    let able: Vec<&Listed> =
        rows.iter().filter(|row| deed.obstacle(row, wanted.version(row.notification_id)).is_none()).collect();
    let mut columns = list::heads();
    columns.insert(0, Column::new("扱い"));
    let table = dense(
        "選んだ発生届",
        &columns,
        rows.iter().map(|row| {
            let obstacle = deed.obstacle(row, wanted.version(row.notification_id));
            html! {
                tr {
                    td.wrap { @match obstacle {
                        None => { strong { (deed.label()) } }
                        Some(why) => { span.mark.waits { "そのまま" } " " (why) }
                    } }
                    (list::cells(row))
                }
            }
        }),
    );
    let main = html! {
        h1 { (deed.title()) }
        @if rows.is_empty() {
            (notice(Tone::Information, html! { p { "発生届が選ばれていません。一覧で選んでください。" } }))
            p { a.button href="/staff/inbox" { "一覧に戻る" } }
        } @else {
            p { "まだ何もしていません。" strong { (deed.label()) " " (able.len()) "件" }
                @if able.len() < rows.len() { "、そのまま " (rows.len() - able.len()) "件" } "。" }
            (table)
            form method="post" action="/staff/inbox/actions" {
                input type="hidden" name="action" value=(deed.code());
                @for row in &able { input type="hidden" name="item" value=(format!("{}:{}", row.notification_id, row.version)); }
                @if deed == Deed::Assign { (item::assignee_field(&accounts, None, true)) }
                (buttons(deed, able.len()))
            }
        }
    };
    Ok(Page::new("届出受付").staff(desk.staff()).wide().response(main))
}

fn buttons(deed: Deed, count: usize) -> Markup {
    html! {
        div.actions {
            @if count > 0 { button.button.primary { (count) (if deed == Deed::Assign { "件の" } else { "件を" }) (deed.label()) } }
            a.button href="/staff/inbox" { "やめる" }
        }
    }
}

/// Does it: each row by itself counts or is left, and the page says how many of each.
pub async fn act(
    desk: Desk<Write>,
    client: Client,
    Shared(app): Shared<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let wanted = Wanted::of(&fields)?;
    let Some(deed) = Deed::from_code(&wanted.action) else {
        return Ok(Redirect::to("/staff/inbox").into_response());
    };
    let own = desk.staff().organization_id;
    let mut tx = desk.db().begin().await?;
    let rows = lists::some(&mut tx, own, own, &wanted.ids()).await?;
    let accounts = lists::accounts(&mut tx, own).await?;
    if wanted.assignee.is_some_and(|chosen| accounts.iter().all(|(id, _)| *id != chosen)) {
        return Err(Error::one("", "担当は、この保健所の使えるIDから選んでください。"));
    }
    if rows.is_empty() && !wanted.items.is_empty() {
        return Err(Error::NotFound);
    }
    if deed == Deed::Assign && !wanted.is_assignee_chosen {
        return Err(Error::one("", "担当を選んでください。決めないときは「未定」を選びます。"));
    }
    let (mut count, mut left) = (0, 0);
    let act = Act { desk: &desk, client: &client, app: &app, deed, assignee: wanted.assignee };
    for (notification_id, version) in &wanted.items {
        // One that went to another centre meanwhile is left; where no row is the centre's own, none is found.
        let Some(row) = rows.iter().find(|row| row.notification_id == *notification_id) else {
            left += 1;
            continue;
        };
        let may = deed.obstacle(row, *version).is_none();
        if may && act.one(&mut tx, *notification_id, *version).await? {
            count += 1;
        } else {
            left += 1;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to(&match wanted.from {
        Some(from) => format!("/staff/inbox/{from}?done={}", if count > 0 { deed.code() } else { "left" }),
        None => format!("/staff/inbox?done={}&count={count}&left={left}", deed.code()),
    })
    .into_response())
}

struct Act<'a> {
    desk: &'a Desk<Write>,
    client: &'a Client,
    app: &'a App,
    deed: Deed,
    assignee: Option<Uuid>,
}

impl Act<'_> {
    /// `false`: the row was left as it is, or is another centre's by now.
    async fn one(&self, tx: &mut crate::db::Tx, notification_id: Uuid, version: i64) -> Result<bool> {
        let (staff, now) = (self.desk.staff(), self.app.clock.now());
        let standing = store::by_id(&mut *tx, notification_id).await?;
        let standing = standing.filter(|standing| standing.center_id == staff.organization_id);
        let Some(standing) = standing else { return Ok(false) };
        let done = match self.deed {
            Deed::Confirm if standing.state.may_confirm() => {
                store::confirm(tx, &standing, version, staff.account_id, now).await?
            }
            Deed::Report => store::report_on(tx, &standing, version, staff.account_id, now).await?,
            Deed::Assign if standing.state != State::Deleted => {
                store::assign(tx, &standing, self.assignee).await?;
                true
            }
            _ => false,
        };
        if done {
            if self.deed == Deed::Confirm {
                store::settle_news(tx, &standing, now).await?;
            }
            let after = match self.deed {
                Deed::Confirm => standing.when_confirmed(),
                Deed::Report => State::Reported,
                Deed::Assign => standing.state,
            };
            Entry::by_staff(staff, self.client, now, self.deed.audited())
                .about(standing.case_id)
                .with(json!({
                    "notification_id": notification_id,
                    "version": standing.version,
                    "before": { "inbox": standing.state.code(), "assignee_id": standing.assignee_id },
                    "after": {
                        "inbox": after.code(),
                        "assignee_id": if self.deed == Deed::Assign { self.assignee } else { standing.assignee_id },
                    },
                }))
                .write(tx)
                .await?;
        }
        Ok(done)
    }
}
