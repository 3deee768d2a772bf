//! What a form says while it is being filled in. Nothing is stored; what is typed travels in the body, because
//! an address would be kept in histories and logs.

use axum::Json;
use axum::extract::{Form, State};
use hersys_shared::days;
use serde::{Deserialize, Serialize};
use time::Date;

use crate::App;
use crate::access::Staff;
use crate::routes::{Guard, Routes};

pub fn routes() -> Routes {
    Routes::default().post("/staff/input/date", Guard::Staff, date)
}

#[derive(Deserialize)]
struct Typed {
    typed: String,
    /// What a day without a year means in this field: `recent`, `nearest`, or nothing.
    #[serde(default)]
    without_year: String,
}

/// How a date was understood: `1980年01月02日（水）`, or the sentence that says why it was not.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Understood {
    shown: Option<String>,
    problem: Option<&'static str>,
}

async fn date(_: Staff, State(app): State<App>, Form(typed): Form<Typed>) -> Json<Understood> {
    Json(understood(&typed, app.clock.today()))
}

fn understood(Typed { typed, without_year }: &Typed, today: Date) -> Understood {
    let meant = match without_year.as_str() {
        "recent" => days::recent(typed, today),
        "nearest" => days::nearest(typed, today),
        _ => None,
    };
    match meant.map_or_else(|| days::parse(typed), Ok) {
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
        let said = |typed: &str, without_year: &str| {
            let typed = Typed { typed: typed.into(), without_year: without_year.into() };
            understood(&typed, time::macros::date!(2022 - 08 - 01))
        };
        assert_eq!(said("s55.1.2", "").shown.as_deref(), Some("1980年01月02日（水）"));
        assert!(said("昭和99年", "recent").problem.is_some());
        assert_eq!(said("8/2", "recent").shown.as_deref(), Some("2021年08月02日（月）"));
        assert_eq!(said("8/2", "nearest").shown.as_deref(), Some("2022年08月02日（火）"));
        assert!(said("8/2", "").problem.is_some());
    }
}
