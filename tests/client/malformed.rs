//! Replies that are no colour.

use std::time::Duration;

use harness::bad_server::{BadServer, reply, reply_without_end};
use serde_json::{Value, json};

use super::{failure, message, start, success};

// REP-4, ERR-1
#[test]
fn every_kind_of_malformed_reply_is_reported_with_its_place() {
    let replies: [(&[u8], Value); 9] = [
        (b"1;2;3", json!(["unexpected_byte", 1, "red"])),
        (b"1,2,3\n", json!(["unexpected_byte", 5, "blue"])),
        (b"\xff,2,3", json!(["unexpected_byte", 0, "red"])),
        (b"1,,3", json!(["missing_number", 2, "green"])),
        (b"1,2,03", json!(["leading_zero", 4, "blue"])),
        (b"1,256,3", json!(["out_of_range", 2, "green"])),
        (b"1,2,3,4", json!(["extra_number", 5, "blue"])),
        (b"1,2", json!(["unexpected_end", 3, "blue"])),
        (b"1,2,", json!(["unexpected_end", 4, "blue"])),
    ];
    let bad: Vec<_> = replies.iter().map(|(bytes, _)| bytes.to_vec()).collect();
    // Good replies between, so that the waits after failures stay short.
    let server = BadServer::start(move |number, stream| match number % 2 {
        0 => reply(stream, &bad[number / 2 % bad.len()]),
        _ => reply(stream, b"7,8,9"),
    });
    let mut client = start(server.addr(), "--interval 1ms --timeout 30s");
    for (bytes, expected) in &replies {
        let error = client.event_of("error");
        let found = json!([error["decode_kind"], error["offset"], error["component"]]);
        assert_eq!((&error["kind"], &found), (&json!("decode"), expected), "{}", bytes.escape_ascii());
        assert!(message(&error).contains("is not a colour"), "{error}");
        client.event_of("exchange");
    }
}

// CLI-3
#[test]
fn an_endless_reply_is_given_up_at_its_first_wrong_byte() {
    let server = BadServer::start(|_, stream| reply_without_end(stream, b"1,2,3,"));
    let error = failure(server.addr(), "--timeout 60s");
    assert_eq!((&error["decode_kind"], &error["offset"]), (&json!("extra_number"), &json!(5)));
}

// LEN-4
#[test]
fn an_endless_lenient_reply_is_given_up_at_512_bytes() {
    let server = BadServer::start(|_, stream| reply_without_end(stream, &[b' '; 1000]));
    let error = failure(server.addr(), "--timeout 60s --lenient");
    assert_eq!((&error["decode_kind"], &error["offset"]), (&json!("too_long"), &json!(512)));
}

// CLI-3
#[test]
fn a_wrong_byte_is_reported_without_waiting_for_the_end() {
    let server = BadServer::start(|_, stream| {
        reply(stream.try_clone().expect("a socket can be cloned"), b"x");
        harness::bad_server::hold(stream);
    });
    let error = failure(server.addr(), "--timeout 60s");
    assert_eq!(error["decode_kind"], "unexpected_byte");
    assert!(error["elapsed_us"].as_u64() < Some(Duration::from_secs(20).as_micros() as u64), "{error}");
}

// LEN-1, LEN-2
#[test]
fn lenient_takes_a_line_end_and_leading_zeros() {
    let server = BadServer::replying("1,2,3\r\n");
    assert_eq!(success(server.addr(), "--lenient"), "1,2,3");
    let error = failure(server.addr(), "");
    assert!(message(&error).contains("unless lenient decoding is on"), "{error}");
    let server = BadServer::replying(" 007,\t08 , 255 ");
    assert_eq!(success(server.addr(), "--lenient"), "7,8,255");
}
