//! Shared by the end-to-end tests and the benches: the simulator as a process, and the peers that it meets.
//!
//! | module | what |
//! |---|---|
//! | [`simulator`] | start here: rgb-sim as a child process, its lines, its end |
//! | [`schema`] | what a line of `--json` must look like; every line that the harness reads is checked |
//! | [`tutorial`] | the tutorial's client and server, as blocking sockets |
//! | [`bad_server`] | servers that reset, hang, and send what is no colour |
//! | [`bad_client`] | clients that stay silent, break off, and never stop |
//! | [`firmware()`] | the firmware's image for a Pico W |
//! | [`machine`] | machines with a network of their own |
//! | [`port`] | a port of one's own that refuses connections until somebody listens |
//! | [`terminal`] | a program on a pseudoterminal |
//!
//! Nothing here decides whether the protocol is kept, only that a peer or the program does what was asked of it in
//! [`PATIENCE`].

pub mod bad_client;
pub mod bad_server;
mod firmware;
pub mod machine;
pub mod port;
mod process;
mod program;
pub mod schema;
pub mod simulator;
#[cfg(unix)]
pub mod terminal;
pub mod tutorial;

pub use firmware::{Firmware, FirmwareTest, Test, firmware, run_tests};
pub use machine::Machine;
pub use process::Process;
pub use program::rgb_sim;
pub use simulator::{Finished, Simulator};

use std::time::{Duration, Instant};

/// How long the harness waits for what must come: far longer than the slowest machine needs, so that a test fails only
/// where something never comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `condition` holds.
///
/// # Panics
///
/// When it does not within [`PATIENCE`].
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs `action` and tells how long it took.
pub fn timed<T>(action: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let outcome = action();
    (outcome, begin.elapsed())
}
