//! The household of an account: linking people (MY-09…MY-17) and who has reported today.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hersys_shared::api::{ApiError, Household, Invitation, NewPerson, Person, Wish};
use hersys_shared::identity::{Identity, one_space};
use hersys_shared::symptoms::CaseKind;
use hersys_shared::{HersysId, Problems, days};
use time::{Date, Duration};
use uuid::Uuid;

use crate::App;
use crate::access::Client;
use crate::access::audit::Entry;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::monitoring::intake::{is_under_observation, taken_until};
use crate::patient::certificate;
use crate::patient::sessions::Patient;
use crate::patient::store::{self, HouseholdRow};
use crate::secret::hash_token;

/// Wrong pairs of HER-SYS ID and birth date within [`LOCK`] that lock linking for the account.
const WRONG_PAIRS: usize = 5;
const LOCK: Duration = Duration::hours(1);

/// Accounts that fail at one ID within a day before its health centre is told.
const GUESSING_ACCOUNTS: i64 = 3;

/// Most people of one account: a big family, not a crawler.
const MOST_PEOPLE: usize = 30;

/// The HER-SYS ID behind a link of an SMS.
#[utoipa::path(get, path = "/api/patient/invitations/{token}", params(("token" = String, Path)), responses(
    (status = 200, body = Invitation),
    (status = 404, body = ApiError, description = "Unknown or expired"),
))]
pub async fn invitation(State(app): State<App>, client: Client, Path(token): Path<String>) -> Result<Json<Invitation>> {
    app.limits.sign_in(&client)?;
    let hersys_id =
        store::invited_hersys_id(&app.db, hash_token(&token), app.clock.now()).await?.ok_or(Error::NotFound)?;
    Ok(Json(Invitation { hersys_id }))
}

/// The household; whoever is due comes first. Says when a report arrived, never what it said.
#[utoipa::path(get, path = "/api/patient/household", responses(
    (status = 200, body = Household),
    (status = 401, body = ApiError),
))]
pub async fn household(State(app): State<App>, patient: Patient) -> Result<Json<Household>> {
    let today = app.clock.today();
    let account = store::account(&app.db, patient.account_id).await?.ok_or(Error::NotSignedIn)?;
    let rows = store::household(&app.db, patient.account_id).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        people.push(person(&app, row, today).await?);
    }
    people.sort_by_key(|person| match (person.under_observation, &person.reported_today_at) {
        (true, None) => 0,
        (true, Some(_)) => 1,
        (false, _) => 2,
    });
    Ok(Json(Household { today: days::iso(today), mail: account.mail, people }))
}

async fn person(app: &App, row: HouseholdRow, today: Date) -> Result<Person> {
    let reported = store::last_report_on(&app.db, row.case_id, today).await?;
    let until = taken_until(row.observed_until, row.needs_review, row.settled_until);
    let under_observation = is_under_observation(row.observed_from, until, today);
    let has_certificate = certificate::of(app, row.case_id).await?.is_some();
    Ok(Person {
        person_id: row.person_id,
        name: row.name,
        kind: CaseKind::from_code(&row.kind).unwrap_or(CaseKind::Patient),
        reported_today_at: reported.map(Timestamp::hour_minute),
        observed_from: row.observed_from.map(days::iso),
        // Whoever may report beyond the last day is not told that it has passed.
        observed_until: row.observed_until.filter(|until| !under_observation || *until >= today).map(days::iso),
        under_observation,
        center_name: row.center_name,
        center_phone: row.center_phone,
        open_wish: row.open_wish.as_deref().and_then(Wish::from_code),
        in_effect: match (row.is_stopped, row.contact_channel.as_deref()) {
            (true, _) => Some(Wish::Stop),
            (false, Some("call")) => Some(Wish::Call),
            (false, _) => None,
        },
        has_certificate,
    })
}

