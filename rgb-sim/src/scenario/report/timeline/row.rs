//! One board's row.

use std::ops::Range;
use std::time::Duration;

use rgb_proto::Rgb;

use super::columns::Columns;
use super::states::{History, State};
use super::unit;
use crate::scenario::recording::{BoardRecording, Recording};
use crate::scenario::report::format::{count, share, time};
use crate::scenario::report::markup::{Attributes, Markup};

// A row's drawing, from top to bottom, in its own units.
pub(super) const HEIGHT: u32 = 32;
const HIT_Y: u32 = 1;
pub(super) const MARKS: Range<u32> = 4..9;
pub(super) const STATES: Range<u32> = 10..21;
pub(super) const COLORS: Range<u32> = 22..31;

/// Writes the row of a board, by its place in the recording.
pub(super) fn write(index: usize, recording: &Recording, columns: Columns, markup: &mut Markup) {
    let board = &recording.boards[index];
    markup.element("tr", &[("id", &format_args!("board-{index}"))], |markup| {
        markup.element("th", &[("scope", &"row")], |markup| {
            let link: &Attributes<'_> = &[("href", &format_args!("#numbers-{index}")), ("title", &board.name)];
            markup.leaf("a", link, &board.name);
            markup.leaf("span", &[("class", &"role")], board.role.as_str());
        });
        markup.element("td", &[], |markup| {
            let view_box = format!("0 0 {} {HEIGHT}", Columns::WIDTH);
            let attributes: &Attributes<'_> =
                &[("viewBox", &view_box), ("preserveAspectRatio", &"none"), ("role", &"img")];
            markup.element("svg", attributes, |markup| draw(index, recording, columns, markup));
        });
    });
}

fn draw(index: usize, recording: &Recording, columns: Columns, markup: &mut Markup) {
    let board = &recording.boards[index];
    let history = History::of(board, recording.elapsed);
    markup.leaf("title", &[], summary(board, &history, recording.elapsed));
    markup.empty("use", &[("href", &"#backdrop")]);
    let about_it = recording.faults.iter().filter(|fault| fault.boards.contains(&index));
    write_hits(
        about_it.map(|fault| {
            let from = unit(fault.from, recording.elapsed);
            // What happens at one time is a dot.
            from..unit(fault.until.unwrap_or(recording.elapsed), recording.elapsed).max(from + 3)
        }),
        markup,
    );
    let units = |columns_of: Range<u32>| columns_of.start * columns.unit()..columns_of.end * columns.unit();
    for (range, state) in columns.bin(&history.states, State::max) {
        let [from, until] = [range.start, range.end].map(|column| time(columns.length() * column));
        let title = format!("{}, {from} to {until}", state.as_str());
        write_state(units(range), state, Some(&title), markup);
    }
    for (range, color) in columns.bin(&history.colors, |_, later| later) {
        if let Some(color) = color {
            write_color(units(range), color, markup);
        }
    }
    write_marks(columns.marks(&history.failures).into_iter().map(|column| column * columns.unit()), markup);
}

/// A board's time in words: `client: joining 7.9%, exchanging 92.1%; 3 failed attempts`.
fn summary(board: &BoardRecording, history: &History, duration: Duration) -> String {
    let micros = |span: Duration| span.as_micros() as u64;
    let states = State::ALL.into_iter().filter_map(|state| {
        let spans = history.states.iter().filter(|span| span.value == state);
        let lasted: u64 = spans.map(|span| micros(span.until - span.from)).sum();
        (lasted > 0).then(|| format!("{} {}", state.as_str(), share(lasted, micros(duration))))
    });
    let states: Vec<_> = states.collect();
    let what = if board.role.asks() { "failed attempts" } else { "clients without a reply" };
    format!("{}: {}; {} {what}", board.name, states.join(", "), count(history.failures.len() as u64))
}

/// Lines over the time of faults that are about the board.
pub(super) fn write_hits(places: impl IntoIterator<Item = Range<u32>>, markup: &mut Markup) {
    write_path("hit", places.into_iter().map(|x| format!("M{} {HIT_Y}H{}", x.start, x.end)), markup);
}

/// Ticks where attempts have failed.
pub(super) fn write_marks(places: impl IntoIterator<Item = u32>, markup: &mut Markup) {
    write_path("failed", places.into_iter().map(|x| format!("M{x} {}v{}", MARKS.start, MARKS.len())), markup);
}

fn write_path(class: &str, parts: impl Iterator<Item = String>, markup: &mut Markup) {
    let path: String = parts.collect();
    if !path.is_empty() {
        markup.empty("path", &[("class", &class), ("d", &path)]);
    }
}

/// A state's part of the band: the nearer the board is to a colour, the higher.
pub(super) fn write_state(x: Range<u32>, state: State, title: Option<&str>, markup: &mut Markup) {
    let (class, height) = match state {
        State::Off => ("off", 1),
        State::Joining => ("joining", 4),
        State::Joined => ("joined", 7),
        State::Addressed => ("addressed", 9),
        State::Working => ("working", STATES.len() as u32),
        State::Failing => ("failing", STATES.len() as u32),
    };
    let (y, width) = (STATES.end - height, x.len());
    let attributes: &Attributes<'_> =
        &[("class", &class), ("x", &x.start), ("y", &y), ("width", &width), ("height", &height)];
    match title {
        Some(title) => markup.element("rect", attributes, |markup| markup.leaf("title", &[], title)),
        None => markup.empty("rect", attributes),
    }
}

/// A part of the strip of colours.
pub(super) fn write_color(x: Range<u32>, Rgb { r, g, b }: Rgb, markup: &mut Markup) {
    let fill = format!("#{r:02x}{g:02x}{b:02x}");
    let path = format!("M{} {}h{}v{}H{}z", x.start, COLORS.start, x.len(), COLORS.len(), x.start);
    markup.empty("path", &[("fill", &fill), ("d", &path)]);
}
