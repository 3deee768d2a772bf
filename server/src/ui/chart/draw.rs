//! From a chart to its SVG: a column of labels that stays, and the days beside it that scroll.

use maud::{Markup, html};
use time::Date;

use super::labels::{self, Anchor, Area};
use super::path::{N, Path};
use super::{Cell, Chart, Days, Mark, Panel, Point, Row, Shade, Side, Size, Tick};
use crate::clock::Timestamp;

/// Room above and beneath the scale of a panel, so that edge values and their figures fit.
const PAD: f32 = 9.0;

/// In a day.
const MINUTES: i64 = 1440;

/// Where everything stands, in pixels.
pub(super) struct Layout {
    /// Width of the column of labels.
    pub side: f32,
    /// Width of a day.
    pub day: f32,
    /// Width of all days.
    pub width: f32,
    /// Height of the dates on top.
    head: f32,
    /// Height of the strip with the words of marks; 0 without marks.
    flags: f32,
    /// Size of the figures beside points.
    text: f32,
    row: f32,
    /// Top and bottom of each panel.
    pub panels: Vec<(f32, f32)>,
    /// Top of the rows.
    rows: f32,
    pub height: f32,
}

impl Layout {
    pub(super) fn of(chart: &Chart<'_>) -> Self {
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
    fn is_roomy(&self) -> bool {
        self.day >= self.text * 3.2
    }

    /// The baseline of the dates.
    fn head_line(&self) -> f32 {
        self.head * 0.42
    }

    fn row_top(&self, index: usize) -> f32 {
        self.rows + self.row * f32::from(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// The left edge of a day.
    fn day_left(&self, days: Days, day: Date) -> Option<f32> {
        days.index(day).map(|index| f32::from(index) * self.day)
    }

    /// The vertical place of a value; beyond the scale, its edge.
    pub(super) fn y(&self, panel: usize, scale: (f32, f32), value: f32) -> f32 {
        let (top, bottom) = self.panels[panel];
        let (low, high) = scale;
        let part = (value.clamp(low, high) - low) / (high - low);
        bottom - PAD - part * (bottom - top - PAD * 2.0)
    }

    /// The horizontal place of an instant, within its day.
    pub(super) fn x(&self, days: Days, point: &Point) -> Option<f32> {
        let left = self.day_left(days, point.day)?;
        let minutes = Timestamp::start_of(point.day).seconds_until(point.at).div_euclid(60).clamp(0, MINUTES);
        let minutes = u16::try_from(minutes).unwrap_or_default();
        Some(left + f32::from(minutes) / 1440.0 * self.day)
    }

    /// The places of a panel's points that lie within the days of the chart.
    pub(super) fn points<'p>(&self, days: Days, index: usize, panel: &'p Panel<'_>) -> Vec<(f32, f32, &'p Point)> {
        let at = |point: &'p Point| {
            self.x(days, point).map(|x| (x, self.y(index, panel.scale, point.value), point))
        };
        panel.points.iter().filter_map(at).collect()
    }
}

/// The whole chart.
pub fn render(chart: &Chart<'_>) -> Markup {
    let layout = Layout::of(chart);
    let drawing = html! {
        div.chart-sheet {
            (side(chart, &layout))
            (plot(chart, &layout))
        }
    };
    match chart.size {
        Size::Screen => html! {
            div.chart.chart-screen.chart-scroll.chart-narrow[layout.text < 13.0] role="region" tabindex="0" aria-label={ (chart.title) "（横に動かせます）" } {
                (drawing)
            }
        },
        Size::Paper => html! { div.chart.chart-paper { (drawing) } },
    }
}

/// The height of the chart in pixels.
pub fn height(chart: &Chart<'_>) -> f32 {
    Layout::of(chart).height
}

fn view_box(width: f32, height: f32) -> String {
    format!("0 0 {} {}", N(width), N(height))
}

/// Labels of panels and rows. What they say is in the description and in the table as well.
fn side(chart: &Chart<'_>, layout: &Layout) -> Markup {
    let right = layout.side - 8.0;
    html! {
        svg.chart-side width=(N(layout.side)) height=(N(layout.height)) viewBox=(view_box(layout.side, layout.height))
            aria-hidden="true" focusable="false" {
            @if !layout.is_roomy() {
                text.chart-month x=(N(right)) y=(N(layout.head_line())) { (u8::from(chart.days.first.month())) "月" }
            }
            @for (index, panel) in chart.panels.iter().enumerate() {
                @let (top, _) = layout.panels[index];
                text.chart-name x="0" y=(N(top + PAD + layout.text * 0.4)) {
                    (panel.label) " " tspan.chart-quiet { (panel.unit) }
                }
                @for tick in panel.ticks.iter().filter(|tick| has_room(tick, index, panel, layout)) {
                    text.chart-tick.chart-threshold-text[tick.threshold] x=(N(right))
                        y=(N(layout.y(index, panel.scale, tick.value) + layout.text * 0.36)) { (tick.text) }
                }
                @for band in &panel.bands {
                    @let middle = (layout.y(index, panel.scale, band.range.0) + layout.y(index, panel.scale, band.range.1)) / 2.0;
                    text.chart-band-text x=(N(right - layout.text * 2.4)) y=(N(middle + layout.text * 0.36)) { (band.label) }
                }
            }
            @for (index, row) in chart.rows.iter().enumerate() {
                (row_label(row.label, right, layout.row_top(index) + layout.row / 2.0 + layout.text * 0.36, layout))
            }
            path.chart-rule d=(row_rules(chart, layout, layout.side)) {}
        }
    }
}

/// A threshold's name goes before the names of the values next to it.
fn has_room(tick: &Tick, index: usize, panel: &Panel<'_>, layout: &Layout) -> bool {
    let y = |tick: &Tick| layout.y(index, panel.scale, tick.value);
    let mut thresholds = panel.ticks.iter().filter(|other| other.threshold);
    tick.threshold || thresholds.all(|other| (y(tick) - y(other)).abs() >= layout.text * 0.75)
}

/// A row's label; one that is too long is set narrower, and cut where that would not do.
fn row_label(label: &str, right: f32, y: f32, layout: &Layout) -> Markup {
    let room = right;
    let most = room * 1.25;
    let mut shown = label.to_owned();
    if labels::width(label, layout.text) > most {
        while labels::width(&shown, layout.text) + layout.text > most && shown.pop().is_some() {}
        shown.push('…');
    }
    let squeezed = (labels::width(&shown, layout.text) > room).then(|| N(room));
    html! {
        text.chart-row-label x=(N(right)) y=(N(y)) textLength=[squeezed] lengthAdjust=[squeezed.map(|_| "spacingAndGlyphs")] {
            (shown)
        }
    }
}

fn plot(chart: &Chart<'_>, layout: &Layout) -> Markup {
    let (id, width, height) = (chart.id, layout.width, layout.height);
    html! {
        svg.chart-plot width=(N(width + 1.0)) height=(N(height)) viewBox=(view_box(width + 1.0, height))
            role="img" aria-labelledby={ (id) "-title" } aria-describedby={ (id) "-desc" } {
            title id={ (id) "-title" } { (chart.title) }
            desc id={ (id) "-desc" } { (chart.description) }
            (patterns(id))
            @for (top, bottom) in &layout.panels {
                rect.chart-ground x="0" y=(N(*top)) width=(N(width)) height=(N(bottom - top)) {}
            }
            @for (index, panel) in chart.panels.iter().enumerate() { (bands(chart, layout, index, panel)) }
            (day_heads(chart, layout))
            (blanks(chart, layout))
            path.chart-rule d=(day_rules(chart, layout)) {}
            path.chart-rule d=(row_rules(chart, layout, width)) {}
            @for (index, panel) in chart.panels.iter().enumerate() { (ticks(layout, index, panel)) }
            (marks(chart, layout))
            @for (index, panel) in chart.panels.iter().enumerate() { (line(chart, layout, index, panel)) }
            (rows(&chart.rows, chart.days, layout))
        }
    }
}

fn patterns(id: &str) -> Markup {
    html! {
        defs {
            pattern id={ (id) "-light" } width="6" height="6" patternUnits="userSpaceOnUse" {
                rect.chart-light width="6" height="6" {}
                circle.chart-light-dot cx="3" cy="3" r="0.8" {}
            }
            pattern id={ (id) "-strong" } width="6" height="6" patternUnits="userSpaceOnUse" {
                rect.chart-strong width="6" height="6" {}
                path.chart-strong-line d="M-1 7L7-1M-1 1L1-1M5 7L7 5" {}
            }
        }
    }
}

fn bands(chart: &Chart<'_>, layout: &Layout, index: usize, panel: &Panel<'_>) -> Markup {
    let (panel_top, panel_bottom) = layout.panels[index];
    let (low, high) = panel.scale;
    html! {
        @for band in &panel.bands {
            @let pattern = match band.shade { Shade::Plain => None, Shade::Light => Some("light"), Shade::Strong => Some("strong") };
            @if let Some(pattern) = pattern {
                // A band at the end of the scale reaches over the room beside it.
                @let top = if band.range.1 >= high { panel_top } else { layout.y(index, panel.scale, band.range.1) };
                @let bottom = if band.range.0 <= low { panel_bottom } else { layout.y(index, panel.scale, band.range.0) };
                rect x="0" y=(N(top)) width=(N(layout.width)) height=(N(bottom - top)) fill={ "url(#" (chart.id) "-" (pattern) ")" } {}
            }
        }
    }
}

fn day_heads(chart: &Chart<'_>, layout: &Layout) -> Markup {
    // The month of the first day stands at the side where a day has no room for it.
    let date = |day: Date| {
        let with_month = layout.is_roomy() || day.day() == 1 && day != chart.days.first;
        if with_month { format!("{}/{}", u8::from(day.month()), day.day()) } else { day.day().to_string() }
    };
    html! {
        @for day in chart.days.iter() {
            @let x = layout.day_left(chart.days, day).unwrap_or_default() + layout.day / 2.0;
            @let is_today = chart.today == Some(day);
            text.chart-day.chart-today[is_today] x=(N(x)) y=(N(layout.head_line())) { (date(day)) }
            text.chart-weekday.chart-today[is_today] x=(N(x)) y=(N(layout.head * 0.84)) {
                @if is_today { "今日" } @else { (hersys_shared::days::weekday(day)) }
            }
        }
    }
}

/// Shades the days of which nothing is known.
fn blanks(chart: &Chart<'_>, layout: &Layout) -> Markup {
    let mut path = Path::default();
    let bottom = layout.height - 1.0;
    for left in chart.blank.iter().filter_map(|day| layout.day_left(chart.days, *day)) {
        for (panel_top, panel_bottom) in &layout.panels {
            path.rectangle(left, *panel_top, layout.day, panel_bottom - panel_top);
        }
        if bottom > layout.rows {
            path.rectangle(left, layout.rows, layout.day, bottom - layout.rows);
        }
    }
    html! { @if !path.is_empty() { path.chart-blank d=(path) {} } }
}

/// The lines between days, and the edges of the panels.
fn day_rules(chart: &Chart<'_>, layout: &Layout) -> Path {
    let mut path = Path::default();
    for edge in layout.panels.iter().flat_map(|(top, bottom)| [*top, *bottom]) {
        path.horizontal(0.0, edge.floor() + 0.5, layout.width);
    }
    for index in 0..=chart.days.count() {
        let x = f32::from(index) * layout.day + 0.5;
        for (top, bottom) in &layout.panels {
            path.vertical(x, *top, *bottom);
        }
        if !chart.rows.is_empty() {
            path.vertical(x, layout.rows, layout.height - 0.5);
        }
    }
    path
}

/// The lines between rows.
fn row_rules(chart: &Chart<'_>, layout: &Layout, width: f32) -> Path {
    let mut path = Path::default();
    if !chart.rows.is_empty() {
        for index in 0..=chart.rows.len() {
            path.horizontal(0.0, layout.row_top(index).floor() + 0.5, width);
        }
    }
    path
}

fn ticks(layout: &Layout, index: usize, panel: &Panel<'_>) -> Markup {
    let (mut plain, mut threshold) = (Path::default(), Path::default());
    for tick in &panel.ticks {
        let path = if tick.threshold { &mut threshold } else { &mut plain };
        path.horizontal(0.0, layout.y(index, panel.scale, tick.value), layout.width);
    }
    html! {
        path.chart-rule d=(plain) {}
        @if !threshold.is_empty() { path.chart-threshold d=(threshold) {} }
    }
}

fn marks(chart: &Chart<'_>, layout: &Layout) -> Markup {
    html! {
        @for mark in &chart.marks {
            @if let Some(left) = layout.day_left(chart.days, mark.day) { (mark_at(mark, left, layout)) }
        }
    }
}

fn mark_at(mark: &Mark<'_>, left: f32, layout: &Layout) -> Markup {
    let before = mark.side == Side::Before;
    let x = if before { left.max(1.0) } else { left + layout.day };
    // The word stands on the side of the days that the mark encloses, unless there is no room.
    let rightwards = if before {
        x + labels::width(mark.label, layout.text) + 4.0 < layout.width
    } else {
        x - labels::width(mark.label, layout.text) - 4.0 < 0.0
    };
    let mut path = Path::default();
    path.vertical(x, layout.head + 2.0, layout.height - 1.0);
    html! {
        path.chart-mark d=(path) {}
        text.chart-mark-text.chart-mark-end[!rightwards] x=(N(if rightwards { x + 4.0 } else { x - 4.0 }))
            y=(N(layout.head + layout.flags - 5.0)) { (mark.label) }
    }
}

/// A panel's line with its points and figures. A day without a value interrupts it.
fn line(chart: &Chart<'_>, layout: &Layout, index: usize, panel: &Panel<'_>) -> Markup {
    let points = layout.points(chart.days, index, panel);
    let (top, bottom) = layout.panels[index];
    let area = Area { left: 0.0, top: top + 1.0, right: layout.width, bottom: bottom - 1.0 };
    let anchors: Vec<Anchor<'_>> =
        points.iter().map(|(x, y, point)| Anchor { x: *x, y: *y, text: &point.text, first: point.of_day }).collect();
    let figures = labels::place(&anchors, layout.text, area);
    let (plain, alert, open) = dots(&points, panel.scale, layout.text);
    html! {
        @if points.is_empty() {
            text.chart-none x=(N(layout.width - 8.0)) y=(N((top + bottom) / 2.0)) { (panel.label) "の報告はありません" }
        }
        path.chart-line d=(segments(&points)) {}
        @if !open.is_empty() { path.chart-point-open d=(open) {} }
        @if !plain.is_empty() { path.chart-point d=(plain) {} }
        @if !alert.is_empty() { path.chart-point-alert d=(alert) {} }
        @for ((_, _, point), figure) in points.iter().zip(figures) {
            @if let Some((x, y)) = figure {
                text.chart-value.chart-value-alert[point.alert] x=(N(x)) y=(N(y)) { (point.text) }
            }
        }
        @if chart.size == Size::Screen {
            @for (x, y, point) in &points {
                circle.chart-hit cx=(N(*x)) cy=(N(*y)) r="9" { title { (point.hint) } }
            }
        }
    }
}

/// The line through points of consecutive days.
pub(super) fn segments(points: &[(f32, f32, &Point)]) -> Path {
    let mut path = Path::default();
    let mut before: Option<Date> = None;
    for (x, y, point) in points {
        let joined = before.is_some_and(|before| (point.day - before).whole_days() <= 1);
        if joined { path.line_to(*x, *y) } else { path.move_to(*x, *y) }
        before = Some(point.day);
    }
    path
}

/// Points by how they look: the day's value, the day's value beyond what is harmless, and the
/// day's other values, sized like the figures' `text`. A value beyond the scale is an arrow that points to where it lies.
fn dots(points: &[(f32, f32, &Point)], (low, high): (f32, f32), text: f32) -> (Path, Path, Path) {
    let (mut plain, mut alert, mut open) = (Path::default(), Path::default(), Path::default());
    for (x, y, point) in points {
        let path = match (point.of_day, point.alert) {
            (true, true) => &mut alert,
            (true, false) => &mut plain,
            (false, _) => &mut open,
        };
        let radius = (if point.of_day { 0.29 } else { 0.23 }) * text;
        let (tip, half) = (radius * 1.4, radius * 1.4);
        if point.value > high {
            path.triangle(*x, y - tip, y + tip * 0.8, half);
        } else if point.value < low {
            path.triangle(*x, y + tip, y - tip * 0.8, half);
        } else {
            path.disc(*x, *y, radius);
        }
    }
    (plain, alert, open)
}

/// All marks of all rows, gathered by look.
#[derive(Default)]
struct Marks {
    red: Path,
    blue: Path,
    unknown: Path,
    danger: Path,
    dots: Path,
    /// Places of ？ and of the ! within ⚠.
    asks: Vec<(f32, f32)>,
    calls: Vec<(f32, f32)>,
    letters: Vec<(f32, f32, String)>,
}

impl Marks {
    fn add(&mut self, cell: &Cell, x: f32, y: f32, width: f32, height: f32) {
        let tile_width = f32::min(width - 4.0, 44.0).max(8.0);
        let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
        let tile = (middle_x - tile_width / 2.0, y + 2.0, tile_width, height - 4.0);
        match cell {
            Cell::Red | Cell::Blue => {
                let path = if *cell == Cell::Red { &mut self.red } else { &mut self.blue };
                path.tile(tile.0, tile.1, tile.2, tile.3);
                self.dots.disc(middle_x, middle_y, height * 0.19);
            }
            Cell::Unknown => {
                self.unknown.tile(tile.0, tile.1, tile.2, tile.3);
                self.asks.push((middle_x, middle_y + height * 0.2));
            }
            Cell::Danger => {
                self.danger.triangle(middle_x, y + 1.5, y + height - 2.5, height * 0.52);
                self.calls.push((middle_x, y + height * 0.8));
            }
            Cell::Letters(text) => self.letters.push((middle_x, middle_y + height * 0.19, text.clone())),
        }
    }

