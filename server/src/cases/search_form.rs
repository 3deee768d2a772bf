//! The search form on top of 登録情報一覧 (LST-02, LST-03).

use hersys_shared::Problems;
use maud::{Markup, html};

use crate::access::{ItemGroup, OrganizationKind, Scope};
use crate::cases::search::{SearchForm, Shared};
use crate::ui::Field;

/// The form; what was typed stays in it.
pub fn show(scope: &Scope, form: &SearchForm, problems: &Problems) -> Markup {
    let field = |name, label, value| Field::new(name, label, value, problems);
    html! {
        search {
            form.case-search method="post" action="/staff/cases/search" novalidate {
                div.case-search-fields {
                    (first_field(&form.kana, problems.of("kana")))
                    (field("name", "患者名", &form.name).hint("姓からはじめの数文字でも探せます").input())
                    (field("hersys_id", "スマホ入力ID", &form.hersys_id).hint("10桁").inputmode("numeric").input())
                    @if scope.may_read(ItemGroup::Identity) {
                        (field("phone", "電話番号", &form.phone).hint("番号全部。ハイフンはなくてもかまいません").kind("tel").input())
                        (field("birth_on", "生年月日", &form.birth_on).hint("例：1980/1/2、S55.1.2").input())
                    }
                    @if is_shared_with(scope) { (shared_field(form)) }
                }
                div.case-search-buttons {
                    button.button.primary { "検索" }
                    @if !form.is_empty() { a.button href="/staff/cases" { "条件を消す" } }
                }
            }
        }
    }
}

/// Only a health centre's list holds people whom another centre shares or offers (SHR-01).
fn is_shared_with(scope: &Scope) -> bool {
    scope.staff().kind == OrganizationKind::HealthCenter
}

fn shared_field(form: &SearchForm) -> Markup {
    html! {
        div.field {
            label.label for="field-shared" { "共有" }
            p.hint #hint-shared { "ほかの保健所から" }
            div.control {
                select #field-shared name="shared" aria-describedby="hint-shared" {
                    option value="" { "すべての方" }
                    @for shared in Shared::ALL {
                        option value=(shared.code()) selected[shared.code() == form.shared] { (shared.label()) }
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
