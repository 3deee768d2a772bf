//! 経過: everything that is known of a person on one page, by day, the newest first. Each line is of an
//! item group and stands there only for whoever may read that group (C-19).

mod observed;
mod store;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use hersys_shared::days::{japanese, weekday};
use hersys_shared::notification::Content;
use hersys_shared::{PhoneNumber, days};
use maud::{Markup, html};
use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Read, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::{self, Tab, header, note_view, tabs};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::monitoring;
use crate::monitoring::observation_period::{self, decide::Period};
use crate::notification::store::{self as notifications, Notification};
use crate::notification::tab::{address, deleted_sentence};
use crate::ui::table::empty;
use crate::ui::{Page, operations};

type Right = Grant<group::Person, Read>;

/// One line of the story.
struct Line {
    /// When it happened, or the end of the day of which it tells.
    at: Timestamp,
    /// Of a day as a whole.
    all_day: bool,
    sort: &'static str,
    what: Markup,
    who: Who,
}

/// Whose doing it was.
enum Who {
    Account(Uuid),
    Named(String),
    Nobody,
}

/// The tab.
pub async fn story(grant: Right, client: Client, State(app): State<App>) -> Result<Response> {
    note_view(&grant, &client, &app, Tab::Story).await?;
    let mut lines = Vec::new();
    if grant.may_read(ItemGroup::Notification) {
        lines.extend(notified(&grant).await?);
    }
    if grant.may_read(ItemGroup::Observation) {
        lines.extend(observed(&grant, &app).await?);
    }
    if grant.may_read(ItemGroup::ObservationPeriod) {
        lines.extend(periods(&grant).await?);
    }
    if grant.may_read(ItemGroup::Sharing) {
        lines.extend(shared(&grant).await?);
    }
    if grant.may_read(ItemGroup::Identity) {
        lines.extend(told(&grant).await?);
        lines.extend(changed(&grant, &app).await?);
    }
    // Last, since of the same moment the first stands highest.
    lines.extend(registered(&grant).await?);
    let names = names(&grant, &lines).await?;
    let mut by_day: BTreeMap<Reverse<Date>, Vec<Line>> = BTreeMap::new();
    for line in lines {
        by_day.entry(Reverse(line.at.day())).or_default().push(line);
    }
    let main = html! {
        h1 { "経過" }
        div.sheet-screen {
            p { "この方について記録されていることを、新しい日から順に表示します。見る権限のある項目だけが表示されます。" }
            (operations(html! { button.button type="button" data-print { "印刷する" } }))
        }
        @if by_day.is_empty() { (empty("記録はまだありません。", html! {})) }
        ol.story {
            @for (Reverse(date), mut lines) in by_day {
                // What tells of the whole day comes first, then the latest.
                @let () = lines.sort_by_key(|line| (!line.all_day, Reverse(line.at)));
                li.story-day {
                    h2 { time datetime=(days::iso(date)) { (japanese(date)) "（" (weekday(date)) "）" } }
                    ul { @for line in &lines { (shown(line, &names)) } }
                }
            }
        }
    };
    let strip = html! { (header(&grant, &app).await?) (tabs(&grant, Tab::Story)) };
    Ok(Page::new("経過").staff(grant.staff()).header(strip).response(main))
}

fn shown(line: &Line, names: &std::collections::HashMap<Uuid, String>) -> Markup {
    let who = match &line.who {
        Who::Account(id) => names.get(id).map_or("", String::as_str),
        Who::Named(name) => name,
        Who::Nobody => "",
    };
    html! {
        li.story-line {
            span.story-time { @if !line.all_day { (line.at.hour_minute()) } }
            span.story-sort { (line.sort) }
            span.story-what { (line.what) }
            span.story-who { (who) }
        }
    }
}

async fn names(grant: &Right, lines: &[Line]) -> Result<std::collections::HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = lines
        .iter()
        .filter_map(|line| match line.who {
            Who::Account(id) => Some(id),
            _ => None,
        })
        .collect();
    Ok(store::account_names(grant.db(), &ids).await?)
}

/// Entry by staff, and registration by the person.
async fn registered(grant: &Right) -> Result<Vec<Line>> {
    let case = cases::store::case(grant.db(), grant.case_id()).await?.ok_or(Error::NotFound)?;
    let entered = Line {
        at: case.created_at,
        all_day: false,
        sort: "登録",
        what: html! { "HER-SYSに登録されました" },
        // C-19: whose the person is, is told with ID管理.
        who: if grant.may_read(ItemGroup::Identity) { Who::Account(case.created_by) } else { Who::Nobody },
    };
    let own = store::registrations(grant.db(), grant.case_id()).await?.into_iter().map(|at| Line {
        at,
        all_day: false,
        sort: "登録",
        what: html! { "My HER-SYSに登録されました" },
        who: Who::Named("本人・家族".to_owned()),
    });
    Ok(std::iter::once(entered).chain(own).collect())
}

