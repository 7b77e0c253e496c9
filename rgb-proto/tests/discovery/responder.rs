//! A board that serves probes for its names, announces them, answers for them, and gives way.

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;
use rgb_proto::discovery::message::{Message, Section};
use rgb_proto::discovery::{GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
use rgb_proto::settings::Role;

use crate::wire::{
    A, AAAA, ANY, IN, NSEC, PTR, QUERY, RESPONSE, SRV, TOP, TRUNCATED_QUERY, TXT, TYPE, TYPES, at, message, micros,
    name, peer, query, question, record, response, srv, txt,
};

const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 7);
const HOST: &str = "rgb-server.local";
const INSTANCE: &str = "rgb-server._rgb._tcp.local";
/// The last moment of a random span.
const LATEST: u32 = u32::MAX;

/// What came out of polling until there was only waiting.
#[derive(Debug, Default)]
struct Polled {
    sent: Vec<(SocketAddrV4, Vec<u8>)>,
    renamed: usize,
    announced: usize,
    until: Option<Instant>,
}

impl Polled {
    /// The only datagram.
    fn only(&self) -> (SocketAddrV4, &[u8]) {
        let [(to, bytes)] = &self.sent[..] else { panic!("not one datagram: {self:?}") };
        (*to, bytes)
    }

    /// The only datagram, which goes to all.
    fn multicast(&self) -> &[u8] {
        let (to, bytes) = self.only();
        assert_eq!(to, GROUP);
        bytes
    }
}

fn poll(responder: &mut Responder, now: Instant, random: u32) -> Polled {
    let mut polled = Polled::default();
    for _ in 0..20 {
        let mut buffer = [0; MESSAGE_LEN_MAX];
        match responder.poll(now, random, &mut buffer) {
            ResponderStep::Transmit { len, to } => polled.sent.push((to, buffer[..len].to_vec())),
            ResponderStep::Renamed => polled.renamed += 1,
            ResponderStep::Announced => polled.announced += 1,
            ResponderStep::Wait { until } => {
                assert!(until.is_none_or(|until| until > now), "waits for what is over: {until:?} at {now:?}");
                polled.until = until;
                return polled;
            }
            ResponderStep::Stopped => return polled,
        }
    }
    panic!("never waits: {polled:?}");
}

fn service() -> Service {
    Service { name: "RGB_Server".parse().expect("a name"), role: Role::Server, port: 8080, software: "1.2" }
}

fn starting() -> Responder {
    let mut responder = Responder::new(service());
    responder.handle_address(Some(OWN), at(0));
    responder
}

/// Has announced itself at 750 ms and 1750 ms.
fn running() -> Responder {
    let mut responder = starting();
    for millis in [0, 250, 500, 750, 1750] {
        assert_eq!(poll(&mut responder, at(millis), 0).sent.len(), 1, "at {millis} ms");
    }
    assert_eq!(poll(&mut responder, at(1750), 0).until, None);
    responder
}

/// The records of a message: section, owner, type, time to live, cache-flush bit.
fn records(bytes: &[u8]) -> Vec<(Section, String, u16, u32, bool)> {
    let message = Message::parse(bytes).expect("well-formed");
    let show =
        |labels: Vec<&[u8]>| labels.iter().map(|label| String::from_utf8_lossy(label)).collect::<Vec<_>>().join(".");
    message
        .records()
        .map(|record| (record.section, show(record.name.labels().collect()), record.kind, record.ttl, record.flush))
        .collect()
}

fn kinds(bytes: &[u8], section: Section) -> Vec<u16> {
    records(bytes).into_iter().filter(|record| record.0 == section).map(|record| record.2).collect()
}

fn own_a() -> Vec<u8> {
    record(HOST, A, IN, 120, &OWN.octets())
}

fn own_srv() -> Vec<u8> {
    record(INSTANCE, SRV, IN, 120, &srv(8080, HOST))
}

fn own_txt() -> Vec<u8> {
    record(INSTANCE, TXT, IN, 4500, &txt(&["txtvers=1", "name=RGB_Server", "role=server", "version=1.2"]))
}

fn own_ptr(ttl: u32) -> Vec<u8> {
    record(TYPE, PTR, IN, ttl, &name(INSTANCE))
}

/// The same address record as another host's.
fn foreign_a(last: u8) -> Vec<u8> {
    record(HOST, A, IN | TOP, 120, &[10, 0, 0, last])
}

