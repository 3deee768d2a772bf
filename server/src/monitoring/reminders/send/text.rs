//! What a request says: from the catalogue, in the person's language; no name, no illness, and of several people only
//! their number.

use serde_json::json;

use crate::messages::Catalogue;
use crate::messages::catalogue::{Language, fill};
use crate::monitoring::reminders::send::choose::Way;

/// Subject and body as messages keep them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub subject: String,
    pub body: String,
}

/// What differs from person to person.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// Of My HER-SYS.
    pub url: &'a str,
    /// Of the person's health centre.
    pub phone: &'a str,
    /// How many people of an account or a number are asked for.
    pub count: usize,
    /// The link that ends mails, or empty.
    pub stop: &'a str,
    /// Whether an SMS can be replied to.
    pub takes_replies: bool,
}

/// The request in a language, as this way needs it.
pub fn render(catalogue: &Catalogue, language: &str, way: Way, places: &Places<'_>) -> Text {
    let count = places.count.to_string();
    let spoken;
    let phone = if way == Way::Call {
        // Digit by digit.
        spoken = places.phone.chars().map(String::from).collect::<Vec<_>>().join(" ");
        spoken.as_str()
    } else {
        places.phone
    };
    let values = [("url", places.url), ("phone", phone), ("count", count.as_str()), ("stop", places.stop)];
    let several = places.count > 1;
    let languages = catalogue.of(language);
    let each = |text: fn(&Language, bool) -> &str| languages.iter().map(move |one| fill(text(one, several), &values));
    match way {
        Way::Mail => {
            let subject = each(|one, _| &one.mail.subject).collect::<Vec<_>>().join(" / ");
            let bodies = each(|one, several| if several { &one.mail.several } else { &one.mail.one });
            let mut body = bodies.map(|body| body.trim_start().to_owned()).collect::<Vec<_>>().join("\n");
            if !places.stop.is_empty() {
                body.push('\n');
                body.push_str(&each(|one, _| &one.mail.foot).collect::<Vec<_>>().join("\n"));
                body.push('\n');
            }
            Text { subject, body }
        }
        Way::Sms => {
            let texts = each(|one, several| if several { &one.sms.several } else { &one.sms.one });
            let mut body = texts.collect::<Vec<_>>().join("\n");
            if places.takes_replies {
                body.push(' ');
                body.push_str(&each(|one, _| &one.sms.stop).collect::<Vec<_>>().join(" "));
            }
            Text { subject: String::new(), body }
        }
        Way::Push => {
            let title = each(|one, _| &one.push.title).collect::<Vec<_>>().join(" / ");
            let body = each(|one, several| if several { &one.push.several } else { &one.push.one });
            let body = body.collect::<Vec<_>>().join("\n");
            Text {
                subject: String::new(),
                body: json!({ "title": title, "body": body, "url": places.url }).to_string(),
            }
        }
        Way::Call => {
            // Where the voice does not speak the language, what everybody else would hear.
            let languages = match &languages[..] {
                [one] if one.voice.is_empty() => catalogue.of("no such language"),
                _ => languages.clone(),
            };
            let text = |one: &Language| fill(if several { &one.call.several } else { &one.call.one }, &values);
            let line = |one: &&Language| text(one).replace('\n', " ");
            Text {
                subject: languages.iter().map(|one| one.voice.as_str()).collect::<Vec<_>>().join("\n"),
                body: languages.iter().map(line).collect::<Vec<_>>().join("\n"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn places(count: usize) -> Places<'static> {
        Places {
            url: "https://her-sys.example.jp/",
            phone: "0312345678",
            count,
            stop: "https://her-sys.example.jp/unsubscribe/x",
            takes_replies: true,
        }
    }

    #[test]
    fn ntf_04_a_mail_for_several_says_how_many_and_nobodys_name() {
        let catalogue = Catalogue::load(Path::new("/nonexistent")).unwrap();
        let mail = render(&catalogue, "", Way::Mail, &places(5));
        assert!(mail.body.starts_with("5人分の、本日の健康状態の入力をお願いします。"), "{}", mail.body);
        assert!(mail.body.contains("0312345678") && mail.body.contains("/unsubscribe/x"));
        let one = render(&catalogue, "en", Way::Mail, &Places { stop: "", ..places(1) });
        assert!(!one.body.contains("people") && !one.body.contains("Stop"), "{}", one.body);
    }

    #[test]
    fn every_way_is_rendered_in_every_language_and_in_none() {
        let catalogue = Catalogue::load(Path::new("/nonexistent")).unwrap();
        let languages = catalogue.choices().into_iter().map(|(code, _)| code).chain([String::new(), "xx".into()]);
        for language in languages {
            for way in Way::ALL {
                for count in [1, 5] {
                    let text = render(&catalogue, &language, way, &places(count));
                    let is_push = way == Way::Push;
                    let says = |part: &str| text.body.contains(part);
                    assert!(!text.body.trim().is_empty(), "{language} {way:?}");
                    assert!(is_push || !text.body.contains(['{', '}']), "{language} {way:?}: {}", text.body);
                    assert!(is_push || way == Way::Call || says("0312345678"), "{language} {way:?}");
                    let other = render(&catalogue, &language, way, &places(6 - count));
                    assert_ne!(text.body, other.body, "{language} {way:?}: of several it says how many");
                    if way == Way::Call {
                        assert_eq!(text.subject.lines().count(), text.body.lines().count());
                        assert!(text.subject.lines().all(|tongue| !tongue.is_empty()), "{language}");
                    }
                }
            }
        }
        let spoken = render(&catalogue, "ne", Way::Call, &places(1));
        assert_eq!(spoken.subject, "ja-JP\nen-US");
        assert!(spoken.body.contains("0 3 1 2"));
    }
}
