//! Inputs in any order.

use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::{ExchangeError, JoinError, StationStep};

use crate::{START, of_networks, property};

proptest! {
    #![proptest_config(property::config())]

    // STA-6, STA-7
    #[test]
    fn no_sequence_of_inputs_stops_a_station(
        networks: u8,
        inputs in proptest::collection::vec((0u8..12, 0u64..20_000_000, any::<u32>()), 0..200),
    ) {
        let mut station = of_networks(networks);
        let mut now = START;
        for (input, pause, random) in inputs {
            match input {
                0 => station.handle_joined(now),
                1 => station.handle_join_failed(JoinError::Other, now),
                2 => station.handle_address(now),
                3 => station.handle_address_lost(now),
                4 => station.handle_link_lost(now),
                5 => station.handle_left(now, random),
                6 => station.handle_exchange(Ok(()), now),
                7 => station.handle_exchange(Err(ExchangeError::Unreachable), now),
                8 => station.handle_sign_of_life(now),
                9 => station.handle_probe(true, now),
                10 => station.handle_probe(false, now),
                _ => {
                    station.poll(now, random);
                }
            }
            now = now + Duration::from_micros(pause);
        }
        // However it stands, doing what it says gets it running.
        for _ in 0..8 {
            match station.poll(now, 0) {
                StationStep::Run { .. } | StationStep::Probe { .. } => return Ok(()),
                StationStep::Join { .. } => station.handle_joined(now),
                StationStep::AwaitAddress { .. } => station.handle_address(now),
                StationStep::Leave { .. } => station.handle_left(now, 0),
                StationStep::Wait { until } => now = until,
            }
        }
        prop_assert!(false, "still not running: {station:?}");
    }
}
