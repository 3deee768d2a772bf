//! 期間の変更, 療養解除 and the answer to a proposal: with a reason, after a look, and not over somebody else's change.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use serde::Deserialize;
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, Scope};
use crate::cases::Tab;
use crate::cases::reach;
use crate::cases::store::Case;
use crate::db::Tx;
use crate::error::Result;
use crate::monitoring::board::{self, Moment};
use crate::monitoring::observation_period::decide::{Kept, Period};
use crate::monitoring::observation_period::page::{self, Shown, View, ended, seen, span, typed_day};
use crate::monitoring::observation_period::{Decision, Deed, decide, facts, recompute};
use crate::monitoring::watch;
use crate::ui::{Field, Tone, notice, operations};

type Right = Grant<group::ObservationPeriod, Write>;

/// Letters of a reason.
pub const LONGEST: usize = 200;
/// No observation began before the disease.
const FIRST_DAY: Date = time::macros::date!(2020 - 01 - 01);
/// Days to come for which an end may be set, and a beginning.
const FARTHEST_END: i64 = 90;
const FARTHEST_START: i64 = 14;

/// The forms as they are typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub from: String,
    pub until: String,
    pub reason: String,
    pub end_reason: String,
    /// What the page was opened with.
    pub seen: String,
    /// `accept`, `decline`
    pub answer: String,
    /// Which form was sent.
    #[serde(skip)]
    sent: Sent,
    /// `yes` from the page that asks once more.
    pub confirmed: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sent {
    #[default]
    Change,
    /// 療養解除, or the answer to a proposal.
    Other,
}

impl Typed {
    /// What was typed into the form that was sent; the other one shows what stands.
    fn over(&self, begun: Self) -> Self {
        match self.sent {
            Sent::Change => Self { seen: begun.seen, confirmed: String::new(), ..self.clone() },
            Sent::Other => Self { end_reason: self.end_reason.clone(), ..begun },
        }
    }

    pub fn of(view: &View) -> Self {
        Self {
            from: typed_day(view.period.from),
            until: typed_day(view.period.until),
            seen: view.seen(),
            ..Self::default()
        }
    }

    /// The period that is wanted, with its reason, where nothing is wrong with it.
    fn check(&self, former: Period, today: Date) -> Result<(Period, String), Problems> {
        let mut problems = Problems::default();
        let mut day = |field: &str, typed: &str| {
            if typed.trim().is_empty() { None } else { problems.check(field, days::parse(typed)) }
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        let is_wrong = |problems: &Problems, field: &str| problems.of(field).is_some();
        if from.is_none() && !is_wrong(&problems, "from") {
            problems.add("from", "開始日を入力してください（必須）。");
        }
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            problems.add("until", "最終日は開始日以降の日付にしてください。");
        }
        let within = |day: Option<Date>, days: i64| day.is_none_or(|day| day <= today + Duration::days(days));
        if from != former.from && (!within(from, FARTHEST_START) || from.is_some_and(|from| from < FIRST_DAY)) {
            let sentence = format!("開始日は2020年1月1日から、今日の{FARTHEST_START}日後までの日付にしてください。");
            problems.add("from", sentence);
        }
        if until != former.until && !within(until, FARTHEST_END) {
            problems.add("until", format!("最終日が遠すぎます。今日の{FARTHEST_END}日後までの日付にしてください。"));
        }
        let reason = reason("reason", &self.reason, &mut problems);
        if problems.is_empty() && (Period { from, until }) == former {
            problems.add("until", "いまの期間と同じです。変更する日付を入力してください。");
        }
        if problems.is_empty() { Ok((Period { from, until }, reason)) } else { Err(problems) }
    }
}

/// A reason, which must be there (OBS-09).
pub fn reason(field: &str, typed: &str, problems: &mut Problems) -> String {
    let reason = typed.trim().replace('\0', "");
    if reason.is_empty() {
        problems.add(field, "理由を入力してください（必須）。");
    } else if reason.chars().count() > LONGEST {
        problems.add(field, format!("理由は{LONGEST}文字までで入力してください。"));
    }
    reason
}

