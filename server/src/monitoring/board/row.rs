//! One person of the board: why they stand there, in words; the last days as two small lines; what was done.

use hersys_shared::age::Age;
use maud::{Markup, html};
use serde_json::Value as Json;
use time::Date;

use crate::App;
use crate::clock::Timestamp;
use crate::monitoring::answers::degrees;
use crate::monitoring::board::Queue;
use crate::monitoring::board::contact::outcome_label;
use crate::monitoring::board::store::Person;
use crate::monitoring::observation_period::decide::Period;
use crate::monitoring::reminders;
use crate::monitoring::watch::{NEVER, NO_END};
use crate::ui::table::Column;

pub fn heads() -> Vec<Column<'static>> {
    ["選択", "氏名", "理由", "最後の報告", "体温・SpO2の経過", "連絡・担当"].map(Column::new).into()
}

/// The row; `value` is what its box sends.
pub fn row(person: &Person, app: &App, now: Timestamp) -> Markup {
    let queue = person.queue();
    let value = format!("{}:{}", person.case_id, person.reported_at.0);
    html! {
        tr data-case=(person.case_id) .board-emergency[queue == Some(Queue::Emergency)] .board-worse[queue == Some(Queue::Worse)] {
            td.pick {
                label {
                    input type="checkbox" name="item" value=(value);
                    span.visually-hidden { (person.name) "を選択" }
                }
            }
            (cells(person, app, now))
        }
    }
}

/// The cells behind the box.
pub fn cells(person: &Person, app: &App, now: Timestamp) -> Markup {
    let today = now.day();
    html! {
        td.board-who { (who(person, app, today)) }
        td.wrap { (why(person, today)) }
        td { (newest(person, now)) }
        td { (lines(&person.course)) }
        td.wrap { (done(person, now)) }
    }
}

fn who(person: &Person, app: &App, today: Date) -> Markup {
    let age = person.birth_on.and_then(|birth_on| Age::on(today, birth_on)).map(|age| format!("{}歳", age.years));
    let sex = person.sex.as_deref().map(|sex| if sex == "male" { "男" } else { "女" });
    let facts: Vec<String> = age.into_iter().chain(sex.map(str::to_owned)).collect();
    html! {
        a.board-name href=(format!("/staff/cases/{}/observation", person.case_id)) { (person.name) }
        span.board-facts {
            (facts.join("・"))
            @if person.kind == "contact" { " " span.mark { "接触者" } }
            @if person.is_at_risk { " " span.mark.waits { "リスク" } }
            @if person.is_shared { " " span.mark { "共有" } }
            @if !matches!(person.language.as_str(), "" | "ja") { " " span.mark { (app.texts.messages.label(&person.language)) } }
        }
        span.board-facts {
            @if let Some(onset_on) = person.onset_on { "発病" ((today - onset_on).whole_days().max(0)) "日目 " }
            @if !person.ward.is_empty() { (person.ward) }
        }
        @if let Some(linked) = &person.linked { span.board-facts { "紐づけ：" (linked) } }
    }
}

