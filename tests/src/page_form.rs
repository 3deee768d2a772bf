//! What a browser would send of a page that somebody looked at and pressed a button of.

/// The controls of the form with `id` as they stand on the page, as a browser sends them: in the page's order, boxes
/// that are not ticked left out.
pub fn controls(html: &str, id: &str) -> Vec<(String, String)> {
    let marked = html.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no form {id}: {html}"));
    let from = html[..marked].rfind("<form").expect("a form's beginning");
    let form = &html[from..from + html[from..].find("</form>").expect("a form's end")];
    let mut controls = Vec::new();
    let mut rest = form;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag = &rest[..end_of_tag(rest)];
        let Some(name) = attribute(tag, "name") else { continue };
        let value = attribute(tag, "value").unwrap_or_default();
        match tag.split_whitespace().next() {
            Some("input") => {
                let is_choice = matches!(attribute(tag, "type").as_deref(), Some("radio" | "checkbox"));
                if !is_choice || has(tag, "checked") {
                    controls.push((name, value));
                }
            }
            Some("textarea") => {
                let text = &rest[tag.len() + 1..];
                let text = text.split("</textarea>").next().unwrap_or_default();
                controls.push((name, decoded(text.strip_prefix('\n').unwrap_or(text))));
            }
            Some("select") => {
                let list = rest.split("</select>").next().unwrap_or_default();
                let options = || list.split("<option").skip(1).map(|option| &option[..end_of_tag(option)]);
                let chosen = options().find(|option| has(option, "selected")).or_else(|| options().next());
                controls.push((name, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()));
            }
            _ => {}
        }
    }
    controls
}

/// Where the tag's `>` stands: quoted values may hold one.
fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    text.char_indices()
        .find(|(_, c)| {
            quoted ^= *c == '"';
            *c == '>' && !quoted
        })
        .map_or(text.len(), |(at, _)| at)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(decoded)
}

/// Whether the tag has an attribute without a value.
fn has(tag: &str, name: &str) -> bool {
    let mut plain = String::new();
    for (at, part) in tag.split('"').enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        }
    }
    plain.split_whitespace().any(|word| word == name)
}

fn decoded(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
