//! One exchange from the client's side: every state, every way on, and the edge of its time.

mod pieces;
mod property;

use std::time::Duration;

use pieces::{cuts, pieces};
use proptest::prelude::*;
use rgb_proto::{
    ClientConfig, ClientExchange, ClientStep, Component, DecodeErrorKind, ErrorKind, ExchangeError, Instant, Mode,
    Phase, Rgb, TransportError,
};

const START: Instant = Instant::from_millis(70_000);
/// Well inside the time-out.
const EARLY: Instant = Instant::from_millis(70_001);
const DEADLINE: Instant = Instant::from_millis(70_900);
const JUST_BEFORE_DEADLINE: Instant = Instant::from_micros(70_900_000 - 1);

const TRANSPORT_ERRORS: [TransportError; 5] = [
    TransportError::NameNotFound,
    TransportError::Refused,
    TransportError::Unreachable,
    TransportError::Reset,
    TransportError::Other,
];

fn connecting() -> ClientExchange {
    ClientExchange::new(&ClientConfig::default(), START)
}

fn sending() -> ClientExchange {
    let mut exchange = connecting();
    exchange.handle_connected();
    exchange
}

fn awaiting_reply() -> ClientExchange {
    let mut exchange = sending();
    exchange.handle_sent(8);
    exchange
}

fn receiving() -> ClientExchange {
    let mut exchange = awaiting_reply();
    exchange.handle_received(b"12,0,25");
    exchange
}

fn done() -> ClientExchange {
    let mut exchange = receiving();
    exchange.handle_eof();
    exchange
}

/// The exchange in each phase that a time-out can end.
fn phases() -> [(Phase, ClientExchange); 4] {
    [
        (Phase::Connecting, connecting()),
        (Phase::Sending, sending()),
        (Phase::AwaitingReply, awaiting_reply()),
        (Phase::Receiving, receiving()),
    ]
}

fn outcome(exchange: &mut ClientExchange) -> Result<Rgb, ExchangeError> {
    match exchange.poll(EARLY) {
        ClientStep::Done(outcome) => outcome,
        step => panic!("not done: {step:?}"),
    }
}

// CLI-1 (its order), CLI-2, REQ-1, REQ-2
#[test]
fn an_exchange_connects_then_sends_its_request_in_one_write_then_reads_to_the_end() {
    let mut exchange = connecting();
    assert_eq!(exchange.poll(EARLY), ClientStep::Connect { deadline: DEADLINE });
    exchange.handle_connected();
    assert_eq!(exchange.poll(EARLY), ClientStep::Transmit { bytes: b"GET Data", deadline: DEADLINE });
    exchange.handle_sent(8);
    assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
    exchange.handle_received(b"12,0,255");
    assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
    exchange.handle_eof();
    assert_eq!(exchange.poll(EARLY), ClientStep::Done(Ok(Rgb::new(12, 0, 255))));
}

// REQ-2, REQ-4
#[test]
fn a_named_board_sends_its_name() {
    let config = ClientConfig { name: Some("kitchen".parse().unwrap()), ..ClientConfig::default() };
    let mut exchange = ClientExchange::new(&config, START);
    exchange.handle_connected();
    assert_eq!(exchange.poll(EARLY), ClientStep::Transmit { bytes: b"GET Data kitchen\n", deadline: DEADLINE });
}

// REQ-2: where a transport takes less than all, the rest follows.
#[test]
fn a_request_written_byte_by_byte_is_sent_whole() {
    let mut exchange = sending();
    let mut sent = Vec::new();
    while let ClientStep::Transmit { bytes, .. } = exchange.poll(EARLY) {
        sent.push(bytes[0]);
        exchange.handle_sent(1);
    }
    assert_eq!(sent, b"GET Data");
    assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
}

#[test]
fn a_write_of_nothing_changes_nothing() {
    let mut exchange = sending();
    exchange.handle_sent(0);
    assert_eq!(exchange.poll(EARLY), ClientStep::Transmit { bytes: b"GET Data", deadline: DEADLINE });
}

