//! The fields of the entry page, section by section, out of the table of items.

use hersys_shared::notification::items::{Choice, Item, Kind, Section, TESTS};
use hersys_shared::notification::{Edition, Level, Typed, Warning, WarningKind, is_minor};
use hersys_shared::{Problems, days};
use maud::{Markup, html};

use crate::postal::{self, Found};
use crate::ui::Field;

/// Everything that the fields of one form are drawn from.
pub struct Fields<'a> {
    pub edition: Edition,
    pub typed: &'a Typed,
    pub problems: &'a Problems,
    pub warnings: &'a [Warning],
    /// (id, name) of the health centres to choose from.
    pub centers: &'a [(String, String)],
    /// 医師マスタ
    pub doctors: &'a [String],
    /// Whether the page has the list of institutions to enter for (FORM-03).
    pub has_institutions: bool,
    /// The item where the page begins to be filled in.
    pub focus: Option<&'static str>,
    /// What 【住所検索】 found.
    pub found: Option<&'a Found>,
    /// FORM-33: an institution may not have the notice sent.
    pub notice_withheld: bool,
}

/// When an item is on the page at once: while another item has one of these values. Without scripts it is always
/// there; what was typed into it always stays in sight.
const WHEN: &[(&str, &str)] = &[
    ("died_on", "diagnosis_type=died,died_suspected"),
    ("symptom_other_text", "symptom_other=yes"),
    ("area_prefecture", "area=domestic"),
    ("area_city", "area=domestic"),
    ("area_facility", "area=domestic"),
    ("area_place", "area=domestic"),
    ("area_country", "area=abroad"),
    ("area_detail", "area=abroad"),
    ("departed_on", "area=abroad"),
    ("entered_on", "area=abroad"),
    ("vaccine_doses", "vaccinated=yes"),
    ("vaccine1_on", "vaccinated=yes"),
    ("vaccine1_maker", "vaccinated=yes"),
    ("vaccine2_on", "vaccinated=yes"),
    ("vaccine2_maker", "vaccinated=yes"),
    ("vaccine3_on", "vaccinated=yes"),
    ("vaccine3_maker", "vaccinated=yes"),
    ("vaccine4_on", "vaccinated=yes"),
    ("vaccine4_maker", "vaccinated=yes"),
    ("risk_other_text", "risk_other=yes"),
    ("admitted_on", "admitted=yes"),
    ("hospital", "admitted=yes"),
];