/// The queue, and why the person stands there.
pub fn why(person: &Person, today: Date) -> Markup {
    let hits: Vec<(&str, &str, Timestamp)> =
        person.hits.as_array().map(|hits| hits.iter().filter_map(hit).collect()).unwrap_or_default();
    html! {
        @if let Some(queue) = person.queue() { span.mark.board-queue .(queue.code()) { (queue.label()) } }
        @if !hits.is_empty() {
            ul.board-hits {
                @for (alert, words, at) in hits {
                    li.board-hit .(alert) {
                        (words)
                        // Of a report before the newest one, which nobody has looked at yet.
                        @if at != person.reported_at {
                            " " span.board-when { "（" (short_day(at.day())) " " (at.hour_minute()) "の報告・未確認）" }
                        }
                    }
                }
            }
            (by_which_rules(person))
        }
        @match person.queue() {
            Some(Queue::Silent) => { p.board-why { (silence(person)) } }
            Some(Queue::Unreachable) => { p.board-why { "電話番号・メールアドレスがありません" } }
            Some(Queue::Wish) => { p.board-why { "My HER-SYSから希望が届いています。対応を決めてください" } }
            _ => {}
        }
        @if let Some(returned) = &person.returned { p.board-flag { span.mark.waits { "返却" } " " (returned) } }
        // Whoever stands in a more urgent queue is to be decided about all the same.
        @if person.review_from <= today { (ending(person, today)) }
        @if !person.wish.is_empty() {
            p.board-flag {
                span.mark.waits { "希望" } " "
                a href={ (reminders::path(person.case_id)) "#wishes" } { (reminders::wish_label(&person.wish)) }
            }
        }
        @if !person.flag.is_empty() { p.board-flag { span.mark.waits { "注意" } " " (person.flag) } }
        @if person.observed_until != NO_END && person.observed_until > today {
            p.board-facts { "観察は" (short_day(person.observed_until)) "まで" }
        }
    }
}

/// The version that made the hits.
fn by_which_rules(person: &Person) -> Markup {
    html! {
        p.board-facts {
            @if person.rules_version == 0 { "標準の判定基準による" } @else { "判定基準 第" (person.rules_version) "版による" }
        }
    }
}

/// What is to be decided of the period.
fn ending(person: &Person, today: Date) -> Markup {
    let period = Period { from: None, until: Some(person.observed_until) };
    html! {
        p.board-why {
            @if person.observed_until == NO_END { "終了日が決まっていません。" }
            @if person.observed_until == today { "健康観察は本日まで。予定どおり終えるか、期間を延ばしてください。" }
            @if person.observed_until < today {
                "健康観察は" (short_day(person.observed_until)) "で終わりました。解除してよいか確かめてください。"
                @if period.ends_in_silence(Some(person.reported_on)) { " 最終日とその前の日の報告がありません。" }
            }
            @if !person.review.is_empty() { " " (person.review) }
            " " a href=(format!("/staff/cases/{}/period", person.case_id)) { "期間を見る" }
        }
    }
}

/// (alert, words, when the report came) of a hit.
fn hit(hit: &Json) -> Option<(&str, &str, Timestamp)> {
    Some((hit["alert"].as_str()?, hit["words"].as_str()?, Timestamp(hit["at"].as_i64()?)))
}

/// Why nothing came, as far as it is known.
fn silence(person: &Person) -> &'static str {
    let (state, reason) = person.reminded.as_deref().and_then(|told| told.split_once(':')).unwrap_or_default();
    match person.reach.as_str() {
        "stopped" => "入力のお願いを止めています",
        "bad_address" => "SMS・メールが届いていません。番号を確かめてください",
        "unlinked" if state == "skipped" && reason == "no_address" => {
            "My HER-SYSにまだ登録しておらず、SMSを送れる番号もありません"
        }
        "unlinked" => "My HER-SYSにまだ登録していません",
        _ if person.attempt == "no_answer" || state == "no_answer" => "電話に出ていません",
        _ if state == "skipped" && reason == "policy" => "担当保健所の方針で、入力のお願いを送っていません",
        _ if state == "skipped" && reason == "no_address" => "送れる番号・アドレスがなく、入力のお願いを送れていません",
        _ if matches!(state, "skipped" | "missed" | "cancelled") => "本日は入力のお願いを送れていません",
        _ if state.is_empty() => "本日はまだ入力のお願いを送っていません",
        _ => "My HER-SYSに登録済みで、本日の報告がありません",
    }
}

fn newest(person: &Person, now: Timestamp) -> Markup {
    if person.reported_on == NEVER {
        return html! { span.board-never { "報告なし" } };
    }
    html! {
        time datetime=(person.reported_at.rfc3339()) { (ago(person.reported_at, now)) }
        span.board-values {
            @if let Some(tenths) = person.temperature { (degrees(tenths)) "℃ " }
            @if let Some(percent) = person.spo2 { "SpO2 " (percent) "％" }
        }
        @if person.seen_until >= person.reported_at { span.board-facts { "✓ 確認済み" } }
    }
}

