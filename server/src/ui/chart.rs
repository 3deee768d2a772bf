//! Graphs over days as inline SVG: lines on panels and rows of marks on one day axis.
//!
//! The chart knows days, values and marks, not what they mean. It carries no inline style (the
//! policy forbids it): looks come from classes in `assets/staff/chart.css`, and everything that is
//! told by colour is told by a shape, a letter or a pattern as well, so that it survives black and
//! white paper.

mod cells;
mod draw;
mod labels;
mod layout;
mod path;

use maud::{Markup, html};
use time::Date;

use crate::clock::Timestamp;

pub use draw::{height, render};
pub use path::Path;

/// What a chart is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A scrolling frame of about 970 px.
    Screen,
    /// The width of an A4 page within its margins.
    Paper,
}

/// The days that a chart shows, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    /// The last day, not before `first`.
    pub last: Date,
}

impl Days {
    /// How many days there are, at least one.
    pub fn count(self) -> u16 {
        u16::try_from((self.last - self.first).whole_days() + 1).unwrap_or(1).max(1)
    }

    pub fn contains(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// Which column a day has.
    fn index(self, day: Date) -> Option<u16> {
        self.contains(day).then(|| u16::try_from((day - self.first).whole_days()).ok()).flatten()
    }

    /// Every day in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.first), |day| day.next_day()).take(self.count().into())
    }
}

/// A chart: panels on top, rows of marks beneath, one day axis for all.
#[derive(Debug, Clone)]
pub struct Chart<'a> {
    /// Unique within the page; ids of the chart begin with it.
    pub id: &'a str,
    /// What the chart is, for those who hear it.
    pub title: &'a str,
    /// What is to be seen in it, in sentences.
    pub description: &'a str,
    pub size: Size,
    pub days: Days,
    /// The day that is marked 今日.
    pub today: Option<Date>,
    pub panels: Vec<Panel<'a>>,
    pub rows: Vec<Row<'a>>,
    /// Vertical lines between days.
    pub marks: Vec<Mark<'a>>,
    /// Days that are shaded because nothing is known of them.
    pub blank: Vec<Date>,
}

/// One line over the days.
#[derive(Debug, Clone)]
pub struct Panel<'a> {
    pub label: &'a str,
    pub unit: &'a str,
    /// The lowest and the highest value of the scale; what lies beyond is drawn on its edge with an
    /// arrow and keeps its own figure.
    pub scale: (f32, f32),
    /// Height on the screen in pixels.
    pub height: f32,
    pub ticks: Vec<Tick>,
    pub bands: Vec<Band<'a>>,
    /// In the order of their instants.
    pub points: Vec<Point>,
}

/// A value named at the side, with a line across.
#[derive(Debug, Clone)]
pub struct Tick {
    pub value: f32,
    pub text: &'static str,
    /// Drawn as a threshold that values are compared with.
    pub threshold: bool,
}

/// A range of values with a name.
#[derive(Debug, Clone)]
pub struct Band<'a> {
    pub range: (f32, f32),
    pub label: &'a str,
    pub shade: Shade,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    Plain,
    /// Grey with dots.
    Light,
    /// Red with hatching.
    Strong,
}

/// One value at its instant.
#[derive(Debug, Clone)]
pub struct Point {
    /// The day that the value belongs to; an instant outside of it is drawn on the day's edge.
    pub day: Date,
    pub at: Timestamp,
    pub value: f32,
    /// The figure beside the point.
    pub text: String,
    /// The day's value: larger, and labelled first.
    pub of_day: bool,
    /// Beyond what is harmless.
    pub alert: bool,
    /// What a pointer that rests on the point is told.
    pub hint: String,
}

/// A row of marks, at most one a day.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    pub label: &'a str,
    pub cells: Vec<(Date, Cell)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// ● on red.
    Red,
    /// ● on blue.
    Blue,
    /// ？ on yellow.
    Unknown,
    /// ⚠
    Danger,
    /// A few characters.
    Letters(String),
}

/// A vertical line through the whole chart with a word on top.
#[derive(Debug, Clone)]
pub struct Mark<'a> {
    pub day: Date,
    pub label: &'a str,
    pub side: Side,
}

/// Where a mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where its day begins.
    Before,
    /// Where its day ends.
    After,
}

/// A cell's mark by itself, for legends.
pub fn swatch(cell: &Cell) -> Markup {
    let (width, height) = (24.0, 18.0);
    html! {
        svg.chart-swatch width=(width) height=(height) viewBox="0 0 24 18" aria-hidden="true" focusable="false" {
            (cells::cell(cell, 0.0, 0.0, width, height))
        }
    }
}

#[cfg(test)]
mod tests;
