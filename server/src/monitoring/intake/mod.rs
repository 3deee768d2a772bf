//! Intake of reports: every report counts once and is acknowledged only when it is durable.
//!
//! Requests that arrive while a commit is under way share the next one, so throughput is not one
//! fsync for each report. All channels end here and write the same rows with their source.

pub mod store;
pub mod told;

use std::collections::HashMap;
use std::sync::Arc;

use hersys_shared::Problems;
use hersys_shared::api::{RefusalReason, ReportOutcome, ReportResult};
use hersys_shared::report::{CheckedReport, Report, check_symptoms};
use hersys_shared::symptoms::CaseKind;
use time::{Date, Duration};
use uuid::Uuid;

use crate::batch::Batcher;
use crate::clock::{Clock, Timestamp};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::monitoring::observation_period::decide::Period;
use crate::texts::Texts;
use store::{NewObservation, ReportedPerson};

/// Most submissions that share a commit, and most that wait for one before new ones are told to
/// come back.
const MOST_TOGETHER: usize = 256;
const MOST_WAITING: usize = 8192;

/// How long into a day reports about the day before are taken: they were written then and sent late.
const GRACE: Duration = Duration::minutes(10);

/// Where a report came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// 本人 (My HER-SYS)
    Patient,
    /// 自動架電
    CallOut,
    /// 健康コール
    CallIn,
    /// 保健所等の職員
    Staff,
    /// 医療機関
    Institution,
}

impl Source {
    pub const ALL: [Self; 5] = [Self::Patient, Self::CallOut, Self::CallIn, Self::Staff, Self::Institution];

    pub fn code(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::CallOut => "call_out",
            Self::CallIn => "call_in",
            Self::Staff => "staff",
            Self::Institution => "institution",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// How a report came to whoever entered it for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    Phone,
    Visit,
    Consultation,
    Paper,
    Other,
}

impl Means {
    pub const ALL: [Self; 5] = [Self::Phone, Self::Visit, Self::Consultation, Self::Paper, Self::Other];

    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Visit => "visit",
            Self::Consultation => "consultation",
            Self::Paper => "paper",
            Self::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.code() == code)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Phone => "電話",
            Self::Visit => "訪問",
            Self::Consultation => "診察・面談",
            Self::Paper => "書面・FAX",
            Self::Other => "その他",
        }
    }
}

/// The reports of one request by a patient account.
struct Submission {
    account_id: Uuid,
    reports: Vec<Report>,
}

/// The one way in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: Batcher<Submission, Result<Vec<ReportOutcome>>>,
}

impl Intake {
    pub fn start(db: Db, clock: Clock, texts: &Texts) -> Self {
        let texts = Arc::new(texts.clone());
        let queue = Batcher::start(MOST_TOGETHER, MOST_WAITING, move |submissions: Vec<Submission>| {
            let (db, clock, texts) = (db.clone(), clock.clone(), texts.clone());
            async move {
                let count = submissions.len();
                match take_in(&db, clock.now(), &texts, submissions).await {
                    Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
                    Err(error) => {
                        tracing::error!(%error, "intake failed; the senders are told to repeat");
                        (0..count).map(|_| Err(Error::Unavailable("intake"))).collect()
                    }
                }
            }
        });
        Self { queue }
    }

    /// Stores what can be stored and answers for each report, in the order given, once all that
    /// was stored is durable.
    pub async fn submit(&self, account_id: Uuid, reports: Vec<Report>) -> Result<Vec<ReportOutcome>> {
        self.queue.run(Submission { account_id, reports }).await.map_err(|_| Error::Unavailable("intake"))?
    }
}

/// A report on its way through a batch.
enum Fate {
    Refused(ReportResult),
    /// Refused, unless it was stored before: what was accepted once stays accepted, even if the
    /// period has ended or the questions have changed since.
    RefusedIfNew(ReportResult, NewObservation),
    Waiting(NewObservation),
}

async fn take_in(
    db: &Db,
    now: Timestamp,
    texts: &Texts,
    submissions: Vec<Submission>,
) -> Result<Vec<Vec<ReportOutcome>>> {
    let asked = submissions
        .iter()
        .flat_map(|submission| submission.reports.iter().map(|report| (submission.account_id, report.person_id)))
        .collect();
    let people = store::people(db, asked).await?;
    let mut fates: Vec<Vec<(Uuid, Uuid, Fate)>> = Vec::with_capacity(submissions.len());
    for submission in submissions {
        let account_id = submission.account_id;
        fates.push(
            submission
                .reports
                .into_iter()
                .map(|report| {
                    let (report_id, person_id) = (report.report_id, report.person_id);
                    let person = people.get(&(account_id, person_id));
                    (report_id, person_id, judge(report, person, account_id, now, texts))
                })
                .collect(),
        );
    }
    let mut waiting = Vec::new();
    let mut doubtful = Vec::new();
    for (_, _, fate) in fates.iter().flatten() {
        match fate {
            Fate::Waiting(observation) => waiting.push(observation),
            Fate::RefusedIfNew(_, observation) => doubtful.push(observation),
            Fate::Refused(_) => {}
        }
    }
    let mut earlier = store::insert(db, &waiting).await?;
    if !doubtful.is_empty() {
        earlier.extend(store::stored(db, &doubtful).await?);
    }
    Ok(fates
        .into_iter()
        .map(|fates| {
            fates
                .into_iter()
                .map(|(report_id, person_id, fate)| {
                    let result = match fate {
                        Fate::Refused(result) => result,
                        Fate::Waiting(observation) => answer(&observation, &earlier),
                        Fate::RefusedIfNew(refusal, observation) => {
                            let key = (observation.case_id, observation.report_id);
                            if earlier.contains_key(&key) { answer(&observation, &earlier) } else { refusal }
                        }
                    };
                    ReportOutcome { report_id, person_id, result }
                })
                .collect()
        })
        .collect())
}

