//! Lines of the texts that stand only where an installation offers what they speak of.

use crate::config::Config;

/// The lines of a text that hold here. A line that begins with one of the marks stands where it is so; a heading or
/// a paragraph is one line.
pub fn offered(text: &str, config: &Config) -> String {
    held(text, config.auto_call_phone.is_some(), config.health_call_phone.is_some())
}

fn held(text: &str, auto_call: bool, health_call: bool) -> String {
    let marks = [
        ("{{auto-call}}", auto_call),
        ("{{health-call}}", health_call),
        ("{{telephone}}", auto_call || health_call),
        ("{{no-telephone}}", !auto_call && !health_call),
    ];
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        let mark = marks.iter().find(|(mark, _)| line.starts_with(mark));
        let (mark, is_so) = mark.copied().unwrap_or(("", true));
        if is_so {
            lines.push_str(&line[mark.len()..]);
            lines.push('\n');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::info::{Document, Documents};

    #[test]
    fn a_line_stands_where_its_mark_holds() {
        let text = "a\n{{auto-call}}b\n{{health-call}}c\n{{telephone}}d\n{{no-telephone}}e\n{{operator}}\n";
        assert_eq!(held(text, true, false), "a\nb\nd\n{{operator}}\n");
        assert_eq!(held(text, false, true), "a\nc\nd\n{{operator}}\n");
        assert_eq!(held(text, false, false), "a\ne\n{{operator}}\n");
    }

    #[test]
    fn my_22_no_text_promises_reports_by_telephone_where_nobody_takes_them() {
        let texts = Documents::load(std::path::Path::new("/nonexistent")).unwrap();
        for document in [Document::HandOut, Document::Faq, Document::MyHersys] {
            for (auto_call, health_call) in [(true, true), (true, false), (false, true), (false, false)] {
                let text = held(texts.get(document), auto_call, health_call);
                assert_eq!(text.contains("自動架電"), auto_call, "{document:?}");
                assert_eq!(text.contains("健康コール"), health_call, "{document:?}");
                assert_eq!(text.contains("ダイヤル回線"), document != Document::MyHersys && (auto_call || health_call));
            }
        }
    }
}
