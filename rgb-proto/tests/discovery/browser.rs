//! A client that knows no server finds those that are announced.

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;
use rgb_proto::discovery::message::{Message, Section};
use rgb_proto::discovery::{Browser, BrowserStep, FoundServer, MESSAGE_LEN_MAX};
use rgb_proto::settings::Role;

use crate::wire::{
    A, IN, PTR, QUERY, RESPONSE, SRV, TOP, TXT, TYPE, at, message, micros, name, peer, record, response, srv, txt,
};

const INSTANCE: &str = "kitchen._rgb._tcp.local";
const HOST: &str = "kitchen.local";

#[derive(Debug, Default)]
struct Polled {
    sent: Vec<Vec<u8>>,
    found: Vec<FoundServer>,
    until: Instant,
}

fn poll(browser: &mut Browser, now: Instant, random: u32) -> Polled {
    let mut polled = Polled::default();
    for _ in 0..20 {
        let mut buffer = [0; MESSAGE_LEN_MAX];
        match browser.poll(now, random, &mut buffer) {
            BrowserStep::Transmit { len } => polled.sent.push(buffer[..len].to_vec()),
            BrowserStep::Found(server) => polled.found.push(server),
            BrowserStep::Wait { until } => {
                assert!(until > now, "waits for what is over");
                polled.until = until;
                return polled;
            }
        }
    }
    panic!("never waits: {polled:?}");
}

/// Has asked once, at 20 ms.
fn asking() -> Browser {
    let mut browser = Browser::new(None, at(0));
    poll(&mut browser, at(0), 0);
    assert_eq!(poll(&mut browser, at(20), 0).sent.len(), 1);
    browser
}

fn hear(browser: &mut Browser, bytes: &[u8], millis: u64) -> Polled {
    browser.handle_message(bytes, peer(9), at(millis));
    poll(browser, at(millis), 0)
}

fn pointer() -> Vec<u8> {
    record(TYPE, PTR, IN, 4500, &name(INSTANCE))
}

fn service() -> Vec<u8> {
    record(INSTANCE, SRV, IN | TOP, 120, &srv(8080, HOST))
}

fn text() -> Vec<u8> {
    record(INSTANCE, TXT, IN | TOP, 4500, &txt(&["txtvers=1", "name=Kitchen", "role=both", "version=1", "extra"]))
}

fn address() -> Vec<u8> {
    record(HOST, A, IN | TOP, 120, &[10, 0, 0, 9])
}

fn kitchen() -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 8080)
}

/// Owner's first label and type of each question.
fn questions(bytes: &[u8]) -> Vec<(String, u16)> {
    let message = Message::parse(bytes).expect("well-formed");
    message
        .questions()
        .map(|question| {
            let first = question.name.labels().next().expect("a label");
            (String::from_utf8_lossy(first).into_owned(), question.kind)
        })
        .collect()
}

// DSC-6. RFC 6762, section 5.2.
#[test]
fn the_first_question_is_asked_20_to_120_ms_after_the_start_and_may_be_answered_by_unicast() {
    for (random, due) in [(0, 20_000), (u32::MAX, 119_999)] {
        let mut browser = Browser::new(None, at(0));
        assert_eq!(poll(&mut browser, at(0), random).until, micros(due));
        assert!(poll(&mut browser, micros(due - 1), 0).sent.is_empty());
        let expected = b"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04_rgb\x04_tcp\x05local\x00\x00\x0c\x80\x01";
        assert_eq!(poll(&mut browser, micros(due), 0).sent, [expected]);
    }
}

