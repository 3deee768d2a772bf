use super::draw::segments;
use super::labels::{self, Anchor, Area};
use super::layout::Layout;
use super::*;
use time::Duration;
use time::macros::date;

const FIRST: Date = date!(2022 - 08 - 01);

fn point(day: i64, minute: i64, value: f32) -> Point {
    let day = FIRST + Duration::days(day);
    Point {
        day,
        at: Timestamp::start_of(day) + Duration::minutes(minute),
        value,
        text: format!("{value:.1}"),
        of_day: true,
        alert: value >= 37.5,
        hint: String::new(),
    }
}

fn panel(points: Vec<Point>) -> Panel<'static> {
    Panel {
        label: "体温",
        unit: "℃",
        scale: (34.0, 42.0),
        height: 160.0,
        ticks: vec![Tick { value: 37.5, text: "37.5", threshold: true }],
        bands: vec![Band { range: (34.0, 36.0), label: "低", shade: Shade::Strong }],
        points,
    }
}

fn chart(size: Size, days: i64, panels: Vec<Panel<'static>>) -> Chart<'static> {
    Chart {
        id: "g",
        title: "題",
        description: "説明",
        size,
        days: Days { first: FIRST, last: FIRST + Duration::days(days - 1) },
        today: None,
        panels,
        rows: vec![Row { label: "咳", cells: vec![(FIRST, Cell::Red)] }],
        marks: Vec::new(),
        blank: Vec::new(),
    }
}

#[test]
fn obs_05_every_value_at_every_minute_lies_within_the_plot() {
    for (size, days) in
        [(Size::Screen, 1), (Size::Screen, 14), (Size::Screen, 30), (Size::Paper, 10), (Size::Paper, 30)]
    {
        for tenths in (300_u16..=450).chain([0, u16::MAX]) {
            for (day, minute) in [(0, 0), (0, 1439), (days - 1, 0), (days - 1, 1439), (days - 1, 99_999), (0, -99_999)]
            {
                let panel = panel(vec![point(day, minute, f32::from(tenths) / 10.0)]);
                let chart = chart(size, days, vec![panel.clone()]);
                let layout = Layout::of(&chart);
                let (top, bottom) = layout.panels[0];
                let points = layout.points(chart.days, 0, &panel);
                let (x, y, _) = points[0];
                assert!((0.0..=layout.width).contains(&x), "{tenths} at {day}:{minute} on {size:?}: x {x}");
                assert!(y > top && y < bottom, "{tenths} at {day}:{minute} on {size:?}: y {y}");
            }
        }
    }
}

#[test]
fn obs_05_points_stand_at_their_time_of_day_and_higher_values_higher() {
    let panel = panel(vec![point(2, 0, 36.0), point(2, 720, 37.0), point(2, 1080, 38.0)]);
    let chart = chart(Size::Screen, 14, vec![panel.clone()]);
    let layout = Layout::of(&chart);
    let places = layout.points(chart.days, 0, &panel);
    let part = |index: usize| (places[index].0 - 2.0 * layout.day) / layout.day;
    assert!((part(0) - 0.0).abs() < 0.01 && (part(1) - 0.5).abs() < 0.01 && (part(2) - 0.75).abs() < 0.01);
    assert!(places[0].1 > places[1].1 && places[1].1 > places[2].1);
}

#[test]
fn obs_05_a_day_without_a_value_splits_the_line() {
    let panel = panel(vec![point(0, 480, 36.5), point(1, 480, 36.6), point(3, 480, 36.7), point(3, 900, 36.8)]);
    let chart = chart(Size::Screen, 14, vec![panel.clone()]);
    let layout = Layout::of(&chart);
    let path = segments(&layout.points(chart.days, 0, &panel));
    let commands: String = path.as_str().chars().filter(|c| matches!(c, 'M' | 'L')).collect();
    assert_eq!(commands, "MLML");
}

#[test]
fn points_outside_of_the_days_are_left_out() {
    let panel = panel(vec![point(-1, 480, 36.5), point(14, 480, 36.5)]);
    let chart = chart(Size::Screen, 14, vec![panel.clone()]);
    assert!(Layout::of(&chart).points(chart.days, 0, &panel).is_empty());
}

#[test]
fn a_value_beyond_the_scale_keeps_its_figure() {
    let svg = render(&chart(Size::Screen, 14, vec![panel(vec![point(3, 480, 42.8)])])).into_string();
    assert!(svg.contains(">42.8</text>"));
}

#[test]
fn obs_03_what_is_absent_is_not_drawn() {
    let mut chart = chart(Size::Screen, 14, Vec::new());
    let drawn = render(&chart).into_string();
    assert!(drawn.contains("chart-red") && drawn.contains("chart-dot"));
    assert!(!drawn.contains("chart-blue") && !drawn.contains("chart-unknown") && !drawn.contains("chart-danger"));
    chart.rows[0].cells = vec![(FIRST, Cell::Unknown)];
    let drawn = render(&chart).into_string();
    assert!(!drawn.contains("chart-red") && drawn.contains("？"));
}

#[test]
fn nothing_is_styled_inline() {
    for size in [Size::Screen, Size::Paper] {
        let svg = render(&chart(size, 30, vec![panel(vec![point(3, 480, 38.8)])])).into_string();
        assert!(!svg.contains("style=") && !svg.contains("<style") && !svg.contains("<script"));
    }
}

#[test]
fn labels_are_escaped() {
    let mut chart = chart(Size::Screen, 14, Vec::new());
    chart.rows[0].label = "<b>&";
    assert!(render(&chart).into_string().contains("&lt;b&gt;&amp;"));
}

#[test]
fn figures_never_cover_each_other() {
    let area = Area { left: 0.0, top: 0.0, right: 840.0, bottom: 178.0 };
    // A plain generator gives the same thousand charts each time.
    let mut state = 7_u32;
    let mut next = |most: u16| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).unwrap() % most)
    };
    for _ in 0..1000 {
        let mut points: Vec<(f32, f32)> = (0..40).map(|_| (next(841), 9.0 + next(160))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let anchors: Vec<Anchor<'_>> =
            points.iter().map(|(x, y)| Anchor { x: *x, y: *y, text: "38.5", first: true }).collect();
        let placed: Vec<(f32, f32)> = labels::place(&anchors, 12.0, area).into_iter().flatten().collect();
        let half = labels::width("38.5", 12.0) / 2.0;
        for (index, (x, y)) in placed.iter().enumerate() {
            assert!(
                x - half >= area.left - 0.01
                    && x + half <= area.right + 0.01
                    && *y <= area.bottom
                    && y - 9.0 >= area.top
            );
            for (other_x, other_y) in &placed[index + 1..] {
                assert!((x - other_x).abs() >= half * 2.0 - 0.01 || (y - other_y).abs() >= 8.99);
            }
        }
    }
}

#[test]
fn each_day_of_a_calm_month_has_its_figure() {
    let points = (0..30).map(|day| point(day, 480, 36.5)).collect();
    let svg = render(&chart(Size::Screen, 30, vec![panel(points)])).into_string();
    assert_eq!(svg.matches(">36.5</text>").count(), 30);
}

#[test]
fn a_month_is_drawn_quickly() {
    let points: Vec<Point> = (0..30).flat_map(|day| [point(day, 480, 38.1), point(day, 1200, 37.2)]).collect();
    let mut chart = chart(Size::Screen, 30, vec![panel(points.clone()), panel(points)]);
    chart.rows =
        (0..12).map(|_| Row { label: "咳", cells: chart.days.iter().map(|day| (day, Cell::Red)).collect() }).collect();
    let started = std::time::Instant::now();
    for _ in 0..20 {
        assert!(render(&chart).into_string().len() < 120_000);
    }
    // Far above what it takes, even unoptimised on a busy machine.
    assert!(started.elapsed().as_millis() < 20 * 50, "{:?}", started.elapsed());
}
