//! A station gets onto the network, and back onto it after everything that a network does to it.

mod broken;
mod histories;
mod inputs;
mod joining;
mod networks;
#[path = "../property/mod.rs"]
mod property;
mod silence;
mod weather;

use std::time::Duration;

use rgb_proto::{ExchangeError, Instant, Phase, Station, StationConfig, StationStep};

const START: Instant = Instant::ORIGIN;

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

fn seconds(count: u64) -> Instant {
    Instant::from_millis(count * 1000)
}

fn running() -> Station {
    let mut station = Station::new(StationConfig::default(), START);
    station.handle_joined(START);
    station.handle_address(START);
    assert!(station.poll(START, 0).network_works());
    station
}

/// A station that knows so many networks and joins the first one now.
fn of_networks(networks: u8) -> Station {
    Station::new(StationConfig { networks, ..StationConfig::default() }, START)
}

/// The network that the station joins now.
fn joins(station: &mut Station, now: Instant) -> u8 {
    match station.poll(now, 0) {
        StationStep::Join { network, deadline } => {
            assert_eq!(deadline, now + Duration::from_secs(15), "a whole time-out for each network");
            network
        }
        step => panic!("no join, but {step:?}"),
    }
}

/// Leaves the network, which the station must want now.
fn leave(station: &mut Station, now: Instant) {
    assert!(matches!(station.poll(now, 0), StationStep::Leave { .. }), "{station:?}");
    station.handle_left(now, 0);
}

/// The end of the wait, which the station must want now.
fn wait(station: &mut Station, now: Instant) -> Instant {
    match station.poll(now, 0) {
        StationStep::Wait { until } => until,
        step => panic!("no wait, but {step:?}"),
    }
}

/// Brings the station onto the network that it joins now.
fn run(station: &mut Station, now: Instant) {
    joins(station, now);
    station.handle_joined(now);
    station.handle_address(now);
    assert!(station.poll(now, 0).network_works());
}

/// Ten exchanges, as a dead link takes them.
fn ten_silent_exchanges(station: &mut Station, now: Instant) {
    for _ in 0..10 {
        station.handle_exchange(Err(ExchangeError::TimedOut(Phase::Connecting)), now);
    }
}
