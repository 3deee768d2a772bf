//! Files that come with a form, and the same text carried on from the preview to the deed.

use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::handler::Handler;
use axum::http::StatusCode;
use maud::{Markup, html};
use uuid::Uuid;

use crate::App;
use crate::admin::csv_file::{self, LineProblem};
use crate::error::{Error, Result};
use crate::ui::{Tone, notice};

/// Largest file: some ten thousand rows.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The text of such a file, carried on from the preview: Shift_JIS grows by half in UTF-8.
const MOST_CARRIED: usize = 2 * MOST_BYTES;

/// A handler that takes files larger than other requests may be.
pub fn with_room<H, T>(handler: H) -> impl Handler<T, App>
where
    H: Handler<T, App>,
    T: 'static,
{
    handler.layer(DefaultBodyLimit::max(MOST_CARRIED))
}

/// What was sent: the text of the file (or, from the preview, the same text again), or why there is none.
pub struct Upload {
    pub text: std::result::Result<String, LineProblem>,
    pub issuing_id: Option<Uuid>,
}

impl Upload {
    pub async fn read(mut multipart: Multipart) -> Result<Self> {
        let mut upload = Self {
            text: Err(LineProblem::file("ファイルが選ばれていません。CSVファイルを選んでください。")),
            issuing_id: None,
        };
        loop {
            let part = match multipart.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(upload),
                Err(error) => return upload.refused(&error),
            };
            let name = part.name().unwrap_or_default().to_owned();
            let has_name = part.file_name().is_some_and(|file| !file.is_empty());
            let bytes = match part.bytes().await {
                Ok(bytes) => bytes,
                Err(error) => return upload.refused(&error),
            };
            match name.as_str() {
                "file" if bytes.len() > MOST_BYTES => return Ok(upload.too_large()),
                "file" if has_name || !bytes.is_empty() => upload.text = csv_file::decode(&bytes),
                "text" => upload.text = csv_file::decode(&bytes),
                "issuing_id" => {
                    upload.issuing_id = std::str::from_utf8(&bytes).ok().and_then(|text| Uuid::parse_str(text).ok());
                }
                _ => {}
            }
        }
    }

    fn too_large(mut self) -> Self {
        self.text = Err(LineProblem::file("ファイルが大きすぎます。2MBまでに分けてください。"));
        self
    }

    fn refused(self, error: &MultipartError) -> Result<Self> {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Ok(self.too_large());
        }
        Err(Error::one("", "ファイルを読み取れませんでした。もう一度選んで送信してください。"))
    }
}

/// The form that takes a file.
pub fn file_form(action: &str, button: &str) -> Markup {
    html! {
        form.admin-upload method="post" action=(action) enctype="multipart/form-data" {
            div.field {
                label.label for="field-file" { "CSVファイル" }
                p.hint #hint-file { "文字コードはUTF-8かShift_JIS、2MBまで。この時点では何も登録しません。" }
                div.control { input #field-file name="file" type="file" accept=".csv,text/csv" aria-describedby="hint-file"; }
            }
            div.actions { button.button.primary type="submit" { (button) } }
        }
    }
}

/// The text of a file, carried on unseen by a multipart form.
pub fn carried(text: &str) -> Markup {
    html! { input type="hidden" name="text" value=(text); }
}

/// Everything that is wrong with a file, each with its line.
pub fn problems_table(problems: &[LineProblem]) -> Markup {
    html! {
        div.error-summary role="alert" tabindex="-1" data-error-summary {
            h2 { span.error-mark { "エラー" } " ファイルに直すところが" (problems.len()) "件あります" }
            p { "何も登録していません。ファイルを直してから、もう一度選んでください。" }
            ul.admin-problems {
                @for problem in problems {
                    li {
                        @if let Some(line) = problem.line { strong { (line) "行目" } " " }
                        (problem.message)
                    }
                }
            }
        }
    }
}

/// What columns a file has, for the page that takes it.
pub fn columns_help(columns: &[(&str, bool, &str)], example: &str) -> Markup {
    html! {
        (notice(Tone::Information, html! {
            p { "1行目に見出し、2行目から1件1行で入れます。列の順は自由です。" }
        }))
        div.table-frame role="region" aria-label="CSVの列" tabindex="0" {
            table.dense {
                caption.visually-hidden { "CSVの列" }
                thead { tr { th scope="col" { "見出し" } th scope="col" { "必須" } th scope="col" { "内容" } } }
                tbody {
                    @for (name, required, text) in columns {
                        tr {
                            th scope="row" { (name) }
                            td { (if *required { "必須" } else { "任意" }) }
                            td.wrap { (text) }
                        }
                    }
                }
            }
        }
        details.admin-example {
            summary { "ファイルの例" }
            pre tabindex="0" { (example) }
        }
    }
}
