//! What is demanded, and where it does not hold.

use super::Report;
use super::format::time;
use super::markup::Markup;
use crate::scenario::judge::{Broken, Demand};
use crate::scenario::recording::BoardRecording;

/// So many places are shown at once; the others unfold.
const SHOWN: usize = 5;

/// Writes the section.
pub(super) fn write(report: &Report<'_>, page: &mut Markup) {
    page.element("section", &[("aria-labelledby", &"demands")], |page| {
        page.leaf("h2", &[("id", &"demands")], "Demands");
        page.element("ul", &[("class", &"demands")], |page| {
            for demand in &report.verdict.demands {
                page.element("li", &[], |page| write_demand(demand, &report.recording.boards, page));
            }
        });
    });
}

fn write_demand(demand: &Demand, boards: &[BoardRecording], page: &mut Markup) {
    page.mark(demand.holds());
    page.leaf("span", &[("class", &"what")], &demand.what);
    if let Some(measured) = &demand.measured {
        page.leaf("span", &[("class", &"measured")], measured);
    }
    let (shown, rest) = demand.broken.split_at(demand.broken.len().min(SHOWN));
    if !shown.is_empty() {
        write_broken(shown, boards, page);
    }
    if !rest.is_empty() {
        page.element("details", &[], |page| {
            page.leaf("summary", &[], format_args!("and {} more", rest.len()));
            write_broken(rest, boards, page);
        });
    }
}

fn write_broken(broken: &[Broken], boards: &[BoardRecording], page: &mut Markup) {
    page.element("ul", &[("class", &"broken")], |page| {
        for Broken { board, at, message } in broken {
            page.element("li", &[], |page| {
                page.leaf("a", &[("href", &format_args!("#board-{board}"))], &boards[*board].name);
                page.text(format_args!(" at {}: {message}", time(*at)));
            });
        }
    });
}
