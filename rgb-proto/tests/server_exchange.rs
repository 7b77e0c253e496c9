//! One exchange from the server's side: every state, every way on, and the edges of its limits.

mod pieces;
mod property;

use std::time::Duration;

use pieces::{cuts, pieces};
use proptest::prelude::*;
use rgb_proto::{
    Instant, MAX_REQUEST_LEN, Method, Request, Resource, Response, Rgb, ServeError, Served, ServerConfig,
    ServerExchange, ServerStep, TransportError,
};

const COLOR: Rgb = Rgb::new(12, 0, 255);
const DATA: Request = Request::Data { name: None };
const MICROSECOND: Duration = Duration::from_micros(1);

/// The accepting of the connection, and the default end of its exchange.
const START: Instant = Instant::from_millis(70_000);
const DEADLINE: Instant = Instant::from_millis(75_000);

/// So many milliseconds into the exchange.
fn at(millis: u64) -> Instant {
    START + Duration::from_millis(millis)
}

fn just_before(instant: Instant) -> Instant {
    Instant::from_micros(instant.as_micros() - 1)
}

fn receiving() -> ServerExchange {
    ServerExchange::new(&ServerConfig::default(), START)
}

fn replying() -> ServerExchange {
    let mut exchange = receiving();
    exchange.handle_received(b"GET Data", at(1));
    exchange
}

fn sending() -> ServerExchange {
    let mut exchange = replying();
    exchange.reply(COLOR);
    exchange
}

/// The reply left 2 ms into the exchange.
fn draining() -> ServerExchange {
    let mut exchange = sending();
    exchange.handle_sent(8, at(2));
    exchange
}

fn served(abandoned: bool) -> Served {
    Served { request: DATA, color: Some(COLOR), request_over_limit: false, abandoned }
}

// SRV-1, SRV-2, SRV-3, REQ-3, REP-1
#[test]
fn an_exchange_reads_replies_in_one_write_drains_and_ends() {
    let mut exchange = receiving();
    assert_eq!(exchange.poll(at(0)), ServerStep::Receive { deadline: DEADLINE });
    exchange.handle_received(b"GET Data", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(DATA));
    exchange.reply(COLOR);
    assert_eq!(exchange.poll(at(2)), ServerStep::Transmit { bytes: b"12,0,255", last: true, deadline: DEADLINE });
    exchange.handle_sent(8, at(2));
    assert_eq!(exchange.poll(at(2)), ServerStep::Receive { deadline: at(1_002) });
    exchange.handle_eof();
    assert_eq!(exchange.poll(at(3)), ServerStep::Done(Ok(served(false))));
}

// REQ-4
#[test]
fn the_name_is_told_with_the_request() {
    let name = "kitchen".parse().unwrap();
    let mut exchange = receiving();
    exchange.handle_received(b"GET Data kitchen\n", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(Request::Data { name: Some(name) }));
}

// REQ-6
#[test]
fn a_request_that_is_none_is_answered_like_get_data() {
    let mut exchange = receiving();
    exchange.handle_received(b"hello", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(Request::Other));
    exchange.reply(COLOR);
    assert_eq!(exchange.poll(at(1)), ServerStep::Transmit { bytes: b"12,0,255", last: true, deadline: DEADLINE });
}

// HTTP-1, SRV-2
#[test]
fn an_http_request_is_answered_in_http_in_one_write() {
    let request = Request::Http { method: Method::Get, resource: Resource::Color };
    let mut exchange = receiving();
    exchange.handle_received(b"GET / HTTP/1.1\r\nHost: board\r\n\r\n", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(request));
    exchange.reply(COLOR);
    let response = Response::new(&request, COLOR);
    assert_eq!(
        exchange.poll(at(1)),
        ServerStep::Transmit { bytes: response.as_bytes(), last: true, deadline: DEADLINE }
    );
}

// SRV-2: where a transport takes less than all, the rest follows.
#[test]
fn a_response_written_byte_by_byte_is_sent_whole() {
    let mut exchange = receiving();
    exchange.handle_received(b"GET / HTTP/1.0\n\n", at(1));
    exchange.reply(COLOR);
    let mut sent = Vec::new();
    while let ServerStep::Transmit { bytes, .. } = exchange.poll(at(2)) {
        sent.push(bytes[0]);
        exchange.handle_sent(1, at(2));
    }
    assert_eq!(
        sent,
        Response::new(&Request::Http { method: Method::Get, resource: Resource::Color }, COLOR).as_bytes()
    );
    assert_eq!(exchange.poll(at(2)), ServerStep::Receive { deadline: at(1_002) });
}

