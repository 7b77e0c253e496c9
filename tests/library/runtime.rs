//! Boards inside a tokio runtime, of either kind.

use rgb_sim::{ClientBoard, ClientBoardConfig, Event, Rgb, Script, ServerBoard, ServerBoardConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use super::quick_client;

const RED: Rgb = Rgb::new(255, 0, 0);

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.enable_all().build().expect("the system gives threads"))
}

fn serve(count: Option<u64>, events: Option<mpsc::Sender<Event>>) -> ServerBoard {
    let source = Box::new(Script::fixed(RED));
    ServerBoard::start(ServerBoardConfig { source, count, events, ..Default::default() }).expect("there is a free port")
}

#[test]
fn a_server_board_serves_async_clients() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let board = serve(None, None);
            let mut stream = TcpStream::connect(board.addr()).await.unwrap();
            stream.write_all(b"GET Data").await.unwrap();
            let mut reply = String::new();
            stream.read_to_string(&mut reply).await.unwrap();
            assert_eq!(reply, "255,0,0");
            drop(stream);
            assert_eq!(board.stop().served, 1);
        });
    }
}

#[test]
fn boards_can_be_started_stopped_and_dropped() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let server = serve(None, None);
            let config = ClientBoardConfig { count: Some(3), ..quick_client(server.addr()) };
            assert_eq!(ClientBoard::start(config).unwrap().wait().exchanges(), 3);
            drop(ClientBoard::start(quick_client(server.addr())).unwrap());
            drop(server);
        });
    }
}

#[test]
fn a_server_board_tells_when_it_has_answered_its_last_request() {
    for runtime in runtimes() {
        let (events, mut received) = mpsc::channel(16);
        runtime.block_on(async {
            let board = serve(Some(2), Some(events));
            let config = ClientBoardConfig { count: Some(2), ..quick_client(board.addr()) };
            let client = tokio::spawn(config.run(std::future::pending()));
            board.stopped().await;
            assert_eq!(client.await.unwrap().exchanges(), 2);
            assert_eq!(board.stop().served, 2);
            for _ in 0..2 {
                let event = received.recv().await;
                assert!(matches!(event, Some(Event::Served { .. })), "{event:?}");
            }
            assert_eq!(received.recv().await, None);
        });
    }
}

#[test]
fn a_client_board_ends_when_it_is_told_to() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let server = serve(None, None);
            let (events, mut received) = mpsc::channel(1);
            let config = ClientBoardConfig { events: Some(events), ..quick_client(server.addr()) };
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let client = tokio::spawn(config.run(async {
                // Sent or dropped: the end is the end.
                let _ = stopped.await;
            }));
            for _ in 0..5 {
                let event = received.recv().await;
                assert!(matches!(event, Some(Event::Exchange { color: RED, .. })), "{event:?}");
            }
            stop.send(()).unwrap();
            assert!(client.await.unwrap().exchanges() >= 5);
        });
    }
}