/// Another host's probe for the host's name.
fn probe(last: u8) -> Vec<u8> {
    message(QUERY, [&[question(HOST, ANY, IN | TOP)], &[], &[record(HOST, A, IN, 120, &[10, 0, 0, last])], &[]])
}

// DSC-1, DSC-2, DSC-4. RFC 6762, sections 8.1 and 8.2.
#[test]
fn a_probe_asks_for_both_names_by_unicast_and_proposes_their_records() {
    let polled = poll(&mut starting(), at(0), 0);
    let expected = b"\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\
        \x0argb-server\x05local\x00\x00\xff\x80\x01\
        \xc0\x0c\x00\xff\x80\x01";
    let (to, probe) = polled.only();
    assert_eq!(to, GROUP);
    assert_eq!(probe[..12], expected[..12]);
    assert_eq!(probe[12..34], expected[12..34]);
    let message = Message::parse(probe).unwrap();
    let names: Vec<_> = message.questions().map(|question| (question.kind, question.class, question.unicast)).collect();
    assert_eq!(names, [(ANY, IN, true), (ANY, IN, true)]);
    let proposed = |owner: &str, kind, ttl| (Section::Authority, owner.to_owned(), kind, ttl, false);
    assert_eq!(records(probe), [proposed(HOST, A, 120), proposed(INSTANCE, SRV, 120), proposed(INSTANCE, TXT, 4500)]);
}

// DSC-1, DSC-2. RFC 6762, section 8.3: all records, with the cache-flush bit on those that nobody shares.
#[test]
fn an_announcement_is_these_bytes() {
    let mut responder = starting();
    for millis in [0, 250, 500] {
        poll(&mut responder, at(millis), 0);
    }
    let polled = poll(&mut responder, at(750), 0);
    let expected = [
        &b"\x00\x00\x84\x00\x00\x00\x00\x05\x00\x00\x00\x01"[..],
        b"\x0argb-server\x05local\x00\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\x0a\x00\x00\x07",
        b"\x0argb-server\x04_rgb\x04_tcp\xc0\x17\x00\x21\x80\x01\x00\x00\x00\x78\x00\x08\x00\x00\x00\x00\x1f\x90\xc0\x0c",
        b"\xc0\x2c\x00\x10\x80\x01\x00\x00\x11\x94\x00\x32\
          \x09txtvers=1\x0fname=RGB_Server\x0brole=server\x0bversion=1.2",
    ]
    .concat();
    let announcement = polled.multicast();
    assert_eq!(&announcement[..expected.len()].escape_ascii().to_string(), &expected.escape_ascii().to_string());
    let answer = |owner: &str, kind, ttl, flush| (Section::Answer, owner.to_owned(), kind, ttl, flush);
    assert_eq!(records(announcement)[3..5], [answer(TYPE, PTR, 4500, false), answer(TYPES, PTR, 4500, false)]);
    assert_eq!((polled.announced, polled.until), (1, Some(at(1750))));
}

// DSC-4. RFC 6762, section 8.1.
#[test]
fn probing_starts_up_to_250_ms_after_the_address_and_asks_three_times_250_ms_apart() {
    for (random, first) in [(0, 0), (LATEST, 249_999)] {
        let mut responder = starting();
        if first > 0 {
            assert!(poll(&mut responder, at(0), random).sent.is_empty());
            assert!(poll(&mut responder, micros(first - 1), 0).sent.is_empty());
        }
        for probe in 0..3 {
            let due = first + probe * 250_000;
            if due > 0 {
                assert!(poll(&mut responder, micros(due - 1), random).sent.is_empty(), "probe {probe}");
            }
            let polled = poll(&mut responder, micros(due), random);
            assert_eq!(kinds(polled.multicast(), Section::Authority), [A, SRV, TXT]);
            assert_eq!(polled.until, Some(micros(due + 250_000)));
        }
        assert!(poll(&mut responder, micros(first + 749_999), 0).sent.is_empty());
        let polled = poll(&mut responder, micros(first + 750_000), 0);
        assert_eq!((polled.sent.len(), polled.announced), (1, 1));
    }
}

// RFC 6762, section 8.3.
#[test]
fn the_second_announcement_follows_a_second_behind_the_first_and_is_the_last() {
    let mut responder = starting();
    for millis in [0, 250, 500, 750] {
        poll(&mut responder, at(millis), 0);
    }
    assert!(poll(&mut responder, micros(1_749_999), 0).sent.is_empty());
    let polled = poll(&mut responder, at(1750), 0);
    assert_eq!(kinds(polled.multicast(), Section::Answer), [A, SRV, TXT, PTR, PTR]);
    assert_eq!((polled.announced, polled.until), (0, None));
}

