//! DNS messages (RFC 1035, section 4), read and written.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use rgb_proto::discovery::message::{Data, Message, MessageFull, Section, Writer, class, kind};
use rgb_proto::discovery::{Label, SERVICE_TYPE};

use crate::property;
use crate::wire::{self, name, query, question, record, response};

/// What avahi sends for a service `Bob's LEDs` of the host `bob` (names compressed, SRV first).
const FOREIGN: &[u8] = b"\x00\x00\x84\x00\x00\x00\x00\x04\x00\x00\x00\x00\
    \x0aBob's LEDs\x04_rgb\x04_tcp\x05local\x00\x00\x21\x80\x01\x00\x00\x00\x78\x00\x0c\x00\x00\x00\x00\x1f\x90\x03bob\xc0\x21\
    \xc0\x0c\x00\x10\x80\x01\x00\x00\x11\x94\x00\x0a\x09txtvers=1\
    \xc0\x17\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x02\xc0\x0c\
    \xc0\x38\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\xc0\xa8\x01\x09";

fn labels(text: &str) -> Vec<&[u8]> {
    text.split('.').map(str::as_bytes).collect()
}

// DSC-1
#[test]
fn a_compressed_message_is_read_record_by_record() {
    let message = Message::parse(FOREIGN).expect("well-formed");
    assert!(message.is_response());
    let [service, text, pointer, host]: [_; 4] =
        message.records().collect::<Vec<_>>().try_into().expect("as many as the header says");
    let instance = ["Bob's LEDs".as_bytes(), b"_rgb", b"_tcp", b"local"];
    assert!(service.name.is(&instance) && service.flush);
    assert_eq!((service.kind, service.ttl, service.port()), (kind::SRV, 120, Some(8080)));
    assert!(service.target().is_some_and(|target| target.is(&[b"bob", b"local"])));
    assert!(text.name.is(&instance));
    assert_eq!(text.strings().collect::<Vec<_>>(), [b"txtvers=1"]);
    assert!(pointer.name.is(&labels(SERVICE_TYPE)) && !pointer.flush);
    let target = pointer.target().expect("a pointer has a target");
    assert_eq!(target.label_under(&labels(SERVICE_TYPE)), Some(&b"Bob's LEDs"[..]));
    assert!(host.name.is(&[b"bob", b"local"]));
    assert_eq!(host.address(), Some(Ipv4Addr::new(192, 168, 1, 9)));
}

#[test]
fn every_front_part_of_a_message_is_malformed_and_bytes_behind_it_are_ignored() {
    for len in 0..FOREIGN.len() {
        assert!(Message::parse(&FOREIGN[..len]).is_none(), "{len} bytes");
    }
    assert!(Message::parse(&[FOREIGN, b"more"].concat()).is_some());
}

#[test]
fn names_are_equal_in_either_case_of_ascii_letters_only() {
    let bytes = query(&[question("RGB-Server.LOCAL", wire::A, wire::IN), question("\u{e4}.local", wire::A, wire::IN)]);
    let message = Message::parse(&bytes).expect("well-formed");
    let [ascii, other]: [_; 2] = message.questions().collect::<Vec<_>>().try_into().expect("two");
    assert!(ascii.name.is(&[b"rgb-server", b"local"]));
    assert!(!ascii.name.is(&[b"rgb-server"]) && !ascii.name.is(&[b"rgb-server", b"local", b"x"]));
    assert!(other.name.is(&["\u{e4}".as_bytes(), b"Local"]) && !other.name.is(&["\u{c4}".as_bytes(), b"local"]));
}

#[test]
fn a_pointer_leads_back_or_the_message_is_malformed() {
    let with_name =
        |bytes: &[u8]| [&b"\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"[..], bytes, b"\x00\x01\x00\x01"].concat();
    for malformed in [
        &b"\xc0\x0c"[..], // to itself
        b"\x01a\xc0\x0c", // to the start of its own run
        b"\x01a\xc0\x0e", // to itself, behind a label
        b"\xc0\x20",      // forward
        b"\xc0\x00",      // into the header
        b"\x01a\xc0",     // half a pointer
        b"\x40a\x00",     // a label of an unknown form
        b"\x80a\x00",     // another
    ] {
        assert!(Message::parse(&with_name(malformed)).is_none(), "{}", malformed.escape_ascii());
    }
    assert!(Message::parse(&with_name(b"\x01a\x00")).is_some());
}

