//! The texts: which there are, and where they come from.

use std::collections::HashMap;
use std::path::Path;

use rust_embed::RustEmbed;

use crate::config::ConfigError;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../assets/texts"]
struct Shipped;

/// A text of its own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Document {
    /// 利用規約 (AUTH-19)
    Terms,
    /// プライバシーとCookie (AUTH-19)
    Privacy,
    /// The legal basis, for patients (SHR-03, MY-24, SEC-09)
    Legal,
    /// For patients and families (SUP-05)
    Faq,
    /// My HER-SYSの概要 (MY-23)
    MyHersys,
    /// My HER-SYSの操作 (MY-23)
    HowTo,
    /// 自動架電の概要 (MY-22, MY-23, CALL-11)
    AutoCall,
    /// 健康コールの概要 (MY-22, MY-23)
    HealthCall,
    /// For patients and families (SUP-02, SUP-03)
    Contacts,
    /// The eight duties (SEC-07, SEC-08)
    Security,
    /// ユーザー操作マニュアル in its original chapters (TOP-11, SUP-06)
    Manual,
    /// For institutions (SUP-05)
    StaffFaq,
    /// 用語解説 (SUP-07)
    Glossary,
    /// The help desk (SUP-01)
    StaffContacts,
    /// スマホ入力ID印字 (FORM-28): what a person is told on paper, beside ID and QR code
    HandOut,
}

impl Document {
    pub const ALL: [Self; 15] = [
        Self::Terms,
        Self::Privacy,
        Self::Legal,
        Self::Faq,
        Self::MyHersys,
        Self::HowTo,
        Self::AutoCall,
        Self::HealthCall,
        Self::Contacts,
        Self::Security,
        Self::Manual,
        Self::StaffFaq,
        Self::Glossary,
        Self::StaffContacts,
        Self::HandOut,
    ];

    /// The file's name, in `assets/texts` and in an operator's folder.
    pub fn file(self) -> &'static str {
        match self {
            Self::Terms => "terms.md",
            Self::Privacy => "privacy.md",
            Self::Legal => "legal.md",
            Self::Faq => "faq.md",
            Self::MyHersys => "my-hersys.md",
            Self::HowTo => "how-to.md",
            Self::AutoCall => "auto-call.md",
            Self::HealthCall => "health-call.md",
            Self::Contacts => "contacts.md",
            Self::Security => "security.md",
            Self::Manual => "manual.md",
            Self::StaffFaq => "staff-faq.md",
            Self::Glossary => "glossary.md",
            Self::StaffContacts => "staff-contacts.md",
            Self::HandOut => "hand-out.md",
        }
    }
}

/// The texts in Markdown, as they stand in their files.
#[derive(Debug, Clone)]
pub struct Documents(HashMap<Document, String>);

impl Documents {
    /// Reads the shipped files, each replaced by one of the same name in `folder` if there is one.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let read = |document: Document| Ok((document, read(folder, document.file())?));
        Document::ALL.into_iter().map(read).collect::<Result<_, ConfigError>>().map(Self)
    }

    pub fn get(&self, document: Document) -> &str {
        self.0.get(&document).map_or("", String::as_str)
    }
}

fn read(folder: &Path, name: &str) -> Result<String, ConfigError> {
    let wrong = |problem: String| ConfigError::new("HERSYS_TEXTS_DIR", format!("{name}: {problem}"));
    let bytes = match std::fs::read(folder.join(name)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Shipped::get(name).ok_or_else(|| wrong("is missing".into()))?.data.into_owned()
        }
        Err(error) => return Err(wrong(error.to_string())),
    };
    // Editors on Windows begin a file with a mark.
    let text = String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8".into()))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::info::markdown;

    fn shipped() -> Documents {
        Documents::load(Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn every_text_ships_with_a_title() {
        let texts = shipped();
        for document in Document::ALL {
            let page = markdown::render(texts.get(document), "運営者");
            assert!(!page.title.is_empty() && page.body.0.len() > 300, "{document:?}");
            let marks = ["auto-call", "health-call", "telephone", "no-telephone"];
            let unfilled =
                page.body.0.split("{{").skip(1).find(|rest| !marks.iter().any(|mark| rest.starts_with(mark)));
            assert_eq!(unfilled, None, "{document:?}");
        }
    }

    /// Numbers and addresses of ministries are nobody else's to answer.
    #[test]
    fn sup_01_sup_02_no_number_of_a_ministry_is_presented_as_ours() {
        let texts = shipped();
        for document in Document::ALL {
            for foreign in ["6877-5154", "6812-7818", "3198-0214", "3595-2305", "5253-1111", "mhlw.go.jp"] {
                assert!(!texts.get(document).contains(foreign), "{document:?}: {foreign}");
            }
        }
    }

    #[test]
    fn auth_03_sec_11_public_texts_lead_to_no_staff_page() {
        let texts = shipped();
        use Document::{AutoCall, Contacts, Faq, HealthCall, HowTo, Legal, MyHersys, Privacy, Terms};
        for document in [Terms, Privacy, Legal, Faq, MyHersys, HowTo, AutoCall, HealthCall, Contacts] {
            assert!(!texts.get(document).contains("/staff"), "{document:?}");
        }
    }

    #[test]
    fn sec_07_all_eight_duties_are_there() {
        let texts = shipped();
        let duties = texts.get(Document::Security);
        for number in 1..=8 {
            assert!(duties.contains(&format!("\n## {number}）")), "duty {number}");
        }
    }

    #[test]
    fn sup_05_the_25_answers_for_institutions_are_there() {
        let texts = shipped();
        for number in 1..=25 {
            assert!(texts.get(Document::StaffFaq).contains(&format!("\n### {number}. ")), "answer {number}");
        }
    }

    #[test]
    fn top_11_the_manual_has_the_original_chapters_in_their_order() {
        let texts = shipped();
        let manual = texts.get(Document::Manual);
        let chapters = [
            "## 1. はじめに",
            "## 2. システムの構造",
            "## 3. サインインの方法",
            "## 4. 発生届を提出する場合",
            "## 5. その他",
            "## 6. セキュリティについて",
            "## 7. システムサポート",
        ];
        let places: Vec<usize> = chapters.iter().map(|chapter| manual.find(chapter).expect(chapter)).collect();
        assert!(places.is_sorted());
    }

    #[test]
    fn sup_07_the_glossary_explains_every_word_of_the_original() {
        let texts = shipped();
        for word in [
            "アカウント",
            "ログインID",
            "パスワード",
            "Teams",
            "二段階認証",
            "Secretモード",
            "InPrivateモード",
            "タブ",
            "Edge",
            "Chrome",
            "Firefox",
            "キャッシュクリア",
        ] {
            assert!(texts.get(Document::Glossary).contains(word), "{word}");
        }
    }
}
