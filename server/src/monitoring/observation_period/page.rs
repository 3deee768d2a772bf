//! 健康観察期間 of a person: the period, the computation in words, what it follows from, what was decided.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::days::{iso, japanese};
use hersys_shared::episode::Episode;
use hersys_shared::recovery::Facts;
use hersys_shared::{Problems, days};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use time::{Date, Duration};

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Read, group};
use crate::access::{Client, Grant, ItemGroup};
use crate::cases::store::{self as cases, Case};
use crate::cases::{Tab, header, tabs};
use crate::error::{Error, Result};
use crate::monitoring::observation_period::decide::{Kept, Period, short_day};
use crate::monitoring::observation_period::store::{self, Changed};
use crate::monitoring::observation_period::{change, computation, facts, facts_from};
use crate::ui::table::{Column, dense};
use crate::ui::{Page, Tone, error_summary, notice};

/// A person's period with the computation of this moment, which nobody needs to have kept yet.
pub struct Standing {
    pub case: Case,
    pub period: Period,
    pub kept: Kept,
    pub episode: Episode,
    pub facts: Facts,
}

impl Standing {
    pub async fn load<A: Action>(grant: &Grant<group::ObservationPeriod, A>, app: &App) -> Result<Self> {
        let case = cases::case(grant.db(), grant.case_id()).await?.ok_or(Error::NotFound)?;
        let period = Period::of(&case);
        let mut kept = store::kept(grant.db(), case.case_id, period).await?;
        let episode = cases::episode(grant.db(), case.case_id).await?;
        let facts = facts_from(&case, &episode, store::notified(grant.db(), case.case_id).await?)?;
        if !episode.is_dead() {
            kept.computation = Some(computation(&app.texts.recovery, &facts, period, app.clock.today()));
        }
        Ok(Self { case, period, kept, episode, facts })
    }
}

/// Everything that the page shows.
pub struct View {
    pub case: Case,
    pub period: Period,
    /// With the computation of this moment.
    pub kept: Kept,
    pub episode: Episode,
    pub facts: Facts,
    history: Vec<Changed>,
    hint: Option<String>,
    pub today: Date,
    may_write: bool,
}

impl View {
    pub async fn load<A: Action>(grant: &Grant<group::ObservationPeriod, A>, app: &App) -> Result<Self> {
        let today = app.clock.today();
        let Standing { case, period, kept, episode, facts } = Standing::load(grant, app).await?;
        let since = [period.from, facts.onset_on].into_iter().flatten().min().unwrap_or(today);
        let hint = facts::relief_hint(grant.db(), case.case_id, &facts, since).await?;
        Ok(Self {
            history: store::history(grant.db(), case.case_id).await?,
            may_write: grant.may_write(ItemGroup::ObservationPeriod),
            case,
            period,
            kept,
            episode,
            facts,
            hint,
            today,
        })
    }

    /// What a form was opened with: whoever changed it meanwhile is noticed.
    pub fn seen(&self) -> String {
        seen(self.period, &self.kept)
    }
}

/// What stands of a period and its computation, in one line for a form.
pub fn seen(period: Period, kept: &Kept) -> String {
    let computation = kept.computation.as_ref();
    let days = [
        period.from,
        period.until,
        computation.and_then(|computation| computation.until),
        computation.and_then(|computation| computation.tests_until),
        kept.declined_until,
        kept.declined_tests_until,
        kept.settled_until,
    ];
    let days: Vec<String> = days.into_iter().map(|day| day.map(iso).unwrap_or_default()).collect();
    format!("{}|{}", days.join("|"), kept.is_by_hand)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    notice: String,
}

impl Done {
    fn show(&self) -> Markup {
        let (tone, sentence) = match self.notice.as_str() {
            "changed" => (Tone::Done, "健康観察期間を変更しました。"),
            "reopened" => (Tone::Done, "健康観察を再開しました。入力のお願いが再び届きます。"),
            "ended" => (Tone::Done, "健康観察を終えました。送信待ちの連絡は取り消し、このあと連絡・電話は届きません。"),
            "accepted" => (Tone::Done, "計算のとおりの期間にしました。"),
            "declined" => (Tone::Done, "いまの期間のままにしました。計算が変わるまで、同じ提案は出ません。"),
            "facts" => (Tone::Done, "保存して、計算し直しました。"),
            "unchanged" => (Tone::Information, "変更はありませんでした。"),
            "no-proposal" => (Tone::Information, "提案はもうありません。ほかの人が先に決めたか、計算が変わりました。"),
            _ => return PreEscaped(String::new()),
        };
        notice(tone, html! { p { (sentence) } })
    }
}

