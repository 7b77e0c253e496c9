//! A board's client (CLI and POL clauses).

use std::net::SocketAddrV4;
use std::time::Duration;

use rgb_proto::{ClientConfig, ClientExchange, ClientPolicy, ClientStep, ExchangeError, Instant, Rgb, TransportError};
use smoltcp::socket::tcp;

use super::discovery::Discovery;
use super::event::BoardEventKind;
use super::finder::Finder;
use super::record::Record;
use crate::world::stack::{Stack, TcpHandle};

/// The asking side of a board: one exchange after the other on one socket.
pub(super) struct Client {
    socket: TcpHandle,
    config: ClientConfig,
    policy: ClientPolicy,
    finder: Finder,
    /// Where the server was found; forgotten with each failure (DSC-5).
    known: Option<SocketAddrV4>,
    next_port: u16,
    state: State,
}

enum State {
    /// Asks then.
    Waiting {
        until: Instant,
    },
    Asking {
        exchange: ClientExchange,
        started: Instant,
        awaits: Awaited,
    },
    /// Ends the connection; asks then.
    Closing {
        deadline: Instant,
        until: Instant,
    },
}

/// What an exchange waits for besides its time-out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// That the server is found, or that there is room for the request.
    Anything,
    Connection,
    Reply,
}

/// One attempt that is over.
pub(super) type Outcome = Result<Rgb, ExchangeError>;

impl Client {
    /// More than any reply, and a whole request, as on the real board.
    const RECEIVE_LEN: usize = 512;
    const TRANSMIT_LEN: usize = 64;
    /// How long the connection's end may take; the next exchange waits for it.
    const CLOSE_TIMEOUT: Duration = Duration::from_millis(100);
    /// The ports that are nobody's (RFC 6335, section 6).
    const PORT_FIRST: u16 = 49152;

    pub(super) fn new(stack: &mut Stack, record: &mut Record) -> Self {
        let mut socket = tcp::Socket::new(
            tcp::SocketBuffer::new(vec![0; Self::RECEIVE_LEN]),
            tcp::SocketBuffer::new(vec![0; Self::TRANSMIT_LEN]),
        );
        socket.set_nagle_enabled(false);
        let config = record.settings.client_config();
        Self {
            socket: stack.add_tcp(socket),
            finder: Finder::new(stack),
            policy: ClientPolicy::new(config),
            config,
            known: None,
            next_port: Self::PORT_FIRST | record.random.next_u32() as u16,
            state: State::Waiting { until: record.now },
        }
    }

    /// Does what is to be done now. Whether it acted, and what came of an attempt that is over.
    pub(super) fn poll(
        &mut self,
        stack: &mut Stack,
        discovery: &mut Discovery,
        record: &mut Record,
    ) -> (bool, Option<Outcome>) {
        if !self.has_work(stack.tcp(self.socket), record) {
            return (false, None);
        }
        let (acted, outcome) = self.drive(stack, discovery, record);
        if acted {
            stack.touch_tcp(self.socket);
        }
        (acted, outcome)
    }

    /// Often there is none: most frames of an exchange ask nothing of it.
    fn has_work(&self, socket: &tcp::Socket<'_>, record: &Record) -> bool {
        match &self.state {
            State::Waiting { until } => *until <= record.now && record.address.is_some(),
            State::Asking { started, .. } if *started + self.config.timeout <= record.now => true,
            State::Asking { awaits: Awaited::Connection, .. } => {
                !matches!(socket.state(), tcp::State::SynSent | tcp::State::SynReceived)
            }
            State::Asking { awaits: Awaited::Reply, .. } => socket.can_recv() || !socket.may_recv(),
            State::Asking { awaits: Awaited::Anything, .. } | State::Closing { .. } => true,
        }
    }

    // Apart from the look whether there is work, which is all that most polls come to.
    #[inline(never)]
    fn drive(&mut self, stack: &mut Stack, discovery: &mut Discovery, record: &mut Record) -> (bool, Option<Outcome>) {
        let now = record.now;
        loop {
            match &mut self.state {
                // Without a network there is nobody to ask, and nothing to learn for the policy.
                State::Waiting { until } if now < *until || record.address.is_none() => return (false, None),
                State::Waiting { .. } => {
                    let exchange = ClientExchange::new(&self.config, now);
                    self.state = State::Asking { exchange, started: now, awaits: Awaited::Anything };
                }
                State::Asking { exchange, started, awaits } => {
                    let mut connection = Connection {
                        socket: self.socket,
                        stack,
                        finder: &mut self.finder,
                        discovery,
                        record,
                        known: &mut self.known,
                        next_port: &mut self.next_port,
                        awaits,
                        acted: false,
                    };
                    let outcome = connection.ask(exchange);
                    let acted = connection.acted;
                    let Some(outcome) = outcome else { return (acted, None) };
                    let until = self.policy.handle_outcome(outcome.is_ok(), *started, now, record.random.next_u32());
                    record.handle_exchange(*started, outcome);
                    if outcome.is_err() {
                        self.known = None;
                        self.finder.give_up(stack);
                    }
                    let socket = stack.tcp(self.socket);
                    if outcome.is_ok() {
                        socket.close();
                    } else {
                        socket.abort();
                    }
                    self.state = State::Closing { deadline: now + Self::CLOSE_TIMEOUT, until };
                    return (true, Some(outcome));
                }
                State::Closing { deadline, until } => {
                    let socket = stack.tcp(self.socket);
                    // The stack forgets the peer when the reset has left.
                    let is_over = match socket.state() {
                        tcp::State::TimeWait => true,
                        tcp::State::Closed => socket.remote_endpoint().is_none() || now >= *deadline,
                        _ => false,
                    };
                    if !is_over && now < *deadline {
                        return (false, None);
                    }
                    if !is_over {
                        socket.abort();
                        *deadline = now + Self::CLOSE_TIMEOUT;
                        return (true, None);
                    }
                    self.state = State::Waiting { until: *until };
                }
            }
        }
    }