// DSC-4
#[test]
fn who_is_told_while_probing_that_the_name_is_taken_takes_the_next_one_and_says_so() {
    let mut responder = starting();
    poll(&mut responder, at(0), 0);
    for (number, label) in [(2, "rgb-server-2"), (3, "rgb-server-3")] {
        let taken = record(&format!("{}.local", responder.host_label()), A, IN | TOP, 120, &[10, 0, 0, 9]);
        responder.handle_message(&response(&[taken]), peer(9), at(number * 100), 0);
        let polled = poll(&mut responder, at(number * 100), 0);
        assert_eq!((polled.renamed, responder.host_label().to_string().as_str()), (1, label));
        let owners: Vec<_> = records(polled.multicast()).into_iter().map(|record| record.1).collect();
        assert_eq!(owners[..2], [format!("{label}.local"), format!("{label}._rgb._tcp.local")]);
    }
}

// DSC-4. RFC 6762, section 8.1: whatever a host has of that name, it is taken.
#[test]
fn a_taken_instance_or_another_type_of_the_host_takes_the_name_as_well() {
    for taken in [
        record(INSTANCE, SRV, IN | TOP, 120, &srv(80, HOST)),
        record("RGB-SERVER._RGB._tcp.local", SRV, IN, 120, &srv(8080, "other.local")),
        record(INSTANCE, TXT, IN | TOP, 120, b"\x00"),
        record(HOST, AAAA, IN | TOP, 120, &[1; 16]),
    ] {
        for section in [1, 3] {
            let mut sections: [&[Vec<u8>]; 4] = [&[]; 4];
            let taken = [taken.clone()];
            sections[section] = &taken;
            let mut responder = starting();
            poll(&mut responder, at(0), 0);
            responder.handle_message(&message(RESPONSE, sections), peer(9), at(1), 0);
            assert_eq!(poll(&mut responder, at(1), 0).renamed, 1);
        }
    }
}

// DSC-4. RFC 6762, sections 8.1, 9 and 10.1.
#[test]
fn what_takes_no_name_changes_nothing() {
    let no_conflicts = [
        ("our own records", response(&[own_a(), own_srv(), own_txt(), own_ptr(4500)])),
        ("another host", response(&[record("other.local", A, IN, 120, &[10, 0, 0, 9])])),
        ("a record taken back", response(&[record(HOST, A, IN, 0, &[10, 0, 0, 9])])),
        ("another instance of the type", response(&[record(TYPE, PTR, IN, 120, &name("x._rgb._tcp.local"))])),
        ("another class", response(&[record(HOST, A, 3, 120, &[10, 0, 0, 9])])),
        ("what does not exist", response(&[record(HOST, NSEC, IN, 120, b"\x00")])),
        ("an error", message(RESPONSE | 3, [&[], &[foreign_a(9)], &[], &[]])),
        ("another operation", message(RESPONSE | 0x0800, [&[], &[foreign_a(9)], &[], &[]])),
        ("a broken message", response(&[foreign_a(9)])[..40].to_vec()),
    ];
    for (what, bytes) in no_conflicts {
        for mut responder in [starting(), running()] {
            poll(&mut responder, at(2000), 0);
            responder.handle_message(&bytes, peer(9), at(2001), 0);
            let polled = poll(&mut responder, at(2001), 0);
            assert_eq!((polled.renamed, polled.sent.len()), (0, 0), "{what}");
        }
    }
    // Not multicast DNS.
    for from in
        [SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 5354), SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 5353), GROUP]
    {
        let mut responder = starting();
        poll(&mut responder, at(0), 0);
        responder.handle_message(&response(&[foreign_a(9)]), from, at(1), 0);
        assert_eq!(poll(&mut responder, at(1), 0).renamed, 0, "from {from}");
    }
}

