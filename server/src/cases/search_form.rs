//! The search form on top of 登録情報一覧 (LST-02, LST-03).

use hersys_shared::current_status::CurrentStatus;
use hersys_shared::notification::DiagnosisType;
use hersys_shared::{Problems, prefectures};
use maud::{Markup, html};

use crate::access::{OrganizationKind, Scope};
use crate::cases::search::{Origin, Residence, SearchForm, Shared, group};
use crate::ui::Field;

/// What stands in a choice that was not made.
const ALL: &str = "すべて";

/// The form; what was typed stays in it. Keys that the kind of ID may not read are not there (C-19).
pub fn show(scope: &Scope, form: &SearchForm, problems: &Problems) -> Markup {
    let has = |key: &str| scope.may_read(group(key));
    let field = |name, label, value| Field::new(name, label, value, problems);
    let shown = |key: &str, field: Markup| html! { @if has(key) { (field) } };
    html! {
        search {
            form.case-search method="post" action="/staff/cases/search" novalidate {
                div.case-search-fields {
                    (first_field(&form.kana, problems.of("kana")))
                    (field("name", "患者名", &form.name).hint("一部でも探せます。1文字のときは姓のはじめ").input())
                    (field("hersys_id", "スマホ入力ID", &form.hersys_id).hint("10桁").inputmode("numeric").input())
                    (shown("phone", field("phone", "電話番号", &form.phone).hint("番号全部。ハイフンはなくてもかまいません").kind("tel").input()))
                    (shown("birth_on", field("birth_on", "生年月日", &form.birth_on).hint("例：1980/1/2、S55.1.2").date().input()))
                    (shown("local_id", field("local_id", "保健所独自ID", &form.local_id).hint("番号全部").input()))
                    (shown("prefecture", select("prefecture", "都道府県", "担当保健所の所在地", &form.prefecture, &prefectures::choices())))
                    (shown("diagnosis", select("diagnosis", "診断分類", "", &form.diagnosis, &diagnoses())))
                    (shown("status", select("status", "現在のステータス", "", &form.status, &statuses())))
                    (shown("residence", select("residence", "居所", "", &form.residence, &pairs(Residence::ALL, Residence::code, Residence::label))))
                    @if is_shared_with(scope) {
                        (select("shared", "共有", "ほかの保健所から", &form.shared, &pairs(Shared::ALL, Shared::code, Shared::label)))
                    }
                }
                @if has("registered_from") { (days(scope, form, problems)) }
                div.case-search-buttons {
                    button.button.primary { "検索" }
                    @if !form.is_empty() { a.button href="/staff/cases" { "条件を消す" } }
                }
            }
        }
    }
}

/// Ranges of days and 移行データ: folded away until one of them is used.
fn days(scope: &Scope, form: &SearchForm, problems: &Problems) -> Markup {
    let ranges = [
        ("diagnosed_from", "diagnosed_until", "診断年月日", &form.diagnosed_from, &form.diagnosed_until),
        ("reported_from", "reported_until", "報告年月日", &form.reported_from, &form.reported_until),
        ("registered_from", "registered_until", "登録日", &form.registered_from, &form.registered_until),
    ];
    let is_used =
        !form.origin.is_empty() || ranges.iter().any(|(.., from, until)| !from.is_empty() || !until.is_empty());
    html! {
        details.case-search-days open[is_used] {
            summary { "日付・移行データで探す" }
            div.case-search-fields {
                @for (from, until, label, value_from, value_until) in ranges {
                    @if scope.may_read(group(from)) {
                        fieldset.day-range {
                            legend.label { (label) }
                            (Field::new(from, "この日から", value_from, problems).date().input())
                            (Field::new(until, "この日まで", value_until, problems).date().input())
                        }
                    }
                }
                @if scope.may_read(group("origin")) {
                    (select("origin", "移行データ", "どこで登録された方か", &form.origin, &pairs(Origin::ALL, Origin::code, Origin::label)))
                }
            }
        }
    }
}

/// Only a health centre's list holds people whom another centre shares or offers (SHR-01).
fn is_shared_with(scope: &Scope) -> bool {
    scope.staff().kind == OrganizationKind::HealthCenter
}

fn diagnoses() -> Vec<(String, String)> {
    pairs(&DiagnosisType::ALL, DiagnosisType::code, DiagnosisType::label)
}

fn statuses() -> Vec<(String, String)> {
    pairs(&CurrentStatus::ALL, CurrentStatus::code, CurrentStatus::label)
}

/// (code, label) of each of `all`.
fn pairs<T: Copy>(all: &[T], code: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().map(|one| (code(*one).to_owned(), label(*one).to_owned())).collect()
}

fn select(name: &str, label: &str, hint: &str, value: &str, choices: &[(String, String)]) -> Markup {
    let hint_id = format!("hint-{name}");
    html! {
        div.field {
            label.label for={ "field-" (name) } { (label) }
            @if !hint.is_empty() { p.hint id=(hint_id) { (hint) } }
            div.control {
                select id={ "field-" (name) } name=(name) autocomplete="off"
                    aria-describedby=[(!hint.is_empty()).then_some(&hint_id)] {
                    option value="" { (ALL) }
                    @for (code, label) in choices {
                        option value=(code) selected[code == value] { (label) }
                    }
                }
            }
        }
    }
}

/// フリガナ, where the key `/` leads.
fn first_field(value: &str, error: Option<&str>) -> Markup {
    let described_by = if error.is_some() { "error-kana hint-kana" } else { "hint-kana" };
    html! {
        div.field .wrong[error.is_some()] {
            label.label for="field-kana" { "フリガナ" }
            p.hint #hint-kana { "はじめの数文字でも探せます" }
            div.control {
                input #field-kana name="kana" type="text" value=(value) autocomplete="off" spellcheck="false"
                    autocapitalize="none" data-search aria-keyshortcuts="/" aria-describedby=(described_by)
                    aria-invalid=[error.map(|_| "true")];
            }
            @if let Some(error) = error {
                p.error #error-kana { span.error-mark { "エラー" } span { (error) } }
            }
        }
    }
}
