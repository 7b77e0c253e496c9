//! Whole pages, and what their parts are tested with.

mod page;
mod style;

use std::time::Duration;

use rgb_proto::settings::Role;

use crate::scenario::recording::BoardRecording;
use crate::world::BoardEventKind;

/// A board that told these events.
pub(super) fn board(name: &str, role: Role, events: &[(Duration, BoardEventKind)]) -> BoardRecording {
    BoardRecording {
        name: name.to_owned(),
        role,
        start: Duration::ZERO,
        timeout: Duration::from_secs(5),
        interval: Duration::from_secs(1),
        events: events.to_vec(),
        power_cuts: Vec::new(),
        samples: Vec::new(),
        strange_colors: Vec::new(),
        leaked_connection: None,
        leaked_lease: None,
        problems: Vec::new(),
    }
}
