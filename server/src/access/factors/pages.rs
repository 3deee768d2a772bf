//! The pages that ask for a proof: a code, a call, a key.

use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};

use crate::access::factors::proof::CallState;
use crate::access::sign_in::entry_page;
use crate::clock::Timestamp;
use crate::ui::{Field, Tone, notice};
use crate::web::staff_asset;

/// Where the pages belong: in the sign-in, or in セキュリティ情報.
#[derive(Clone, Copy)]
pub struct Place {
    /// Begins every address of the steps.
    pub area: &'static str,
    /// 検証 at a sign-in, 次へ where the number is new (AUTH-10).
    pub submit: &'static str,
    /// Where 戻る leads (AUTH-13).
    pub back: Option<&'static str>,
    /// Whether another way can be chosen (AUTH-22).
    pub other_ways: bool,
    /// The number was typed just now: it is shown in full, so that a slip is seen. Later it is masked (AUTH-21).
    pub is_new: bool,
    /// The heading, where it is not that of the sign-in.
    pub heading: Option<&'static str>,
}

impl Place {
    pub fn to(&self, step: &str) -> String {
        format!("{}/{step}", self.area)
    }

    /// AUTH-22 and AUTH-24: the way out for whoever has no telephone at hand.
    fn help(&self, details: Markup) -> Markup {
        html! {
            @if self.other_ways {
                p { a href="/staff/sign-in/methods" { "問題がありますか？別の方法でサインインする" } }
            }
            details.more {
                summary { "詳細情報" }
                (details)
                @if self.other_ways {
                    p {
                        "電話もSMSも使えないときは、セキュリティキーや認証アプリを登録できます。"
                        "どの方法も使えないときは、IDを発行した担当者（利用者認証実施者）に登録のやり直しを依頼してください。"
                    }
                }
            }
        }
    }

    fn number(&self, phone: &PhoneNumber) -> String {
        if self.is_new { phone.to_string() } else { format!("+81 {}", phone.masked()) }
    }

    fn back(&self) -> Markup {
        html! { @if let Some(back) = self.back { a.button href=(back) { "戻る" } } }
    }
}

/// AUTH-10, AUTH-21: the code from an SMS.
pub fn sms(place: Place, phone: &PhoneNumber, sent_at: Option<Timestamp>, problems: &Problems) -> Markup {
    entry_page(
        place.heading.unwrap_or("コードの入力"),
        problems,
        html! {
            @match sent_at {
                Some(at) => {
                    p {
                        "電話 " (place.number(phone)) " に SMS を送信しました。"
                        @if place.is_new { "コードを入力してください。番号が違うときは、戻って直せます。" }
                        @else { "コードを入力してサインインしてください。" }
                        br;
                        span.fine { (at.hour_minute()) " に送信" }
                    }
                }
                None => (not_sent("コードをまだ送信していません。少し待ってから【コードをもう一度送る】を押してください。")),
            }
            (code_form(place, "6桁の数字（5分間有効）", problems))
            div.entry-help {
                p { "SMSが届かないときは、電波の状態と、SMSの受信拒否の設定を確かめてください。" }
                form method="post" action=(place.to("code/sendings")) {
                    button.button type="submit" { "コードをもう一度送る" }
                }
                p.fine { (WAITING) }
                (place.help(html! {
                    p { "コードは一度だけ使えます。送信元の番号と文面は変わることがあります。新しいコードを送ると、前のコードは使えなくなります。" }
                }))
            }
        },
    )
}

/// The code that an authenticator app shows.
pub fn app(place: Place, problems: &Problems) -> Markup {
    entry_page(
        "コードの入力",
        problems,
        html! {
            p { "認証アプリに表示されている HER-SYS のコードを入力してサインインしてください。" }
            (code_form(place, "6桁の数字（30秒ごとに変わります）", problems))
            div.entry-help {
                (place.help(html! {
                    p { "コードが合わないときは、スマートフォンの時刻を「自動設定」にしてください。同じコードは一度しか使えません。" }
                }))
            }
        },
    )
}

fn code_form(place: Place, hint: &str, problems: &Problems) -> Markup {
    html! {
        form.code-entry method="post" action=(place.to("code")) novalidate {
            (Field::new("code", "コードの入力", "", problems)
                .hint(hint)
                .inputmode("numeric")
                .autocomplete("one-time-code")
                // Room for the spaces of a copied code.
                .maxlength(12)
                .autofocus()
                .input())
            div.actions {
                button.button.primary type="submit" { (place.submit) }
                (place.back())
            }
        }
    }
}

