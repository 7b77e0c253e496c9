//! What programs read.

use harness::Finished;
use serde_json::json;

#[test]
fn five_exchanges_are_printed_between_a_start_and_a_summary() {
    let run = Finished::run("run --count 5 --seed 7 --json");
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.stderr, "");
    let events = run.events();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let expected = ["started", "listening", "exchange", "exchange", "exchange", "exchange", "exchange", "summary"];
    assert_eq!(names, expected);
    assert_eq!(events[0]["seed"], 7);
    let numbers: Vec<_> = run.events_of("exchange").iter().map(|exchange| exchange["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}

#[test]
fn the_summary_counts_what_happened() {
    let summary = Finished::run("run --clients 2 --count 3 --seed 1 --interval 1ms --json").summary();
    assert_eq!((&summary["exchanges"], &summary["errors"]), (&json!(6), &json!(0)));
    assert_eq!(summary["errors_by_kind"], json!({}));
    assert_eq!(summary["seed"], 1);
    assert_eq!(summary["server"], json!({ "served": 6, "notices_by_kind": {} }));
    let latency = &summary["latency_us"];
    let order = ["min", "median", "p90", "p99", "p999", "max"].map(|key| latency[key].as_u64().unwrap());
    assert!(order.is_sorted() && order[0] > 0, "{latency}");
    let rate = 6e6 / summary["elapsed_us"].as_f64().unwrap();
    let printed = summary["exchanges_per_s"].as_f64().unwrap();
    assert!((printed / rate - 1.0).abs() < 0.01, "{summary}");
}

#[test]
fn no_command_is_run() {
    let (short, long) = (Finished::run("--count 2 --seed 7 --json"), Finished::run("run --count 2 --seed 7 --json"));
    assert_eq!(short.code, Some(0));
    assert_eq!(super::colors_by_board(&short), super::colors_by_board(&long));
    assert_eq!(short.lines.len(), 5);
}

#[test]
fn quiet_leaves_the_beginning_and_the_summary() {
    let run = Finished::run("run --count 3 --interval 1ms --json --quiet");
    let events = run.events();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["started", "listening", "summary"]);
    assert_eq!(run.summary()["exchanges"], 3);
}
