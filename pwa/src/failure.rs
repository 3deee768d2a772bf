//! Why a call did not come to an end, and what the page says about it.

use hersys_shared::Problems;
use hersys_shared::api::{ApiError, ErrorCode};

use crate::texts;

#[derive(Clone, PartialEq)]
pub enum Failure {
    /// No answer: no network, or it took too long. The server may or may not have acted.
    Unreachable,
    Refused(ApiError),
}

impl Failure {
    /// For answers that do not come from the API itself, such as a proxy's.
    pub fn of_status(status: u16, retry_after: Option<u64>) -> Self {
        let code = match status {
            401 => ErrorCode::NotSignedIn,
            403 => ErrorCode::CrossSite,
            404 => ErrorCode::NotFound,
            413 => ErrorCode::TooLarge,
            429 => ErrorCode::TooManyRequests,
            502..=504 => ErrorCode::Unavailable,
            _ => ErrorCode::Internal,
        };
        let message = match code {
            ErrorCode::TooManyRequests | ErrorCode::Unavailable => texts::BUSY,
            ErrorCode::NotSignedIn => texts::SESSION_ENDED,
            _ => texts::FAULT,
        };
        Self::Refused(ApiError { code, message: message.to_owned(), problems: Vec::new(), retry_after })
    }

    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Unreachable => None,
            Self::Refused(error) => Some(error.code),
        }
    }

    pub fn is_signed_out(&self) -> bool {
        self.code() == Some(ErrorCode::NotSignedIn)
    }

    /// A sentence to show as it is.
    pub fn message(&self) -> &str {
        match self {
            Self::Unreachable => texts::UNREACHABLE,
            Self::Refused(error) => &error.message,
        }
    }

    /// How long to wait, where the server said so.
    pub fn wait(&self) -> Option<String> {
        self.retry_after().map(texts::wait)
    }

    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Unreachable => None,
            Self::Refused(error) => error.retry_after.filter(|seconds| *seconds > 0),
        }
    }

    /// The problems under the names of the page's fields: `reports.0.temperature` is `temperature`.
    pub fn problems(&self) -> Problems {
        let Self::Refused(error) = self else {
            return Problems::default();
        };
        let mut problems = Problems::default();
        for problem in &error.problems {
            let field = problem.field.rsplit('.').next().unwrap_or_default();
            problems.add(field, problem.message.as_str());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hersys_shared::Problem;

    #[test]
    fn a_foreign_answer_still_says_something() {
        let failure = Failure::of_status(503, Some(90));
        assert_eq!(failure.code(), Some(ErrorCode::Unavailable));
        assert!(failure.message().ends_with('。'));
        assert!(failure.wait().is_some_and(|wait| wait.contains("2分")));
        assert!(Failure::of_status(401, None).is_signed_out());
    }

    #[test]
    fn problems_find_their_fields() {
        let failure = Failure::Refused(ApiError {
            code: ErrorCode::InvalidInput,
            message: String::new(),
            problems: vec![Problem { field: "reports.0.temperature".into(), message: "体温".into() }],
            retry_after: None,
        });
        assert_eq!(failure.problems().of("temperature"), Some("体温"));
    }
}
