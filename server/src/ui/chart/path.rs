//! Path data, written short: many shapes in one element keep the page small.

use std::fmt::Write;

use maud::{Escaper, Render};

/// A coordinate with at most one decimal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct N(pub f32);

impl std::fmt::Display for N {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        if tenths.fract() == 0.0 { write!(f, "{tenths:.0}") } else { write!(f, "{tenths:.1}") }
    }
}

impl Render for N {
    fn render_to(&self, buffer: &mut String) {
        // Writing to a string does not fail, and figures need no escaping.
        let _ = write!(Escaper::new(buffer), "{self}");
    }
}

/// The `d` of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn move_to(&mut self, x: f32, y: f32) {
        self.add(format_args!("M{} {}", N(x), N(y)));
    }

    pub fn line_to(&mut self, x: f32, y: f32) {
        self.add(format_args!("L{} {}", N(x), N(y)));
    }

    pub fn horizontal(&mut self, x: f32, y: f32, to: f32) {
        self.add(format_args!("M{} {}H{}", N(x), N(y), N(to)));
    }

    pub fn vertical(&mut self, x: f32, y: f32, to: f32) {
        self.add(format_args!("M{} {}V{}", N(x), N(y), N(to)));
    }

    pub fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.add(format_args!("M{} {}h{}v{}h{}z", N(x), N(y), N(width), N(height), N(-width)));
    }

    /// A rectangle with corners of radius 2.
    pub fn tile(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let (w, h) = (N(width - 4.0), N(height - 4.0));
        self.add(format_args!(
            "M{} {}h{w}a2 2 0 0 1 2 2v{h}a2 2 0 0 1-2 2h{}a2 2 0 0 1-2-2v{}a2 2 0 0 1 2-2z",
            N(x + 2.0),
            N(y),
            N(-w.0),
            N(-h.0),
        ));
    }

    pub fn disc(&mut self, x: f32, y: f32, radius: f32) {
        // Two half circles: the diameter must be twice the radius as it is written.
        let r = N((radius * 10.0).round() / 10.0);
        let d = N(r.0 * 2.0);
        self.add(format_args!("M{} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 {} 0z", N(x - r.0), N(y), N(-d.0)));
    }

    /// A triangle that points up (`tip` above `base`) or down.
    pub fn triangle(&mut self, x: f32, tip: f32, base: f32, half: f32) {
        self.add(format_args!("M{} {}L{} {}H{}z", N(x), N(tip), N(x + half), N(base), N(x - half)));
    }

    fn add(&mut self, part: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(part);
    }
}

impl Render for Path {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.0);
    }
}
