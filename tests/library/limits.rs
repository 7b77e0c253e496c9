//! Limits from either side, with spans that a slow machine keeps.

use std::io::Write;
use std::time::Duration;

use harness::bad_client::{ask, connect, end_and_read_reply, is_closed_without_reply, read_reply};
use harness::bad_server::{BadServer, reply};
use harness::{eventually, timed};
use rgb_sim::{ClientBoard, ClientBoardConfig, ClientConfig, ErrorKind, NoticeKind, Rgb, ServerConfig};

use super::{quick_client, server};

const RED: Rgb = Rgb::new(255, 0, 0);
/// Far beyond what a slow machine makes of nothing.
const LONG: Duration = Duration::from_secs(50);

// REQ-3
#[test]
fn get_data_is_answered_without_waiting_for_more() {
    let board = server(&[RED], ServerConfig { settle: LONG, timeout: LONG, ..Default::default() });
    let (reply, elapsed) = timed(|| ask(board.addr(), "GET Data"));
    assert_eq!(reply, "255,0,0");
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

// REQ-5
#[test]
fn a_request_grows_within_its_time() {
    let board = server(&[RED], ServerConfig { settle: LONG, timeout: LONG, ..Default::default() });
    let mut client = connect(board.addr());
    for part in ["G", "ET ", "/status", " HTTP/1", ".1\r\n", "\r\n"] {
        client.write_all(part.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(read_reply(&mut client).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
}

// REQ-5, REQ-6
#[test]
fn a_request_does_not_grow_behind_its_time() {
    let settle = Duration::from_millis(300);
    let board = server(&[RED], ServerConfig { settle, timeout: LONG, ..Default::default() });
    let mut client = connect(board.addr());
    client.write_all(b"GET /").unwrap();
    let (reply, elapsed) = timed(|| read_reply(&mut client).unwrap());
    assert_eq!(reply, "255,0,0", "the beginning of a request line is no HTTP request");
    assert!(elapsed >= settle, "{elapsed:?}");
}

// SRV-4
#[test]
fn an_exchange_ends_at_its_time_out() {
    let timeout = Duration::from_millis(400);
    let board = server(&[RED], ServerConfig { timeout, ..Default::default() });
    let (_, elapsed) = timed(|| assert!(is_closed_without_reply(&mut connect(board.addr()))));
    assert!((timeout..timeout + Duration::from_secs(8)).contains(&elapsed), "{elapsed:?}");
    eventually("it is counted", || board.stats().notices_by_kind.get(&NoticeKind::LimitTime) == Some(&1));
}

// SRV-3
#[test]
fn a_client_that_closes_within_the_linger_is_none_that_was_abandoned() {
    let board = server(&[RED], ServerConfig { linger: LONG, timeout: LONG, ..Default::default() });
    let mut client = connect(board.addr());
    client.write_all(b"GET Data").unwrap();
    read_reply(&mut client).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    drop(client);
    eventually("it is served", || board.stats().served == 1);
    assert_eq!(board.stop().notices_by_kind.len(), 0);
}

// SRV-3
#[test]
fn a_client_that_closes_behind_the_linger_was_abandoned() {
    let linger = Duration::from_millis(300);
    let board = server(&[RED], ServerConfig { linger, timeout: LONG, ..Default::default() });
    let mut client = connect(board.addr());
    client.write_all(b"GET Data").unwrap();
    read_reply(&mut client).unwrap();
    eventually("it is abandoned", || board.stats().notices_by_kind.get(&NoticeKind::Abandoned) == Some(&1));
}

// SRV-3
#[test]
fn what_a_client_sends_behind_its_request_is_dropped_up_to_a_limit() {
    for (len, abandoned) in [(1000, 0), (1001, 1)] {
        let limits = ServerConfig { drain_len_max: 1000, linger: LONG, timeout: LONG, ..Default::default() };
        let board = server(&[RED], limits);
        let mut client = connect(board.addr());
        client.write_all(b"GET Data").unwrap();
        read_reply(&mut client).unwrap();
        client.write_all(&vec![b'x'; len]).unwrap();
        // The limit closes the connection by itself; below it, the client's end does.
        let _ = end_and_read_reply(client);
        eventually("it is served", || board.stats().served == 1);
        let notices = board.stop().notices_by_kind;
        assert_eq!(notices.get(&NoticeKind::Abandoned).copied().unwrap_or(0), abandoned, "{len} bytes: {notices:?}");
    }
}

// CLI-4
#[test]
fn a_reply_counts_only_within_the_clients_time_out() {
    for (timeout, exchanges) in [(LONG, 1), (Duration::from_millis(200), 0)] {
        let server = BadServer::start(|_, stream| {
            std::thread::sleep(Duration::from_millis(500));
            reply(stream, b"1,2,3");
        });
        let client = ClientConfig { timeout, ..Default::default() };
        let config = ClientBoardConfig { count: Some(1), client, ..quick_client(server.addr()) };
        let tally = ClientBoard::start(config).unwrap().wait();
        assert_eq!(tally.exchanges(), exchanges, "{timeout:?}");
        assert_eq!(tally.errors_by_kind().get(&ErrorKind::Timeout).copied().unwrap_or(0), 1 - exchanges);
    }
}
