//! `rgb-sim client` against servers that do not keep the protocol.
#![cfg(unix)]

mod broken;
mod malformed;
mod pieces;
mod recovery;
mod silent;
mod unreachable;

use std::net::SocketAddr;

use harness::{Finished, Simulator};
use serde_json::Value;

/// A client that asks until it is stopped.
fn start(addr: SocketAddr, args: &str) -> Simulator {
    Simulator::start(&format!("client --server {addr} --json {args}"))
}

/// The one attempt of a client, which fails.
fn failure(addr: SocketAddr, args: &str) -> Value {
    let run = Finished::run(&format!("client --server {addr} --json --count 1 {args}"));
    assert_eq!(run.code, Some(1), "{run:#?}");
    let summary = run.summary();
    assert_eq!((summary["exchanges"].as_u64(), summary["errors"].as_u64()), (Some(0), Some(1)), "{summary}");
    let error = run.events_of("error").pop().expect("an attempt that fails is reported");
    let kind = error["kind"].as_str().expect("a kind is a string");
    assert_eq!(summary["errors_by_kind"][kind], 1, "{summary}");
    error
}

/// The colour of a client's one attempt, which succeeds.
fn success(addr: SocketAddr, args: &str) -> String {
    let run = Finished::run(&format!("client --server {addr} --json --count 1 {args}"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    harness::simulator::color(&run.events_of("exchange")[0])
}

fn message(error: &Value) -> &str {
    error["message"].as_str().expect("a message is a string")
}
