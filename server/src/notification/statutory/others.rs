//! Row 18, where and how the person was infected; row 19, what the physician holds necessary.

use hersys_shared::notification::items::{ITEMS, Section};
use maud::{Markup, html};

use super::{Paper, row};

const DOSES: [(&str, &str); 4] = [
    ("vaccine1_on", "vaccine1_maker"),
    ("vaccine2_on", "vaccine2_maker"),
    ("vaccine3_on", "vaccine3_maker"),
    ("vaccine4_on", "vaccine4_maker"),
];

impl Paper<'_> {
    pub(super) fn infection(&self) -> Markup {
        if !self.has_section(Section::Infection) {
            return html! {};
        }
        row(
            "18",
            "感染原因・感染経路・感染地域",
            "st-infection",
            html! {
                p.st-part { "①感染原因・感染経路（" (self.choices("route_certainty")) "）" }
                p.st-part.st-indented { (self.choices("route")) }
                div.st-written.st-indented { span.st-small { "詳細" } (self.text("route_text")) }
                p.st-part { "②感染地域（" (self.choices("area_certainty")) "）" }
                p.st-part.st-indented { (self.choices("area")) }
                div.st-written.st-indented {
                    span.st-small { "国内" }
                    span { (self.text("area_prefecture")) span.st-small { "都道府県" } }
                    span { (self.text("area_city")) span.st-small { "市区町村" } }
                }
                p.st-part.st-indented { span.st-small { "施設等区分 " } (self.choices("area_facility")) }
                div.st-written.st-indented { span.st-small { "場所名称" } (self.text("area_place")) }
                div.st-written.st-indented {
                    span.st-small { "国外" }
                    span { (self.text("area_country")) span.st-small { "国" } }
                }
                div.st-written.st-indented { span.st-small { "詳細地域" } (self.text("area_detail")) }
                div.st-written.st-indented {
                    span.st-small { "渡航期間" }
                    span { (self.text("departed_on")) span.st-small { "出国" } }
                    span { "～ " (self.text("entered_on")) span.st-small { "入国" } }
                }
            },
        )
    }

    pub(super) fn vaccination_and_risk(&self) -> Markup {
        let (vaccination, risk) = (self.has_section(Section::Vaccination), self.has_section(Section::Risk));
        if !vaccination && !risk {
            return html! {};
        }
        row(
            "19",
            "その他感染症のまん延の防止及び当該者の医療のために医師が必要と認める事項",
            "st-others",
            html! {
                @if vaccination { (self.vaccination()) }
                @if risk { (self.risk()) }
            },
        )
    }

    fn vaccination(&self) -> Markup {
        html! {
            p.st-part {
                "①ワクチン接種の有無 " (self.choices("vaccinated"))
                "　接種回数 " span.st-count { (self.text("vaccine_doses")) } "回"
            }
            @for (at, (day, maker)) in DOSES.into_iter().enumerate() {
                @if self.has_any(&[day, maker]) {
                    div.st-written.st-indented.st-dose {
                        span.st-small { (at + 1) "回目" }
                        span { (self.text(day)) }
                        @if self.has(maker) {
                            span.st-small { "種類／製造会社" } span { (self.text(maker)) }
                        }
                    }
                }
            }
        }
    }

    fn risk(&self) -> Markup {
        html! {
            p.st-part { "②重症化のリスク因子となる疾病等の有無 " (self.choices("risk")) }
            div.st-marks.st-indented {
                @for item in ITEMS.iter().filter(|item| item.section == Section::Risk) {
                    @if !matches!(item.key, "risk" | "risk_other_text") && self.has(item.key) {
                        (self.mark(item.key, item.label))
                    }
                }
            }
            div.st-written.st-indented { span.st-small { "その他" } (self.text("risk_other_text")) }
        }
    }

    /// The lowest box, as wide as the form.
    pub(super) fn care_and_remarks(&self) -> Markup {
        let part = |label: &str, key: &'static str| {
            html! { @if self.has(key) { span.st-care { (label) " " (self.choices(key)) } " " } }
        };
        let written = |label: &str, key: &'static str| {
            html! { @if self.has(key) { span.st-care { span.st-small { (label) } " " (self.text(key)) } " " } }
        };
        html! {
            @if self.has_section(Section::Care) {
                div.st-box.st-care-box {
                    p.st-part {
                        "③" (part("重症度", "severity"))
                        (part("入院の必要性", "needs_admission"))
                        (part("治療薬の投与の必要性の有無", "treatment_needed"))
                    }
                    p.st-part.st-indented {
                        (part("酸素投与の必要性の有無", "oxygen_needed"))
                        (part("届出時点の入院の有無", "admitted"))
                        (written("入院年月日", "admitted_on"))
                    }
                    p.st-part.st-indented { (written("入院先の医療機関", "hospital")) }
                }
            }
            @if self.has("remarks") {
                div.st-box.st-remarks {
                    div.st-head-line { span.st-label { "④自由記述欄" } }
                    div.st-body { (self.text("remarks")) }
                }
            }
        }
    }

    fn has_section(&self, section: Section) -> bool {
        ITEMS.iter().any(|item| item.section == section && self.has(item.key))
    }
}
