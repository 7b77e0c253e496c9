//! Where the signal was too weak: how strong boards heard their access points, against how many attempts failed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::chart::{self, Plane};
use super::format::{count, percent, share};
use super::markup::{Column, Markup};
use crate::scenario::recording::{BoardRecording, Recording, Sample};

/// How many dBm are one bar.
const STEP_DBM: i32 = 5;
/// Signals are sampled so often; an older sample says nothing about an attempt.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);
/// A share of fewer attempts says little.
const ATTEMPTS_FEW: u64 = 10;

/// The attempts at one strength.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Attempts {
    all: u64,
    failed: u64,
}

/// The attempts by the least strength of their step, in dBm; and how many have none, as without a network.
#[derive(Debug, Default, PartialEq)]
struct ByStrength {
    steps: BTreeMap<i32, Attempts>,
    unknown: Attempts,
}

impl ByStrength {
    fn of(recording: &Recording) -> Self {
        let mut by_strength = Self::default();
        for board in &recording.boards {
            for (at, elapsed, outcome) in board.exchanges() {
                let attempts = match strength_dbm(board, at.saturating_sub(elapsed), at) {
                    Some(dbm) => by_strength.steps.entry(dbm.div_euclid(STEP_DBM) * STEP_DBM).or_default(),
                    None => &mut by_strength.unknown,
                };
                attempts.all += 1;
                attempts.failed += u64::from(outcome.is_err());
            }
        }
        by_strength
    }

    /// The steps from the weakest to the strongest, also those without attempts between.
    fn steps(&self) -> Vec<(i32, Attempts)> {
        let ends = self.steps.first_key_value().zip(self.steps.last_key_value());
        let Some(((first, _), (last, _))) = ends else { return Vec::new() };
        let steps = (*first..=*last).step_by(STEP_DBM as usize);
        steps.map(|dbm| (dbm, self.steps.get(&dbm).copied().unwrap_or_default())).collect()
    }
}

/// How strong a board heard its access point when last sampled during an attempt, or just before.
fn strength_dbm(board: &BoardRecording, from: Duration, until: Duration) -> Option<i32> {
    let by_then = board.samples.partition_point(|sample| sample.at <= until);
    let recent = board.samples[..by_then].iter().rev().take_while(|sample| sample.at + SAMPLE_INTERVAL >= from);
    recent.filter_map(|Sample { rssi_dbm, .. }| *rssi_dbm).next()
}

/// Writes the section.
pub(super) fn write(recording: &Recording, page: &mut Markup) {
    let by_strength = ByStrength::of(recording);
    page.element("section", &[("aria-labelledby", &"signal")], |page| {
        page.leaf("h2", &[("id", &"signal")], "Signal");
        let steps = by_strength.steps();
        if steps.is_empty() {
            page.leaf("p", &[("class", &"note")], "No attempt was made with a known signal.");
        } else {
            page.element("div", &[("class", &"pair")], |page| {
                page.element("div", &[], |page| write_chart(&steps, page));
                page.element("div", &[], |page| write_table(&steps, by_strength.unknown, page));
            });
        }
    });
}

fn write_chart(steps: &[(i32, Attempts)], page: &mut Markup) {
    let shares = Plane { bars: steps.len(), top: 36.0, bottom: 170.0 };
    let counts = Plane { bars: steps.len(), top: 206.0, bottom: 256.0 };
    let most = chart::ceiling(steps.iter().map(|(_, attempts)| attempts.all).max().unwrap_or(0));
    page.leaf("h3", &[], "Failed attempts by strength of the signal");
    let description = "Bars from the weakest signal on the left to the strongest; the same numbers are in the table";
    chart::write(290, "Share of failed attempts by RSSI", description, page, |page| {
        page.leaf("text", &[("class", &"name"), ("x", &shares.x(0.0)), ("y", &14)], "Share that failed");
        shares.write_scale(&[0, 50, 100].map(|percent| (f64::from(percent) / 100.0, format!("{percent}%"))), page);
        page.leaf("text", &[("class", &"name"), ("x", &counts.x(0.0)), ("y", &194)], "Attempts");
        counts.write_scale(&[(0.0, "0".to_owned()), (1.0, chart::brief(most))], page);
        for (bar, (dbm, attempts)) in steps.iter().enumerate() {
            let middle = bar as f64 + 0.5;
            // Of many bars every second is named, so that there is room on a telephone.
            if steps.len() <= 8 || dbm % 10 == 0 {
                counts.write_label(middle, 273.0, dbm, page);
            }
            if attempts.all == 0 {
                continue;
            }
            let failed = attempts.failed as f64 / attempts.all as f64;
            let title = title(*dbm, *attempts);
            let class = if attempts.all < ATTEMPTS_FEW { "bar failed-bar few" } else { "bar failed-bar" };
            shares.write_bar(bar, failed, class, &title, page);
            let above = shares.bottom - failed * (shares.bottom - shares.top) - 5.0;
            let label = format_args!("{:.0}%", percent(attempts.failed, attempts.all));
            shares.write_label(middle, above, label, page);
            counts.write_bar(bar, attempts.all as f64 / most as f64, "bar", &title, page);
        }
        counts.write_label(steps.len() as f64 / 2.0, 288.0, "RSSI in dBm, each bar from its number on", page);
    });
    let note = format_args!("Outlined bars are of fewer than {ATTEMPTS_FEW} attempts. Faults make attempts fail too.");
    page.leaf("p", &[("class", &"note")], note);
}