// DSC-6. RFC 6762, section 5.2.
#[test]
fn the_spans_between_questions_double_from_a_second_to_a_minute() {
    let mut browser = asking();
    let mut now = at(20);
    let spans = [0; 9].map(|random| {
        let until = poll(&mut browser, now, random).until;
        assert!(poll(&mut browser, micros(until.as_micros() - 1), 0).sent.is_empty());
        let expected = b"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04_rgb\x04_tcp\x05local\x00\x00\x0c\x00\x01";
        assert_eq!(poll(&mut browser, until, 0).sent, [expected]);
        let span = until.saturating_duration_since(now).as_secs();
        now = until;
        span
    });
    assert_eq!(spans, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}

// DSC-6, DSC-2
#[test]
fn a_server_is_found_in_one_message_whatever_the_order_of_its_records() {
    let expected = (Some("Kitchen".parse().unwrap()), Role::Both, kitchen());
    let records = [pointer(), service(), text(), address()];
    for turn in 0..4 {
        let mut turned = records.clone();
        turned.rotate_left(turn);
        for reversed in [false, true] {
            if reversed {
                turned.reverse();
            }
            let polled = hear(&mut asking(), &response(&turned), 100);
            let [found] = polled.found[..] else { panic!("not one: {polled:?}") };
            assert_eq!((found.name, found.role, found.address), expected);
            assert_eq!((found.to_string(), found.label.to_string()), ("Kitchen".to_owned(), "kitchen".to_owned()));
        }
    }
    let additional = message(RESPONSE, [&[], &[pointer()], &[], &[address(), service(), text()]]);
    assert_eq!(hear(&mut asking(), &additional, 100).found.len(), 1);
}

// DSC-6
#[test]
fn a_server_is_reported_once_and_known_to_be_there() {
    let mut browser = asking();
    let all = response(&[pointer(), service(), text(), address()]);
    assert_eq!(hear(&mut browser, &all, 100).found.len(), 1);
    let polled = hear(&mut browser, &all, 200);
    assert_eq!((polled.found.len(), polled.until), (0, at(1020)));
    // RFC 6762, section 7.1: the next question tells it, with what is left of its time.
    let polled = poll(&mut browser, at(1220), 0);
    let message = Message::parse(&polled.sent[0]).unwrap();
    let [known]: [_; 1] = message.records().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((known.section, known.kind, known.ttl, known.flush), (Section::Answer, PTR, 4498, false));
    assert!(known.target().unwrap().is(&[b"kitchen", b"_rgb", b"_tcp", b"local"]));
}

// RFC 6762, section 7.1.
#[test]
fn what_is_known_for_less_than_half_of_its_time_is_asked_for_again_and_then_forgotten() {
    let with_ttl = record(TYPE, PTR, IN, 10, &name(INSTANCE));
    let all = response(&[with_ttl, service(), text(), address()]);
    // Asked for at 7020 ms, after 20, 1020 and 3020 ms; half of the time is 5 s.
    for (heard, known) in [(2_019_999, 0), (2_020_000, 1)] {
        let mut browser = asking();
        poll(&mut browser, at(1020), 0);
        browser.handle_message(&all, peer(9), micros(heard));
        poll(&mut browser, at(3020), 0);
        let polled = poll(&mut browser, at(7020), 0);
        assert_eq!(Message::parse(&polled.sent[0]).unwrap().records().count(), known, "heard at {heard} us");
    }
    for (millis, found) in [(9_999, 0), (10_000, 1)] {
        let mut browser = asking();
        hear(&mut browser, &all, 0);
        assert_eq!(hear(&mut browser, &all, millis).found.len(), found, "after {millis} ms");
    }
}

#[test]
fn the_longest_time_to_live_is_known_for_years() {
    let for_ever = record(TYPE, PTR, IN, u32::MAX, &name(INSTANCE));
    let all = response(&[for_ever, service(), text(), address()]);
    let mut browser = asking();
    assert_eq!(hear(&mut browser, &all, 100).found.len(), 1);
    assert!(hear(&mut browser, &all, 365 * 24 * 3_600_000).found.is_empty());
}

// DSC-6
#[test]
fn what_is_missing_is_asked_for() {
    let mut browser = asking();
    let polled = hear(&mut browser, &response(&[pointer()]), 100);
    assert_eq!((polled.found.len(), polled.sent.len(), polled.until), (0, 0, at(120)));
    let polled = poll(&mut browser, at(120), 0);
    assert_eq!(questions(&polled.sent[0]), [("kitchen".to_owned(), SRV), ("kitchen".to_owned(), TXT)]);
    // The host's address counts once the host is known.
    hear(&mut browser, &response(&[address()]), 200);
    hear(&mut browser, &response(&[service(), text()]), 300);
    assert!(poll(&mut browser, micros(1_119_999), 0).sent.iter().all(|bytes| questions(bytes)[0].1 == PTR));
    let polled = poll(&mut browser, at(1120), 0);
    assert_eq!(questions(&polled.sent[0]), [("kitchen".to_owned(), A)]);
    let polled = hear(&mut browser, &response(&[address()]), 1200);
    assert_eq!(polled.found.iter().map(|server| server.address).collect::<Vec<_>>(), [kitchen()]);
}

// DSC-6
#[test]
fn a_service_that_stays_incomplete_is_asked_for_four_times_and_forgotten() {
    let mut browser = asking();
    hear(&mut browser, &response(&[pointer()]), 100);
    let mut asked = Vec::new();
    let mut now = at(100);
    while now < at(60_000) {
        let polled = poll(&mut browser, now, 0);
        if polled.sent.iter().any(|bytes| questions(bytes)[0].1 == SRV) {
            asked.push(now.as_micros() / 1000);
        }
        now = polled.until;
    }
    assert_eq!(asked, [120, 1120, 3120, 7120]);
}

// DSC-2
#[test]
fn a_service_without_the_keys_is_a_server() {
    let texts: [(&[&str], Option<&str>, Role); 6] = [
        (&[""], None, Role::Server),
        (&["txtvers=1", "path=/"], None, Role::Server),
        (&["ROLE=both", "Name=a"], Some("a"), Role::Both),
        (&["role=both", "role=server"], None, Role::Both),
        (&["role=lamp", "name=no name", "name"], None, Role::Server),
        (&["role=server", "=both", "name=b", "name=c"], Some("b"), Role::Server),
    ];
    for (strings, name, role) in texts {
        let text = record(INSTANCE, TXT, IN, 4500, &txt(strings));
        let polled = hear(&mut asking(), &response(&[pointer(), service(), text, address()]), 100);
        let [found] = polled.found[..] else { panic!("not one: {polled:?}") };
        assert_eq!((found.name.map(|name| name.to_string()).as_deref(), found.role), (name, role), "{strings:?}");
    }
}

// DSC-2
#[test]
fn a_service_whose_text_was_asked_for_twice_in_vain_is_a_server() {
    let mut browser = asking();
    hear(&mut browser, &response(&[pointer(), service(), address()]), 100);
    for millis in [120, 1120] {
        assert_eq!(questions(poll(&mut browser, at(millis), 0).sent.first().unwrap()), [("kitchen".to_owned(), TXT)]);
    }
    assert!(poll(&mut browser, micros(3_119_999), 0).found.is_empty());
    let polled = poll(&mut browser, at(3120), 0);
    assert_eq!(
        polled.found.iter().map(|server| (server.role, server.to_string())).collect::<Vec<_>>(),
        [(Role::Server, "kitchen".to_owned())]
    );
}

// DSC-6
#[test]
fn a_board_does_not_find_itself_nor_one_that_only_asks() {
    let all = response(&[pointer(), service(), text(), address()]);
    let mut browser = Browser::new(Some(kitchen()), at(0));
    assert!(hear(&mut browser, &all, 100).found.is_empty());
    let client = record(INSTANCE, TXT, IN, 4500, &txt(&["role=client"]));
    assert!(hear(&mut asking(), &response(&[pointer(), service(), client, address()]), 100).found.is_empty());
    // The same host may have another server.
    let other = SocketAddrV4::new(*kitchen().ip(), 8081);
    let mut browser = Browser::new(Some(other), at(0));
    assert_eq!(hear(&mut browser, &all, 100).found.len(), 1);
}

// RFC 6762, section 10.1.
#[test]
fn a_service_that_is_taken_back_is_not_found() {
    for goodbye in [record(TYPE, PTR, IN, 0, &name(INSTANCE)), record(INSTANCE, SRV, IN, 0, &srv(8080, HOST))] {
        let mut browser = asking();
        hear(&mut browser, &response(&[pointer(), service()]), 100);
        hear(&mut browser, &response(&[goodbye]), 110);
        let polled = hear(&mut browser, &response(&[text(), address()]), 120);
        assert_eq!((polled.found.len(), polled.until), (0, at(1020)), "nothing is left to ask");
        assert_eq!(hear(&mut browser, &response(&[pointer(), service(), text(), address()]), 130).found.len(), 1);
    }
    let gone = record(HOST, A, IN, 0, &[10, 0, 0, 9]);
    assert!(hear(&mut asking(), &response(&[pointer(), service(), text(), gone]), 100).found.is_empty());
}

#[test]
fn what_no_server_would_say_is_not_believed() {
    let all = [pointer(), service(), text(), address()];
    let cases = [
        ("a query", message(QUERY, [&[], &all, &[], &[]])),
        ("an error", message(RESPONSE | 2, [&[], &all, &[], &[]])),
        ("no port", response(&[pointer(), record(INSTANCE, SRV, IN, 120, &srv(0, HOST)), text(), address()])),
        ("no address", response(&[pointer(), service(), text(), record(HOST, A, IN, 120, &[0; 4])])),
        ("a group's address", response(&[pointer(), service(), text(), record(HOST, A, IN, 120, &[224, 0, 0, 1])])),
        (
            "another class",
            response(&all.clone().map(|record| {
                String::from_utf8_lossy(&record).replace("\u{0}\u{1}\u{0}\u{0}", "\u{0}\u{3}\u{0}\u{0}").into_bytes()
            })),
        ),
        (
            "another type",
            response(&[
                record("_http._tcp.local", PTR, IN, 9, &name("kitchen._http._tcp.local")),
                service(),
                text(),
                address(),
            ]),
        ),
    ];
    for (what, bytes) in cases {
        assert!(hear(&mut asking(), &bytes, 100).found.is_empty(), "{what}");
    }
    let mut browser = asking();
    browser.handle_message(&response(&all), SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 53), at(100));
    assert!(poll(&mut browser, at(100), 0).found.is_empty());
}

