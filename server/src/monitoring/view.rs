//! A person's observation as far as a grant shows it.

use time::Date;
use uuid::Uuid;

use crate::App;
use crate::access::Grant;
use crate::access::grant::{Action, Group};
use crate::error::Result;
use crate::monitoring::events::{self, Event};
use crate::monitoring::graph::Graph;
use crate::monitoring::period::{Period, Wanted};
use crate::monitoring::reader::Reader;
use crate::monitoring::remarks::{self, Remark};
use crate::monitoring::store::{self, Observation, Observed};
use crate::monitoring::table;

/// What a page of the observation is made of.
pub struct View {
    pub case_id: Uuid,
    pub reader: Reader,
    pub observed: Observed,
    pub period: Period,
    /// The reports that count, oldest first.
    pub reports: Vec<Observation>,
    /// Those that were corrected, oldest first.
    pub struck: Vec<Observation>,
    /// What the reader may read of it, oldest first.
    pub remarks: Vec<Remark>,
    /// Of the days of the period.
    pub events: Vec<Event>,
    pub today: Date,
}

impl View {
    /// The days that the address asks for.
    pub async fn load<G: Group, A: Action>(app: &App, grant: &Grant<G, A>, wanted: &Wanted) -> Result<Self> {
        Self::over(app, grant, |observed, today| Period::of(wanted, observed, today)).await
    }

    /// Some days of a person, by what the reader may know of the observation.
    pub async fn over<G: Group, A: Action>(
        app: &App,
        grant: &Grant<G, A>,
        days: impl FnOnce(&Observed, Date) -> Period,
    ) -> Result<Self> {
        let reader = Reader::of(grant);
        let mut observed = store::observed(grant.db(), grant.case_id()).await?;
        // OBS-09: the period is a group of items of its own; without it, nothing may betray it.
        if !reader.reads_period {
            (observed.from, observed.until) = (None, None);
        }
        let today = app.clock.today();
        let period = days(&observed, today);
        let (reports, struck) = if observed.reported.is_some() {
            store::observations(grant.db(), grant.case_id(), period.days)
                .await?
                .into_iter()
                .partition(Observation::is_valid)
        } else {
            Default::default()
        };
        let mut remarks = remarks::remarks(grant.db(), grant.case_id(), period.days).await?;
        remarks.retain(|remark| remark.kind.is_read_by(&reader));
        let mut events = events::load(grant, &reader).await?;
        events.retain(|event| period.days.contains(event.day));
        Ok(Self { case_id: grant.case_id(), reader, observed, period, reports, struck, remarks, events, today })
    }

    pub fn graph<'a>(&'a self, app: &'a App) -> Graph<'a> {
        Graph {
            texts: &app.texts,
            observed: &self.observed,
            days: self.period.days,
            reports: &self.reports,
            remarks: &self.remarks,
            events: &self.events,
            today: self.today,
        }
    }

    /// The reports that count, newest first.
    pub fn lines<'a>(&'a self, app: &'a App) -> Vec<table::Line<'a>> {
        table::lines(&app.texts, self.observed.kind, &self.reports)
    }

    /// All reports, newest first, corrected ones at their place.
    pub fn all_lines<'a>(&'a self, app: &'a App) -> Vec<table::Line<'a>> {
        let mut lines = self.lines(app);
        lines.extend(table::lines(&app.texts, self.observed.kind, &self.struck));
        lines.sort_by_key(|line| {
            let report = line.report;
            std::cmp::Reverse((report.observed_on, report.moment(), report.received_at, report.report_id))
        });
        lines
    }

    /// The days on which a report was due and none came that counts, today among them.
    pub fn silent(&self) -> Vec<Date> {
        let expected = |day: Date| {
            let begun = self.observed.from.or(self.observed.reported.map(|days| days.first));
            begun.is_some_and(|begun| begun <= day) && self.observed.until.is_none_or(|until| day <= until)
        };
        let is_silent = |day: &Date| {
            *day <= self.today && expected(*day) && self.reports.iter().all(|report| report.observed_on != *day)
        };
        self.period.days.iter().filter(is_silent).collect()
    }

    pub fn path(&self) -> String {
        format!("/staff/cases/{}/observation", self.case_id)
    }
}
