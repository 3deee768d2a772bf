//! Dense lists: rows of 32 px, a header that stays, columns that say how they are sorted.

use maud::{Markup, html};

/// Which way a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// One column's head.
pub struct Column<'a> {
    label: &'a str,
    number: bool,
    /// The address that sorts by this column, and how the list is sorted by it now.
    sort: Option<(String, Option<Direction>)>,
}

impl<'a> Column<'a> {
    pub fn new(label: &'a str) -> Self {
        Self { label, number: false, sort: None }
    }

    /// Numbers stand at the right; their cells carry the class `number`.
    pub fn number(mut self) -> Self {
        self.number = true;
        self
    }

    /// Makes the head a link that sorts by this column.
    pub fn sortable(mut self, href: String, now: Option<Direction>) -> Self {
        self.sort = Some((href, now));
        self
    }

    fn head(&self) -> Markup {
        let now = self.sort.as_ref().and_then(|(_, now)| *now);
        let sorted = now.map(|direction| match direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        });
        html! {
            th scope="col" class=[self.number.then_some("number")] aria-sort=[sorted] {
                @if let Some((href, now)) = &self.sort {
                    a href=(href) {
                        (self.label)
                        span.sort-mark aria-hidden="true" {
                            @match now {
                                Some(Direction::Ascending) => { "▲" }
                                Some(Direction::Descending) => { "▼" }
                                None => { "↕" }
                            }
                        }
                    }
                } @else {
                    (self.label)
                }
            }
        }
    }
}

/// A dense list; each row is a `<tr>` of its own. `caption` says what is listed, for screen readers.
/// The frame scrolls by itself where the screen is too narrow.
pub fn dense(caption: &str, columns: &[Column<'_>], rows: impl IntoIterator<Item = Markup>) -> Markup {
    html! {
        div.table-frame role="region" aria-label=(caption) tabindex="0" {
            table.dense {
                caption.visually-hidden { (caption) }
                thead { tr { @for column in columns { (column.head()) } } }
                tbody { @for row in rows { (row) } }
            }
        }
    }
}

/// What stands in place of a list without rows: why it is empty and what to do.
pub fn empty(sentence: &str, next: Markup) -> Markup {
    html! {
        div.empty {
            p.empty-sentence { (sentence) }
            (next)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sorted_column_says_so_to_everybody() {
        let columns = [
            Column::new("氏名").sortable("/staff/cases?sort=-name".into(), Some(Direction::Ascending)),
            Column::new("年齢").number(),
        ];
        let html = dense("登録情報一覧", &columns, [html! { tr { td { "x" } td.number { "20" } } }]).into_string();
        assert!(html.contains(r#"<th scope="col" aria-sort="ascending">"#));
        assert!(html.contains(r#"<th scope="col" class="number">年齢"#));
    }
}
