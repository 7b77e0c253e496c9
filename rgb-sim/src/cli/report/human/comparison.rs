//! How two kinds of boards did, side by side.

use std::collections::BTreeSet;
use std::fmt::Write;

use rgb_sim::scenario::{Comparison, Figures};

use super::{BOLD, FAINT, Human, milliseconds};

/// What stands where there is no figure.
const NONE: &str = "-";

impl Human {
    /// A line for each figure.
    pub(super) fn comparison(&self, comparison: &Comparison) -> String {
        let Comparison { board, simulated, firmware } = comparison;
        let title = board.as_deref().unwrap_or("all that ask");
        let rows = rows(simulated, firmware);
        let width = rows.iter().map(|(what, _)| what.chars().count() + 2).chain([title.chars().count()]).max();
        let width = width.unwrap_or_default();
        let kinds = self.paint(FAINT, &format!("{:>14}{:>14}", "simulated", "firmware"));
        let mut text = format!("\n{}{kinds}", self.paint(BOLD, &format!("{title:<width$}")));
        for (what, [simulated, firmware]) in rows {
            let _ = write!(text, "\n  {what:<width$}{simulated:>14}{firmware:>14}", width = width - 2);
        }
        text
    }
}

/// What is compared, and each kind's figure.
fn rows(simulated: &Figures, firmware: &Figures) -> Vec<(String, [String; 2])> {
    let both = [simulated, firmware];
    let of = |what: &str, figure: &dyn Fn(&Figures) -> Option<String>| {
        (what.to_owned(), both.map(|figures| figure(figures).unwrap_or_else(|| NONE.to_owned())))
    };
    let latency = |micros: u64| milliseconds(micros).trim_start().to_owned();
    let mut rows = vec![
        of("first colour", &|figures| figures.first_color_us.map(seconds)),
        of("attempts", &|figures| Some((figures.exchanges + figures.errors).to_string())),
        of("of them succeed", &|figures| figures.success().map(|share| format!("{:.1}%", share * 100.0))),
        of("latency, median", &|figures| figures.latency_us.map(|known| latency(known.median))),
        of("latency, p99", &|figures| figures.latency_us.map(|known| latency(known.p99))),
    ];
    let kinds: BTreeSet<_> = both.iter().flat_map(|figures| figures.errors_by_kind.keys()).collect();
    rows.extend(kinds.into_iter().map(|kind| {
        let count = |figures: &Figures| Some(figures.errors_by_kind.get(kind).unwrap_or(&0).to_string());
        of(&format!("failures: {kind}"), &count)
    }));
    // The same went wrong in both runs.
    rows.extend(simulated.recoveries.iter().enumerate().map(|(place, recovery)| {
        let span = |figures: &Figures| figures.recoveries.get(place)?.recovery_us.map(seconds);
        of(&format!("recovery after {} at {}", recovery.after, seconds(recovery.at_us)), &span)
    }));
    rows
}

fn seconds(micros: u64) -> String {
    format!("{:.3} s", micros as f64 / 1e6)
}
