//! Where everything in a chart stands.

use time::Date;

use super::labels;
use super::{Chart, Days, Panel, Point, Size};
use crate::clock::Timestamp;

/// Room above and beneath the scale of a panel, so that edge values and their figures fit.
pub const PAD: f32 = 9.0;

/// In a day.
const MINUTES: i64 = 1440;

/// Where everything stands, in pixels.
pub struct Layout {
    /// Width of the column of labels.
    pub side: f32,
    /// Width of a day.
    pub day: f32,
    /// Width of all days.
    pub width: f32,
    /// Height of the dates on top.
    pub head: f32,
    /// Height of the strip with the words of marks; 0 without marks.
    pub flags: f32,
    /// Size of the figures beside points.
    pub text: f32,
    pub row: f32,
    /// Top and bottom of each panel.
    pub panels: Vec<(f32, f32)>,
    /// Top of the rows.
    pub rows: f32,
    pub height: f32,
}

impl Layout {
    pub fn of(chart: &Chart<'_>) -> Self {
        let (side, width, widest, head, flag, text, row, gap, shrink) = match chart.size {
            Size::Screen => (144.0, 840.0, 72.0, 36.0, 18.0, 13.0, 22.0, 8.0, 1.0),
            Size::Paper => (112.0, 588.0, 84.0, 25.0, 13.0, 9.5, 14.0, 4.0, 0.6),
        };
        let count = f32::from(chart.days.count());
        let day = f32::min(width / count, widest).floor();
        // Figures of a size at which one a day fits.
        let text = if day < labels::width("36.5", text) { text - 1.0 } else { text };
        let flags = if chart.marks.iter().any(|mark| chart.days.contains(mark.day)) { flag } else { 0.0 };
        let mut y = head + flags;
        let mut panels = Vec::with_capacity(chart.panels.len());
        for panel in &chart.panels {
            let bottom = y + panel.height * shrink + PAD * 2.0;
            panels.push((y, bottom));
            y = bottom + gap;
        }
        let rows = y;
        let height = rows + row * f32::from(u16::try_from(chart.rows.len()).unwrap_or(u16::MAX)) + 1.0;
        Self { side, day, width: day * count, head, flags, text, row, panels, rows, height }
    }

    /// Whether a day has room for its month.
    pub fn is_roomy(&self) -> bool {
        self.day >= self.text * 3.2
    }

    /// The baseline of the dates.
    pub fn head_line(&self) -> f32 {
        self.head * 0.42
    }

    pub fn row_top(&self, index: usize) -> f32 {
        self.rows + self.row * f32::from(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// The left edge of a day.
    pub fn day_left(&self, days: Days, day: Date) -> Option<f32> {
        days.index(day).map(|index| f32::from(index) * self.day)
    }

    /// The vertical place of a value; beyond the scale, its edge.
    pub fn y(&self, panel: usize, scale: (f32, f32), value: f32) -> f32 {
        let (top, bottom) = self.panels[panel];
        let (low, high) = scale;
        let part = (value.clamp(low, high) - low) / (high - low);
        bottom - PAD - part * (bottom - top - PAD * 2.0)
    }

    /// The horizontal place of an instant, within its day.
    pub fn x(&self, days: Days, point: &Point) -> Option<f32> {
        let left = self.day_left(days, point.day)?;
        let minutes = Timestamp::start_of(point.day).seconds_until(point.at).div_euclid(60).clamp(0, MINUTES);
        let minutes = u16::try_from(minutes).unwrap_or_default();
        Some(left + f32::from(minutes) / 1440.0 * self.day)
    }

    /// The places of a panel's points that lie within the days of the chart.
    pub fn points<'p>(&self, days: Days, index: usize, panel: &'p Panel<'_>) -> Vec<(f32, f32, &'p Point)> {
        let at = |point: &'p Point| self.x(days, point).map(|x| (x, self.y(index, panel.scale, point.value), point));
        panel.points.iter().filter_map(at).collect()
    }
}
