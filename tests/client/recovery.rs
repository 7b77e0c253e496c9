//! A client goes on after every error.

use std::time::Duration;

use harness::bad_server::{BadServer, hold, read_request, reply, reset};
use harness::port::ReservedPort;
use harness::simulator::color;
use harness::{Finished, Simulator, rgb_sim, timed};

use super::start;

// POL-4
#[test]
fn a_client_asks_on_when_the_server_comes_back() {
    let port = ReservedPort::new();
    let mut client = start(port.addr(), "");
    assert_eq!(client.event_of("error")["kind"], "connect");
    let serve = format!("server --bind {} --no-announce --source fixed:1,2,3 --json", port.addr());
    let (server, _) = Simulator::listening(rgb_sim(&serve));
    assert_eq!(color(&client.event_of("exchange")), "1,2,3");
    assert_eq!(server.stop().code, Some(0));
    assert_eq!(client.event_of("error")["kind"], "connect");
    let (_server, _) = Simulator::listening(rgb_sim(&serve));
    client.event_of("exchange");
    let end = client.stop();
    assert_eq!(end.code, Some(1), "some attempts have failed");
    assert!(end.summary()["exchanges"].as_u64() >= Some(2));
}

// POL-4
#[test]
fn a_client_asks_on_after_every_kind_of_failure() {
    let server = BadServer::start(|number, stream| match number {
        0 => {
            read_request(&stream);
            reset(stream);
        }
        1 => drop((read_request(&stream), stream)),
        2 => reply(stream, b"hello"),
        3 => hold(stream),
        _ => reply(stream, b"4,5,6"),
    });
    let mut client = start(server.addr(), "--timeout 500ms");
    let kinds: Vec<_> = (0..4).map(|_| client.event_of("error")["kind"].clone()).collect();
    assert_eq!(kinds, ["reset", "closed", "decode", "timeout"]);
    let exchange = client.event_of("exchange");
    assert_eq!((exchange["seq"].as_u64(), &*color(&exchange)), (Some(5), "4,5,6"));
}

// POL-2, POL-3
#[test]
fn a_server_that_refuses_is_not_hammered() {
    let port = ReservedPort::new();
    let args = format!("client --server {} --interval 1ms --count 4 --json", port.addr());
    let (run, elapsed) = timed(|| Finished::run(&args));
    assert_eq!(run.summary()["errors"], 4);
    // At least the lower halves of 200, 400 and 800 ms.
    assert!(elapsed >= Duration::from_millis(700), "four attempts within {elapsed:?}");
}

// POL-2
#[test]
fn a_success_ends_the_waiting() {
    let server = BadServer::start(|number, stream| match number {
        0..3 => reset(stream),
        _ => reply(stream, b"1,2,3"),
    });
    // 200 attempts would take minutes if each waited as after a failure.
    let args = format!("client --server {} --interval 1ms --timeout 30s --count 203 --json", server.addr());
    let (run, elapsed) = timed(|| Finished::run(&args));
    assert_eq!(run.summary()["exchanges"], 200, "{run:#?}");
    assert!(elapsed < Duration::from_secs(40), "{elapsed:?}");
}

#[test]
fn the_exit_status_tells_of_a_failure_among_successes() {
    let server = BadServer::start(|number, stream| match number {
        1 => reply(stream, b"no colour"),
        _ => reply(stream, b"1,2,3"),
    });
    let run = Finished::run(&format!("client --server {} --count 3 --timeout 30s --json", server.addr()));
    assert_eq!(run.code, Some(1));
    assert_eq!((run.summary()["exchanges"].as_u64(), run.summary()["errors"].as_u64()), (Some(2), Some(1)));
}