#[test]
fn more_bytes_reported_sent_than_there_are_count_as_all() {
    let mut exchange = sending();
    exchange.handle_sent(3);
    exchange.handle_sent(usize::MAX);
    assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
}

// CLI-3, END-1
#[test]
fn a_reply_in_single_bytes_is_taken_when_the_stream_ends_and_not_before() {
    let mut exchange = awaiting_reply();
    for byte in b"12,0,255" {
        assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
        exchange.handle_received(&[*byte]);
    }
    assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
    exchange.handle_eof();
    assert_eq!(outcome(&mut exchange), Ok(Rgb::new(12, 0, 255)));
}

// CLI-3, ERR-2
#[test]
fn the_first_byte_that_no_reply_can_have_ends_the_exchange() {
    let mut exchange = receiving();
    exchange.handle_received(b"6");
    let Err(ExchangeError::Decode(error)) = outcome(&mut exchange) else { panic!("256 was taken") };
    assert_eq!(error.kind(), DecodeErrorKind::OutOfRange);
    assert_eq!((error.component(), error.offset()), (Component::Blue, 5));
}

// END-2, ERR-2
#[test]
fn a_stream_without_a_byte_is_closed_and_not_malformed() {
    for mut exchange in [awaiting_reply(), sending(), connecting()] {
        exchange.handle_eof();
        assert_eq!(outcome(&mut exchange), Err(ExchangeError::Closed));
    }
    let mut exchange = awaiting_reply();
    exchange.handle_received(b"");
    exchange.handle_eof();
    assert_eq!(outcome(&mut exchange), Err(ExchangeError::Closed));
}

// END-1, ERR-1, ERR-2
#[test]
fn a_stream_that_ends_inside_the_reply_is_malformed() {
    let mut exchange = awaiting_reply();
    exchange.handle_received(b"12,0");
    exchange.handle_eof();
    let Err(ExchangeError::Decode(error)) = outcome(&mut exchange) else { panic!("half a reply was taken") };
    assert_eq!(error.kind(), DecodeErrorKind::UnexpectedEnd);
    assert_eq!((error.component(), error.offset()), (Component::Blue, 4));
}

// LEN-1, LEN-2, REP-4
#[test]
fn the_mode_is_the_configs_and_strict_unless_set() {
    for (mode, expected) in [(Mode::Strict, None), (Mode::Lenient, Some(Rgb::new(7, 8, 9)))] {
        let mut exchange = ClientExchange::new(&ClientConfig { mode, ..ClientConfig::default() }, START);
        exchange.handle_connected();
        exchange.handle_sent(8);
        exchange.handle_received(b"007, 8, 9\r\n");
        exchange.handle_eof();
        assert_eq!(outcome(&mut exchange).ok(), expected);
    }
    assert_eq!(ClientConfig::default().mode, Mode::Strict);
}

// CLI-4, ERR-2
#[test]
fn in_each_phase_the_time_out_ends_the_exchange_at_the_deadline_and_not_a_microsecond_before() {
    for (phase, exchange) in phases() {
        let mut waiting = exchange.clone();
        assert!(!matches!(waiting.poll(JUST_BEFORE_DEADLINE), ClientStep::Done(_)), "{phase:?}");
        let mut over = exchange;
        let failed = Err(ExchangeError::TimedOut(phase));
        assert_eq!(over.poll(DEADLINE), ClientStep::Done(failed), "{phase:?}");
    }
}

// CLI-4: whatever has been received.
#[test]
fn a_whole_reply_without_the_streams_end_fails_at_the_deadline() {
    let mut exchange = awaiting_reply();
    exchange.handle_received(b"255,255,255");
    assert!(matches!(exchange.poll(JUST_BEFORE_DEADLINE), ClientStep::Receive { .. }));
    assert_eq!(exchange.poll(DEADLINE), ClientStep::Done(Err(ExchangeError::TimedOut(Phase::Receiving))));
    exchange.handle_eof();
    assert_eq!(exchange.poll(DEADLINE), ClientStep::Done(Err(ExchangeError::TimedOut(Phase::Receiving))));
}

