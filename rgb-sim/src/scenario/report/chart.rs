//! Bars side by side, in a drawing as wide as there is room.

use std::fmt::Display;

use super::markup::{Attributes, Markup};

/// Where the bars begin, in percent of the width; the scale's labels stand before them.
const LEFT: f64 = 9.0;
/// And where they end.
const RIGHT: f64 = 99.0;

/// The plane on which a number of bars of one width stand.
#[derive(Clone, Copy)]
pub(super) struct Plane {
    /// How many bars.
    pub(super) bars: usize,
    /// Where the highest one ends, from the top, in pixels.
    pub(super) top: f64,
    /// And where all begin.
    pub(super) bottom: f64,
}

impl Plane {
    /// Where a place among the bars is, 0 being the left side of the first one and 1.5 the middle of the second.
    pub(super) fn x(self, place: f64) -> String {
        percent(self.across(place))
    }

    fn across(self, place: f64) -> f64 {
        LEFT + place / self.bars as f64 * (RIGHT - LEFT)
    }

    /// How high a share of the plane is.
    pub(super) fn y(self, share: f64) -> String {
        format!("{:.1}", self.bottom - share * (self.bottom - self.top))
    }

    /// A line across at each of these shares, with a label.
    pub(super) fn write_scale(self, lines: &[(f64, String)], markup: &mut Markup) {
        for (share, label) in lines {
            let y = self.y(*share);
            let line: &Attributes<'_> =
                &[("class", &"grid"), ("x1", &percent(LEFT)), ("x2", &percent(RIGHT)), ("y1", &y), ("y2", &y)];
            markup.empty("line", line);
            let place: &Attributes<'_> =
                &[("x", &percent(LEFT)), ("dx", &-5), ("y", &y), ("dy", &4), ("text-anchor", &"end")];
            markup.leaf("text", place, label);
        }
    }

    /// A bar of this share's height.
    pub(super) fn write_bar(self, bar: usize, share: f64, class: &str, title: impl Display, markup: &mut Markup) {
        let x = percent(self.across(bar as f64 + 0.06));
        let width = percent(0.88 / self.bars as f64 * (RIGHT - LEFT));
        let height = format!("{:.1}", share * (self.bottom - self.top));
        let place: &Attributes<'_> =
            &[("class", &class), ("x", &x), ("y", &self.y(share)), ("width", &width), ("height", &height)];
        markup.element("rect", place, |markup| markup.leaf("title", &[], title));
    }

    /// A text at a place among the bars.
    pub(super) fn write_label(self, place: f64, y: f64, label: impl Display, markup: &mut Markup) {
        markup.leaf("text", &[("x", &self.x(place)), ("y", &y), ("text-anchor", &"middle")], label);
    }
}

/// A drawing with a title and a description.
pub(super) fn write(height: u32, title: &str, description: &str, markup: &mut Markup, draw: impl FnOnce(&mut Markup)) {
    let attributes: &Attributes<'_> = &[("class", &"chart"), ("width", &"100%"), ("height", &height), ("role", &"img")];
    markup.element("svg", attributes, |markup| {
        markup.leaf("title", &[], title);
        markup.leaf("desc", &[], description);
        draw(markup);
    });
}

/// The least of 1, 2 and 5 times a power of ten that is not below the highest of some counts.
pub(super) fn ceiling(highest: u64) -> u64 {
    let mut decade: u64 = 1;
    loop {
        if let Some(top) = [1, 2, 5].into_iter().map(|step| decade.saturating_mul(step)).find(|top| *top >= highest) {
            return top;
        }
        decade = decade.saturating_mul(10);
    }
}

/// A count with few letters: `12k`.
pub(super) fn brief(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..10_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

fn percent(position: f64) -> String {
    format!("{position:.3}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number_that_holds_every_bar() {
        for (highest, top) in [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (1_001, 2_000), (u64::MAX, u64::MAX)] {
            assert_eq!(ceiling(highest), top);
        }
    }

    #[test]
    fn large_counts_are_brief() {
        assert_eq!([9_999, 12_345, 50_000_000].map(brief), ["9999", "12k", "50M"]);
    }
}
