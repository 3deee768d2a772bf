//! The periods of several people at once: 予定どおり終了, 延長, 計算のとおりにする, いまの期間のままにする. Shown first, then done; whoever was
//! changed by somebody else meanwhile is left.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::{Problems, days};
use maud::{Markup, html};
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant, ItemGroup, Level, Scope, policy};
use crate::cases::{reach, store as cases};
use crate::error::{Error, Result};
use crate::monitoring::board::address::Address;
use crate::monitoring::board::{HERE, Moment, store, why};
use crate::monitoring::observation_period::change::reason;
use crate::monitoring::observation_period::decide::{Kept, Period, short_day};
use crate::monitoring::observation_period::page::{Standing, seen, span};
use crate::monitoring::observation_period::{Decision, Deed, decide, recompute};
use crate::monitoring::watch;
use crate::ui::table::{Column, dense};
use crate::ui::{Field, Page, Tone, error_summary, notice, operations};

type Right = Grant<group::ObservationPeriod, Write>;

/// Most people of one action.
const MOST: usize = 200;
/// Of these so many in a transaction, so that other writers get their turn.
const TOGETHER: usize = 20;
/// Days to come until which a period may be prolonged.
const FARTHEST: i64 = 90;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Settle,
    Extend,
    Accept,
    Decline,
}

impl Step {
    const ALL: [Self; 4] = [Self::Settle, Self::Extend, Self::Accept, Self::Decline];

    fn code(self) -> &'static str {
        match self {
            Self::Settle => "settle",
            Self::Extend => "extend",
            Self::Accept => "accept",
            Self::Decline => "decline",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    fn label(self) -> &'static str {
        match self {
            Self::Settle => "予定どおり終了",
            Self::Extend => "延長",
            Self::Accept => "計算のとおりにする",
            Self::Decline => "いまの期間のままにする",
        }
    }

    fn explained(self) -> &'static str {
        match self {
            Self::Settle => "最終日は変えません。最終日で終えてよいと確認したことを記録し、確認の一覧から外します。",
            Self::Extend => "下の最終日まで、全員の健康観察を延ばします。入力のお願いはその日まで届きます。",
            Self::Accept => {
                "それぞれの方の期間を、計算のとおりにします。過ぎた日になる方の健康観察は終わり、送信待ちの連絡も取り消します。"
            }
            Self::Decline => "期間は変えません。計算が変わるまで、同じ提案は出ません。",
        }
    }

    /// What it would do to a period, or why not. `until` is the new end of 延長.
    fn decision<'a>(
        self,
        (period, kept): (Period, Kept),
        until: Option<Date>,
        today: Date,
        reason: &'a str,
    ) -> Result<Decision<'a>, &'static str> {
        match self {
            Self::Settle if period.until.is_none() => Err("最終日が決まっていません"),
            Self::Settle => Ok(Decision::settle(period, kept, today, reason)),
            Self::Decline if kept.proposal(period, today).is_none() => Err("計算の提案がありません"),
            Self::Decline => Ok(Decision::decline(period, kept, today, reason)),
            Self::Accept => Decision::accept(period, kept, today, reason).ok_or("計算の提案がありません"),
            Self::Extend => {
                let until = until.ok_or("延長する日が決まっていません")?;
                if period.from.is_none_or(|from| from > until) {
                    return Err("まだ始まっていません");
                }
                if period.until.is_none_or(|now| now >= until) {
                    return Err("すでにその日以降まで続きます");
                }
                let deed = if period.is_over(today) { Deed::Reopened } else { Deed::Extended };
                let longer = Period { until: Some(until), ..period };
                Ok(Decision::set(deed, longer, kept, today, reason))
            }
        }
    }
}

/// The buttons of the board.
pub fn buttons() -> Markup {
    html! {
        @for step in Step::ALL {
            button.button formaction="/staff/board/periods/preview" name="period" value=(step.code()) { (step.label()) }
        }
    }
}

/// What was ticked: people, each with what stood of their period where it was looked at before.
#[derive(Debug, Default)]
struct Wanted {
    items: Vec<(Uuid, String)>,
    step: String,
    until: String,
    reason: String,
}

impl Wanted {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "item" => {
                    let item =
                        value.split_once(':').and_then(|(id, seen)| Some((Uuid::parse_str(id).ok()?, seen.to_owned())));
                    if let Some(item) = item.filter(|_| wanted.items.len() < MOST) {
                        wanted.items.push(item);
                    }
                }
                "period" => wanted.step = value,
                "until" => wanted.until = value,
                "reason" => wanted.reason = value,
                _ => {}
            }
        }
        // One order for all, so that two of these never wait for each other.
        wanted.items.sort_unstable();
        wanted.items.dedup_by_key(|(id, _)| *id);
        wanted
    }

    /// The new end of 延長 and the reason, where nothing is wrong.
    fn check(&self, step: Step, today: Date) -> Result<(Option<Date>, String), Problems> {
        let mut problems = Problems::default();
        if step != Step::Extend {
            let said = self.reason.trim().to_owned();
            let reason = if said.is_empty() { step.label().to_owned() } else { reason("reason", &said, &mut problems) };
            return if problems.is_empty() { Ok((None, reason)) } else { Err(problems) };
        }
        let until = problems.check("until", days::parse(&self.until));
        if let Some(until) = until
            && !(today..=today + Duration::days(FARTHEST)).contains(&until)
        {
            problems.add("until", format!("新しい最終日は、今日から{FARTHEST}日後までの日付にしてください。"));
        }
        let reason = reason("reason", &self.reason, &mut problems);
        if problems.is_empty() { Ok((until, reason)) } else { Err(problems) }
    }
}

