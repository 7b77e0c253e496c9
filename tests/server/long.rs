//! Clients that send more than the server reads.

use std::io::Write;
use std::time::Duration;

use harness::bad_client::{connect, read_reply};
use harness::{Simulator, timed};

// REQ-7
#[test]
fn a_head_without_end_is_answered_at_1024_bytes() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s --source fixed:1,2,3");
    let mut client = connect(addr);
    let mut head = b"GET / HTTP/1.1\r\nX: ".to_vec();
    head.resize(1024, b'x');
    client.write_all(&head).unwrap();
    let (reply, elapsed) = timed(|| read_reply(&mut client));
    assert!(reply.unwrap().ends_with("\r\n\r\n1,2,3"));
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    drop(client);
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "limit_request");
    assert!(notice["message"].as_str().unwrap().contains("1024 bytes (--max-request)"), "{notice}");
}

// REQ-7
#[test]
fn a_head_of_1024_bytes_is_within_the_limit() {
    let (server, addr) = Simulator::server("--exchange-timeout 50s --source fixed:1,2,3");
    let mut head = b"GET / HTTP/1.1\r\nX: ".to_vec();
    head.resize(1020, b'x');
    head.extend_from_slice(b"\r\n\r\n");
    let mut client = connect(addr);
    client.write_all(&head).unwrap();
    assert!(read_reply(&mut client).unwrap().ends_with("1,2,3"));
    drop(client);
    let end = server.stop();
    assert_eq!(end.summary()["server"]["notices_by_kind"], serde_json::json!({}), "{end:#?}");
}

// REQ-7
#[test]
fn the_limit_can_be_lowered() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s --max-request 20");
    let mut client = connect(addr);
    client.write_all(b"GET / HTTP/1.1\r\nX: yyy").unwrap();
    assert!(read_reply(&mut client).unwrap().starts_with("HTTP/1.1 200 OK"));
    drop(client);
    assert_eq!(server.event_of("notice")["kind"], "limit_request");
}

// SRV-3
#[test]
fn the_reply_is_not_lost_to_bytes_behind_the_request() {
    let (_server, addr) = Simulator::server("--source fixed:1,2,3");
    for len in [1, 1000, 10_000, 300_000] {
        for _ in 0..10 {
            let mut client = connect(addr);
            let mut request = b"GET Data".to_vec();
            request.resize(8 + len, b'x');
            client.write_all(&request).unwrap();
            assert_eq!(read_reply(&mut client).unwrap(), "1,2,3", "{len} bytes behind the request");
            // Time for a reset to arrive, if the server sent one. On this machine it comes behind the reply; elsewhere
            // it may overtake it.
            std::thread::sleep(Duration::from_millis(5));
            assert!(client.take_error().unwrap().is_none(), "{len} bytes behind the request");
        }
    }
}

// SRV-3, HTTP-1
#[test]
fn a_large_body_does_not_cost_the_reply() {
    let (_server, addr) = Simulator::server("--source fixed:1,2,3");
    for len in [100_000, 1_000_000] {
        for _ in 0..5 {
            let mut client = connect(addr);
            client.write_all(format!("POST / HTTP/1.1\r\nContent-Length: {len}\r\n\r\n").as_bytes()).unwrap();
            client.write_all(&vec![b'x'; len]).unwrap();
            assert!(read_reply(&mut client).unwrap().ends_with("\r\n\r\n1,2,3"), "a body of {len} bytes");
        }
    }
}

// SRV-3, SRV-5
#[test]
fn who_never_stops_sending_is_closed() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s");
    let mut client = connect(addr);
    let (_, elapsed) = timed(|| while client.write_all(&[b'x'; 1000]).is_ok() {});
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    assert_eq!(server.event_of("served")["request"], "other");
    assert_eq!(server.event_of("notice")["kind"], "abandoned");
}

// SRV-3
#[test]
fn who_never_closes_is_closed_within_a_second_or_so() {
    let (mut server, addr) = Simulator::server("--exchange-timeout 50s");
    let mut client = connect(addr);
    client.write_all(b"GET Data").unwrap();
    read_reply(&mut client).unwrap();
    let (notice, elapsed) = timed(|| server.event_of("notice"));
    assert_eq!(notice["kind"], "abandoned");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

// SRV-3
#[test]
fn who_closes_in_time_is_not_reported() {
    let (server, addr) = Simulator::server("--exchange-timeout 50s");
    let mut client = connect(addr);
    client.write_all(b"GET Data").unwrap();
    read_reply(&mut client).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    drop(client);
    let end = server.stop();
    assert_eq!(end.summary()["server"], serde_json::json!({ "served": 1, "notices_by_kind": {} }));
}

// SRV-1
#[test]
fn a_second_request_on_a_connection_has_no_reply() {
    let (server, addr) = Simulator::server("--source fixed:1,2,3");
    let mut client = connect(addr);
    client.write_all(b"GET DataGET Data").unwrap();
    assert_eq!(read_reply(&mut client).unwrap(), "1,2,3");
    drop(client);
    assert_eq!(server.stop().summary()["server"]["served"], 1);
}
