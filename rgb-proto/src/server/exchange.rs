//! One exchange, server side.

use super::ServerConfig;
use crate::client::TransportError;
use crate::color::Rgb;
use crate::http::{Document, Response};
use crate::request::{Method, Request, RequestDecoder, RequestStatus};
use crate::time::Instant;

/// One exchange from the server's side, from an accepted connection to its close (SRV clauses).
///
/// Drive it in a loop: [`poll`](Self::poll) says what to do next; do it, tell the outcome with one call, and poll again
/// until [`ServerStep::Done`]. Where a step has a deadline and it passes first, just poll again.
#[derive(Clone, Debug)]
pub struct ServerExchange {
    config: ServerConfig,
    decoder: RequestDecoder,
    deadline: Instant,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// `settled` is when a request that may grow is answered as it is.
    Receiving {
        settled: Option<Instant>,
    },
    Replying {
        request: Request,
    },
    Sending {
        served: Served,
        response: Response,
        body_len: usize,
        /// Counts on through the response and the driver's bytes.
        sent: usize,
    },
    Draining {
        served: Served,
        until: Instant,
        left: u32,
    },
    Done(Result<Served, ServeError>),
}

/// What the driver of a [`ServerExchange`] does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ServerStep<'a> {
    /// Read, and call [`ServerExchange::handle_received`] or [`ServerExchange::handle_eof`].
    Receive {
        /// When to poll again if nothing came.
        deadline: Instant,
    },
    /// Choose what answers this request, and call [`ServerExchange::reply`] or [`ServerExchange::reply_document`].
    Reply(Request),
    /// Write these bytes in one write and call [`ServerExchange::handle_sent`].
    Transmit {
        /// The response, or what is left of it.
        bytes: &'a [u8],
        /// Nothing follows: end the stream with these bytes, in the same segment where the platform can (SRV-2).
        last: bool,
        /// When to stop trying.
        deadline: Instant,
    },
    /// Write the document's bytes from this offset on, end the stream behind the last of them, and call
    /// [`ServerExchange::handle_sent`].
    TransmitBody {
        /// How many bytes of the document have been written.
        offset: usize,
        /// When to stop trying.
        deadline: Instant,
    },
    /// Close the connection: this is the outcome. Behind an error break it off (reset it), where the platform can: a reply
    /// that was cut short and ended in order could pass for a whole one (END-1).
    Done(Result<Served, ServeError>),
}

/// A request that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Served {
    /// What was asked.
    pub request: Request,
    /// The colour that was sent; none when it was a document.
    pub color: Option<Rgb>,
    /// The request reached the limit without being whole, and was answered as what it was by then (REQ-7).
    pub request_over_limit: bool,
    /// The client did not close its side in time or sent too much, so the connection is closed under it; it may not
    /// have read the reply (SRV-3).
    pub abandoned: bool,
}

/// Why a client got no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ServeError {
    /// The client closed the connection without a request (REQ-8).
    #[error("the client closed the connection without asking for anything")]
    NoRequest,
    /// The exchange's time passed before the request was whole or the reply was out.
    #[error("the client took longer than one exchange may")]
    TimedOut,
    /// The connection broke before the reply was out.
    #[error("the client broke the connection off")]
    Reset,
}

impl ServerExchange {
    /// An exchange on a connection accepted now.
    #[must_use]
    pub fn new(config: &ServerConfig, now: Instant) -> Self {
        Self {
            config: *config,
            decoder: RequestDecoder::with_limit(config.request_len_max),
            deadline: now + config.timeout,
            state: State::Receiving { settled: None },
        }
    }