fn may(scope: &Scope) -> Result<()> {
    let level = policy::may(scope.staff().kind, ItemGroup::ObservationPeriod);
    if level == Level::Write { Ok(()) } else { Err(Error::Forbidden) }
}

/// Whose period would be changed, before any is.
pub async fn preview(
    scope: Scope,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    may(&scope)?;
    let wanted = Wanted::of(fields);
    let Some(step) = Step::from_code(&wanted.step) else {
        return Ok(Redirect::to(HERE).into_response());
    };
    show(&scope, &app, step, &wanted, &Problems::default()).await
}

async fn show(scope: &Scope, app: &App, step: Step, wanted: &Wanted, problems: &Problems) -> Result<Response> {
    let now = app.clock.now();
    let today = now.day();
    let back = format!("{HERE}{}", scope.staff().board_address);
    let ids: Vec<Uuid> = wanted.items.iter().map(|(id, _)| *id).collect();
    let on_board = store::some(scope, Moment::of(now), &ids).await?;
    let mut people = Vec::new();
    for grant in grants(scope, app, wanted).await? {
        let standing = Standing::load(&grant, app).await?;
        let name = cases::identity(grant.db(), grant.case_id()).await?.identity.name;
        people.push((standing, name));
    }
    // 延長 asks for its day below: any later one shows for whom it can be done.
    let until = days::parse(&wanted.until).ok().or(Some(Date::MAX)).filter(|_| step == Step::Extend);
    let rows = people.iter().map(|(standing, name)| {
        let what = step.decision((standing.period, standing.kept.clone()), until, today, "");
        html! {
            tr {
                td { (name) }
                td.wrap {
                    // Whoever ends it sees that the person stands among those who are getting worse.
                    @if let Some(person) = on_board.iter().find(|person| person.case_id == standing.case.case_id) {
                        (why(person, today))
                    }
                }
                td.wrap.tabular { (span(standing.period)) }
                td.wrap { (computed(standing, today)) }
                td.wrap {
                    @match what {
                        Ok(decision) if step == Step::Accept => {
                            @if let Some(until) = decision.period.until { (short_day(until)) "までにします" }
                            @if decision.period.is_over(today) { strong { "（健康観察は終わります）" } }
                        }
                        Ok(decision) if step == Step::Settle => {
                            @if let Some(until) = decision.period.until { (short_day(until)) "で終了" }
                        }
                        Ok(_) if step == Step::Decline => { "いまの期間のまま" }
                        Ok(_) => { "延ばします" }
                        Err(why) => { span.mark.waits { "対象外" } " " (why) }
                    }
                }
            }
        }
    });
    let columns = ["氏名", "理由", "いまの期間", "計算", "すること"].map(Column::new);
    let main = html! {
        (error_summary(problems))
        h1 { (step.label()) }
        @if people.is_empty() {
            (notice(Tone::Information, html! { p { "選ばれている方がいません。一覧で選んでください。" } }))
            p { a.button href=(back) { "一覧に戻る" } }
        } @else {
            p { "まだ何もしていません。" strong { (people.len()) "人" } "が選ばれています。" }
            p { (step.explained()) }
            (dense("対象の方", &columns, rows))
            form.record-form.board-deed method="post" action="/staff/board/periods/actions" novalidate {
                input type="hidden" name="period" value=(step.code());
                @for (standing, _) in &people {
                    input type="hidden" name="item"
                        value=(format!("{}:{}", standing.case.case_id, seen(standing.period, &standing.kept)));
                }
                @if step == Step::Extend {
                    (Field::new("until", "新しい最終日", &wanted.until, problems).required().date().input())
                    (Field::new("reason", "延長の理由", &wanted.reason, problems).required()
                        .hint("例：症状が続いているため").input())
                } @else {
                    (Field::new("reason", "理由（任意）", &wanted.reason, problems).input())
                }
                (operations(html! {
                    a.button href=(back) { "やめる" }
                    button.button.primary { (step.label()) }
                }))
            }
        }
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new(step.label()).staff(scope.staff()).wide().response_with(status, main))
}

/// The computation of a person, in a few words.
fn computed(standing: &Standing, today: Date) -> Markup {
    let proposal = standing.kept.proposal(standing.period, today);
    let reasons =
        standing.kept.computation.as_ref().map(|computation| computation.reasons.as_slice()).unwrap_or_default();
    html! {
        @if let Some(proposal) = proposal { (proposal.words()) " " }
        @for reason in reasons { (reason) " " }
        @if proposal.is_none() && reasons.is_empty() { "いまの期間と同じ" }
    }
}