fn title(dbm: i32, attempts: Attempts) -> String {
    format!("{}: {} of {} attempts failed", range(dbm), count(attempts.failed), count(attempts.all))
}

fn range(dbm: i32) -> String {
    format!("{dbm} to {} dBm", dbm + STEP_DBM - 1)
}

fn write_table(steps: &[(i32, Attempts)], unknown: Attempts, page: &mut Markup) {
    let columns =
        [Column::Words("RSSI"), Column::Number("Attempts"), Column::Number("Failed"), Column::Number("Share")];
    page.table("Attempts by strength", &columns, |page| {
        let known = steps.iter().rev().map(|(dbm, attempts)| (range(*dbm), *attempts));
        for (name, attempts) in known.chain([("no network".to_owned(), unknown)]) {
            if attempts.all > 0 {
                page.element("tr", &[], |page| {
                    page.leaf("th", &[("scope", &"row")], name);
                    page.leaf("td", &[], count(attempts.all));
                    page.leaf("td", &[], count(attempts.failed));
                    page.leaf("td", &[], share(attempts.failed, attempts.all));
                });
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use rgb_proto::settings::Role;
    use rgb_proto::{ExchangeError, Rgb};

    use super::*;
    use crate::scenario::report::tests::board;
    use crate::world::BoardEventKind;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A board that heard this second by second, and whose attempts of a second each ended so.
    fn heard(rssi_dbm: &[Option<i32>], ends: &[(u64, bool)]) -> Recording {
        let events = ends.iter().map(|(at, succeeds)| {
            let outcome = if *succeeds { Ok(Rgb::BLACK) } else { Err(ExchangeError::Refused) };
            (s(*at), BoardEventKind::Exchange { elapsed: s(1), outcome })
        });
        let mut client = board("client", Role::Client, &events.collect::<Vec<_>>());
        client.samples =
            (1..).zip(rssi_dbm).map(|(second, rssi_dbm)| Sample { at: s(second), rssi_dbm: *rssi_dbm }).collect();
        Recording { boards: vec![client], ..Recording::default() }
    }

    #[test]
    fn an_attempt_counts_at_the_strength_heard_last() {
        let by_strength =
            ByStrength::of(&heard(&[Some(-40), Some(-71), Some(-70)], &[(1, true), (2, false), (3, true)]));
        assert_eq!(
            by_strength.steps(),
            [
                (-75, Attempts { all: 1, failed: 1 }),
                (-70, Attempts { all: 1, failed: 0 }),
                (-65, Attempts::default()),
                (-60, Attempts::default()),
                (-55, Attempts::default()),
                (-50, Attempts::default()),
                (-45, Attempts::default()),
                (-40, Attempts { all: 1, failed: 0 }),
            ]
        );
    }

    #[test]
    fn an_attempt_that_the_network_s_end_breaks_counts_at_the_last_strength() {
        let by_strength = ByStrength::of(&heard(&[Some(-88), None], &[(2, false)]));
        assert_eq!(by_strength.steps(), [(-90, Attempts { all: 1, failed: 1 })]);
    }

    #[test]
    fn an_attempt_long_after_the_last_strength_has_none() {
        let by_strength = ByStrength::of(&heard(&[Some(-88), None, None], &[(3, true), (4, false)]));
        assert_eq!(by_strength.unknown, Attempts { all: 1, failed: 1 });
        assert_eq!(by_strength.steps.len(), 1);
    }
}
