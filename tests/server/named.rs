//! Clients that give their names.

use std::io::Write;

use harness::Simulator;
use harness::bad_client::{ask, connect, read_reply};

fn colors(addr: std::net::SocketAddr, request: &str, count: usize) -> Vec<String> {
    (0..count).map(|_| ask(addr, request)).collect()
}

// REQ-4
#[test]
fn each_name_has_its_own_stream() {
    let (_alone, addr) = Simulator::server("--seed 7");
    let kitchen = colors(addr, "GET Data kitchen\n", 5);
    let (_together, addr) = Simulator::server("--seed 7");
    let mut attic = Vec::new();
    for color in &kitchen {
        attic.push(ask(addr, "GET Data attic\n"));
        let _ = ask(addr, "GET Data");
        assert_eq!(ask(addr, "GET Data kitchen\r\n"), *color);
    }
    assert_ne!(attic, kitchen);
}

// REQ-4
#[test]
fn the_name_is_reported() {
    let (mut server, addr) = Simulator::server("");
    for (request, client) in [("GET Data kitchen\n", Some("kitchen")), ("GET Data", None), ("GET Data ?\n", None)] {
        let _ = ask(addr, request);
        let served = server.event_of("served");
        assert_eq!((served["client"].as_str(), served["request"].as_str()), (client, Some("data")), "{request:?}");
    }
}

// REQ-4, REQ-5
#[test]
fn a_name_may_come_in_pieces() {
    let (mut server, addr) = Simulator::server("");
    let mut client = connect(addr);
    // Sent back to back: the pause between them is far below the time that a name is given to grow.
    client.write_all(b"GET Data ki").unwrap();
    client.write_all(b"tchen\n").unwrap();
    assert!(!read_reply(&mut client).unwrap().is_empty());
    assert_eq!(server.event_of("served")["client"], "kitchen");
}
