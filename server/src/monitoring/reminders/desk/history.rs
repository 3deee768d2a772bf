//! What was planned, sent and delivered in the last days, and why nothing was: in words.

use maud::{Markup, html};

use crate::monitoring::reminders::desk::store::{Message, Request};
use crate::monitoring::reminders::send::choose::{Reason, Way};
use crate::ui::table::{Column, dense};

/// Who may not know the period is not told of it by way of a reason.
pub fn reason_sentence(reason: Reason, knows_period: bool) -> &'static str {
    match reason {
        Reason::Ended if !knows_period => "送る対象ではなかったため、送っていません。",
        reason => reason.sentence(),
    }
}

/// The one of a request's messages that went farthest.
pub fn best<'m>(request: &Request, messages: &'m [Message]) -> Option<&'m Message> {
    messages.iter().filter(|message| message.day == request.day && message.round == request.round).min_by_key(
        |message| match (message.status.as_str(), message.delivery.as_deref()) {
            ("sent" | "kept", Some("delivered")) => 0,
            ("sent" | "kept", None | Some("sent" | "sending" | "queued" | "accepted" | "scheduled")) => 1,
            ("waiting", _) => 2,
            ("sent" | "kept", _) => 3,
            _ => 4,
        },
    )
}

/// How a request went.
pub fn outcome(request: &Request, messages: &[Message], knows_period: bool) -> String {
    let message = best(request, messages);
    let gone = message.filter(|message| matches!(message.status.as_str(), "sent" | "kept"));
    if let Some(message) = gone {
        let at = message.finished_at.map(|at| at.hour_minute()).unwrap_or_default();
        return match message.delivery.as_deref() {
            Some("delivered") => format!("{at}に送り、届きました。"),
            Some("undelivered" | "failed") => {
                format!("{at}に送りましたが、届きませんでした。番号・アドレスを確かめてください。")
            }
            Some("no_answer") => format!("{at}に電話しましたが、出ませんでした。"),
            _ => format!("{at}に送りました。"),
        };
    }
    match (request.state.as_str(), message) {
        ("planned", _) => format!("{}に送る予定です。", request.due_at.hour_minute()),
        ("missed", _) => "送れる時間（8時から20時）のうちに送れませんでした。".into(),
        ("skipped", _) | ("cancelled", None) => not_sent(request, knows_period),
        ("cancelled", Some(_)) => format!("取り消しました。{}", not_sent(request, knows_period)),
        (_, Some(message)) => unsent(message).into(),
        _ => "送っていません。".into(),
    }
}

fn not_sent(request: &Request, knows_period: bool) -> String {
    Reason::from_code(&request.reason)
        .map_or("送っていません。", |reason| reason_sentence(reason, knows_period))
        .to_owned()
}

/// Why a message has not left.
fn unsent(message: &Message) -> &'static str {
    match (message.status.as_str(), message.last_error.is_some()) {
        ("waiting", true) => {
            "送信先（携帯電話会社・メールサーバーなど）が受け付けないため、時間をおいて再送しています。"
        }
        ("waiting", false) => "送信を待っています。",
        ("failed", _) if message.channel == Way::Push.code() => {
            "端末がプッシュ通知を受け取らなくなっているため、送れませんでした。"
        }
        ("failed", _) => "送れませんでした。番号・アドレスが違います。",
        ("expired", _) => "送信先（携帯電話会社・メールサーバーなど）が受け付けず、時間内に送れませんでした。",
        _ => "取り消しました。",
    }
}

/// The table of the last days.
pub fn table(requests: &[Request], messages: &[Message], knows_period: bool) -> Markup {
    if requests.is_empty() {
        return html! { p { "まだありません。" } };
    }
    let columns = ["日", "回", "方法", "結果"].map(Column::new);
    dense(
        "入力のお願い",
        &columns,
        requests.iter().map(|request| {
            html! {
                tr {
                    td.tabular { (hersys_shared::days::japanese(request.day)) }
                    td { @if request.round == 1 { "1回目" } @else { "2回目" } }
                    td { (Way::from_code(&request.channel).map_or("―", Way::label)) }
                    td.wrap { (outcome(request, messages, knows_period)) }
                }
            }
        }),
    )
}
