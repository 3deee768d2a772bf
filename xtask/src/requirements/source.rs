//! Just enough Rust to find functions, their comments and attributes in a source file.

use std::ops::Range;

/// A function with everything that stands directly above it.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    /// Bytes from the first comment or attribute above it to its last brace.
    pub extent: Range<usize>,
    /// Whether one of its attributes is `#[test]`, `#[tokio::test(…)]` or the like.
    pub is_test: bool,
}

/// All functions with a body, outer ones before those within them.
pub fn functions(source: &str) -> Vec<Function> {
    let code = blanked(source);
    let mut functions = Vec::new();
    let mut from = 0;
    while let Some(at) = next_keyword(&code, "fn", from) {
        from = at + 2;
        let name: String =
            source[from..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(body) = body(&code, from) else {
            continue;
        };
        if name.is_empty() {
            continue;
        }
        let start = start_of_head(source, &code, at);
        let is_test = attributes(&code[start..at]).iter().any(|path| is_test_attribute(path));
        functions.push(Function { name, extent: start..body.end, is_test });
    }
    functions
}

/// The source with comments and literals overwritten by blanks, byte for byte, so that braces
/// and keywords in it are code.
fn blanked(source: &str) -> String {
    let mut code = source.as_bytes().to_vec();
    let mut at = 0;
    while at < source.len() {
        let end = at + inert(source, at);
        if end == at {
            at += 1;
            while !source.is_char_boundary(at) {
                at += 1;
            }
            continue;
        }
        for byte in &mut code[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    // Only whole comments and literals were overwritten, so this is still UTF-8.
    String::from_utf8(code).unwrap_or_default()
}

/// How many bytes of comment or literal begin at `at`.
fn inert(source: &str, at: usize) -> usize {
    let rest = &source[at..];
    let in_word = source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if let Some(content) = rest.strip_prefix('"') {
        return 1 + quoted(content, '"');
    }
    if !in_word && let Some(length) = raw_string(rest) {
        return length;
    }
    if rest.starts_with('\'') { character(rest) } else { 0 }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(rest.len())
}

/// Bytes up to and including the closing quote.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#` and so on.
fn raw_string(rest: &str) -> Option<usize> {
    let marked = ["r", "br", "cr"].iter().find_map(|mark| rest.strip_prefix(mark))?;
    let hashes = marked.bytes().take_while(|byte| *byte == b'#').count();
    let content = marked[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = content.find(&close).map_or(content.len(), |end| end + close.len());
    Some(rest.len() - content.len() + end)
}

/// `'x'` or `'\n'`; a lifetime such as `'a` is none.
fn character(rest: &str) -> usize {
    let mut chars = rest[1..].chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => 1 + quoted(&rest[1..], '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

fn next_keyword(code: &str, keyword: &str, from: usize) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = from;
    loop {
        let at = from + code.get(from..)?.find(keyword)?;
        let end = at + keyword.len();
        if !code[..at].ends_with(is_word) && !code[end..].starts_with(is_word) {
            return Some(at);
        }
        from = end;
    }
}

/// The braces that follow a signature; none for a declaration that ends in a semicolon.
fn body(code: &str, from: usize) -> Option<Range<usize>> {
    let mut brackets = 0i32;
    let mut braces = 0i32;
    let mut open = None;
    for (at, c) in code[from..].char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if brackets <= 0 && braces == 0 => return None,
            '{' => {
                braces += 1;
                open.get_or_insert(from + at);
            }
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return open.map(|open| open..from + at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where the comments and attributes directly above a function begin.
fn start_of_head(source: &str, code: &str, at: usize) -> usize {
    // Attributes and `pub async` are code since the last brace or semicolon outside brackets …
    let mut brackets = 0i32;
    let before = code[..at].char_indices().rev().find(|(_, c)| {
        match c {
            ']' | ')' => brackets += 1,
            '[' | '(' => brackets -= 1,
            _ => {}
        }
        brackets <= 0 && matches!(c, '{' | '}' | ';')
    });
    let first = before.map_or(0, |(at, _)| at + 1);
    // … and a blank line ends what belongs to the function.
    let blank = source[first..at].rfind("\n\n").map_or(first, |blank| first + blank + 1);
    // A comment behind the last brace, on its line, is about that.
    source[blank..at].find('\n').map_or(blank, |line| blank + line + 1)
}

/// The paths of the attributes in a function's head: `tokio::test` of `#[tokio::test(…)]`.
fn attributes(head: &str) -> Vec<&str> {
    let starts = head.split("#[").skip(1);
    starts
        .map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next().unwrap_or_default())
        .collect()
}

fn is_test_attribute(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    last == "test" || last == "test_case" || last == "rstest"
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r##"
//! Module, MY-01.
use std::fmt; // fn no() {}

/// Not a test, MY-02: "fn nor() { this }".
pub fn plain<'a>(x: &'a str) -> [u8; 2] { let c = '{'; [b'}', b'\''] }

#[cfg(test)]
mod tests {
    /// About MY-03.
    #[tokio::test(flavor = "multi_thread")]
    async fn first() {
        let text = r#"} fn hidden() { "#; /* fn { /* nested */ */
        assert_eq!(text, "\"}"); // MY-04
    }

    // MY-05, far away

    // MY-06, near
    #[test]
    fn second() { fn inner() {} }

    proptest! {
        /// MY-07
        #[test]
        fn third(x in 0..9u8) { prop_assert!(x < 9) }
    }

    trait Declares { fn only(&self); }
}
"##;

    fn text_of(name: &str) -> (&'static str, bool) {
        let function = functions(SOURCE).into_iter().find(|function| function.name == name).unwrap();
        (&SOURCE[function.extent], function.is_test)
    }

    #[test]
    fn functions_are_found_in_code_only() {
        let names: Vec<String> = functions(SOURCE).into_iter().map(|function| function.name).collect();
        assert_eq!(names, ["plain", "first", "second", "inner", "third"]);
    }

    #[test]
    fn tests_are_told_by_their_attributes() {
        assert!(!text_of("plain").1 && !text_of("inner").1);
        assert!(text_of("first").1 && text_of("second").1 && text_of("third").1);
    }

    #[test]
    fn a_function_has_what_stands_directly_above_it_and_all_of_its_body() {
        let (first, _) = text_of("first");
        assert!(first.trim_start().starts_with("/// About MY-03") && first.contains("MY-04"), "{first}");
        assert!(first.ends_with('}'));
        let (second, _) = text_of("second");
        assert!(second.contains("MY-06") && !second.contains("MY-05"), "{second}");
        assert!(text_of("third").0.contains("MY-07"));
        assert!(text_of("plain").0.contains("MY-02") && !text_of("plain").0.contains("MY-01"));
    }
}
