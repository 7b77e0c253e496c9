//! `rgb-sim load`.

use std::time::Duration;

use harness::port::ReservedPort;
use harness::{Finished, timed, tutorial};
use serde_json::json;

#[test]
fn as_many_exchanges_as_were_asked_for_are_made() {
    let run = Finished::run("load --count 2000 --connections 16 --timeout 30s --json");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:#?}");
    let summary = run.summary();
    assert_eq!((&summary["exchanges"], &summary["errors"]), (&json!(2000), &json!(0)));
    assert_eq!(summary["server"], json!({ "served": 2000, "notices_by_kind": {} }));
    assert!(summary["latency_us"]["median"].as_u64() > Some(0), "{summary}");
    assert!(summary["exchanges_per_s"].as_f64() > Some(0.0), "{summary}");
}

#[test]
fn more_connections_and_workers_than_attempts_make_no_more() {
    let summary = Finished::run("load --count 3 --connections 50 --workers 8 --timeout 30s --json").summary();
    assert_eq!((&summary["exchanges"], &summary["server"]["served"]), (&json!(3), &json!(3)));
}

#[test]
fn a_duration_ends_the_load() {
    let (run, elapsed) = timed(|| Finished::run("load --duration 1s --connections 4 --timeout 30s --json"));
    assert_eq!(run.code, Some(0));
    let summary = run.summary();
    assert!(summary["elapsed_us"].as_u64() >= Some(1_000_000), "{summary}");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    assert!(summary["exchanges"].as_u64() > Some(0), "{summary}");
}

#[test]
fn people_get_a_report() {
    let run = Finished::run("load --count 100 --connections 4 --timeout 30s");
    let text = run.stdout();
    assert!(text.contains("100 exchanges in ") && text.contains("latency  min ") && text.contains("p99.9 "), "{text}");
    assert!(text.contains("100 requests answered"), "{text}");
}

#[test]
fn the_tutorials_server_can_be_loaded() {
    let server = tutorial::server::Server::start(|| [1, 2, 3]);
    // With its backlog of one, more connections than two would often be answered a second late.
    let args = format!("load --server {} --connections 2 --count 200 --timeout 30s --json", server.addr());
    let run = Finished::run(&args);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let summary = run.summary();
    assert_eq!((&summary["exchanges"], &summary["errors"]), (&json!(200), &json!(0)));
    assert!(summary["server"].is_null(), "no server of its own ran: {summary}");
}

// POL-2
#[test]
fn a_server_that_refuses_is_not_hammered() {
    let port = ReservedPort::new();
    let run = Finished::run(&format!("load --server {} --connections 4 --duration 1s --json", port.addr()));
    assert_eq!(run.code, Some(1));
    let summary = run.summary();
    assert_eq!((&summary["exchanges"], &summary["latency_us"]), (&json!(0), &json!(null)));
    assert_eq!(summary["errors_by_kind"], json!({ "connect": summary["errors"] }));
    // Each connection waits at least 100, 200 and 400 ms behind its first three failures.
    let errors = summary["errors"].as_u64().unwrap();
    assert!((4..=16).contains(&errors), "{summary}");
}

#[test]
fn failures_count_as_attempts() {
    let port = ReservedPort::new();
    let run = Finished::run(&format!("load --server {} --connections 4 --count 8 --json", port.addr()));
    assert_eq!((run.code, &run.summary()["errors"]), (Some(1), &json!(8)));
}
