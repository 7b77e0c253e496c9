//! Boards that go.

use harness::{Machine, timed};
use std::time::Duration;

use super::{announced, is_empty, text};

// DSC-7
#[test]
fn a_server_that_stops_is_gone() {
    let Some(machine) = Machine::alone() else { return };
    let (server, event) = announced(&machine, "--bind 127.0.0.1:0");
    let mut search = machine.rgb_sim("discover --for 1day --json");
    assert_eq!(search.event_of("discovered")["service"], event["service"]);
    let (end, elapsed) = timed(|| server.stop());
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    let gone = search.event_of("gone");
    assert_eq!((&gone["service"], text(&gone, "name")), (&event["service"], "rgb-server"));
    assert_eq!(search.stop().events_of("discovery_summary")[0]["boards"], 1, "it was there");
    assert!(is_empty(&machine, ""));
}

// DSC-7
#[test]
fn sigterm_and_the_last_answer_say_goodbye_too() {
    let Some(machine) = Machine::alone() else { return };
    let mut search = machine.rgb_sim("discover --for 1day --json");
    let (server, _) = announced(&machine, "--bind 127.0.0.1:0 --name attic");
    assert_eq!(search.event_of("discovered")["name"], "attic");
    server.terminate();
    assert_eq!(search.event_of("gone")["name"], "attic");
    assert_eq!(server.finish().code, Some(0));

    // The search takes the first of two answers, a client the other one.
    let (server, _) = announced(&machine, "--bind 127.0.0.1:8080 --name cellar --count 2");
    assert_eq!(search.event_of("discovered")["name"], "cellar");
    assert_eq!(machine.rgb_sim("client --server 127.0.0.1:8080 --count 1").finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(search.event_of("gone")["name"], "cellar");
}
