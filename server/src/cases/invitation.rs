//! The SMS with the address of My HER-SYS and the HER-SYS ID (NTF-02, NTF-03, NTF-10).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hersys_shared::identity::Identity;
use hersys_shared::notification::names_no_test;
use hersys_shared::{HersysId, PhoneNumber};
use maud::html;
use time::Duration;
use uuid::Uuid;

use crate::App;
use crate::access::audit::Entry;
use crate::access::grant::{Action, Write, group};
use crate::access::{Client, Grant, OrganizationKind, Staff};
use crate::cases::store::{self, Case};
use crate::cases::{Tab, identity, note_view, notice_policy};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::messages::{self, Channel, NewMessage};
use crate::secret::Token;
use crate::ui::{Tone, notice, operations};

/// What the audit calls it; the daily limit counts by this word.
pub const ACTION: &str = "case.invite";

/// Sendings to one person on one day: a mistyped number must not be flooded.
const MOST_A_DAY: i64 = 5;

/// How long the link fills in the ID.
const LASTS: Duration = Duration::days(14);

/// How long a stopped provider may delay the SMS.
const WORTH_SENDING: Duration = Duration::days(2);

/// Where the notice goes: SMS first, mail if there is no mobile number but an address (C-10).
#[derive(Debug, Clone, Copy)]
pub enum Address<'a> {
    Mobile(&'a PhoneNumber),
    Mail(&'a str),
}

impl<'a> Address<'a> {
    /// `None`: the person can be told by letter or by word of mouth only.
    pub fn of(identity: &'a Identity) -> Option<Self> {
        let mobile = identity.phone.as_ref().filter(|number| number.is_mobile()).map(Self::Mobile);
        mobile.or_else(|| Some(identity.mail.as_str()).filter(|mail| !mail.is_empty()).map(Self::Mail))
    }

    fn channel(self) -> Channel {
        match self {
            Self::Mobile(_) => Channel::Sms,
            Self::Mail(_) => Channel::Mail,
        }
    }

    fn recipient(self) -> String {
        match self {
            Self::Mobile(number) => number.as_str().to_owned(),
            Self::Mail(mail) => mail.to_owned(),
        }
    }

    /// What the audit keeps: enough to tell which, too little to use.
    fn masked(self) -> String {
        match self {
            Self::Mobile(number) => number.masked(),
            Self::Mail(mail) => format!("…@{}", mail.rsplit('@').next().unwrap_or_default()),
        }
    }
}

/// Who is invited, and in whose name.
pub struct Invitation<'a> {
    pub case_id: Uuid,
    pub hersys_id: &'a HersysId,
    pub to: Address<'a>,
    /// 担当保健所
    pub center_name: &'a str,
    pub base_url: &'a str,
}

/// Queues the SMS or mail with a new link. Names no illness and no person.
/// Call [`messages::Outbox::wake`] after the commit.
pub async fn invite(
    tx: &mut Tx,
    invitation: &Invitation<'_>,
    staff: &Staff,
    client: &Client,
    now: Timestamp,
) -> Result<()> {
    let token = Token::short();
    store::insert_invitation(&mut *tx, token.hash(), invitation.case_id, now + LASTS).await?;
    let message = NewMessage {
        channel: invitation.to.channel(),
        recipient: invitation.to.recipient(),
        subject: match invitation.to {
            Address::Mobile(_) => String::new(),
            Address::Mail(_) => "【HER-SYS】健康状態の入力のご案内".to_owned(),
        },
        body: text(invitation, &token),
        case_id: Some(invitation.case_id),
        expires_at: now + WORTH_SENDING,
    };
    messages::enqueue(&mut *tx, now, message).await?;
    Entry::by_staff(staff, client, now, ACTION)
        .about(invitation.case_id)
        .with(serde_json::json!({ "to": invitation.to.masked() }))
        .write(&mut *tx)
        .await?;
    Ok(())
}

fn text(invitation: &Invitation<'_>, token: &Token) -> String {
    format!(
        "【HER-SYS】{}からのご案内です。健康状態の入力: {}r/{} HER-SYS ID: {}",
        invitation.center_name,
        invitation.base_url,
        token.as_str(),
        invitation.hersys_id.spaced()
    )
}

/// Whether an SMS was asked for since `since`.
pub async fn was_sent(app: &App, case_id: Uuid, since: Timestamp) -> Result<bool> {
    Ok(store::times_done(&app.db, case_id, ACTION, since).await? > 0)
}

