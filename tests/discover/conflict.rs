//! Two boards of one name.

use harness::Machine;

use super::{announced, discovered, text};

// DSC-4
#[test]
fn the_second_server_of_a_name_takes_another_one_and_says_so() {
    let Some(machine) = Machine::alone() else { return };
    let (_first, event) = announced(&machine, "--bind 127.0.0.1:0 --name attic");
    assert_eq!(text(&event, "host"), "attic.local");
    let mut others = Vec::new();
    for (host, service, taken) in [
        ("attic-2.local", "attic-2._rgb._tcp.local", "attic.local"),
        ("attic-3.local", "attic-3._rgb._tcp.local", "attic-2.local"),
    ] {
        let (server, event) = announced(&machine, "--bind 127.0.0.1:0 --name attic");
        assert_eq!((text(&event, "host"), text(&event, "service")), (host, service));
        assert_eq!((text(&event, "taken"), text(&event, "board")), (taken, "attic"), "its own name stays");
        others.push(server);
        let found = discovered(&machine, "", 1 + others.len());
        assert!(found.iter().all(|board| board["name"] == "attic"), "{found:#?}");
        assert!(found.iter().any(|board| text(board, "service") == service), "{found:#?}");
    }
}

// DSC-4
#[test]
fn two_servers_that_start_together_end_with_two_names() {
    let Some([here, there]) = Machine::pair() else { return };
    let mut servers =
        [&here, &there].map(|machine| machine.rgb_sim("server --bind 0.0.0.0:8080 --interface net0 --json"));
    let mut hosts = servers.each_mut().map(|server| text(&server.event_of("announced"), "host").to_owned());
    hosts.sort_unstable();
    assert_eq!(hosts, ["rgb-server-2.local", "rgb-server.local"]);
    discovered(&here, "--interface net0", 2);
}