async fn notified(grant: &Right) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for notification in notifications::of_case(grant.db(), grant.case_id()).await? {
        let line = |at, what, who| Line { at, all_day: false, sort: "発生届", what, who };
        if let Some(at) = notification.deleted_at {
            lines.push(line(notification.filed_at, html! { "報告されました" }, Who::Account(notification.filed_by)));
            lines.push(line(at, html! { (deleted_sentence(at)) }, Who::Account(notification.updated_by)));
            continue;
        }
        let versions = notifications::versions(grant.db(), grant.case_id(), notification.notification_id).await?;
        for (at, version) in versions.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| versions.get(at)).map(|before| &before.content);
            lines.push(line(
                version.written_at,
                version_line(&notification, version.version, before, &version.content),
                Who::Account(version.written_by),
            ));
        }
    }
    Ok(lines)
}

fn version_line(notification: &Notification, version: i64, before: Option<&Content>, content: &Content) -> Markup {
    let own = address(notification.case_id, notification.notification_id);
    html! {
        @match before {
            None => {
                a href=(own) { "報告されました" }
                "：" (content.diagnosis_type().map_or("診断分類 未入力", |diagnosis| diagnosis.label()))
                "　" (content.edition.label())
                @if content.is_clinical_diagnosis() { "　みなし陽性" }
            }
            Some(before) => {
                a href={ (own) "/history?before=" (version - 1) "&after=" (version) } { "変更されました（第" (version) "版）" }
                "：" (Content::changes(before, content).iter().map(|(item, ..)| item.label).collect::<Vec<_>>().join("、"))
            }
        }
    }
}

async fn observed(grant: &Right, app: &App) -> Result<Vec<Line>> {
    let person = monitoring::store::observed(grant.db(), grant.case_id()).await?;
    let Some(reported) = person.reported else { return Ok(Vec::new()) };
    let mut reports = monitoring::store::observations(grant.db(), grant.case_id(), reported).await?;
    reports.retain(monitoring::store::Observation::is_valid);
    Ok(observed::days(&reports, &app.texts)
        .into_iter()
        .map(|(day, told)| Line {
            at: Timestamp::start_of(day),
            all_day: true,
            sort: "健康観察",
            what: html! {
                (told.sentence())
                @if told.reports > 1 { "（報告" (told.reports) "件）" }
            },
            who: Who::Nobody,
        })
        .collect())
}

/// OBS-09: for whoever may know the period.
async fn periods(grant: &Right) -> Result<Vec<Line>> {
    let changes = observation_period::store::history(grant.db(), grant.case_id()).await?;
    Ok(changes
        .into_iter()
        .map(|change| Line {
            at: change.changed_at,
            all_day: false,
            sort: "健康観察期間",
            what: html! {
                (observation_period::page::label(&change.kind))
                "："
                (observation_period::page::span(Period { from: change.observed_from, until: change.observed_until }))
                @if !change.reason.is_empty() { "（" (change.reason) "）" }
            },
            who: Who::Named(change.who.unwrap_or_else(|| "計算".to_owned())),
        })
        .collect())
}

async fn shared(grant: &Right) -> Result<Vec<Line>> {
    let steps = cases::steps(grant.db(), grant.case_id()).await?;
    Ok(steps
        .into_iter()
        .map(|step| Line {
            at: step.at,
            all_day: false,
            sort: "共有・引継ぎ",
            what: html! { (step.what) @if !step.words.is_empty() { "（" (step.words) "）" } },
            who: Who::Named(step.who),
        })
        .collect())
}

/// Messages to the person; the address stays hidden but for its end.
async fn told(grant: &Right) -> Result<Vec<Line>> {
    let sent = store::messages(grant.db(), grant.case_id()).await?;
    Ok(sent
        .into_iter()
        .map(|message| {
            let sms = message.channel == "sms";
            let to = PhoneNumber::parse(&message.recipient).map(|number| number.masked()).unwrap_or_default();
            let state = match message.status.as_str() {
                "sent" | "kept" => "送信しました",
                "waiting" => "送信待ちです",
                "cancelled" => "取りやめました",
                "expired" => "期限までに送信できませんでした",
                _ => "送信できませんでした",
            };
            Line {
                at: message.created_at,
                all_day: false,
                sort: "通知",
                what: html! {
                    @match (sms, message.channel.as_str()) {
                        (true, _) => { "SMSを" (state) "（" (to) "）" }
                        (_, "call") => { "電話：" (state) }
                        _ => { "メールを" (state) }
                    }
                },
                who: Who::Nobody,
            }
        })
        .collect())
}

async fn changed(grant: &Right, app: &App) -> Result<Vec<Line>> {
    let changes = cases::identity_changes(grant.db(), grant.case_id(), app.clock.today()).await?;
    Ok(changes
        .into_iter()
        .map(|change| Line {
            at: change.at,
            all_day: false,
            sort: "ID管理",
            what: html! {
                "変更されました（第" (change.version) "版）"
                @if !change.items.is_empty() { "：" (change.items.join("、")) }
            },
            who: Who::Account(change.by),
        })
        .collect())
}