// DSC-4. RFC 6762, section 9.
#[test]
fn who_hears_later_that_another_has_the_name_probes_again_and_gives_way_to_whoever_answers() {
    let mut responder = running();
    responder.handle_message(&response(&[foreign_a(9)]), peer(9), at(5000), 0);
    let polled = poll(&mut responder, at(5000), 0);
    assert_eq!(kinds(polled.multicast(), Section::Authority), [A, SRV, TXT]);
    assert_eq!((polled.renamed, responder.host_label().to_string().as_str()), (0, "rgb-server"));
    let mut winner = responder.clone();
    responder.handle_message(&response(&[foreign_a(9)]), peer(9), at(5100), 0);
    assert_eq!(poll(&mut responder, at(5100), 0).renamed, 1);
    assert_eq!(responder.host_label().to_string(), "rgb-server-2");
    // Where nobody answers, the name stays.
    for millis in [5250, 5500] {
        poll(&mut winner, at(millis), 0);
    }
    assert_eq!(poll(&mut winner, at(5750), 0).announced, 1);
    assert_eq!(winner.host_label().to_string(), "rgb-server");
}

// DSC-4. RFC 6762, section 8.2.
#[test]
fn of_two_that_probe_at_once_the_one_with_the_lesser_records_waits_a_second() {
    let mut loser = starting();
    poll(&mut loser, at(0), 0);
    loser.handle_message(&probe(8), peer(8), at(100), 0);
    assert!(poll(&mut loser, micros(1_099_999), 0).sent.is_empty());
    assert_eq!(poll(&mut loser, at(1100), 0).sent.len(), 1);
    assert_eq!(loser.host_label().to_string(), "rgb-server");
    let mut winner = starting();
    poll(&mut winner, at(0), 0);
    winner.handle_message(&probe(6), peer(6), at(100), 0);
    assert!(poll(&mut winner, micros(249_999), 0).sent.is_empty());
    assert_eq!(poll(&mut winner, at(250), 0).sent.len(), 1);
}

// RFC 6762, section 8.2: class, then type, then the bytes as they are, then the number of records.
#[test]
fn simultaneous_probes_are_compared_as_the_rfc_says() {
    let defers = |proposed: &[Vec<u8>]| {
        let mut responder = starting();
        poll(&mut responder, at(0), 0);
        let questions = [question(HOST, ANY, IN | TOP)];
        responder.handle_message(&message(QUERY, [&questions, &[], proposed, &[]]), peer(9), at(1), 0);
        poll(&mut responder, at(1), 0).until == Some(at(1001))
    };
    let a = |octets: [u8; 4]| record(HOST, A, IN, 120, &octets);
    assert!(defers(&[a([200, 0, 0, 1])]), "bytes have no sign");
    assert!(!defers(&[a([10, 0, 0, 7])]), "the same is no conflict");
    assert!(defers(&[a([10, 0, 0, 7]), a([10, 0, 0, 7])]), "more records go first");
    assert!(!defers(&[a([10, 0, 0, 8]), a([10, 0, 0, 6])]), "the least are compared first");
    assert!(defers(&[record(HOST, AAAA, IN, 120, &[0; 16])]), "a higher type");
    assert!(!defers(&[record(HOST, AAAA, IN, 120, &[0; 16]), a([10, 0, 0, 1])]), "the lower type is compared first");
    assert!(defers(&[record(HOST, A, 3, 120, &[10, 0, 0, 1])]), "a higher class");
    // Of the instance TXT comes before SRV, whose host's name is compared without pointers.
    assert!(!defers(&[own_srv(), own_txt()]), "the same");
    assert!(defers(&[record(INSTANCE, SRV, IN, 120, &srv(8081, HOST)), own_txt()]), "a higher port");
    assert!(!defers(&[record(INSTANCE, SRV, IN, 120, &srv(8079, HOST)), own_txt()]), "a lower port");
    assert!(defers(&[own_srv()]), "SRV after TXT");
    // The host's name decides where both are proposed.
    assert!(!defers(&[a([10, 0, 0, 6]), record(INSTANCE, SRV, IN, 120, &srv(9000, HOST)), own_txt()]));
}

