//! How a scenario is played.

use std::time::Duration;

use rgb_sim::scenario::{HappeningKind, Run, Scenario, Simulated};
use rgb_sim::world::BoardEventKind;

use crate::{home, play, secs};

#[test]
fn the_same_seed_repeats_everything_and_another_one_does_not() {
    let scenario = home("[[event]]\nat = \"30s\"\nap_down = \"Home\"\nfor = \"5s\"");
    let (one, other) = (play(&scenario, 7), play(&scenario, 7));
    assert!(one == other, "two runs of seed 7 differ");
    assert_ne!(one.trace_hash, play(&scenario, 8).trace_hash);
}

#[test]
fn a_run_is_the_same_in_one_piece_and_in_many() {
    let scenario = home("[[event]]\nat = \"20.123s\"\nkill_link = \"client\"\n[[link]]\nloss = 0.1\nuntil = \"30s\"");
    let mut run = Run::new(&scenario, 3, &Simulated).expect("a good scenario");
    let mut news = Vec::new();
    let mut until = Duration::ZERO;
    while !run.is_over() {
        until += Duration::from_millis(17);
        run.advance(until);
        news.extend(run.take_news());
    }
    assert_eq!(*run.recording(), play(&scenario, 3));
    assert!(news.is_sorted_by_key(|happening| happening.at));
    let told = news.iter().filter(|happening| matches!(happening.kind, HappeningKind::Board(..))).count();
    assert_eq!(told, run.recording().boards.iter().map(|board| board.events.len()).sum::<usize>());
}

#[test]
fn what_happens_at_the_start_is_so_when_the_boards_start() {
    let scenario = home("[[event]]\nat = \"0s\"\njoin_fault = \"client\"\nfault = \"hang\"");
    let client = &play(&scenario, 1).boards[1];
    let joined = client.events.iter().find(|(_, kind)| *kind == BoardEventKind::Joined).expect("it joins at last");
    // A join that hangs is given up after 15 s (STA-1).
    assert!(joined.0 > secs(15), "{:?}", joined.0);
}

#[test]
fn a_board_starts_when_it_is_to() {
    let scenario = home("[[board]]\nname = \"late\"\nrole = \"client\"\ncount = 3\nstart = [\"10s\", \"30s\"]");
    let recording = play(&scenario, 1);
    let starts: Vec<_> = recording.boards.iter().map(|board| board.events[0]).collect();
    let expected = [0, 0, 10, 20, 30].map(|at| (secs(at), BoardEventKind::Started));
    assert_eq!(starts, expected);
}

/// When the client got colours.
fn colors(scenario: &Scenario) -> Vec<Duration> {
    play(scenario, 1).boards[1].colors().map(|(at, _)| at).collect()
}

#[test]
fn while_a_fault_holds_nothing_works_and_then_it_does() {
    for fault in [
        "partition = [\"client\", \"server\"]",
        "hold = \"client\"",
        "crash = \"server\"",
        "ap_down = \"Home\"",
        "isolate = \"Home\"",
        "move = \"client\"\nto_m = 5000",
    ] {
        let scenario = home(&format!("[[event]]\nat = \"20s\"\n{fault}\nfor = \"3s\""));
        let recording = play(&scenario, 1);
        let [fault_span] = &recording.faults[..] else { panic!("{fault}: {:?}", recording.faults) };
        assert_eq!((fault_span.from, fault_span.until), (secs(20), Some(secs(23))), "{fault}");
        let colors = colors(&scenario);
        let during = |at: &Duration| (Duration::from_millis(20_500)..secs(23)).contains(at);
        assert!(!colors.iter().any(during), "{fault}: a colour came through");
        assert!(colors.iter().any(|at| *at < secs(20)) && colors.last() > Some(&secs(55)), "{fault}");
    }
}