impl Fields<'_> {
    /// All sections that the edition has.
    pub fn sections(&self) -> Markup {
        html! {
            @for section in Section::ALL {
                @let items = self.items(section);
                @if !items.is_empty() {
                    section.form-section aria-labelledby={ "section-" (section.anchor()) } {
                        h2 id={ "section-" (section.anchor()) } { (section.title()) }
                        @match section {
                            Section::Symptoms => (self.symptoms(&items)),
                            Section::Tests => (self.tests(&items)),
                            Section::Risk => (self.risks(&items)),
                            Section::Person => (self.person(&items)),
                            Section::Dates => (dates(html! { @for item in items { (self.item(item)) } })),
                            _ => div.form-grid { @for item in items { (self.item(item)) } },
                        }
                    }
                }
            }
        }
    }

    /// Links to the sections (上部・中部・下部 of one long page, FORM-10a).
    pub fn anchors(&self) -> Markup {
        html! {
            nav.form-anchors aria-label="発生届の項目" {
                ul {
                    @for section in Section::ALL {
                        @if !self.items(section).is_empty() {
                            li { a href={ "#section-" (section.anchor()) } { (section.title()) } }
                        }
                    }
                }
            }
        }
    }

    /// Items of the edition whatever the type of diagnosis, and those that hold something.
    fn items(&self, section: Section) -> Vec<&'static Item> {
        hersys_shared::notification::items::ITEMS
            .iter()
            .filter(|item| item.section == section)
            .filter(|item| self.edition.has(item.key) || !self.typed.get(item.key).is_empty())
            .collect()
    }

    fn warning(&self, key: &str) -> Option<&Warning> {
        self.warnings.iter().find(|warning| warning.field == key)
    }

    /// One field in its frame: red where a legal item is empty (FORM-17).
    fn item(&self, item: &'static Item) -> Markup {
        let when = WHEN.iter().find(|(key, _)| *key == item.key).map(|(_, when)| *when);
        self.framed(item, when, self.control(item))
    }

    fn framed(&self, item: &Item, when: Option<&str>, control: Markup) -> Markup {
        let warning = self.warning(item.key);
        let size = match item.kind {
            Kind::LongText(_) => "whole",
            Kind::Text(longest) if longest >= 120 => "whole",
            // It stands above what it fills in.
            Kind::Mark if item.key == "registered_is_current" => "whole",
            Kind::Choice(choices) if choices.len() > 3 && choices.len() < 6 => "whole",
            _ => "",
        };
        html! {
            div.form-item .(size) .legal-frame[warning.is_some()] data-when=[when] {
                (control)
                @if let Some(warning) = warning {
                    p.legal-note id={ "warning-" (item.key) } {
                        span.legal-mark { @if warning.kind == WarningKind::Empty { "未入力" } @else { "確認" } } " "
                        (warning.message)
                    }
                }
            }
        }
    }

    fn control(&self, item: &'static Item) -> Markup {
        let field = self.field(item);
        match item.kind {
            Kind::Choice(choices) => choice(field, choices),
            Kind::Symptom | Kind::Mark => mark(item, self.typed.is_yes(item.key)),
            Kind::Center => field.select(self.centers),
            Kind::LongText(_) => field.textarea(4),
            Kind::PostalCode => {
                let address = item.key.replace("postal_code", "address");
                let field = field.short().hint("7桁の数字。住所が途中まで入ります。");
                // The address's name lives as long as the call.
                postal::field(field, &address, self.found)
            }
            Kind::Date => field.short().recent_date().input(),
            Kind::AnyDate => field.short().nearest_date().input(),
            Kind::BirthDate => field.short().date().input(),
            Kind::Phone => field.short().inputmode("tel").input(),
            Kind::Number(..) => field.short().inputmode("numeric").unit("回").input(),
            Kind::Name if item.key == "name" => field.kana_for("kana").input(),
            Kind::Name if item.key == "doctor_name" => self.doctor(field),
            _ if item.key == "institution_name" && self.has_institutions => field.list("institutions").input(),
            _ => field.input(),
        }
    }

    fn field(&self, item: &'static Item) -> Field<'_> {
        let field = Field::new(item.key, item.label, self.typed.get(item.key), self.problems);
        let field = match self.edition.level(item, self.typed) {
            Level::Block => field.required(),
            _ => field,
        };
        let field = if self.focus == Some(item.key) { field.autofocus() } else { field };
        match item.key {
            "registered_address" => field.hint("住民票の住所です。"),
            "current_address" => field.hint("保健所が確実に連絡できる、いまいる場所です（病院・施設など）。"),
            "first_visit_on" => field.hint("新型コロナの症状で初めて受診した日です。"),
            "remarks" => field.hint("検査をせずに臨床症状で診断したときは「臨床診断」と書きます。"),
            "url_notice" if self.notice_withheld => {
                field.hint("この届出からは送りません（死体の検案のとき、みなし陽性のとき、担当の保健所が医療機関からの通知を認めていないとき）。生存の方には担当の保健所が送ります。")
            }
            _ => field,
        }
    }

    /// A doctor out of 医師マスタ, or a new name (FORM-11).
    fn doctor(&self, field: Field<'_>) -> Markup {
        let save = self.typed.get("save_doctor");
        html! {
            (field.list("doctors").input())
            datalist #doctors { @for doctor in self.doctors { option value=(doctor) {} } }
            label.choice.save-doctor data-unless-listed="doctors" {
                input type="hidden" name="save_doctor" value="";
                input type="checkbox" name="save_doctor" value="yes" checked[save == "yes"];
                span { "医師マスタに登録する" }
            }
        }
    }

    /// 9, 10 保護者: folded away unless the person is a minor or something is written there.
    fn person(&self, items: &[&'static Item]) -> Markup {
        let (guardian, own): (Vec<&'static Item>, Vec<&'static Item>) =
            items.iter().copied().partition(|item| item.key.starts_with("guardian_"));
        let dates = ["birth_on", "diagnosed_on", "reported_on"];
        let read = dates.iter().filter_map(|key| Some((*key, days::iso(days::parse(self.typed.get(key)).ok()?))));
        let is_open = is_minor(&read.collect()) || guardian.iter().any(|item| !self.typed.get(item.key).is_empty());
        html! {
            div.form-grid {
                @for item in own { (self.item(item)) }
                @if !guardian.is_empty() {
                    details.guardian open[is_open] {
                        summary { "保護者（未成年の方のとき）" }
                        div.form-grid { @for item in guardian { (self.item(item)) } }
                    }
                }
            }
        }
    }

    /// FORM-14: all are 無 until 有 is chosen.
    fn symptoms(&self, items: &[&'static Item]) -> Markup {
        html! {
            p.hint { "はじめはすべて「無」です。あてはまる症状だけを「有」にしてください。" }
            div.symptom-grid {
                @for item in items.iter().filter(|item| item.kind == Kind::Symptom) {
                    (mark(item, self.typed.is_yes(item.key)))
                }
            }
            @for item in items.iter().filter(|item| item.kind != Kind::Symptom) { (self.item(item)) }
        }
    }

    /// 検査1 open, the others once they are used or asked for (C-13).
    fn tests(&self, items: &[&'static Item]) -> Markup {
        let of = |number: usize| {
            let prefix = format!("test{number}_");
            items.iter().filter(move |item| item.key.starts_with(&prefix)).copied().collect::<Vec<_>>()
        };
        let used = |number: usize| of(number).iter().any(|item| !self.typed.get(item.key).is_empty());
        html! {
            p.hint { "検査1から順に入力してください。結果がまだわからない疑似症患者は、結果を「その他」にします。" }
            @for number in 1..=TESTS {
                @let own = of(number);
                @if number == 1 {
                    (self.test(number, &own))
                } @else if !own.is_empty() {
                    details.further-test open[used(number)] {
                        summary { "検査" (number) }
                        (self.test(number, &own))
                    }
                }
            }
        }
    }

    fn test(&self, number: usize, items: &[&'static Item]) -> Markup {
        html! {
            fieldset.test {
                legend { "検査" (number) }
                div.form-grid {
                    @for item in items {
                        @let when = item.key.strip_suffix("_text").map(|of| format!("{of}=other"));
                        (self.framed(item, when.as_deref(), self.control(item)))
                    }
                }
            }
        }
    }

    fn risks(&self, items: &[&'static Item]) -> Markup {
        html! {
            @for item in items.iter().filter(|item| item.key == "risk") { (self.item(item)) }
            div.symptom-grid data-when="risk=yes" {
                @for item in items.iter().filter(|item| item.kind == Kind::Mark) {
                    (mark(item, self.typed.is_yes(item.key)))
                }
            }
            @for item in items.iter().filter(|item| item.key == "risk_other_text") { (self.item(item)) }
        }
    }
}

fn dates(items: Markup) -> Markup {
    html! {
        p.hint { "「8/1」のように年を省くと、いちばん近い過去の日になります。" }
        div.form-grid { (items) }
    }
}

/// Few choices as buttons that a digit chooses, many as a list.
fn choice(field: Field<'_>, choices: &'static [Choice]) -> Markup {
    if choices.len() <= 5 {
        return field.radios(choices);
    }
    let choices: Vec<(String, String)> =
        choices.iter().map(|(code, words)| ((*code).to_owned(), (*words).to_owned())).collect();
    field.optional_select(&choices)
}

/// A check box whose hidden companion says that it was on the page; beside a symptom stands 有 or 無.
fn mark(item: &Item, is_set: bool) -> Markup {
    html! {
        label.choice.mark-choice {
            input type="hidden" name=(item.key) value="";
            input type="checkbox" id={ "field-" (item.key) } name=(item.key) value="yes" checked[is_set];
            span { (item.label) }
            @if item.kind == Kind::Symptom { span.symptom-state aria-hidden="true" {} }
        }
    }
}
