//! Puts the PWA together: names by content, the loader, templates filled in.
//!
//! `assets/pwa/` brings `index.html` with `{{js}}` (the loader), `{{module}}` (the wasm-bindgen
//! module, for a modulepreload), `{{wasm}}` and `{{css}}`; `sw.js` with `{{precache}}` (a JSON
//! list of addresses) and `{{version}}` (changes with any file); `*.css`, joined by name into one
//! file; and anything else, copied under its own name.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::bindgen::{Bound, files_below};
use crate::fingerprint;

const INDEX: &str = "index.html";
const SERVICE_WORKER: &str = "sw.js";
const WEB_MANIFEST: &str = "manifest.webmanifest";
/// A part that the PWA loads when it needs it, by `devicePush(function)`.
const PUSH: &str = "push.js";

/// A file of the bundle.
#[derive(Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Relative to the root of the site.
    pub path: String,
    pub content: Vec<u8>,
    /// Whether a browser fetches it on the very first visit.
    pub first_load: bool,
}

/// Makes all files of the bundle from the PWA and its assets.
pub fn bundle(assets: &Path, bound: Bound) -> Result<Vec<Bundled>> {
    let mut files = Vec::new();
    let mut css = Vec::new();
    let mut index = None;
    let mut service_worker = None;
    for path in files_below(assets)? {
        let name = path.strip_prefix(assets)?.to_string_lossy().into_owned();
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if name == INDEX {
            index = Some(text(&name, content)?);
        } else if name == SERVICE_WORKER {
            service_worker = Some(spare(&text(&name, content)?));
        } else if name.ends_with(".css") {
            css.extend(spare(&without_remarks(&text(&name, content)?)).into_bytes());
        } else {
            files.push(Bundled { path: name, content, first_load: false });
        }
    }
    let Some(index) = index else { bail!("{} has no {INDEX}", assets.display()) };

    let css = named("app", "css", css);
    let wasm = named("hersys", "wasm", bound.wasm);
    let module = named("hersys", "js", spare(&text("hersys.js", bound.module)?).into_bytes());
    let has_push = files.iter().any(|file| file.path == PUSH);
    let boot = named("boot", "js", loader(&module.path, &wasm.path, service_worker.is_some(), has_push));
    let index = fill(
        INDEX,
        &index,
        &[("js", &address(&boot)), ("module", &address(&module)), ("wasm", &address(&wasm)), ("css", &address(&css))],
    )?;

    for file in &mut files {
        file.first_load = file.path == WEB_MANIFEST || index.contains(&format!("/{}", file.path));
    }
    files.extend([css, wasm, module, boot]);
    let snippets = bound.snippets.into_iter();
    files.extend(snippets.map(|(path, content)| Bundled { path, content, first_load: true }));
    files.push(Bundled { path: INDEX.to_owned(), content: index.into_bytes(), first_load: true });
    files.sort_by(|a, b| a.path.cmp(&b.path));

    if let Some(template) = service_worker {
        let precache: Vec<String> = files.iter().filter(|file| file.first_load).map(address).collect();
        let values = [("precache", &*serde_json::to_string(&precache)?), ("version", &version(&files))];
        let content = fill(SERVICE_WORKER, &template, &values)?.into_bytes();
        files.push(Bundled { path: SERVICE_WORKER.to_owned(), content, first_load: true });
    }
    Ok(files)
}

/// A first-load file whose name changes with its content, so that it may be cached for ever.
fn named(stem: &str, extension: &str, content: Vec<u8>) -> Bundled {
    let hash = fingerprint::of_bytes(&content);
    Bundled { path: format!("{stem}-{}.{extension}", &hash[..16]), content, first_load: true }
}

fn address(file: &Bundled) -> String {
    if file.path == INDEX { "/".to_owned() } else { format!("/{}", file.path) }
}

fn version(files: &[Bundled]) -> String {
    let list: Vec<String> =
        files.iter().map(|file| format!("{} {}\n", file.path, fingerprint::of_bytes(&file.content))).collect();
    fingerprint::of_bytes(list.concat().as_bytes())[..16].to_owned()
}

