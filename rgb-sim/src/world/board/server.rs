//! A board's server: one connection of it (SRV clauses).

use std::time::Duration;

use rgb_proto::http::{ContentType, Document, PAGE};
use rgb_proto::{
    Instant, Request, Resource, ServeError, Served, ServerConfig, ServerExchange, ServerStep, TransportError,
};
use smoltcp::socket::tcp;

use super::event::BoardEventKind;
use super::record::Record;
use crate::world::stack::{Stack, TcpHandle};

/// One socket that takes one connection after the other.
pub(super) struct Server {
    socket: TcpHandle,
    config: ServerConfig,
    port: u16,
    state: State,
    /// When that state is over at the latest, unless it waits for a client.
    deadline: Instant,
    /// The present exchange, or the last one; and the document that is sent in it.
    exchange: ServerExchange,
    body: Vec<u8>,
    /// When there is something to do, should nothing happen before.
    due: Option<Instant>,
    /// Whether it waits for bytes of the client.
    is_reading: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Waits for a client.
    Listening,
    /// Answers one.
    Serving,
    /// Waits until the client has got everything.
    Ending,
    /// Waits until the reset has left.
    Resetting,
}

impl Server {
    /// A request as long as one is read, and a segment, as on the real board.
    const RECEIVE_LEN: usize = rgb_proto::MAX_REQUEST_LEN;
    const TRANSMIT_LEN: usize = 1460;
    /// A reset needs no answer, but it cannot leave while the peer's hardware address is unknown.
    const RESET_TIMEOUT: Duration = Duration::from_millis(100);

    /// A board has so many: a socket of smoltcp has no backlog, so a client that finds all of them busy is refused (SRV-5).
    pub(super) const COUNT: usize = 4;

    pub(super) fn new(stack: &mut Stack, port: u16, now: Instant) -> Self {
        let config = ServerConfig::default();
        let mut socket = tcp::Socket::new(
            tcp::SocketBuffer::new(vec![0; Self::RECEIVE_LEN]),
            tcp::SocketBuffer::new(vec![0; Self::TRANSMIT_LEN]),
        );
        socket.set_nagle_enabled(false);
        let timeout = config.timeout + config.linger;
        socket.set_timeout(Some(smoltcp::time::Duration::from_micros(timeout.as_micros() as u64)));
        listen(&mut socket, port);
        Self {
            socket: stack.add_tcp(socket),
            config,
            port,
            state: State::Listening,
            deadline: now,
            exchange: ServerExchange::new(&config, now),
            body: Vec::new(),
            due: None,
            is_reading: false,
        }
    }

    /// Does what is to be done now, if there may be anything. Whether it acted.
    pub(super) fn poll(&mut self, stack: &mut Stack, record: &mut Record) -> bool {
        let is_due = self.due.is_some_and(|due| due <= record.now);
        if !(stack.has_tcp_changed(self.socket) || is_due) || !self.has_work(stack.tcp(self.socket), is_due) {
            return false;
        }
        let acted = self.drive(stack, record);
        if acted {
            stack.touch_tcp(self.socket);
        }
        (self.due, self.is_reading) = match self.state {
            State::Listening => (None, false),
            State::Serving => match self.exchange.poll(record.now) {
                ServerStep::Receive { deadline } => (Some(deadline), true),
                ServerStep::Transmit { deadline, .. } | ServerStep::TransmitBody { deadline, .. } => {
                    (Some(deadline), false)
                }
                ServerStep::Reply(_) | ServerStep::Done(_) => (Some(record.now), false),
            },
            State::Ending | State::Resetting => (Some(self.deadline), false),
        };
        acted
    }

    /// Often there is none: most frames of an exchange ask nothing of it.
    fn has_work(&self, socket: &tcp::Socket<'_>, is_due: bool) -> bool {
        match self.state {
            State::Listening => !matches!(socket.state(), tcp::State::Listen | tcp::State::SynReceived),
            State::Serving if self.is_reading => is_due || socket.can_recv() || !socket.may_recv(),
            State::Serving | State::Ending | State::Resetting => true,
        }
    }

    // Apart from the look whether there is work, which is all that most polls come to.
    #[inline(never)]
    fn drive(&mut self, stack: &mut Stack, record: &mut Record) -> bool {
        let now = record.now;
        let socket = stack.tcp(self.socket);
        let mut acted = false;
        loop {
            let next = match self.state {
                State::Listening => match socket.state() {
                    tcp::State::Listen | tcp::State::SynReceived => return acted,
                    tcp::State::Closed => {
                        // The handshake failed.
                        listen(socket, self.port);
                        return acted;
                    }
                    _ => {
                        self.exchange = ServerExchange::new(&self.config, now);
                        self.deadline = now + self.config.timeout;
                        State::Serving
                    }
                },
                State::Serving => {
                    let outcome = serve(&mut self.exchange, &mut self.body, socket, record, &mut acted);
                    let Some(outcome) = outcome else { return acted };
                    account(outcome, record);
                    match outcome {
                        Ok(Served { abandoned: false, .. }) => State::Ending,
                        _ => State::Resetting,
                    }
                }
                // A socket in TIME-WAIT can listen again, and a reset would follow a reply that the client may not have read.
                State::Ending if matches!(socket.state(), tcp::State::Closed | tcp::State::TimeWait) => {
                    State::Listening
                }
                State::Ending if now >= self.deadline || socket.state() == tcp::State::CloseWait => State::Resetting,
                State::Ending => return acted,
                // The stack forgets the peer when the reset has left.
                State::Resetting if now >= self.deadline || socket.remote_endpoint().is_none() => State::Listening,
                State::Resetting => return acted,
            };
            match next {
                State::Listening => listen(socket, self.port),
                State::Resetting => {
                    socket.abort();
                    acted = true;
                    self.deadline = now + Self::RESET_TIMEOUT;
                }
                State::Serving | State::Ending => {}
            }
            self.state = next;
        }
    }