/// 「属性を保存する」: links a person whose HER-SYS ID and birth date belong together.
#[utoipa::path(post, path = "/api/patient/people", request_body = NewPerson, responses(
    (status = 201, body = Person),
    (status = 401, body = ApiError),
    (status = 409, body = ApiError, description = "mismatch or already_linked"),
    (status = 422, body = ApiError),
    (status = 423, body = ApiError, description = "Five wrong pairs: locked for an hour"),
))]
pub async fn link(
    State(app): State<App>,
    client: Client,
    patient: Patient,
    Json(request): Json<NewPerson>,
) -> Result<(StatusCode, Json<Person>)> {
    let now = app.clock.now();
    let account_id = patient.account_id;
    let (name, birth_on, hersys_id) = check(&request, now.day())?;
    let household = store::household(&app.db, account_id).await?;
    if household.len() >= MOST_PEOPLE {
        return Err(Error::one("hersys_id", "1つの登録に加えられるのは30人までです。"));
    }
    let attempt_id = Uuid::now_v7();
    // Noted before it is judged, so that parallel guesses are all counted.
    store::note_link_attempt(&app.db, account_id, attempt_id, hersys_id.as_str(), now).await?;
    let mut wrong = store::link_attempts(&app.db, account_id, attempt_id, now - LOCK * 2).await?;
    if let Some(until) = locked_until(&wrong).filter(|until| now < *until) {
        store::forget_link_attempt(&app.db, account_id, attempt_id).await?;
        return Err(Error::Locked { retry_after: u64::try_from(now.seconds_until(until)).unwrap_or(0) + 1 });
    }
    let found = store::identity_by_hersys_id(&app.db, hersys_id.as_str()).await?;
    let matching = match &found {
        Some((case_id, body)) => {
            let identity: Identity = serde_json::from_value(body.clone())
                .map_err(|error| Error::Internal(format!("identity document: {:?} error", error.classify())))?;
            (identity.birth_on == Some(birth_on)).then_some(*case_id)
        }
        None => None,
    };
    let Some(case_id) = matching else {
        if let Some((case_id, _)) = found {
            warn_of_guessing(&app, case_id, hersys_id.as_str(), now).await?;
        }
        Entry::by_patient(Some(account_id), &client, now, "patient.link_refused").write(&app.db).await?;
        wrong.push(now);
        return Err(match locked_until(&wrong).filter(|until| now < *until) {
            Some(until) => Error::Locked { retry_after: u64::try_from(now.seconds_until(until)).unwrap_or(0) },
            None => Error::Mismatch,
        });
    };
    store::forget_link_attempt(&app.db, account_id, attempt_id).await?;

    let mut tx = app.db.begin().await?;
    match store::insert_person(&mut tx, account_id, Uuid::now_v7(), case_id, &name, now).await {
        Err(error) if error.is_unique_violation() => return Err(Error::AlreadyLinked),
        inserted => inserted?,
    }
    Entry::by_patient(Some(account_id), &client, now, "patient.linked").about(case_id).write(&mut tx).await?;
    tx.commit().await?;
    let row = store::household(&app.db, account_id)
        .await?
        .into_iter()
        .find(|row| row.case_id == case_id)
        .ok_or_else(|| Error::Internal("a person just linked is missing".into()))?;
    Ok((StatusCode::CREATED, Json(person(&app, row, now.day()).await?)))
}

fn check(request: &NewPerson, today: Date) -> Result<(String, Date, HersysId)> {
    let mut problems = Problems::default();
    let name = one_space(&request.name.replace('\0', ""));
    if name.is_empty() {
        problems.add("name", "氏名を入力してください。");
    } else if name.chars().count() > 80 {
        problems.add("name", "氏名は80文字までで入力してください。");
    }
    let birth_on = problems.check("birth_date", days::parse_birth_date(&request.birth_date, today));
    let hersys_id = problems.check("hersys_id", HersysId::parse(&request.hersys_id));
    match (birth_on, hersys_id, problems.is_empty()) {
        (Some(birth_on), Some(hersys_id), true) => Ok((name, birth_on, hersys_id)),
        _ => Err(problems.into()),
    }
}

/// Until when linking is locked after wrong pairs at the given times, oldest first: for [`LOCK`] after
/// the last of [`WRONG_PAIRS`] that fell within [`LOCK`].
fn locked_until(wrong: &[Timestamp]) -> Option<Timestamp> {
    wrong.windows(WRONG_PAIRS).rev().find_map(|pairs| match (pairs.first(), pairs.last()) {
        (Some(first), Some(last)) if *last < *first + LOCK => Some(*last + LOCK),
        _ => None,
    })
}

/// Raises an event for the health centre when several accounts fail at one ID, once a day.
async fn warn_of_guessing(app: &App, case_id: Uuid, hersys_id: &str, now: Timestamp) -> Result<()> {
    let since = now - Duration::days(1);
    let accounts = store::accounts_failing_at(&app.db, hersys_id, since).await?;
    if accounts >= GUESSING_ACCOUNTS && !store::has_event(&app.db, case_id, "id_guessing", since).await? {
        store::insert_center_event(&app.db, case_id, "id_guessing", now).await?;
        tracing::warn!(%case_id, accounts, "a HER-SYS ID is guessed at from several accounts");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MY-09
    #[test]
    fn the_lock_lasts_an_hour_from_the_fifth_wrong_pair() {
        let minutes = |minutes: &[i64]| -> Vec<Timestamp> { minutes.iter().map(|m| Timestamp(m * 60_000)).collect() };
        let until = |wrong: &[i64]| locked_until(&minutes(wrong)).map(|until| until.0 / 60_000);
        assert_eq!(until(&[0, 1, 2, 3]), None);
        assert_eq!(until(&[0, 56, 57, 58, 59]), Some(119));
        assert_eq!(until(&[0, 20, 40, 60, 80]), None, "spread over more than an hour");
        assert_eq!(until(&[0, 1, 2, 3, 4, 70]), Some(64));
    }
}
