//! Clients that take their time.

use std::io::Write;
use std::time::Duration;

use harness::bad_client::{ask, connect, end_and_read_reply, idle, is_closed_without_reply, read_reply};
use harness::{Simulator, timed};

/// What a slow machine may add.
const SLACK: Duration = Duration::from_secs(8);

// SRV-4
#[test]
fn a_head_that_grows_byte_by_byte_is_cut_off_at_the_time_out() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 1s");
    let mut client = connect(addr);
    let mut sender = client.try_clone().unwrap();
    sender.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let (closed, elapsed) = timed(|| {
        std::thread::spawn(move || {
            // More than 1 s apart from nothing: the time-out is of the whole exchange.
            while sender.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(250));
            }
        });
        is_closed_without_reply(&mut client)
    });
    assert!(closed);
    assert!(elapsed < Duration::from_secs(1) + SLACK, "{elapsed:?}");
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "limit_time");
    assert!(notice["message"].as_str().unwrap().contains("--exchange-timeout"), "{notice}");
    assert_eq!(server.stop().code, Some(0), "a client's failure is none of the server's");
}

// SRV-4, HTTP-2
#[test]
fn a_head_that_is_whole_within_the_time_out_is_answered() {
    let (_server, addr) = Simulator::server("--exchange-timeout 20s --source fixed:1,2,3");
    let mut client = connect(addr);
    for part in ["GET / HT", "TP/1.1\r\n", "Host: board\r", "\n\r\n"] {
        client.write_all(part.as_bytes()).unwrap();
        // Within the time that half a request line is given to grow.
        std::thread::sleep(Duration::from_millis(20));
    }
    let reply = read_reply(&mut client).unwrap();
    // A machine that slept too long between the first two parts answers the first one alone.
    assert!(reply.ends_with("1,2,3"), "{reply}");
}

// SRV-4
#[test]
fn silence_is_cut_off_at_the_time_out() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 500ms");
    let (closed, elapsed) = timed(|| idle(addr, 5).iter_mut().all(is_closed_without_reply));
    assert!(closed);
    assert!((Duration::from_millis(500)..Duration::from_millis(500) + SLACK).contains(&elapsed), "{elapsed:?}");
    for notice in server.events_of("notice", 5) {
        assert_eq!(notice["kind"], "limit_time");
    }
}

// REQ-5
#[test]
fn a_name_without_a_line_feed_is_answered_when_it_has_had_time_to_grow() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s");
    let (reply, elapsed) = timed(|| ask(addr, "GET Data kitchen"));
    assert!(!reply.is_empty());
    assert!((Duration::from_millis(100)..Duration::from_millis(100) + SLACK).contains(&elapsed), "{elapsed:?}");
    let served = server.event_of("served");
    assert_eq!((&served["request"], &served["client"]), (&"data".into(), &"kitchen".into()));
}

// REQ-5, REQ-6
#[test]
fn the_beginning_of_a_request_is_answered_when_it_does_not_grow() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s --source fixed:1,2,3");
    let (reply, elapsed) = timed(|| ask(addr, "GE"));
    assert_eq!(reply, "1,2,3");
    assert!((Duration::from_millis(100)..Duration::from_millis(100) + SLACK).contains(&elapsed), "{elapsed:?}");
    assert_eq!(server.event_of("served")["request"], "other");
}

// REQ-8
#[test]
fn the_end_of_the_clients_side_ends_its_request() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s --source fixed:1,2,3");
    let mut client = connect(addr);
    client.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
    assert!(end_and_read_reply(client).unwrap().ends_with("\r\n\r\n1,2,3"));
    assert_eq!(server.event_of("served")["request"], "http");
}
