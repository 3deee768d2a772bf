//! A proof under way: what was sent, to which number, and whether the answer is right.
//!
//! Codes have six digits, hold for five minutes and five tries, once, and only in the browser that
//! asked for them (AUTH-10, AUTH-23). A call waits two minutes for its `#` (AUTH-11, AUTH-12).

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use hersys_shared::PhoneNumber;
use hersys_shared::digits::only_digits;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::factors::app::Seed;
use crate::access::factors::store::{self, Pending, Sending, Sent};
use crate::access::factors::{Choice, Method};
use crate::access::limits::Guessing;
use crate::access::staff::host_cookie;
use crate::access::{Client, store as access_store};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::messages::{self, Channel, NewMessage};
use crate::secret::{Token, hash_token, same, six_digits};

pub const LASTS: Duration = Duration::minutes(10);
pub const CODE_LASTS: Duration = Duration::minutes(5);
pub const CALL_LASTS: Duration = Duration::minutes(2);
const TRIES: i64 = 5;
const BETWEEN_SENDINGS: Duration = Duration::minutes(1);
const SENDINGS_AN_HOUR: i64 = 5;

/// What is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    SignIn,
    /// Somebody who is signed in adds a factor.
    Factor,
}

impl Purpose {
    fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Factor => "factor",
        }
    }

    /// Ties the proof to the browser in which it began.
    pub fn cookie(self) -> &'static str {
        match self {
            Self::SignIn => "__Host-hersys-signin",
            Self::Factor => "__Host-hersys-factor",
        }
    }
}

/// The proof of one browser.
pub struct Proof {
    token: String,
    pub pending: Pending,
}

/// How a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// None was begun.
    None,
    Calling,
    Approved,
    Failed,
}

impl CallState {
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Calling => "calling",
            Self::Approved => "approved",
            Self::Failed => "failed",
        }
    }
}

pub enum Judgement {
    Right,
    Wrong(String),
    /// No try was used.
    NotTried(&'static str),
}

/// Begins a proof; the cookie belongs to the browser that asked.
pub async fn begin(app: &App, account_id: Uuid, purpose: Purpose) -> Result<(Proof, Cookie<'static>)> {
    let token = Token::random();
    let now = app.clock.now();
    store::insert_pending(&app.db, token.hash(), account_id, purpose.code(), now + LASTS).await?;
    let pending = store::pending(&app.db, token.hash(), purpose.code(), now).await?.ok_or(Error::NotSignedIn)?;
    let cookie = host_cookie(purpose.cookie(), token.as_str().to_owned());
    Ok((Proof { token: token.as_str().to_owned(), pending }, cookie))
}

pub async fn find(app: &App, jar: &CookieJar, purpose: Purpose) -> Result<Option<Proof>> {
    let Some(token) = jar.get(purpose.cookie()).map(|cookie| cookie.value().to_owned()) else {
        return Ok(None);
    };
    let pending = store::pending(&app.db, hash_token(&token), purpose.code(), app.clock.now()).await?;
    Ok(pending.map(|pending| Proof { token, pending }))
}

impl Proof {
    pub fn token_hash(&self) -> [u8; 32] {
        hash_token(&self.token)
    }

    /// Account and organisation, for the audit.
    pub fn whose(&self) -> (Uuid, Uuid) {
        (self.pending.account_id, self.pending.organization_id)
    }

    /// The way that was chosen.
    pub fn choice(&self) -> Option<Choice> {
        let method = Method::of_code(self.pending.method.as_deref()?)?;
        let phone = self.pending.phone.as_deref().and_then(|number| PhoneNumber::parse(number).ok());
        Some(Choice { method, phone })
    }

    /// Whether something was sent that may still be answered.
    pub fn waits_for_answer(&self, now: Timestamp) -> bool {
        let code = self.pending.code_hash.is_some() && self.pending.tries < TRIES && self.is_fresh(CODE_LASTS, now);
        self.pending.proved_at.is_none() && (code || self.call_state(now) == CallState::Calling)
    }

    pub fn sent_at(&self) -> Option<Timestamp> {
        self.pending.code_hash.as_ref().and(self.pending.code_sent_at)
    }

    pub fn call_state(&self, now: Timestamp) -> CallState {
        match self.pending.call_state.as_deref() {
            Some("approved") if self.is_fresh(CODE_LASTS, now) => CallState::Approved,
            Some("calling") if self.is_fresh(CALL_LASTS, now) => CallState::Calling,
            Some(_) => CallState::Failed,
            None => CallState::None,
        }
    }

    fn is_fresh(&self, lasts: Duration, now: Timestamp) -> bool {
        is_fresh(self.pending.code_sent_at, lasts, now)
    }