/// Why somebody may get no SMS from the one who asks, by the word for the next page.
async fn refusal<A: Action>(
    grant: &Grant<group::Identity, A>,
    case: &Case,
    identity: &Identity,
) -> Result<Option<&'static str>> {
    if Address::of(identity).is_none() {
        return Ok(Some("no-mobile"));
    }
    if identity.notices == Some(false) {
        return Ok(Some("notices-off"));
    }
    let episode = store::episode(grant.db(), case.case_id).await?;
    if episode.is_dead() {
        return Ok(Some("died"));
    }
    let policy = notice_policy(grant.db(), case.responsible_center_id).await?;
    if !policy.lets(grant.staff().kind) {
        return Ok(Some("not-agreed"));
    }
    // FORM-33: the notice of a diagnosis without a test is the health centre's.
    let is_institution = grant.staff().kind == OrganizationKind::MedicalInstitution;
    let is_clinical = is_institution && names_no_test(&episode.0);
    Ok(is_clinical.then_some("clinical"))
}

/// 【SMSでURLとIDを送る】 asks first: what was sent cannot be called back.
pub async fn confirm(grant: Grant<group::Identity, Write>, client: Client, State(app): State<App>) -> Result<Response> {
    let case_id = grant.case_id();
    note_view(&grant, &client, &app, Tab::Identity).await?;
    let case = store::case(grant.db(), case_id).await?.ok_or(Error::NotFound)?;
    let identity = store::identity(grant.db(), case_id).await?.identity;
    let back = Tab::Identity.path(case_id);
    if let Some(word) = refusal(&grant, &case, &identity).await? {
        return Ok(Redirect::to(&format!("{back}?notice={word}")).into_response());
    }
    let policy = notice_policy(grant.db(), case.responsible_center_id).await?;
    let main = html! {
        h1 { "SMSでURLとIDを送りますか" }
        (notice(Tone::Wait, html! {
            p { "番号を確かめてください。送ったSMSは取り消せません。" }
        }))
        section.items aria-label="送る内容" { dl {
            div { dt { "送り先" } dd { (Address::of(&identity).map(Address::recipient).unwrap_or_default()) } }
            div { dt { "内容" } dd { "My HER-SYSのURLとHER-SYS ID（お名前と病名は書かれません）" } }
            @if !policy.wanted(identity.notices) {
                div { dt { "通知設定" } dd { "担当保健所の方針は「しない」です。" } }
            }
        } }
        (operations(html! {
            a.button href=(back) { "送らない" }
            form.inline method="post" action=(format!("/staff/cases/{case_id}/invitation")) {
                button.button.primary { "送る" }
            }
        }))
    };
    identity::page(&grant, &app, main, StatusCode::OK).await
}

/// 【送る】: again, or for the first time.
pub async fn send(grant: Grant<group::Identity, Write>, client: Client, State(app): State<App>) -> Result<Redirect> {
    let case_id = grant.case_id();
    let now = app.clock.now();
    let back = |notice: &str| Redirect::to(&format!("/staff/cases/{case_id}/identity?notice={notice}"));
    let case = store::case(grant.db(), case_id).await?.ok_or(Error::NotFound)?;
    let identity = store::identity(grant.db(), case_id).await?.identity;
    if let Some(word) = refusal(&grant, &case, &identity).await? {
        return Ok(back(word));
    }
    let Some(to) = Address::of(&identity) else {
        return Ok(back("no-mobile"));
    };
    let center = store::organization(grant.db(), case.responsible_center_id).await?.ok_or(Error::NotFound)?;
    let mut tx = grant.db().begin().await?;
    // Two at the same moment count one after the other.
    crate::cases::reach::hold(&mut tx, case_id).await?;
    let today = Timestamp::start_of(now.day());
    if store::times_done(&mut tx, case_id, ACTION, today).await? >= MOST_A_DAY {
        return Ok(back("sms-limit"));
    }
    let invitation = Invitation {
        case_id,
        hersys_id: &case.hersys_id,
        to,
        center_name: &center.name,
        base_url: app.config.base_url.as_str(),
    };
    invite(&mut tx, &invitation, grant.staff(), &client, now).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(back("sms-sent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_10_sms_comes_before_mail() {
        let both = Identity {
            phone: PhoneNumber::parse("09012345678").ok(),
            mail: "yamada@example.jp".into(),
            ..Identity::default()
        };
        assert!(matches!(Address::of(&both), Some(Address::Mobile(_))));
        let landline = Identity { phone: PhoneNumber::parse("0312345678").ok(), ..both.clone() };
        assert!(matches!(Address::of(&landline), Some(Address::Mail("yamada@example.jp"))));
        assert!(Address::of(&Identity { mail: String::new(), ..landline }).is_none());
    }

    #[test]
    fn ntf_02_the_sms_gives_little_away() {
        let hersys_id = HersysId::from_number(7);
        let invitation = Invitation {
            case_id: Uuid::nil(),
            hersys_id: &hersys_id,
            to: Address::Mobile(&PhoneNumber::parse("09012345678").unwrap()),
            center_name: "中央保健所",
            base_url: "https://hersys.example.jp/",
        };
        let text = text(&invitation, &Token::short());
        assert!(text.contains("https://hersys.example.jp/r/") && text.ends_with(&hersys_id.spaced()));
        assert!(["感染", "陽性", "コロナ", "接触"].iter().all(|word| !text.contains(word)));
    }
}
