//! What the colours, shapes and lines of the time line mean.

use std::iter;
use std::ops::Range;

use rgb_proto::Rgb;

use super::row;
use super::states::State;
use crate::scenario::report::markup::{Attributes, Markup};

/// The width of a sample, in the units of a row.
const WIDTH: u32 = 20;

/// Writes the legend: of each thing a sample, cut out of a row, and its name.
pub(super) fn write(markup: &mut Markup) {
    markup.element("ul", &[("class", &"legend")], |markup| {
        for state in State::ALL {
            write_entry(state.as_str(), row::STATES, markup, |markup| row::write_state(0..WIDTH, state, None, markup));
        }
        write_entry("attempt failed", row::MARKS, markup, |markup| row::write_marks([3, 9, 15], markup));
        write_entry("colour shown, or sent", row::COLORS, markup, |markup| {
            let colors = [Rgb::new(220, 50, 50), Rgb::new(60, 170, 60), Rgb::new(50, 100, 220), Rgb::new(220, 170, 50)];
            for (x, color) in (0..WIDTH).step_by(5).zip(colors) {
                row::write_color(x..x + 5, color, markup);
            }
        });
        write_entry("fault, and above the boards that it is about", 0..12, markup, |markup| {
            let ground: &Attributes<'_> = &[("class", &"fault-ground"), ("width", &WIDTH), ("height", &row::HEIGHT)];
            markup.empty("rect", ground);
            row::write_hits(iter::once(0..WIDTH), markup);
        });
    });
}

fn write_entry(name: &str, cut: Range<u32>, markup: &mut Markup, draw: impl FnOnce(&mut Markup)) {
    markup.element("li", &[], |markup| {
        let view_box = format!("0 {} {WIDTH} {}", cut.start, cut.len());
        let attributes: &Attributes<'_> =
            &[("viewBox", &view_box), ("preserveAspectRatio", &"none"), ("aria-hidden", &"true")];
        markup.element("svg", attributes, draw);
        markup.text(name);
    });
}
