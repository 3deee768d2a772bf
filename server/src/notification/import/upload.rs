//! What the forms of the import send: the file or its text again, and what was ticked.

use axum::extract::Multipart;
use axum::http::StatusCode;

use crate::admin::csv_file::{self, LineProblem};
use crate::admin::upload::MOST_BYTES;
use crate::error::{Error, Result};

pub struct Upload {
    /// The text of the file, or why there is none.
    pub text: std::result::Result<String, LineProblem>,
    /// 【続ける】 in spite of warnings.
    pub goes_on: bool,
    /// What the preview showed ([`crate::notification::import::plan::Plan::fingerprint`]).
    pub seen: String,
    /// メール送信 (FORM-23)
    pub sends_mail: bool,
}

impl Upload {
    pub async fn read(mut multipart: Multipart) -> Result<Self> {
        let missing = LineProblem::file("ファイルが選ばれていません。CSVファイルを選んでください。");
        let mut upload = Self { text: Err(missing), goes_on: false, seen: String::new(), sends_mail: false };
        loop {
            let part = match multipart.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(upload),
                Err(error) => return upload.refused(error.status()),
            };
            let name = part.name().unwrap_or_default().to_owned();
            let has_name = part.file_name().is_some_and(|file| !file.is_empty());
            let bytes = match part.bytes().await {
                Ok(bytes) => bytes,
                Err(error) => return upload.refused(error.status()),
            };
            match name.as_str() {
                "file" if bytes.len() > MOST_BYTES => return Ok(upload.too_large()),
                "file" if has_name || !bytes.is_empty() => upload.text = csv_file::decode(&bytes),
                "text" => upload.text = csv_file::decode(&bytes),
                "continue" => upload.goes_on = !bytes.is_empty(),
                "seen" => upload.seen = String::from_utf8_lossy(&bytes).into_owned(),
                "mail" => upload.sends_mail = !bytes.is_empty(),
                _ => {}
            }
        }
    }

    fn too_large(mut self) -> Self {
        self.text = Err(LineProblem::file("ファイルが大きすぎます。2MBまでに分けてください。"));
        self
    }

    fn refused(self, status: StatusCode) -> Result<Self> {
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Ok(self.too_large());
        }
        Err(Error::one("", "ファイルを読み取れませんでした。もう一度選んで送信してください。"))
    }
}