    /// When there is something to do, should nothing happen before.
    pub(super) const fn poll_at(&self) -> Option<Instant> {
        self.due
    }

    /// Since when it has had its connection, if it has one.
    pub(super) fn busy_since(&self) -> Option<Instant> {
        match self.state {
            State::Serving | State::Ending => {
                let timeout_us = self.config.timeout.as_micros() as u64;
                Some(Instant::from_micros(self.deadline.as_micros().saturating_sub(timeout_us)))
            }
            State::Listening | State::Resetting => None,
        }
    }

    /// The network is gone: breaks off what goes on.
    pub(super) fn handle_network_lost(&mut self, stack: &mut Stack) {
        stack.tcp(self.socket).abort();
        stack.touch_tcp(self.socket);
        if self.state == State::Serving {
            self.exchange.handle_error(TransportError::Reset);
        }
    }
}

/// It fails only where the socket is in use, or the port 0.
fn listen(socket: &mut tcp::Socket<'_>, port: u16) {
    let listening = socket.listen(port);
    debug_assert!(listening.is_ok(), "a socket that has ended can listen: {listening:?}");
}

fn account(outcome: Result<Served, ServeError>, record: &mut Record) {
    match outcome {
        Ok(served) => {
            record.handle_sent(served.color);
            record.tell(BoardEventKind::Served { color: served.color });
        }
        Err(error) => record.tell(BoardEventKind::ServeFailed(error)),
    }
}

/// Does what the exchange's machine says, until it waits; then nothing, and at last what came of it.
fn serve(
    exchange: &mut ServerExchange,
    body: &mut Vec<u8>,
    socket: &mut tcp::Socket<'_>,
    record: &mut Record,
    acted: &mut bool,
) -> Option<Result<Served, ServeError>> {
    let now = record.now;
    loop {
        match exchange.poll(now) {
            ServerStep::Receive { .. } => {
                let received = socket.recv(|bytes| {
                    exchange.handle_received(bytes, now);
                    (bytes.len(), bytes.len())
                });
                match received {
                    Ok(0) => return None,
                    Ok(_) => *acted = true,
                    Err(tcp::RecvError::Finished) => exchange.handle_eof(),
                    Err(tcp::RecvError::InvalidState) => exchange.handle_error(TransportError::Reset),
                }
            }
            ServerStep::Reply(request) => match request {
                Request::Http { resource: Resource::Page, .. } => {
                    PAGE.as_bytes().clone_into(body);
                    exchange.reply_document(Document { content_type: ContentType::Html, len: body.len() });
                }
                Request::Http { resource: Resource::Status, .. } => {
                    *body = record.status().to_string().into_bytes();
                    exchange.reply_document(Document { content_type: ContentType::Json, len: body.len() });
                }
                Request::Data { .. } | Request::Other | Request::Http { resource: Resource::Color, .. } => {
                    exchange.reply(record.next_color(&request));
                }
            },
            ServerStep::Transmit { bytes, last, .. } => {
                let end = last.then_some(bytes.len());
                let sent = send(socket, bytes, end)?;
                exchange_sent(exchange, sent, now);
                *acted = true;
            }
            ServerStep::TransmitBody { offset, .. } => {
                let rest = body.get(offset..).unwrap_or_default();
                let sent = send(socket, rest, Some(rest.len()))?;
                exchange_sent(exchange, sent, now);
                *acted = true;
            }
            ServerStep::Done(outcome) => return Some(outcome),
        }
    }
}

/// Sends what there is room for; nothing if there is none. With the last byte goes the end of the stream (SRV-2).
fn send(socket: &mut tcp::Socket<'_>, bytes: &[u8], end: Option<usize>) -> Option<Result<usize, TransportError>> {
    if !socket.may_send() {
        return Some(Err(TransportError::Reset));
    }
    match socket.send_slice(bytes) {
        Ok(0) if !bytes.is_empty() => None,
        Ok(len) => {
            if end == Some(len) {
                socket.close();
            }
            Some(Ok(len))
        }
        Err(_) => Some(Err(TransportError::Reset)),
    }
}

fn exchange_sent(exchange: &mut ServerExchange, sent: Result<usize, TransportError>, now: Instant) {
    match sent {
        Ok(len) => exchange.handle_sent(len, now),
        Err(error) => exchange.handle_error(error),
    }
}
