//! Ethernet frames in both directions.

use cyw43::JoinOptions;

use crate::air::Air;
use crate::board::{ADDRESS, Radio, with_radio};

const PEER: [u8; 6] = [0x02, 0, 0, 0, 0, 0x99];

fn frame(to: [u8; 6], from: [u8; 6], len: usize) -> Vec<u8> {
    let mut frame = [&to[..], &from, &[0x08, 0x00]].concat();
    frame.extend((frame.len()..len).map(|at| (at * 7 + len) as u8));
    frame
}

/// Runs a test with a radio on an open network.
fn with_link(test: impl AsyncFnOnce(&mut Radio<'_>)) {
    with_radio(Air::of_two(), async |mut radio| {
        radio.control.join("Cafe", JoinOptions::new_open()).await.expect("a network that can be joined");
        test(&mut radio).await;
    });
}

#[test]
fn frames_of_all_lengths_come_back_from_a_peer() {
    with_link(async |radio| {
        radio.world.air(|air| air.echoes = true);
        for len in (60..=1514).step_by(97).chain([60, 61, 62, 63, 64, 1511, 1512, 1513, 1514]) {
            radio.send(&frame(PEER, ADDRESS, len)).await;
            let echo = radio.receive().await;
            assert_eq!(echo[..12], frame(ADDRESS, PEER, len)[..12]);
            assert_eq!(echo[12..], frame(PEER, ADDRESS, len)[12..], "{len} bytes");
        }
    });
}

#[test]
fn the_driver_never_runs_out_of_credit() {
    with_link(async |radio| {
        // More than any window, and more than a sequence number holds, with nothing in the other direction.
        for len in (60..).take(600) {
            radio.send(&frame(PEER, ADDRESS, len)).await;
        }
        radio.world.pass_ms(10).await;
        let sent = radio.world.air(|air| std::mem::take(&mut air.sent));
        assert_eq!(sent.len(), 600);
        assert!(sent.iter().zip(60..).all(|(sent, len)| *sent == frame(PEER, ADDRESS, len)));
    });
}

#[test]
fn a_burst_arrives_in_order() {
    with_link(async |radio| {
        radio.world.air(|air| air.arriving.extend((60..160).map(|len| frame(ADDRESS, PEER, len))));
        // The driver itself drops what it has no room for, so it has to be asked often enough.
        let first = radio.receive().await;
        assert_eq!(first, frame(ADDRESS, PEER, 60));
        let mut last = first.len();
        while let Some(frame) = radio.receive_within_ms(20).await {
            assert!(frame.len() > last);
            last = frame.len();
        }
        assert_eq!(radio.world.air(|air| air.arriving.len()), 0);
    });
}

#[test]
fn only_frames_of_groups_that_it_is_in_reach_the_driver() {
    const MDNS: [u8; 6] = [0x01, 0x00, 0x5e, 0, 0, 0xfb];
    with_link(async |radio| {
        let arrives = async |radio: &mut Radio<'_>, to| {
            radio.world.air(|air| air.arriving.push_back(frame(to, PEER, 64)));
            radio.receive_within_ms(5).await.is_some()
        };
        assert!(arrives(radio, [0xff; 6]).await);
        assert!(arrives(radio, ADDRESS).await);
        assert!(!arrives(radio, MDNS).await);
        radio.control.add_multicast_address(MDNS).await.unwrap();
        assert!(arrives(radio, MDNS).await);
    });
}

#[test]
fn without_a_network_frames_go_nowhere() {
    with_radio(Air::of_two(), async |mut radio| {
        radio.send(&frame(PEER, ADDRESS, 64)).await;
        radio.world.air(|air| air.arriving.push_back(frame(ADDRESS, PEER, 64)));
        assert_eq!(radio.receive_within_ms(20).await, None);
        assert_eq!(radio.world.air(|air| air.sent.len()), 0);
    });
}

#[test]
fn frames_of_impossible_lengths_do_not_arrive() {
    with_link(async |radio| {
        radio.world.air(|air| air.arriving.extend([vec![], vec![0; 13], vec![0; 1515], vec![0; 4000]]));
        radio.world.air(|air| air.arriving.push_back(frame(ADDRESS, PEER, 1514)));
        assert_eq!(radio.receive().await, frame(ADDRESS, PEER, 1514));
    });
}
