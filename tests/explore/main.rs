//! `rgb-sim explore`: what it prints, how it ends, and what it refuses.

use harness::schema::read_event;
use harness::{Finished, Simulator};
use rgb_sim::Event;
use serde_json::Value;

/// The summary, which must be the last event and the only one of its kind.
fn summary(run: &Finished) -> Value {
    assert_eq!(run.events_of("explore_summary").len(), 1, "{run:#?}");
    let last = run.events().pop().expect("there is an event");
    assert_eq!(last["event"], "explore_summary", "{run:#?}");
    last
}

#[test]
fn seeds_that_do_not_fail_end_well() {
    let run = Finished::run("explore --seeds 3 --first-seed 2 --threads 2 --json");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let started = &run.events()[0];
    assert_eq!((&started["event"], &started["first_seed"]), (&"explore_started".into(), &2.into()));
    let summary = summary(&run);
    assert_eq!((&summary["seeds"], &summary["failed_seeds"]), (&3.into(), &Value::Array(Vec::new())));
    let worst = &summary["worst_recovery"];
    assert!((2..=4).contains(&worst["seed"].as_u64().expect("somebody recovered")), "{summary}");
    assert!(worst["recovery_us"].as_u64().expect("a span") <= 300_000_000, "{summary}");
}

#[test]
fn a_seed_is_the_same_alone_as_among_others() {
    let worst = |args: &str| summary(&Finished::run(&format!("explore --json {args}")))["worst_recovery"].clone();
    let among_others = worst("--seeds 3 --first-seed 2");
    assert_eq!(worst(&format!("--seeds 1 --first-seed {}", among_others["seed"])), among_others);
}

#[test]
fn people_get_words() {
    let run = Finished::run("explore --seeds 1 --threads 1 --color never");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let text = run.stdout();
    for words in
        ["explores 1 seed from 1 on, 1 thread", "1 seed from 1 on: each board recovered", "times as fast", "(seed 1)"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(run.stderr, "");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_the_summary_so_far() {
    let mut explorer = Simulator::start("explore --minutes 10 --threads 1 --json");
    explorer.event_of("explore_started");
    let run = explorer.stop();
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(summary(&run)["failed_seeds"], Value::Array(Vec::new()));
}

#[test]
fn what_is_out_of_its_range_is_refused_with_the_range() {
    for (args, range) in [
        ("explore --seeds 0", "is not in 1.."),
        ("explore --minutes 0", "1..=10080"),
        ("explore --threads 0", "from 1 to 1024"),
        ("explore --threads 1025", "from 1 to 1024"),
        ("explore --first-seed one", "--first-seed"),
        ("explore --seed 1", "--seed"),
        ("explore --save /dev/null/failures", "cannot write /dev/null/failures"),
    ] {
        let run = Finished::run(args);
        assert_eq!((run.code, run.stdout()), (Some(2), String::new()), "{args}: {run:#?}");
        assert!(run.stderr.contains(range), "{args}: {}", run.stderr);
    }
}

#[test]
fn help_has_examples_and_says_what_the_exit_status_means() {
    let help = Finished::run("explore --help").stdout();
    for words in ["rgb-sim explore --minutes 60", "Exit status: 0", "--first-seed", "explore-SEED.toml"] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn what_is_told_of_a_failure_fits_the_schema() {
    let broken = Event::ExploreFailed {
        seed: 7,
        board: Some("client3".into()),
        at_us: Some(1),
        demand: Some("no board is stuck".into()),
        message: "it did nothing for 2m".into(),
        others: 1,
        replay: "rgb-sim explore --first-seed 7 --seeds 1".into(),
    };
    let panic = Event::ExploreFailed {
        seed: 8,
        board: None,
        at_us: None,
        demand: None,
        message: "panic: no more colours (at source.rs:1:1)".into(),
        others: 0,
        replay: "rgb-sim explore --first-seed 8 --seeds 1".into(),
    };
    let shrunk = Event::ExploreShrunk {
        seed: 7,
        file: "./explore-7.toml".into(),
        boards: 2,
        faults: 0,
        replay: "rgb-sim scenario run ./explore-7.toml --seed 7".into(),
    };
    for event in [broken, panic, shrunk] {
        let _ = read_event(&serde_json::to_string(&event).expect("events are JSON"));
    }
}
