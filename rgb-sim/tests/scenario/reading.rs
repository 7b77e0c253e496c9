//! What is wrong is said with line and column.

use std::time::Duration;

use rgb_sim::scenario::{Scenario, Spread, Targets, Verb};
use rgb_sim::world::Direction;

use crate::{home, secs};

const HOME: &str =
    "[[network]]\nssid = \"Home\"\n[[board]]\nname = \"server\"\n[[board]]\nname = \"client\"\nrole = \"client\"\n";

/// What is wrong with a file of which this is the end: the line in it, the column, and the words.
fn wrong(text: &str) -> (usize, usize, String) {
    let error = Scenario::read(&format!("{HOME}{text}")).expect_err(text);
    (error.line() - HOME.lines().count(), error.column(), error.to_string())
}

#[test]
fn the_template_is_a_scenario_that_says_what_it_means() {
    let scenario = Scenario::read(include_str!("../../src/cli/scenario/template.toml")).expect("it is good");
    assert_eq!(scenario.duration, secs(120));
    assert_eq!(scenario.boards[1].count, 2);
    assert_eq!(scenario.boards[1].distance_m, Spread { first: 4.0, last: 25.0 });
    assert_eq!(scenario.boards[1].start.last, secs(3));
    assert_eq!(scenario.events[0].verb, Verb::ApDown("Home".into()));
    assert_eq!(scenario.events[0].span, Some(secs(15)));
    assert_eq!(scenario.events[1].verb, Verb::Deauth(Targets::of("client")));
    assert_eq!(scenario.links[0].rule.loss, 0.2);
    assert_eq!(scenario.links[0].rule.latency, Duration::from_millis(30));
    assert_eq!(scenario.expectations[0].recovery_max, Some(secs(45)));
}