// CLI-4
#[test]
fn progress_does_not_move_the_deadline() {
    for (_, mut exchange) in phases() {
        let (ClientStep::Connect { deadline }
        | ClientStep::Transmit { deadline, .. }
        | ClientStep::Receive { deadline }) = exchange.poll(JUST_BEFORE_DEADLINE)
        else {
            panic!("done before the deadline");
        };
        assert_eq!(deadline, DEADLINE);
    }
}

// CLI-4
#[test]
fn the_whole_exchange_may_take_900_ms_unless_set() {
    assert_eq!(ClientConfig::default().timeout, Duration::from_millis(900));
    let config = ClientConfig { timeout: Duration::from_millis(50), ..ClientConfig::default() };
    let mut exchange = ClientExchange::new(&config, START);
    let deadline = START + Duration::from_millis(50);
    assert_eq!(exchange.poll(START), ClientStep::Connect { deadline });
    assert!(matches!(exchange.poll(deadline), ClientStep::Done(Err(ExchangeError::TimedOut(Phase::Connecting)))));
}

// ERR-2
#[test]
fn a_failure_before_the_connection_is_resolve_or_connect() {
    let expected = [
        ExchangeError::Resolve,
        ExchangeError::Refused,
        ExchangeError::Unreachable,
        ExchangeError::Connect,
        ExchangeError::Connect,
    ];
    for (error, expected) in TRANSPORT_ERRORS.into_iter().zip(expected) {
        let mut exchange = connecting();
        exchange.handle_error(error);
        assert_eq!(outcome(&mut exchange), Err(expected), "{error:?}");
    }
}

// ERR-2
#[test]
fn a_failure_behind_the_connection_is_a_reset() {
    for exchange in [sending(), awaiting_reply(), receiving()] {
        for error in TRANSPORT_ERRORS {
            let mut exchange = exchange.clone();
            exchange.handle_error(error);
            assert_eq!(outcome(&mut exchange), Err(ExchangeError::Reset), "{error:?}");
        }
    }
}

// END-1: a reset is no end of the stream.
#[test]
fn a_reset_behind_what_looks_like_a_whole_reply_is_a_failure() {
    let mut exchange = awaiting_reply();
    exchange.handle_received(b"255,255,255");
    exchange.handle_error(TransportError::Reset);
    assert_eq!(outcome(&mut exchange), Err(ExchangeError::Reset));
}

// ERR-2
#[test]
fn every_failure_is_of_one_of_the_six_kinds() {
    let decode = Rgb::decode(b"x").unwrap_err();
    let kinds = [
        (ExchangeError::Resolve, ErrorKind::Resolve, "resolve"),
        (ExchangeError::Refused, ErrorKind::Connect, "connect"),
        (ExchangeError::Unreachable, ErrorKind::Connect, "connect"),
        (ExchangeError::Connect, ErrorKind::Connect, "connect"),
        (ExchangeError::TimedOut(Phase::Connecting), ErrorKind::Timeout, "timeout"),
        (ExchangeError::TimedOut(Phase::Sending), ErrorKind::Timeout, "timeout"),
        (ExchangeError::TimedOut(Phase::AwaitingReply), ErrorKind::Timeout, "timeout"),
        (ExchangeError::TimedOut(Phase::Receiving), ErrorKind::Timeout, "timeout"),
        (ExchangeError::Reset, ErrorKind::Reset, "reset"),
        (ExchangeError::Closed, ErrorKind::Closed, "closed"),
        (ExchangeError::Decode(decode), ErrorKind::Decode, "decode"),
    ];
    for (error, kind, name) in kinds {
        assert_eq!(error.kind(), kind);
        assert_eq!(kind.as_str(), name);
        assert_eq!(kind.to_string(), name);
    }
    assert!(ErrorKind::ALL.iter().all(|kind| kinds.iter().any(|(_, of, _)| of == kind)));
}

