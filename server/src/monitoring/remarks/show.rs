//! Remarks in the table, beneath the graph, and the small form of each day.

use hersys_shared::days;
use maud::{Markup, html};
use time::Date;
use uuid::Uuid;

use crate::monitoring::period::Period;
use crate::monitoring::reader::Reader;
use crate::monitoring::remarks::store::Remark;
use crate::monitoring::remarks::{Kind, LONGEST};

/// Letters of a remark in the table; beneath the graph it stands whole.
const CUT: usize = 60;

/// Which number a remark has on the graph: `①`…`⑳`, then `21`.
pub fn number(index: usize) -> String {
    let circled =
        u32::try_from(index).ok().filter(|index| *index < 20).and_then(|index| char::from_u32(0x2460 + index));
    circled.map_or_else(|| (index + 1).to_string(), String::from)
}

/// What stands beside a day in the table, and the way to write there.
pub fn cell(remarks: &[Remark], reader: &Reader, day: Date) -> Markup {
    html! {
        @for remark in remarks.iter().filter(|remark| remark.told_on == day && !remark.is_withdrawn()) {
            p.remark-short {
                span.remark-kind .(remark.kind.code()) { (remark.kind.label()) } " " (cut(&remark.body))
            }
        }
        @if Kind::ALL.iter().any(|kind| kind.is_written_by(reader)) {
            a.remark-write href={ "#day-" (days::iso(day)) } { "書く" span.visually-hidden { " " (days::short(day)) } }
        }
    }
}

/// The notes beneath the graph, each whole, with who wrote it and what it said before.
pub fn beneath(remarks: &[Remark], reader: &Reader) -> Markup {
    html! {
        @if !remarks.is_empty() {
            ol.remarks {
                @for (index, remark) in remarks.iter().enumerate() {
                    li id={ "remark-" (remark.remark_id) } {
                        p.remark-head {
                            span.remark-number { (number(index)) }
                            " " (days::short(remark.told_on)) " "
                            span.remark-kind .(remark.kind.code()) { (remark.kind.label()) }
                            " " span.quiet-text { (signed(remark, reader)) }
                        }
                        p.remark-body {
                            @if remark.is_withdrawn() { span.quiet-text { "（取り消されました）" } } @else { (remark.body) }
                        }
                        @if !remark.earlier.is_empty() {
                            details.remark-earlier {
                                summary { "前の内容（" (remark.earlier.len()) "件）" }
                                @for earlier in &remark.earlier {
                                    p.remark-head {
                                        "第" (earlier.version) "版 " (earlier.written_at.minute_text())
                                        @if let Some(writer) = &earlier.writer { " " (writer.shown(reader)) }
                                    }
                                    p.remark-body { @if earlier.body.is_empty() { "（取り消し）" } @else { (earlier.body) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `8/3 14:05 佐藤`, with the version once it was changed.
pub fn signed(remark: &Remark, reader: &Reader) -> String {
    let at = remark.written_at;
    let day = at.day();
    let mut text = format!("{}/{} {}", u8::from(day.month()), day.day(), at.hour_minute());
    if let Some(writer) = &remark.writer {
        text.push(' ');
        text.push_str(&writer.shown(reader));
    }
    if remark.version > 1 {
        text.push_str(&format!("（第{}版）", remark.version));
    }
    text
}

/// For each day a small form for whatever may be written, the newest day first.
pub fn forms(case_id: Uuid, period: &Period, remarks: &[Remark], reader: &Reader) -> Markup {
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| kind.is_written_by(reader)).collect();
    if kinds.is_empty() {
        return html! {};
    }
    let mut days: Vec<Date> = period.days.iter().collect();
    days.reverse();
    html! {
        section.day-forms aria-labelledby="write" {
            h2 #write { "日ごとに書く：" (kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join("・")) }
            @for day in days {
                details.day-form id={ "day-" (days::iso(day)) } {
                    summary {
                        (days::short(day))
                        @let count = remarks.iter().filter(|remark| remark.told_on == day && !remark.is_withdrawn()).count();
                        @if count > 0 { " " span.quiet-text { (count) "件" } }
                    }
                    @for remark in remarks.iter().filter(|remark| own(remark, day, &kinds, reader)) {
                        (form(case_id, period, remark.kind, day, Some(remark)))
                    }
                    @for kind in &kinds { (form(case_id, period, *kind, day, None)) }
                }
            }
        }
    }
}

fn own(remark: &Remark, day: Date, kinds: &[Kind], reader: &Reader) -> bool {
    remark.told_on == day && remark.organization_id == reader.organization_id && kinds.contains(&remark.kind)
}

/// A form for a new remark, or for a correction of `remark`.
fn form(case_id: Uuid, period: &Period, kind: Kind, day: Date, remark: Option<&Remark>) -> Markup {
    let remark_id = remark.map_or_else(Uuid::now_v7, |remark| remark.remark_id);
    let date = days::iso(day);
    let label = match remark {
        Some(_) => format!("{}を直す（空欄にすると取り消し）", kind.label()),
        None => format!("{}を書く", kind.label()),
    };
    // Many forms of a page have a field of this name, so each has an id of its own.
    let id = match remark {
        Some(remark) => format!("body-{}", remark.remark_id),
        None => format!("body-{}-{date}", kind.code()),
    };
    let action = format!("/staff/cases/{case_id}/observation/{}{}", kind.path(), period.query());
    let body = remark.map_or("", |remark| remark.body.as_str());
    html! {
        form.remark-form method="post" action=(action) data-warn-leave {
            input type="hidden" name="remark_id" value=(remark_id);
            input type="hidden" name="day" value=(date);
            @if let Some(remark) = remark { input type="hidden" name="version" value=(remark.version); }
            label.label for=(id) { (label) span.visually-hidden { " " (days::short(day)) } }
            textarea id=(id) name="body" rows="2" maxlength=(LONGEST) autocomplete="off" { "\n" (body) }
            button.button { @if remark.is_some() { "直す" } @else { "記録する" } }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CUT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_numbered_as_on_the_graph() {
        assert_eq!([0, 19, 20].map(number), ["①", "⑳", "21"]);
    }
}
