//! From a chart to its SVG: a column of labels that stays, and the days beside it that scroll.

use maud::{Markup, html};
use time::Date;

use super::cells;
use super::labels::{self, Anchor, Area};
use super::layout::{Layout, PAD};
use super::path::{N, Path};
use super::{Chart, Mark, Panel, Point, Shade, Side, Size, Tick};

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
    let squeezed = (labels::width(&shown, layout.text) > room).then_some(N(room));
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
            (cells::rows(&chart.rows, chart.days, layout))
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
        if joined {
            path.line_to(*x, *y)
        } else {
            path.move_to(*x, *y)
        }
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
