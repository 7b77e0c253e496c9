//! Hands out random colours: drives a `ServerExchange` over any transport that implements the `embedded-io` traits, shown
//! over the standard library's TCP.
//!
//! ```text
//! cargo run -p rgb-proto --example server_embedded_io -- 127.0.0.1:8080
//! ```
//!
//! Ask it with the tutorial's client, `curl http://127.0.0.1:8080/`, a browser, or the example `client_std`.
//!
//! The `embedded-io` traits read, write and flush; an exchange needs two things more, which [`serve`] asks of its caller:
//!
//! - **Time-outs.** A `read` of these traits may block for ever, and no deadline of the exchange can be kept while it does.
//!   The transport must give up after a short time (here 20 ms) with an error of kind `TimedOut`; then the exchange is
//!   polled again. Deadlines are kept to within that time. On a board without such a transport use the asynchronous traits
//!   and a timer, or poll the network stack.
//! - **The end of the stream.** The traits cannot end one side of a connection. The client needs it, for the end of the stream
//!   ends the reply (END-1), and the server must go on reading afterwards (SRV-3); so the caller passes a function that
//!   does it.
//!
//! A third is the transport's own: that one `write` and `flush` leave as one segment (SRV-2). Switch Nagle's algorithm off
//! and give the transport a buffer of at least `Response::MAX_LEN` bytes, if it has one.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant as StdInstant};

use embedded_io::{Error, ErrorKind, Read, Write};
use embedded_io_adapters::std::FromStd;
use rgb_proto::{Instant, Request, Rgb, ServeError, Served, ServerConfig, ServerExchange, ServerStep, TransportError};

/// How long a read or a write blocks at most.
const TICK: Duration = Duration::from_millis(20);

/// Serves the one exchange of an accepted connection. The caller closes the connection afterwards; behind an error it breaks
/// it off, where its platform can.
///
/// `transport` must return an error of kind `TimedOut` when nothing happens for a while. `end_stream` ends the sending
/// side of the connection and leaves the receiving side open. `now` is a monotonic clock, and `choose` gives the colour that
/// answers a request.
fn serve<T: Read + Write>(
    transport: &mut T,
    config: &ServerConfig,
    now: impl Fn() -> Instant,
    choose: impl Fn(&Request) -> Rgb,
    end_stream: impl Fn(&mut T),
) -> Result<Served, ServeError> {
    let mut exchange = ServerExchange::new(config, now());
    let mut buffer = [0; 256];
    // Something has been sent whose end the client has not been told.
    let mut stream_open = false;
    loop {
        match exchange.poll(now()) {
            ServerStep::Receive { .. } => {
                if stream_open {
                    end_stream(transport);
                    stream_open = false;
                }
                match transport.read(&mut buffer) {
                    Ok(0) => exchange.handle_eof(),
                    Ok(len) => exchange.handle_received(&buffer[..len], now()),
                    Err(error) => report(&mut exchange, &error),
                }
            }
            ServerStep::Reply(request) => exchange.reply(choose(&request)),
            ServerStep::Transmit { bytes, .. } => match transport.write(bytes) {
                Ok(len) => {
                    stream_open = true;
                    // Where the flush is incomplete, the next one or the end of the stream completes it.
                    if let Err(error) = transport.flush() {
                        report(&mut exchange, &error);
                    }
                    exchange.handle_sent(len, now());
                }
                Err(error) => report(&mut exchange, &error),
            },
            // This server has no documents: it answers every request with a colour.
            ServerStep::TransmitBody { .. } => unreachable!("only `reply_document` leads here"),
            ServerStep::Done(outcome) => return outcome,
        }
    }
}

/// Tells the exchange what broke; a time-out is nothing to tell.
fn report(exchange: &mut ServerExchange, error: &impl Error) {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::Interrupted => {}
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            exchange.handle_error(TransportError::Reset);
        }
        _ => exchange.handle_error(TransportError::Other),
    }
}

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(&address)?;
    println!("handing out colours on {}", listener.local_addr()?);
    for connection in listener.incoming() {
        // A thread each, so that no client keeps the server from answering others (SRV-5).
        match connection {
            Ok(stream) => drop(thread::spawn(move || answer(stream))),
            Err(error) => eprintln!("a connection could not be accepted: {error}"),
        }
    }
    Ok(())
}

/// Serves one client and says what came of it.
fn answer(stream: TcpStream) {
    let client = stream.peer_addr().map_or("a client".into(), |client| client.to_string());
    let outcome = Socket::new(stream).map(|socket| {
        let started = StdInstant::now();
        serve(
            &mut FromStd::new(socket),
            &ServerConfig::default(),
            || Instant::ORIGIN + started.elapsed(),
            |_| random_color(),
            // Fails only where the connection is broken, which the next read tells.
            |transport| drop(transport.inner().0.shutdown(Shutdown::Write)),
        )
    });
    match outcome {
        Ok(Ok(served)) => {
            println!("{client}: {:?} was answered with {}", served.request, served.color.unwrap_or_default());
        }
        Ok(Err(error)) => eprintln!("{client}: {error}"),
        Err(error) => eprintln!("{client}: the socket could not be set up: {error}"),
    }
}

fn random_color() -> Rgb {
    // Each `RandomState` has new random keys.
    let [r, g, b, ..] = RandomState::new().hash_one(()).to_le_bytes();
    Rgb::new(r, g, b)
}

/// A TCP connection whose reads and writes end with `TimedOut` after a tick.
struct Socket(TcpStream);

impl Socket {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TICK))?;
        stream.set_write_timeout(Some(TICK))?;
        Ok(Self(stream))
    }
}

/// Unix reports a passed time-out as `WouldBlock`, which `embedded-io` does not know.
fn as_time_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}

impl io::Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(as_time_out)
    }
}

impl io::Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(as_time_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(as_time_out)
    }
}
