//! Boards that find each other, without an async runtime around them and on the loopback interface alone.

use harness::eventually;
use rgb_sim::discovery::{Announcement, Interfaces};
use rgb_sim::{ClientBoard, ClientBoardConfig, Event, ServerAddr, ServerBoard, ServerBoardConfig};
use tokio::sync::mpsc;

use super::quick_client;

// DSC-1, DSC-5, DSC-7
#[test]
fn a_board_is_found_by_name_while_it_is_announced() {
    let (events, mut received) = mpsc::channel(16);
    let name = "In-library".parse().unwrap();
    let config = ServerBoardConfig { name, events: Some(events), ..Default::default() };
    let board = ServerBoard::start(config).unwrap();
    assert_eq!(board.name().as_str(), "In-library");
    let loopback: Interfaces = "127.0.0.1".parse().unwrap();
    let announcement = Announcement::start(&board, loopback.clone()).unwrap();
    let host = match received.blocking_recv() {
        Some(Event::Announced { board, host, taken: None, .. }) if board == "In-library" => host,
        other => panic!("not announced: {other:?}"),
    };
    assert_eq!(host, "in-library.local");
    let by_name: ServerAddr = format!("{host}:{}", board.addr().port()).parse().unwrap();
    let config = ClientBoardConfig {
        server: by_name.into(),
        interfaces: loopback,
        count: Some(1),
        ..quick_client(board.addr())
    };
    eventually("a client finds the board", || ClientBoard::start(config.clone()).unwrap().wait().exchanges() == 1);
    drop(announcement);
    let tally = ClientBoard::start(config).unwrap().wait();
    assert_eq!((tally.exchanges(), tally.errors()), (0, 1), "it has said goodbye");
}