/// The loader, a file because the content security policy allows no inline script. Where the
/// PWA cannot start, `<html data-boot="failed">` lets the style sheet show a sentence that says so.
fn loader(module: &str, wasm: &str, with_service_worker: bool, with_push: bool) -> Vec<u8> {
    let mut script = format!(
        "import start from \"/{module}\";\n\
         start({{ module_or_path: \"/{wasm}\" }}).catch((error) => {{\n  \
           document.documentElement.dataset.boot = \"failed\";\n  \
           throw error;\n\
         }});\n"
    );
    if with_push {
        script.push_str(&format!(
            "globalThis.devicePush = (name) => import(\"/{PUSH}\").then((part) => part[name]());\n"
        ));
    }
    if with_service_worker {
        script.push_str(
            "if (\"serviceWorker\" in navigator) {\n  \
               addEventListener(\"load\", () => navigator.serviceWorker.register(\"/sw.js\"));\n\
             }\n",
        );
    }
    script.into_bytes()
}

/// The lines of a script or a style sheet without what is only for readers: the first visit pays for each byte.
/// No text in them goes over several lines.
fn spare(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A style sheet without its remarks.
fn without_remarks(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    kept + rest
}

/// Replaces `{{name}}` by its value; a name without a value is a mistake in the template.
fn fill(file: &str, template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        let Some((_, value)) = values.iter().find(|(known, _)| *known == name.trim()) else {
            bail!("{file} has a placeholder {{{{{name}}}}} that nothing fills");
        };
        filled.push_str(before);
        filled.push_str(value);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn text(name: &str, content: Vec<u8>) -> Result<String> {
    String::from_utf8(content).with_context(|| format!("{name} is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(app_css: &str) -> Vec<Bundled> {
        let assets = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| fs::write(assets.path().join(name), content).unwrap();
        write("index.html", r#"<link href="{{css}}"><link href="/icon.svg"><script src="{{ js }}"></script>{{wasm}}"#);
        write("sw.js", "const files = {{precache}}, version = \"{{version}}\";");
        write("a.css", app_css);
        write("b.css", "b{}");
        write("icon.svg", "<svg/>");
        write("icon-512.png", "png");
        write("manifest.webmanifest", "{}");
        let snippets = vec![("snippets/x/inline0.js".to_owned(), b"x".to_vec())];
        bundle(assets.path(), Bound { module: b"m".to_vec(), wasm: b"w".to_vec(), snippets }).unwrap()
    }

    fn content(files: &[Bundled], start: &str) -> String {
        let file = files.iter().find(|file| file.path.starts_with(start)).unwrap();
        String::from_utf8(file.content.clone()).unwrap()
    }

    #[test]
    fn the_page_names_files_that_are_there() {
        let files = made("a{}");
        let index = content(&files, "index.html");
        assert!(!index.contains("{{"));
        for start in ["app-", "boot-"] {
            let path = &files.iter().find(|file| file.path.starts_with(start)).unwrap().path;
            assert!(index.contains(&format!("\"/{path}\"")), "{index}");
        }
        assert_eq!(content(&files, "app-"), "a{}\nb{}\n");
    }

    #[test]
    fn the_first_load_is_what_the_page_needs_and_the_worker_keeps() {
        let files = made("a{}");
        let later: Vec<&str> = files.iter().filter(|f| !f.first_load).map(|f| &*f.path).collect();
        assert_eq!(later, ["icon-512.png"]);
        let worker = content(&files, "sw.js");
        for kept in ["\"/\"", "\"/icon.svg\"", "\"/manifest.webmanifest\"", "\"/snippets/x/inline0.js\""] {
            assert!(worker.contains(kept), "{worker}");
        }
        assert!(!worker.contains("icon-512"));
    }

    #[test]
    fn the_same_inputs_make_the_same_bundle_and_others_another_version() {
        assert_eq!(made("a{}"), made("a{}"));
        assert_ne!(content(&made("a{}"), "sw.js"), content(&made("c{}"), "sw.js"));
    }

    #[test]
    fn what_is_only_for_readers_stays_here() {
        assert_eq!(spare("// why\n\nif (a) {\n  b(\"//c\");\n}\n"), "if (a) {\nb(\"//c\");\n}\n");
        assert_eq!(spare(&without_remarks("/* Top\n   part */\na {\n  b: c; /* d */\n}\n")), "a {\nb: c;\n}\n");
    }

    #[test]
    fn a_placeholder_that_nothing_fills_is_refused() {
        let error = fill("index.html", "{{title}}", &[]).unwrap_err();
        assert_eq!(error.to_string(), "index.html has a placeholder {{title}} that nothing fills");
        assert_eq!(fill("a", "f({{ x }}) {{", &[("x", "1")]).unwrap(), "f(1) {{");
    }
}