// DSC-4. RFC 6762, section 8.1.
#[test]
fn the_fifteenth_conflict_in_a_row_is_followed_by_a_wait_of_five_seconds() {
    let mut responder = starting();
    let conflict = |responder: &mut Responder, millis: u64| {
        let taken = record(&format!("{}.local", responder.host_label()), A, IN | TOP, 120, &[10, 0, 0, 9]);
        responder.handle_message(&response(&[taken]), peer(9), at(millis), 0);
        poll(responder, at(millis), 0).sent.len()
    };
    for millis in 0..14 {
        assert_eq!(conflict(&mut responder, millis), 1, "conflict {millis}");
    }
    assert_eq!(conflict(&mut responder, 14), 0);
    // A probe that goes first does not shorten this wait.
    let host = format!("{}.local", responder.host_label());
    let probe = [question(&host, ANY, IN | TOP)];
    let proposed = [record(&host, A, IN, 120, &[10, 0, 0, 9])];
    responder.handle_message(&message(QUERY, [&probe, &[], &proposed, &[]]), peer(9), at(15), 0);
    assert!(poll(&mut responder, micros(5_013_999), 0).sent.is_empty());
    assert_eq!(poll(&mut responder, at(5014), 0).sent.len(), 1);
    // Each further one waits as well, until there was none for ten seconds.
    assert_eq!(conflict(&mut responder, 5100), 0);
    assert_eq!(conflict(&mut responder.clone(), 15_100), 0);
    assert_eq!(conflict(&mut responder, 15_101), 1);
}

// DSC-1. RFC 6762, section 6: what is ours alone is told at once.
#[test]
fn a_question_for_what_is_ours_alone_is_answered_at_once() {
    let cases: [(&str, u16, &[u16], &[u16]); 7] = [
        (HOST, A, &[A], &[NSEC]),
        ("RGB-Server.Local", ANY, &[A], &[NSEC]),
        (INSTANCE, SRV, &[SRV], &[A, NSEC]),
        (INSTANCE, TXT, &[TXT], &[]),
        (INSTANCE, ANY, &[SRV, TXT], &[A, NSEC]),
        // RFC 6762, section 6.1: what does not exist is said as well.
        (HOST, AAAA, &[NSEC], &[A]),
        (INSTANCE, A, &[NSEC], &[]),
    ];
    for (owner, kind, answers, additional) in cases {
        let mut responder = running();
        responder.handle_message(&query(&[question(owner, kind, IN)]), peer(9), at(5000), LATEST);
        let polled = poll(&mut responder, at(5000), 0);
        let bytes = polled.multicast();
        assert_eq!(bytes[..4], [0, 0, 0x84, 0], "a response, authoritative, without a number");
        assert_eq!(kinds(bytes, Section::Answer), answers, "{owner} {kind}");
        assert_eq!(kinds(bytes, Section::Additional), additional, "{owner} {kind}");
        assert!(records(bytes).iter().all(|record| record.4), "the cache-flush bit");
    }
}

// RFC 6762, section 6.1: bit 1 of the types is A, bits 16 and 33 are TXT and SRV.
#[test]
fn what_does_not_exist_is_said_with_these_bytes() {
    for (owner, types) in [(HOST, &b"\x00\x01\x40"[..]), (INSTANCE, b"\x00\x05\x00\x00\x80\x00\x40")] {
        let mut responder = running();
        responder.handle_message(&query(&[question(owner, AAAA, IN)]), peer(9), at(5000), 0);
        let polled = poll(&mut responder, at(5000), 0);
        let message = Message::parse(polled.multicast()).unwrap();
        let negative = message.records().next().unwrap();
        assert_eq!((negative.kind, negative.data()), (NSEC, &[b"\xc0\x0c", types].concat()[..]));
    }
}

// DSC-1. RFC 6762, section 6: what others may answer too is told 20 to 120 ms later; RFC 6763, section 12: with the rest.
#[test]
fn a_question_for_the_service_is_answered_between_20_and_120_ms_later_with_all_of_it() {
    for (random, due) in [(0, 5_020_000), (LATEST, 5_119_999)] {
        let mut responder = running();
        responder.handle_message(&query(&[question(TYPE, PTR, IN)]), peer(9), at(5000), random);
        assert!(poll(&mut responder, micros(due - 1), 0).sent.is_empty());
        let polled = poll(&mut responder, micros(due), 0);
        assert_eq!(kinds(polled.multicast(), Section::Answer), [PTR]);
        assert_eq!(kinds(polled.multicast(), Section::Additional), [A, SRV, TXT, NSEC]);
        assert_eq!(polled.until, None);
    }
}

// RFC 6763, section 9.
#[test]
fn a_question_for_all_types_of_services_is_answered_with_ours() {
    let mut responder = running();
    responder.handle_message(&query(&[question(TYPES, PTR, IN)]), peer(9), at(5000), 0);
    let polled = poll(&mut responder, at(5020), 0);
    let message = Message::parse(polled.multicast()).unwrap();
    let targets: Vec<_> = message.records().filter_map(|record| record.target()).collect();
    assert_eq!(targets.len(), 1);
    assert!(targets[0].is(&[b"_rgb", b"_tcp", b"local"]));
}

