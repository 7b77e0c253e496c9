//! rgb-sim as a library: boards inside a test, as its users have them.

mod client_board;
mod discovery;
mod limits;
mod runtime;
mod server_board;
mod vectors;

use std::time::Duration;

use rgb_sim::{ClientBoardConfig, ClientConfig, Rgb, Script, ServerBoard, ServerBoardConfig, ServerConfig};

/// A server board that sends these colours.
fn server(colors: &[Rgb], exchange: ServerConfig) -> ServerBoard {
    let source = Box::new(Script::new(colors.to_vec()).expect("a test gives a colour"));
    ServerBoard::start(ServerBoardConfig { source, exchange, ..Default::default() }).expect("there is a free port")
}

/// A client board that asks in quick succession and gives a slow machine time.
fn quick_client(addr: std::net::SocketAddr) -> ClientBoardConfig {
    let client = ClientConfig {
        interval: Duration::from_millis(1),
        timeout: Duration::from_secs(30),
        backoff: rgb_proto::Backoff { first: Duration::from_millis(1), longest: Duration::from_millis(1) },
        ..Default::default()
    };
    ClientBoardConfig { client, ..ClientBoardConfig::new(addr) }
}