/// `5分前`, `3時間前`, `昨日 8:12`, `8/1 8:12`
fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = at.seconds_until(now).max(0) / 60;
    let days = (now.day() - at.day()).whole_days();
    match (days, minutes) {
        (..=0, ..60) => format!("{minutes}分前"),
        (..=0, _) => format!("{}時間前", minutes / 60),
        (1, _) => format!("昨日 {}", at.hour_minute()),
        _ => format!("{} {}", short_day(at.day()), at.hour_minute()),
    }
}

/// `8/1`
fn short_day(day: Date) -> String {
    format!("{}/{}", u8::from(day.month()), day.day())
}

fn done(person: &Person, now: Timestamp) -> Markup {
    html! {
        @if let Some(assignee) = &person.assignee { span.board-facts { "担当：" (assignee) } }
        @if person.attempted_at.0 > 0 {
            span.board-facts { (ago(person.attempted_at, now)) " " (outcome_label(&person.attempt)) }
        }
        a.button.quiet.board-contact href=(format!("/staff/cases/{}/contact", person.case_id)) { "連絡の記録" }
    }
}

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 30.0;

/// Temperature (line) and SpO2 (dashes) of the last days; the numbers stand in the text beside.
fn lines(course: &Json) -> Markup {
    let points: Vec<(Option<f64>, Option<f64>)> = course
        .as_array()
        .map(|days| days.iter().map(|day| (day[1].as_f64(), day[2].as_f64())).collect())
        .unwrap_or_default();
    if points.len() < 2 {
        return html! {};
    }
    let step = (WIDTH - 4.0) / (points.len() - 1) as f64;
    let path = |values: Vec<Option<f64>>, low: f64, high: f64| {
        let mut path = String::new();
        let mut pen = "M";
        for (at, value) in values.into_iter().enumerate() {
            let Some(value) = value else {
                pen = "M";
                continue;
            };
            let y = HEIGHT - 2.0 - (value.clamp(low, high) - low) / (high - low) * (HEIGHT - 4.0);
            path.push_str(&format!("{pen}{:.1} {y:.1}", 2.0 + at as f64 * step));
            pen = "L";
        }
        path
    };
    let warm = path(points.iter().map(|(temperature, _)| *temperature).collect(), 355.0, 400.0);
    let oxygen = path(points.iter().map(|(_, spo2)| *spo2).collect(), 88.0, 100.0);
    let spoken = format!("最近{}回分の経過", points.len());
    html! {
        svg.board-lines viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) width=(WIDTH) height=(HEIGHT) role="img" aria-label=(spoken) {
            path.board-limit d=(format!("M0 {0:.1}H{WIDTH}", HEIGHT - 2.0 - 20.0 / 45.0 * (HEIGHT - 4.0))) {}
            path.board-warm d=(warm) {}
            path.board-oxygen d=(oxygen) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_a_report_is_told_as_people_say_it() {
        // 2022-08-02 00:00:30
        let now = Timestamp(1_659_366_030_000);
        assert_eq!(ago(Timestamp(now.0 - 20_000), now), "0分前");
        assert_eq!(ago(Timestamp(now.0 - 60_000), now), "昨日 23:59");
        assert_eq!(ago(Timestamp(now.0 - 30 * 3_600_000), now), "7/31 18:00");
        assert_eq!(ago(Timestamp(now.0 + 5_000), now), "0分前");
    }

    #[test]
    fn lines_break_where_a_day_has_no_value() {
        let course = serde_json::json!([["2022-08-01", 365, 98], ["2022-08-02", null, 97], ["2022-08-03", 380, null]]);
        let drawn = lines(&course).into_string();
        assert_eq!(drawn.matches('M').count(), 1 + 2 + 1, "{drawn}");
        assert!(lines(&serde_json::json!([])).into_string().is_empty());
    }
}