// DSC-6: what avahi sends for two services of a host, with names compressed and an instance of spaces and UTF-8.
#[test]
fn services_of_a_foreign_responder_are_found() {
    let bytes = b"\x00\x00\x84\x00\x00\x00\x00\x02\x00\x00\x00\x05\
        \x04_rgb\x04_tcp\x05local\x00\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x0f\x0cK\xc3\xbcche 2.Stk\xc0\x0c\
        \xc0\x0c\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x06\x03two\xc0\x0c\
        \xc0\x27\x00\x10\x80\x01\x00\x00\x11\x94\x00\x01\x00\
        \xc0\x42\x00\x10\x80\x01\x00\x00\x11\x94\x00\x09\x08name=two\
        \xc0\x42\x00\x21\x80\x01\x00\x00\x00\x78\x00\x0d\x00\x00\x00\x00\x00\x51\x04host\xc0\x16\
        \xc0\x27\x00\x21\x80\x01\x00\x00\x00\x78\x00\x08\x00\x00\x00\x00\x00\x50\xc0\x7c\
        \xc0\x7c\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\x0a\x00\x00\x63";
    let polled = hear(&mut asking(), bytes, 100);
    let mut found: Vec<_> =
        polled.found.iter().map(|server| (server.to_string(), server.address.to_string())).collect();
    found.sort();
    assert_eq!(
        found,
        [("K\u{fc}che 2.Stk", "10.0.0.99:80"), ("two", "10.0.0.99:81")]
            .map(|(name, address)| (name.to_owned(), address.to_owned()))
    );
}

// DSC-6
#[test]
fn of_more_services_than_are_remembered_none_is_missed() {
    let mut browser = asking();
    let mut found = Vec::new();
    for index in 0..30 {
        let instance = format!("board-{index}._rgb._tcp.local");
        let bytes = response(&[
            record(TYPE, PTR, IN, 4500, &name(&instance)),
            record(&instance, SRV, IN, 120, &srv(80, HOST)),
            record(&instance, TXT, IN, 4500, b"\x00"),
            address(),
        ]);
        found.extend(hear(&mut browser, &bytes, 100).found.into_iter().map(|server| server.label.to_string()));
    }
    assert_eq!(found, (0..30).map(|index| format!("board-{index}")).collect::<Vec<_>>());
}

#[test]
fn many_new_services_make_few_questions() {
    let mut browser = asking();
    let mut sent = 0;
    for index in 0..1000 {
        let instance = format!("{}{index}._rgb._tcp.local", "x".repeat(50));
        sent += hear(&mut browser, &response(&[record(TYPE, PTR, IN, 4500, &name(&instance))]), 100 + index).sent.len();
    }
    assert!(sent <= 5, "{sent} in a second");
}
