//! The page 入力のお願い.

use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::Problems;
use maud::{Markup, html};
use time::Duration;

use crate::App;
use crate::access::grant::{Action, Group};
use crate::access::{Grant, ItemGroup};
use crate::cases;
use crate::error::Result;
use crate::monitoring::reminders::desk::history::{self, reason_sentence};
use crate::monitoring::reminders::desk::store::{self, Message, Policy, Preference, Request};
use crate::monitoring::reminders::desk::{Typed, path, wish};
use crate::monitoring::reminders::send::choose::{Reason, Way};
use crate::monitoring::reminders::send::{self, Fact};
use crate::monitoring::reminders::stop::By;
use crate::monitoring::reminders::{FIRST_HOUR, LAST_HOUR};
use crate::ui::field::{Field, error_summary};
use crate::ui::{Page, Tone, notice};

/// How many days are looked back.
const DAYS: Duration = Duration::days(6);

pub async fn render<G: Group, A: Action>(
    grant: &Grant<G, A>,
    app: &App,
    typed: Option<&Typed>,
    problems: &Problems,
) -> Result<Response> {
    let case_id = grant.case_id();
    let today = app.clock.today();
    let preference = store::preference(grant.db(), case_id).await?;
    let policy = store::policy(grant.db(), case_id).await?;
    let requests = store::requests(grant.db(), case_id, today - DAYS).await?;
    let messages = store::messages(grant.db(), case_id, today - DAYS).await?;
    let wishes = store::wishes(grant.db(), case_id).await?;
    let facts = send::known(app, &[case_id]).await?;
    let may_set = grant.may_write(ItemGroup::ObservationPeriod);
    // OBS-09: who may not know the period is not told of it by way of a reason.
    let knows_period = grant.may_read(ItemGroup::ObservationPeriod);
    // FUP-03: what a centre wrote for itself is not for whoever follows for it.
    let reads_reason = knows_period || preference.organization_id == Some(grant.staff().organization_id);
    let obstacles = facts.get(&case_id).map(|fact| obstacles(fact, app, &requests, &messages, knows_period));
    let strip = html! {
        (cases::header(grant, app).await?)
        (cases::tabs(grant, cases::Tab::Observation))
    };
    let main = html! {
        p.back {
            a href=(cases::Tab::Observation.path(case_id)) { "健康観察" }
            " ・ " a href=(format!("/staff/cases/{case_id}/contact")) { "連絡の記録" }
        }
        (error_summary(problems))
        h1 { "入力のお願い" }
        (wish::section(case_id, &wishes, may_set, problems))
        @if let Some(at) = preference.stopped_at {
            (notice(Tone::Wait, html! {
                p {
                    strong { "入力のお願いは止まっています。" }
                    (at.minute_text()) "に" (By::from_code(&preference.stopped_by).map_or("止めました", By::label)) "。"
                    @if reads_reason && !preference.stop_reason.is_empty() { "理由：" (preference.stop_reason) }
                }
            }))
        }
        @if let Some(obstacles) = obstacles.filter(|obstacles| !obstacles.is_empty()) {
            h2 #why { "なぜ届かないか" }
            ul { @for obstacle in obstacles { li { (obstacle) } } }
        }
        h2 { "送った記録（7日間）" }
        (history::table(&requests, &messages, knows_period))
        h2 { "この方への送り方" }
        @if may_set {
            (settings(case_id, &preference, &policy, app, typed, problems))
            (switch(case_id, &preference, typed, problems))
        } @else {
            (told(&preference, &policy, app))
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new("入力のお願い").staff(grant.staff()).header(strip).response_with(status, main))
}

/// What stands between the person and a request today, in words; nothing where one reached them or they have reported.
fn obstacles(fact: &Fact, app: &App, requests: &[Request], messages: &[Message], knows_period: bool) -> Vec<String> {
    let today = app.clock.today();
    let mut obstacles = Vec::new();
    match fact.person.spared(today) {
        Some(Reason::Reported) => return obstacles,
        Some(reason) => obstacles.push(reason_sentence(reason, knows_period).to_owned()),
        None => {
            let live = send::live_ways(app);
            match fact.person.way(&live) {
                Err(reason) => obstacles.push(reason.sentence().to_owned()),
                Ok(way) if !live.contains(&way) => obstacles
                    .push(format!("{}を送る設定が、このシステムにありません。運営者に連絡してください。", way.label())),
                Ok(_) => {}
            }
        }
    }
    let last = requests.iter().find(|request| request.day == today && request.state != "planned");
    if let Some(last) = last {
        let message = history::best(last, messages);
        let is_gone = message.is_some_and(|message| {
            matches!(message.status.as_str(), "sent" | "kept")
                && !matches!(message.delivery.as_deref(), Some("undelivered" | "failed" | "no_answer"))
        });
        let told = history::outcome(last, messages, knows_period);
        if !is_gone && !obstacles.contains(&told) {
            obstacles.push(told);
        }
    }
    if fact.person.accounts.is_empty() && fact.person.spared(today).is_none() {
        obstacles.push("My HER-SYSにまだ登録していません。お願いが届いても、登録するまで入力できません。".to_owned());
    }
    obstacles
}

fn settings(
    case_id: uuid::Uuid,
    preference: &Preference,
    policy: &Policy,
    app: &App,
    typed: Option<&Typed>,
    problems: &Problems,
) -> Markup {
    let hour = preference.hour.map(|hour| hour.to_string()).unwrap_or_default();
    // Only the form that was sent is shown as it was typed.
    let typed = typed.filter(|_| ["channel", "language", "hour"].iter().any(|field| problems.of(field).is_some()));
    let (channel, language, hour) = match typed {
        Some(typed) => (typed.channel.as_str(), typed.language.as_str(), typed.hour.as_str()),
        None => (preference.channel.as_str(), preference.language.as_str(), hour.as_str()),
    };
    let allowed = Way::of_list(&policy.reminder_channels);
    let ways = Way::ALL.into_iter().filter(|way| allowed.contains(way) || way.code() == channel);
    let channels: Vec<(String, String)> =
        [(String::new(), "決めない（プッシュ通知・メール・SMSのうち使えるもの）".to_owned())]
            .into_iter()
            .chain(ways.map(|way| (way.code().to_owned(), way.label().to_owned())))
            .collect();
    let languages: Vec<(String, String)> =
        [(String::new(), "決めない（日本語）".to_owned())].into_iter().chain(app.texts.messages.choices()).collect();
    let hours: Vec<(String, String)> =
        [(String::new(), format!("決めない（保健所の時刻：{}時）", policy.reminder_hour))]
            .into_iter()
            .chain((FIRST_HOUR..=LAST_HOUR).map(|hour| (hour.to_string(), format!("{hour}時"))))
            .collect();
    html! {
        form.record-form method="post" action=(path(case_id)) novalidate data-warn-leave {
            (Field::new("channel", "方法", channel, problems).select(&channels))
            (Field::new("language", "言語", language, problems).select(&languages))
            (Field::new("hour", "時刻", hour, problems)
                .hint(&second(policy)).select(&hours))
            div.actions { button.button.primary { "保存する" } }
        }
    }
}

/// How the person is asked, to whoever may not change it.
fn told(preference: &Preference, policy: &Policy, app: &App) -> Markup {
    let way = Way::from_code(&preference.channel).map_or("決めていません", Way::label);
    let choices = app.texts.messages.choices();
    let language = choices.iter().find(|(code, _)| *code == preference.language).map_or("日本語", |(_, name)| name);
    let hour = preference.hour.unwrap_or(policy.reminder_hour);
    html! {
        p { "方法：" (way) "、言語：" (language) "、時刻：" (hour) "時" }
        p.fine { "送り方を変える・止める・再開するのは担当保健所です。担当保健所に連絡してください。" }
    }
}

fn second(policy: &Policy) -> String {
    if policy.reminder_second_hour > 0 {
        format!("報告がないときは、{}時以降にもう一度送ります。", policy.reminder_second_hour)
    } else {
        "担当保健所の方針で、1日1回だけ送ります。".to_owned()
    }
}

/// 【止める】 or 【再開する】.
fn switch(case_id: uuid::Uuid, preference: &Preference, typed: Option<&Typed>, problems: &Problems) -> Markup {
    let is_stopped = preference.stopped_at.is_some();
    let (action, title, button) = if is_stopped {
        ("restart", "入力のお願いを再開する", "再開する")
    } else {
        ("stop", "入力のお願いを止める", "止める")
    };
    let reason = typed.filter(|_| problems.of("reason").is_some()).map_or("", |typed| typed.reason.as_str());
    html! {
        h2 { (title) }
        @if !is_stopped { p.fine { "止めると、送信を待っているものも取り消します。健康状態の入力は、止めたあともできます。" } }
        form.record-form method="post" action=(format!("{}/{action}", path(case_id))) novalidate {
            (Field::new("reason", "理由", reason, problems).required().maxlength(200).input())
            div.actions { button.button { (button) } }
        }
    }
}