pub async fn show(
    grant: Grant<group::ObservationPeriod, Read>,
    client: Client,
    State(app): State<App>,
    Query(done): Query<Done>,
) -> Result<Response> {
    let view = View::load(&grant, &app).await?;
    let typed = change::Typed::of(&view);
    let written = facts::Typed::of(&view.episode);
    let shown = Shown { change: &typed, facts: &written, problems: &Problems::default(), above: done.show() };
    response(&grant, &client, &app, &view, shown, StatusCode::OK).await
}

/// The forms of the page as they are shown.
pub struct Shown<'a> {
    pub change: &'a change::Typed,
    pub facts: &'a facts::Typed,
    pub problems: &'a Problems,
    pub above: Markup,
}

/// The page; looking at it is noted.
pub async fn response<A: Action>(
    grant: &Grant<group::ObservationPeriod, A>,
    client: &Client,
    app: &App,
    view: &View,
    shown: Shown<'_>,
    status: StatusCode,
) -> Result<Response> {
    Entry::by_staff(grant.staff(), client, app.clock.now(), "period.view")
        .about(grant.case_id())
        .write(grant.db())
        .await?;
    let main = html! {
        (shown.above)
        (error_summary(shown.problems))
        h1 { "健康観察期間" }
        (current(view))
        (proposal(view))
        (computed(view))
        section.period-part aria-labelledby="facts" {
            h2 #facts { "計算のもとになる日付など" }
            @if let Some(hint) = &view.hint { (notice(Tone::Information, html! { p { (hint) } })) }
            @if view.may_write { (facts::form(view, shown.facts, shown.problems)) } @else { (facts::list(view)) }
        }
        @if view.may_write { (change::forms(view, shown.change, shown.problems)) }
        (history(view))
    };
    page(grant, app, main, status).await
}

/// A page of this tab under the person's strip.
pub async fn page<A: Action>(
    grant: &Grant<group::ObservationPeriod, A>,
    app: &App,
    main: Markup,
    status: StatusCode,
) -> Result<Response> {
    let strip = html! { (header(grant, app).await?) (tabs(grant, Tab::Period)) };
    Ok(Page::new("健康観察期間").staff(grant.staff()).header(strip).response_with(status, main))
}

/// `2022年08月01日 ～ 2022年08月09日`
pub fn span(period: Period) -> String {
    match (period.from, period.until) {
        (None, None) => "期間は決まっていません".to_owned(),
        (Some(from), Some(until)) if until < from => format!("なし（{}に取りやめ）", japanese(from)),
        (from, until) => {
            let from = from.map(japanese).unwrap_or_default();
            let until = until.map_or_else(|| "終了日は未定".to_owned(), japanese);
            format!("{from} ～ {until}")
        }
    }
}

fn current(view: &View) -> Markup {
    let (period, today) = (view.period, view.today);
    let (mark, class) = match (period.from, period.until) {
        (None, _) => ("観察していません".to_owned(), "done"),
        (Some(_), Some(until)) if until < today => (format!("終了（最終日 {}）", short_day(until)), "done"),
        (Some(from), _) if from > today => (format!("{}から", short_day(from)), ""),
        (_, Some(until)) if until == today => ("本日まで".to_owned(), "waits"),
        (_, Some(until)) => (format!("健康観察中・あと{}日", (until - today).whole_days()), ""),
        (_, None) => ("健康観察中・終了日は未定".to_owned(), "waits"),
    };
    let follows = if view.kept.is_by_hand {
        "保健所が決めた期間です。計算が変わっても自動では動きません。"
    } else {
        "計算に従う期間です。日付が変わって延びるときは自動で延び、短くなるときは提案だけします。"
    };
    let care = view.kept.computation.as_ref().and_then(|computation| computation.care_until);
    html! {
        section.period-now aria-label="いまの期間" {
            p.period-days { (span(period)) }
            p { span.mark .(class) { (mark) } " " span.period-follows { (follows) } }
            @if let Some(care) = care { p.fine { "感染予防行動の徹底：" (japanese(care)) "まで" } }
            @if view.kept.is_settled(view.period) { p.fine { "この最終日で終了することを確認済みです。" } }
        }
    }
}