/// The forms of the page.
pub fn forms(view: &View, typed: &Typed, problems: &Problems) -> Markup {
    let path = format!("/staff/cases/{}/period", view.case.case_id);
    let is_over = view.period.is_over(view.today);
    html! {
        section.period-part aria-labelledby="change" {
            h2 #change { @if is_over { "再開・期間の変更" } @else { "期間の変更" } }
            form.record-form method="post" action=(path) novalidate data-warn-leave {
                input type="hidden" name="seen" value=(typed.seen);
                div.form-grid {
                    (Field::new("from", "開始日", &typed.from, problems).required().date().input())
                    (Field::new("until", "最終日", &typed.until, problems)
                        .hint("この日まで観察します。決まっていないときは空欄にします。").date().input())
                    (Field::new("reason", "変更の理由", &typed.reason, problems).required()
                        .hint("例：症状が続いているため、主治医の指示による").input())
                }
                (operations(html! { button.button { @if is_over { "再開・変更する" } @else { "期間を変更する" } } }))
            }
        }
        @if !is_over && view.period.from.is_some() {
            section.period-part aria-labelledby="end" {
                h2 #end { "療養解除" }
                p { "いますぐ健康観察を終えます。送信待ちの連絡も取り消します。次の画面で確かめてから実行します。" }
                form.record-form method="post" action={ (path) "/end" } novalidate {
                    input type="hidden" name="seen" value=(typed.seen);
                    (Field::new("end_reason", "療養解除の理由", &typed.end_reason, problems).required()
                        .hint("例：療養期間の満了、誤った登録").input())
                    (operations(html! { button.button.danger { "療養解除に進む" } }))
                }
            }
        }
    }
}

/// 期間の変更; an end that has passed asks once more.
pub async fn change(
    grant: Right,
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = grant.db().begin().await?;
    let Some((case, kept)) = held(&mut tx, &grant, &app, &typed).await? else {
        return conflict(&grant, &client, &app, tx, &typed).await;
    };
    let former = Period::of(&case);
    let (period, reason) = match typed.check(former, now.day()) {
        Ok(checked) => checked,
        Err(problems) => return again(&grant, &client, &app, tx, &typed, &problems).await,
    };
    if period.is_over(now.day()) && typed.confirmed != "yes" {
        tx.commit().await?;
        let ask = Ask { path: "", former, period, reason: &reason };
        return ask
            .response(&grant, &scope, &app, &[("from", &typed.from), ("until", &typed.until), ("reason", &reason)])
            .await;
    }
    let deed = match (former.is_over(now.day()), period.is_over(now.day())) {
        (true, false) => Deed::Reopened,
        (_, true) => Deed::Ended,
        _ if former.until.is_some_and(|until| period.until.is_none_or(|later| until < later)) => Deed::Extended,
        _ => Deed::Changed,
    };
    let word = match deed {
        Deed::Reopened => "reopened",
        Deed::Ended => "ended",
        _ => "changed",
    };
    let decision = Decision::set(deed, period, kept, now.day(), &reason);
    done(&grant, &client, &app, tx, &case, &decision, word).await
}

/// 療養解除
pub async fn end(
    grant: Right,
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let typed = Typed { sent: Sent::Other, ..typed };
    let now = app.clock.now();
    let mut tx = grant.db().begin().await?;
    let Some((case, kept)) = held(&mut tx, &grant, &app, &typed).await? else {
        return conflict(&grant, &client, &app, tx, &typed).await;
    };
    let former = Period::of(&case);
    let mut problems = Problems::default();
    let reason = reason("end_reason", &typed.end_reason, &mut problems);
    if former.is_over(now.day()) || former.from.is_none() {
        problems = Problems::default();
        problems.add("", "健康観察はすでに終わっています。");
    }
    if !problems.is_empty() {
        return again(&grant, &client, &app, tx, &typed, &problems).await;
    }
    let period = ended(former, now.day());
    if typed.confirmed != "yes" {
        tx.commit().await?;
        let ask = Ask { path: "/end", former, period, reason: &reason };
        return ask.response(&grant, &scope, &app, &[("end_reason", &reason)]).await;
    }
    let decision = Decision::set(Deed::Ended, period, kept, now.day(), &reason);
    done(&grant, &client, &app, tx, &case, &decision, "ended").await
}