fn judge(report: Report, person: Option<&ReportedPerson>, account_id: Uuid, now: Timestamp, texts: &Texts) -> Fate {
    let checked = match report.check() {
        Ok(checked) => checked,
        Err(problems) => return invalid(problems),
    };
    let Some(person) = person else {
        return refused(
            RefusalReason::UnknownPerson,
            "この方はご家族の一覧にありません。画面を読み込み直してください。",
        );
    };
    let kind = CaseKind::from_code(&person.kind).unwrap_or(CaseKind::Patient);
    let answers = check_symptoms(&checked, texts.sets_of(kind), &texts.emergency_signs);
    let day_in_time = day_of(checked.asked_on, now);
    let day = day_in_time.unwrap_or(now.day());
    let observation = observation_of(checked, person.case_id, account_id, day, now);
    if let Err(problems) = answers {
        return Fate::RefusedIfNew(invalid_input(problems), observation);
    }
    let until = taken_until(person.observed_until, person.needs_review, person.settled_until);
    if !is_under_observation(person.observed_from, until, day) {
        let over = refusal(
            RefusalReason::NotUnderObservation,
            "この方の健康観察の期間ではないため、報告は受け付けていません。具合が悪いときは保健所に電話してください。",
        );
        return Fate::RefusedIfNew(over, observation);
    }
    if day_in_time.is_none() {
        let late = refusal(
            RefusalReason::AnotherDay,
            "日付が変わる前に入力した内容のため、今日の報告としては受け付けていません。今日の値か確かめて、もう一度送信してください。",
        );
        return Fate::RefusedIfNew(late, observation);
    }
    Fate::Waiting(observation)
}

/// Until when reports of the person are taken: beyond the last day, where nobody has looked yet whether it should be one.
pub fn taken_until(until: Option<Date>, needs_review: bool, settled_until: Option<Date>) -> Option<Date> {
    let is_settled = until.is_some() && settled_until == until;
    if needs_review && !is_settled { Period { from: None, until }.review_until() } else { until }
}

/// The day that a report is about; nothing where it was asked for on a day that is over.
fn day_of(asked_on: Option<Date>, now: Timestamp) -> Option<Date> {
    let day = asked_on.unwrap_or(now.day()).min(now.day());
    (day >= (now - GRACE).day()).then_some(day)
}

/// Whether reports are taken on `day`: from the first to the last day of the period, both included.
pub fn is_under_observation(from: Option<Date>, until: Option<Date>, day: Date) -> bool {
    from.is_some_and(|from| from <= day) && until.is_none_or(|until| day <= until)
}

fn observation_of(
    report: CheckedReport,
    case_id: Uuid,
    account_id: Uuid,
    observed_on: Date,
    now: Timestamp,
) -> NewObservation {
    NewObservation {
        case_id,
        report_id: report.report_id,
        source: Source::Patient,
        observed_on,
        received_at: now,
        temperature: Some(report.temperature.tenths()),
        spo2: report.spo2.map(|spo2| spo2.percent()),
        symptom_set_version: report.symptom_set_version,
        symptoms: serde_json::json!(report.symptoms),
        emergency_signs: serde_json::json!(report.emergency_signs),
        note: report.note,
        entered_by: account_id,
    }
}

/// A report whose id was there before is answered as it was then, if it says the same.
fn answer(sent: &NewObservation, earlier: &HashMap<(Uuid, Uuid), store::Stored>) -> ReportResult {
    match earlier.get(&(sent.case_id, sent.report_id)) {
        None => ReportResult::Stored { received_at: sent.received_at.rfc3339() },
        Some(stored) if stored.says_the_same(sent) => {
            ReportResult::Stored { received_at: stored.received_at.rfc3339() }
        }
        Some(_) => refusal(
            RefusalReason::IdReused,
            "この報告はすでに別の内容で受け付けています。新しい報告として入力し直してください。",
        ),
    }
}

fn refusal(reason: RefusalReason, message: &str) -> ReportResult {
    ReportResult::Refused { reason, message: message.to_owned(), problems: vec![] }
}

fn refused(reason: RefusalReason, message: &str) -> Fate {
    Fate::Refused(refusal(reason, message))
}

fn invalid(problems: Problems) -> Fate {
    Fate::Refused(invalid_input(problems))
}

fn invalid_input(problems: Problems) -> ReportResult {
    ReportResult::Refused {
        reason: RefusalReason::InvalidInput,
        message: "入力内容を確かめてください。".to_owned(),
        problems: problems.0,
    }
}
