//! The same seed makes the same decisions.

use rgb_sim::Event;
use rgb_sim::link::{Link, LinkConfig, LinkRules, Share};
use tokio::sync::mpsc;

use super::{ask, server, start, summary};

/// How each of 30 connections of one client ends.
fn ends(seed: u64) -> Vec<&'static str> {
    let server = server();
    let third = Share::new(0.3).expect("it is a share");
    let rules = LinkRules { reset: third, refuse: third, corrupt: third, ..Default::default() };
    let (events, mut received) = mpsc::channel(64);
    let config = LinkConfig { rules, seed, count: Some(30), events: Some(events), ..LinkConfig::new(server.addr()) };
    let link = Link::start(config).expect("there is a free port");
    let mut ends = Vec::new();
    for _ in 0..30 {
        let _ = ask(link.addr(), 1);
        match received.blocking_recv() {
            Some(Event::Relayed { end, corrupted: 0, .. }) => ends.push(end.as_str()),
            Some(Event::Relayed { .. }) => ends.push("corrupted"),
            other => panic!("{other:?}"),
        }
    }
    ends
}

#[test]
fn a_seed_makes_the_same_decisions_for_each_connection() {
    let first = ends(7);
    assert_eq!(first, ends(7));
    assert_ne!(first, ends(8));
    for end in ["closed", "reset", "refused", "corrupted"] {
        assert!(first.contains(&end), "{first:?}");
    }
}

#[test]
fn the_seed_is_printed_when_none_was_asked_for() {
    let server = server();
    let (drawn, _) = start(server.addr(), "");
    let run = drawn.stop();
    assert_eq!(run.events()[0]["event"], "link_started");
    assert!(run.events()[0]["seed"].is_u64());
    assert_eq!(run.events()[0]["seed"], summary(&run)["seed"]);
    let (asked_for, _) = start(server.addr(), "--seed 7");
    assert_eq!(summary(&asked_for.stop())["seed"], 7);
}
