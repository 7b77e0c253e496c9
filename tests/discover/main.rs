//! Boards that find each other: `rgb-sim server`, `client` and `discover` by multicast DNS.
//!
//! Each test has machines of its own, so that it meets nobody else. Where the system gives none, it says so and is skipped.
#![cfg(unix)]

mod avahi;
mod client;
mod conflict;
mod goodbye;
mod machines;
mod search;
mod server;

use harness::{Machine, Simulator};
use serde_json::Value;

/// A server with these arguments on this machine, once it is announced, and that event.
fn announced(machine: &Machine, args: &str) -> (Simulator, Value) {
    let mut server = machine.rgb_sim(&format!("server --json {args}"));
    let event = server.event_of("announced");
    (server, event)
}

/// The first so many boards that `discover` finds on this machine with these arguments, by service.
fn discovered(machine: &Machine, args: &str, count: usize) -> Vec<Value> {
    let mut search = machine.rgb_sim(&format!("discover --for 1day --json {args}"));
    search.events_of("discovered", count);
    let run = search.stop();
    assert_eq!(run.code, Some(0), "{run:#?}");
    let mut boards = run.events_of("discovered");
    assert_eq!(boards.len(), count, "{boards:#?}");
    boards.sort_by_key(|board| board["service"].to_string());
    boards
}

/// Whether `discover` finds nobody on this machine with these arguments.
fn is_empty(machine: &Machine, args: &str) -> bool {
    let run = machine.rgb_sim(&format!("discover --for 2s --json {args}")).finish();
    let boards = run.events_of("discovered").len();
    assert_eq!(run.code, Some(i32::from(boards == 0)), "{run:#?}");
    let events = run.events();
    let summary = events.last().expect("a search ends with a summary");
    assert_eq!((&summary["event"], &summary["boards"]), (&"discovery_summary".into(), &boards.into()), "{run:#?}");
    boards == 0
}

fn text<'a>(event: &'a Value, key: &str) -> &'a str {
    event[key].as_str().unwrap_or_else(|| panic!("no text {key}: {event}"))
}
