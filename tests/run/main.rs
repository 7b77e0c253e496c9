//! `rgb-sim run`: a server board and its client boards on one machine.

mod count;
mod human;
mod json;
mod seeds;
mod sources;
#[cfg(unix)]
mod terminal;

use std::collections::BTreeMap;

use harness::Finished;
use harness::simulator::color;

/// Each board's colours, in the order of its attempts.
fn colors_by_board(run: &Finished) -> BTreeMap<String, Vec<String>> {
    let mut colors = BTreeMap::<String, Vec<String>>::new();
    for exchange in run.events_of("exchange") {
        let board = exchange["board"].as_str().expect("a board has a name").to_owned();
        colors.entry(board).or_default().push(color(&exchange));
    }
    colors
}