#[test]
fn a_write_of_nothing_changes_nothing_and_one_of_too_much_counts_as_all() {
    let mut exchange = sending();
    exchange.handle_sent(0, at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Transmit { bytes: b"12,0,255", last: true, deadline: DEADLINE });
    exchange.handle_sent(3, at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Transmit { bytes: b"0,255", last: true, deadline: DEADLINE });
    exchange.handle_sent(usize::MAX, at(2));
    assert_eq!(exchange.poll(at(2)), ServerStep::Receive { deadline: at(1_002) });
}

// SRV-1
#[test]
fn a_second_request_on_the_connection_gets_no_second_reply() {
    let mut exchange = draining();
    exchange.handle_received(b"GET Data", at(3));
    assert_eq!(exchange.poll(at(3)), ServerStep::Receive { deadline: at(1_002) });
    exchange.handle_eof();
    assert_eq!(exchange.poll(at(4)), ServerStep::Done(Ok(served(false))));
}

// REQ-8
#[test]
fn a_stream_without_a_byte_gets_no_reply() {
    let mut exchange = receiving();
    exchange.handle_received(b"", at(1));
    exchange.handle_eof();
    assert_eq!(exchange.poll(at(1)), ServerStep::Done(Err(ServeError::NoRequest)));
}

// REQ-8
#[test]
fn the_clients_end_of_the_stream_ends_its_request() {
    let name = "kitchen".parse().unwrap();
    for (bytes, request) in [
        (&b"GE"[..], Request::Other),
        (b"GET Data kitchen", Request::Data { name: Some(name) }),
        (b"GET / HTTP/1.1\r\nHost", Request::Http { method: Method::Get, resource: Resource::Color }),
    ] {
        let mut exchange = receiving();
        exchange.handle_received(bytes, at(1));
        exchange.handle_eof();
        assert_eq!(exchange.poll(at(1)), ServerStep::Reply(request));
    }
}

// REQ-5
#[test]
fn a_request_that_may_grow_is_answered_100_ms_behind_its_last_byte_and_not_a_microsecond_before() {
    let mut exchange = receiving();
    exchange.handle_received(b"GE", at(10));
    assert_eq!(exchange.poll(at(10)), ServerStep::Receive { deadline: at(110) });
    assert_eq!(exchange.poll(just_before(at(110))), ServerStep::Receive { deadline: at(110) });
    assert_eq!(exchange.poll(at(110)), ServerStep::Reply(Request::Other));
}

// REQ-5
#[test]
fn each_further_byte_gives_a_request_more_time_to_grow() {
    let mut exchange = receiving();
    exchange.handle_received(b"GET Data kit", at(10));
    exchange.handle_received(b"chen", at(90));
    assert_eq!(exchange.poll(just_before(at(190))), ServerStep::Receive { deadline: at(190) });
    let name = Some("kitchen".parse().unwrap());
    assert_eq!(exchange.poll(at(190)), ServerStep::Reply(Request::Data { name }));
}

// REQ-5: from the last byte, not from the last look.
#[test]
fn a_read_of_nothing_gives_a_request_no_more_time_to_grow() {
    let mut exchange = receiving();
    exchange.handle_received(b"GE", at(10));
    exchange.handle_received(b"", at(90));
    assert_eq!(exchange.poll(at(110)), ServerStep::Reply(Request::Other));
}

// REQ-5, SRV-4
#[test]
fn a_request_that_grows_for_ever_is_over_at_the_time_out() {
    let mut exchange = receiving();
    exchange.handle_received(b"GET Data n", at(4_950));
    assert_eq!(exchange.poll(at(4_950)), ServerStep::Receive { deadline: DEADLINE });
    assert_eq!(exchange.poll(DEADLINE), ServerStep::Done(Err(ServeError::TimedOut)));
}

// HTTP-2
#[test]
fn a_head_is_waited_for_until_the_time_out() {
    let mut exchange = receiving();
    exchange.handle_received(b"GET / HTTP/1.1", at(10));
    assert_eq!(exchange.poll(at(10)), ServerStep::Receive { deadline: at(110) });
    exchange.handle_received(b"\r\n", at(20));
    assert_eq!(exchange.poll(at(4_000)), ServerStep::Receive { deadline: DEADLINE });
    exchange.handle_received(b"\r\n", at(4_000));
    assert_eq!(
        exchange.poll(at(4_000)),
        ServerStep::Reply(Request::Http { method: Method::Get, resource: Resource::Color })
    );
}