fn proposal(view: &View) -> Markup {
    let Some(proposal) = view.kept.proposal(view.period, view.today) else { return html! {} };
    let compared = match view.period.until {
        None => "いまは終了日が未定です".to_owned(),
        Some(until) => {
            let days = (proposal.until - until).whole_days();
            let how = if days > 0 { format!("{days}日遅い") } else { format!("{}日早い", -days) };
            format!("いまの期間（{}まで）より{how}", short_day(until))
        }
    };
    html! {
        (notice(Tone::Wait, html! {
            p { strong { (proposal.words()) } "（" (compared) "）。自動では変えていません。" }
            @if proposal.until < view.today { p { "この日はもう過ぎています。計算のとおりにすると、健康観察は終わります。" } }
            @if view.may_write {
                form.period-answer method="post" action=(format!("/staff/cases/{}/period/proposal", view.case.case_id)) {
                    input type="hidden" name="seen" value=(view.seen());
                    button.button name="answer" value="accept" { "計算のとおりにする" }
                    button.button name="answer" value="decline" { "いまの期間のままにする" }
                }
            }
        }))
    }
}

fn computed(view: &View) -> Markup {
    html! {
        section.period-part aria-labelledby="computed" {
            h2 #computed { "計算" }
            @match &view.kept.computation {
                None => { p { "亡くなった方の期間は計算しません。" } }
                Some(computation) => {
                    ol.period-words {
                        @for line in &computation.words {
                            li.period-reason[computation.reasons.contains(line)] {
                                (line)
                                @if computation.reasons.contains(line) { " " span.mark.waits { "要確認" } }
                            }
                        }
                    }
                    p.fine {
                        (iso(computation.on)) "の基準で計算（適用開始 " (iso(computation.rule_from)) "）　"
                        a href="/staff/periods/rules" { "基準の一覧と出典" }
                    }
                }
            }
        }
    }
}

fn history(view: &View) -> Markup {
    let span_of = |from: Option<Date>, until: Option<Date>| {
        let day = |day: Option<Date>| day.map(iso);
        match (day(from), day(until)) {
            (None, None) => "—".to_owned(),
            (from, until) => format!("{} ～ {}", from.unwrap_or_default(), until.unwrap_or_else(|| "未定".to_owned())),
        }
    };
    let entered = view
        .history
        .last()
        .map_or((view.period.from, view.period.until), |first| (first.former_from, first.former_until));
    let columns = ["日時", "内容", "期間", "理由・基準", "変更した人"].map(Column::new);
    let rows = view.history.iter().map(|line| {
        html! {
            tr {
                td.tabular { (line.changed_at.minute_text()) }
                td { (label(&line.kind)) }
                td.wrap.tabular { (span_of(line.observed_from, line.observed_until)) }
                td.wrap {
                    (line.reason)
                    @if line.kind == "computed" { @if let Some(from) = line.rule_from { (iso(from)) "からの基準" } }
                }
                td.wrap { (line.who.as_deref().unwrap_or("計算")) }
            }
        }
    });
    let begun = html! {
        tr {
            td.tabular { (view.case.created_at.minute_text()) }
            td { "登録" }
            td.wrap.tabular { (span_of(entered.0, entered.1)) }
            td {} td {}
        }
    };
    html! {
        section.period-part aria-labelledby="history" {
            h2 #history { "変更の履歴" }
            (dense("健康観察期間の変更", &columns, rows.chain(std::iter::once(begun))))
        }
    }
}

/// A change in words.
pub fn label(kind: &str) -> &'static str {
    match kind {
        "computed" => "計算による変更",
        "changed" => "期間の変更",
        "extended" => "延長",
        "ended" => "療養解除",
        "reopened" => "再開",
        "accepted" => "計算のとおりにした",
        "declined" => "いまの期間のままにした",
        "settled" => "予定どおり終了",
        _ => "変更",
    }
}

/// The last day of whoever is let go now: today is no day of observation any more.
pub fn ended(period: Period, today: Date) -> Period {
    let yesterday = today - Duration::days(1);
    // Of whoever would have begun today or later, nothing is left.
    let until = period.from.filter(|from| *from > yesterday).map_or(yesterday, |from| from - Duration::days(1));
    Period { until: Some(until), ..period }
}

/// A day as people type it.
pub fn typed_day(day: Option<Date>) -> String {
    day.map(days::iso).unwrap_or_default()
}
