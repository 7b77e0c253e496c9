//! What a board says.

use std::net::{Ipv4Addr, SocketAddrV4};

use pico_fw::log::Event;
use rgb_proto::discovery::{FoundServer, Label};
use rgb_proto::http::Lease;
use rgb_proto::settings::{Role, SettingsDraft};
use rgb_proto::{ExchangeError, JoinError, Phase, Rgb, ServeError, StationFailure};

const PEER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 6), 49153);

#[test]
fn every_event_has_its_words() {
    let mut draft = SettingsDraft::new();
    for (field, value) in [
        ("ssid", "Home \"5\"\u{1b}[31m"),
        ("role", "client"),
        ("server", "lamp.local"),
        ("passphrase", "correct horse"),
    ] {
        draft.set(field, value).unwrap();
    }
    let settings = draft.finish().unwrap();
    let network = &settings.networks()[0];
    let host = settings.server().unwrap();
    let color = Rgb::new(12, 0, 255);
    let lease = Lease { address: *PEER.ip(), hardware_address: [0x28, 0xcd, 0xc1, 0, 0, 0xa] };
    let label = Label::new(b"lamp-2").unwrap();
    let named = FoundServer { label, name: Some("kitchen".parse().unwrap()), role: Role::Server, address: PEER };
    let events = [
        (Event::Joining(network.ssid()), "joining the network \"Home \"5\"\u{fffd}[31m\""),
        (Event::Connected, "connected"),
        (Event::Address(*PEER.ip()), "ip = 192.168.1.6"),
        (Event::Listening(SocketAddrV4::new(*PEER.ip(), 80)), "listening on 192.168.1.6:80"),
        (Event::Asking { host, port: 80 }, "asking lamp.local on port 80"),
        (Event::Stations(3), "stations: 3"),
        (Event::AddressGiven { lease, name: None }, "gave 192.168.1.6 to 28:cd:c1:00:00:0a"),
        (
            Event::AddressGiven { lease, name: Some("\u{1b}[2Jden") },
            "gave 192.168.1.6 to 28:cd:c1:00:00:0a, \"\u{fffd}[2Jden\"",
        ),
        (
            Event::OpeningAccessPoint { network, channel: 3 },
            "opening the access point \"Home \"5\"\u{fffd}[31m\", channel 3, WPA2",
        ),
        (
            Event::AccessPointOpen { network, server: None },
            "the access point is open: join the network \"Home \"5\"\u{fffd}[31m\" with its passphrase",
        ),
        (Event::Announced(&label), "announced as lamp-2.local"),
        (Event::NameTaken(&label), "another board has this name already; trying lamp-2.local"),
        (Event::Found(&named), "found the server kitchen at 192.168.1.6:49153"),
        (Event::Found(&FoundServer { name: None, ..named }), "found the server lamp-2 at 192.168.1.6:49153"),
        (Event::ClientConnected(PEER), "client connected from 192.168.1.6:49153"),
        (Event::Sent(color), "Sent: 12,0,255"),
        (Event::SentPage, "Sent: the page"),
        (Event::SentStatus, "Sent: the status"),
        (Event::Received(color), "Received: 12,0,255"),
    ];
    for (event, words) in events {
        assert_eq!(event.to_string(), words);
        assert!(!format!("{event}{event:?}{settings:?}").contains("correct horse"));
    }
}

#[test]
fn every_failure_is_one_line_that_says_what_failed() {
    let join = [JoinError::NetworkNotFound, JoinError::WrongPassphrase, JoinError::Other].map(StationFailure::Join);
    let rest =
        [StationFailure::JoinTimedOut, StationFailure::NoAddress, StationFailure::LinkLost, StationFailure::LinkDead];
    let network = join.into_iter().chain(rest).map(Event::NetworkFailed);
    let serve = [ServeError::NoRequest, ServeError::TimedOut, ServeError::Reset].map(Event::ServeFailed);
    let phases = [Phase::Connecting, Phase::Sending, Phase::AwaitingReply, Phase::Receiving];
    let exchange = [
        ExchangeError::Resolve,
        ExchangeError::Refused,
        ExchangeError::Unreachable,
        ExchangeError::Connect,
        ExchangeError::Reset,
        ExchangeError::Closed,
    ]
    .into_iter()
    .chain(phases.map(ExchangeError::TimedOut))
    .map(Event::ExchangeFailed);
    let others = [Event::AddressLost, Event::NoAddressLeft, Event::Abandoned, Event::AsksItself];
    let mut said: Vec<String> =
        network.chain(serve).chain(exchange).chain(others).map(|event| event.to_string()).collect();
    for line in &said {
        assert!(line.len() > 20 && !line.contains('\n'), "{line}");
    }
    let count = said.len();
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), count, "no two sound alike");
}
