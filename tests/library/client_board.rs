//! A client board without an async runtime.

use harness::bad_server::{BadServer, hold};
use harness::{eventually, timed};
use rgb_sim::{ClientBoard, ClientBoardConfig, ErrorKind, Rgb, Script, ServerBoard, ServerBoardConfig};
use std::time::Duration;

use super::{quick_client, server};

const RED: Rgb = Rgb::new(255, 0, 0);
const BLUE: Rgb = Rgb::new(0, 0, 255);

#[test]
fn it_asks_as_often_as_asked_for() {
    let server = server(&[RED], Default::default());
    let config = ClientBoardConfig { count: Some(10), ..quick_client(server.addr()) };
    let tally = ClientBoard::start(config).unwrap().wait();
    assert_eq!((tally.exchanges(), tally.errors()), (10, 0));
    assert_eq!(server.stop().served, 10);
}

// POL-4
#[test]
fn it_keeps_its_colour_while_the_server_is_away_and_goes_on_when_it_is_back() {
    let port = harness::port::ReservedPort::new();
    let serve = |color| {
        let source = Box::new(Script::fixed(color));
        ServerBoard::start(ServerBoardConfig { bind: port.addr(), source, ..Default::default() }).unwrap()
    };
    let first = serve(RED);
    let client = ClientBoard::start(quick_client(port.addr())).unwrap();
    eventually("the first colour", || client.color() == Some(RED));
    let _ = first.stop();
    eventually("five failures", || client.tally().errors() >= 5);
    assert_eq!(client.color(), Some(RED));
    let _second = serve(BLUE);
    eventually("the second colour", || client.color() == Some(BLUE));
    let tally = client.stop();
    assert!(tally.errors_by_kind()[&ErrorKind::Connect] >= 4, "{tally:?}");
}

#[test]
fn it_shows_nothing_before_its_first_colour() {
    let port = harness::port::ReservedPort::new();
    let client = ClientBoard::start(quick_client(port.addr())).unwrap();
    eventually("a failure", || client.tally().errors() > 0);
    assert_eq!(client.color(), None);
}

#[test]
fn neither_stop_nor_drop_waits_for_the_server() {
    let server = BadServer::start(|_, stream| hold(stream));
    let (_, elapsed) = timed(|| {
        let client = ClientBoard::start(quick_client(server.addr())).unwrap();
        eventually("the client asks", || server.accepted() == 1);
        assert_eq!(client.stop().attempts(), 0, "an attempt that was interrupted does not count");
        drop(ClientBoard::start(quick_client(server.addr())).unwrap());
    });
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}
