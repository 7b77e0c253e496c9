//! Faults as labelled bands, in as many lanes as they need.

use std::time::Duration;

use super::axis::position;
use crate::scenario::recording::FaultSpan;
use crate::scenario::report::format::time;
use crate::scenario::report::markup::Markup;

const LANE_HEIGHT_PX: usize = 20;
/// A letter's width in percent of the narrowest time line.
const LETTER_PERCENT: f64 = 0.95;
/// What an instant's line and the space beside a label take, in percent of it.
const SPACE_PERCENT: f64 = 1.5;
/// Longer labels end in an ellipsis; the whole one is in the band's title and in the table.
const LABEL_LEN_MAX: usize = 48;

/// Where a fault is drawn. Positions are percent of the time line.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    lane: usize,
    from: f64,
    until: f64,
    label: String,
    /// The label stands before the band, since behind its beginning there is too little room.
    is_label_before: bool,
}

/// Puts each fault into the first lane that has room for it and its label.
fn lay_out(faults: &[FaultSpan], duration: Duration) -> Vec<Band> {
    let mut lane_ends: Vec<f64> = Vec::new();
    let place = |fault: &FaultSpan| {
        let from = position(fault.from, duration);
        let until = position(fault.until.unwrap_or(duration).min(duration), duration);
        let label = label(&fault.what);
        let label_width = label.chars().count() as f64 * LETTER_PERCENT + SPACE_PERCENT;
        let is_label_before = from + label_width > 100.0;
        let [begin, end] =
            if is_label_before { [from - label_width, until] } else { [from, until.max(from + label_width)] };
        let lane = lane_ends.iter().position(|end| *end <= begin).unwrap_or(lane_ends.len());
        match lane_ends.get_mut(lane) {
            Some(lane_end) => *lane_end = end,
            None => lane_ends.push(end),
        }
        Band { lane, from, until, label, is_label_before }
    };
    faults.iter().map(place).collect()
}

fn label(what: &str) -> String {
    if what.chars().count() <= LABEL_LEN_MAX {
        return what.to_owned();
    }
    what.chars().take(LABEL_LEN_MAX - 1).chain(['…']).collect()
}

/// When a fault was, in words.
pub(super) fn when(fault: &FaultSpan) -> String {
    match fault.until {
        Some(until) if until == fault.from => format!("at {}", time(until)),
        Some(until) => format!("from {} to {}", time(fault.from), time(until)),
        None => format!("from {} to the end", time(fault.from)),
    }
}

/// The row of the faults.
pub(super) fn write(faults: &[FaultSpan], duration: Duration, markup: &mut Markup) {
    let bands = lay_out(faults, duration);
    let lanes = bands.iter().map(|band| band.lane + 1).max().unwrap_or(0);
    markup.element("tr", &[("class", &"faults")], |markup| {
        markup.leaf("th", &[("scope", &"row")], "Faults");
        markup.element("td", &[], |markup| {
            let height = lanes * LANE_HEIGHT_PX;
            markup.element("svg", &[("width", &"100%"), ("height", &height), ("role", &"img")], |markup| {
                markup.leaf("title", &[], "Faults over time; a table of them is below");
                for (band, fault) in bands.iter().zip(faults) {
                    markup.element("g", &[], |markup| write_band(band, fault, markup));
                }
            });
        });
    });
}

fn write_band(band: &Band, fault: &FaultSpan, markup: &mut Markup) {
    let top = band.lane * LANE_HEIGHT_PX;
    let x = format!("{:.3}%", band.from);
    let is_instant = fault.until == Some(fault.from);
    let width = if is_instant { "2".to_owned() } else { format!("{:.3}%", band.until - band.from) };
    let class = if is_instant { "instant" } else { "band" };
    let height = LANE_HEIGHT_PX - 2;
    markup.leaf("title", &[], format_args!("{}, {}", fault.what, when(fault)));
    markup.empty("rect", &[("class", &class), ("x", &x), ("y", &(top + 1)), ("width", &width), ("height", &height)]);
    let (anchor, dx) = if band.is_label_before { ("end", -5) } else { ("start", 6) };
    markup.leaf("text", &[("x", &x), ("y", &(top + 14)), ("dx", &dx), ("text-anchor", &anchor)], &band.label);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn fault(what: &str, from_s: u64, until_s: Option<u64>) -> FaultSpan {
        let [from, until] = [Some(from_s), until_s].map(|time| time.map(Duration::from_secs));
        FaultSpan { what: what.to_owned(), from: from.unwrap_or_default(), until, boards: Vec::new() }
    }

    fn lanes(faults: &[FaultSpan]) -> Vec<usize> {
        lay_out(faults, MINUTE).iter().map(|band| band.lane).collect()
    }

    #[test]
    fn faults_that_leave_room_share_a_lane_and_others_do_not() {
        assert_eq!(lanes(&[fault("a", 0, Some(10)), fault("b", 20, Some(30))]), [0, 0]);
        assert_eq!(lanes(&[fault("a", 0, Some(30)), fault("b", 20, Some(40)), fault("c", 41, Some(42))]), [0, 1, 0]);
        assert_eq!(lanes(&[fault("a", 0, None), fault("b", 50, Some(50))]), [0, 1]);
    }

    #[test]
    fn a_label_has_room_of_its_own() {
        assert_eq!(lanes(&[fault("a long label of it", 0, Some(0)), fault("b", 5, Some(6))]), [0, 1]);
    }

    #[test]
    fn near_the_end_the_label_stands_before_the_band() {
        let bands = lay_out(&[fault("deauth client", 10, Some(10)), fault("deauth client", 58, Some(58))], MINUTE);
        assert_eq!([bands[0].is_label_before, bands[1].is_label_before], [false, true]);
    }

    #[test]
    fn a_long_label_is_cut_between_characters() {
        let long = "ü".repeat(100);
        assert_eq!(label(&long).chars().count(), LABEL_LEN_MAX);
        assert_eq!(label("hold a, b"), "hold a, b");
    }
}
