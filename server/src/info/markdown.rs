//! Markdown to HTML that is safe whoever wrote it: no raw HTML, no pictures, only plain links.

use maud::PreEscaped;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A text as a page shows it.
pub struct Rendered {
    /// The first heading of the first level.
    pub title: String,
    /// Headings of the second level with their ids, for a table of contents.
    pub contents: Vec<(String, String)>,
    /// Everything behind the title.
    pub body: PreEscaped<String>,
}

/// What an operator may write for the operator's own name.
const OPERATOR: &str = "{{operator}}";

/// Renders a text; `operator` stands wherever `{{operator}}` does.
pub fn render(text: &str, operator: &str) -> Rendered {
    let mut title = String::new();
    let mut contents = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    // The heading that is being read: where it began, and its words.
    let mut heading: Option<(HeadingLevel, usize, String)> = None;
    let mut in_image = 0_usize;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        let event = match event {
            Event::Text(words) => Event::Text(with_operator(words, operator)),
            // Shown as it was written.
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            other => other,
        };
        match event {
            Event::Start(Tag::Image { .. }) => in_image += 1,
            Event::End(TagEnd::Image) => in_image = in_image.saturating_sub(1),
            _ if in_image > 0 => {}
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, events.len(), String::new())),
            Event::End(TagEnd::Heading(level)) => {
                let Some((_, begin, words)) = heading.take() else { continue };
                if level == HeadingLevel::H1 && title.is_empty() {
                    title = words;
                    events.truncate(begin);
                    continue;
                }
                let id = format!("section-{}", contents.len() + 1);
                let id = (level == HeadingLevel::H2).then(|| {
                    contents.push((id.clone(), words));
                    CowStr::from(id)
                });
                // One heading of the first level a page.
                let level = if level == HeadingLevel::H1 { HeadingLevel::H2 } else { level };
                let start = Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() };
                events.insert(begin, Event::Start(start));
                events.push(Event::End(TagEnd::Heading(level)));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = if is_plain(&dest_url) { dest_url } else { CowStr::from("#main") };
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Table(columns)) => {
                // The frame scrolls by itself where the screen is too narrow.
                events.push(Event::Html(CowStr::from("<div class=\"text-table\">")));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html(CowStr::from("</div>")));
            }
            other => {
                if let (Some((_, _, words)), Event::Text(text) | Event::Code(text)) = (&mut heading, &other) {
                    words.push_str(text);
                }
                events.push(other);
            }
        }
    }
    let mut body = String::with_capacity(text.len() * 2);
    html::push_html(&mut body, events.into_iter());
    Rendered { title, contents, body: PreEscaped(body) }
}

fn with_operator<'a>(words: CowStr<'a>, operator: &str) -> CowStr<'a> {
    if words.contains(OPERATOR) { CowStr::from(words.replace(OPERATOR, operator)) } else { words }
}

/// Pages of this system, other sites, mail and telephone; nothing that a browser would run.
fn is_plain(address: &str) -> bool {
    let own = (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#');
    own || ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_stands_apart_and_sections_have_ids() {
        let page = render("# 利用規約\n\n{{operator}}が定めます。\n\n## 目的\n\n本文\n\n### 細則\n", "みどり<県>");
        assert_eq!(page.title, "利用規約");
        assert_eq!(page.contents, [("section-1".to_owned(), "目的".to_owned())]);
        assert!(page.body.0.contains("<h2 id=\"section-1\">目的</h2>") && page.body.0.contains("<h3>細則</h3>"));
        assert!(page.body.0.contains("みどり&lt;県&gt;が定めます") && !page.body.0.contains("利用規約"));
    }

    #[test]
    fn nothing_that_runs_comes_through() {
        let page = render(
            "# x\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b> [c](javascript:alert(1)) [d](//evil.example) ![e](http://e.example/e.png)\n",
            "",
        );
        for refused in ["<script", "<b ", "javascript:", "//evil", "<img", "e.png"] {
            assert!(!page.body.0.contains(refused), "{refused} in {}", page.body.0);
        }
    }

    #[test]
    fn links_to_own_pages_mail_and_telephone_stay() {
        let page = render("[a](/info/legal) [b](tel:0312345678) [c](mailto:a@b.example)", "");
        assert!(["/info/legal", "tel:0312345678", "mailto:a@b.example"].iter().all(|link| page.body.0.contains(link)));
    }
}