#[test]
fn every_verb_is_read() {
    let scenario = home(
        r#"
        [[event]]
        at = "1s"
        partition = ["client", "Home"]
        for = "1s"
        [[event]]
        at = "3s"
        repair = ["client", "Home"]
        [[event]]
        at = "3s"
        hold = "client"
        [[event]]
        at = "3s"
        release = ["client", "server"]
        [[event]]
        at = "3s"
        crash = "*"
        [[event]]
        at = "3s"
        reboot = "*"
        [[event]]
        at = "3s"
        deauth = "client"
        [[event]]
        at = "3s"
        kill_link = "client"
        [[event]]
        at = "3s"
        join_fault = "client"
        fault = "hang"
        times = 3
        [[event]]
        at = "3s"
        move = "client"
        to_m = 12.5
        over = "2s"
        [[event]]
        at = "3s"
        ap_down = "Home"
        [[event]]
        at = "3s"
        ap_up = "Home"
        [[event]]
        at = "3s"
        renumber = "Home"
        address = "10.0.0.1/8"
        [[event]]
        at = "3s"
        lease_expire = "Home"
        [[event]]
        at = "3s"
        wrong_password = "Home"
        [[event]]
        at = "3s"
        isolate = "Home"
        for = "500ms"
        [[link]]
        direction = "down"
        rate_bps = "64k"
        "#,
    );
    let names: Vec<_> = scenario.events.iter().map(|event| event.verb.name()).collect();
    assert_eq!(names, Verb::NAMES);
    assert_eq!(scenario.events[8].verb.targets(), Some(&Targets::of("client")));
    assert_eq!(scenario.links[0].rule.direction, Some(Direction::Down));
    assert_eq!(scenario.links[0].rule.rate_bps, 64_000);
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    let cases = [
        // Grammar.
        ("colour = 1", (1, 1), "unknown key \"colour\""),
        ("[[board]]\nname = \"b\"\ndistance = 3", (3, 1), "unknown key \"distance\""),
        ("[[event]]\nat = \"1s\"\ncrash = \"server\"\nfor = 10", (4, 7), "must be a time in quotes"),
        ("[[event]]\nat = \"1 parsec\"\ncrash = \"server\"", (2, 6), "must be a time with its unit"),
        ("[[event]]\nat = \"1s\"", (1, 1), "this one has none; the verbs are partition, repair"),
        ("[[event]]\nat = \"1s\"\ncrash = \"server\"\ndeauth = \"client\"", (4, 10), "this one has 2"),
        ("[[event]]\ncrash = \"server\"", (1, 1), "\"at\" is missing"),
        ("[[event]]\nat = \"1s\"\nmove = \"client\"", (1, 1), "\"to_m\" is missing"),
        ("[[event]]\nat = \"1s\"\npartition = [\"server\"]", (3, 13), "must be two values"),
        ("[[event]]\nat = \"1s\"\njoin_fault = \"client\"\nfault = \"bad\"", (4, 9), "\"not_found\""),
        ("[[event]]\nat = \"1s\"\nrenumber = \"Home\"\naddress = \"10.0.0.0/24\"", (4, 11), "/8 to /29"),
        ("[[link]]\nloss = \"101%\"", (2, 8), "must be a share"),
        ("[[link]]\nloss = 1.5", (2, 8), "must be a share"),
        ("[[link]]\nrate_bps = \"fast\"", (2, 12), "must be from 100"),
        ("[[link]]\ndirection = \"left\"\nloss = 0.1", (2, 13), "\"up\""),
        ("[[expect]]\nreports = \"boredom\"", (2, 11), "must be one of network_not_found"),
        ("[event]\nat = \"1s\"", (1, 1), "two brackets"),
        ("[[board]]\nname = \"b\"\nsource = \"sunset\"", (3, 10), "unknown source"),
        ("duration =", (1, 11), "not TOML"),
        // Sense.
        ("[[board]]\nname = \"server\"", (2, 8), "\"server\" is the name of something else"),
        ("[[board]]\nname = \"*\"", (2, 8), "cannot be a name"),
        ("[[board]]\nname = \"b\"\nport = 0", (3, 8), "port: "),
        ("[[board]]\nname = \"b\"\nrole = \"dancer\"", (3, 8), "role: "),
        ("[[board]]\nname = \"b\"\nstart = \"2m\"", (3, 9), "must be from 0s to 1m"),
        ("[[board]]\nname = \"b\"\ndistance_m = nan", (3, 14), "must be from -100000"),
        ("[[board]]\nname = \"b\"\ncount = 65000", (3, 9), "65002 boards; at most 10000"),
        ("[[network]]\nssid = \"Home\"", (2, 8), "\"Home\" is the name of something else"),
        ("[[network]]\nssid = \"\"", (2, 8), "1 to 32 bytes"),
        ("[[network]]\nssid = \"N\"\npassphrase = \"short\"", (3, 14), "8 to 63"),
        ("[[network]]\nssid = \"N\"\nchannel = 15", (3, 11), "must be from 1 to 14"),
        ("[[network]]\nssid = \"N\"\n[network.router]\nlease_time = \"1s\"", (4, 14), "must be from 10s"),
        (
            "[[network]]\nssid = \"N\"\n[network.router]\npool = [\"10.0.0.1\", \"10.0.0.9\"]",
            (4, 8),
            "192.168.1.1/24 has no room",
        ),
        (
            "[[network]]\nssid = \"N\"\n[network.router]\nreservations = { nobody = \"192.168.1.7\" }",
            (4, 16),
            "no board \"nobody\"; there are server, client",
        ),
        ("[[event]]\nat = \"2m\"\ncrash = \"server\"", (2, 6), "must be from 0s to 1m"),
        ("[[event]]\nat = \"1s\"\ncrash = \"srever\"", (3, 9), "no board \"srever\"; there are server, client"),
        ("[[event]]\nat = \"1s\"\nap_down = \"Work\"", (3, 11), "no network \"Work\""),
        ("[[event]]\nat = \"1s\"\npartition = [\"server\", \"Work\"]", (3, 13), "no board and no network \"Work\""),
        ("[[event]]\nat = \"1s\"\ndeauth = \"client\"\nfor = \"1s\"", (4, 7), "happens at one time"),
        ("[[event]]\nat = \"1s\"\ncrash = \"client\"\nfor = \"0s\"", (4, 7), "must be from 1ms"),
        ("[[event]]\nat = \"1s\"\njoin_fault = \"client\"\nfault = \"hang\"\ntimes = 0", (5, 9), "must be from 1 to"),
        ("[[link]]\nboards = \"client\"", (1, 1), "does nothing"),
        ("[[link]]\nloss = 0.1\nfrom = \"5s\"\nuntil = \"5s\"", (4, 9), "must be later"),
        ("[[expect]]\nfrom = \"5s\"", (1, 1), "nothing is expected"),
        ("[[expect]]\nboards = \"server\"\nsuccess_min = 0.5", (2, 10), "none of these boards asks"),
        ("[[expect]]\nsuccess_min = 0.5\nsuccess_max = 0.4", (2, 15), "larger than success_max"),
    ];
    for (text, place, words) in cases {
        let (line, column, message) = wrong(text);
        assert_eq!((line, column), place, "{text}\n{message}");
        assert!(message.contains(words), "{text}\n{message}");
    }
}

#[test]
fn an_error_shows_the_line_with_a_mark_under_what_is_wrong() {
    let (.., message) = wrong("[[event]]\nat = \"1s\"\ncrash = \"srever\" # oops");
    let lines: Vec<_> = message.lines().skip(1).collect();
    assert_eq!(lines, ["  10 | crash = \"srever\" # oops", "     |         ^^^^^^^^"]);
}

#[test]
fn without_a_board_there_is_no_scenario() {
    let error = Scenario::read("duration = \"1m\"").expect_err("nobody is there");
    assert!(error.to_string().contains("add a [[board]]"), "{error}");
}

#[test]
fn a_board_without_a_network_joins_the_first_one() {
    let scenario = home("[[board]]\nname = \"other\"\nssid = \"Elsewhere\"");
    let [one, other] = [&scenario.boards[0], &scenario.boards[2]];
    assert!(!one.settings.contains_key("ssid"));
    assert_eq!(other.settings["ssid"], "Elsewhere");
    let without = Scenario::read("[[board]]\nname = \"alone\"").expect_err("there is no network");
    assert!(without.to_string().contains("ssid"), "{without}");
}
