//! What a trial shows: numbers by level, and whom the rules would move, with the words of each hit.

use axum::response::Response;
use hersys_shared::age::Age;
use hersys_shared::days;
use hersys_shared::triage::{Alert, Verdict};
use maud::{Markup, html};
use time::Date;

use crate::App;
use crate::access::grant::Write;
use crate::monitoring::rules::desk::Desk;
use crate::monitoring::rules::edit::Both;
use crate::monitoring::rules::form::{Read, Typed};
use crate::monitoring::rules::trial::{Counts, Moved, Tally, Trial};
use crate::monitoring::rules::{HERE, words};
use crate::ui::table::{Column, dense};
use crate::ui::{Page, Tone, notice};

/// People of a page.
const SIZE: usize = 50;

pub fn page(desk: &Desk<Write>, app: &App, typed: &Typed, read: &Read, both: &Both, trial: &Trial) -> Response {
    let today = app.clock.today();
    let main = html! {
        h1 { "判定基準を試した結果" }
        (notice(Tone::Information, html! { p { "まだ何も保存されていません。健康観察一覧も動いていません。" } }))
        @if !trial.is_whole() { (cut(desk, trial)) }
        section aria-labelledby="changes" {
            h2 #changes { "いま使われている基準との違い" }
            (words::changes(&both.now.set, &both.then.set, &app.texts))
        }
        @if desk.is_center() {
            @for tally in &trial.tallies { (counts(tally, typed.trial_days())) }
            (moved(typed, &trial.moved, today))
        } @else {
            (centers(&trial.tallies, typed.trial_days()))
        }
        form.rules-trial method="post" action="/staff/rules/edit" {
            (carried(typed))
            div.actions {
                button.button.primary name="step" value="save" { "この基準を保存する（" (days::japanese(read.from_on)) "から）" }
                button.button name="step" value="back" { "戻って直す" }
                a.button.quiet href=(HERE) { "やめる" }
            }
        }
    };
    Page::new("判定基準を試した結果").staff(desk.staff()).wide().response(main)
}

fn carried(typed: &Typed) -> Markup {
    html! { @for (name, value) in typed.pairs() { input type="hidden" name=(name) value=(value); } }
}

fn cut(desk: &Desk<Write>, trial: &Trial) -> Markup {
    let whole = trial.tallies.iter().filter(|tally| tally.is_whole).count();
    notice(
        Tone::Wait,
        html! {
            p {
                "人数が多いため、時間内に調べられたのは" strong { (trial.people()) "人" } "までです。"
                @if !desk.is_center() { "すべての方を調べられた保健所は、" (trial.tallies.len()) "か所のうち" (whole) "か所です。" }
                "下の数は、調べた方だけのものです。日数を減らすと、より多くの方を調べられます。"
            }
        },
    )
}

/// The levels, the most urgent first, then nothing.
fn levels() -> impl Iterator<Item = Option<Alert>> {
    Alert::ALL.into_iter().rev().map(Some).chain([None])
}

fn counts(tally: &Tally, days: i64) -> Markup {
    let once = format!("過去{days}日間に一度でも");
    let heads = [
        Column::new("段階"),
        Column::new("いまの基準").number(),
        Column::new("試した基準").number(),
        Column::new("差").number(),
    ];
    let rows = |now: Counts, then: Counts| {
        levels()
            .map(|level| {
                html! {
                    tr {
                        td { (words::alert(level)) }
                        td.number { (now.of(level)) "人" }
                        td.number { (then.of(level)) "人" }
                        td.number { (difference(now.of(level), then.of(level))) }
                    }
                }
            })
            .collect::<Vec<_>>()
    };
    html! {
        section aria-labelledby="counts" {
            h2 #counts { "人数（健康観察中の" (tally.people) "人）" }
            div.rules-counts {
                div {
                    h3 { (once) "当てはまった方" }
                    (dense(&once, &heads, rows(tally.days_now, tally.days_then)))
                }
                div {
                    h3 { "いまの健康観察一覧" }
                    (dense("いまの健康観察一覧での人数", &heads, rows(tally.board_now, tally.board_then)))
                }
            }
            p.fine { "一度でも当てはまった方は、最も急ぐ段階で数えています。いまの一覧では、確認済みの報告は数えません。" }
        }
    }
}