// SRV-4
#[test]
fn in_each_state_before_the_reply_is_out_the_time_out_ends_the_exchange_at_its_deadline_and_not_before() {
    let mut half_a_head = receiving();
    half_a_head.handle_received(b"GET / HTTP/1.1\r\n", at(1));
    let mut half_sent = sending();
    half_sent.handle_sent(7, at(2));
    for exchange in [receiving(), half_a_head, replying(), sending(), half_sent] {
        let mut waiting = exchange.clone();
        assert!(!matches!(waiting.poll(just_before(DEADLINE)), ServerStep::Done(_)), "{exchange:?}");
        let mut over = exchange;
        assert_eq!(over.poll(DEADLINE), ServerStep::Done(Err(ServeError::TimedOut)));
    }
}

// SRV-3
#[test]
fn a_client_that_does_not_close_is_abandoned_1_s_behind_the_reply_and_not_a_microsecond_before() {
    let mut exchange = draining();
    assert_eq!(exchange.poll(just_before(at(1_002))), ServerStep::Receive { deadline: at(1_002) });
    assert_eq!(exchange.poll(at(1_002)), ServerStep::Done(Ok(served(true))));
}

// SRV-3: bytes do not prolong it.
#[test]
fn bytes_that_are_dropped_do_not_move_the_end_of_the_draining() {
    let mut exchange = draining();
    exchange.handle_received(b"x", at(1_001));
    assert_eq!(exchange.poll(at(1_001)), ServerStep::Receive { deadline: at(1_002) });
    assert_eq!(exchange.poll(at(1_002)), ServerStep::Done(Ok(served(true))));
}

// SRV-4: from accepting the connection to closing it.
#[test]
fn draining_ends_with_the_exchanges_time_too() {
    let mut exchange = sending();
    exchange.handle_sent(8, at(4_500));
    assert_eq!(exchange.poll(just_before(DEADLINE)), ServerStep::Receive { deadline: DEADLINE });
    assert_eq!(exchange.poll(DEADLINE), ServerStep::Done(Ok(served(true))));
}

// SRV-3
#[test]
fn as_many_bytes_as_the_limit_are_dropped_and_one_more_abandons_the_client() {
    const MAX: usize = 2 * 1024 * 1024;
    let drain = |lens: &[usize]| {
        let mut exchange = draining();
        for len in lens {
            exchange.handle_received(&vec![b'x'; *len], at(3));
        }
        let over = matches!(exchange.poll(at(3)), ServerStep::Done(_));
        exchange.handle_eof();
        (over, exchange.poll(at(3)) == ServerStep::Done(Ok(served(over))))
    };
    assert_eq!(drain(&[MAX]), (false, true));
    assert_eq!(drain(&[MAX + 1]), (true, true));
    assert_eq!(drain(&[MAX - 1, 1]), (false, true));
    assert_eq!(drain(&[MAX - 1, 1, 1]), (true, true));
}

// SRV-3: bytes read together with the request are read already.
#[test]
fn bytes_read_with_the_request_do_not_count_as_dropped() {
    let config = ServerConfig { drain_len_max: 1, ..ServerConfig::default() };
    let mut exchange = ServerExchange::new(&config, START);
    exchange.handle_received(b"GET Data\nand a long tail", at(1));
    exchange.reply(COLOR);
    exchange.handle_sent(8, at(2));
    exchange.handle_received(b"x", at(2));
    assert_eq!(exchange.poll(at(2)), ServerStep::Receive { deadline: at(1_002) });
    exchange.handle_received(b"x", at(2));
    assert_eq!(exchange.poll(at(2)), ServerStep::Done(Ok(served(true))));
}

// REQ-7
#[test]
fn a_request_is_answered_at_its_1024th_byte_and_not_one_before() {
    let mut exchange = receiving();
    let head = b"GET / HTTP/1.1\r\nX: ";
    exchange.handle_received(head, at(1));
    exchange.handle_received(&vec![b'x'; MAX_REQUEST_LEN - 1 - head.len()], at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Receive { deadline: DEADLINE });
    exchange.handle_received(b"x", at(1));
    let request = Request::Http { method: Method::Get, resource: Resource::Color };
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(request));
    exchange.reply(COLOR);
    exchange.handle_sent(usize::MAX, at(1));
    exchange.handle_eof();
    let served = Served { request, color: Some(COLOR), request_over_limit: true, abandoned: false };
    assert_eq!(exchange.poll(at(1)), ServerStep::Done(Ok(served)));
}