#[test]
fn several_questions_get_one_answer_and_foreign_ones_none() {
    let mut responder = running();
    let questions =
        [question("x.local", A, IN), question(HOST, A, IN), question(TYPE, PTR, IN), question(HOST, AAAA, IN)];
    responder.handle_message(&query(&questions), peer(9), at(5000), 0);
    assert!(poll(&mut responder, at(5000), 0).sent.is_empty(), "waits for what others may answer");
    let polled = poll(&mut responder, at(5020), 0);
    assert_eq!(kinds(polled.multicast(), Section::Answer), [A, PTR, NSEC]);
    for foreign in [
        question("rgb-server-2.local", A, IN),
        question("rgb-server", A, IN),
        question("x.rgb-server.local", A, IN),
        question("_http._tcp.local", PTR, IN),
        question(TYPE, A, IN),
        question(HOST, A, 3),
    ] {
        responder.handle_message(&query(&[foreign]), peer(9), at(9000), 0);
        assert_eq!(poll(&mut responder, at(9000), 0).until, None);
    }
}

// RFC 6762, section 7.1.
#[test]
fn an_answer_that_the_asker_knows_for_at_least_half_of_its_time_is_not_given() {
    let asks = |known: Vec<u8>| {
        let mut responder = running();
        let query = message(QUERY, [&[question(TYPE, PTR, IN)], &[known], &[], &[]]);
        responder.handle_message(&query, peer(9), at(5000), 0);
        poll(&mut responder, at(5020), 0).sent.len()
    };
    assert_eq!(asks(own_ptr(2250)), 0);
    assert_eq!(asks(own_ptr(2249)), 1);
    assert_eq!(asks(record(TYPE, PTR, IN, 4500, &name("other._rgb._tcp.local"))), 1);
    // With a pointer in its data.
    assert_eq!(asks(record(TYPE, PTR, IN, 4500, b"\x0argb-server\xc0\x0c")), 0);
}

// RFC 6762, section 7.2.
#[test]
fn an_asker_who_knows_more_is_answered_400_to_500_ms_later_without_what_follows() {
    let first = message(TRUNCATED_QUERY, [&[question(TYPE, PTR, IN)], &[], &[], &[]]);
    for (random, due) in [(0, 5_400_000), (LATEST, 5_499_999)] {
        let mut responder = running();
        responder.handle_message(&first, peer(9), at(5000), random);
        assert!(poll(&mut responder, micros(due - 1), 0).sent.is_empty());
        assert_eq!(poll(&mut responder, micros(due), 0).sent.len(), 1);
    }
    let rest = message(QUERY, [&[], &[own_ptr(4500)], &[], &[]]);
    let answers = |from_last: u8| {
        let mut responder = running();
        responder.handle_message(&first, peer(9), at(5000), 0);
        responder.handle_message(&rest, peer(from_last), at(5100), 0);
        poll(&mut responder, at(5400), 0).sent.len()
    };
    assert_eq!((answers(9), answers(8)), (0, 1), "the asker's known answers count, and no others");
    // More to follow: more to wait for.
    let mut responder = running();
    responder.handle_message(&first, peer(9), at(5000), 0);
    responder.handle_message(&message(TRUNCATED_QUERY, [&[], &[], &[], &[]]), peer(9), at(5300), 0);
    assert!(poll(&mut responder, micros(5_699_999), 0).sent.is_empty());
    assert_eq!(poll(&mut responder, at(5700), 0).sent.len(), 1);
    // Two askers: what one of them knows, the other may not.
    let mut responder = running();
    for (bytes, last) in [(&first, 9), (&first, 8), (&rest, 9), (&rest, 8)] {
        responder.handle_message(bytes, peer(last), at(5000), 0);
    }
    assert_eq!(poll(&mut responder, at(5400), 0).sent.len(), 1);
}