    /// Turns to a way of proving: sends a code, begins a call, or only notes it. [`Error::TooMany`]
    /// where nothing may be sent yet; the way is noted all the same.
    pub async fn take(&self, app: &App, choice: &Choice) -> Result<()> {
        let number = choice.phone.as_ref().map(PhoneNumber::as_str);
        store::set_method(&app.db, self.token_hash(), choice.method.code(), number, None).await?;
        self.send_again(app, choice).await
    }

    /// Sends a code or begins a call, anew where there was one before; other ways send nothing.
    pub async fn send_again(&self, app: &App, choice: &Choice) -> Result<()> {
        match (choice.method, choice.phone.as_ref().map(PhoneNumber::as_str)) {
            (Method::Sms, Some(number)) => self.send_code(app, number).await,
            (Method::Call, Some(number)) => self.call(app, number).await,
            _ => Ok(()),
        }
    }

    async fn send_code(&self, app: &App, number: &str) -> Result<()> {
        let code = six_digits();
        let sending = Sending {
            method: Method::Sms.code(),
            phone: number,
            code_hash: Some(self.hash_code(app, &code)),
            call_hash: None,
            at: app.clock.now(),
            expires_at: app.clock.now() + CODE_LASTS,
        };
        let message = NewMessage {
            channel: Channel::Sms,
            recipient: number.to_owned(),
            subject: String::new(),
            body: format!("HER-SYSのサインインコード：{code}（5分間有効）。ほかの人に教えないでください。"),
            case_id: None,
            expires_at: sending.expires_at,
        };
        self.send(app, sending, message).await
    }

    async fn call(&self, app: &App, number: &str) -> Result<()> {
        let token = Token::random();
        let sending = Sending {
            method: Method::Call.code(),
            phone: number,
            code_hash: None,
            call_hash: Some(token.hash()),
            at: app.clock.now(),
            expires_at: app.clock.now() + CODE_LASTS,
        };
        let message = NewMessage {
            channel: Channel::Call,
            recipient: number.to_owned(),
            subject: token.as_str().to_owned(),
            body: "こちらはハーシスです。サインインを続けるには、シャープを押してください。\
                   お心当たりのないときは、何も押さずに電話を切ってください。"
                .to_owned(),
            case_id: None,
            expires_at: sending.at + CALL_LASTS,
        };
        self.send(app, sending, message).await
    }

    /// One sending a minute by each method, five an hour by all of them.
    async fn send(&self, app: &App, sending: Sending<'_>, message: NewMessage) -> Result<()> {
        let (account_id, now) = (self.pending.account_id, sending.at);
        let mut tx = app.db.begin().await?;
        access_store::hold_account(&mut tx, account_id).await?;
        let sent = store::sent_since(&mut tx, account_id, sending.method, now - Duration::hours(1)).await?;
        if let Some(retry_after) = wait_before_next(sent, now) {
            return Err(Error::TooMany { retry_after });
        }
        store::note_sending(&mut tx, self.token_hash(), &sending).await?;
        messages::enqueue(&mut tx, now, message).await?;
        tx.commit().await?;
        app.outbox.wake();
        Ok(())
    }

    /// Judges a code from an SMS or an app.
    pub async fn judge(&self, app: &App, client: &Client, typed: &str) -> Result<Judgement> {
        let by_app = self.pending.method.as_deref() == Some(Method::App.code());
        let Some(code) = only_digits(typed).filter(|digits| digits.len() == 6) else {
            return Ok(Judgement::NotTried(if by_app {
                "コードは6桁の数字です。認証アプリを見て入力してください。"
            } else {
                "コードは6桁の数字です。SMSを見て入力してください。"
            }));
        };
        let attempt = Guessing::of_factor(app, self.pending.account_id, client).begin().await?;
        let judgement = if by_app { self.judge_app(app, &code).await? } else { self.judge_sms(app, &code).await? };
        match &judgement {
            Judgement::Right => attempt.right().await?,
            Judgement::Wrong(_) => attempt.wrong_at(self.pending.account_id).await?,
            Judgement::NotTried(_) => attempt.withdraw().await?,
        }
        Ok(judgement)
    }

