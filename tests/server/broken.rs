//! Clients that break off.

use std::io::Write;

use harness::bad_client::{ask, connect, end_and_read_reply, reset};
use harness::{Simulator, tutorial};

#[test]
fn a_reset_within_the_request_is_reported() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s");
    let mut client = connect(addr);
    client.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    reset(client);
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "reset");
    assert!(notice["message"].as_str().unwrap().contains("broke the connection off"), "{notice}");
    assert!(tutorial::client::ask(addr).is_ok());
}

// REQ-8
#[test]
fn an_end_without_a_request_is_reported() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s");
    assert_eq!(end_and_read_reply(connect(addr)).unwrap(), "");
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "no_request");
    assert_eq!(server.stop().summary()["server"]["served"], 0);
}

// REQ-8
#[test]
fn a_client_that_has_ended_its_side_gets_its_reply() {
    let (_server, addr) = Simulator::server("--exchange-timeout 50s --source fixed:1,2,3");
    let mut client = connect(addr);
    client.write_all(b"GET Data").unwrap();
    assert_eq!(end_and_read_reply(client).unwrap(), "1,2,3");
}

// SRV-5
#[test]
fn a_hundred_resets_leave_the_server_as_it_was() {
    let (server, addr) = Simulator::server("");
    for _ in 0..100 {
        let mut client = connect(addr);
        client.write_all(b"GET Data").unwrap();
        reset(client);
    }
    assert!(!ask(addr, "GET Data").is_empty());
    assert_eq!(server.stop().code, Some(0));
}
