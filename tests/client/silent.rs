//! Servers that take too long: the time-out is of the whole exchange.

use std::io::Write;
use std::time::Duration;

use harness::bad_server::{BadServer, hold, read_request, reply, reply_in_single_bytes};
use harness::port::ReservedPort;
use serde_json::Value;

use super::{failure, message, success};

/// What a slow machine may add to a time-out. What the servers below would make of a time-out that does not end an
/// exchange is longer.
const SLACK: Duration = Duration::from_secs(8);

fn assert_timed_out(error: &Value, timeout: Duration) {
    assert_eq!(error["kind"], "timeout", "{error}");
    let elapsed = Duration::from_micros(error["elapsed_us"].as_u64().expect("a time is a number"));
    assert!((timeout..timeout + SLACK).contains(&elapsed), "{timeout:?} became {elapsed:?}: {error}");
}

// CLI-4
#[test]
fn a_server_that_never_answers_is_given_up_at_the_time_out() {
    let server = BadServer::start(|_, stream| hold(stream));
    let error = failure(server.addr(), "--timeout 300ms");
    assert_timed_out(&error, Duration::from_millis(300));
    assert!(message(&error).contains("no reply came"), "{error}");
}

// CLI-4
#[test]
fn the_default_time_out_is_900_ms() {
    let server = BadServer::start(|_, stream| hold(stream));
    assert_timed_out(&failure(server.addr(), ""), Duration::from_millis(900));
}

// CLI-4
#[test]
fn a_byte_a_second_does_not_keep_an_exchange_alive() {
    let server = BadServer::start(|_, stream| reply_in_single_bytes(stream, b"255,255,255", Duration::from_secs(1)));
    let error = failure(server.addr(), "--timeout 1500ms");
    assert_timed_out(&error, Duration::from_millis(1500));
    assert!(message(&error).contains("a reply began but did not end"), "{error}");
}

// END-1, CLI-2
#[test]
fn a_reply_whose_stream_does_not_end_is_no_reply() {
    let server = BadServer::start(|_, mut stream| {
        read_request(&stream);
        stream.write_all(b"1,2,3").expect("the client reads");
        hold(stream);
    });
    let error = failure(server.addr(), "--timeout 400ms");
    assert_timed_out(&error, Duration::from_millis(400));
    assert!(message(&error).contains("close the connection"), "{error}");
}

// CLI-4
#[test]
fn a_reply_within_the_time_out_is_taken() {
    let server = BadServer::start(|_, stream| {
        std::thread::sleep(Duration::from_millis(400));
        reply(stream, b"1,2,3");
    });
    assert_eq!(success(server.addr(), "--timeout 10s"), "1,2,3");
}

// CLI-4
#[test]
fn a_reply_behind_the_time_out_is_not() {
    let server = BadServer::start(|_, stream| {
        std::thread::sleep(Duration::from_millis(700));
        reply(stream, b"1,2,3");
    });
    let error = failure(server.addr(), "--timeout 400ms");
    assert_timed_out(&error, Duration::from_millis(400));
}

// CLI-4
#[test]
fn connecting_is_part_of_the_exchange() {
    // A backlog that is full leaves further connections without an answer.
    let port = ReservedPort::new();
    let _full = port.listen_and_fill();
    let error = failure(port.addr(), "--timeout 300ms");
    assert_timed_out(&error, Duration::from_millis(300));
    assert!(message(&error).contains("no connection"), "{error}");
}