    /// What to do next. At or after a deadline the step that had it is over.
    pub fn poll(&mut self, now: Instant) -> ServerStep<'_> {
        self.handle_time(now);
        let deadline = self.deadline;
        match &self.state {
            State::Receiving { settled } => {
                ServerStep::Receive { deadline: settled.map_or(deadline, |settled| settled.min(deadline)) }
            }
            State::Replying { request } => ServerStep::Reply(*request),
            State::Sending { response, body_len, sent, .. } => match response.as_bytes().get(*sent..) {
                Some(bytes) if !bytes.is_empty() => ServerStep::Transmit { bytes, last: *body_len == 0, deadline },
                _ => ServerStep::TransmitBody { offset: *sent - response.as_bytes().len(), deadline },
            },
            State::Draining { until, .. } => ServerStep::Receive { deadline: *until },
            State::Done(outcome) => ServerStep::Done(*outcome),
        }
    }

    /// These bytes were read, by `now`.
    pub fn handle_received(&mut self, bytes: &[u8], now: Instant) {
        // The time to grow counts from the last byte (REQ-5).
        if bytes.is_empty() {
            return;
        }
        match &mut self.state {
            State::Receiving { settled } => match self.decoder.push(bytes) {
                RequestStatus::NeedMore => *settled = None,
                RequestStatus::MayGrow(_) => *settled = Some(now + self.config.settle),
                RequestStatus::Complete(request) => self.state = State::Replying { request },
            },
            State::Draining { served, left, .. } => {
                let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                match left.checked_sub(len) {
                    Some(rest) => *left = rest,
                    None => self.state = State::Done(Ok(Served { abandoned: true, ..*served })),
                }
            }
            State::Replying { .. } | State::Sending { .. } | State::Done(_) => {}
        }
    }

    /// The client has ended its side of the stream.
    pub fn handle_eof(&mut self) {
        self.state = match &self.state {
            State::Receiving { .. } => match self.decoder.finish() {
                Some(request) => State::Replying { request },
                None => State::Done(Err(ServeError::NoRequest)),
            },
            State::Draining { served, .. } => State::Done(Ok(*served)),
            State::Replying { .. } | State::Sending { .. } | State::Done(_) => return,
        };
    }

    /// Answers the request with this colour.
    pub fn reply(&mut self, color: Rgb) {
        if let State::Replying { request } = self.state {
            self.send(request, Some(color), Response::new(&request, color), 0);
        }
    }

    /// Answers the request, in HTTP, with a document whose bytes the driver has.
    pub fn reply_document(&mut self, document: Document) {
        if let State::Replying { request } = self.state {
            let has_body = !matches!(request, Request::Http { method: Method::Head, .. });
            self.send(request, None, Response::head(document), if has_body { document.len } else { 0 });
        }
    }

    fn send(&mut self, request: Request, color: Option<Rgb>, response: Response, body_len: usize) {
        let served = Served { request, color, request_over_limit: self.decoder.is_over_limit(), abandoned: false };
        self.state = State::Sending { served, response, body_len, sent: 0 };
    }

    /// The first `len` of the bytes to transmit are written, by `now`.
    pub fn handle_sent(&mut self, len: usize, now: Instant) {
        if let State::Sending { served, response, body_len, sent } = &mut self.state {
            *sent = sent.saturating_add(len);
            if *sent >= response.as_bytes().len().saturating_add(*body_len) {
                let until = self.deadline.min(now + self.config.linger);
                self.state = State::Draining { served: *served, until, left: self.config.drain_len_max };
            }
        }
    }

    /// Reading or writing failed.
    pub fn handle_error(&mut self, _error: TransportError) {
        self.state = State::Done(match &self.state {
            State::Done(outcome) => *outcome,
            // The reply is out; that the client closes the hard way does not undo it.
            State::Draining { served, .. } => Ok(*served),
            State::Receiving { .. } | State::Replying { .. } | State::Sending { .. } => Err(ServeError::Reset),
        });
    }

    fn handle_time(&mut self, now: Instant) {
        match &self.state {
            State::Receiving { .. } | State::Sending { .. } | State::Replying { .. } if now >= self.deadline => {
                self.state = State::Done(Err(ServeError::TimedOut));
            }
            State::Receiving { settled: Some(settled) } if now >= *settled => self.handle_eof(),
            State::Draining { served, until, .. } if now >= *until => {
                self.state = State::Done(Ok(Served { abandoned: true, ..*served }));
            }
            _ => {}
        }
    }
}
