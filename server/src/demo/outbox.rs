//! The messages of a demo, for everybody to read. Mail goes out where a mail server is named, notifications to
//! browsers that asked for them; SMS and calls to nobody.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;
use crate::access::factors::proof;
use crate::error::{Error, Result};
use crate::messages::Channel;
use crate::messages::store::{self, Shown};
use crate::ui::Page;

/// Messages on the page and in the list.
const MOST: i64 = 100;

/// Seconds between two looks of a page that renews itself.
const RENEWAL: &str = "5";

/// A message as `/demo/outbox.json` tells it.
#[derive(Serialize)]
pub struct Kept {
    id: Uuid,
    /// mail, sms, call, push
    channel: String,
    /// Mail address, telephone number as digits, or device.
    recipient: String,
    subject: String,
    body: String,
    /// `2022-08-01T08:12:34+09:00`
    at: String,
}

#[derive(Deserialize)]
pub struct Look {
    #[serde(default)]
    renew: bool,
}

pub async fn json(State(app): State<App>) -> Result<Json<Vec<Kept>>> {
    let messages = newest(&app).await?;
    let kept = messages.into_iter().map(|message| Kept {
        id: message.message_id,
        channel: message.channel,
        recipient: message.recipient,
        subject: message.subject,
        body: message.body,
        at: message.created_at.rfc3339(),
    });
    Ok(Json(kept.collect()))
}

pub async fn page(State(app): State<App>, Query(look): Query<Look>) -> Result<Response> {
    let messages = newest(&app).await?;
    let mut response = Page::new("デモの送信箱").response(html! {
        h1 { "デモの送信箱" }
        p.lead { "このデモが送るはずのメール、SMS、端末への通知と、かけるはずの電話です。SMSと電話は実際には送られません。新しいものから順に並びます。" }
        p {
            @if look.renew {
                a href="/demo/outbox" { "自動更新を止める" }
            } @else {
                a href="/demo/outbox?renew=true" { (RENEWAL) "秒ごとに自動で更新する" }
            }
        }
        @if messages.is_empty() {
            p { "まだ何も送られていません。" }
        } @else {
            @for message in &messages { (entry(message)) }
        }
    });
    if look.renew {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(RENEWAL));
    }
    Ok(response)
}

async fn newest(app: &App) -> Result<Vec<Shown>> {
    if !app.config.demo {
        return Err(Error::NotFound);
    }
    Ok(store::newest(&app.db, MOST).await?)
}

fn entry(message: &Shown) -> Markup {
    let channel = match Channel::of_code(&message.channel) {
        Some(Channel::Mail) => "メール",
        Some(Channel::Sms) => "SMS",
        Some(Channel::Call) => "電話",
        Some(Channel::Push) => "端末への通知",
        None => "その他",
    };
    let is_call = message.channel == Channel::Call.code();
    html! {
        article {
            h2 {
                (channel)
                @if !message.subject.is_empty() && !is_call { "：" (message.subject) }
            }
            p.quiet-text {
                "宛先 " (message.recipient) "　"
                time datetime=(message.created_at.rfc3339()) { (message.created_at.minute_text()) }
            }
            p {
                @for (at, line) in message.body.trim_end().lines().enumerate() {
                    @if at > 0 { br; }
                    (with_links(line))
                }
            }
            @if is_call {
                form method="post" action={ "/demo/calls/" (message.subject) "/keys" } {
                    button.button.primary type="submit" name="key" value="#" { "# を押す" }
                    " "
                    button.button type="submit" name="key" value="" { "電話に出ない" }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Pressed {
    #[serde(default)]
    key: String,
}

/// Answers a call of the demo, as its listener would on a telephone.
pub async fn press(
    State(app): State<App>,
    Path(token): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response> {
    if !app.config.demo {
        return Err(Error::NotFound);
    }
    if !proof::key_pressed(&app, &token, &pressed.key).await? {
        return Err(Error::NotFound);
    }
    Ok(Redirect::to("/demo/outbox").into_response())
}

/// A line with its addresses as links. What follows an address in Japanese is not part of it.
fn with_links(line: &str) -> Markup {
    let address = ["https://", "http://"].iter().filter_map(|scheme| line.find(scheme)).min();
    let Some(begin) = address else {
        return html! { (line) };
    };
    let (before, rest) = line.split_at(begin);
    let end = rest.find(|c: char| !c.is_ascii_graphic() || "<>\"'()".contains(c)).unwrap_or(rest.len());
    let (link, after) = rest.split_at(end);
    html! { (before) a href=(link) { (link) } (with_links(after)) }
}

#[cfg(test)]
mod tests {
    use super::with_links;

    #[test]
    fn addresses_in_a_text_are_links_and_nothing_else_is_markup() {
        assert_eq!(
            with_links("次のURL：https://a.example/r/x?y=1&z。または<http://b.example>").into_string(),
            "次のURL：<a href=\"https://a.example/r/x?y=1&amp;z\">https://a.example/r/x?y=1&amp;z</a>。または&lt;\
             <a href=\"http://b.example\">http://b.example</a>&gt;"
        );
    }
}
