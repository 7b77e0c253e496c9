//! Whether boards work again after what went wrong.

use std::time::Duration;

use super::{Broken, Demand, Judged, rounded};

/// From the end of each fault each board that asks gets a colour within this time, where nothing else goes wrong.
pub(super) fn judge(what: String, judged: &Judged<'_>, max: Duration) -> Demand {
    let mut demand = Demand { what, measured: None, broken: Vec::new() };
    let mut longest = None;
    let boards: Vec<(_, _, Vec<_>)> =
        judged.asking().map(|(index, board)| (index, board, board.colors().map(|(at, _)| at).collect())).collect();
    for calm in judged.recording.calms().filter(|calm| judged.has(calm.from)) {
        for (index, board, colors) in &boards {
            let (from, next) = calm.next_color(colors, board.start);
            match next {
                Some(at) => {
                    longest = longest.max(Some(at - from));
                    if at - from > max {
                        let message = format!("after \"{}\" it took {}", calm.after, rounded(at - from));
                        demand.broken.push(Broken { board: *index, at, message });
                    }
                }
                None if from + max <= calm.until => {
                    let message = format!("after \"{}\" no colour came", calm.after);
                    demand.broken.push(Broken { board: *index, at: from + max, message });
                }
                // The time was not up.
                None => {}
            }
        }
    }
    demand.measured = longest.map(|longest| format!("at most {}", rounded(longest)));
    demand
}
