//! The hand-out: sign-in ID, initial password and address, on paper for whoever gets the ID (IDM-04).
//! It is the answer to the act of issuing and is kept nowhere: nobody can call it up again.

use axum::http::StatusCode;
use axum::response::Response;
use hersys_shared::days;
use maud::{Markup, html};
use time::Date;

use crate::App;
use crate::access::Staff;
use crate::admin::accounts::issue::Issued;
use crate::admin::line::Right;
use crate::ui::{Page, Tone, notice};

/// What one person gets. No `Debug`: it holds a password.
pub struct Handout {
    pub organization_name: String,
    pub display_name: String,
    pub right: Right,
    pub sign_in_id: String,
    pub password: String,
}

/// Why a hand-out is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Issue,
    /// パスワードの再発行
    Reset,
}

/// The answer to an act of issuing.
pub fn answer(app: &App, staff: &Staff, act: Act, issued: Issued, back: &str) -> Response {
    match issued {
        Issued::Done { handouts, phone } => shown_once(app, staff, act, &handouts, &phone, back),
        Issued::Before => refusal(
            staff,
            back,
            "この発行は済んでいます",
            "初期パスワードの画面は、発行した直後に一度だけ表示されます。印刷できなかったときは、IDごとに【パスワードを再発行】してください。",
        ),
        Issued::Taken => refusal(
            staff,
            back,
            "発行できませんでした",
            "ほかの人が、同じサインインIDを先に発行しました。何も発行していません。もう一度内容を確認して発行してください。",
        ),
    }
}

fn refusal(staff: &Staff, back: &str, title: &str, sentence: &str) -> Response {
    let main = html! {
        h1 { (title) }
        (notice(Tone::Wait, html! { p { (sentence) } }))
        p { a.button href=(back) { "戻る" } }
    };
    Page::new(title).staff(staff).response_with(StatusCode::CONFLICT, main)
}

fn shown_once(app: &App, staff: &Staff, act: Act, handouts: &[Handout], phone: &str, back: &str) -> Response {
    let url = format!("{}/staff/", app.config.base_url.as_str().trim_end_matches('/'));
    let today = app.clock.today();
    let (title, sentence) = match act {
        Act::Issue => ("IDの発行", format!("ID {}件を発行しました", handouts.len())),
        Act::Reset => ("パスワードの再発行", "パスワードを再発行しました".to_owned()),
    };
    let main = html! {
        div.handout-guide {
            h1 { (sentence) }
            (notice(Tone::Danger, html! {
                p { strong { "初期パスワードは、この画面でだけ表示されます。" } "閉じる前に印刷し、それぞれの利用者に手渡すか、封書で送ってください。メールやFAXで送らないでください。" }
            }))
            fieldset.field.choices.handout-layout {
                legend.label { "印刷の形" }
                div.control {
                    label.choice { input #layout-pages type="radio" name="layout" value="pages" checked; span { "1人1枚（お渡し用）" } }
                    label.choice { input #layout-sheet type="radio" name="layout" value="sheet"; span { "一覧表（発行者の控え。パスワードなし）" } }
                }
            }
            div.actions {
                button.button.primary type="button" data-print hidden { "印刷" }
                a.button href=(back) { "印刷が済んだので閉じる" }
            }
            p.fine { "印刷は、ブラウザーの「印刷」（CtrlキーとPキー）でもできます。" }
        }
        div.handout-pages { @for handout in handouts { (one_page(handout, (staff, phone), &url, today)) } }
        (sheet(handouts, staff, today))
    };
    Page::new(title).staff(staff).response(main)
}

fn one_page(handout: &Handout, (staff, phone): (&Staff, &str), url: &str, today: Date) -> Markup {
    html! {
        section.handout aria-label=(format!("{} {}", handout.organization_name, handout.display_name)) {
            p.handout-date { (days::japanese(today)) }
            p.handout-to { strong { (handout.organization_name) } br; (handout.display_name) " 様" }
            h2 { "HER-SYS サインインIDのお知らせ" }
            dl.handout-secrets {
                div { dt { "アドレス（URL）" } dd { (url) } }
                div { dt { "サインインID" } dd { (handout.sign_in_id) } }
                div { dt { "初期パスワード" } dd.handout-password { (handout.password) } }
                @if handout.right == Right::Issuer {
                    div { dt { "権限" } dd.handout-plain { (Right::Issuer.label()) "（機関の登録とIDの発行）" } }
                }
            }
            p.fine { "パスワードのハイフン（-）も入力します。数字のゼロとイチ、大文字のアイとオー、小文字のエルは使っていません。" }
            h3 { "はじめてサインインするとき" }
            ol {
                li { "ブラウザーのアドレス欄に、上のアドレスを入力します。検索では見つかりません。" }
                li { "【Sign in】を押し、サインインIDを入力して【次へ】、初期パスワードを入力して【サインイン】を押します。" }
                li { "確認コードを受け取る電話番号（携帯電話か固定電話）を登録します。" }
                li { "ご自身だけが知るパスワードに変更します。初期パスワードは使えなくなります。" }
            }
            h3 { "お願い" }
            ul {
                li { "ID・パスワードを他の人に教えないでください。複数の人で使うときは、人数分のIDを依頼してください。" }
                li { "この紙は、パスワードを変更したら、細かく裁断して処分してください。" }
                li { "紛失したとき、ほかの人に見られたおそれがあるときは、すぐに発行元へ連絡してください。" }
            }
            p.handout-from {
                "発行元　" (staff.organization_name)
                @if !phone.is_empty() { "　電話 " (phone) }
            }
        }
    }
}

/// What the issuer keeps: who got which ID, without the passwords.
fn sheet(handouts: &[Handout], staff: &Staff, today: Date) -> Markup {
    html! {
        section.handout-sheet aria-label="発行した一覧" {
            h2 { "発行したIDの一覧" }
            p { (days::japanese(today)) "　" (staff.organization_name) "　" (handouts.len()) "件" }
            table {
                thead { tr { th scope="col" { "機関" } th scope="col" { "利用者名" } th scope="col" { "サインインID" } th scope="col" { "権限" } th scope="col" { "受け渡しの確認" } } }
                tbody {
                    @for handout in handouts {
                        tr {
                            td { (handout.organization_name) }
                            td { (handout.display_name) }
                            td.handout-id { (handout.sign_in_id) }
                            td { (handout.right.label()) }
                            td {}
                        }
                    }
                }
            }
        }
    }
}