#[test]
fn a_name_of_255_bytes_is_read_and_a_longer_one_is_not() {
    let long = |last: usize| {
        [&"a".repeat(63), &"b".repeat(63), &"c".repeat(63), &"d".repeat(last)].map(String::as_str).join(".")
    };
    assert_eq!(name(&long(61)).len(), 255);
    assert!(Message::parse(&query(&[question(&long(61), wire::A, wire::IN)])).is_some());
    assert!(Message::parse(&query(&[question(&long(62), wire::A, wire::IN)])).is_none());
    let mut buffer = [0; 512];
    let mut writer = Writer::new(&mut buffer, 0, 0);
    assert_eq!(writer.question(&labels(&long(61)), kind::A, class::IN), Ok(()));
    let before = writer.len();
    assert_eq!(writer.question(&labels(&long(62)), kind::A, class::IN), Err(MessageFull));
    assert_eq!(writer.len(), before);
}

#[test]
fn data_that_do_not_fit_their_type_are_malformed() {
    for malformed in [
        record("a.local", wire::A, wire::IN, 1, &[1, 2, 3]),
        record("a.local", wire::A, wire::IN, 1, &[1, 2, 3, 4, 5]),
        record("a.local", wire::PTR, wire::IN, 1, b"\x01a"),
        record("a.local", wire::PTR, wire::IN, 1, b"\x01a\x00\x00"),
        record("a.local", wire::SRV, wire::IN, 1, &[0; 6]),
        record("a.local", wire::SRV, wire::IN, 1, b""),
    ] {
        assert!(Message::parse(&response(&[malformed])).is_none());
    }
    // A string that leaves its record ends the strings.
    let bytes = response(&[record("a.local", wire::TXT, wire::IN, 1, b"\x01a\x05b")]);
    let message = Message::parse(&bytes).expect("well-formed");
    assert_eq!(message.records().flat_map(|text| text.strings()).collect::<Vec<_>>(), [b"a"]);
}

#[test]
fn equal_ends_of_names_are_written_once() {
    let mut buffer = [0; 128];
    let mut writer = Writer::new(&mut buffer, 7, 0x8400);
    let target: &[&[u8]] = &[b"bob", b"local"];
    writer.record(Section::Answer, &[b"x", b"_tcp", b"local"], true, 120, Data::Srv { port: 80, target }).unwrap();
    writer.record(Section::Additional, target, true, 120, Data::A(Ipv4Addr::new(1, 2, 3, 4))).unwrap();
    let len = writer.len();
    let expected = b"\x00\x07\x84\x00\x00\x00\x00\x01\x00\x00\x00\x01\
        \x01x\x04_tcp\x05local\x00\x00\x21\x80\x01\x00\x00\x00\x78\x00\x0c\x00\x00\x00\x00\x00\x50\x03bob\xc0\x13\
        \xc0\x2a\x00\x01\x80\x01\x00\x00\x00\x78\x00\x04\x01\x02\x03\x04";
    assert_eq!(&buffer[..len], expected);
    // RFC 6762, section 18.14: receivers of unicast DNS get the data without pointers.
    let mut writer = Writer::new(&mut buffer, 7, 0x8400).with_plain_data();
    writer.record(Section::Answer, &[b"x", b"_tcp", b"local"], true, 120, Data::Srv { port: 80, target }).unwrap();
    let len = writer.len();
    assert!(buffer[..len].ends_with(b"\x00\x11\x00\x00\x00\x00\x00\x50\x03bob\x05local\x00"));
}

