//! The server's machine under arbitrary inputs and times.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rgb_proto::http::{ContentType, Document};
use rgb_proto::{
    Instant, Method, Request, Response, Rgb, ServeError, Served, ServerConfig, ServerExchange, ServerStep,
    TransportError,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    start_micros: u64,
    timeout_micros: u32,
    settle_micros: u32,
    linger_micros: u32,
    request_len_max: u16,
    drain_len_max: u32,
    events: Vec<Event<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Event<'a> {
    Received(&'a [u8]),
    Eof,
    Reply([u8; 3]),
    ReplyDocument(u8),
    Sent(u8),
    Error,
    /// Time passes, unseen until the next call that tells it.
    Wait(u32),
    /// Time passes up to the present step's deadline.
    WaitForDeadline,
    /// The driver has nothing to tell and asks again.
    Poll,
}

/// Every byte of a document.
const BODY: u8 = b'd';

type Outcome = Result<Served, ServeError>;

fuzz_target!(|input: Input<'_>| {
    let start = Instant::from_micros(input.start_micros);
    let config = ServerConfig {
        timeout: Duration::from_micros(input.timeout_micros.into()),
        settle: Duration::from_micros(input.settle_micros.into()),
        linger: Duration::from_micros(input.linger_micros.into()),
        request_len_max: input.request_len_max,
        drain_len_max: input.drain_len_max,
    };
    let mut driver = Driver {
        exchange: ServerExchange::new(&config, start),
        now: start,
        end: start + config.timeout,
        step_deadline: start,
        sent: Vec::new(),
        document_len: 0,
        outcome: None,
    };
    driver.poll();
    for event in &input.events {
        driver.handle(event);
        if !matches!(event, Event::Wait(_)) {
            driver.poll();
        }
    }
    driver.clone().ends_with_a_willing_client();
    driver.clone().ends_with_a_silent_client();
    driver.ends_when_time_is_up();
});

#[derive(Clone)]
struct Driver {
    exchange: ServerExchange,
    now: Instant,
    /// The exchange's own deadline.
    end: Instant,
    step_deadline: Instant,
    /// What was written while the exchange asked for it.
    sent: Vec<u8>,
    /// Of the document that answers, whose bytes are all the same.
    document_len: usize,
    outcome: Option<Outcome>,
}

impl Driver {
    fn poll(&mut self) {
        let step = self.exchange.poll(self.now);
        match step {
            ServerStep::Receive { deadline } => self.step_deadline = deadline,
            ServerStep::Transmit { bytes, deadline, .. } => {
                assert!(!bytes.is_empty(), "nothing to write, and yet a write is asked for");
                self.step_deadline = deadline;
            }
            ServerStep::TransmitBody { offset, deadline } => {
                assert!(offset < self.document_len, "nothing of the document left, and yet a write is asked for");
                self.step_deadline = deadline;
            }
            ServerStep::Reply(_) => self.step_deadline = self.end,
            ServerStep::Done(outcome) => {
                if let Ok(served) = outcome {
                    assert_eq!(self.sent, self.response_to(&served), "not the response to the request");
                }
                assert_eq!(*self.outcome.get_or_insert(outcome), outcome, "the outcome changed");
                return;
            }
        }
        // A step whose time is over already would make its driver spin.
        assert!(self.now < self.step_deadline, "{step:?} at or behind its deadline");
        assert!(self.step_deadline <= self.end, "{step:?} would outlive the exchange");
        assert_eq!(self.outcome, None, "the exchange came back to life");
    }

    fn handle(&mut self, event: &Event<'_>) {
        match *event {
            Event::Received(bytes) => self.exchange.handle_received(bytes, self.now),
            Event::Eof => self.exchange.handle_eof(),
            Event::Reply(color) => self.exchange.reply(color.into()),
            Event::ReplyDocument(len) => self.reply_document(len.into()),
            Event::Sent(len) => self.transmit(len.into()),
            Event::Error => self.exchange.handle_error(TransportError::Reset),
            Event::Wait(micros) => self.now = self.now + Duration::from_micros(micros.into()),
            Event::WaitForDeadline => self.now = self.now.max(self.step_deadline),
            Event::Poll => {}
        }
    }

    fn reply_document(&mut self, len: usize) {
        if let ServerStep::Reply(_) = self.exchange.poll(self.now) {
            self.document_len = len;
            self.exchange.reply_document(Document { content_type: ContentType::Html, len });
        }
    }

    fn response_to(&self, served: &Served) -> Vec<u8> {
        let Some(color) = served.color else {
            let head = Response::head(Document { content_type: ContentType::Html, len: self.document_len });
            let is_head = matches!(served.request, Request::Http { method: Method::Head, .. });
            let body_len = if is_head { 0 } else { self.document_len };
            return [head.as_bytes(), &vec![BODY; body_len]].concat();
        };
        Response::new(&served.request, color).as_bytes().to_vec()
    }

    /// Writes up to `len` of the bytes that the exchange wants written.
    fn transmit(&mut self, len: usize) {
        let before = self.sent.len();
        match self.exchange.poll(self.now) {
            ServerStep::Transmit { bytes, .. } => self.sent.extend(bytes.iter().take(len)),
            ServerStep::TransmitBody { offset, .. } => {
                self.sent.resize(before + len.min(self.document_len - offset), BODY);
            }
            ServerStep::Receive { .. } | ServerStep::Reply(_) | ServerStep::Done(_) => {}
        }
        self.exchange.handle_sent(self.sent.len() - before, self.now);
    }

    /// Read, reply, transmit a head and a body, read: from anywhere, five steps that succeed lead to the end.
    fn ends_with_a_willing_client(mut self) {
        for _ in 0..5 {
            match self.exchange.poll(self.now) {
                ServerStep::Receive { .. } => self.exchange.handle_eof(),
                ServerStep::Reply(_) => self.exchange.reply(Rgb::WHITE),
                ServerStep::Transmit { .. } | ServerStep::TransmitBody { .. } => self.transmit(Response::MAX_LEN + 255),
                ServerStep::Done(_) => return,
            }
        }
        self.poll();
        assert!(self.outcome.is_some(), "the exchange does not end");
    }

    /// Nothing comes in any more: each wait leads to another step, so the exchange ends after two waits at most.
    fn ends_with_a_silent_client(mut self) {
        let mut waits = 0;
        loop {
            self.poll();
            match self.exchange.poll(self.now) {
                ServerStep::Receive { deadline } => {
                    waits += 1;
                    assert!(waits <= 2, "a wait that led nowhere");
                    self.now = deadline;
                }
                ServerStep::Reply(_) => self.exchange.reply(Rgb::BLACK),
                ServerStep::Transmit { .. } | ServerStep::TransmitBody { .. } => self.transmit(Response::MAX_LEN + 255),
                ServerStep::Done(_) => return,
            }
        }
    }

    fn ends_when_time_is_up(mut self) {
        self.now = self.now.max(self.end);
        self.poll();
        assert!(self.outcome.is_some(), "the exchange outlives its deadline");
    }
}
