//! Tabs with an address each: a navigation, so that they work as links.

use maud::{Markup, html};

/// Tabs as (label, address, whether it is the one that is shown).
pub fn tabs<L: AsRef<str>, H: AsRef<str>>(tabs: &[(L, H, bool)]) -> Markup {
    html! {
        nav.tabs aria-label="タブ" {
            ul {
                @for (label, href, current) in tabs {
                    li { a href=(href.as_ref()) aria-current=[current.then_some("page")] { (label.as_ref()) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tab_is_the_current_page() {
        let html = tabs(&[("ID管理", "/a", false), ("健康観察", "/b", true)]).into_string();
        assert!(html.contains(r#"<a href="/b" aria-current="page">健康観察</a>"#));
        assert!(html.contains(r#"<a href="/a">ID管理</a>"#));
    }
}
