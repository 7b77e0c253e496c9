//! Messages written by hand, byte by byte, without the code under test.

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;

pub(crate) const A: u16 = 1;
pub(crate) const PTR: u16 = 12;
pub(crate) const TXT: u16 = 16;
pub(crate) const AAAA: u16 = 28;
pub(crate) const SRV: u16 = 33;
pub(crate) const NSEC: u16 = 47;
pub(crate) const ANY: u16 = 255;

pub(crate) const IN: u16 = 1;
/// The cache-flush bit of a record, and the unicast bit of a question.
pub(crate) const TOP: u16 = 0x8000;

pub(crate) const QUERY: u16 = 0;
pub(crate) const TRUNCATED_QUERY: u16 = 0x0200;
pub(crate) const RESPONSE: u16 = 0x8400;

pub(crate) const TYPE: &str = "_rgb._tcp.local";
pub(crate) const TYPES: &str = "_services._dns-sd._udp.local";

pub(crate) fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

pub(crate) fn micros(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

pub(crate) fn peer(last: u8) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, last), 5353)
}

/// A name of labels with dots between, uncompressed.
pub(crate) fn name(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in text.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

pub(crate) fn question(owner: &str, kind: u16, class: u16) -> Vec<u8> {
    [name(owner), kind.to_be_bytes().to_vec(), class.to_be_bytes().to_vec()].concat()
}

pub(crate) fn record(owner: &str, kind: u16, class: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    [
        name(owner),
        kind.to_be_bytes().to_vec(),
        class.to_be_bytes().to_vec(),
        ttl.to_be_bytes().to_vec(),
        (data.len() as u16).to_be_bytes().to_vec(),
        data.to_vec(),
    ]
    .concat()
}

pub(crate) fn srv(port: u16, host: &str) -> Vec<u8> {
    [vec![0; 4], port.to_be_bytes().to_vec(), name(host)].concat()
}

pub(crate) fn txt(strings: &[&str]) -> Vec<u8> {
    strings.iter().flat_map(|string| [&[string.len() as u8], string.as_bytes()].concat()).collect()
}

/// A message of questions, answers, authority and additional records.
pub(crate) fn message(flags: u16, sections: [&[Vec<u8>]; 4]) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    bytes.extend(flags.to_be_bytes());
    for section in sections {
        bytes.extend((section.len() as u16).to_be_bytes());
    }
    for part in sections.into_iter().flatten() {
        bytes.extend(part);
    }
    bytes
}

pub(crate) fn query(questions: &[Vec<u8>]) -> Vec<u8> {
    message(QUERY, [questions, &[], &[], &[]])
}

pub(crate) fn response(answers: &[Vec<u8>]) -> Vec<u8> {
    message(RESPONSE, [&[], answers, &[], &[]])
}
