//! Asking for colours (CLI and POL clauses).

use core::net::SocketAddrV4;
use core::pin::pin;
use core::time::Duration;

use embassy_net::Stack;
use embassy_net::dns::{DnsQueryType, IpAddress};
use embassy_net::tcp::{ConnectError, State, TcpSocket};
use rgb_proto::settings::ServerHost;
use rgb_proto::{ClientConfig, ClientExchange, ClientPolicy, ClientStep, ExchangeError, Rgb, TransportError};

use crate::board::{Board, Part};
use crate::clock;
use crate::discovery::Finder;
use crate::log::{Event, Log};

/// The buffers of one [`ask_forever`].
pub struct ClientBuffers {
    receive: [u8; Self::RECEIVE_LEN],
    transmit: [u8; Self::TRANSMIT_LEN],
}

impl ClientBuffers {
    /// More than any reply, so that a server that sends too much is found out at once.
    const RECEIVE_LEN: usize = 512;
    /// A whole request.
    const TRANSMIT_LEN: usize = 64;

    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; Self::RECEIVE_LEN], transmit: [0; Self::TRANSMIT_LEN] }
    }
}

impl Default for ClientBuffers {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks the settings' server for a colour, shows it on the board, and asks again, for ever (POL-4). Without a server in its
/// settings it asks the first one announced, which `finder` looks for (DSC-6).
///
/// It needs places for one socket and for the stack's name look-ups in the stack's resources. `random` gives uniformly drawn
/// numbers; they spread the waits of boards that failed together (POL-3).
pub async fn ask_forever(
    stack: Stack<'_>,
    board: &Board,
    finder: &Finder,
    log: &dyn Log,
    buffers: &mut ClientBuffers,
    mut random: impl FnMut() -> u32,
) -> ! {
    let settings = board.settings();
    let config = settings.client_config();
    let mut policy = ClientPolicy::new(config);
    let mut asker = Asker {
        stack,
        board,
        finder,
        log,
        known: None,
        socket: TcpSocket::new(stack, &mut buffers.receive, &mut buffers.transmit),
    };
    asker.socket.set_nagle_enabled(false);
    loop {
        // Without a network there is nobody to ask, and nothing to learn for the policy.
        board.await_alive(Part::Client, board.network_up()).await;
        let started = clock::now();
        let outcome = asker.ask(&config).await;
        let ended = clock::now();
        board.handle_exchange(outcome);
        match outcome {
            Ok(color) => Event::Received(color).tell(log),
            Err(error) => {
                asker.known = None;
                Event::ExchangeFailed(error).tell(log);
            }
        }
        let next = policy.handle_outcome(outcome.is_ok(), started, ended, random());
        asker.close(outcome.is_ok()).await;
        board.await_alive(Part::Client, clock::sleep_until(next)).await;
    }
}

const fn broken(_: embassy_net::tcp::Error) -> TransportError {
    TransportError::Reset
}

struct Asker<'a> {
    stack: Stack<'a>,
    board: &'a Board,
    finder: &'a Finder,
    log: &'a dyn Log,
    /// Where the server was found; forgotten with each failure (DSC-5).
    known: Option<SocketAddrV4>,
    socket: TcpSocket<'a>,
}

impl Asker<'_> {
    /// How long the connection's end may take; the next exchange waits for it.
    const CLOSE_TIMEOUT: Duration = Duration::from_millis(100);

    /// Does what one exchange's state machine says.
    async fn ask(&mut self, config: &ClientConfig) -> Result<Rgb, ExchangeError> {
        let mut exchange = ClientExchange::new(config, clock::now());
        let board = self.board;
        let mut network_lost = pin!(board.address_changed(board.address()));
        loop {
            board.moved(Part::Client);
            match exchange.poll(clock::now()) {
                ClientStep::Connect { deadline } => {
                    let connect = self.connect();
                    match clock::attempt(deadline, network_lost.as_mut(), connect, |error| error).await {
                        Some(Ok(())) => exchange.handle_connected(),
                        Some(Err(error)) => exchange.handle_error(error),
                        None => {}
                    }
                }
                ClientStep::Transmit { bytes, deadline } => {
                    let write = self.socket.write(bytes);
                    match clock::attempt(deadline, network_lost.as_mut(), write, broken).await {
                        Some(Ok(len)) => exchange.handle_sent(len),
                        Some(Err(error)) => exchange.handle_error(error),
                        None => {}
                    }
                }
                ClientStep::Receive { deadline } => {
                    let mut buffer = [0; 64];
                    let read = self.socket.read(&mut buffer);
                    match clock::attempt(deadline, network_lost.as_mut(), read, broken).await {
                        Some(Ok(0)) => exchange.handle_eof(),
                        Some(Ok(len)) => exchange.handle_received(buffer.get(..len).unwrap_or_default()),
                        Some(Err(error)) => exchange.handle_error(error),
                        None => {}
                    }
                }
                ClientStep::Done(outcome) => return outcome,
            }
        }
    }

    /// Opens a connection (CLI-1).
    async fn connect(&mut self) -> Result<(), TransportError> {
        let server = match self.known {
            Some(server) => server,
            None => self.find().await?,
        };
        self.known = Some(server);
        if self.board.address() == Some(*server.ip()) {
            // Its own packets never come back to a board. That is no fault of the link, so it must not look like one.
            Event::AsksItself.tell(self.log);
            return Err(TransportError::Refused);
        }
        self.socket.connect(server).await.map_err(|error| match error {
            ConnectError::ConnectionReset => TransportError::Refused,
            ConnectError::NoRoute => TransportError::Unreachable,
            ConnectError::InvalidState | ConnectError::TimedOut => TransportError::Other,
        })
    }

    /// Looks the server up (DSC-5), a name that ends in `.local` by asking everybody (RFC 6762), or takes the first one that
    /// announces itself (DSC-6).
    async fn find(&self) -> Result<SocketAddrV4, TransportError> {
        let settings = self.board.settings();
        let address = match settings.server() {
            Some(ServerHost::Ip(address)) => *address,
            Some(ServerHost::Name(name)) => {
                let found = self.stack.dns_query(name.as_str(), DnsQueryType::A).await;
                match found.ok().and_then(|addresses| addresses.first().copied()) {
                    Some(IpAddress::Ipv4(address)) => address,
                    None => return Err(TransportError::NameNotFound),
                }
            }
            None => {
                let server = self.finder.find().await;
                Event::Found(&server).tell(self.log);
                return Ok(server.address);
            }
        };
        Ok(SocketAddrV4::new(address, settings.port()))
    }

    /// Ends the connection, and leaves the socket ready for the next one.
    async fn close(&mut self, in_order: bool) {
        let deadline = clock::now() + Self::CLOSE_TIMEOUT;
        if in_order {
            self.socket.close();
            let _ = clock::before(deadline, self.socket.flush()).await;
        }
        if !matches!(self.socket.state(), State::Closed | State::TimeWait) {
            self.socket.abort();
            let _ = clock::before(deadline, self.socket.flush()).await;
        }
    }
}
