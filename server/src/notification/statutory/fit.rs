//! How text fits the boxes of the paper form: it shrinks, and what is too long even then goes on
//! on a second page (FORM-27). Nothing is ever cut.

/// A box for text, in millimetres; `statutory.css` gives it at least this size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    pub width: f32,
    pub height: f32,
}

/// Sizes of type in points, largest first, with the class that sets each. Smaller than 7.5 points
/// is what some browsers refuse to draw.
const SIZES: [(f32, &str); 4] = [(10.0, "fit-10"), (9.0, "fit-9"), (8.25, "fit-8"), (7.5, "fit-7")];

/// Millimetres of a point.
const POINT: f32 = 0.3528;

/// Height of a line in ems, as the style sets it.
const LINE: f32 = 1.2;

/// Stands at the end of what goes on elsewhere.
const GOES_ON: &str = "…（別紙）";

/// How a text stands in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fitted {
    /// The whole text, under the class of its size.
    Whole(&'static str),
    /// Its beginning, for the smallest size; the whole stands on the second page.
    Begun(String),
}

/// The class of [`Fitted::Begun`].
pub const SMALLEST: &str = "fit-7";

/// Fits `text` into `room`.
pub fn fit(text: &str, room: Room) -> Fitted {
    for (points, class) in SIZES {
        if lines(text, columns(room, points)) <= rows(room, points) {
            return Fitted::Whole(class);
        }
    }
    let (points, _) = SIZES[SIZES.len() - 1];
    let (columns, rows) = (columns(room, points), rows(room, points));
    let mut begun = String::new();
    for c in text.chars() {
        begun.push(c);
        if lines(&format!("{begun}{GOES_ON}"), columns) > rows {
            begun.pop();
            break;
        }
    }
    Fitted::Begun(format!("{}{GOES_ON}", begun.trim_end()))
}

/// Ems that stand in one line.
fn columns(room: Room, points: f32) -> f32 {
    room.width / (points * POINT)
}

/// Lines that stand above each other; one at least, since each box has a line.
fn rows(room: Room, points: f32) -> usize {
    let mut rows = 1;
    let mut left = room.height - 2.0 * points * POINT * LINE;
    while left >= 0.0 {
        rows += 1;
        left -= points * POINT * LINE;
    }
    rows
}

/// Lines that a text takes where it may break behind every letter.
fn lines(text: &str, columns: f32) -> usize {
    text.split('\n')
        .map(|paragraph| {
            let (mut count, mut used) = (1, 0.0);
            for width in paragraph.chars().map(width) {
                if used + width > columns {
                    count += 1;
                    used = 0.0;
                }
                used += width;
            }
            count
        })
        .sum()
}

/// Ems of a letter, rather too many than too few: fonts differ.
fn width(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '&' => 1.0,
        'A'..='Z' => 0.78,
        '!'..='~' => 0.62,
        ' ' => 0.35,
        '\u{ff61}'..='\u{ff9f}' => 0.55,
        _ => 1.02,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOX: Room = Room { width: 60.0, height: 8.0 };

    #[test]
    fn form_27_long_texts_shrink_and_then_go_on_elsewhere() {
        assert_eq!(fit("山田 太郎", BOX), Fitted::Whole("fit-10"));
        assert_eq!(fit(&"山".repeat(33), BOX), Fitted::Whole("fit-9"));
        let Fitted::Begun(begun) = fit(&"山".repeat(200), BOX) else { panic!("it fits") };
        assert!(begun.starts_with("山山山") && begun.ends_with("（別紙）"));
        assert!(lines(&begun, columns(BOX, 7.5)) <= rows(BOX, 7.5));
    }

    proptest! {
        #[test]
        fn what_is_begun_always_fits(text in "[あ-んA-Za-z0-9 \n]{0,300}", width in 20f32..180.0, height in 3f32..40.0) {
            let room = Room { width, height };
            match fit(&text, room) {
                Fitted::Whole(class) => {
                    let (points, _) = SIZES.into_iter().find(|(_, known)| *known == class).unwrap();
                    prop_assert!(lines(&text, columns(room, points)) <= rows(room, points));
                }
                Fitted::Begun(begun) => prop_assert!(text.starts_with(begun.trim_end_matches(GOES_ON))),
            }
        }
    }
}