/// AUTH-11, AUTH-12: the state of a call. A small script looks again by itself; without it the
/// button does.
pub fn call(place: Place, phone: &PhoneNumber, state: CallState, problems: &Problems) -> Markup {
    let waits = matches!(state, CallState::Calling | CallState::Approved);
    entry_page(
        place.heading.unwrap_or("サインイン要求を承認"),
        problems,
        html! {
            @if waits {
                div.calling role="status" {
                    p.lead { "お客様の電話にかけています。続行するには、応答してください。" }
                    p { "電話 " (place.number(phone)) }
                }
                ol {
                    li { "かかってきた電話に出て、音声案内を聞いてください。" }
                    li { "電話の " kbd { "#" } "（シャープ）を押してください。" }
                    li { "画面は自動で進みます。進まないときは【状況を確認】を押してください。" }
                }
                form method="post" action=(place.to("call")) data-call-state=(place.to("call/state")) {
                    div.actions {
                        button.button.primary type="submit" { "状況を確認" }
                        (place.back())
                    }
                }
            } @else {
                @if state == CallState::None {
                    (not_sent("電話をまだかけていません。少し待ってから【もう一度電話する】を押してください。"))
                }
                form method="post" action=(place.to("code/sendings")) {
                    div.actions {
                        button.button.primary type="submit" { "もう一度電話する" }
                        @if let Some(back) = place.back {
                            a.button href=(back) {
                                @if phone.is_mobile() { "SMSで確認する・番号を直す" } @else { "番号を直す" }
                            }
                        }
                    }
                }
                p { "電話 " (place.number(phone)) }
                p.fine { (WAITING) }
            }
            div.entry-help {
                (place.help(html! {
                    p { "※電話に出ないと、エラー表示がされます。" }
                    p { "※代表電話番号は、自動応答やフリーコールの場合は認証されない場合があります。" }
                }))
            }
            script src=(staff_asset("sign-in.js")) defer {}
        },
    )
}

/// What `proof` allows: one sending a minute, five an hour.
const WAITING: &str = "もう一度送信・電話できるのは、前の操作から1分たってからです（1時間に5回まで）。";

/// AUTH-12
pub const NOT_ANSWERED: &str = "電話に出られなかったか、#（シャープ）が押されなかったため、確認できませんでした。もう一度電話するか、別の方法を選んでください。";

fn not_sent(sentence: &str) -> Markup {
    notice(Tone::Wait, html! { p { "続けて送信できる回数を超えました。" (sentence) } })
}

/// AUTH-24: a security key or passkey. `options` is what the browser is asked for.
pub fn passkey(place: Place, options: Option<&str>, problems: &Problems) -> Markup {
    entry_page(
        "セキュリティキーで確認",
        problems,
        html! {
            @match options {
                Some(options) => {
                    p { "登録したセキュリティキーかパスキーで、本人であることを確認します。" }
                    (key_form(KeyForm { action: &place.to("passkey"), options, ask: "get", button: "キーで確認する", more: html! {} }))
                }
                None => {
                    (notice(Tone::Wait, html! { p { "このシステムのアドレスでは、セキュリティキーを使えません。別の方法でサインインしてください。" } }))
                }
            }
            div.entry-help {
                (place.help(html! {
                    p { "キーを差し込むか端末にかざし、画面の案内に従ってください。登録したときと同じアドレスで開いている必要があります。" }
                }))
            }
        },
    )
}

/// A form whose answer comes from a key, by script.
pub struct KeyForm<'a> {
    pub action: &'a str,
    pub options: &'a str,
    /// `create` or `get`, as browsers call it.
    pub ask: &'a str,
    pub button: &'a str,
    /// Further fields.
    pub more: Markup,
}

pub fn key_form(form: KeyForm<'_>) -> Markup {
    html! {
        form method="post" action=(form.action) data-passkey=(form.ask) data-options=(form.options) novalidate {
            (form.more)
            input type="hidden" name="credential" value="";
            p.error role="alert" data-passkey-problem hidden {}
            noscript { (notice(Tone::Wait, html! { p { "セキュリティキーを使うには、ブラウザーのJavaScriptを有効にしてください。" } })) }
            div.actions { button.button.primary type="submit" { (form.button) } }
        }
        script src=(staff_asset("passkey.js")) defer {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place =
        Place { area: "/staff/sign-in", submit: "検証", back: None, other_ways: true, is_new: false, heading: None };

    #[test]
    fn auth_21_auth_22_the_page_shows_the_number_masked_and_another_way() {
        let phone = PhoneNumber::parse("090-1234-5678").unwrap();
        let html = sms(PLACE, &phone, Some(Timestamp(0)), &Problems::default()).into_string();
        assert!(
            html.contains("電話 +81 XXX-XXXX-X678 に SMS を送信しました。コードを入力してサインインしてください。")
        );
        assert!(html.contains("問題がありますか？別の方法でサインインする") && html.contains("詳細情報"));
        assert!(!html.contains("1234"));
    }

    #[test]
    fn auth_12_a_number_typed_just_now_is_shown_and_another_way_offered_where_nobody_answered() {
        let place = Place { back: Some("/back"), other_ways: false, is_new: true, heading: Some("確認"), ..PLACE };
        let mobile = PhoneNumber::parse("090-1234-5678").unwrap();
        let html = call(place, &mobile, CallState::Failed, &Problems::default()).into_string();
        for text in ["09012345678", "SMSで確認する・番号を直す", "1分たってから", "<h1>確認</h1>"] {
            assert!(html.contains(text), "{text}");
        }
        let landline = PhoneNumber::parse("03-1234-5678").unwrap();
        assert!(!call(place, &landline, CallState::Failed, &Problems::default()).into_string().contains("SMSで"));
    }

    #[test]
    fn auth_11_a_call_has_its_title_and_sentence() {
        let phone = PhoneNumber::parse("03-1234-5678").unwrap();
        let html = call(PLACE, &phone, CallState::Calling, &Problems::default()).into_string();
        assert!(html.contains("サインイン要求を承認"));
        assert!(html.contains("お客様の電話にかけています。続行するには、応答してください。"));
        assert!(html.contains("状況を確認"));
    }
}
