//! スマホ入力ID印字 (FORM-28): the hand-out for the person, with the ID in large type, a QR code to the
//! registration, and the ways by telephone that there are. Names neither the person nor an illness.

use axum::extract::State;
use axum::response::Response;
use maud::html;
use time::Duration;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Write, group};
use crate::access::{Client, Grant};
use crate::cases::{self, Tab};
use crate::error::{Error, Result};
use crate::info::{self, Document};
use crate::notification::store;
use crate::secret::Token;
use crate::ui::{self, Page, operations};
use hersys_shared::{PhoneNumber, days};

/// How long the QR code fills in the ID: as long as the link in the SMS.
const LASTS: Duration = Duration::days(14);

/// Each print has a link of its own, of which only the hash is kept; so the page is the answer itself.
pub async fn print(grant: Grant<group::Identity, Write>, client: Client, State(app): State<App>) -> Result<Response> {
    let now = app.clock.now();
    let case = cases::store::case(grant.db(), grant.case_id()).await?.ok_or(Error::NotFound)?;
    let center = store::center_contact(grant.db(), case.responsible_center_id).await?.ok_or(Error::NotFound)?;
    let token = Token::short();
    let until = now + LASTS;
    let mut tx = grant.db().begin().await?;
    cases::store::insert_invitation(&mut tx, token.hash(), grant.case_id(), until).await?;
    Entry::by_staff(grant.staff(), &client, now, "case.hand_out").about(grant.case_id()).write(&mut tx).await?;
    tx.commit().await?;
    let base = app.config.base_url.as_str();
    let code = ui::qr(&format!("{base}r/{}", token.as_str()), "登録画面を開くQRコード");
    let text = info::rendered(&app, Document::HandOut);
    let phone = PhoneNumber::parse(&center.phone).map_or_else(|_| center.phone.clone(), |number| number.to_string());
    let main = html! {
        div.sheet-screen {
            h1 { "スマホ入力ID印字" }
            p { "ご本人に渡す案内です。QRコードは1枚ごとに異なり、" (days::japanese(until.day())) "まで使えます。お名前は手書きで記入してください。" }
            (operations(html! {
                button.button.primary type="button" data-print { "印刷する" }
                a.button href=(Tab::Notification.path(grant.case_id())) { "発生届へ戻る" }
            }))
            p.fine { "ボタンで印刷が始まらないときは、ブラウザーの印刷（Ctrl＋P）をお使いください。" }
        }
        article.hand-out aria-label="ご本人に渡す案内" {
            p.hand-out-name { span { "　" } "様" }
            h2.hand-out-title { (text.title) }
            div.hand-out-id {
                div {
                    p.hand-out-label { "スマホ入力ID（HER-SYS ID）" }
                    p.hand-out-number { (case.hersys_id.spaced()) }
                    p.hand-out-address { (base) }
                }
                @if let Some(code) = code {
                    figure {
                        (code)
                        figcaption { (days::japanese(until.day())) "まで" br; "Valid until " (days::iso(until.day())) }
                    }
                }
            }
            div.hand-out-text { (text.body) }
            footer.hand-out-center {
                p { "お問い合わせ先　Contact" }
                p { strong { (center.name) } "　電話 " strong { (phone) } }
            }
        }
    };
    Ok(Page::new("スマホ入力ID印字").staff(grant.staff()).response(main))
}
