//! Without rules a link changes nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use harness::bad_client::{connect, read_reply};
use harness::bad_server::{BadServer, reset};
use harness::{eventually, tutorial};
use rgb_sim::link::{LinkEnd, LinkRules};

use super::{ask, link, server};

/// Sends back what comes, and ends when the client does.
fn echo() -> BadServer {
    BadServer::start(|_, mut stream| {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..len]).is_err() {
                return;
            }
        }
    })
}

/// Numbers that look drawn, and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// Writes these bytes in writes of changing lengths, ends the stream, and gives what comes back.
fn send_and_read(mut stream: TcpStream, bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut reader = stream.try_clone().expect("the system gives a descriptor");
    std::thread::scope(|scope| {
        let read = scope.spawn(move || {
            let mut read = Vec::new();
            reader.read_to_end(&mut read).expect("the stream ends in order");
            read
        });
        let mut rest = bytes;
        while !rest.is_empty() {
            let len = (1 + numbers.next() as usize % 5000).min(rest.len());
            stream.write_all(&rest[..len]).expect("the link takes it");
            rest = &rest[len..];
        }
        stream.shutdown(Shutdown::Write).expect("the stream is open");
        read.join().expect("the reader does not panic")
    })
}

#[test]
fn any_bytes_pass_unchanged_both_ways() {
    let server = echo();
    let mut numbers = Numbers(1);
    let late = Duration::from_millis(1);
    for rules in [LinkRules::default(), LinkRules { latency: late, jitter: 3 * late, ..Default::default() }] {
        let link = link(server.addr(), rules);
        let mut passed = 0;
        for len in [0, 1, 1460, 1461, 70_000, 1_000_000] {
            let bytes = numbers.bytes(len);
            let echoed = send_and_read(connect(link.addr()), &bytes, &mut numbers);
            assert!(echoed == bytes, "{} of {len} bytes", echoed.len());
            passed += len as u64;
        }
        eventually("all are counted", || link.summary().connections == 6);
        let summary = link.stop();
        assert_eq!((summary.up_bytes, summary.down_bytes, summary.corrupted), (passed, passed, 0));
        assert_eq!(summary.ends, [(LinkEnd::Closed, 6)].into());
    }
}

#[test]
fn boards_and_the_tutorials_programs_meet_through_it() {
    let board = server();
    let to_board = link(board.addr(), LinkRules::default());
    assert_eq!(ask(to_board.addr(), 20).exchanges(), 20);
    assert_eq!(tutorial::client::ask(to_board.addr()).unwrap(), [255, 128, 0]);

    let foreign = tutorial::server::Server::start(|| [1, 2, 3]);
    let to_foreign = link(foreign.addr(), LinkRules::default());
    assert_eq!(ask(to_foreign.addr(), 3).exchanges(), 3);
}

#[test]
fn the_end_of_one_side_is_passed_on_and_the_other_goes_on() {
    let server = BadServer::start(|_, mut stream| {
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        stream.write_all(request.to_uppercase().as_bytes()).unwrap();
    });
    let link = link(server.addr(), LinkRules { latency: Duration::from_millis(20), ..Default::default() });
    let mut stream = connect(link.addr());
    stream.write_all(b"get data").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(read_reply(&mut stream).unwrap(), "GET DATA");
}

#[test]
fn a_connection_that_one_side_breaks_off_is_broken_off_on_the_other() {
    let server = BadServer::start(|number, mut stream| match number {
        0 => {
            stream.read_exact(&mut [0; 8]).unwrap();
            reset(stream);
        }
        _ => assert_eq!(stream.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::ConnectionReset),
    });
    let link = link(server.addr(), LinkRules::default());

    let mut client = connect(link.addr());
    client.write_all(b"GET Data").unwrap();
    assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);

    let client = connect(link.addr());
    eventually("the server has the connection", || server.accepted() == 2);
    reset(client);
    eventually("both are counted", || link.summary().connections == 2);
    assert_eq!(link.stop().ends, [(LinkEnd::Broken, 2)].into());
}

#[test]
fn a_reader_that_does_not_read_makes_the_writer_wait() {
    let server = BadServer::start(|_, stream| {
        // Until the client has gone.
        while stream.peer_addr().is_ok() && !is_reset(&stream) {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let link = link(server.addr(), LinkRules::default());
    let mut client = connect(link.addr());
    client.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let chunk = [0; 64 * 1024];
    let mut written = 0;
    let error = loop {
        match client.write(&chunk) {
            Ok(len) => written += len,
            Err(error) => break error,
        }
        assert!(written < 100_000_000, "nobody reads, and still {written} bytes were taken");
    };
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    reset(client);
}

/// Whether the peer has broken off; reads nothing.
fn is_reset(stream: &TcpStream) -> bool {
    stream.take_error().is_ok_and(|error| error.is_some())
}
