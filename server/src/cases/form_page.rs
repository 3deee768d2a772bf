//! The ID管理 form and its review, in HTML.

use hersys_shared::Problems;
use hersys_shared::identity::{NOTICES_OFF, NOTICES_ON};
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};

use crate::access::{ItemGroup, Level, OrganizationKind, policy};
use crate::cases::Tab;
use crate::cases::form::{CaseForm, FormContext};
use crate::postal::{self, Found};
use crate::ui::{Field, enter_button};

/// All fields of ID管理 (§4) in sections. Only 氏名, 区分 and 担当保健所 must be filled (IDR-02).
/// `found` is what 【住所検索】 found.
pub fn fields(form: &CaseForm, context: &FormContext, problems: &Problems, found: Option<&Found>) -> Markup {
    let typed = &form.identity;
    let text = |name: &'static str, label: &'static str, value| Field::new(name, label, value, problems);
    let notices = [("", "保健所の方針のとおり"), (NOTICES_ON, "する"), (NOTICES_OFF, "しない")];
    html! {
        (enter_button())
        input type="hidden" name="case_id" value=(form.case_id);
        input type="hidden" name="version" value=(form.version);
        input type="hidden" name="beside_was" value=(form.beside_was);
        (section("kind-section", "登録区分", html! {
            (text("kind", "区分", &form.kind).required().radios(&[
                (CaseKind::Patient.code(), CaseKind::Patient.label()),
                (CaseKind::Contact.code(), CaseKind::Contact.label()),
            ]))
            @if context.index_case_is_hidden() {
                p.fixed { "契機となった感染者の方は登録されています（ほかの保健所の方のため、ここには表示されません）。" }
            } @else {
                (text("index_hersys_id", "契機となった感染者の方のＩＤ", &form.index_hersys_id)
                    .hint("濃厚接触者の場合に、感染者の方のスマホ入力ID（HER-SYS ID）10桁を入力します。").inputmode("numeric").input())
            }
        }))
        (section("person-section", "本人", html! {
            (text("kana", "フリガナ", &typed.kana).hint("ひらがな・半角カナも全角カタカナに直して登録します。").input())
            (text("name", "氏名", &typed.name).required().kana_for("kana").input())
            (text("birth_on", "生年月日", &typed.birth_on).hint("例：1980/1/2、19800102、昭和55年1月2日、S55.1.2").date().input())
            (text("sex", "性別", &typed.sex).radios(&[("male", "男"), ("female", "女")]))
            (text("nationality", "国籍", &typed.nationality).input())
            (postal::field(text("postal_code", "郵便番号", &typed.postal_code).hint("※ハイフンなし"), "address", found))
            (text("address", "住所", &typed.address).input())
            (center(form, context, problems))
            (text("phone", "連絡先電話番号", &typed.phone).hint("※ハイフンはあってもなくてもかまいません").kind("tel").input())
            (text("mail", "メールアドレス", &typed.mail).inputmode("email").input())
        }))
        (section("emergency-section", "緊急連絡先", html! {
            (text("emergency_name", "緊急連絡先 氏名", &typed.emergency_name).input())
            (text("emergency_relation", "続柄", &typed.emergency_relation).input())
            (text("emergency_phone_1", "電話番号1", &typed.emergency_phone_1).kind("tel").input())
            (text("emergency_phone_2", "電話番号2", &typed.emergency_phone_2).kind("tel").input())
        }))
        (section("reception-section", "受付・職業など", html! {
            (text("received_on", "受付年月日", &typed.received_on).date().input())
            (text("occupation", "職業", &typed.occupation).input())
            (text("workplace", "勤務先／学校情報", &typed.workplace).input())
            (text("note", "自由記述欄", &typed.note).textarea(4))
            (text("local_id", "保健所独自ID", &typed.local_id).input())
        }))
        @if context.may_write_period {
            (section("period-section", "健康観察", html! {
                (text("observed_from", "開始日", &form.observed_from).date().input())
                (text("observed_until", "終了予定日", &form.observed_until)
                    .hint("空欄にすると、発症日などから計算します。入力した日は自動では動きません。").date().input())
            }))
        } @else if let Some(case) = &context.case {
            @if policy::may(context.writer, ItemGroup::ObservationPeriod) == Level::Write {
                p.fixed { a href=(Tab::Period.path(case.case_id)) { "健康観察期間は「健康観察期間」の画面で変更します" } }
            }
        }
        (section("sms-section", "通知設定", html! {
            (text("notices", "My HER-SYSのURLとHER-SYS IDの通知", &typed.notices)
                .hint("ご本人に通知するかどうかです。決まっていないときは、担当保健所の方針によります。").radios(&notices))
            @if context.case.is_none() {
                (text("send_sms", "My HER-SYSのURLとHER-SYS IDをSMSで送る", &form.send_sms)
                    .hint(if context.writer == OrganizationKind::MedicalInstitution {
                        "保健所と合意しているときに使えます。連絡先電話番号に携帯電話の番号が必要です。登録すると送られます。"
                    } else {
                        "連絡先電話番号に携帯電話の番号が必要です。登録すると送られます。"
                    }).checkbox())
            }
        }))
    }
}

fn section(id: &str, title: &str, content: Markup) -> Markup {
    html! {
        section.form-section id=(id) aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) { (title) }
            div.form-grid { (content) }
        }
    }
}

/// 担当保健所: a choice at registration, plain words afterwards, with the way to hand it over.
fn center(form: &CaseForm, context: &FormContext, problems: &Problems) -> Markup {
    if let Some(case) = &context.case {
        return html! {
            p.fixed {
                "担当保健所：" (context.center_name(case.responsible_center_id))
                @if context.may_hand_over {
                    "　" a href=(Tab::Sharing.path(case.case_id)) { "ほかの保健所に引き継ぐ" }
                }
            }
        };
    }
    let choices: Vec<(String, String)> =
        context.centers.iter().map(|center| (center.organization_id.to_string(), center.name.clone())).collect();
    Field::new("responsible_center_id", "担当保健所", &form.responsible_center_id, problems).required().select(&choices)
}

/// The form carried along unseen.
pub fn hidden(form: &CaseForm) -> Markup {
    html! {
        @for (name, value) in form.fields() {
            input type="hidden" name=(name) value=(value);
        }
    }
}
