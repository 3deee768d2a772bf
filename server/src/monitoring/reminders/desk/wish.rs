//! What a person asked for in My HER-SYS, and what becomes of it.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use hersys_shared::Problems;
use maud::{Markup, html};
use serde_json::json;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::error::{Error, Result};
use crate::monitoring::reminders::desk::store::{self, Wish};
use crate::monitoring::reminders::desk::{Right, Typed, done, page, path, reason};
use crate::monitoring::reminders::send;
use crate::monitoring::reminders::send::choose::Way;
use crate::monitoring::reminders::stop::{self, By};
use crate::monitoring::watch;
use crate::ui::Field;

/// The mark on the boards of the centre.
const TO_BE_CALLED: &str = "電話で確認する方";

/// The words of a wish.
pub fn label(wish: &str) -> &'static str {
    match wish {
        "stop" => "入力のお願いを止めてほしい",
        "call" => "電話で連絡してほしい",
        "resume" => "入力のお願いを再開してほしい",
        _ => "ご希望があります",
    }
}

/// What 【希望どおりにする】 does.
fn consequence(wish: &str) -> &'static str {
    match wish {
        "stop" => "希望どおりにすると、入力のお願いを止め、送信を待っているものも取り消します。",
        "call" => {
            "希望どおりにすると、毎日、自動音声の電話で入力をお願いします。止めているお願いも再開します。\
             健康観察一覧に「電話で確認する方」の注意が付きます。"
        }
        "resume" => "希望どおりにすると、入力のお願いを再開します。",
        _ => "",
    }
}

fn outcome_label(outcome: &str) -> &'static str {
    match outcome {
        "done" => "希望どおりにしました",
        "declined" => "見送りました",
        _ => "ご本人が取り下げました",
    }
}

/// 【希望どおりにする】 or, with a reason, 【見送る】.
pub async fn settle(
    grant: Right,
    client: Client,
    State(app): State<App>,
    Path((_, request_id)): Path<(Uuid, Uuid)>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let (outcome, answer) = match typed.answer.as_str() {
        "done" => ("done", String::new()),
        "declined" => match reason(&typed) {
            Ok(reason) => ("declined", reason),
            Err(_) => {
                let mut problems = Problems::default();
                problems.add("wish_reason", "見送る理由を200文字までで入力してください（必須）。");
                return page::render(&grant, &app, Some(&typed), &problems).await;
            }
        },
        _ => return Err(Error::one("", "「希望どおりにする」か「見送る」を押してください。")),
    };
    let (staff, now, case_id) = (grant.staff(), app.clock.now(), grant.case_id());
    // Before the transaction, which on SQLite keeps all others out.
    let no_call = if outcome == "done" { no_call(&app, case_id).await? } else { None };
    let by = (staff.organization_id, staff.account_id);
    let mut tx = grant.db().begin().await?;
    let wish = store::open_wish(&mut tx, case_id, request_id).await?;
    if let (Some("call"), Some(problem)) = (wish.as_deref(), no_call) {
        drop(tx);
        let mut problems = Problems::default();
        problems.add("", problem);
        return page::render(&grant, &app, Some(&typed), &problems).await;
    }
    if let Some(wish) = wish
        && store::settle(&mut tx, (case_id, request_id), (outcome, &answer), by, now).await?
    {
        if outcome == "done" {
            match wish.as_str() {
                "stop" => {
                    stop::store::stop(&mut tx, case_id, By::Wish, "", Some(staff.account_id), now).await?;
                }
                "call" => {
                    store::set_channel(&mut tx, case_id, Way::Call.code(), staff.account_id, now).await?;
                    // Who wants to be called is to be seen by whoever calls.
                    watch::add_flag(&mut tx, case_id, by, TO_BE_CALLED, now).await?;
                    stop::store::resume(&mut tx, case_id, None, Some(staff.account_id), now).await?;
                }
                "resume" => {
                    stop::store::resume(&mut tx, case_id, None, Some(staff.account_id), now).await?;
                }
                _ => {}
            }
        }
        Entry::by_staff(staff, &client, now, "reminders.wish")
            .about(case_id)
            .with(json!({ "wish": wish, "outcome": outcome, "answer": answer }))
            .write(&mut tx)
            .await?;
    }
    tx.commit().await?;
    done(&grant, &app).await
}

/// Why nobody would be called who wants to be.
async fn no_call(app: &App, case_id: Uuid) -> Result<Option<String>> {
    let facts = send::known(app, &[case_id]).await?;
    let instead = "職員が電話で確認するときは、健康観察一覧で注意を付け、この希望は理由を書いて見送ってください。";
    let why = match facts.get(&case_id) {
        _ if !send::live_ways(app).contains(&Way::Call) => "自動音声の電話をかける設定が、このシステムにありません。",
        Some(fact) if !fact.person.allowed.contains(&Way::Call) => {
            "自動音声の電話は、担当保健所の方針で使わないことになっています。"
        }
        Some(fact) if fact.person.phone.is_none() => "電話番号が登録されていません。先に電話番号を登録してください。",
        Some(_) => return Ok(None),
        None => "この方の記録を読めません。",
    };
    Ok(Some(format!("希望どおりにできません。{why}{instead}")))
}

/// Open wishes to be settled, and what became of the others.
pub fn section(case_id: Uuid, wishes: &[Wish], may_settle: bool, problems: &Problems) -> Markup {
    let (open, settled): (Vec<&Wish>, Vec<&Wish>) = wishes.iter().partition(|wish| wish.settled_at.is_none());
    html! {
        @if !wishes.is_empty() { h2 #wishes { "ご本人の希望" } }
        @for wish in open {
            div.reminder-wish {
                p {
                    span.mark.waits { "未対応" } " " strong { (label(&wish.wish)) }
                    span.board-facts { (wish.asked_at.minute_text()) " " (from(wish)) }
                }
                @if may_settle {
                p.hint { (consequence(&wish.wish)) }
                form method="post" action=(format!("{}/wishes/{}", path(case_id), wish.request_id)) {
                    input type="hidden" name="answer" value="done";
                    button.button.primary { "希望どおりにする" }
                }
                details.reminder-decline open[!problems.is_empty()] {
                    summary { "見送る" }
                    form method="post" action=(format!("{}/wishes/{}", path(case_id), wish.request_id)) novalidate {
                        input type="hidden" name="answer" value="declined";
                        (declining(problems))
                        button.button { "見送る" }
                    }
                }
                }
            }
        }
        @for wish in settled {
            p.fine {
                (wish.asked_at.minute_text()) " " (label(&wish.wish)) "：" (outcome_label(wish.outcome.as_deref().unwrap_or_default()))
                @if let Some(at) = wish.settled_at { "（" (at.minute_text()) "）" }
                @if !wish.answer.is_empty() { " 理由：" (wish.answer) }
            }
        }
    }
}

fn from(wish: &Wish) -> &'static str {
    if wish.asked_by.is_nil() { "SMSの返信・メールのリンクから" } else { "My HER-SYSから" }
}

/// The reason, which is asked for under one name on this page and shown wrong under another.
fn declining(problems: &Problems) -> Markup {
    let mut own = Problems::default();
    if let Some(problem) = problems.of("wish_reason") {
        own.add("reason", problem);
    }
    Field::new("reason", "見送る理由", "", &own).required().maxlength(200).input()
}
