//! Where the figures beside points stand, so that none covers another.

/// A rectangle in chart coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Area {
    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// A point that wants a figure.
#[derive(Debug, Clone, Copy)]
pub struct Anchor<'a> {
    pub x: f32,
    pub y: f32,
    pub text: &'a str,
    /// Goes before the others.
    pub first: bool,
}

/// How far a figure stands from the middle of its point.
const DISTANCE: f32 = 6.0;

/// The middle and the baseline of each figure of `size` px, within `area`; `None` where there is no
/// room. Newer figures go before older ones: the last day is what is looked at first.
pub fn place(anchors: &[Anchor<'_>], size: f32, area: Area) -> Vec<Option<(f32, f32)>> {
    let mut taken: Vec<Area> = anchors.iter().map(dot).collect();
    let mut placed = vec![None; anchors.len()];
    let in_order = |first: bool| (0..anchors.len()).rev().filter(move |index| anchors[*index].first == first);
    for index in in_order(true).chain(in_order(false)) {
        let anchor = anchors[index];
        // A little air to the neighbours.
        let half = width(anchor.text, size) / 2.0 + 1.0;
        let x = anchor.x.clamp(area.left + half, (area.right - half).max(area.left + half));
        let above = [anchor.y - DISTANCE, anchor.y - DISTANCE - size];
        let below = [anchor.y + DISTANCE + size * 0.75, anchor.y + DISTANCE + size * 1.75];
        let (near, far) = if is_valley(anchors, index) { (below, above) } else { (above, below) };
        let candidates = [near[0], far[0], near[1], far[1]];
        placed[index] = candidates.into_iter().find_map(|baseline| {
            let box_ = Area { left: x - half, top: baseline - size * 0.75, right: x + half, bottom: baseline };
            let fits =
                box_.top >= area.top && box_.bottom <= area.bottom && !taken.iter().any(|other| box_.meets(other));
            fits.then(|| {
                taken.push(box_);
                (x, baseline)
            })
        });
    }
    placed
}

/// What the point itself covers.
fn dot(anchor: &Anchor<'_>) -> Area {
    const RADIUS: f32 = 3.5;
    Area { left: anchor.x - RADIUS, top: anchor.y - RADIUS, right: anchor.x + RADIUS, bottom: anchor.y + RADIUS }
}

/// Lower than both neighbours: the lines leave upwards, the figure goes beneath.
fn is_valley(anchors: &[Anchor<'_>], index: usize) -> bool {
    let y = anchors[index].y;
    let lower_than = |neighbour: Option<&Anchor<'_>>| neighbour.is_none_or(|other| other.y < y - 1.0);
    let before = index.checked_sub(1).and_then(|before| anchors.get(before));
    let after = anchors.get(index + 1);
    (before.is_some() || after.is_some()) && lower_than(before) && lower_than(after)
}

/// About how wide a text is at `size` px: East Asian characters are square, others about half that.
pub fn width(text: &str, size: f32) -> f32 {
    let ems: f32 = text
        .chars()
        .map(|c| match c {
            '.' | ',' | ':' | ' ' => 0.3,
            c if c.is_ascii() => 0.58,
            _ => 1.0,
        })
        .sum();
    ems * size
}
