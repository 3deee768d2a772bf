//! What a request to report says, in the person's language (NTF-04): a file a language, which an operator may replace
//! or add to under `messages/` of the texts folder.

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::config::ConfigError;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../assets/texts/messages"]
struct Shipped;

/// The languages of lists in their order; others follow.
const ORDER: [&str; 13] = ["ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "pt", "es", "tl", "ne", "id", "th"];

/// One language. `{url}`, `{phone}`, `{count}` and `{stop}` stand for what differs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its name in itself.
    pub label: String,
    /// The tongue of the voice provider, e.g. `ja-JP`; empty where it has none.
    pub voice: String,
    pub call: Call,
    pub mail: Mail,
    pub sms: Sms,
    pub push: Push,
    pub replies: Replies,
    pub page: StopPage,
}

/// What a voice says, for one person, and for several of a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub one: String,
    pub several: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub subject: String,
    /// For one person, and for several of an account.
    pub one: String,
    pub several: String,
    /// How to get no more of them.
    pub foot: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// For one person, and for several of a number.
    pub one: String,
    pub several: String,
    /// Where the sender takes replies.
    pub stop: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    pub title: String,
    pub one: String,
    pub several: String,
}

/// The answers to STOP and START.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replies {
    pub stopped: String,
    pub resumed: String,
    /// To a START where only the centre can start: it knows of it.
    pub told: String,
}

/// The page behind a mail's link.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopPage {
    pub title: String,
    pub ask: String,
    pub stop: String,
    pub stopped: String,
    pub undo: String,
    pub resumed: String,
    pub told: String,
}

/// All languages.
#[derive(Debug, Clone)]
pub struct Catalogue(BTreeMap<String, Language>);

impl Catalogue {
    /// Reads the shipped files, and those in `messages` of `folder`, which go before them.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let mut languages = BTreeMap::new();
        for name in Shipped::iter() {
            if let (Some(code), Some(file)) = (name.strip_suffix(".toml"), Shipped::get(&name)) {
                languages.insert(code.to_owned(), read(&name, &file.data)?);
            }
        }
        let own = folder.join("messages");
        if own.is_dir() {
            for entry in std::fs::read_dir(&own).map_err(|error| wrong("messages", error))? {
                let path = entry.map_err(|error| wrong("messages", error))?.path();
                let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
                let Some(code) = name.strip_suffix(".toml") else { continue };
                let bytes = std::fs::read(&path).map_err(|error| wrong(name, error))?;
                languages.insert(code.to_owned(), read(name, &bytes)?);
            }
        }
        for needed in ["ja", "en"] {
            if !languages.contains_key(needed) {
                return Err(wrong(&format!("{needed}.toml"), "is missing"));
            }
        }
        Ok(Self(languages))
    }

    /// The texts for whoever wants `code`: one language, or Japanese and English where there is none of it.
    pub fn of(&self, code: &str) -> Vec<&Language> {
        let wanted = if code.is_empty() { "ja" } else { code };
        match self.0.get(wanted) {
            Some(language) => vec![language],
            None => ["ja", "en"].iter().filter_map(|code| self.0.get(*code)).collect(),
        }
    }

    /// The name of a language; of one that nobody wrote its code.
    pub fn label<'a>(&'a self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, |language| &language.label)
    }

    pub fn knows(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// Codes and names for a list.
    pub fn choices(&self) -> Vec<(String, String)> {
        let usual = ORDER.iter().filter_map(|code| self.0.get_key_value(*code));
        let others = self.0.iter().filter(|(code, _)| !ORDER.contains(&code.as_str()));
        usual.chain(others).map(|(code, language)| (code.clone(), language.label.clone())).collect()
    }
}

fn wrong(name: &str, problem: impl std::fmt::Display) -> ConfigError {
    ConfigError::new("HERSYS_TEXTS_DIR", format!("messages/{name}: {problem}"))
}

fn read(name: &str, bytes: &[u8]) -> Result<Language, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(name, "is not UTF-8"))?;
    let language: Language =
        toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| wrong(name, error.message()))?;
    for (what, text, places) in language.templates() {
        check(text, places).map_err(|problem| wrong(name, format!("{what}: {problem}")))?;
    }
    Ok(language)
}

impl Language {
    /// Every text with the places that must be in it.
    fn templates(&self) -> [(&'static str, &str, &'static [&'static str]); 21] {
        [
            ("call.one", &self.call.one, &["phone"]),
            ("call.several", &self.call.several, &["phone", "count"]),
            ("mail.subject", &self.mail.subject, &[]),
            ("mail.one", &self.mail.one, &["url", "phone"]),
            ("mail.several", &self.mail.several, &["url", "phone", "count"]),
            ("mail.foot", &self.mail.foot, &["stop"]),
            ("sms.one", &self.sms.one, &["url", "phone"]),
            ("sms.several", &self.sms.several, &["url", "phone", "count"]),
            ("sms.stop", &self.sms.stop, &[]),
            ("push.title", &self.push.title, &[]),
            ("push.one", &self.push.one, &[]),
            ("push.several", &self.push.several, &["count"]),
            ("replies.stopped", &self.replies.stopped, &[]),
            ("replies.resumed", &self.replies.resumed, &[]),
            ("replies.told", &self.replies.told, &[]),
            ("page.ask", &self.page.ask, &[]),
            ("page.stop", &self.page.stop, &[]),
            ("page.stopped", &self.page.stopped, &[]),
            ("page.undo", &self.page.undo, &[]),
            ("page.resumed", &self.page.resumed, &[]),
            ("page.told", &self.page.told, &[]),
        ]
    }
}

/// Whether a text has exactly these places and is no empty one.
fn check(text: &str, places: &[&str]) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("is empty".into());
    }
    for place in places {
        if !text.contains(&format!("{{{place}}}")) {
            return Err(format!("needs {{{place}}}"));
        }
    }
    let bare = places.iter().fold(text.to_owned(), |bare, place| bare.replace(&format!("{{{place}}}"), ""));
    if bare.contains(['{', '}']) { Err("has a place that is not known here".into()) } else { Ok(()) }
}