#[test]
fn inputs_out_of_turn_are_ignored() {
    let mut exchange = connecting();
    exchange.handle_sent(8);
    exchange.handle_received(b"1,2,3");
    assert_eq!(exchange.poll(EARLY), ClientStep::Connect { deadline: DEADLINE });
    let mut exchange = sending();
    exchange.handle_connected();
    exchange.handle_received(b"1,2,3");
    assert_eq!(exchange.poll(EARLY), ClientStep::Transmit { bytes: b"GET Data", deadline: DEADLINE });
    let mut exchange = receiving();
    exchange.handle_connected();
    exchange.handle_sent(8);
    exchange.handle_eof();
    assert_eq!(outcome(&mut exchange), Ok(Rgb::new(12, 0, 25)));
}

#[test]
fn inputs_behind_the_end_are_ignored() {
    let mut exchange = done();
    let expected = Ok(Rgb::new(12, 0, 25));
    exchange.handle_received(b"5");
    exchange.handle_eof();
    exchange.handle_connected();
    exchange.handle_sent(1);
    for error in TRANSPORT_ERRORS {
        exchange.handle_error(error);
    }
    assert_eq!(outcome(&mut exchange), expected);
    assert_eq!(exchange.poll(Instant::from_micros(u64::MAX)), ClientStep::Done(expected));
}

/// What may happen to an exchange, in any order.
#[derive(Clone, Debug)]
enum Input {
    Poll(u64),
    Connected,
    Sent(usize),
    Received(Vec<u8>),
    Eof,
    Error(TransportError),
}

fn inputs() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => (0..1_000_000u64).prop_map(Input::Poll),
        3 => Just(Input::Connected),
        3 => prop_oneof![0..10usize, any::<usize>()].prop_map(Input::Sent),
        3 => prop_oneof!["[0-9]{0,3}[,\n]{0,2}".prop_map(String::into_bytes), any::<Vec<u8>>()].prop_map(Input::Received),
        1 => Just(Input::Eof),
        1 => proptest::sample::select(&TRANSPORT_ERRORS[..]).prop_map(Input::Error),
    ]
}

proptest! {
    #![proptest_config(property::config())]

    // CLI-3, END-1
    #[test]
    fn any_pieces_of_a_reply_give_its_colour(color in any::<[u8; 3]>().prop_map(Rgb::from), cuts in cuts()) {
        let mut exchange = awaiting_reply();
        for piece in pieces(&color.encode(), &cuts) {
            exchange.handle_received(piece);
            prop_assert_eq!(exchange.poll(EARLY), ClientStep::Receive { deadline: DEADLINE });
        }
        exchange.handle_eof();
        prop_assert_eq!(exchange.poll(EARLY), ClientStep::Done(Ok(color)));
    }

    // CLI-4
    #[test]
    fn no_inputs_make_it_panic_go_back_or_outlast_its_deadline(
        inputs in proptest::collection::vec(inputs(), 0..40), lenient in any::<bool>(),
    ) {
        let mode = if lenient { Mode::Lenient } else { Mode::Strict };
        let mut exchange = ClientExchange::new(&ClientConfig { mode, ..ClientConfig::default() }, START);
        let mut ended = None;
        for input in inputs {
            match input {
                Input::Poll(micros) => {
                    let now = START + Duration::from_micros(micros);
                    match exchange.poll(now) {
                        ClientStep::Done(outcome) => {
                            prop_assert!(ended.is_none_or(|ended| ended == outcome));
                            ended = Some(outcome);
                        }
                        ClientStep::Transmit { bytes, .. } => {
                            prop_assert!(!bytes.is_empty() && b"GET Data".ends_with(bytes));
                            prop_assert!(ended.is_none() && now < DEADLINE);
                        }
                        ClientStep::Connect { .. } | ClientStep::Receive { .. } => {
                            prop_assert!(ended.is_none() && now < DEADLINE);
                        }
                    }
                }
                Input::Connected => exchange.handle_connected(),
                Input::Sent(len) => exchange.handle_sent(len),
                Input::Received(bytes) => exchange.handle_received(&bytes),
                Input::Eof => exchange.handle_eof(),
                Input::Error(error) => exchange.handle_error(error),
            }
        }
        let over = matches!(exchange.poll(DEADLINE), ClientStep::Done(_));
        prop_assert!(over);
    }
}
