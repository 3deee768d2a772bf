//! 療養証明書: the one thing of the record that its person can see, where the installation offers it
//! (public-facts §6). Off unless `HERSYS_CERTIFICATE` is on.
//!
//! For people whose illness a test has proven and a notification has told of; not for みなし陽性. Nothing of an
//! observation is on it (PERM-05, C-03).

use axum::extract::{Path, State};
use axum::response::Response;
use hersys_shared::days;
use hersys_shared::notification::DiagnosisType;
use hersys_shared::symptoms::CaseKind;
use maud::{Markup, html};
use time::Date;
use uuid::Uuid;

use crate::access::Client;
use crate::access::audit::Entry;
use crate::error::{Error, Result};
use crate::patient::sessions::Patient;
use crate::patient::store::case_of_person;
use crate::ui::Page;
use crate::{App, cases, notification};

/// The illness of all notifications here.
const ILLNESS: &str = "新型コロナウイルス感染症";

/// What the certificate shows.
pub struct Certificate {
    name: String,
    birth_on: Date,
    /// As it is written for reading.
    hersys_id: String,
    diagnosed_on: Date,
    center_name: String,
}

/// The certificate of a person; `None` where none is offered, or the person has none.
pub async fn of(app: &App, case_id: Uuid) -> Result<Option<Certificate>> {
    if !app.config.shows_certificate {
        return Ok(None);
    }
    let Some(case) = cases::store::case(&app.db, case_id).await? else { return Ok(None) };
    let Some(diagnosed_on) = proven_on(app, case_id).await?.filter(|_| case.kind == CaseKind::Patient) else {
        return Ok(None);
    };
    let identity = cases::store::identity(&app.db, case_id).await?.identity;
    let center_name = notification::store::center_name(&app.db, case.responsible_center_id).await?;
    Ok(identity.birth_on.map(|birth_on| Certificate {
        name: identity.name,
        birth_on,
        hersys_id: case.hersys_id.spaced(),
        diagnosed_on,
        center_name,
    }))
}

/// The day of the diagnosis, where the latest notification tells of a proven infection.
async fn proven_on(app: &App, case_id: Uuid) -> Result<Option<Date>> {
    let told = notification::store::of_case(&app.db, case_id).await?;
    let latest = told.into_iter().find_map(|notification| notification.content);
    Ok(latest.and_then(|content| match content.diagnosis_type() {
        Some(DiagnosisType::Confirmed | DiagnosisType::Asymptomatic) => content.diagnosed_on(),
        _ => None,
    }))
}

/// 療養証明書, to be shown or printed.
pub async fn page(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Path(person_id): Path<Uuid>,
) -> Result<Response> {
    let case_id = case_of_person(&app.db, patient.account_id, person_id).await?.ok_or(Error::NotFound)?;
    let certificate = of(&app, case_id).await?.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    Entry::by_patient(Some(patient.account_id), &client, now, "patient.certificate")
        .about(case_id)
        .write(&app.db)
        .await?;
    Ok(Page::new("療養証明書").public().response(sheet(&certificate, &now.second_text())))
}

fn sheet(certificate: &Certificate, shown_at: &str) -> Markup {
    html! {
        p.back.certificate-screen { a href="/" { "ホームへ戻る" } }
        article.certificate {
            h1 { "療養証明書" }
            p { "次の方が、医師により下記の傷病と診断され、保健所に届け出られたことを示します。" }
            dl {
                div { dt { "氏名" } dd { (certificate.name) } }
                div { dt { "生年月日" } dd { (days::japanese(certificate.birth_on)) } }
                div { dt { "HER-SYS ID" } dd { (certificate.hersys_id) } }
                div { dt { "傷病名" } dd { (ILLNESS) } }
                div { dt { "診断年月日" } dd { (days::japanese(certificate.diagnosed_on)) } }
                div { dt { "担当保健所名" } dd { (certificate.center_name) } }
            }
            p.certificate-time { "表示日時　" (shown_at) }
        }
        div.certificate-screen {
            p { button.button.primary type="button" data-print { "印刷する" } }
            p.fine { "この画面を保存した画像も、証明として使えることがあります。療養の終わりの日は載りません。提出先にお確かめください。" }
        }
    }
}
