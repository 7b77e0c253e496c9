//! How a server ends.

use harness::{Simulator, tutorial};

#[test]
fn ctrl_c_ends_it_with_a_summary() {
    let (server, addr) = Simulator::server("--seed 3");
    for _ in 0..3 {
        tutorial::client::ask(addr).unwrap();
    }
    let end = server.stop();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    let summary = end.summary();
    assert_eq!((&summary["server"]["served"], &summary["seed"]), (&3.into(), &3.into()));
    assert!(summary["latency_us"].is_null(), "no client board ran: {summary}");
}

#[test]
fn it_ends_by_itself_when_it_has_answered_as_often_as_asked_for() {
    let (server, addr) = Simulator::server("--count 3");
    for _ in 0..3 {
        tutorial::client::ask(addr).unwrap();
    }
    let end = server.finish();
    assert_eq!(end.code, Some(0));
    assert_eq!(end.events_of("served").len(), 3);
    assert_eq!(end.summary()["server"]["served"], 3);
}
