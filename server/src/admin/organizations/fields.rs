//! The fields of an organisation, as they are asked for.

use hersys_shared::{Problems, prefectures};
use maud::{Markup, html};

use crate::access::OrganizationKind;
use crate::admin::line::{Line, Offices};
use crate::admin::organizations::Organization;
use crate::admin::organizations::form::{OrganizationForm, governing_is_fixed, has_roles};
use crate::ui::Field;

/// The fields of an organisation of `kind`.
pub fn fields(
    form: &OrganizationForm,
    kind: OrganizationKind,
    manager: &Line,
    offices: &Offices,
    current: Option<&Organization>,
    problems: &Problems,
) -> Markup {
    let field = |name: &'static str, label: &'static str, value| Field::new(name, label, value, problems);
    html! {
        (section("organization", "機関", html! {
            (field("name", "名称", &form.name).required().maxlength(100).input())
            (field("code", "コード", &form.code).required()
                .hint("保健所コード、医療機関コードなど。同じ種別の中で重ならない番号です。").maxlength(40).input())
            (place(form, kind, manager, offices, current, problems))
        }))
        @if kind == OrganizationKind::MedicalInstitution {
            (section("institution", "医療機関の役割", html! {
                (field("outpatient", "外来（検査・診療）", &form.outpatient).checkbox())
                (field("inpatient", "入院", &form.inpatient).checkbox())
                (field("follow_up", "健康フォローアップ機関の権限をつける", &form.follow_up)
                    .hint("保健所が紐づけた方について、健康観察の入力と医師所見の入力・閲覧ができるようになります。外すと、紐づけはすべて解除されます。").checkbox())
            }))
        }
        (own_fields(form, kind, problems))
        (section("period", "利用の期間", html! {
            (field("active_from", "利用開始日", &form.active_from)
                .hint("この日からサインインできます。空欄のときは、すぐに使えます。例：2022/9/26、令和4年9月26日").short().input())
            (field("active_until", "利用停止日", &form.active_until)
                .hint("この日から使えなくなります。決まっていないときは空欄にします。").short().input())
        }))
    }
}

/// The fields that an organisation keeps for itself.
pub fn own_fields(form: &OrganizationForm, kind: OrganizationKind, problems: &Problems) -> Markup {
    let field = |name: &'static str, label: &'static str, value| Field::new(name, label, value, problems);
    let phone = field("phone", "電話番号", &form.phone).kind("tel").hint("※ハイフンはあってもなくてもかまいません");
    html! {
        (section("contact", "連絡先", html! {
            (if kind == OrganizationKind::HealthCenter { phone.required().input() } else { phone.input() })
            (field("address", "住所", &form.address).maxlength(200).input())
            (field("mail", "メールアドレス（お知らせの宛先）", &form.mail).inputmode("email")
                .hint("共有や引継ぎなどのお知らせが届いたことを、このあてに知らせます。ご本人の氏名などは書かれません。空欄のときは、トップページにだけ表示します。")
                .maxlength(254).input())
        }))
        @if kind == OrganizationKind::HealthCenter {
            (section("notices", "ご本人への通知", html! {
                (field("sends_url_notice", "My HER-SYSのURLとHER-SYS IDの通知", or(&form.sends_url_notice, "on"))
                    .hint("担当する方の通知設定が決まっていないときの方針です。").radios(&[("on", "する"), ("off", "しない")]))
                (field("institutions_may_notify", "医療機関からの通知", or(&form.institutions_may_notify, "off"))
                    .hint("医療機関と合意しているときに認めます。みなし陽性の方には、医療機関からは送れません。")
                    .radios(&[("on", "認める"), ("off", "認めない")]))
            }))
            (section("reminders", "健康状態の入力のお願い", form.reminders.fields(problems)))
        }
        @if has_roles(kind) {
            (section("roles", "システム利用の責任者", html! {
                (field("system_chief", "システム利用統括責任者", &form.system_chief).hint("所属・職名と氏名").maxlength(100).input())
                (field("system_manager", "システム利用管理者", &form.system_manager).hint("所属・職名と氏名").maxlength(100).input())
            }))
        }
    }
}

/// The choice of an empty form.
fn or<'a>(typed: &'a str, default: &'a str) -> &'a str {
    if typed.is_empty() { default } else { typed }
}

fn place(
    form: &OrganizationForm,
    kind: OrganizationKind,
    manager: &Line,
    offices: &Offices,
    current: Option<&Organization>,
    problems: &Problems,
) -> Markup {
    let field = |name: &'static str, label: &'static str, value| Field::new(name, label, value, problems);
    if current.is_some() && governing_is_fixed(kind) {
        return html! {};
    }
    let choices: Vec<(String, String)> = offices
        .places(manager, kind)
        .into_iter()
        .map(|office| (office.organization_id.to_string(), office.name.clone()))
        .collect();
    let own = offices.get(manager.organization_id).filter(|own| choices.len() == 1 && choices[0].1 == own.name);
    html! {
        @if kind == OrganizationKind::HeadOffice {
            (field("prefecture_code", "都道府県", &form.prefecture_code).required().short().select(&prefectures::choices()))
            (field("is_city", "市区の本庁（保健所設置市・特別区）", &form.is_city).checkbox())
            @if !choices.is_empty() {
                (field("governing_id", "所管する都道府県本庁・調整本部", &form.governing_id)
                    .hint("市区本庁のときに選びます。選んだ本庁からも、管内の方の情報が見えるようになります。").select(&choices))
            }
        } @else if let Some(own) = own {
            p.fixed { "所管：" (own.name) }
        } @else {
            @let label = if kind == OrganizationKind::MedicalInstitution { "所管保健所" } else { "所管" };
            (field("governing_id", label, &form.governing_id).required().select(&choices))
        }
    }
}

fn section(id: &str, title: &str, content: Markup) -> Markup {
    html! {
        section.form-section aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) { (title) }
            div.form-grid { (content) }
        }
    }
}
