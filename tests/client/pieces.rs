//! What goes over the wire.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::bad_server::{BadServer, read_request, reply, reply_in_single_bytes};
use harness::simulator::color;

use super::{start, success};

// CLI-3
#[test]
fn a_reply_in_single_bytes_is_taken() {
    let server = BadServer::start(|_, stream| reply_in_single_bytes(stream, b"255,128,10", Duration::from_millis(20)));
    assert_eq!(success(server.addr(), "--timeout 30s"), "255,128,10");
}

// REQ-1, REQ-2, REQ-4
#[test]
fn one_read_gives_the_whole_request() {
    for (args, expected) in [("", "GET Data"), ("--name kitchen", "GET Data kitchen\n")] {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let server = BadServer::start({
            let requests = Arc::clone(&requests);
            move |_, stream| {
                let request = read_request(&stream);
                requests.lock().expect("no thread panics").push(String::from_utf8_lossy(&request).into_owned());
                let _ = std::io::Write::write_all(&mut &stream, b"1,2,3");
            }
        });
        let run = harness::Finished::run(&format!(
            "client --server {} --count 20 --interval 1ms --timeout 30s --json {args}",
            server.addr()
        ));
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_eq!(*requests.lock().unwrap(), vec![expected; 20]);
    }
}

// CLI-1
#[test]
fn each_exchange_has_a_connection_of_its_own() {
    let server = BadServer::start(|number, stream| reply(stream, format!("{number},0,0").as_bytes()));
    // By name, which is looked up each time; the listener has no IPv6 address, which is tried as well.
    let run = harness::Finished::run(&format!(
        "client --server localhost:{} --count 10 --interval 1ms --timeout 30s --json",
        server.addr().port()
    ));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let colors: Vec<_> = run.events_of("exchange").iter().map(color).collect();
    let expected: Vec<_> = (0..10).map(|number| format!("{number},0,0")).collect();
    assert_eq!(colors, expected);
    assert_eq!(server.accepted(), 10);
}

// CLI-1
#[cfg(target_os = "linux")]
#[test]
fn no_connection_is_left_open_whatever_comes_of_it() {
    let server = BadServer::start(|number, mut stream| match number % 6 {
        1 => harness::bad_server::reset(stream),
        3 => reply(stream, b"no colour"),
        5 => {
            read_request(&stream);
            let _ = std::io::Write::write_all(&mut stream, b"1,2,3");
            harness::bad_server::hold(stream);
        }
        // Good replies between, so that the waits after failures stay short.
        _ => reply(stream, b"1,2,3"),
    });
    let mut client = start(server.addr(), "--interval 1ms --timeout 250ms");
    client.event_of("exchange");
    let before = client.sockets();
    client.events_of("error", 9);
    // One more may be open at this moment.
    assert!(client.sockets() <= before + 1, "{} sockets, {before} before", client.sockets());
}
