//! What the board says is understood, and what its LED shows is seen, by whoever watches an emulated board.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use pico_fw::led::levels;
use pico_fw::log::Event;
use rgb_proto::discovery::{FoundServer, Label};
use rgb_proto::http::Lease;
use rgb_proto::settings::{LedPolarity, Role, Settings, SettingsDraft};
use rgb_proto::{ExchangeError, JoinError, Phase, Rgb, ServeError, StationFailure};
use rgb_sim::emulated::{ALWAYS, read_words, shown_color};
use rgb_sim::world::BoardEventKind;

const PEER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 6), 49153);
const COLOR: Rgb = Rgb::new(12, 0, 255);

fn settings(ssid: &str, passphrase: Option<&str>) -> Settings {
    let mut draft = SettingsDraft::new();
    draft.set("ssid", ssid).expect("a name");
    draft.set("server", "lamp.local").expect("a server");
    draft.set("role", "client").expect("a role");
    if let Some(passphrase) = passphrase {
        draft.set("passphrase", passphrase).expect("a passphrase");
    }
    draft.finish().expect("good settings")
}

const fn exchange(outcome: Result<Rgb, ExchangeError>) -> Option<BoardEventKind> {
    Some(BoardEventKind::Exchange { elapsed: Duration::ZERO, outcome })
}

/// What an event tells whoever watches. Each has an arm here, so that a new one is thought of.
fn told(event: Event<'_>) -> Option<BoardEventKind> {
    match event {
        Event::Joining(ssid) => Some(BoardEventKind::Joining(*ssid)),
        Event::Connected => Some(BoardEventKind::Joined),
        Event::Address(address) => Some(BoardEventKind::Address(address)),
        Event::AddressLost => Some(BoardEventKind::AddressLost),
        Event::NetworkFailed(failure) => Some(BoardEventKind::NetworkFailed(failure)),
        Event::AccessPointOpen { network, .. } => Some(BoardEventKind::AccessPointOpen(*network.ssid())),
        Event::Announced(label) => Some(BoardEventKind::Announced(*label)),
        Event::NameTaken(label) => Some(BoardEventKind::Renamed(*label)),
        Event::Found(server) => Some(BoardEventKind::Found(server.address)),
        Event::Sent(color) => Some(BoardEventKind::Served { color: Some(color) }),
        Event::SentPage | Event::SentStatus => Some(BoardEventKind::Served { color: None }),
        Event::ServeFailed(error) => Some(BoardEventKind::ServeFailed(error)),
        Event::Received(color) => exchange(Ok(color)),
        Event::ExchangeFailed(error) => exchange(Err(error)),
        Event::AsksItself => Some(BoardEventKind::AsksItself),
        Event::Listening(_)
        | Event::Asking { .. }
        | Event::Signal { .. }
        | Event::OpeningAccessPoint { .. }
        | Event::Stations(_)
        | Event::AddressGiven { .. }
        | Event::NoAddressLeft
        | Event::ClientConnected(_)
        | Event::Abandoned => None,
    }
}

#[test]
fn every_event_is_read_as_what_it_is() {
    let label = Label::new(b"lamp-2").expect("a label");
    let named = FoundServer { label, name: "kitchen".parse().ok(), role: Role::Server, address: PEER };
    let unnamed = FoundServer { name: None, ..named };
    let lease = Lease { address: *PEER.ip(), hardware_address: [2; 6] };
    for settings in [
        settings("Home", None),
        settings("Home", Some("correct horse")),
        settings("at \"5\" with its passphrase", Some("correct horse")),
        settings("\"", None),
    ] {
        let network = &settings.networks()[0];
        let host = settings.server().expect("it has one");
        let server = |port| Some(SocketAddrV4::new(Ipv4Addr::new(192, 168, 4, 1), port));
        for event in [
            Event::Joining(network.ssid()),
            Event::Connected,
            Event::Address(*PEER.ip()),
            Event::Listening(PEER),
            Event::Asking { host, port: 80 },
            Event::Signal { dbm: -50 },
            Event::AddressLost,
            Event::OpeningAccessPoint { network, channel: 6 },
            Event::AccessPointOpen { network, server: None },
            Event::AccessPointOpen { network, server: server(80) },
            Event::AccessPointOpen { network, server: server(8080) },
            Event::Stations(3),
            Event::AddressGiven { lease, name: Some("connected") },
            Event::NoAddressLeft,
            Event::Announced(&label),
            Event::NameTaken(&label),
            Event::Found(&named),
            Event::Found(&unnamed),
            Event::ClientConnected(PEER),
            Event::Sent(COLOR),
            Event::SentPage,
            Event::SentStatus,
            Event::Abandoned,
            Event::Received(COLOR),
            Event::AsksItself,
        ] {
            assert_eq!(read_words(&event.to_string()), told(event), "{event}");
        }
    }
}

#[test]
fn every_failure_is_read_as_what_it_is() {
    let joins = [JoinError::NetworkNotFound, JoinError::WrongPassphrase, JoinError::Other].map(StationFailure::Join);
    let others =
        [StationFailure::JoinTimedOut, StationFailure::NoAddress, StationFailure::LinkLost, StationFailure::LinkDead];
    let network = joins.into_iter().chain(others).map(Event::NetworkFailed);
    let serve = [ServeError::NoRequest, ServeError::TimedOut, ServeError::Reset].map(Event::ServeFailed);
    let phases = [Phase::Connecting, Phase::Sending, Phase::AwaitingReply, Phase::Receiving];
    let replies: [&[u8]; 4] = [b"", b"1,2", b"1,2,256", b"<html>"];
    let decode = replies.map(|reply| ExchangeError::Decode(Rgb::decode(reply).expect_err("no colour")));
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
    .chain(decode)
    .map(Event::ExchangeFailed);
    for event in network.chain(serve).chain(exchange) {
        assert_eq!(read_words(&event.to_string()), told(event), "{event}");
    }
}

#[test]
fn every_component_that_the_led_shows_is_seen_as_itself() {
    for component in 0..=u8::MAX {
        let color = Rgb::new(component, 255 - component, component / 2);
        for polarity in [LedPolarity::CommonCathode, LedPolarity::CommonAnode] {
            assert_eq!(shown_color(levels(color, ALWAYS, polarity).map(Some), polarity), color);
        }
    }
}
