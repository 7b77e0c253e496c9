//! Asks a server for one colour: drives a `ClientExchange` over the standard library's TCP.
//!
//! ```text
//! cargo run -p rgb-proto --features std --example client_std -- 127.0.0.1:8080 [name]
//! ```
//!
//! Looking a name up is the one step that cannot be bounded here: the standard library's lookup blocks for as long as the
//! system's does. Give an IP address where that matters.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::{Duration, Instant as StdInstant};

use rgb_proto::{ClientConfig, ClientExchange, ClientStep, ExchangeError, Instant, Rgb, TransportError};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(server) = arguments.next() else {
        eprintln!("usage: client_std <address>:<port> [name], such as client_std 192.168.1.20:80 kitchen");
        return ExitCode::FAILURE;
    };
    let mut config = ClientConfig::default();
    if let Some(name) = arguments.next() {
        match name.parse() {
            Ok(name) => config.name = Some(name),
            Err(error) => {
                eprintln!("{name:?} is not a name: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    match ask(&server, &config) {
        Ok(color) => {
            println!("{color}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{server}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One exchange with `server`, from looking its name up to closing the connection.
fn ask(server: &str, config: &ClientConfig) -> Result<Rgb, ExchangeError> {
    let clock = Clock(StdInstant::now());
    let mut exchange = ClientExchange::new(config, clock.now());
    let mut connection = None;
    loop {
        // What comes of a step is told only if it came before the step's deadline; otherwise the next poll ends it.
        match exchange.poll(clock.now()) {
            ClientStep::Connect { deadline } => {
                let result = connect(server, &clock, deadline);
                if clock.now() < deadline {
                    match result {
                        Ok(stream) => {
                            connection = Some(stream);
                            exchange.handle_connected();
                        }
                        Err(error) => exchange.handle_error(error),
                    }
                }
            }
            ClientStep::Transmit { bytes, deadline } => {
                let stream = connection.as_mut().expect("a request is sent on a connection");
                let result = stream.set_write_timeout(Some(clock.left(deadline))).and_then(|()| stream.write(bytes));
                match result {
                    _ if clock.now() >= deadline => {}
                    Ok(len) => exchange.handle_sent(len),
                    Err(error) if is_time_out(&error) => {}
                    Err(error) => exchange.handle_error((&error).into()),
                }
            }
            ClientStep::Receive { deadline } => {
                let stream = connection.as_mut().expect("a reply comes on a connection");
                let mut buffer = [0; 64];
                let result =
                    stream.set_read_timeout(Some(clock.left(deadline))).and_then(|()| stream.read(&mut buffer));
                match result {
                    _ if clock.now() >= deadline => {}
                    Ok(0) => exchange.handle_eof(),
                    Ok(len) => exchange.handle_received(&buffer[..len]),
                    Err(error) if is_time_out(&error) => {}
                    Err(error) => exchange.handle_error((&error).into()),
                }
            }
            // The connection closes when it goes out of scope.
            ClientStep::Done(outcome) => return outcome,
        }
    }
}

/// Connects to the first of the server's addresses that answers before the deadline.
fn connect(server: &str, clock: &Clock, deadline: Instant) -> Result<TcpStream, TransportError> {
    let addresses = server.to_socket_addrs().map_err(|_| TransportError::NameNotFound)?;
    let mut failure = TransportError::NameNotFound;
    for address in addresses {
        match TcpStream::connect_timeout(&address, clock.left(deadline)) {
            Ok(stream) => {
                // Without it the request arrives all the same: nothing sent before it waits for an acknowledgement.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => failure = (&error).into(),
        }
    }
    Err(failure)
}

/// How a socket reports that its time-out passed or a signal came: nothing has happened, so poll again.
fn is_time_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// The time since the program began to ask.
struct Clock(StdInstant);

impl Clock {
    fn now(&self) -> Instant {
        Instant::ORIGIN + self.0.elapsed()
    }

    /// The time left until `deadline`, never zero: sockets take a time-out of zero for none, or refuse it.
    fn left(&self, deadline: Instant) -> Duration {
        deadline.saturating_duration_since(self.now()).max(Duration::from_micros(1))
    }
}
