//! The client's machine under arbitrary inputs and times.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rgb_proto::{
    ClientConfig, ClientExchange, ClientStep, ExchangeError, Instant, Mode, Name, Rgb, TransportError, decode,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    start_micros: u64,
    timeout_micros: u32,
    lenient: bool,
    name: Option<&'a str>,
    events: Vec<Event<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Event<'a> {
    Connected,
    Sent(u8),
    Received(&'a [u8]),
    Eof,
    NameNotFound,
    Refused,
    Unreachable,
    Reset,
    OtherError,
    /// Time passes.
    Wait(u32),
    /// Time passes up to the exchange's deadline.
    WaitForDeadline,
}

type Outcome = Result<Rgb, ExchangeError>;

fuzz_target!(|input: Input<'_>| {
    let start = Instant::from_micros(input.start_micros);
    let config = ClientConfig {
        timeout: Duration::from_micros(input.timeout_micros.into()),
        mode: if input.lenient { Mode::Lenient } else { Mode::Strict },
        name: input.name.and_then(|name| name.parse::<Name>().ok()),
        ..ClientConfig::default()
    };
    let mut driver = Driver {
        exchange: ClientExchange::new(&config, start),
        mode: config.mode,
        now: start,
        deadline: start + config.timeout,
        reply: Vec::new(),
        outcome: None,
    };
    driver.poll();
    for event in &input.events {
        driver.handle(event);
        driver.poll();
    }
    driver.clone().ends_with_a_willing_server();
    driver.ends_when_time_is_up();
});

#[derive(Clone)]
struct Driver {
    exchange: ClientExchange,
    mode: Mode,
    now: Instant,
    deadline: Instant,
    /// What was read while the exchange asked for it.
    reply: Vec<u8>,
    outcome: Option<Outcome>,
}

impl Driver {
    fn poll(&mut self) {
        let step = self.exchange.poll(self.now);
        match step {
            ClientStep::Connect { deadline } | ClientStep::Receive { deadline } => {
                assert_eq!(deadline, self.deadline, "the deadline moved");
            }
            ClientStep::Transmit { bytes, deadline } => {
                assert!(!bytes.is_empty(), "nothing to write, and yet a write is asked for");
                assert_eq!(deadline, self.deadline, "the deadline moved");
            }
            ClientStep::Done(outcome) => {
                if let Ok(color) = outcome {
                    assert_eq!(decode(&self.reply, self.mode), Ok(color), "not the colour that the server sent");
                }
                assert_eq!(*self.outcome.get_or_insert(outcome), outcome, "the outcome changed");
                return;
            }
        }
        // A step whose time is over already would make its driver spin.
        assert!(self.now < self.deadline, "{step:?} at or behind its deadline");
        assert_eq!(self.outcome, None, "the exchange came back to life");
    }

    fn handle(&mut self, event: &Event<'_>) {
        match *event {
            Event::Connected => self.exchange.handle_connected(),
            Event::Sent(len) => self.exchange.handle_sent(len.into()),
            Event::Received(bytes) => {
                if matches!(self.exchange.poll(self.now), ClientStep::Receive { .. }) {
                    self.reply.extend_from_slice(bytes);
                }
                self.exchange.handle_received(bytes);
            }
            Event::Eof => self.exchange.handle_eof(),
            Event::NameNotFound => self.exchange.handle_error(TransportError::NameNotFound),
            Event::Refused => self.exchange.handle_error(TransportError::Refused),
            Event::Unreachable => self.exchange.handle_error(TransportError::Unreachable),
            Event::Reset => self.exchange.handle_error(TransportError::Reset),
            Event::OtherError => self.exchange.handle_error(TransportError::Other),
            Event::Wait(micros) => self.now = self.now + Duration::from_micros(micros.into()),
            Event::WaitForDeadline => self.now = self.now.max(self.deadline),
        }
    }

    /// Connect, transmit, read: from anywhere, three steps that succeed lead to the end.
    fn ends_with_a_willing_server(mut self) {
        for _ in 0..3 {
            match self.exchange.poll(self.now) {
                ClientStep::Connect { .. } => self.exchange.handle_connected(),
                ClientStep::Transmit { bytes, .. } => {
                    let len = bytes.len();
                    self.exchange.handle_sent(len);
                }
                ClientStep::Receive { .. } => self.exchange.handle_eof(),
                ClientStep::Done(_) => return,
            }
        }
        assert!(matches!(self.exchange.poll(self.now), ClientStep::Done(_)), "the exchange does not end");
    }

    fn ends_when_time_is_up(mut self) {
        self.now = self.now.max(self.deadline);
        self.poll();
        assert!(self.outcome.is_some(), "the exchange outlives its deadline");
    }
}
