//! From reports to the graph: what is drawn, in which colour, and what is said of it in words
//! (OBS-02, OBS-03, OBS-05, OBS-06).

use std::collections::{BTreeMap, BTreeSet};

use hersys_shared::Temperature;
use hersys_shared::days::short;
use hersys_shared::symptoms::{Answer, CaseKind, SymptomSet};
use maud::Markup;
use time::Date;

use crate::monitoring::answers::{Severity, degrees, set_of, source_label, source_letter};
use crate::monitoring::events::{self, Event};
use crate::monitoring::glance;
use crate::monitoring::remarks::{self, Kind, Remark};
use crate::monitoring::store::{Observation, Observed};
use crate::texts::Texts;
use crate::ui::chart::{self, Band, Cell, Chart, Days, Mark, Panel, Point, Row, Shade, Side, Size, Tick};

/// The values that are named on a small graph.
const FEW_TICKS: [&str; 8] = ["35", "37.5", "40", "42", "85", "90", "95", "100"];

/// What a graph is drawn from.
pub struct Graph<'a> {
    pub texts: &'a Texts,
    pub observed: &'a Observed,
    pub days: Days,
    /// Those that count, oldest first, all within `days`.
    pub reports: &'a [Observation],
    /// Those that may be read, oldest first.
    pub remarks: &'a [Remark],
    pub events: &'a [Event],
    pub today: Date,
}