    async fn judge_sms(&self, app: &App, code: &str) -> Result<Judgement> {
        let Some(code_hash) = &self.pending.code_hash else {
            return Ok(Judgement::NotTried("コードをまだ送信していません。【コードをもう一度送る】を押してください。"));
        };
        if !self.is_fresh(CODE_LASTS, app.clock.now()) {
            return Ok(Judgement::NotTried(
                "このコードの有効時間（5分）が過ぎました。【コードをもう一度送る】を押し、新しいコードを入力してください。",
            ));
        }
        // Counted before it is judged, so that parallel guesses cannot share a try.
        if !store::count_try(&app.db, self.token_hash(), TRIES).await? {
            return Ok(Judgement::NotTried(USED_UP));
        }
        if same(code_hash, &self.hash_code(app, code)) {
            return Ok(Judgement::Right);
        }
        Ok(Judgement::Wrong(match TRIES - self.pending.tries - 1 {
            left @ 1.. => {
                format!("コードが正しくありません。SMSの6桁の数字を確かめてください（あと{left}回入力できます）。")
            }
            _ => USED_UP.to_owned(),
        }))
    }

    /// A code of any of the account's apps. A step that was used up is as wrong as any other code.
    async fn judge_app(&self, app: &App, code: &str) -> Result<Judgement> {
        let now = app.clock.now();
        for device in store::devices(&app.db, self.pending.account_id).await? {
            if device.kind != Method::App.code() {
                continue;
            }
            if let Some(step) = Seed::of(app, device.factor_id).step_of(code, now)
                && store::use_step(&app.db, self.pending.account_id, device.factor_id, step, now).await?
            {
                return Ok(Judgement::Right);
            }
        }
        Ok(Judgement::Wrong(
            "コードが正しくないか、もう使われています。認証アプリの新しいコードを入力してください。".to_owned(),
        ))
    }

    fn hash_code(&self, app: &App, code: &str) -> [u8; 32] {
        app.secret.hash("staff code", &format!("{}\0{code}", self.token))
    }
}

const USED_UP: &str = "まちがいが5回になったため、このコードは使えません。【コードをもう一度送る】を押し、新しいコードを入力してください。";

/// What was pressed in a call, by the call's token; false where no such call rings.
pub async fn key_pressed(app: &App, call_token: &str, key: &str) -> Result<bool> {
    let state = if key == "#" { "approved" } else { "failed" };
    end_call(app, call_token, state).await
}

/// The call ended; where no `#` was pressed before, it has failed.
pub async fn call_ended(app: &App, call_token: &str) -> Result<bool> {
    end_call(app, call_token, "failed").await
}

async fn end_call(app: &App, call_token: &str, state: &str) -> Result<bool> {
    Ok(store::end_call(&app.db, hash_token(call_token), state, app.clock.now() - CALL_LASTS).await?)
}

fn is_fresh(sent_at: Option<Timestamp>, lasts: Duration, now: Timestamp) -> bool {
    sent_at.is_some_and(|at| now < at + lasts)
}

/// Seconds until something more may be sent to an account; `None` where it may be sent now.
fn wait_before_next(sent: Sent, now: Timestamp) -> Option<u64> {
    let minute = sent.last_at.map(|last| last + BETWEEN_SENDINGS);
    let hour = sent.first_at.filter(|_| sent.count >= SENDINGS_AN_HOUR).map(|first| first + Duration::hours(1));
    let until = minute.max(hour).filter(|until| now < *until)?;
    // Rounded up: whoever waits as long as told is not refused again.
    u64::try_from((until.0 - now.0 + 999) / 1000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_660_000_000_000;

    fn sent(count: i64, first: i64, last: i64) -> Sent {
        Sent { count, first_at: Some(Timestamp(START + first)), last_at: Some(Timestamp(START + last)) }
    }

    #[test]
    fn a_code_a_minute_and_five_an_hour() {
        let now = Timestamp(START + 600_000);
        let never = Sent { count: 0, first_at: None, last_at: None };
        assert_eq!(wait_before_next(never, now), None);
        assert_eq!(wait_before_next(sent(1, 599_000, 599_000), now), Some(59));
        assert_eq!(wait_before_next(sent(1, 540_000, 540_000), now), None);
        assert_eq!(wait_before_next(sent(4, 0, 500_000), now), None);
        assert_eq!(wait_before_next(sent(5, 0, 500_000), now), Some(3000));
        assert_eq!(wait_before_next(sent(5, 0, 599_500), now), Some(3000));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(wait_before_next(sent(1, 0, 0), Timestamp(START + 59_999)), Some(1));
        assert_eq!(wait_before_next(sent(1, 0, 0), Timestamp(START + 60_000)), None);
    }

    #[test]
    fn auth_23_a_code_is_void_after_five_minutes() {
        let at = Some(Timestamp(START));
        assert!(is_fresh(at, CODE_LASTS, Timestamp(START + 299_999)));
        assert!(!is_fresh(at, CODE_LASTS, Timestamp(START + 300_000)));
        assert!(!is_fresh(None, CODE_LASTS, Timestamp(START)));
    }
}
