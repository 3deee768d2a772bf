//! The page behind a mail's link (RFC 8058): looking changes nothing, a press does, and can be taken back.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::error::{Error, Result};
use crate::messages::catalogue::Language;
use crate::monitoring::reminders::stop::token::{Whose, read};
use crate::monitoring::reminders::stop::{By, Started, set, start, store};
use crate::monitoring::watch;
use crate::ui::{Page, Tone, notice};

/// Whom a link concerns today, and in which language they read.
struct Concerned {
    cases: Vec<Uuid>,
    language: String,
    account_id: Option<Uuid>,
}

async fn concerned(app: &App, token: &str) -> Result<Concerned> {
    let whose = read(&app.secret, token).ok_or(Error::NotFound)?;
    let today = app.clock.today();
    let (people, account_id) = match whose {
        Whose::Account(id) => (store::of_account(&app.db, id, today).await?, Some(id)),
        Whose::Person(id) => (store::person(&app.db, id, today).await?, None),
    };
    let language = people.iter().map(|(_, language)| language.clone()).find(|language| !language.is_empty());
    Ok(Concerned {
        cases: people.into_iter().map(|(case_id, _)| case_id).collect(),
        language: language.unwrap_or_default(),
        account_id,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Ask,
    Stopped,
    Resumed,
    Told,
}

/// `GET`: asks, however often a mail program looks at it.
pub async fn ask(State(app): State<App>, Path(token): Path<String>) -> Result<Response> {
    let concerned = concerned(&app, &token).await?;
    let mut tx = app.db.begin().await?;
    let is_stopped = store::is_stopped(&mut tx, &concerned.cases, By::Mail).await?;
    tx.commit().await?;
    Ok(show(&app, &token, &concerned.language, if is_stopped { Step::Stopped } else { Step::Ask }))
}

/// `POST`: ends the mails; what a mail program sends by itself (`List-Unsubscribe=One-Click`) does the same.
pub async fn stop(State(app): State<App>, client: Client, Path(token): Path<String>) -> Result<Response> {
    change(&app, &client, &token, true).await
}

pub async fn undo(State(app): State<App>, client: Client, Path(token): Path<String>) -> Result<Response> {
    change(&app, &client, &token, false).await
}

async fn change(app: &App, client: &Client, token: &str, stops: bool) -> Result<Response> {
    let concerned = concerned(app, token).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let (cases, account_id) = (&concerned.cases, concerned.account_id);
    let step = if stops {
        set(&mut tx, cases, By::Mail, true, account_id, client, now).await?;
        Step::Stopped
    } else {
        match start(&mut tx, cases, By::Mail, account_id, client, now).await? {
            Started::Sent => Step::Resumed,
            Started::Told => Step::Told,
        }
    };
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &concerned.cases).await?;
    Ok(show(app, token, &concerned.language, step))
}

/// In the language of the mail, and in Japanese and English where it is another one.
fn show(app: &App, token: &str, language: &str, step: Step) -> Response {
    let mut languages: Vec<&Language> = app.texts.messages.of(language);
    for other in app.texts.messages.of("no such language") {
        if languages.iter().all(|shown| shown.label != other.label) {
            languages.push(other);
        }
    }
    let each = |text: fn(&Language) -> &str| -> Markup {
        html! { @for language in &languages { p { (text(language)) } } }
    };
    let button = |text: fn(&Language) -> &str| languages.iter().map(|one| text(one)).collect::<Vec<_>>().join(" / ");
    let here = format!("/unsubscribe/{token}");
    let main = html! {
        h1 { (languages.iter().map(|one| one.page.title.as_str()).collect::<Vec<_>>().join(" / ")) }
        @match step {
            Step::Ask => {
                (each(|one| &one.page.ask))
                form method="post" action=(here) {
                    div.actions { button.button.primary { (button(|one| &one.page.stop)) } }
                }
            }
            Step::Stopped => {
                (notice(Tone::Done, each(|one| &one.page.stopped)))
                form method="post" action={ (here) "/undo" } {
                    div.actions { button.button { (button(|one| &one.page.undo)) } }
                }
            }
            Step::Resumed => { (notice(Tone::Done, each(|one| &one.page.resumed))) }
            Step::Told => { (notice(Tone::Done, each(|one| &one.page.told))) }
        }
        p { a href="/" { "My HER-SYS" } }
    };
    Page::new("入力のお願いのメール").public().response(main)
}
