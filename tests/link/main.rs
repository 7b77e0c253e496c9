//! `rgb-sim link` and `rgb_sim::link`: each rule has its effect between peers that know nothing of it.
#![cfg(unix)]

mod curl;
mod ends;
mod plain;
mod rules;
mod seeds;
mod upstream;

use std::net::SocketAddr;
use std::time::Duration;

use harness::{Finished, Simulator, rgb_sim};
use rgb_sim::link::{Link, LinkConfig, LinkRules};
use rgb_sim::{ClientBoard, ClientBoardConfig, ClientConfig, Rgb, Script, ServerBoard, ServerBoardConfig, Tally};
use serde_json::Value;

const COLOR: Rgb = Rgb::new(255, 128, 0);

/// A server board that always sends [`COLOR`].
fn server() -> ServerBoard {
    let source = Box::new(Script::fixed(COLOR));
    ServerBoard::start(ServerBoardConfig { source, ..Default::default() }).expect("there is a free port")
}

fn link(upstream: SocketAddr, rules: LinkRules) -> Link {
    Link::start(LinkConfig { rules, ..LinkConfig::new(upstream) }).expect("there is a free port")
}

/// What comes of so many attempts of a client board, which gives a slow machine time.
fn ask(addr: SocketAddr, count: u64) -> Tally {
    ask_within(addr, count, Duration::from_secs(30))
}

fn ask_within(addr: SocketAddr, count: u64, timeout: Duration) -> Tally {
    let at_once = Duration::from_millis(1);
    let client = ClientConfig {
        interval: at_once,
        timeout,
        backoff: rgb_proto::Backoff { first: at_once, longest: at_once },
        ..Default::default()
    };
    let config = ClientBoardConfig { client, count: Some(count), ..ClientBoardConfig::new(addr) };
    ClientBoard::start(config).expect("the system gives a thread").wait()
}

/// Starts `rgb-sim link` on a free port, with `--json` and these arguments.
fn start(upstream: SocketAddr, args: &str) -> (Simulator, SocketAddr) {
    Simulator::listening(rgb_sim(&format!("link --listen 127.0.0.1:0 --upstream {upstream} --json {args}")))
}

/// The summary, which must be the last event and the only one of its kind.
fn summary(run: &Finished) -> Value {
    assert_eq!(run.events_of("link_summary").len(), 1, "{run:#?}");
    let last = run.events().pop().expect("there is an event");
    assert_eq!(last["event"], "link_summary", "{run:#?}");
    last
}
