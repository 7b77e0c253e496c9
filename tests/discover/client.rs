//! `rgb-sim client` that was told a name, or nothing.

use harness::simulator::color;
use harness::{Machine, Simulator, eventually};

use super::{announced, text};

/// Until the client gets this colour.
fn gets(client: &mut Simulator, expected: &str) {
    eventually("the client gets the colour", || color(&client.event_of("exchange")) == expected);
}

// DSC-6
#[test]
fn a_client_that_was_told_nothing_takes_the_server_that_is_there() {
    let Some([here, there]) = Machine::pair() else { return };
    let (_server, _) = announced(&here, "--bind 0.0.0.0:8080 --name attic --source fixed:1,2,3");
    let run = there.rgb_sim("client --count 3 --json").finish();
    assert_eq!(run.code, Some(0), "{run:#?}");
    let names: Vec<_> = run.events().iter().map(|event| text(event, "event").to_owned()).collect();
    assert_eq!(names, ["started", "found", "exchange", "exchange", "exchange", "summary"]);
    let found = &run.events_of("found")[0];
    assert_eq!((text(found, "name"), text(found, "addr")), ("attic", "10.77.0.1:8080"));
    let people = there.rgb_sim("client --count 1").finish();
    assert!(people.stdout().contains("client  found attic at 10.77.0.1:8080\n"), "{people:#?}");
}

// DSC-6
#[test]
fn a_client_waits_for_a_server_to_come() {
    let Some(machine) = Machine::alone() else { return };
    let mut client = machine.rgb_sim("client --json");
    let error = client.event_of("error");
    assert_eq!(error["kind"], "resolve");
    for word in ["`rgb-sim server`", "same network", "--server"] {
        assert!(text(&error, "message").contains(word), "{error}");
    }
    let (_server, _) = announced(&machine, "--bind 127.0.0.1:0 --source fixed:1,2,3");
    gets(&mut client, "1,2,3");
    assert_eq!(client.stop().code, Some(1), "some attempts have failed");
}

// DSC-6
#[test]
fn a_client_that_was_told_nothing_looks_again_after_a_failure() {
    let Some(machine) = Machine::alone() else { return };
    let (server, _) = announced(&machine, "--bind 127.0.0.1:8081 --name attic --source fixed:1,2,3");
    let mut client = machine.rgb_sim("client --json");
    gets(&mut client, "1,2,3");
    assert_eq!(server.stop().code, Some(0));
    client.event_of("error");
    // Another one, elsewhere.
    let (server, _) = announced(&machine, "--bind 127.0.0.1:8082 --name cellar --source fixed:4,5,6");
    gets(&mut client, "4,5,6");
    // Killed, it says no goodbye.
    drop(server);
    client.event_of("error");
    let (_server, _) = announced(&machine, "--bind 127.0.0.2:8083 --name hall --source fixed:7,8,9");
    gets(&mut client, "7,8,9");
    let found: Vec<_> = client.stop().events_of("found").iter().map(|found| text(found, "addr").to_owned()).collect();
    assert_eq!(found, ["127.0.0.1:8081", "127.0.0.1:8082", "127.0.0.2:8083"]);
}

// DSC-5
#[test]
fn a_client_follows_a_name_to_another_address() {
    let Some(machine) = Machine::alone() else { return };
    let (server, _) = announced(&machine, "--bind 127.0.0.1:8080 --source fixed:1,2,3");
    let mut client = machine.rgb_sim("client --server rgb-server.local:8080 --json");
    gets(&mut client, "1,2,3");
    assert_eq!(server.stop().code, Some(0));
    let error = client.event_of("error");
    assert!(text(&error, "message").starts_with("rgb-server.local:8080: "), "{error}");
    let (server, _) = announced(&machine, "--bind 127.0.0.2:8080 --source fixed:4,5,6");
    gets(&mut client, "4,5,6");
    // Killed, it leaves its address in every cache, for two minutes.
    drop(server);
    client.event_of("error");
    let (_server, _) = announced(&machine, "--bind 127.0.0.1:8080 --source fixed:7,8,9");
    gets(&mut client, "7,8,9");
}

// DSC-5
#[test]
fn a_name_is_the_same_in_either_case() {
    let Some(machine) = Machine::alone() else { return };
    let (_server, _) = announced(&machine, "--bind 127.0.0.1:8080 --interface lo");
    let mut client = machine.rgb_sim("client --server RGB-Server.local.:8080 --json");
    client.event_of("exchange");
    let end = client.stop();
    assert_eq!(end.code, Some(0), "{end:#?}");
}

// DSC-5, ERR-2
#[test]
fn a_name_that_nobody_has_is_not_found() {
    let Some(machine) = Machine::alone() else { return };
    let run = machine.rgb_sim("client --server nobody.local --count 1 --json").finish();
    assert_eq!(run.code, Some(1));
    let error = &run.events_of("error")[0];
    assert_eq!(error["kind"], "resolve");
    let message = text(error, "message");
    assert!(message.starts_with("nobody.local:80: ") && message.contains("check its spelling"), "{message}");
}

// DSC-5
#[test]
fn a_load_finds_its_server_by_name() {
    let Some(machine) = Machine::alone() else { return };
    let (_server, _) = announced(&machine, "--bind 127.0.0.1:8080");
    let run = machine.rgb_sim("load --server rgb-server.local:8080 --connections 8 --count 100 --json").finish();
    assert_eq!((run.code, &run.summary()["exchanges"]), (Some(0), &100.into()), "{run:#?}");
}