/// `text` with its places filled.
pub fn fill(text: &str, places: &[(&str, &str)]) -> String {
    places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(&format!("{{{place}}}"), value))
}

/// How many SMS a text is billed and sent as: 160 or 70 signs fit one, 153 or 67 each of several.
pub fn segments(text: &str) -> usize {
    const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const LONG: &str = "^{}\\[~]|€";
    let is_gsm = text.chars().all(|sign| GSM.contains(sign) || LONG.contains(sign));
    let (length, one, each) = if is_gsm {
        (text.chars().map(|sign| if LONG.contains(sign) { 2 } else { 1 }).sum::<usize>(), 160, 153)
    } else {
        (text.encode_utf16().count(), 70, 67)
    };
    if length <= one { 1 } else { length.div_ceil(each) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://www.her-sys.example.go.jp/";
    const PHONE: &str = "0312345678";

    fn shipped() -> Catalogue {
        Catalogue::load(Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn ntf_04_every_text_of_every_language_is_short_and_names_no_illness() {
        let catalogue = shipped();
        assert_eq!(catalogue.choices().len(), ORDER.len());
        // What nobody who looks at somebody's telephone is to read.
        let illness = [
            "コロナ",
            "ころな",
            "covid",
            "corona",
            "感染",
            "陽性",
            "ウイルス",
            "病",
            "新冠",
            "肺炎",
            "阳性",
            "코로나",
            "감염",
            "양성",
            "virus",
            "virút",
            "vírus",
            "positiv",
            "nhiễm",
            "infec",
            "impeks",
            "infek",
            "कोरोना",
            "सङ्क्रम",
            "โควิด",
            "โคโรนา",
            "ติดเชื้อ",
            "隔離",
            "隔离",
            "isolat",
            "療養",
        ];
        for (code, label) in catalogue.choices() {
            let [language] = catalogue.of(&code)[..] else { panic!("{code}") };
            assert!(!label.is_empty());
            for (what, text, _) in language.templates() {
                let filled = fill(text, &[("url", URL), ("phone", PHONE), ("count", "5"), ("stop", URL)]);
                assert!(!filled.contains(['{', '}']), "{code} {what}: {filled}");
                let lower = filled.to_lowercase();
                for word in illness {
                    assert!(!lower.contains(word), "{code} {what} says {word}");
                }
                assert!(filled.chars().count() <= 320, "{code} {what} is long");
            }
            let most = if code == "ja" || code.starts_with("zh") || code == "ko" || code == "en" { 2 } else { 3 };
            for text in [&language.sms.one, &language.sms.several] {
                let sms = fill(text, &[("url", URL), ("phone", PHONE), ("count", "5")]);
                let with_stop = format!("{sms} {}", language.sms.stop);
                assert!(segments(&with_stop) <= most, "{code}: {} SMS", segments(&with_stop));
            }
            assert!(language.push.title.chars().count() <= 60 && language.mail.subject.chars().count() <= 60, "{code}");
            assert!(segments(&language.replies.stopped) <= 2 && segments(&language.replies.told) <= 2, "{code}");
        }
    }

    #[test]
    fn a_missing_language_gets_japanese_and_english() {
        let catalogue = shipped();
        let labels = |code| catalogue.of(code).iter().map(|language| language.label.as_str()).collect::<Vec<_>>();
        assert_eq!(labels(""), ["日本語"]);
        assert_eq!(labels("th"), ["ภาษาไทย"]);
        assert_eq!(labels("xx"), ["日本語", "English"]);
    }

    #[test]
    fn an_operator_replaces_and_adds_languages() {
        let folder = std::env::temp_dir().join(format!("hersys-messages-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("messages")).unwrap();
        let english = Shipped::get("en.toml").unwrap().data;
        let text = std::str::from_utf8(&english).unwrap();
        std::fs::write(folder.join("messages/fr.toml"), text.replace("English", "Français")).unwrap();
        let catalogue = Catalogue::load(&folder).unwrap();
        assert!(catalogue.knows("fr") && catalogue.knows("ja"));
        assert_eq!(catalogue.choices().last().unwrap().1, "Français");
        std::fs::write(folder.join("messages/fr.toml"), text.replace("{phone}", "{fax}")).unwrap();
        let problem = Catalogue::load(&folder).unwrap_err().to_string();
        assert!(problem.contains("messages/fr.toml") && problem.contains("{phone}"), "{problem}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_length_of_an_sms_is_counted_as_providers_do() {
        assert_eq!(segments(&"a".repeat(160)), 1);
        assert_eq!(segments(&"a".repeat(161)), 2);
        assert_eq!(segments(&"あ".repeat(70)), 1);
        assert_eq!(segments(&"あ".repeat(134)), 2);
        assert_eq!(segments(&"あ".repeat(135)), 3);
    }
}