/// 計算のとおりにする or いまの期間のままにする.
pub async fn answer(
    grant: Right,
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let typed = Typed { sent: Sent::Other, ..typed };
    let now = app.clock.now();
    let mut tx = grant.db().begin().await?;
    let Some((case, kept)) = held(&mut tx, &grant, &app, &typed).await? else {
        return conflict(&grant, &client, &app, tx, &typed).await;
    };
    let former = Period::of(&case);
    let Some(proposal) = kept.proposal(former, now.day()) else {
        tx.commit().await?;
        return Ok(back(case.case_id, "no-proposal"));
    };
    let reason = proposal.words();
    let (decision, word) = match typed.answer.as_str() {
        "accept" => (Decision::accept(former, kept, now.day(), &reason), "accepted"),
        "decline" => (Some(Decision::decline(former, kept, now.day(), &reason)), "declined"),
        _ => (None, ""),
    };
    let Some(decision) = decision else {
        tx.commit().await?;
        return Ok(back(case.case_id, "unchanged"));
    };
    let lets_go = !former.is_over(now.day()) && decision.period.is_over(now.day());
    if lets_go && typed.confirmed != "yes" {
        tx.commit().await?;
        let ask = Ask { path: "/proposal", former, period: decision.period, reason: &reason };
        return ask.response(&grant, &scope, &app, &[("answer", "accept")]).await;
    }
    done(&grant, &client, &app, tx, &case, &decision, word).await
}

/// The person as they stand now, computed; none where the page that was looked at is outdated.
async fn held(tx: &mut Tx, grant: &Right, app: &App, typed: &Typed) -> Result<Option<(Case, Kept)>> {
    let case = reach::hold_for(&mut *tx, grant).await?;
    let (case, kept) = recompute(tx, &app.texts.recovery, &case, app.clock.now()).await?;
    let is_current = seen(Period::of(&case), &kept) == typed.seen;
    Ok(is_current.then_some((case, kept)))
}

async fn done(
    grant: &Right,
    client: &Client,
    app: &App,
    mut tx: Tx,
    case: &Case,
    decision: &Decision<'_>,
    word: &str,
) -> Result<Response> {
    let now = app.clock.now();
    decide(&mut tx, case, decision, grant.staff(), client, now).await?;
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &[case.case_id]).await?;
    Ok(back(case.case_id, word))
}

pub fn back(case_id: Uuid, word: &str) -> Response {
    Redirect::to(&format!("{}?notice={word}", Tab::Period.path(case_id))).into_response()
}

