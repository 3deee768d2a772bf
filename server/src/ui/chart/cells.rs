//! The marks in the rows of a chart.

use maud::{Markup, html};

use super::layout::Layout;
use super::path::{N, Path};
use super::{Cell, Days, Row};

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

/// The marks of all rows.
pub fn rows(rows: &[Row<'_>], days: Days, layout: &Layout) -> Markup {
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
pub fn cell(cell: &Cell, x: f32, y: f32, width: f32, height: f32) -> Markup {
    let mut marks = Marks::default();
    marks.add(cell, x, y, width, height);
    marks.render()
}