    /// When there is something to do, should nothing happen before.
    pub(super) fn poll_at(&self, record: &Record) -> Option<Instant> {
        match &self.state {
            State::Waiting { until } => record.address.is_some().then_some(*until),
            State::Asking { started, .. } => Some(*started + self.config.timeout),
            State::Closing { deadline, .. } => Some(*deadline),
        }
    }

    /// The network is gone: what goes on has failed.
    pub(super) fn handle_network_lost(&mut self, stack: &mut Stack) {
        if let State::Asking { exchange, .. } = &mut self.state {
            exchange.handle_error(TransportError::Reset);
        }
        stack.tcp(self.socket).abort();
        stack.touch_tcp(self.socket);
    }
}

/// What one exchange has to do with.
struct Connection<'a> {
    socket: TcpHandle,
    stack: &'a mut Stack,
    finder: &'a mut Finder,
    discovery: &'a mut Discovery,
    record: &'a mut Record,
    known: &'a mut Option<SocketAddrV4>,
    next_port: &'a mut u16,
    awaits: &'a mut Awaited,
    acted: bool,
}

impl Connection<'_> {
    /// Does what the exchange's state machine says, until it waits; then nothing, and at last what came of it.
    fn ask(&mut self, exchange: &mut ClientExchange) -> Option<Outcome> {
        loop {
            match exchange.poll(self.record.now) {
                ClientStep::Connect { .. } => match self.connect()? {
                    Ok(()) => {
                        *self.awaits = Awaited::Anything;
                        exchange.handle_connected();
                    }
                    Err(error) => exchange.handle_error(error),
                },
                ClientStep::Transmit { bytes, .. } => {
                    match self.stack.tcp(self.socket).send_slice(bytes) {
                        Ok(0) => return None,
                        Ok(len) => exchange.handle_sent(len),
                        Err(_) => exchange.handle_error(TransportError::Reset),
                    }
                    self.acted = true;
                }
                ClientStep::Receive { .. } => {
                    *self.awaits = Awaited::Reply;
                    let socket = self.stack.tcp(self.socket);
                    let received = socket.recv(|bytes| {
                        exchange.handle_received(bytes);
                        (bytes.len(), bytes.len())
                    });
                    match received {
                        Ok(0) => return None,
                        Ok(_) => self.acted = true,
                        Err(tcp::RecvError::Finished) => exchange.handle_eof(),
                        Err(tcp::RecvError::InvalidState) => exchange.handle_error(TransportError::Reset),
                    }
                }
                ClientStep::Done(outcome) => return Some(outcome),
            }
        }
    }

    /// Opens a connection (CLI-1); nothing while that goes on.
    fn connect(&mut self) -> Option<Result<(), TransportError>> {
        if *self.awaits == Awaited::Connection {
            return match self.stack.tcp(self.socket).state() {
                tcp::State::SynSent | tcp::State::SynReceived => None,
                tcp::State::Closed | tcp::State::TimeWait => Some(Err(TransportError::Refused)),
                _ => Some(Ok(())),
            };
        }
        let server = match *self.known {
            Some(server) => server,
            None => match self.find()? {
                Ok(server) => server,
                Err(error) => return Some(Err(error)),
            },
        };
        *self.known = Some(server);
        if self.record.address == Some(*server.ip()) {
            // Its own packets never come back to a board. That is no fault of the link, so it must not look like one.
            self.record.tell(BoardEventKind::AsksItself);
            return Some(Err(TransportError::Refused));
        }
        let port = *self.next_port;
        *self.next_port = port.checked_add(1).unwrap_or(Client::PORT_FIRST);
        let (socket, context) = self.stack.tcp_with_context(self.socket);
        match socket.connect(context, server, port) {
            Ok(()) => {
                *self.awaits = Awaited::Connection;
                self.acted = true;
                None
            }
            Err(tcp::ConnectError::Unaddressable) => Some(Err(TransportError::Unreachable)),
            Err(tcp::ConnectError::InvalidState) => Some(Err(TransportError::Other)),
        }
    }

    fn find(&mut self) -> Option<Result<SocketAddrV4, TransportError>> {
        // A search that begins has a question to send.
        self.acted |= !self.finder.is_searching();
        self.finder.find(self.stack, self.discovery, self.record)
    }
}