/// The page again beside what is wrong, with what was typed.
async fn again(
    grant: &Right,
    client: &Client,
    app: &App,
    tx: Tx,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response> {
    tx.commit().await?;
    let view = View::load(grant, app).await?;
    let typed = typed.over(Typed::of(&view));
    let facts = facts::Typed::of(&view.episode);
    let shown = Shown { change: &typed, facts: &facts, problems, above: html! {} };
    page::response(grant, client, app, &view, shown, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Somebody else, or the computation, has changed it since: the page as it stands, with what was typed.
async fn conflict(grant: &Right, client: &Client, app: &App, tx: Tx, typed: &Typed) -> Result<Response> {
    tx.commit().await?;
    let view = View::load(grant, app).await?;
    let typed = typed.over(Typed::of(&view));
    let above = notice(
        Tone::Wait,
        html! {
            p {
                "この画面を開いている間に、ほかの人が期間を変更したか、計算が変わりました。まだ何も変えていません。"
                "下の「いまの期間」と履歴を確かめて、必要ならもう一度行ってください。入力した内容は残してあります。"
            }
        },
    );
    let facts = facts::Typed::of(&view.episode);
    let shown = Shown { change: &typed, facts: &facts, problems: &Problems::default(), above };
    page::response(grant, client, app, &view, shown, StatusCode::CONFLICT).await
}

/// The page that asks before somebody is let go.
struct Ask<'a> {
    path: &'static str,
    former: Period,
    period: Period,
    reason: &'a str,
}

impl Ask<'_> {
    async fn response(&self, grant: &Right, scope: &Scope, app: &App, fields: &[(&str, &str)]) -> Result<Response> {
        let view = View::load(grant, app).await?;
        let moment = Moment::of(app.clock.now());
        let on_board = board::some(scope, moment, &[grant.case_id()]).await?.pop();
        let own = Tab::Period.path(grant.case_id());
        let main = html! {
            h1 { "健康観察を終える前の確認" }
            (notice(Tone::Danger, html! {
                p { strong { "このあと、連絡・電話は届きません。" } "送信待ちの連絡も取り消します。本日の報告も求めません。" }
                p { "まだ終わっていません。内容を確かめて、下のボタンを押してください。" }
            }))
            section.items aria-label="終える期間" { dl {
                // Whoever ends it sees that the person stands among those who are getting worse.
                @if let Some(person) = &on_board {
                    div { dt { "健康観察一覧での状態" } dd { (board::why(person, moment.today)) } }
                }
                div { dt { "いまの期間" } dd { (span(self.former)) } }
                div { dt { "終えたあとの期間" } dd { (span(self.period)) } }
                div { dt { "理由" } dd { (self.reason) } }
            } }
            form method="post" action={ (own) (self.path) } {
                input type="hidden" name="seen" value=(view.seen());
                input type="hidden" name="confirmed" value="yes";
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                (operations(html! {
                    a.button href=(own) { "やめる" }
                    button.button.danger { "健康観察を終える" }
                }))
            }
        };
        page::page(grant, app, main, StatusCode::OK).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 12 - 31);

    fn check(from: &str, until: &str, reason: &str) -> Result<Period, Vec<String>> {
        let former = Period { from: Some(date!(2022 - 12 - 20)), until: Some(date!(2023 - 01 - 01)) };
        let typed = Typed { from: from.into(), until: until.into(), reason: reason.into(), ..Typed::default() };
        typed
            .check(former, TODAY)
            .map(|(period, _)| period)
            .map_err(|problems| problems.0.into_iter().map(|problem| problem.field).collect())
    }

    #[test]
    fn obs_09_each_wrong_day_gets_its_sentence() {
        let wrong = |fields: &[&str]| Err(fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>());
        assert_eq!(check("", "", ""), wrong(&["from", "reason"]));
        assert_eq!(check("2022-12-20", "2022-12-19", "x"), wrong(&["until"]));
        assert_eq!(check("2022-12-20", "2023-04-01", "x"), wrong(&["until"]));
        assert!(check("2022-12-20", "2023-03-31", "x").is_ok());
        assert_eq!(check("2019-12-31", "2023-01-01", "x"), wrong(&["from"]));
        assert_eq!(check("2023-01-15", "2023-01-20", "x"), wrong(&["from"]));
        assert!(check("2023-01-14", "2023-01-20", "x").is_ok());
        assert_eq!(check("2022-12-20", "2023-01-01", "x"), wrong(&["until"]));
        assert_eq!(check("2022-12-20", "2023-02-30", "x"), wrong(&["until"]));
        assert_eq!(check("R4.12.20", "令和5年1月2日", "長".repeat(201).as_str()), wrong(&["reason"]));
        assert_eq!(check("R4.12.20", "", "未定"), Ok(Period { from: Some(date!(2022 - 12 - 20)), until: None }));
    }

    #[test]
    fn whoever_is_let_go_is_not_observed_today() {
        let period = |from| Period { from: Some(from), until: None };
        assert_eq!(ended(period(date!(2022 - 12 - 20)), TODAY).until, Some(date!(2022 - 12 - 30)));
        let new = ended(period(TODAY), TODAY);
        assert_eq!(new.until, Some(date!(2022 - 12 - 30)));
        assert!(!new.is_running(TODAY) && new.is_over(TODAY));
        assert!(ended(period(date!(2023 - 01 - 05)), TODAY).until < Some(date!(2023 - 01 - 05)));
    }
}