// RFC 6762, section 6.
#[test]
fn a_record_is_multicast_once_a_second_and_for_a_probe_once_in_250_ms() {
    let mut responder = running();
    let ask = query(&[question(HOST, A, IN)]);
    responder.handle_message(&ask, peer(9), at(5000), 0);
    assert_eq!(poll(&mut responder, at(5000), 0).sent.len(), 1);
    responder.handle_message(&ask, peer(9), at(5001), 0);
    assert!(poll(&mut responder, micros(5_999_999), 0).sent.is_empty());
    assert_eq!(poll(&mut responder, at(6000), 0).sent.len(), 1);
    responder.handle_message(&probe(9), peer(9), at(6001), 0);
    assert!(poll(&mut responder, micros(6_249_999), 0).sent.is_empty());
    assert_eq!(poll(&mut responder, at(6250), 0).sent.len(), 1);
    // What goes along obeys it too: the address was told at 6250 ms, what the host lacks at 6000 ms.
    responder.handle_message(&query(&[question(INSTANCE, SRV, IN)]), peer(9), at(7249), 0);
    assert_eq!(kinds(poll(&mut responder, at(7249), 0).multicast(), Section::Additional), [NSEC]);
    responder.handle_message(&query(&[question(INSTANCE, SRV, IN)]), peer(9), at(8249), 0);
    assert_eq!(kinds(poll(&mut responder, at(8249), 0).multicast(), Section::Additional), [A, NSEC]);
}

// DSC-4. RFC 6762, section 8.1.
#[test]
fn a_name_is_defended_at_once_against_who_probes_for_it() {
    let mut responder = running();
    responder.handle_message(&probe(200), peer(200), at(5000), LATEST);
    let polled = poll(&mut responder, at(5000), 0);
    assert_eq!(kinds(polled.multicast(), Section::Answer), [A]);
    assert_eq!(responder.host_label().to_string(), "rgb-server");
}

// RFC 6762, section 5.4.
#[test]
fn a_question_for_unicast_is_answered_to_the_asker_unless_all_may_have_forgotten() {
    let ask = query(&[question(HOST, A, IN | TOP)]);
    // Announced at 1750 ms; a quarter of 120 s is 30 s.
    let mut responder = running();
    responder.handle_message(&ask, peer(9), micros(31_749_999), 0);
    let polled = poll(&mut responder, micros(31_749_999), 0);
    let (to, bytes) = polled.only();
    assert_eq!((to, kinds(bytes, Section::Answer)), (peer(9), vec![A]));
    responder.handle_message(&ask, peer(9), at(31_750), 0);
    assert_eq!(poll(&mut responder, at(31_750), 0).only().0, GROUP);
    // One question for all is enough for an answer to all.
    let both = query(&[question(HOST, A, IN | TOP), question(INSTANCE, TXT, IN)]);
    responder.handle_message(&both, peer(9), at(40_000), 0);
    assert_eq!(poll(&mut responder, at(40_000), 0).only().0, GROUP);
}

#[test]
fn where_too_many_want_an_answer_of_their_own_all_get_it() {
    let mut responder = running();
    for last in 10..15 {
        responder.handle_message(&query(&[question(TYPE, PTR, IN | TOP)]), peer(last), at(5000), 0);
    }
    let to: Vec<_> = poll(&mut responder, at(5020), 0).sent.iter().map(|sent| sent.0).collect();
    assert_eq!(to, [peer(10), peer(11), peer(12), peer(13), GROUP]);
}

// RFC 6762, section 6.7.
#[test]
fn a_resolver_of_unicast_dns_gets_an_answer_that_it_understands() {
    let resolver = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 40_000);
    let mut responder = running();
    let mut ask = query(&[question("RGB-server.local", A, IN)]);
    ask[..2].copy_from_slice(b"\x12\x34");
    responder.handle_message(&ask, resolver, at(5000), 0);
    let polled = poll(&mut responder, at(5000), 0);
    let (to, bytes) = polled.only();
    assert_eq!(to, resolver);
    let expected = b"\x12\x34\x84\x00\x00\x01\x00\x01\x00\x00\x00\x01\
        \x0argb-server\x05local\x00\x00\x01\x00\x01\
        \xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04\x0a\x00\x00\x07";
    assert_eq!(bytes[..expected.len()].escape_ascii().to_string(), expected.escape_ascii().to_string());
    assert!(records(bytes).iter().all(|record| record.3 <= 10 && !record.4));
    // No pointer in an SRV record (section 18.14).
    responder.handle_message(&query(&[question(INSTANCE, SRV, IN)]), resolver, at(6000), 0);
    let polled = poll(&mut responder, at(6000), 0);
    let service = Message::parse(polled.only().1).unwrap().records().next().unwrap();
    assert_eq!(service.data(), srv(8080, HOST));
}