async fn grants(scope: &Scope, app: &App, wanted: &Wanted) -> Result<Vec<Right>> {
    let mut grants = Vec::new();
    for (case_id, _) in &wanted.items {
        grants.extend(scope.grant(app, *case_id).await?);
    }
    Ok(grants)
}

/// Does it. Whoever is out of reach by now, or was changed meanwhile, is left.
pub async fn act(
    scope: Scope,
    client: Client,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    may(&scope)?;
    let wanted = Wanted::of(fields);
    let Some(step) = Step::from_code(&wanted.step) else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let now = app.clock.now();
    let (until, reason) = match wanted.check(step, now.day()) {
        Ok(checked) => checked,
        Err(problems) => return show(&scope, &app, step, &wanted, &problems).await,
    };
    let grants = grants(&scope, &app, &wanted).await?;
    if grants.is_empty() && !wanted.items.is_empty() {
        return Err(Error::NotFound);
    }
    let mut done = Vec::new();
    for some in grants.chunks(TOGETHER) {
        let mut tx = scope.db().begin().await?;
        for grant in some {
            let case = match reach::hold_for(&mut tx, grant).await {
                Err(Error::NotFound) => continue,
                held => held?,
            };
            let (case, kept) = recompute(&mut tx, &app.texts.recovery, &case, now).await?;
            let period = Period::of(&case);
            let shown = wanted.items.iter().find(|(id, _)| *id == case.case_id).map(|(_, shown)| shown.as_str());
            if shown != Some(seen(period, &kept).as_str()) {
                continue;
            }
            if let Ok(decision) = step.decision((period, kept), until, now.day(), &reason) {
                decide(&mut tx, &case, &decision, scope.staff(), &client, now).await?;
                done.push(case.case_id);
            }
        }
        tx.commit().await?;
    }
    watch::judge_these(&app.db, &app.texts, now, &done).await?;
    let left = wanted.items.len() - done.len();
    let done = format!("done=period-{}&count={}&left={left}", step.code(), done.len());
    Ok(Redirect::to(&Address::back(&scope.staff().board_address, &done)).into_response())
}

/// What was just done.
pub fn told(address: &Address) -> Markup {
    let Some(step) = address.done.strip_prefix("period-").and_then(Step::from_code) else { return html! {} };
    let number = |text: &str| text.parse::<usize>().unwrap_or(0);
    let (count, left) = (number(&address.count), number(&address.left));
    html! {
        @if count > 0 || left == 0 {
            (notice(Tone::Done, html! {
                p {
                    (count) "人" (match step {
                        Step::Settle => "を、予定どおり終了することにしました。",
                        Step::Extend => "の健康観察を延長しました。",
                        Step::Accept => "の期間を、計算のとおりにしました。",
                        Step::Decline => "の期間を、いまのままにしました。",
                    })
                }
            }))
        }
        @if left > 0 {
            (notice(Tone::Wait, html! {
                p { (left) "人は変えていません。対象外か、ほかの人が先に変更したか、計算が変わっています。" }
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2022 - 08 - 09);

    #[test]
    fn an_extension_is_for_whoever_would_end_before() {
        let decide = |from, until, step: Step| {
            let period = Period { from: Some(from), until };
            step.decision((period, Kept::new(period)), Some(date!(2022 - 08 - 12)), TODAY, "x")
                .map(|decision| decision.deed)
        };
        let from = date!(2022 - 08 - 01);
        assert_eq!(decide(from, Some(TODAY), Step::Extend), Ok(Deed::Extended));
        assert_eq!(decide(from, Some(date!(2022 - 08 - 08)), Step::Extend), Ok(Deed::Reopened));
        assert!(decide(from, Some(date!(2022 - 08 - 12)), Step::Extend).is_err());
        assert!(decide(from, None, Step::Extend).is_err());
        assert!(decide(date!(2022 - 08 - 13), Some(date!(2022 - 08 - 20)), Step::Extend).is_err());
        assert_eq!(decide(from, Some(TODAY), Step::Settle), Ok(Deed::Settled));
        assert!(decide(from, None, Step::Settle).is_err());
        assert!(decide(from, Some(TODAY), Step::Accept).is_err());
        assert!(decide(from, Some(TODAY), Step::Decline).is_err());
    }

    #[test]
    fn a_reason_and_a_day_to_come_are_asked_for() {
        let check = |until: &str, reason: &str| {
            let wanted = Wanted { until: until.into(), reason: reason.into(), ..Wanted::default() };
            wanted.check(Step::Extend, TODAY).map(|(until, _)| until)
        };
        assert_eq!(check("2022-08-12", "発熱"), Ok(Some(date!(2022 - 08 - 12))));
        for (until, reason, field) in [
            ("2022-08-08", "発熱", "until"),
            ("2022-11-08", "発熱", "until"),
            ("", "発熱", "until"),
            ("2022-08-12", " ", "reason"),
        ] {
            assert!(check(until, reason).unwrap_err().of(field).is_some(), "{until} {reason}");
        }
        assert!(Wanted::default().check(Step::Settle, TODAY).is_ok());
    }
}
