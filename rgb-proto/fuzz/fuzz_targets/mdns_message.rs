//! The machines of multicast DNS on arbitrary datagrams and spans between them.
#![no_main]

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rgb_proto::Instant;
use rgb_proto::discovery::message::{Message, Records, Section};
use rgb_proto::discovery::{Browser, BrowserStep, GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
use rgb_proto::settings::Role;

/// The most steps before a machine waits: so many answers of their own may wait, and notices and multicasts besides.
const STEPS_MAX: usize = 16;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// Whether the board has its name already when the first datagram comes.
    announced: bool,
    datagrams: Vec<Datagram<'a>>,
}

#[derive(Arbitrary, Debug)]
struct Datagram<'a> {
    /// Since the one before.
    millis: u16,
    host: u8,
    legacy: bool,
    random: u32,
    bytes: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let name = "rgb".parse().expect("a name");
    let mut responder = Responder::new(Service { name, role: Role::Both, port: 80, software: "1" });
    let mut browser = Browser::new(None, Instant::ORIGIN);
    let mut now = Instant::ORIGIN;
    responder.handle_address(Some(Ipv4Addr::new(10, 0, 0, 7)), now);
    while input.announced && now < Instant::from_millis(3000) {
        run(&mut responder, now, 0);
        now = now + Duration::from_millis(250);
    }
    for Datagram { millis, host, legacy, random, bytes } in input.datagrams {
        read(bytes);
        now = now + Duration::from_millis(u64::from(millis));
        let from = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, host), if legacy { 40_000 } else { GROUP.port() });
        let unicasts = run(&mut responder, now, random);
        assert!(unicasts <= 4, "more answers than places for them");
        responder.handle_message(bytes, from, now, random);
        run(&mut responder, now, random);
        browser.handle_message(bytes, from, now);
        browse(&mut browser, now, random);
    }
    responder.stop();
    run(&mut responder, now, 0);
    let mut buffer = [0; MESSAGE_LEN_MAX];
    assert_eq!(responder.poll(now, 0, &mut buffer), ResponderStep::Stopped);
});

/// Does what the responder says until it waits, and counts its unicasts.
fn run(responder: &mut Responder, now: Instant, random: u32) -> usize {
    let mut unicasts = 0;
    for _ in 0..STEPS_MAX {
        let mut buffer = [0; MESSAGE_LEN_MAX];
        match responder.poll(now, random, &mut buffer) {
            ResponderStep::Transmit { len, to } => {
                unicasts += usize::from(to != GROUP);
                let message = Message::parse(&buffer[..len]).expect("a responder sends what it reads");
                assert!(message.records().next().is_some(), "says nothing");
                assert!(message.is_response() || to == GROUP);
            }
            ResponderStep::Renamed | ResponderStep::Announced => {}
            ResponderStep::Wait { until } => {
                assert!(until.is_none_or(|until| until > now), "waits for what is over");
                return unicasts;
            }
            ResponderStep::Stopped => return unicasts,
        }
    }
    panic!("a responder never waits");
}

/// Does what the browser says until it waits.
fn browse(browser: &mut Browser, now: Instant, random: u32) {
    for _ in 0..STEPS_MAX {
        let mut buffer = [0; MESSAGE_LEN_MAX];
        match browser.poll(now, random, &mut buffer) {
            BrowserStep::Transmit { len } => {
                let message = Message::parse(&buffer[..len]).expect("a browser sends what it reads");
                assert!(!message.is_response() && message.questions().next().is_some());
            }
            BrowserStep::Found(server) => {
                assert!(server.role.serves() && server.address.port() != 0 && !server.address.ip().is_unspecified());
            }
            BrowserStep::Wait { until } => {
                assert!(until > now, "waits for what is over");
                return;
            }
        }
    }
    panic!("a browser never waits");
}

/// Reads all of a message, whose names end and whose records are whole.
fn read(bytes: &[u8]) {
    let Some(message) = Message::parse(bytes) else { return };
    for question in message.questions() {
        assert!(question.name.labels().map(|label| 1 + label.len()).sum::<usize>() < 255);
    }
    let records: Records<'_> = message.records();
    let mut section = Section::Answer;
    for record in records {
        assert!(record.section >= section, "the sections have their order");
        section = record.section;
        assert!(record.compare(&record).is_eq());
        assert!(record.strings().count() <= record.data().len());
    }
}