#[test]
fn the_longest_names_and_texts_fit_every_message() {
    let longest = "N".repeat(32).parse().unwrap();
    let software = "0123456789".repeat(20);
    let software: &'static str = Box::leak(software.into_boxed_str());
    let mut responder = Responder::new(Service { name: longest, role: Role::Server, port: 65_535, software });
    responder.handle_address(Some(OWN), at(0));
    poll(&mut responder, at(0), 0);
    for _ in 1..100 {
        let taken = record(&format!("{}.local", responder.host_label()), A, IN | TOP, 120, &[10, 0, 0, 9]);
        responder.handle_message(&response(&[taken]), peer(9), at(0), 0);
    }
    let label = responder.host_label().to_string();
    assert_eq!(label, format!("{}-100", "n".repeat(32)));
    let mut now = at(0);
    while let Some(until) = poll(&mut responder, now, 0).until {
        now = until;
    }
    let resolver = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 40_000);
    let instance = format!("{label}.{TYPE}");
    for from in [peer(9), resolver] {
        now = now + std::time::Duration::from_secs(100);
        let questions = [question(TYPE, PTR, IN), question(TYPES, PTR, IN), question(&instance, AAAA, IN)];
        responder.handle_message(&query(&questions), from, now, 0);
        let due = poll(&mut responder, now, 0).until.unwrap();
        let polled = poll(&mut responder, due, 0);
        let expected = if from == resolver { 5 } else { 7 };
        assert_eq!(records(polled.only().1).len(), expected);
    }
}

// RFC 6762, section 8: a new address is a new start; without one there is nobody to talk to.
#[test]
fn an_address_starts_probing_and_its_loss_ends_it_without_a_word() {
    let mut responder = Responder::new(service());
    assert_eq!(poll(&mut responder, at(0), 0).until, None);
    responder.handle_address(Some(OWN), at(5));
    assert_eq!(poll(&mut responder, at(5), 0).sent.len(), 1);
    responder.handle_address(Some(OWN), at(6));
    assert_eq!(poll(&mut responder, at(6), 0).until, Some(at(255)), "the same address is no new one");
    responder.handle_address(None, at(7));
    assert_eq!(poll(&mut responder, at(10_000), 0).sent.len(), 0);
    let mut responder = running();
    responder.handle_address(Some(Ipv4Addr::new(10, 0, 0, 8)), at(5000));
    let polled = poll(&mut responder, at(5000), 0);
    assert_eq!(kinds(polled.multicast(), Section::Authority), [A, SRV, TXT]);
    assert!(polled.multicast().windows(4).any(|octets| octets == [10, 0, 0, 8]));
}

// DSC-7. RFC 6762, section 10.1.
#[test]
fn who_stops_takes_back_what_was_announced_and_is_silent() {
    let mut responder = running();
    responder.stop();
    let polled = poll(&mut responder, at(5000), 0);
    let records = records(polled.multicast());
    assert_eq!(records.iter().map(|record| record.2).collect::<Vec<_>>(), [A, SRV, TXT, PTR, PTR]);
    assert!(records.iter().all(|record| record.0 == Section::Answer && record.3 == 0));
    responder.handle_message(&query(&[question(HOST, A, IN)]), peer(9), at(6000), 0);
    responder.handle_address(Some(OWN), at(6000));
    responder.stop();
    let mut buffer = [0; MESSAGE_LEN_MAX];
    assert_eq!(responder.poll(at(6000), 0, &mut buffer), ResponderStep::Stopped);
    // DSC-7: what was not announced need not be taken back.
    let mut responder = starting();
    poll(&mut responder, at(0), 0);
    responder.stop();
    assert_eq!(responder.poll(at(1), 0, &mut buffer), ResponderStep::Stopped);
}

// DSC-7
#[test]
fn what_was_announced_is_taken_back_also_by_who_is_probing_again() {
    let mut responder = running();
    responder.handle_message(&response(&[foreign_a(9)]), peer(9), at(5000), 0);
    responder.stop();
    assert!(records(poll(&mut responder, at(5000), 0).multicast()).iter().all(|record| record.3 == 0));
}

// DSC-4. RFC 6762, section 8.1: a name is not used before it is ours.
#[test]
fn who_probes_answers_nothing() {
    let mut responder = starting();
    poll(&mut responder, at(0), 0);
    let questions = [question(HOST, A, IN), question(TYPE, PTR, IN)];
    responder.handle_message(&query(&questions), peer(9), at(1), 0);
    responder.handle_message(&query(&questions), SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 9), at(1), 0);
    assert_eq!(poll(&mut responder, at(249), 0).sent.len(), 0);
}
