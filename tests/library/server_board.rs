//! A server board without an async runtime.

use std::net::{TcpListener, TcpStream};

use harness::bad_client::ask;
use harness::{eventually, tutorial};
use rgb_sim::{Rgb, Script, ServerBoard, ServerBoardConfig, StartError};

use super::server;

const RED: Rgb = Rgb::new(255, 0, 0);
const BLUE: Rgb = Rgb::new(0, 0, 255);

#[test]
fn its_port_is_free_and_of_this_machine_alone() {
    let (first, second) = (server(&[RED], Default::default()), server(&[RED], Default::default()));
    assert!(first.addr().ip().is_loopback() && first.addr().port() != 0);
    assert_ne!(first.addr(), second.addr());
}

#[test]
fn it_sends_the_scripts_colours_in_order() {
    let board = server(&[RED, BLUE], Default::default());
    let replies: Vec<_> = (0..3).map(|_| ask(board.addr(), "GET Data")).collect();
    assert_eq!(replies, ["255,0,0", "0,0,255", "255,0,0"]);
}

#[test]
fn another_source_takes_over_at_once() {
    let board = server(&[RED], Default::default());
    assert_eq!(tutorial::client::ask(board.addr()).unwrap(), [255, 0, 0]);
    board.set_source(Box::new(Script::fixed(BLUE)));
    assert_eq!(tutorial::client::ask(board.addr()).unwrap(), [0, 0, 255]);
    let mut brightness = 0;
    board.set_source(Box::new(move || {
        brightness += 1;
        Rgb::new(brightness, brightness, brightness)
    }));
    assert_eq!(tutorial::client::ask(board.addr()).unwrap(), [1, 1, 1]);
    assert_eq!(tutorial::client::ask(board.addr()).unwrap(), [2, 2, 2]);
}

#[test]
fn it_counts_what_it_served() {
    let board = server(&[RED], Default::default());
    assert_eq!(board.stats().served, 0);
    for _ in 0..5 {
        tutorial::client::ask(board.addr()).unwrap();
    }
    eventually("all five are counted", || board.stats().served == 5);
    let stats = board.stop();
    assert_eq!((stats.served, stats.notices_by_kind.len()), (5, 0));
}

#[test]
fn stop_frees_the_port() {
    let board = server(&[RED], Default::default());
    let addr = board.addr();
    tutorial::client::ask(addr).unwrap();
    let _ = board.stop();
    assert!(TcpStream::connect(addr).is_err());
    let again = ServerBoard::start(ServerBoardConfig { bind: addr, ..Default::default() }).unwrap();
    assert_eq!(again.addr(), addr);
}

#[test]
fn drop_stops_it() {
    let addr = server(&[RED], Default::default()).addr();
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn a_taken_port_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap();
    let error = ServerBoard::start(ServerBoardConfig { bind, ..Default::default() }).err().unwrap();
    assert!(matches!(error, StartError::Bind { addr, .. } if addr == bind), "{error}");
}

// SRV-5
#[test]
fn several_workers_share_the_port_and_the_colours() {
    let colors: Vec<_> = (0..100).map(|number| Rgb::new(number, 0, 0)).collect();
    let source = Box::new(Script::new(colors.clone()).unwrap());
    let board = ServerBoard::start(ServerBoardConfig { source, workers: 4, ..Default::default() }).unwrap();
    let mut replies: Vec<_> = (0..100).map(|_| tutorial::client::ask(board.addr()).unwrap()[0]).collect();
    replies.sort_unstable();
    assert_eq!(replies, (0..100).collect::<Vec<_>>());
    assert_eq!(board.stop().served, 100);
}