#[test]
fn the_opposite_ends_what_has_no_span() {
    for (begin, end) in [
        ("partition = [\"client\", \"server\"]", "repair = [\"server\", \"client\"]"),
        ("hold = \"client\"", "release = \"client\""),
        ("crash = \"client\"", "reboot = \"client\""),
        ("ap_down = \"Home\"", "ap_up = \"Home\""),
    ] {
        let scenario = home(&format!("[[event]]\nat = \"20s\"\n{begin}\n[[event]]\nat = \"25s\"\n{end}"));
        let recording = play(&scenario, 1);
        assert_eq!(recording.faults[0].until, Some(secs(25)), "{begin}");
        assert!(colors(&scenario).last() > Some(&secs(55)), "{begin}");
    }
}

#[test]
fn a_wrong_password_keeps_out_who_is_not_in() {
    let scenario = home(
        "[[event]]\nat = \"10s\"\nwrong_password = \"Home\"\nfor = \"20s\"\n[[event]]\nat = \"15s\"\ndeauth = \"client\"",
    );
    let colors = colors(&scenario);
    assert!(colors.iter().any(|at| (secs(11)..secs(15)).contains(at)), "who is in stays");
    assert!(!colors.iter().any(|at| (secs(15)..secs(30)).contains(at)));
    assert!(colors.last() > Some(&secs(55)));
}

#[test]
fn a_walk_takes_its_time_there_and_back() {
    let scenario = home("[[event]]\nat = \"10s\"\nmove = \"client\"\nto_m = 103\nover = \"10s\"\nfor = \"20s\"");
    let recording = play(&scenario, 1);
    let strength = |at: u64| recording.boards[1].samples[at as usize - 1].rssi_dbm.expect("it stays joined");
    assert!(strength(9) > strength(12) && strength(12) > strength(15) && strength(15) > strength(25));
    assert_eq!(strength(21), strength(29));
    assert!(strength(29) < strength(35) && strength(35) < strength(39));
    assert_eq!(strength(9), strength(41));
    assert_eq!(recording.faults[0].until, Some(secs(40)));
}

#[test]
fn a_renumbered_network_and_forgotten_leases_are_found_out_when_leases_are_renewed() {
    let network = "[[network]]\nssid = \"Home\"\n[network.router]\nlease_time = \"20s\"";
    let boards = "[[board]]\nname = \"server\"\n[[board]]\nname = \"client\"\nrole = \"client\"";
    let event = "[[event]]\nat = \"15s\"\nrenumber = \"Home\"\naddress = \"10.9.8.1/24\"";
    let scenario = Scenario::read(&format!("{network}\n{boards}\n{event}")).expect("a good scenario");
    let recording = play(&scenario, 1);
    let addresses = recording.boards[1].events.iter().filter_map(|(_, kind)| match kind {
        BoardEventKind::Address(address) => Some(address.octets()[0]),
        _ => None,
    });
    assert_eq!(addresses.collect::<Vec<_>>(), [192, 10]);
    assert!(recording.boards[1].colors().last().expect("colours come").0 > secs(55));
}

#[test]
fn a_rule_holds_from_and_until() {
    let scenario = home("[[link]]\nboards = \"client\"\nfrom = \"20s\"\nuntil = \"25s\"\nlatency = \"50ms\"");
    let recording = play(&scenario, 1);
    for (at, elapsed, outcome) in recording.boards[1].exchanges().filter(|(at, ..)| *at > secs(10)) {
        let is_slow = elapsed > Duration::from_millis(100);
        let holds = (Duration::from_millis(20_200)..secs(25)).contains(&at);
        let is_between = !holds && (secs(20)..Duration::from_millis(25_500)).contains(&at);
        assert!(outcome.is_ok() && (is_between || is_slow == holds), "at {at:?} it took {elapsed:?}");
    }
    assert_eq!(recording.faults[0].until, Some(secs(25)));
    let always = play(&home("[[link]]\nlatency = \"50ms\""), 1);
    assert!(always.faults.is_empty(), "what holds all the time is no fault");
}