// REQ-7
#[test]
fn the_limit_of_a_request_is_the_configs() {
    let config = ServerConfig { request_len_max: 4, ..ServerConfig::default() };
    let mut exchange = ServerExchange::new(&config, START);
    exchange.handle_received(b"GET", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Receive { deadline: at(101) });
    exchange.handle_received(b" ", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(Request::Other));
}

// REQ-5, REQ-7, SRV-3, SRV-4
#[test]
fn the_default_limits_are_the_protocols() {
    let config = ServerConfig::default();
    assert_eq!(config.timeout, Duration::from_secs(5));
    assert_eq!(config.settle, Duration::from_millis(100));
    assert_eq!(config.linger, Duration::from_secs(1));
    assert_eq!((config.request_len_max, config.drain_len_max), (1024, 2 * 1024 * 1024));
}

// REQ-5, SRV-3, SRV-4
#[test]
fn the_spans_are_the_configs() {
    let config = ServerConfig {
        timeout: Duration::from_millis(40),
        settle: Duration::from_millis(10),
        linger: Duration::from_millis(20),
        ..ServerConfig::default()
    };
    let mut exchange = ServerExchange::new(&config, START);
    assert_eq!(exchange.poll(START), ServerStep::Receive { deadline: at(40) });
    exchange.handle_received(b"G", START);
    assert_eq!(exchange.poll(START), ServerStep::Receive { deadline: at(10) });
    assert_eq!(exchange.poll(at(10)), ServerStep::Reply(Request::Other));
    exchange.reply(COLOR);
    exchange.handle_sent(8, at(11));
    assert_eq!(exchange.poll(at(11)), ServerStep::Receive { deadline: at(31) });
}

#[test]
fn spans_of_zero_end_at_once() {
    let zero = Duration::ZERO;
    let config = ServerConfig { settle: zero, linger: zero, ..ServerConfig::default() };
    let mut exchange = ServerExchange::new(&config, START);
    exchange.handle_received(b"GE", at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(Request::Other));
    exchange.reply(COLOR);
    exchange.handle_sent(8, at(1));
    assert!(matches!(exchange.poll(at(1)), ServerStep::Done(Ok(Served { abandoned: true, .. }))));
    let config = ServerConfig { timeout: zero, ..config };
    let mut exchange = ServerExchange::new(&config, START);
    assert_eq!(exchange.poll(START), ServerStep::Done(Err(ServeError::TimedOut)));
}

#[test]
fn a_connection_that_breaks_before_the_reply_is_out_is_a_reset() {
    let mut half_sent = sending();
    half_sent.handle_sent(7, at(2));
    for mut exchange in [receiving(), replying(), sending(), half_sent] {
        exchange.handle_error(TransportError::Reset);
        assert_eq!(exchange.poll(at(2)), ServerStep::Done(Err(ServeError::Reset)));
    }
}

// SRV-3
#[test]
fn a_client_that_closes_the_hard_way_behind_the_reply_is_served() {
    let mut exchange = draining();
    exchange.handle_error(TransportError::Reset);
    assert_eq!(exchange.poll(at(3)), ServerStep::Done(Ok(served(false))));
}

#[test]
fn inputs_out_of_turn_are_ignored() {
    let mut exchange = receiving();
    exchange.reply(Rgb::WHITE);
    exchange.handle_sent(8, at(1));
    assert_eq!(exchange.poll(at(1)), ServerStep::Receive { deadline: DEADLINE });
    let mut exchange = replying();
    exchange.handle_received(b"x", at(1));
    exchange.handle_sent(8, at(1));
    exchange.handle_eof();
    assert_eq!(exchange.poll(at(1)), ServerStep::Reply(DATA));
    let mut exchange = sending();
    exchange.handle_received(b"x", at(1));
    exchange.reply(Rgb::WHITE);
    exchange.handle_eof();
    assert_eq!(exchange.poll(at(1)), ServerStep::Transmit { bytes: b"12,0,255", last: true, deadline: DEADLINE });
    let mut exchange = draining();
    exchange.reply(Rgb::WHITE);
    exchange.handle_sent(8, at(500));
    assert_eq!(exchange.poll(at(500)), ServerStep::Receive { deadline: at(1_002) });
}