    fn render(&self) -> Markup {
        html! {
            @for (class, path) in [
                ("chart-red", &self.red), ("chart-blue", &self.blue), ("chart-unknown", &self.unknown),
                ("chart-danger", &self.danger), ("chart-dot", &self.dots),
            ] {
                @if !path.is_empty() { path class=(class) d=(path) {} }
            }
            (repeated("chart-ask", "？", &self.asks))
            (repeated("chart-call", "!", &self.calls))
            @for (x, y, text) in &self.letters { text.chart-letter x=(N(*x)) y=(N(*y)) { (text) } }
        }
    }
}

/// One character at many places as one element.
fn repeated(class: &str, character: &str, places: &[(f32, f32)]) -> Markup {
    let list = |values: Vec<String>| values.join(" ");
    html! {
        @if !places.is_empty() {
            text class=(class) x=(list(places.iter().map(|(x, _)| N(*x).to_string()).collect()))
                y=(list(places.iter().map(|(_, y)| N(*y).to_string()).collect())) {
                (character.repeat(places.len()))
            }
        }
    }
}

fn rows(rows: &[Row<'_>], days: Days, layout: &Layout) -> Markup {
    let mut marks = Marks::default();
    for (index, row) in rows.iter().enumerate() {
        for (day, cell) in &row.cells {
            if let Some(left) = layout.day_left(days, *day) {
                marks.add(cell, left, layout.row_top(index), layout.day, layout.row);
            }
        }
    }
    marks.render()
}

/// A single mark within a box.
pub(super) fn cell(cell: &Cell, x: f32, y: f32, width: f32, height: f32) -> Markup {
    let mut marks = Marks::default();
    marks.add(cell, x, y, width, height);
    marks.render()
}
