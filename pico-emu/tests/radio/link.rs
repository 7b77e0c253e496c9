//! The end of a link, whoever ends it.

use cyw43::{JoinAuth, JoinOptions};
use pico_emu::cyw43439::{Farewell, LinkEvent};

use crate::air::Air;
use crate::board::{Radio, with_radio};

/// Runs a test with a radio that has joined a secured network.
fn with_link(test: impl AsyncFnOnce(&mut Radio<'_>)) {
    with_radio(Air::of_two(), async |mut radio| {
        let mut options = JoinOptions::new(b"correct horse");
        options.auth = JoinAuth::Wpa2;
        radio.control.join("Home", options).await.expect("a network that can be joined");
        radio.world.pass_ms(10).await;
        assert!(radio.is_link_up());
        test(&mut radio).await;
    });
}

#[test]
fn a_network_is_left() {
    with_link(async |radio| {
        radio.control.leave().await;
        radio.world.pass_ms(10).await;
        assert!(!radio.is_link_up());
        assert_eq!(radio.world.air(|air| (air.joined, air.leaves)), (None, 1));
        // Once more is once too often, but no mistake.
        radio.control.leave().await;
        assert_eq!(radio.world.air(|air| air.leaves), 1);
    });
}

#[test]
fn a_link_without_beacons_goes_down() {
    with_link(async |radio| {
        radio.world.happens(LinkEvent::LinkLost);
        radio.world.pass_ms(10).await;
        assert!(!radio.is_link_up());
    });
}

#[test]
fn a_station_that_is_sent_away_from_a_network_that_ends_loses_its_link() {
    for farewell in [Farewell::Deauthenticated(3), Farewell::Disassociated(8)] {
        with_link(async |radio| {
            radio.world.air(|air| (air.networks.clear(), air.joined = None));
            radio.world.happens(LinkEvent::SentAway(farewell));
            radio.world.pass_ms(10).await;
            assert!(!radio.is_link_up());
        });
    }
}

/// The driver waits for the end of the link, of which a radio does not speak as long as the network is there.
#[test]
fn a_station_that_is_sent_away_from_a_network_that_stays_believes_in_its_link() {
    for farewell in [Farewell::Deauthenticated(4), Farewell::Disassociated(4)] {
        with_link(async |radio| {
            radio.world.air(|air| air.joined = None);
            radio.world.happens(LinkEvent::SentAway(farewell));
            radio.world.pass_ms(10).await;
            assert!(radio.is_link_up());
            radio.control.leave().await;
            radio.control.join("Cafe", JoinOptions::new_open()).await.unwrap();
            radio.world.pass_ms(10).await;
            assert!(radio.is_link_up());
        });
    }
}

#[test]
fn what_happens_to_a_link_that_is_not_there_is_nothing() {
    with_radio(Air::of_two(), async |mut radio| {
        for event in [
            LinkEvent::LinkLost,
            LinkEvent::SentAway(Farewell::Deauthenticated(7)),
            LinkEvent::Joined { bssid: [2; 6], channel: 1 },
            LinkEvent::StationJoined([2; 6]),
            LinkEvent::StationLeft([2; 6], Farewell::Disassociated(8)),
        ] {
            radio.world.happens(event);
        }
        radio.world.pass_ms(10).await;
        assert!(!radio.is_link_up());
        radio.control.join("Cafe", JoinOptions::new_open()).await.unwrap();
    });
}

/// The driver ends the program where the radio refuses a command.
#[test]
#[should_panic(expected = "IOCTL error -17")]
fn without_a_link_there_is_no_signal() {
    with_radio(Air::of_two(), async |mut radio| radio.control.get_rssi().await);
}
