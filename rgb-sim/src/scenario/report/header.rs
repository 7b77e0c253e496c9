//! What was played, and whether everything holds.

use std::fmt::Display;

use super::Report;
use super::format::{count, share, time};
use super::markup::Markup;
use crate::scenario::recording::BoardRecording;

/// Writes the page's head.
pub(super) fn write(report: &Report<'_>, page: &mut Markup) {
    let Report { name, replay, scenario, recording, verdict } = *report;
    page.element("header", &[], |page| {
        page.leaf("h1", &[], name);
        if !scenario.description.is_empty() {
            page.leaf("p", &[("class", &"description")], &scenario.description);
        }
        let broken = verdict.demands.iter().filter(|demand| !demand.holds()).count();
        let class = if broken == 0 { "verdict good" } else { "verdict bad" };
        page.element("p", &[("class", &class)], |page| {
            page.mark(broken == 0);
            match (broken, verdict.demands.len()) {
                (0, all) => page.text(format_args!("All {all} demands hold.")),
                (1, all) => page.text(format_args!("1 of {all} demands does not hold.")),
                (broken, all) => page.text(format_args!("{broken} of {all} demands do not hold.")),
            }
        });
        let attempts: u64 = recording.boards.iter().map(|board| board.exchanges().count() as u64).sum();
        let colors: u64 = recording.boards.iter().map(|board| board.colors().count() as u64).sum();
        page.element("dl", &[("class", &"facts")], |page| {
            write_fact("Seed", recording.seed, page);
            write_fact("Virtual time", time(recording.elapsed), page);
            write_fact("Boards", boards(&recording.boards), page);
            write_fact("Attempts", count(attempts), page);
            write_fact("Succeeded", if attempts == 0 { "none made".to_owned() } else { share(colors, attempts) }, page);
            write_fact("Faults", recording.faults.len(), page);
            write_fact("Trace hash", format_args!("{:016x}", recording.trace_hash), page);
        });
        page.element("div", &[("class", &"replay")], |page| {
            page.leaf("span", &[], "Play it again");
            page.leaf("code", &[("tabindex", &0)], replay);
        });
    });
}

fn write_fact(term: &str, fact: impl Display, page: &mut Markup) {
    page.element("div", &[], |page| {
        page.leaf("dt", &[], term);
        page.leaf("dd", &[], fact);
    });
}

/// How many boards there are, by what they do: `6 (1 server, 5 clients)`.
fn boards(boards: &[BoardRecording]) -> String {
    let parts = [(true, false, "server"), (false, true, "client"), (true, true, "both")].into_iter();
    let parts = parts.filter_map(|(serves, asks, name)| {
        let is_such = |board: &&BoardRecording| (board.role.serves(), board.role.asks()) == (serves, asks);
        match boards.iter().filter(is_such).count() {
            0 => None,
            1 => Some(format!("1 {name}")),
            many if name == "both" => Some(format!("{many} both")),
            many => Some(format!("{} {name}s", count(many as u64))),
        }
    });
    format!("{} ({})", count(boards.len() as u64), parts.collect::<Vec<_>>().join(", "))
}
