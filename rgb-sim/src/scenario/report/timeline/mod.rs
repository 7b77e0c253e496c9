//! The time line: what every board did, beside what went wrong.

mod axis;
mod columns;
mod faults;
mod legend;
mod row;
mod states;

use std::ops::Range;
use std::time::Duration;

use super::Report;
use super::format::time;
use super::markup::{Attributes, Column, Markup};
use crate::scenario::recording::{BoardRecording, FaultSpan, Recording};
use columns::Columns;

/// So many boards are shown at once; others unfold, as many at a time.
const BOARDS_SHOWN: usize = 60;
/// More boards than these have lower rows.
const BOARDS_HIGH: usize = 16;

/// Writes the section.
pub(super) fn write(report: &Report<'_>, markup: &mut Markup) {
    let recording = report.recording;
    let columns = Columns::new(recording.boards.len(), recording.elapsed);
    markup.element("section", &[("aria-labelledby", &"time-line")], |markup| {
        markup.leaf("h2", &[("id", &"time-line")], "Time line");
        legend::write(markup);
        write_definitions(recording, markup);
        for first in (0..recording.boards.len()).step_by(BOARDS_SHOWN) {
            let boards = first..recording.boards.len().min(first + BOARDS_SHOWN);
            if first == 0 {
                write_rows(boards, recording, columns, markup);
                continue;
            }
            markup.element("details", &[], |markup| {
                let [one, other] = [boards.start, boards.end - 1].map(|board| &recording.boards[board].name);
                markup.leaf("summary", &[], format_args!("{one} to {other} ({} boards)", boards.len()));
                write_rows(boards, recording, columns, markup);
            });
        }
        if columns.length() > Duration::from_secs(1) {
            let length = time(columns.length());
            let note = format_args!("One step of a row is {length}: it has the worst state and the last colour in it.");
            markup.leaf("p", &[("class", &"note")], note);
        }
        write_faults_table(recording, markup);
    });
}

/// What the rows share: the hatching of failures, the axis' lines, and the bands of the faults.
fn write_definitions(recording: &Recording, markup: &mut Markup) {
    let attributes: &Attributes<'_> =
        &[("class", &"definitions"), ("width", &0), ("height", &0), ("aria-hidden", &"true")];
    markup.element("svg", attributes, |markup| {
        markup.element("defs", &[], |markup| {
            write_hatching(markup);
            markup.element("g", &[("id", &"backdrop")], |markup| write_backdrop(recording, markup));
        });
    });
}

fn write_hatching(markup: &mut Markup) {
    let attributes: &Attributes<'_> =
        &[("id", &"hatching"), ("width", &8), ("height", &8), ("patternUnits", &"userSpaceOnUse")];
    markup.element("pattern", attributes, |markup| {
        markup.empty("rect", &[("class", &"hatch-ground"), ("width", &8), ("height", &8)]);
        markup.empty("path", &[("class", &"hatch-line"), ("d", &"M-2 6 6-2M0 12 12 0")]);
    });
}

fn write_backdrop(recording: &Recording, markup: &mut Markup) {
    let duration = recording.elapsed;
    let line = |class: &str, at: Duration, markup: &mut Markup| {
        let path = format!("M{} 0v{}", unit(at, duration), row::HEIGHT);
        markup.empty("path", &[("class", &class), ("d", &path)]);
    };
    axis::ticks(duration).for_each(|tick| line("grid", tick, markup));
    for fault in &recording.faults {
        if fault.until == Some(fault.from) {
            line("fault-line", fault.from, markup);
        } else {
            let x = unit(fault.from, duration);
            let width = (unit(fault.until.unwrap_or(duration), duration) - x).max(1);
            let ground: &Attributes<'_> =
                &[("class", &"fault-ground"), ("x", &x), ("width", &width), ("height", &row::HEIGHT)];
            markup.empty("rect", ground);
        }
    }
}

/// A time in the units of a row's drawing.
fn unit(at: Duration, duration: Duration) -> u32 {
    (axis::position(at.min(duration), duration) / 100.0 * f64::from(Columns::WIDTH)).round() as u32
}

fn write_rows(boards: Range<usize>, recording: &Recording, columns: Columns, markup: &mut Markup) {
    let class = if recording.boards.len() > BOARDS_HIGH { "scroll low" } else { "scroll" };
    let attributes: &Attributes<'_> =
        &[("class", &class), ("tabindex", &0), ("role", &"region"), ("aria-label", &"Time line, scrolls sideways")];
    markup.element("div", attributes, |markup| {
        markup.element("table", &[("class", &"time-line")], |markup| {
            markup.element("thead", &[], |markup| write_axis(recording.elapsed, markup));
            markup.element("tbody", &[], |markup| {
                if !recording.faults.is_empty() {
                    faults::write(&recording.faults, recording.elapsed, markup);
                }
                boards.for_each(|board| row::write(board, recording, columns, markup));
            });
        });
    });
}

fn write_axis(duration: Duration, markup: &mut Markup) {
    markup.element("tr", &[("class", &"axis")], |markup| {
        markup.leaf("th", &[("scope", &"col")], "Board");
        markup.element("th", &[("scope", &"col")], |markup| {
            markup.element("svg", &[("width", &"100%"), ("height", &18), ("role", &"img")], |markup| {
                markup.leaf("title", &[], format_args!("Time from the start to {}", time(duration)));
                for tick in axis::ticks(duration) {
                    let position = axis::position(tick, duration);
                    // Those at the ends stay within the drawing.
                    let anchor = if tick.is_zero() {
                        "start"
                    } else if position > 97.0 {
                        "end"
                    } else {
                        "middle"
                    };
                    let x = format!("{position:.3}%");
                    markup.leaf("text", &[("x", &x), ("y", &13), ("text-anchor", &anchor)], time(tick));
                }
            });
        });
    });
}

fn write_faults_table(recording: &Recording, markup: &mut Markup) {
    if recording.faults.is_empty() {
        return;
    }
    markup.element("details", &[], |markup| {
        markup.leaf("summary", &[], "The faults as a table");
        let columns = [Column::Words("Fault"), Column::Words("When"), Column::Words("Boards")];
        markup.table("Faults", &columns, |markup| {
            for fault in &recording.faults {
                markup.element("tr", &[], |markup| {
                    markup.leaf("th", &[("scope", &"row")], &fault.what);
                    markup.leaf("td", &[("class", &"words")], faults::when(fault));
                    markup.leaf("td", &[("class", &"words")], concerned(fault, &recording.boards));
                });
            }
        });
    });
}

/// The boards that a fault is about, in words.
fn concerned(fault: &FaultSpan, boards: &[BoardRecording]) -> String {
    const NAMED_MAX: usize = 8;
    if fault.boards.len() == boards.len() {
        return "all".to_owned();
    }
    let names = fault.boards.iter().take(NAMED_MAX).map(|index| boards[*index].name.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    match fault.boards.len().checked_sub(NAMED_MAX) {
        None | Some(0) => names,
        Some(more) => format!("{names} and {more} more"),
    }
}
