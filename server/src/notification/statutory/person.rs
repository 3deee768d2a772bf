//! Rows 1–10: the type of the diagnosis, and the person.

use maud::{Markup, html};

use super::{Fill, Paper, row};
use hersys_shared::notification::Content;

impl Paper<'_> {
    pub(super) fn person(&self) -> Markup {
        html! {
            @if self.has("diagnosis_type") {
                (row("1", "診断（検案）した者（死体）の類型", "st-type", self.choices("diagnosis_type")))
            }
            div.st-row.st-who {
                @if self.has_any(&["name", "kana"]) { (row("2", "当該者氏名", "st-name", self.name())) }
                @if self.has("sex") { (row("3", "性別", "st-sex", self.choices("sex"))) }
                @if self.has("birth_on") { (row("4", "生年月日", "st-birth", self.text("birth_on"))) }
                (row("5", "診断時の年齢（0歳は月齢）", "st-age", self.age()))
                @if self.has("occupation") { (row("6", "当該者職業", "st-job", self.text("occupation"))) }
            }
            (self.place("7", "当該者住所", ["registered_postal_code", "registered_address", "phone"]))
            (self.place("8", "当該者所在地", ["current_postal_code", "current_address", "current_phone"]))
            @if self.has_any(&["guardian_name", "guardian_address", "guardian_phone"]) {
                div.st-row.st-guardian {
                    (row("9", "保護者氏名", "", self.text("guardian_name")))
                    (row("10", "保護者住所（9、10は患者が未成年の場合のみ記入）", "", html! {
                        div.st-place {
                            span.st-address { (self.text("guardian_address")) }
                            span.st-phone { "電話 " (self.text("guardian_phone")) }
                        }
                    }))
                }
            }
        }
    }

    fn name(&self) -> Markup {
        html! {
            @if self.has("kana") {
                div.st-kana { span.st-small { "フリガナ" } (self.text("kana")) }
            }
            @if self.has("name") { div.st-person-name { (self.text("name")) } }
        }
    }

    /// Worked out, never typed.
    fn age(&self) -> Markup {
        let content = Content { edition: self.edition, values: self.values.clone() };
        let age = content.age_at_diagnosis().filter(|_| !matches!(self.fill, Fill::Blank));
        html! {
            @match age {
                // A baby's age is told in months.
                Some(age) if age.years == 0 => { span.st-value { (age.months) "ヶ月" } }
                Some(age) => { span.st-value { (age.years) "歳" } }
                None => { span.st-value { "　　歳（　　ヶ月）" } }
            }
        }
    }

    /// Address with postal code and telephone number.
    fn place(&self, number: &str, label: &str, [postal_code, address, phone]: [&'static str; 3]) -> Markup {
        if !self.has_any(&[postal_code, address, phone]) {
            return html! {};
        }
        let body = html! {
            @if number == "7" && self.has("registered_is_current") {
                div.st-same { (self.mark("registered_is_current", "当該者所在地と同様")) }
            }
            div.st-place {
                @if self.has(postal_code) {
                    span.st-postal {
                        @if matches!(self.fill, Fill::Typed(_)) { span.st-small { "〒" } }
                        (self.text(postal_code))
                    }
                }
                @if self.has(address) { span.st-address { (self.text(address)) } }
                @if self.has(phone) { span.st-phone { "電話 " (self.text(phone)) } }
            }
        };
        row(number, label, "st-wide", body)
    }
}