#[test]
fn what_does_not_fit_leaves_no_trace() {
    let pointer = |writer: &mut Writer<'_>| {
        writer.record(Section::Answer, &[b"a", b"local"], false, 9, Data::Ptr(&[b"bc", b"local"]))
    };
    let mut room = [0; 128];
    let mut writer = Writer::new(&mut room, 0, 0);
    pointer(&mut writer).unwrap();
    let full_len = writer.len();
    for len in 0..full_len {
        let mut buffer = vec![0; len];
        let mut writer = Writer::new(&mut buffer, 0, 0);
        assert_eq!(pointer(&mut writer), Err(MessageFull), "{len} bytes");
        let written = writer.len();
        assert_eq!(written, if len < 12 { 0 } else { 12 });
        assert!(buffer[..written].iter().all(|&byte| byte == 0));
    }
}

#[test]
fn a_label_is_shown_as_text_whatever_its_bytes_are() {
    let show = |bytes: &[u8]| Label::new(bytes).map(|label| label.to_string());
    assert_eq!(show("K\u{fc}che 2".as_bytes()).as_deref(), Some("K\u{fc}che 2"));
    assert_eq!(show(b"a\x07\xffb").as_deref(), Some("a\u{fffd}\u{fffd}b"));
    assert_eq!((show(b""), show(&[b'a'; 64])), (None, None));
    assert!(show(&[b'a'; 63]).is_some());
}

fn label() -> impl Strategy<Value = Vec<u8>> {
    // Few and alike, so that ends of names meet; or anything.
    prop_oneof![
        proptest::sample::select(vec![b"local".to_vec(), b"_tcp".to_vec(), b"a".to_vec(), b"b".to_vec()]),
        proptest::collection::vec(any::<u8>(), 1..=63),
    ]
}

fn name_labels() -> impl Strategy<Value = Vec<Vec<u8>>> {
    proptest::collection::vec(label(), 0..4)
}

proptest! {
    #![proptest_config(property::config())]

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
    }

    #[test]
    fn any_change_to_a_message_is_read_to_an_end(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = FOREIGN.to_vec();
        for (index, byte) in changes {
            *index.get_mut(&mut bytes) = byte;
        }
        read_all(&bytes);
    }

    #[test]
    fn what_is_written_is_read_again(
        records in proptest::collection::vec((name_labels(), name_labels(), any::<(u16, u32, bool)>()), 0..6),
        plain in any::<bool>(),
    ) {
        let mut buffer = [0; 4096];
        let mut writer = Writer::new(&mut buffer, 0, 0x8400);
        if plain {
            writer = writer.with_plain_data();
        }
        for (owner, target, (port, ttl, flush)) in &records {
            let owner: Vec<&[u8]> = owner.iter().map(Vec::as_slice).collect();
            let target: Vec<&[u8]> = target.iter().map(Vec::as_slice).collect();
            let service = Data::Srv { port: *port, target: &target };
            prop_assert_eq!(writer.record(Section::Answer, &owner, *flush, *ttl, service), Ok(()));
        }
        let len = writer.len();
        let message = Message::parse(&buffer[..len]).expect("well-formed");
        prop_assert_eq!(message.records().count(), records.len());
        for (record, (owner, target, (port, ttl, flush))) in message.records().zip(&records) {
            let lower = |labels: &[Vec<u8>]| labels.iter().map(|label| label.to_ascii_lowercase()).collect::<Vec<_>>();
            let read: Vec<_> = record.name.labels().map(<[u8]>::to_vec).collect();
            prop_assert_eq!(lower(&read), lower(owner));
            let read: Vec<_> = record.target().expect("a host").labels().map(<[u8]>::to_vec).collect();
            prop_assert_eq!(lower(&read), lower(target));
            prop_assert_eq!((record.port(), record.ttl, record.flush), (Some(*port), *ttl, *flush));
        }
    }
}

fn read_all(bytes: &[u8]) {
    let Some(message) = Message::parse(bytes) else { return };
    for question in message.questions() {
        assert!(question.name.labels().map(|label| 1 + label.len()).sum::<usize>() < 255);
    }
    for record in message.records() {
        assert!(record.name.labels().map(|label| 1 + label.len()).sum::<usize>() < 255);
        assert!(record.strings().count() <= record.data().len());
        assert_eq!(record.compare(&record), std::cmp::Ordering::Equal);
        assert_eq!(record.target().is_some(), matches!(record.kind, kind::PTR | kind::SRV));
    }
}
