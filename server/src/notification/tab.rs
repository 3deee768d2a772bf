//! Tab 発生届 of a person (TOP-08): the latest notification, and the list of all.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::days;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::access::ItemGroup::Notification as Notified;
use crate::access::grant::{Action, Read, group};
use crate::access::{Client, Grant, ItemGroup, Level};
use crate::cases::{self, Tab, header, note_view, tabs};
use crate::error::Result;
use crate::notification::store::{self, Notification};
use crate::notification::{handout, history, print, remove, story, view};
use crate::routes::{Guard, Routes};
use crate::ui::table::{self, Column, empty};
use crate::ui::{Page, Tone, notice, operations};

/// The right to look at notifications of a person.
pub type Right = Grant<group::Notification, Read>;

/// How the page is to look, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// `statutory` for 法令様式.
    pub layout: String,
    notice: String,
}

impl Wanted {
    /// 法令様式 on (FORM-10).
    pub fn is_statutory(&self) -> bool {
        self.layout == "statutory"
    }

    /// What was just done, by a word in the address.
    pub fn done(&self) -> Markup {
        let (tone, sentence) = match self.notice.as_str() {
            "reported" => (Tone::Done, "発生届を報告しました。"),
            "saved" => (Tone::Done, "発生届の変更を保存しました。"),
            "unchanged" => (Tone::Information, "変更はありませんでした。"),
            "removed" => (Tone::Done, "発生届を削除しました。登録情報（ID管理など）は残っています。"),
            "answered" => (Tone::Done, "照会に回答しました。保健所に知らせました。"),
            "gone" => (Tone::Information, "この発生届はすでに削除されています。"),
            _ => return PreEscaped(String::new()),
        };
        notice(tone, html! { p { (sentence) } })
    }
}

/// The pages of notifications that were reported.
pub fn routes() -> Routes {
    let (read, write) = (Guard::Case(Notified, Level::Read), Guard::Case(Notified, Level::Write));
    Routes::default()
        .get("/staff/notifications/blank", Guard::Registrar, print::blank)
        .get("/staff/cases/{case_id}/notifications", read, tab)
        .get("/staff/cases/{case_id}/notifications/{notification_id}", read, view::view)
        .get("/staff/cases/{case_id}/notifications/{notification_id}/print", read, print::print)
        .get("/staff/cases/{case_id}/notifications/{notification_id}/history", read, history::history)
        .get("/staff/cases/{case_id}/notifications/{notification_id}/removal", write, remove::confirm)
        .post("/staff/cases/{case_id}/notifications/{notification_id}/removal", write, remove::remove)
        .get("/staff/cases/{case_id}/story", Guard::Case(ItemGroup::Person, Level::Read), story::story)
        .post("/staff/cases/{case_id}/hand-out", Guard::Case(ItemGroup::Identity, Level::Write), handout::print)
}

/// The page of one notification.
pub fn address(case_id: Uuid, notification_id: Uuid) -> String {
    format!("/staff/cases/{case_id}/notifications/{notification_id}")
}

/// The tab: IDR-04 opens a person with ID管理, and from there it is one step here.
pub async fn tab(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let all = store::of_case(grant.db(), grant.case_id()).await?;
    if let Some(latest) = all.iter().find(|notification| notification.content.is_some()) {
        return view::show(&grant, &client, &app, latest, &all, &wanted).await;
    }
    note_view(&grant, &client, &app, Tab::Notification).await?;
    let main = html! {
        (wanted.done())
        h1 { "発生届" }
        (empty("この方の発生届はまだありません。", html! {
            @if grant.may_write(ItemGroup::Notification) {
                p { "ID管理に入力されている項目は、発生届に自動で入ります。" }
                (operations(further(grant.case_id(), "新規入力", "primary")))
            }
        }))
        (list(&grant, &all, None).await?)
    };
    page(&grant, &app, "発生届", main, StatusCode::OK).await
}

/// 【新規入力】 (FORM-07), 【追加登録】 (FORM-08): both lead into the entry.
pub fn further(case_id: Uuid, label: &str, class: &str) -> Markup {
    html! {
        form.inline method="post" action=(format!("/staff/cases/{case_id}/notifications/new")) {
            button.button .(class) { (label) }
        }
    }
}

/// All notifications of the person, the latest first; `shown` is the one on the page.
pub async fn list(grant: &Right, all: &[Notification], shown: Option<Uuid>) -> Result<Markup> {
    if all.is_empty() {
        return Ok(html! {});
    }
    let institutions: Vec<Uuid> = all.iter().map(|notification| notification.filed_by_organization_id).collect();
    let names = cases::store::organization_names(grant.db(), &institutions).await?;
    let columns = ["報告日", "診断分類", "様式", "報告した機関", "版"].map(Column::new);
    let rows = all.iter().map(|notification| {
        let institution = names.get(&notification.filed_by_organization_id).map_or("", String::as_str);
        row(notification, institution, shown == Some(notification.notification_id))
    });
    Ok(html! {
        section.notification-list aria-labelledby="all-notifications" {
            h2 #all-notifications { "この方の発生届（" (all.len()) "件）" }
            (table::dense("この方の発生届", &columns, rows))
        }
    })
}

fn row(notification: &Notification, institution: &str, current: bool) -> Markup {
    let filed_on = days::japanese(notification.filed_at.day());
    html! {
        tr {
            @match (&notification.content, notification.deleted_at) {
                (Some(content), _) => {
                    td {
                        a href=(address(notification.case_id, notification.notification_id))
                            aria-current=[current.then_some("page")] {
                            (content.values.date("reported_on").map_or(filed_on, days::japanese))
                        }
                        @if current { " " span.mark { "表示中" } }
                    }
                    td { (content.diagnosis_type().map_or("未入力", |diagnosis| diagnosis.label())) }
                    td { (content.edition.label()) }
                    td { (institution) }
                    td { "第" (notification.version) "版" @if notification.version > 1 { " " (view::changed_mark()) } }
                }
                (None, at) => {
                    td { (filed_on) }
                    td.nothing colspan="2" { (at.map(deleted_sentence).unwrap_or_default()) }
                    td { (institution) }
                    td {}
                }
            }
        }
    }
}

/// `2022/08/01に削除されました`
pub fn deleted_sentence(at: crate::clock::Timestamp) -> String {
    format!("{}に削除されました", days::iso(at.day()).replace('-', "/"))
}

/// A page of this tab under the person's strip.
pub async fn page<A: Action>(
    grant: &Grant<group::Notification, A>,
    app: &App,
    title: &str,
    main: Markup,
    status: StatusCode,
) -> Result<Response> {
    let strip = html! { (header(grant, app).await?) (tabs(grant, Tab::Notification)) };
    Ok(Page::new(title).staff(grant.staff()).header(strip).response_with(status, main))
}