#[test]
fn inputs_behind_the_end_are_ignored() {
    let mut served_well = draining();
    served_well.handle_eof();
    let mut failed = receiving();
    failed.handle_eof();
    for (mut exchange, expected) in [(served_well, Ok(served(false))), (failed, Err(ServeError::NoRequest))] {
        exchange.handle_received(b"GET Data", at(3));
        exchange.reply(Rgb::WHITE);
        exchange.handle_sent(8, at(3));
        exchange.handle_eof();
        exchange.handle_error(TransportError::Other);
        assert_eq!(exchange.poll(at(3)), ServerStep::Done(expected));
        assert_eq!(exchange.poll(Instant::from_micros(u64::MAX)), ServerStep::Done(expected));
    }
}

/// What may happen to an exchange, in any order.
#[derive(Clone, Debug)]
enum Input {
    Poll,
    Received(Vec<u8>),
    Reply(Rgb),
    Sent(usize),
    Eof,
    Error,
}

fn inputs() -> impl Strategy<Value = (u64, Input)> {
    let input = prop_oneof![
        4 => Just(Input::Poll),
        3 => prop_oneof![
            proptest::sample::select(&["GET Data", "GE", "T ", " kit", "\n", "GET / HTTP/1.1\r\n", "X: y", "\r\n"][..])
                .prop_map(|text| text.as_bytes().to_vec()),
            any::<Vec<u8>>(),
        ]
        .prop_map(Input::Received),
        3 => any::<[u8; 3]>().prop_map(|color| Input::Reply(color.into())),
        3 => prop_oneof![0..10usize, any::<usize>()].prop_map(Input::Sent),
        1 => Just(Input::Eof),
        1 => Just(Input::Error),
    ];
    (0..400_000u64, input)
}

proptest! {
    #![proptest_config(property::config())]

    // REQ-3, REQ-5: however it comes, and without a wait.
    #[test]
    fn the_tutorials_request_in_any_pieces_is_answered_with_its_last_byte(cuts in cuts()) {
        let mut exchange = receiving();
        for piece in pieces(b"GET Data", &cuts) {
            let waiting = matches!(exchange.poll(at(1)), ServerStep::Receive { .. } | ServerStep::Reply(_));
            prop_assert!(waiting);
            exchange.handle_received(piece, at(1));
        }
        prop_assert_eq!(exchange.poll(at(1)), ServerStep::Reply(DATA));
    }

    // SRV-1, SRV-4
    #[test]
    fn no_inputs_make_it_panic_go_back_reply_twice_or_outlast_its_time(
        inputs in proptest::collection::vec(inputs(), 0..60),
    ) {
        let mut exchange = receiving();
        let mut now = START;
        let mut ended = None;
        let mut replies = 0;
        let mut may_reply = true;
        for (micros, input) in inputs {
            now = now + Duration::from_micros(micros);
            match input {
                Input::Poll => match exchange.poll(now) {
                    ServerStep::Done(outcome) => {
                        prop_assert!(ended.is_none_or(|ended| ended == outcome));
                        ended = Some(outcome);
                    }
                    ServerStep::Receive { deadline } => prop_assert!(ended.is_none() && now < deadline && deadline <= DEADLINE),
                    ServerStep::Reply(_) => prop_assert!(ended.is_none() && may_reply),
                    ServerStep::Transmit { bytes, last, deadline } => {
                        prop_assert!(ended.is_none() && !bytes.is_empty() && last && now < deadline);
                        // One reply, and nothing asks for another.
                        replies += u8::from(may_reply);
                        may_reply = false;
                    }
                    ServerStep::TransmitBody { .. } => prop_assert!(false, "no document was given"),
                },
                Input::Received(bytes) => exchange.handle_received(&bytes, now),
                Input::Reply(color) => exchange.reply(color),
                Input::Sent(len) => exchange.handle_sent(len, now),
                Input::Eof => exchange.handle_eof(),
                Input::Error => exchange.handle_error(TransportError::Reset),
            }
        }
        prop_assert!(replies <= 1);
        let over = matches!(exchange.poll(DEADLINE + MICROSECOND), ServerStep::Done(_));
        prop_assert!(over);
    }
}
