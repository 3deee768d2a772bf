//! 法令様式 (FORM-09, FORM-10): the notification in the boxes of the paper form, 別記様式6-1, with the
//! numbers of its rows. View, print, blank form and entry draw this one form.
//!
//! The form itself was not at hand: frame and numbers are those of the related forms (public facts
//! §2.2, §2.3). Sizes are millimetres of an A4 page; `assets/staff/statutory.css` sets the same.

mod boxes;
mod fit;
mod illness;
mod others;
mod person;
mod rooms;
#[cfg(test)]
mod tests;

use hersys_shared::notification::Edition;
use hersys_shared::notification::items::{ITEMS, Item, Kind, Section, find};
use hersys_shared::values::Values;
use maud::{Markup, html};

pub use boxes::Fill;
use fit::{Fitted, fit};
use rooms::room;

/// The form, and what it is filled with.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    pub edition: Edition,
    /// In normal form, or as typed where the form is typed into.
    pub values: &'a Values,
    pub fill: Fill<'a>,
    /// Ids and names of health centres: the choices of 届出先保健所, or at least the chosen one.
    pub centers: &'a [(String, String)],
}

impl Paper<'_> {
    /// The whole form; texts that are too long for their boxes stand once more on a second page.
    pub fn draw(&self) -> Markup {
        let continued = self.continued();
        html! {
            div.st-paper.st-typed[matches!(self.fill, Fill::Typed(_))] {
                (self.head())
                div.st-frame {
                    (self.person())
                    div.st-columns {
                        div.st-column { (self.illness()) }
                        div.st-column { (self.infection()) (self.vaccination_and_risk()) }
                    }
                    (self.care_and_remarks())
                }
                (self.foot())
            }
            @if !continued.is_empty() { (self.second_page(&continued)) }
        }
    }

    /// Above the numbered rows: to whom, by whom, when.
    fn head(&self) -> Markup {
        let line = |label: &str, small: &str, key: &'static str| {
            html! {
                @if self.has(key) {
                    div.st-doctor-line {
                        span.st-label { (label) @if !small.is_empty() { span.st-small { (small) } } }
                        span.st-line { (self.text(key)) }
                    }
                }
            }
        };
        html! {
            div.st-head {
                p.st-form-name { "別記様式6-1" span { (self.edition.label()) } }
                h2.st-title { "新型コロナウイルス感染症　発生届" }
                p.st-law {
                    "都道府県知事（保健所設置市長・特別区長）　殿" br;
                    "感染症の予防及び感染症の患者に対する医療に関する法律第12条第1項（同条第8項において準用する場合を含む。）の規定により、以下のとおり届け出る。"
                }
                div.st-filing {
                    @if self.has("receiving_center") {
                        span.st-label { "届出先保健所" }
                        span.st-line { (self.center("receiving_center")) }
                    }
                    span.st-label { "報告年月日" }
                    span.st-line.st-day { (self.text("reported_on")) }
                }
                div.st-doctor {
                    (line("医師の氏名", "（署名又は記名押印）", "doctor_name"))
                    (line("従事する病院・診療所の名称", "", "institution_name"))
                    (line("上記病院・診療所の所在地（※）", "", "institution_address"))
                    (line("電話番号（※）", "", "institution_phone"))
                    p.st-doctor-note { "（※病院・診療所に従事していない医師にあっては、その住所・電話番号を記載）" }
                }
            }
        }
    }

    /// Below the frame: what the paper does not number.
    fn foot(&self) -> Markup {
        html! {
            div.st-foot {
                @if self.has("url_notice") && !matches!(self.fill, Fill::Blank) {
                    span { "My HER-SYS URL 通知 " (self.choices("url_notice")) }
                }
                span.st-note {
                    "この届出は診断後直ちに行うこと。（※）欄は、死亡者を検案した場合のみ、（＊）欄は、患者（確定例）を診断した場合のみ記入すること。"
                }
            }
        }
    }

    fn second_page(&self, continued: &[(&'static Item, String)]) -> Markup {
        html! {
            section.st-second aria-label="別紙" {
                h2.st-title { "発生届　別紙" }
                p.st-second-of { "当該者氏名　" (self.values.get("name")) }
                dl {
                    @for (item, text) in continued {
                        dt { @if !item.row.is_empty() { (item.row) "　" } (item.label) }
                        dd data-item=(item.key) { (text) }
                    }
                }
            }
        }
    }

    /// The texts that do not fit their boxes, in reading order.
    fn continued(&self) -> Vec<(&'static Item, String)> {
        if !matches!(self.fill, Fill::Screen | Fill::Paper) {
            return Vec::new();
        }
        ITEMS
            .iter()
            .filter(|item| self.has(item.key) && is_written(item) && !self.fits(item))
            .map(|item| (item, self.shown(item)))
            .collect()
    }

    fn fits(&self, item: &Item) -> bool {
        // What その他 stands for shares the box of the choice.
        let text = match item.key.strip_suffix("_text").and_then(find).filter(|_| item.section == Section::Tests) {
            Some(choice) => boxes::beside(&self.shown(choice), &self.shown(item)),
            None => self.shown(item),
        };
        matches!(fit(&text, room(item.key)), Fitted::Whole(_))
    }

    /// Whether the form has a box for an item: what its edition asks, and whatever is filled in.
    fn has(&self, key: &str) -> bool {
        self.edition.has(key) || !self.values.get(key).is_empty()
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }
}

/// Whether an item stands on paper as words of its own length.
fn is_written(item: &Item) -> bool {
    matches!(item.kind, Kind::Text(_) | Kind::LongText(_) | Kind::Name | Kind::Kana | Kind::Center)
}

/// A numbered box.
fn row(number: &str, label: &str, class: &str, body: Markup) -> Markup {
    html! {
        div.st-box .(class) {
            div.st-head-line {
                @if !number.is_empty() { span.st-number { (number) } }
                span.st-label { (label) }
            }
            div.st-body { (body) }
        }
    }
}
