use super::*;
use crate::monitoring::intake::Source;
use crate::monitoring::samples::{FIRST, report, texts};
use time::Duration;

fn on(day: i64) -> Date {
    FIRST + Duration::days(day)
}

fn observed(kind: CaseKind) -> Observed {
    Observed { kind, from: None, until: None, reported: Some(Days { first: FIRST, last: on(13) }) }
}

fn with<T>(kind: CaseKind, reports: &[Observation], check: impl FnOnce(&Graph<'_>) -> T) -> T {
    let (texts, observed) = (texts(), observed(kind));
    let days = Days { first: FIRST, last: on(13) };
    check(&Graph { texts: &texts, observed: &observed, days, reports, remarks: &[], events: &[], today: on(13) })
}

fn answer(report: &mut Observation, key: &str, answer: Answer) {
    report.symptoms.insert(key.to_owned(), answer);
}

#[test]
fn obs_03_a_patient_s_nine_symptoms_are_red_yellow_or_not_there() {
    let reports = [report(0, 8, |report| {
        answer(report, "cough", Answer::Yes);
        answer(report, "fatigue", Answer::Unknown);
    })];
    with(CaseKind::Patient, &reports, |graph| {
        let rows = graph.symptom_rows();
        assert_eq!(rows.len(), 9);
        assert_eq!(rows[0].cells, [(FIRST, Cell::Red)]);
        assert!(rows[1].cells.is_empty(), "not applicable is not displayed");
        assert_eq!(rows[2].cells, [(FIRST, Cell::Unknown)]);
    });
}

#[test]
fn obs_02_a_contact_s_four_symptoms_are_blue() {
    let reports = [report(0, 8, |report| {
        report.symptoms.clear();
        for key in ["breathlessness", "fatigue", "other"] {
            answer(report, key, Answer::No);
        }
        answer(report, "cough", Answer::Yes);
    })];
    with(CaseKind::Contact, &reports, |graph| {
        let rows = graph.symptom_rows();
        assert_eq!((rows.len(), &rows[0].cells[..]), (4, &[(FIRST, Cell::Blue)][..]));
    });
}

#[test]
fn obs_01_days_as_a_contact_stay_blue_after_falling_ill() {
    let as_contact = report(0, 8, |report| {
        report.symptoms.clear();
        for key in ["cough", "breathlessness", "fatigue"] {
            answer(report, key, Answer::No);
        }
        answer(report, "other", Answer::Yes);
    });
    let ill = report(1, 8, |report| answer(report, "cough", Answer::Yes));
    with(CaseKind::Patient, &[as_contact, ill], |graph| {
        let rows = graph.symptom_rows();
        assert_eq!(rows.len(), 10, "nine symptoms and the one that only contacts are asked for");
        assert_eq!(rows[0].cells, [(on(1), Cell::Red)]);
        assert_eq!((rows[9].label, &rows[9].cells[..]), ("その他の症状", &[(FIRST, Cell::Blue)][..]));
    });
}

#[test]
fn my_18_the_last_report_of_a_day_is_the_day_s() {
    let morning = report(0, 8, |report| {
        report.temperature = Some(391);
        answer(report, "cough", Answer::Yes);
        report.emergency_signs = vec!["chest_pain".into()];
    });
    let evening = report(0, 20, |report| report.temperature = Some(368));
    with(CaseKind::Patient, &[morning, evening], |graph| {
        let of_day: Vec<bool> = graph.temperature().points.iter().map(|point| point.of_day).collect();
        assert_eq!(of_day, [false, true]);
        assert!(graph.symptom_rows()[0].cells.is_empty());
        assert_eq!(graph.emergency_row().cells, [(FIRST, Cell::Danger)], "a sign of the morning stays");
    });
}

#[test]
fn obs_06_each_report_shows_where_it_came_from() {
    let from = |hour, source| report(0, hour, move |report| report.source = source);
    let reports = [from(8, Source::Patient), from(9, Source::CallOut), from(10, Source::Staff)];
    with(CaseKind::Patient, &reports, |graph| {
        assert_eq!(graph.source_row().cells[0], (FIRST, Cell::Letters("本電職".into())));
    });
    let letters: BTreeSet<&str> = Source::ALL.map(source_letter).into();
    assert_eq!(letters, ["本", "電", "コ", "職", "医"].into());
}

#[test]
fn a_missing_day_is_blank_and_today_is_still_open() {
    with(CaseKind::Patient, &[report(0, 8, |_| {}), report(2, 8, |_| {})], |graph| {
        let blank = graph.blank();
        assert!(blank.contains(&on(1)) && !blank.contains(&on(2)) && !blank.contains(&on(13)));
        assert!(graph.source_row().cells.contains(&(on(13), Cell::Letters("未".into()))));
        assert!(graph.source_row().cells.contains(&(on(1), Cell::Letters("―".into()))));
    });
}

#[test]
fn a_report_without_saturation_leaves_a_gap_in_its_line_only() {
    let reports = [report(0, 8, |_| {}), report(1, 8, |report| report.spo2 = None)];
    with(CaseKind::Patient, &reports, |graph| {
        assert_eq!((graph.temperature().points.len(), graph.spo2().points.len()), (2, 1));
    });
}

#[test]
fn the_graph_is_told_in_words() {
    let reports =
        [report(0, 8, |report| report.temperature = Some(392)), report(1, 8, |report| report.spo2 = Some(93))];
    with(CaseKind::Patient, &reports, |graph| {
        let words = graph.description();
        for part in ["最高体温 39.2℃（8月1日(月)）", "最低SpO2 93％（8月2日(火)）", "最新 36.5℃ SpO2 93％", "報告なし"]
        {
            assert!(words.contains(part), "{part} in {words}");
        }
    });
}
