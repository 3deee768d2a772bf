//! One error for every handler: a sentence for the user, the cause for the log.
//!
//! A handler's error becomes a bare response that carries a [`Failure`]; the area's middleware
//! (`/api` → JSON, `/staff` → page) gives it its body.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hersys_shared::Problems;
use hersys_shared::api::ErrorCode;

use crate::db::DbError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not found")]
    NotFound,
    /// Within reach, but not for this kind of ID.
    #[error("forbidden")]
    Forbidden,
    #[error("not signed in")]
    NotSignedIn,
    #[error("wrong credentials")]
    WrongCredentials,
    #[error("cross-site request")]
    CrossSite,
    #[error("invalid input")]
    Invalid(Problems),
    #[error("wrong code")]
    WrongCode,
    #[error("code expired")]
    CodeExpired,
    #[error("mismatch")]
    Mismatch,
    #[error("already linked")]
    AlreadyLinked,
    #[error("locked")]
    Locked { retry_after: u64 },
    #[error("too many requests")]
    TooMany { retry_after: u64 },
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    #[error("internal: {0}")]
    Internal(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl Error {
    /// Whether something that is kept cannot be read: it will not be better by trying again.
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::Internal(_) => true,
            Self::Db(error) => error.is_unreadable(),
            _ => false,
        }
    }
}

/// What an error looks like from outside.
#[derive(Debug, Clone)]
pub struct Failure {
    pub code: ErrorCode,
    pub message: String,
    pub problems: Problems,
    pub retry_after: Option<u64>,
}

impl Error {
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, message);
        Self::Invalid(problems)
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotSignedIn | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::WrongCode | Self::Mismatch | Self::AlreadyLinked => StatusCode::CONFLICT,
            Self::CodeExpired => StatusCode::GONE,
            Self::Locked { .. } => StatusCode::LOCKED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Db(error) if error.is_unavailable() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) | Self::Db(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn failure(&self) -> Failure {
        let (code, message) = match self {
            Self::NotFound => (ErrorCode::NotFound, "お探しのものは見つかりませんでした。".into()),
            Self::Forbidden => (ErrorCode::NotFound, "この項目を見る権限がありません。".into()),
            Self::NotSignedIn => (ErrorCode::NotSignedIn, "サインインしてください。".into()),
            Self::WrongCredentials => (ErrorCode::WrongCredentials, "メールアドレスかパスワードが正しくありません。".into()),
            Self::CrossSite => (ErrorCode::CrossSite, "別のサイトからの操作は受け付けられません。画面を開き直してください。".into()),
            Self::Invalid(problems) => (
                ErrorCode::InvalidInput,
                match problems.0.as_slice() {
                    [only] => only.message.clone(),
                    _ => "入力内容を確かめてください。".into(),
                },
            ),
            Self::WrongCode => (ErrorCode::WrongCode, "確認コードが正しくありません。メールの6桁の数字を確かめてください。".into()),
            Self::CodeExpired => (ErrorCode::CodeExpired, "この確認コードは使えなくなりました。確認コードを再発行してください。".into()),
            Self::Mismatch => (
                ErrorCode::Mismatch,
                "HER-SYS IDと生年月日の組み合わせが登録と一致しません。SMSや書面の番号と生年月日を確かめ、それでも進めないときは管轄の保健所にお問い合わせください。".into(),
            ),
            Self::AlreadyLinked => (ErrorCode::AlreadyLinked, "この方はすでに登録されています。".into()),
            Self::Locked { retry_after } => (
                ErrorCode::Locked,
                format!("まちがいが続いたため、登録を一時止めています。{}後にもう一度お試しください。", wait(*retry_after)),
            ),
            Self::TooMany { retry_after } => (
                ErrorCode::TooManyRequests,
                format!("回数が多すぎます。{}後にもう一度お試しください。", wait(*retry_after)),
            ),
            Self::Unavailable(_) => (ErrorCode::Unavailable, "ただいま混み合っています。少し待ってからもう一度お試しください。".into()),
            Self::Db(error) if error.is_unavailable() => {
                (ErrorCode::Unavailable, "ただいま混み合っています。少し待ってからもう一度お試しください。".into())
            }
            Self::Internal(_) | Self::Db(_) => {
                (ErrorCode::Internal, "システムの不具合で処理できませんでした。時間をおいてもう一度お試しください。".into())
            }
        };
        let retry_after = match self {
            Self::Locked { retry_after } | Self::TooMany { retry_after } => Some(*retry_after),
            Self::Unavailable(_) => Some(5),
            Self::Db(error) if error.is_unavailable() => Some(5),
            _ => None,
        };
        let problems = match self {
            Self::Invalid(problems) => problems.clone(),
            _ => Problems::default(),
        };
        Failure { code, message, problems, retry_after }
    }
}

/// `30秒`, `5分`, `1時間`, rounded up.
fn wait(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{}秒", seconds.max(1)),
        91..=5400 => format!("{}分", seconds.div_ceil(60)),
        _ => format!("{}時間", seconds.div_ceil(3600)),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %self, "request failed");
        }
        let failure = self.failure();
        let mut response = status.into_response();
        if let Some(retry_after) = failure.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response.extensions_mut().insert(failure);
        response
    }
}
