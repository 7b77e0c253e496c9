//! Each board in numbers.

use std::time::Duration;

use super::format::{count, measured, share};
use super::markup::{Column, Markup};
use crate::scenario::expectation::{REPORTS, report_name};
use crate::scenario::recording::{BoardRecording, Calm, Recording};
use crate::world::BoardEventKind;

const COLUMNS: [Column; 9] = [
    Column::Words("Board"),
    Column::Words("Role"),
    Column::Number("Attempts"),
    Column::Number("Succeeded"),
    Column::Number("First colour after"),
    Column::Number("Longest recovery"),
    Column::Number("Joins"),
    Column::Number("Served"),
    Column::Words("Network failures"),
];

/// Writes the section.
pub(super) fn write(recording: &Recording, page: &mut Markup) {
    page.element("section", &[("aria-labelledby", &"boards")], |page| {
        page.leaf("h2", &[("id", &"boards")], "Boards");
        let calms: Vec<_> = recording.calms().collect();
        page.table("Each board's numbers", &COLUMNS, |page| {
            for (index, board) in recording.boards.iter().enumerate() {
                let id = format!("numbers-{index}");
                page.element("tr", &[("id", &id)], |page| write_board(index, board, &calms, page));
            }
        });
        let note =
            "A recovery is the time from the end of a fault to the next colour, where no other fault comes in between.";
        page.leaf("p", &[("class", &"note")], note);
    });
}

fn write_board(index: usize, board: &BoardRecording, calms: &[Calm<'_>], page: &mut Markup) {
    page.element("th", &[("scope", &"row")], |page| {
        page.leaf("a", &[("href", &format_args!("#board-{index}"))], &board.name);
    });
    let attempts = board.exchanges().count() as u64;
    let colors: Vec<_> = board.colors().map(|(at, _)| at).collect();
    let of =
        |is_such: fn(&BoardEventKind) -> bool| board.events.iter().filter(|(_, kind)| is_such(kind)).count() as u64;
    // What a board does not do is left empty, which is not the same as zero.
    let if_asks = |text: String| if board.role.asks() { text } else { String::new() };
    let first = colors.first().map(|at| measured(at.saturating_sub(board.start)));
    let recovery = longest_recovery(&colors, board.start, calms).map(measured);
    let served = of(|kind| matches!(kind, BoardEventKind::Served { .. }));
    page.leaf("td", &[("class", &"name")], board.role.as_str());
    let numbers = [
        if_asks(count(attempts)),
        if_asks(if attempts == 0 { String::new() } else { share(colors.len() as u64, attempts) }),
        if_asks(first.unwrap_or_else(|| "never".to_owned())),
        if_asks(recovery.unwrap_or_default()),
        count(of(|kind| matches!(kind, BoardEventKind::Joined))),
        if board.role.serves() { count(served) } else { String::new() },
    ];
    for number in numbers {
        page.leaf("td", &[], number);
    }
    page.leaf("td", &[("class", &"words")], failures(board));
}

/// How often a board's network failed, by kind: `link_lost 2, no_address 1`.
fn failures(board: &BoardRecording) -> String {
    let by_kind = REPORTS.into_iter().filter_map(|failure| {
        let kind = BoardEventKind::NetworkFailed(failure);
        let times = board.events.iter().filter(|(_, other)| *other == kind).count() as u64;
        (times > 0).then(|| format!("{} {}", report_name(failure), count(times)))
    });
    by_kind.collect::<Vec<_>>().join(", ")
}

/// The longest that a board's next colour took after the end of a fault; of faults after which none came, nothing.
fn longest_recovery(colors: &[Duration], start: Duration, calms: &[Calm<'_>]) -> Option<Duration> {
    let recoveries = calms.iter().filter_map(|calm| {
        let (from, next) = calm.next_color(colors, start);
        Some(next? - from)
    });
    recoveries.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_recovery_lasts_to_the_next_colour_before_something_else_goes_wrong() {
        let calms = [Calm { after: "", from: s(10), until: s(20) }, Calm { after: "", from: s(30), until: s(40) }];
        assert_eq!(longest_recovery(&[s(5), s(12), s(13), s(37)], s(0), &calms), Some(s(7)));
        assert_eq!(longest_recovery(&[s(12), s(41)], s(0), &calms), Some(s(2)));
        assert_eq!(longest_recovery(&[s(45)], s(0), &calms), None);
        assert_eq!(longest_recovery(&[s(12)], s(11), &calms), Some(s(1)));
    }
}
