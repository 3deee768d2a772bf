//! Several days at a glance: the worst of each day, in words, as narrow as a telephone.

use std::collections::{BTreeMap, BTreeSet};

use hersys_shared::Temperature;
use hersys_shared::days::weekday;
use hersys_shared::symptoms::Answer;
use maud::{Markup, html};
use time::Date;

use crate::monitoring::answers::{Severity, degrees, source_label};
use crate::monitoring::remarks::Kind;
use crate::monitoring::store::Observation;
use crate::monitoring::view::View;

/// Days that are shown; a telephone shows the last five of them.
const SHOWN: usize = 7;
const ON_TELEPHONES: usize = 5;

/// What the reports of a day say at worst.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub reports: usize,
    /// Tenths of a degree Celsius, the highest.
    pub temperature: Option<i64>,
    /// Percent, the lowest.
    pub spo2: Option<i64>,
    /// How many symptoms any of them named.
    pub symptoms: usize,
    pub has_unknown: bool,
    pub has_emergency: bool,
    pub sources: Vec<&'static str>,
}

/// The worst of each day with a report.
pub fn days(reports: &[Observation]) -> BTreeMap<Date, Day> {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    let mut present: BTreeMap<Date, BTreeSet<&str>> = BTreeMap::new();
    for report in reports {
        let day = days.entry(report.observed_on).or_default();
        day.reports += 1;
        day.temperature = day.temperature.max(report.temperature);
        day.spo2 = [day.spo2, report.spo2].into_iter().flatten().min();
        day.has_emergency |= !report.emergency_signs.is_empty();
        day.has_unknown |= report.symptoms.values().any(|answer| *answer == Answer::Unknown);
        let named = report.symptoms.iter().filter(|(_, answer)| **answer == Answer::Yes).map(|(key, _)| key.as_str());
        let of_day = present.entry(report.observed_on).or_default();
        of_day.extend(named);
        day.symptoms = of_day.len();
        let source = source_label(report.source);
        if !day.sources.contains(&source) {
            day.sources.push(source);
        }
    }
    days
}

/// The table: days beside each other, items beneath each other.
pub fn table(view: &View) -> Markup {
    let worst = days(&view.reports);
    let all: Vec<Date> = view.period.days.iter().collect();
    let shown = &all[all.len().saturating_sub(SHOWN)..];
    let silent: BTreeSet<Date> = view.silent().into_iter().collect();
    let none = Day::default();
    let row = |label: &str, cell: &dyn Fn(Date, &Day) -> Markup| {
        html! {
            tr {
                th scope="row" { (label) }
                @for (index, day) in shown.iter().enumerate() {
                    td .glance-old[is_old(index, shown.len())] { (cell(*day, worst.get(day).unwrap_or(&none))) }
                }
            }
        }
    };
    let events: Vec<Date> = view.events.iter().map(|event| event.day).filter(|day| shown.contains(day)).collect();
    html! {
        table.glance {
            caption { "この" (shown.len()) "日の経過（その日のもっとも悪い値）" }
            thead { tr {
                td {}
                @for (index, day) in shown.iter().enumerate() {
                    th scope="col" .glance-old[is_old(index, shown.len())] .glance-today[*day == view.today] {
                        (u8::from(day.month())) "/" (day.day())
                        span.glance-weekday { @if *day == view.today { "今日" } @else { (weekday(*day)) } }
                    }
                }
            } }
            tbody {
                (row("体温", &|_, day| temperature(day)))
                (row("SpO2", &|_, day| spo2(day)))
                (row("症状", &|_, day| symptoms(day)))
                (row("緊急の症状", &|_, day| emergency(day)))
                (row("入力元", &|date, day| sources(date, day, view.today, &silent)))
                @for kind in Kind::ALL {
                    @let count = |date: Date| view.remarks.iter()
                        .filter(|remark| remark.kind == kind && remark.told_on == date && !remark.is_withdrawn()).count();
                    @if shown.iter().any(|day| count(*day) > 0) {
                        (row(kind.label(), &|date, _| html! { @if count(date) > 0 { (count(date)) "件" } }))
                    }
                }
                @if !events.is_empty() {
                    (row("できごと", &|date, _| html! {
                        @for event in view.events.iter().filter(|event| event.day == date) {
                            span.glance-word { (event.sort.label()) }
                        }
                    }))
                }
            }
        }
    }
}

/// Days that a telephone leaves out.
fn is_old(index: usize, count: usize) -> bool {
    index + ON_TELEPHONES < count
}

fn temperature(day: &Day) -> Markup {
    html! {
        @match day.temperature {
            Some(tenths) if tenths >= Temperature::FEVER => {
                strong.glance-bad { (degrees(tenths)) } span.glance-word.glance-bad { "発熱" }
            }
            Some(tenths) => { (degrees(tenths)) }
            None => { (nothing()) }
        }
    }
}

fn spo2(day: &Day) -> Markup {
    html! {
        @match day.spo2.map(|percent| (percent, Severity::of_spo2(percent))) {
            Some((percent, Severity::Mild)) => { (percent) }
            Some((percent, severity)) => {
                strong .glance-bad[severity == Severity::ModerateTwo] { (percent) }
                span.glance-word .glance-bad[severity == Severity::ModerateTwo] { (severity.label()) }
            }
            None => { (nothing()) }
        }
    }
}

fn symptoms(day: &Day) -> Markup {
    html! {
        @if day.reports == 0 { (nothing()) }
        @else if day.symptoms > 0 { strong { (day.symptoms) "つ" } }
        @else if !day.has_unknown { "なし" }
        @if day.has_unknown { span.glance-word.glance-unknown { "不明あり" } }
    }
}

fn emergency(day: &Day) -> Markup {
    html! {
        @if day.reports == 0 { (nothing()) }
        @else if day.has_emergency { strong.glance-bad { "あり" } }
        @else { "なし" }
    }
}

fn sources(date: Date, day: &Day, today: Date, silent: &BTreeSet<Date>) -> Markup {
    html! {
        @for source in &day.sources { span.glance-word { (source) } }
        @if day.reports > 1 { span.glance-word { (day.reports) "回" } }
        @if day.reports == 0 {
            @if silent.contains(&date) {
                span.glance-word.glance-silent { @if date == today { "まだ" } @else { "報告なし" } }
            } @else { (nothing()) }
        }
    }
}

fn nothing() -> Markup {
    html! { span.quiet-text { "―" } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::samples::{FIRST, report};

    #[test]
    fn the_worst_of_a_day_counts_whatever_came_last() {
        let morning = report(0, 8, |report| {
            report.temperature = Some(391);
            report.spo2 = None;
            report.symptoms.insert("cough".into(), Answer::Yes);
            report.emergency_signs = vec!["chest_pain".into()];
        });
        let evening = report(0, 20, |report| {
            report.temperature = Some(368);
            report.spo2 = Some(93);
            report.symptoms.insert("cough".into(), Answer::Yes);
            report.symptoms.insert("fatigue".into(), Answer::Yes);
        });
        let days = days(&[morning, evening]);
        let day = &days[&FIRST];
        assert_eq!((day.temperature, day.spo2, day.symptoms, day.has_emergency), (Some(391), Some(93), 2, true));
        assert_eq!((day.reports, day.sources.as_slice()), (2, &["本人"][..]));
    }
}
