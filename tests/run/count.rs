//! `--count` and `--interval`.

use std::time::Duration;

use harness::{Finished, timed};

#[test]
fn each_client_makes_as_many_attempts_as_were_asked_for() {
    let run = Finished::run("run --clients 3 --count 4 --interval 1ms --json");
    let counts: Vec<_> = super::colors_by_board(&run).into_values().map(|colors| colors.len()).collect();
    assert_eq!(counts, [4, 4, 4]);
}

#[test]
fn bad_attempts_count_too() {
    // A time-out that no exchange can keep.
    let run =
        Finished::run("run --clients 2 --count 2 --timeout 1ms --exchange-timeout 1ms --max-connections 1 --json");
    let attempts = run.events_of("exchange").len() + run.events_of("error").len();
    assert_eq!(attempts, 4, "{run:#?}");
    let summary = run.summary();
    assert_eq!(summary["exchanges"].as_u64().unwrap() + summary["errors"].as_u64().unwrap(), 4);
    assert_eq!(run.code, Some(i32::from(summary["errors"] != 0)));
}

// POL-1
#[test]
fn exchanges_start_an_interval_apart() {
    let (run, elapsed) = timed(|| Finished::run("run --count 4 --interval 300ms --json"));
    assert_eq!(run.code, Some(0));
    assert!(elapsed >= Duration::from_millis(900), "three intervals took {elapsed:?}");
}
