//! Changing one's password at any time.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hersys_shared::Problems;
use maud::{Markup, html};

use super::{Change, back_with};
use crate::App;
use crate::access::accounts;
use crate::access::factors::Factors;
use crate::access::new_password::{self, PasswordForm, fields, shown_again};
use crate::access::session::Session;
use crate::access::{Client, Staff};
use crate::error::{Error, Result};
use crate::ui::{Page, error_summary};

pub async fn page(session: Session) -> Response {
    form_page(&session.staff, &Problems::default()).into_response()
}

/// 変更する: every other session ends. The current password is asked for here anyway.
pub async fn take(
    State(app): State<App>,
    client: Client,
    session: Session,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let staff = &session.staff;
    let accepted = match new_password::judge(&app, &client, staff.account_id, &staff.sign_in_id, &form).await {
        Ok(accepted) => accepted,
        Err(error) => return shown_again(error, |problems| form_page(staff, problems).into_response()),
    };
    let mut tx = app.db.begin().await?;
    // An issuer's reset is not undone by a change that was under way.
    if !new_password::set(&app, &mut tx, staff.account_id, &accepted).await? {
        return Err(Error::NotSignedIn);
    }
    accounts::store::end_other_sessions(&mut tx, staff.account_id, session.token_hash).await?;
    let had = Factors::of(&mut tx, staff.account_id).await?.phones;
    let change = Change { action: "staff.password_change", kind: "password", told_as: "パスワードの変更" };
    change.tell(&app, &mut tx, staff, &client, &had).await?;
    tx.commit().await?;
    app.outbox.wake();
    Ok(back_with("changed"))
}

fn form_page(staff: &Staff, problems: &Problems) -> Markup {
    Page::new("パスワードの変更").staff(staff).render(html! {
        h1 { "パスワードの変更" }
        (error_summary(problems))
        p { "変更すると、ほかの端末ではサインアウトします。" }
        form.narrow method="post" action="/staff/security/password" novalidate {
            input type="hidden" name="username" value=(staff.sign_in_id) autocomplete="username";
            (fields(problems))
            div.actions {
                button.button.primary type="submit" { "変更する" }
                a.button href="/staff/security" { "戻る" }
            }
        }
    })
}
