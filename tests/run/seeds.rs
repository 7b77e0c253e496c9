//! The same seed, the same colours.

use std::collections::BTreeSet;

use harness::Finished;

use super::colors_by_board;

fn colors(args: &str) -> std::collections::BTreeMap<String, Vec<String>> {
    let run = Finished::run(&format!("run --interval 20ms --json {args}"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    colors_by_board(&run)
}

#[test]
fn the_same_seed_gives_one_client_the_same_colours() {
    let first = colors("--count 5 --seed 7");
    assert_eq!(first["client-1"].len(), 5);
    assert_eq!(first, colors("--count 5 --seed 7"));
}

// REQ-4
#[test]
fn the_same_seed_gives_each_of_three_clients_the_same_colours() {
    let first = colors("--clients 3 --count 5 --seed 7");
    assert_eq!(first, colors("--clients 3 --count 5 --seed 7"));
    let streams: BTreeSet<_> = first.values().collect();
    assert_eq!(streams.len(), 3, "each client has a stream of its own: {first:#?}");
}

// REQ-4
#[test]
fn a_client_gets_its_colours_whatever_the_others_ask() {
    let (alone, together) = (colors("--count 5 --seed 7"), colors("--clients 3 --count 5 --seed 7"));
    assert_eq!(alone["client-1"], together["client-1"]);
}

#[test]
fn another_seed_gives_other_colours() {
    assert_ne!(colors("--count 5 --seed 7"), colors("--count 5 --seed 8"));
}

#[test]
fn a_seed_of_64_bits_is_kept() {
    let run = Finished::run("run --count 1 --seed 18446744073709551615 --json");
    assert_eq!(run.summary()["seed"], u64::MAX);
}

#[test]
fn without_a_seed_the_one_that_was_drawn_gives_the_colours_again() {
    let run = Finished::run("run --count 3 --interval 20ms --json");
    let seed = run.summary()["seed"].as_u64().unwrap();
    assert_eq!(colors_by_board(&run), colors(&format!("--count 3 --seed {seed}")));
}
