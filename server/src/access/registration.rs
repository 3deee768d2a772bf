//! The first sign-in: a telephone number for the second step (AUTH-06…AUTH-13).

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use hersys_shared::{PhoneNumber, Problems};
use maud::{Markup, html};
use serde::Deserialize;

use crate::App;
use crate::access::Client;
use crate::access::factors::{Choice, Factors, Method, Proof, steps, store};
use crate::access::second_factor::{self, expired, place, to};
use crate::access::sign_in::entry_page;
use crate::error::Result;
use crate::ui::{Field, Tone, notice};

/// The first page of the first sign-in: 詳細情報が必要 (AUTH-06).
pub async fn introduction(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    if without_factor(&app, &jar).await?.is_none() {
        return Ok(to("code"));
    }
    Ok(entry_page(
        "詳細情報が必要",
        &Problems::default(),
        html! {
            p { "アカウントを安全に保つため、サインインのたびに使う電話番号を登録します。" }
            p { "次の画面で、コードを受け取る電話番号を入力してください。" }
            div.actions {
                a.button.primary href="/staff/sign-in/registration/phone" { "次へ" }
                a.button href="/staff/sign-in" { "戻る" }
            }
        },
    )
    .into_response())
}

/// The number and how it is reached.
#[derive(Deserialize, Default)]
pub struct PhoneForm {
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub method: String,
}

impl PhoneForm {
    /// AUTH-07, AUTH-08: the choice, or what is wrong with which field.
    pub fn read(&self) -> std::result::Result<Choice, Problems> {
        let mut problems = Problems::default();
        if self.country != JAPAN {
            problems.add("country", "国を選んでください。登録できるのは日本（+81）の電話番号だけです。");
        }
        let phone = PhoneNumber::parse(&self.phone).map_err(|sentence| problems.add("phone", sentence)).ok();
        let method = Method::of_code(&self.method).filter(|method| matches!(method, Method::Sms | Method::Call));
        if method.is_none() {
            problems.add("method", "【コードをSMS送信する】か【電話する】を選んでください。");
        }
        let (Some(phone), Some(method)) = (phone, method) else {
            return Err(problems);
        };
        if method == Method::Sms && !phone.is_mobile() {
            problems.add("method", "固定電話ではSMSを受け取れません。【電話する】を選んでください。");
        }
        if problems.is_empty() { Ok(Choice { method, phone: Some(phone) }) } else { Err(problems) }
    }

    /// The fields of the form, with the warnings of the manual.
    pub fn fields(&self, problems: &Problems) -> Markup {
        let country = if self.country.is_empty() { JAPAN } else { &self.country };
        let method = if self.method.is_empty() { Method::Sms.code() } else { &self.method };
        html! {
            (Field::new("country", "国", country, problems).required().select(&[(JAPAN.to_owned(), "Japan (+81)".to_owned())]))
            (Field::new("phone", "電話番号", &self.phone, problems)
                .required()
                .hint("携帯電話か固定電話の番号。例：090-1234-5678")
                .kind("tel")
                .inputmode("tel")
                .autocomplete("tel-national")
                .maxlength(20)
                .autofocus()
                .input())
            (Field::new("method", "確認の方法", method, problems)
                .required()
                .hint("SMSを受け取れるのは携帯電話だけです。固定電話のときは【電話する】を選んでください。")
                .radios(&[(Method::Sms.code(), "コードをSMS送信する"), (Method::Call.code(), "電話する")]))
            // AUTH-09
            (notice(Tone::Information, html! {
                p { "※代表電話番号は、自動応答やフリーコールの場合は認証されない場合があります。" }
                p { "業務で使うことを許されていれば、個人の携帯電話の番号も登録できます。" }
            }))
        }
    }
}

const JAPAN: &str = "81";

/// 電話番号の登録
pub async fn phone_page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let Some(proof) = without_factor(&app, &jar).await? else {
        return Ok(to("code"));
    };
    let typed = PhoneForm {
        phone: proof.pending.phone.clone().unwrap_or_default(),
        method: proof.pending.method.clone().unwrap_or_default(),
        ..PhoneForm::default()
    };
    Ok(phone_form(&typed, &Problems::default()).into_response())
}

/// 次へ: sends the code or calls.
pub async fn take_phone(
    State(app): State<App>,
    client: Client,
    jar: CookieJar,
    Form(form): Form<PhoneForm>,
) -> Result<Response> {
    let Some(mut proof) = without_factor(&app, &jar).await? else {
        return Ok(to("code"));
    };
    app.limits.codes(&client)?;
    let choice = match form.read() {
        Ok(choice) => choice,
        Err(problems) => {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, phone_form(&form, &problems)).into_response());
        }
    };
    store::set_registering(&app.db, proof.token_hash(), None).await?;
    proof.pending.registers = true;
    steps::turn_to(&app, &proof, place(&proof), &choice).await
}

/// The number was proved: success, and 【完了】 (AUTH-13).
pub async fn done_page(State(app): State<App>, jar: CookieJar) -> Result<Response> {
    let registered = second_factor::proved(&app, &jar).await?.filter(|proof| proof.pending.registers);
    if registered.is_none() {
        return Ok(Redirect::to("/staff/sign-in").into_response());
    }
    Ok(entry_page(
        "成功",
        &Problems::default(),
        html! {
            (notice(Tone::Done, html! { p { "電話番号を登録しました。次からは、この番号でサインインを確認します。" } }))
            p { "番号は、サインインしたあとに【セキュリティ情報】で変更や追加ができます。" }
            form method="post" action="/staff/sign-in/registration/done" {
                div.actions { button.button.primary type="submit" { "完了" } }
            }
        },
    )
    .into_response())
}

/// 完了
pub async fn leave(State(app): State<App>, client: Client, jar: CookieJar) -> Result<Response> {
    let Some(proof) = second_factor::proved(&app, &jar).await? else {
        return Ok(expired());
    };
    second_factor::into_the_system(&app, &client, jar, &proof).await
}

/// The sign-in of an account that has no factor yet.
async fn without_factor(app: &App, jar: &CookieJar) -> Result<Option<Proof>> {
    let Some(proof) = second_factor::unproved(app, jar).await? else {
        return Ok(None);
    };
    Ok(Factors::of(&app.db, proof.pending.account_id).await?.is_empty().then_some(proof))
}

fn phone_form(form: &PhoneForm, problems: &Problems) -> Markup {
    entry_page(
        "電話番号の登録",
        problems,
        html! {
            form method="post" action="/staff/sign-in/registration/phone" novalidate {
                (form.fields(problems))
                div.actions {
                    button.button.primary type="submit" { "次へ" }
                    a.button href="/staff/sign-in/registration" { "戻る" }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(phone: &str, method: &str) -> std::result::Result<Choice, Problems> {
        PhoneForm { country: JAPAN.into(), phone: phone.into(), method: method.into() }.read()
    }

    #[test]
    fn auth_08_a_landline_is_registered_only_by_call() {
        assert!(read("03-1234-5678", "call").is_ok());
        assert!(read("090-1234-5678", "call").is_ok());
        assert!(read("090-1234-5678", "sms").is_ok());
        assert!(read("03-1234-5678", "sms").unwrap_err().of("method").is_some());
    }

    #[test]
    fn auth_07_every_field_has_its_sentence() {
        let problems = PhoneForm::default().read().unwrap_err();
        for field in ["country", "phone", "method"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
        assert!(read("090-1234-5678", "passkey").is_err());
    }
}
