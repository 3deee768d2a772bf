//! What a form says while it is being filled in. Nothing is stored; what is typed travels in the body, because
//! an address would be kept in histories and logs.

use axum::Json;
use axum::extract::Form;
use hersys_shared::days;
use serde::{Deserialize, Serialize};

use crate::access::Staff;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default().post("/staff/input/date", Guard::Staff, date)
}

#[derive(Deserialize)]
struct Typed {
    typed: String,
}

/// How a date was understood: `1980年01月02日（水）`, or the sentence that says why it was not.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Understood {
    shown: Option<String>,
    problem: Option<&'static str>,
}

async fn date(_: Staff, Form(Typed { typed }): Form<Typed>) -> Json<Understood> {
    Json(understood(&typed))
}

fn understood(typed: &str) -> Understood {
    match days::parse(typed) {
        Ok(day) => {
            Understood { shown: Some(format!("{}（{}）", days::japanese(day), days::weekday(day))), problem: None }
        }
        Err(problem) => Understood { shown: None, problem: Some(problem) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_any_writing_is_said_back() {
        assert_eq!(understood("s55.1.2").shown.as_deref(), Some("1980年01月02日（水）"));
        assert!(understood("昭和99年").problem.is_some());
    }
}
