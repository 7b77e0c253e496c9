//! `rgb-sim discover`.

use std::time::Duration;

use harness::{Finished, Machine, Simulator, rgb_sim, timed};

use super::{announced, discovered, is_empty, text};

// DSC-1, DSC-2
#[test]
fn a_server_on_the_same_machine_is_found() {
    // The loopback interface is shared with other tests where nothing else is: they have other names.
    let mut server = Simulator::start("server --bind 127.0.0.1:0 --name Found_here --interface 127.0.0.1 --json");
    let listening = server.event_of("listening");
    assert_eq!(text(&server.event_of("announced"), "host"), "found-here.local");
    let run = Finished::run("discover --interface 127.0.0.1 --json");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let boards = run.events_of("discovered");
    let board = boards.iter().find(|board| board["service"] == "found-here._rgb._tcp.local").unwrap();
    assert_eq!((text(board, "name"), text(board, "host")), ("Found_here", "found-here.local"));
    assert_eq!((text(board, "role"), text(board, "version")), ("server", env!("CARGO_PKG_VERSION")));
    assert_eq!(board["addr"], listening["addr"]);
    assert!(board["latency_us"].as_u64() < Some(1_000_000), "{board}");
}

// HTTP-5
#[test]
fn a_search_takes_no_colour() {
    let Some(machine) = Machine::alone() else { return };
    let (mut server, _) = announced(&machine, "--bind 127.0.0.1:0");
    discovered(&machine, "", 1);
    assert_eq!(server.event_of("served")["request"], "status");
    assert_eq!(server.stop().events_of("served").len(), 1);
}

#[test]
fn a_search_prints_a_line_for_each_board() {
    let Some(machine) = Machine::alone() else { return };
    let (_server, event) = announced(&machine, "--bind 127.0.0.1:8080 --name attic");
    let run = machine.rgb_sim("discover").finish();
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let line = run.lines.first().unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..4], ["attic", "127.0.0.1:8080", "server", env!("CARGO_PKG_VERSION")]);
    assert!(line.contains(" ms ") && line.ends_with(text(&event, "host")), "{line}");
    assert!(run.stdout().ends_with("1 board found in 3.0 s"), "{run:#?}");
}

#[test]
fn a_search_that_finds_nobody_says_what_to_check() {
    let Some(machine) = Machine::alone() else { return };
    let (run, elapsed) = timed(|| machine.rgb_sim("discover --for 300ms").finish());
    assert_eq!(run.code, Some(1));
    assert!(run.stdout().contains("0 boards found"), "{run:#?}");
    for word in ["same network", "guest networks", "UDP port 5353"] {
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    assert!((Duration::from_millis(300)..Duration::from_secs(20)).contains(&elapsed), "{elapsed:?}");
    assert!(is_empty(&machine, ""));
}

#[test]
fn ctrl_c_ends_a_search_with_what_was_found() {
    let Some(machine) = Machine::alone() else { return };
    let (_server, _) = announced(&machine, "--bind 127.0.0.1:0");
    let mut search = machine.rgb_sim("discover --for 1day --json");
    search.event_of("discovered");
    let end = search.stop();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    assert_eq!(end.events_of("discovery_summary")[0]["boards"], 1);
}

#[test]
fn an_interface_that_is_not_there_is_refused() {
    let run = Simulator::spawn(rgb_sim("discover --interface nosuch0")).finish();
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("the network interface nosuch0") && run.stderr.lines().count() == 1, "{}", run.stderr);
}
