//! What people reply to an SMS: STOP and START, 停止 and 再開.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hersys_shared::PhoneNumber;
use hersys_shared::digits::half_width;
use maud::html;
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::error::{Error, Result};
use crate::messages::SmsProvider;
use crate::monitoring::reminders::send;
use crate::monitoring::reminders::stop::{By, Started, set, start, store};
use crate::monitoring::watch;

/// Where the provider hands replies in.
pub const PATH: &str = "/webhooks/sms/incoming";

/// What a reply asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Stop,
    Start,
}

/// The words of providers, and those that the texts name. A sentence is no such word.
fn word(reply: &str) -> Option<Word> {
    let plain = half_width(reply).trim().trim_matches(['「', '」', '"', '。', '.', '!', '！']).trim().to_lowercase();
    match plain.as_str() {
        "stop" | "stopall" | "unsubscribe" | "cancel" | "end" | "quit" | "停止" | "ていし" | "テイシ" | "中止"
        | "配信停止" | "止める" | "とめる" => Some(Word::Stop),
        "start" | "unstop" | "yes" | "再開" | "さいかい" | "サイカイ" | "開始" | "配信再開" => {
            Some(Word::Start)
        }
        _ => None,
    }
}

/// A reply: does what it asks for those whose number it came from, and answers in their language.
pub async fn receive(State(app): State<App>, client: Client, headers: HeaderMap, body: String) -> Result<Response> {
    let SmsProvider::Twilio(twilio) = &app.config.messaging.sms else {
        return Err(Error::NotFound);
    };
    let parameters = twilio.signed_form(PATH, &headers, &body).ok_or(Error::Forbidden)?;
    let value = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let asked = value("Body").and_then(word);
    let number = value("From").and_then(|from| PhoneNumber::parse(from).ok());
    let (Some(asked), Some(number)) = (asked, number) else {
        return Ok(answer(None));
    };
    let people = concerned(&app, number.as_str()).await?;
    let cases: Vec<Uuid> = people.iter().map(|(case_id, _)| *case_id).collect();
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let started = match asked {
        Word::Stop => set(&mut tx, &cases, By::Sms, true, None, &client, now).await.map(|_| Started::Sent)?,
        Word::Start => start(&mut tx, &cases, By::Sms, None, &client, now).await?,
    };
    tx.commit().await?;
    watch::judge_these(&app.db, &app.texts, now, &cases).await?;
    // Somebody whom nobody asks for anything gets no answer that would say so.
    let Some((_, language)) = people.first() else { return Ok(answer(None)) };
    let texts = app.texts.messages.of(language);
    let words = texts.iter().map(|one| match (asked, started) {
        (Word::Stop, _) => one.replies.stopped.as_str(),
        (Word::Start, Started::Sent) => one.replies.resumed.as_str(),
        (Word::Start, Started::Told) => one.replies.told.as_str(),
    });
    Ok(answer(Some(&words.collect::<Vec<_>>().join("\n"))))
}

/// The people whose own number it is and who are observed today or later, with their languages.
async fn concerned(app: &App, number: &str) -> Result<Vec<(Uuid, String)>> {
    let cases = store::with_number(&app.db, number).await?;
    let today = app.clock.today();
    let facts = send::known(app, &cases).await?;
    let is_concerned = |fact: &send::Fact| {
        fact.person.phone.as_deref() == Some(number) && fact.person.observed_until.is_none_or(|until| until >= today)
    };
    Ok(cases
        .into_iter()
        .filter_map(|case_id| {
            facts.get(&case_id).filter(|fact| is_concerned(fact)).map(|fact| (case_id, fact.language.clone()))
        })
        .collect())
}

fn answer(text: Option<&str>) -> Response {
    let response = html! { Response { @if let Some(text) = text { Message { (text) } } } };
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", response.into_string());
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_and_start_are_known_in_any_writing_and_in_no_sentence() {
        for stop in ["STOP", "stop", " Stop ", "ＳＴＯＰ", "ｓｔｏｐ", "停止", "「停止」", "停止。", "Unsubscribe"]
        {
            assert_eq!(word(stop), Some(Word::Stop), "{stop}");
        }
        for start in ["START", "ｓｔａｒｔ", "再開", " 再開\n"] {
            assert_eq!(word(start), Some(Word::Start), "{start}");
        }
        for other in ["", "停止しないでください", "please do not stop", "37.5"] {
            assert_eq!(word(other), None, "{other}");
        }
    }
}