/// `＋3`, `−2`, `±0`
fn difference(now: usize, then: usize) -> String {
    match then.cmp(&now) {
        std::cmp::Ordering::Greater => format!("＋{}", then - now),
        std::cmp::Ordering::Less => format!("−{}", now - then),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

/// PERM-10: offices above see numbers, nobody's name.
fn centers(tallies: &[Tally], days: i64) -> Markup {
    let heads = [
        Column::new("保健所"),
        Column::new("調べた人数").number(),
        Column::new("緊急").number(),
        Column::new("悪化").number(),
        Column::new("新しい症状").number(),
        Column::new("段階が変わる方").number(),
    ];
    let cell = |tally: &Tally, level: Alert| {
        let (now, then) = (tally.days_now.of(Some(level)), tally.days_then.of(Some(level)));
        html! { td.number { (now) " → " (then) } }
    };
    let rows = tallies.iter().map(|tally| {
        html! {
            tr {
                td.wrap { (tally.name) @if !tally.is_whole { " " span.mark { "途中まで" } } }
                td.number { (tally.people) "人" }
                (cell(tally, Alert::Emergency))
                (cell(tally, Alert::Worse))
                (cell(tally, Alert::NewSymptom))
                td.number { (tally.moved) "人" }
            }
        }
    });
    html! {
        section aria-labelledby="counts" {
            h2 #counts { "保健所ごとの人数" }
            p { "過去" (days) "日間に一度でも当てはまった方の、いまの基準 → 試した基準の人数です。独自の基準を使っている保健所は含みません。" }
            @if tallies.is_empty() {
                p { "この基準が使われる保健所はありません。" }
            } @else {
                (dense("保健所ごとの人数の一覧", &heads, rows))
            }
        }
    }
}

fn moved(typed: &Typed, moved: &[Moved], today: Date) -> Markup {
    let asked: usize = typed.step.split_once('-').and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
    let pages = moved.len().div_ceil(SIZE).max(1);
    let page = asked.clamp(1, pages);
    let risen = moved.iter().filter(|one| one.rise() > 0).count();
    let fallen = moved.iter().filter(|one| one.rise() < 0).count();
    let heads = ["氏名", "いまの基準", "試した基準", "いまの一覧での動き"].map(Column::new);
    html! {
        section aria-labelledby="moved" {
            h2 #moved { "動く方" }
            @if moved.is_empty() {
                p { "この基準で段階が変わる方はいません。" }
            } @else {
                p { "段階が上がる方 " strong { (risen) "人" } "、下がる方 " strong { (fallen) "人" } "。上がる方から順に並べています。" }
                (dense("動く方の一覧", &heads, moved.iter().skip((page - 1) * SIZE).take(SIZE).map(|one| row(one, today))))
                @if pages > 1 {
                    form.paging method="post" action="/staff/rules/edit" {
                        (carried(typed))
                        @if page > 1 { button.button name="step" value=(format!("try-{}", page - 1)) { "前の" (SIZE) "人" } }
                        span { (page) " / " (pages) }
                        @if page < pages { button.button name="step" value=(format!("try-{}", page + 1)) { "次の" (SIZE) "人" } }
                    }
                }
            }
        }
    }
}

fn row(one: &Moved, today: Date) -> Markup {
    let age = one.birth_on.and_then(|birth_on| Age::on(today, birth_on));
    html! {
        tr {
            td.wrap {
                a.board-name href=(format!("/staff/cases/{}/observation", one.case_id)) { (one.name) }
                @if let Some(age) = age { span.board-facts { (age.years) "歳" } }
            }
            td.wrap { (told(&one.now)) }
            td.wrap { (told(&one.then)) }
            td {
                @if one.board_now == one.board_then { span.board-never { "動きません" } }
                @else { (words::alert(one.board_now)) " → " (words::alert(one.board_then)) }
            }
        }
    }
}

fn told(verdict: &Verdict) -> Markup {
    html! {
        (words::alert(verdict.alert))
        @if !verdict.hits.is_empty() {
            ul.board-hits { @for hit in &verdict.hits { li.board-hit .(hit.alert.code()) { (hit.words) } } }
        }
    }
}
