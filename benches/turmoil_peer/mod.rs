//! The same exchange on `turmoil`, a simulation of tokio's sockets without TCP, radio or boards: a server host that answers
//! `GET Data` with nine bytes and closes, and client hosts that ask it for ever.

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};
use turmoil::net::{TcpListener, TcpStream};
use turmoil::{Builder, Sim};

const REQUEST: &[u8] = b"GET Data";
const REPLY: &[u8] = b"255,128,0";
const PORT: u16 = 80;
/// All clients may ask in the same tick.
const CONNECTIONS_MAX: usize = 1024;

/// The hosts, and how often a client has got its reply.
pub(crate) struct TurmoilPeer {
    sim: Sim<'static>,
    exchanges: Rc<Cell<u64>>,
}

impl TurmoilPeer {
    /// Clients, and one server, which have come so far that the first reply is there. A message takes as long as turmoil lets
    /// it unless told otherwise, 0 to 100 ms, or this long. Its clock moves by a millisecond at a time. An exchange begins so long
    /// behind the last one's beginning, or else behind its end.
    pub(crate) fn new(clients: u16, interval: Duration, latency: Option<Duration>) -> Self {
        let mut builder = Builder::new();
        builder
            .tick_duration(Duration::from_millis(1))
            .tcp_capacity(CONNECTIONS_MAX)
            .simulation_duration(Duration::MAX);
        if let Some(latency) = latency {
            builder.min_message_latency(latency).max_message_latency(latency);
        }
        let mut sim = builder.build();
        sim.host("server", serve);
        let exchanges = Rc::new(Cell::new(0));
        for number in 0..clients {
            sim.client(format!("client-{number}"), ask(interval, Rc::clone(&exchanges)));
        }
        let mut peer = Self { sim, exchanges };
        while peer.exchanges_of_a_while() == 0 {}
        peer
    }

    /// Some, and how many.
    pub(crate) fn exchanges_of_a_while(&mut self) -> u64 {
        let before = self.exchanges.get();
        for _ in 0..10 {
            self.sim.step().expect("hosts that work");
        }
        self.exchanges.get() - before
    }
}

async fn serve() -> turmoil::Result {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT)).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let mut request = [0; REQUEST.len()];
            stream.read_exact(&mut request).await.expect("a request");
            assert_eq!(request, REQUEST);
            stream.write_all(REPLY).await.expect("an open connection");
            stream.shutdown().await.expect("an open connection");
        });
    }
}

async fn ask(interval: Duration, exchanges: Rc<Cell<u64>>) -> turmoil::Result {
    let mut reply = Vec::new();
    let mut next_ask = Instant::now();
    loop {
        sleep_until(next_ask).await;
        next_ask = Instant::now().max(next_ask + interval);
        let mut stream = TcpStream::connect(("server", PORT)).await?;
        stream.write_all(REQUEST).await?;
        reply.clear();
        stream.read_to_end(&mut reply).await?;
        assert_eq!(reply, REPLY);
        exchanges.set(exchanges.get() + 1);
    }
}
