//! Where one is in the list, and the ways on.

use maud::{Markup, html};

use crate::cases::find::{Sort, SortKey};
use crate::cases::list::Found;
use crate::cases::list::address::{Address, SIZES};

/// How many there are, in which order, and the neighbouring pages.
pub fn paging(address: &Address, found: &Found, name: &str) -> Markup {
    let size = i64::try_from(address.size()).unwrap_or(1);
    let pages = (found.total.count + size - 1) / size;
    // People entered meanwhile shift the pages; the ends are always told right.
    let page = match (found.rows.before, found.rows.after) {
        (false, _) => Some(1),
        (_, false) => (!found.total.is_more).then_some(pages),
        _ if found.total.is_more => address.page.filter(|page| *page > 0),
        _ => Some(address.page.unwrap_or(1).clamp(1, pages.max(1))),
    };
    let first = found.rows.rows.first().map(|row| row.case_id.to_string()).unwrap_or_default();
    let last = found.rows.rows.last().map(|row| row.case_id.to_string()).unwrap_or_default();
    // Where the page's number is not known, counted from the end, its neighbours' are not either.
    let to = |name: &'static str, case_id: String, step: i64| {
        let mut place = vec![(name, case_id)];
        place.extend(page.map(|page| ("page", page.saturating_add(step).to_string())));
        place
    };
    let link = |there: bool, label: &str, place: &[(&str, String)]| {
        html! {
            @if there {
                a.button.small href=(address.page_href(found, place)) { (label) }
            }
        }
    };
    html! {
        nav.paging aria-label=(name) {
            p.paging-count {
                strong { (thousands(found.total.count)) } "件" @if found.total.is_more { "以上" }
            }
            p.paging-order { (found.sort.key.label()) "の" (order(found.sort)) }
            @if found.rows.before || found.rows.after {
                @if let Some(page) = page {
                    p.paging-page {
                        (thousands(page)) @if !found.total.is_more { " / " (thousands(pages)) } "ページ"
                        @if found.total.is_more { "目" }
                    }
                }
                (link(found.rows.before, "最初", &[]))
                (link(found.rows.before, "前へ", &to("before", first, -1)))
                (link(found.rows.after, "次へ", &to("after", last, 1)))
                (link(found.rows.after, "最後", &[("last", "true".to_owned())]))
            }
        }
    }
}

fn order(sort: Sort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::Kana, false) => "五十音順",
        (SortKey::Kana, true) => "五十音の逆順",
        (_, true) => "新しい順",
        (_, false) => "古い順",
    }
}

/// LST-08
pub fn sizes(address: &Address, found: &Found) -> Markup {
    html! {
        nav.sizes aria-label="表示件数" {
            span { "表示件数" }
            @for size in SIZES {
                a href=(address.href(found, found.sort, size, &[])) aria-current=[(size == address.size()).then_some("true")] {
                    (size) "件表示"
                }
            }
        }
    }
}

/// `50,000`
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_easy_to_read() {
        assert_eq!(
            ["0", "999", "1,000", "50,000", "1,234,567"],
            [0, 999, 1000, 50_000, 1_234_567].map(thousands).each_ref().map(String::as_str)
        );
    }
}