impl Graph<'_> {
    /// The graph, with ids that begin with `id`, and its height in pixels.
    pub fn draw(&self, id: &str, size: Size) -> (Markup, f32) {
        let description = self.description();
        let chart = Chart {
            id,
            title: "健康観察のグラフ",
            description: &description,
            size,
            days: self.days,
            today: Some(self.today),
            panels: vec![self.temperature(), self.spo2()],
            rows: self.rows(),
            marks: self.marks(),
            blank: self.blank(),
        };
        (chart::render(&chart), chart::height(&chart))
    }

    /// Temperature, SpO2 and emergency signs only, for several people beneath each other.
    pub fn draw_small(&self, id: &str, size: Size) -> Markup {
        let description = self.description();
        let small = |panel: Panel<'static>| Panel {
            height: panel.height * 0.6,
            ticks: panel.ticks.into_iter().filter(|tick| FEW_TICKS.contains(&tick.text)).collect(),
            ..panel
        };
        let mut rows: Vec<Row<'_>> = self.event_row().into_iter().collect();
        rows.extend([self.emergency_row(), self.count_row(), self.source_row()]);
        chart::render(&Chart {
            id,
            title: "健康観察のグラフ",
            description: &description,
            size,
            days: self.days,
            today: Some(self.today),
            panels: vec![small(self.temperature()), small(self.spo2())],
            rows,
            marks: self.marks(),
            blank: self.blank(),
        })
    }

    /// How many symptoms there were on each day.
    fn count_row(&self) -> Row<'static> {
        let cells = glance::days(self.reports)
            .into_iter()
            .filter(|(_, day)| day.symptoms > 0)
            .map(|(day, worst)| (day, Cell::Letters(worst.symptoms.to_string())))
            .collect();
        Row { label: "症状の数", cells }
    }

    /// The day's report is its last.
    pub fn by_day(&self) -> BTreeMap<Date, &Observation> {
        self.reports.iter().map(|report| (report.observed_on, report)).collect()
    }

    fn points(&self, value: impl Fn(&Observation) -> Option<(f32, String, bool)>, what: &str) -> Vec<Point> {
        // The last report with this value: one by telephone may give no saturation.
        let last: BTreeMap<Date, usize> = self
            .reports
            .iter()
            .enumerate()
            .filter(|(_, report)| value(report).is_some())
            .map(|(index, report)| (report.observed_on, index))
            .collect();
        let point = |(index, report): (usize, &Observation)| {
            let (number, text, alert) = value(report)?;
            let hint = format!(
                "{} {} {what} {text} {}",
                short(report.observed_on),
                report.moment().hour_minute(),
                source_label(report.source)
            );
            Some(Point {
                day: report.observed_on,
                at: report.moment(),
                value: number,
                text,
                of_day: last.get(&report.observed_on) == Some(&index),
                alert,
                hint,
            })
        };
        self.reports.iter().enumerate().filter_map(point).collect()
    }

    fn temperature(&self) -> Panel<'static> {
        let tick = |value: f32, text| Tick { value, text, threshold: false };
        Panel {
            label: "体温",
            unit: "℃",
            scale: (34.0, 42.0),
            height: 160.0,
            ticks: vec![
                tick(42.0, "42"),
                tick(41.0, "41"),
                tick(40.0, "40"),
                tick(39.0, "39"),
                tick(38.0, "38"),
                Tick { value: number(Temperature::FEVER) / 10.0, text: "37.5", threshold: true },
                tick(37.0, "37"),
                tick(36.0, "36"),
                tick(35.0, "35"),
                tick(34.0, "34"),
            ],
            bands: Vec::new(),
            points: self.points(
                |report| {
                    let tenths = report.temperature?;
                    Some((number(tenths) / 10.0, degrees(tenths), tenths >= Temperature::FEVER))
                },
                "体温",
            ),
        }
    }

    fn spo2(&self) -> Panel<'static> {
        let tick = |value: f32, text| Tick { value, text, threshold: false };
        // Whole percents: the limits lie between them.
        let band = |range, severity: Severity, shade| Band { range, label: severity.label(), shade };
        Panel {
            label: "SpO2",
            unit: "％",
            scale: (85.0, 100.0),
            height: 105.0,
            ticks: vec![tick(100.0, "100"), tick(95.0, "95"), tick(90.0, "90"), tick(85.0, "85")],
            bands: vec![
                band((95.5, 100.0), Severity::Mild, Shade::Plain),
                band((93.5, 95.5), Severity::ModerateOne, Shade::Light),
                band((85.0, 93.5), Severity::ModerateTwo, Shade::Strong),
            ],
            points: self.points(
                |report| {
                    let percent = report.spo2?;
                    Some((number(percent), percent.to_string(), Severity::of_spo2(percent) == Severity::ModerateTwo))
                },
                "SpO2",
            ),
        }
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> = self.event_row().into_iter().collect();
        rows.push(self.emergency_row());
        rows.extend(self.symptom_rows());
        rows.push(self.source_row());
        rows.extend(Kind::ALL.into_iter().filter_map(|kind| self.remark_row(kind)));
        rows
    }

    /// The letters of what happened; the words stand beneath the graph.
    fn event_row(&self) -> Option<Row<'static>> {
        let most = if self.days.count() > 15 { 2 } else { 4 };
        let text = |letters: &[&str]| match letters {
            few if few.len() <= most => few.concat(),
            many => format!("{}+{}", many[..most - 1].concat(), many.len() + 1 - most),
        };
        let cells: Vec<(Date, Cell)> = events::letters(self.events)
            .into_iter()
            .filter(|(day, _)| self.days.contains(*day))
            .map(|(day, letters)| (day, Cell::Letters(text(&letters))))
            .collect();
        (!cells.is_empty()).then_some(Row { label: "できごと", cells })
    }

    /// The numbers of the notes beneath the graph.
    fn remark_row(&self, kind: Kind) -> Option<Row<'static>> {
        let mut numbers: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        for (index, remark) in self.remarks.iter().enumerate() {
            if remark.kind == kind && !remark.is_withdrawn() {
                numbers.entry(remark.told_on).or_default().push(remarks::number(index));
            }
        }
        let most = if self.days.count() > 15 { 1 } else { 3 };
        let text = |numbers: &[String]| match numbers {
            [first, ..] if numbers.len() > most => format!("{first}+{}", numbers.len() - 1),
            few => few.concat(),
        };
        let cells: Vec<(Date, Cell)> =
            numbers.iter().map(|(day, numbers)| (*day, Cell::Letters(text(numbers)))).collect();
        (!cells.is_empty()).then_some(Row { label: kind.label(), cells })
    }

    /// Any report of the day counts here: a later one without the sign does not undo what happened.
    fn emergency_row(&self) -> Row<'static> {
        let days: BTreeSet<Date> = self
            .reports
            .iter()
            .filter(|report| !report.emergency_signs.is_empty())
            .map(|report| report.observed_on)
            .collect();
        Row { label: "緊急の症状", cells: days.into_iter().map(|day| (day, Cell::Danger)).collect() }
    }

    /// A row for each symptom that was asked for, in the order of the newest set; symptoms that only
    /// older sets asked for follow, then keys that no table knows any more.
    fn symptom_rows(&self) -> Vec<Row<'_>> {
        let days = self.by_day();
        let answered: Vec<(Date, Option<&SymptomSet>, &Observation)> = days
            .iter()
            .rev()
            .map(|(day, report)| (*day, set_of(self.texts, self.observed.kind, report), *report))
            .collect();
        let mut keys: Vec<(&str, &str)> = Vec::new();
        let mut ask = |key, label| {
            if keys.iter().all(|(known, _)| *known != key) {
                keys.push((key, label));
            }
        };
        let present = self.texts.current_set(self.observed.kind).filter(|_| answered.is_empty());
        for set in answered.iter().filter_map(|(_, set, _)| *set).chain(present) {
            for symptom in &set.symptoms {
                ask(symptom.key.as_str(), symptom.label.as_str());
            }
        }
        for key in answered.iter().flat_map(|(_, _, report)| report.symptoms.keys()) {
            ask(key, key);
        }
        let cells = |key: &str| {
            answered
                .iter()
                .filter_map(|(day, set, report)| {
                    let kind = set.map_or(self.observed.kind, |set| set.kind);
                    Some((*day, cell(kind, *report.symptoms.get(key)?)?))
                })
                .collect()
        };
        keys.iter().map(|(key, label)| Row { label, cells: cells(key) }).collect()
    }

    /// Where each report of a day came from, in their order; days without one say so.
    fn source_row(&self) -> Row<'static> {
        const MOST: usize = 3;
        let mut letters: BTreeMap<Date, Vec<&'static str>> = BTreeMap::new();
        for report in self.reports {
            letters.entry(report.observed_on).or_default().push(source_letter(report.source));
        }
        // A narrow day has room for one letter and the number of the others.
        let most = if self.days.count() > 15 { 1 } else { MOST };
        let text = |letters: &[&str]| match letters {
            [.., last] if letters.len() > most => format!("{last}+{}", letters.len() - 1),
            few => few.concat(),
        };
        let mut cells: Vec<(Date, Cell)> =
            letters.iter().map(|(day, letters)| (*day, Cell::Letters(text(letters)))).collect();
        cells.extend(self.blank().into_iter().map(|day| (day, Cell::Letters("―".into()))));
        if self.is_expected(self.today) && !letters.contains_key(&self.today) {
            cells.push((self.today, Cell::Letters("未".into())));
        }
        Row { label: "入力元", cells }
    }

    fn marks(&self) -> Vec<Mark<'static>> {
        let start = self.observed.from.map(|day| Mark { day, label: "健康観察 開始", side: Side::Before });
        let end = self.observed.until.map(|day| Mark { day, label: "健康観察 終了", side: Side::After });
        start.into_iter().chain(end).collect()
    }

    /// Whether a report is due on a day, as far as that can be told: within the observation, or
    /// since the first report where its beginning is not known.
    fn is_expected(&self, day: Date) -> bool {
        let begun = self.observed.from.or(self.observed.reported.map(|days| days.first));
        begun.is_some_and(|begun| begun <= day) && self.observed.until.is_none_or(|until| day <= until)
    }

    /// The days before today on which a report was due and none came.
    fn blank(&self) -> Vec<Date> {
        let reported: BTreeSet<Date> = self.reports.iter().map(|report| report.observed_on).collect();
        self.days.iter().filter(|day| *day < self.today && self.is_expected(*day) && !reported.contains(day)).collect()
    }

    /// What the graph shows, in sentences: for those who hear the page, and as the key facts beside it.
    pub fn description(&self) -> String {
        let said = |fact: Fact| match fact.when {
            Some(when) => format!("{} {}（{when}）", fact.label, fact.value),
            None => format!("{} {}", fact.label, fact.value),
        };
        let facts: Vec<String> = self.facts().into_iter().map(said).collect();
        format!(
            "{}から{}までの体温、SpO2、症状。{}。一つ一つの値は下の表にあります。",
            short(self.days.first),
            short(self.days.last),
            facts.join("、")
        )
    }

    /// The few figures that are looked for first.
    pub fn facts(&self) -> Vec<Fact> {
        let fact = |label, value, day: Date| Fact { label, value, when: Some(short(day)) };
        // Among equal values the newest counts.
        let highest = self.reports.iter().filter_map(|report| Some((report.temperature?, report.observed_on))).max();
        let lowest = self
            .reports
            .iter()
            .rev()
            .filter_map(|report| Some((report.spo2?, report.observed_on)))
            .min_by_key(|(percent, _)| *percent);
        let count = self.by_day().len();
        let days = match self.blank().len() {
            0 => format!("{count}日"),
            missed => format!("{count}日、報告なし {missed}日"),
        };
        [
            self.reports.last().map(latest),
            highest.map(|(tenths, day)| fact("最高体温", format!("{}℃", degrees(tenths)), day)),
            lowest.map(|(percent, day)| fact("最低SpO2", format!("{percent}％"), day)),
            Some(Fact { label: "報告", value: days, when: None }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether a report answered the questions for one kind of person, for the legend.
    pub fn has_answers_of(&self, kind: CaseKind) -> bool {
        let answered = |report: &Observation| {
            set_of(self.texts, self.observed.kind, report).map_or(self.observed.kind, |set| set.kind)
        };
        self.observed.kind == kind || self.reports.iter().any(|report| answered(report) == kind)
    }
}

/// A figure that the graph shows, in words.
pub struct Fact {
    pub label: &'static str,
    pub value: String,
    pub when: Option<String>,
}

/// OBS-15: the values of the latest report.
fn latest(report: &Observation) -> Fact {
    let temperature = report.temperature.map(|tenths| format!("{}℃", degrees(tenths)));
    let spo2 = report.spo2.map(|percent| format!("SpO2 {percent}％"));
    let values: Vec<String> = temperature.into_iter().chain(spo2).collect();
    Fact {
        label: "最新",
        value: if values.is_empty() { "値なし".to_owned() } else { values.join(" ") },
        when: Some(format!("{} {}", short(report.observed_on), report.moment().hour_minute())),
    }
}

/// OBS-02, OBS-03: applicable is blue for contacts and red for patients, unknown is yellow, not
/// applicable is not there.
fn cell(kind: CaseKind, answer: Answer) -> Option<Cell> {
    match (answer, kind) {
        (Answer::Yes, CaseKind::Patient) => Some(Cell::Red),
        (Answer::Yes, CaseKind::Contact) => Some(Cell::Blue),
        (Answer::Unknown, _) => Some(Cell::Unknown),
        (Answer::No, _) => None,
    }
}

/// Readings are far within what an f32 holds exactly.
fn number(value: i64) -> f32 {
    f32::from(i16::try_from(value).unwrap_or(0))
}

#[cfg(test)]
mod tests;
