//! One exchange, client side.

use super::{ClientConfig, ExchangeError, Phase, TransportError};
use crate::codec::ReplyDecoder;
use crate::color::Rgb;
use crate::request::RequestBytes;
use crate::time::Instant;

/// One exchange from the client's side: connect, ask, read to the end of the stream (CLI clauses).
///
/// Drive it in a loop: [`poll`](Self::poll) says what to do next; do it, tell the outcome with one `handle_*` call,
/// and poll again until [`ClientStep::Done`]. Where a step has a deadline and it passes first, just poll again.
#[derive(Clone, Debug)]
pub struct ClientExchange {
    request: RequestBytes,
    decoder: ReplyDecoder,
    deadline: Instant,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Sending { sent: usize },
    Receiving,
    Done(Result<Rgb, ExchangeError>),
}

/// What the driver of a [`ClientExchange`] does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ClientStep<'a> {
    /// Look the server's name up, open a TCP connection, and call [`ClientExchange::handle_connected`].
    Connect {
        /// When to stop trying.
        deadline: Instant,
    },
    /// Write these bytes in one write, and call [`ClientExchange::handle_sent`].
    Transmit {
        /// The request, or what is left of it.
        bytes: &'a [u8],
        /// When to stop trying.
        deadline: Instant,
    },
    /// Read, and call [`ClientExchange::handle_received`] or [`ClientExchange::handle_eof`].
    Receive {
        /// When to stop trying.
        deadline: Instant,
    },
    /// Close the connection, if one was made: this is the outcome.
    Done(Result<Rgb, ExchangeError>),
}

impl ClientExchange {
    /// An exchange that starts now.
    #[must_use]
    pub fn new(config: &ClientConfig, now: Instant) -> Self {
        Self {
            request: RequestBytes::new(config.name.as_ref()),
            decoder: ReplyDecoder::new(config.mode),
            deadline: now + config.timeout,
            state: State::Connecting,
        }
    }

    /// What to do next. At or after the deadline an unfinished exchange has failed (CLI-4).
    pub fn poll(&mut self, now: Instant) -> ClientStep<'_> {
        let deadline = self.deadline;
        if now >= deadline
            && let Some(phase) = self.phase()
        {
            self.state = State::Done(Err(ExchangeError::TimedOut(phase)));
        }
        match self.state {
            State::Connecting => ClientStep::Connect { deadline },
            State::Sending { sent } => {
                let bytes = self.request.as_bytes().get(sent..).unwrap_or_default();
                ClientStep::Transmit { bytes, deadline }
            }
            State::Receiving => ClientStep::Receive { deadline },
            State::Done(outcome) => ClientStep::Done(outcome),
        }
    }

    /// The connection is made.
    pub fn handle_connected(&mut self) {
        if self.state == State::Connecting {
            self.state = State::Sending { sent: 0 };
        }
    }

    /// The first `len` of the bytes to transmit are written.
    pub fn handle_sent(&mut self, len: usize) {
        if let State::Sending { sent } = self.state {
            let sent = sent.saturating_add(len);
            self.state = if sent < self.request.as_bytes().len() { State::Sending { sent } } else { State::Receiving };
        }
    }

    /// These bytes were read. Any pieces of a reply give the same outcome (CLI-3).
    pub fn handle_received(&mut self, bytes: &[u8]) {
        if self.state == State::Receiving
            && let Err(error) = self.decoder.push(bytes)
        {
            self.state = State::Done(Err(error.into()));
        }
    }

    /// The server has ended the stream, and so the reply (END-1).
    pub fn handle_eof(&mut self) {
        let outcome = match self.state {
            State::Done(_) => return,
            State::Receiving if self.decoder.taken() > 0 => self.decoder.finish().map_err(ExchangeError::from),
            State::Connecting | State::Sending { .. } | State::Receiving => Err(ExchangeError::Closed),
        };
        self.state = State::Done(outcome);
    }

    /// Looking up, connecting, writing or reading failed.
    pub fn handle_error(&mut self, error: TransportError) {
        let failure = match (self.state, error) {
            (State::Done(_), _) => return,
            (State::Connecting, TransportError::NameNotFound) => ExchangeError::Resolve,
            (State::Connecting, TransportError::Refused) => ExchangeError::Refused,
            (State::Connecting, TransportError::Unreachable) => ExchangeError::Unreachable,
            (State::Connecting, TransportError::Reset | TransportError::Other) => ExchangeError::Connect,
            (State::Sending { .. } | State::Receiving, _) => ExchangeError::Reset,
        };
        self.state = State::Done(Err(failure));
    }

    const fn phase(&self) -> Option<Phase> {
        match self.state {
            State::Connecting => Some(Phase::Connecting),
            State::Sending { .. } => Some(Phase::Sending),
            State::Receiving if self.decoder.taken() == 0 => Some(Phase::AwaitingReply),
            State::Receiving => Some(Phase::Receiving),
            State::Done(_) => None,
        }
    }
}
