//! The radio as a station of the C driver.

use pico_emu::cyw43439::{Farewell, JoinFailure, Kind, LinkEvent};

use crate::air::{Air, bssid};
use crate::board::ADDRESS;
use crate::c_driver::event::{
    ASSOC, ASSOC_REQ_IE, ASSOC_RESP_IE, AUTH, DEAUTH_IND, DISASSOC, DISASSOC_IND, JOIN, LINK, PSK_SUP, SET_SSID,
};
use crate::c_driver::{CDriver, Refused};

/// The order of a log in raspberrypi/pico-sdk, issue 2153.
#[test]
fn a_secured_network_is_joined_with_the_events_of_a_real_radio() {
    let mut driver = CDriver::started(Air::of_two());
    driver.join("Home", "correct horse");
    let wanted = [
        (ASSOC_REQ_IE, 0, 0, 0),
        (AUTH, 0, 0, 0),
        (ASSOC_RESP_IE, 0, 0, 0),
        (ASSOC, 0, 0, 0),
        (LINK, 0, 0, 1),
        (PSK_SUP, 6, 0, 0),
        (JOIN, 0, 0, 0),
        (SET_SSID, 0, 0, 0),
    ];
    assert_eq!(driver.summaries(), wanted);
    assert_eq!(driver.get(23, &[0; 6], 0), bssid(2));
    assert_eq!(driver.get(127, &[0; 4], 0), (-47_i32).to_le_bytes());
    assert_eq!(driver.get(25, &[0; 36], 0)[..8], *b"\x04\0\0\0Home");
    assert_eq!(driver.get(29, &[0; 12], 0)[..4], 6_u32.to_le_bytes());
}

#[test]
fn each_way_to_fail_has_its_events() {
    let associated = [
        (ASSOC_REQ_IE, 0, 0, 0),
        (AUTH, 0, 0, 0),
        (ASSOC_RESP_IE, 0, 0, 0),
        (ASSOC, 0, 0, 0),
        (LINK, 0, 0, 1),
        (JOIN, 0, 0, 0),
        (SET_SSID, 0, 0, 0),
    ];
    for (failure, wanted) in [
        (JoinFailure::NotFound, vec![(SET_SSID, 3, 0, 0)]),
        (JoinFailure::NoAnswer, vec![(AUTH, 2, 0, 0), (SET_SSID, 1, 0, 0)]),
        (JoinFailure::Refused, vec![(AUTH, 0, 0, 0), (ASSOC, 1, 17, 0), (SET_SSID, 1, 0, 0)]),
        (
            JoinFailure::WrongPassphrase,
            [&associated[..], &[(PSK_SUP, 8, 14, 0), (DEAUTH_IND, 0, 2, 0), (LINK, 0, 2, 0)]].concat(),
        ),
        (JoinFailure::HandshakeTimedOut, [&associated[..], &[(PSK_SUP, 4, 15, 0)]].concat()),
    ] {
        let mut driver = CDriver::started(Air { join_failure: Some(failure), ..Air::of_two() });
        driver.join("Home", "correct horse");
        assert_eq!(driver.summaries(), wanted, "{failure:?}");
        assert_eq!(driver.attempt(Kind::Get, 23, 0, &[0; 6]), Err(Refused(-17)));
        // And it can be tried again.
        driver.air.join_failure = None;
        driver.join("Home", "correct horse");
        assert_eq!(driver.summaries().last(), Some(&(SET_SSID, 0, 0, 0)));
    }
}

#[test]
fn a_join_of_which_nothing_comes_is_given_up_after_exactly_ten_seconds() {
    for (passphrase, wanted) in [("", (SET_SSID, 1, 0, 0)), ("correct horse", (PSK_SUP, 4, 15, 0))] {
        let mut driver = CDriver::started(Air { is_silent: true, ..Air::of_two() });
        driver.join("Home", passphrase);
        let due_us = driver.chip.deadline_us().unwrap();
        // The driver sees the answer to its command at most this much later than the join began.
        assert!((driver.now_us - 200..=driver.now_us).contains(&(due_us - 10_000_000)));
        driver.pass_us(due_us - driver.now_us - 1);
        assert_eq!(driver.summaries(), []);
        assert_eq!(driver.air.leaves, 0);
        driver.pass_us(1);
        assert_eq!(driver.summaries().last(), Some(&wanted));
        assert_eq!(driver.air.leaves, 1);
    }
}

#[test]
fn each_end_of_a_link_has_its_events() {
    let deauthenticated = LinkEvent::SentAway(Farewell::Deauthenticated(7));
    let disassociated = LinkEvent::SentAway(Farewell::Disassociated(4));
    for (event, is_network_there, wanted) in [
        (LinkEvent::LinkLost, true, vec![(LINK, 0, 1, 0)]),
        (deauthenticated, false, vec![(PSK_SUP, 6, 14, 0), (DEAUTH_IND, 0, 7, 0), (LINK, 0, 2, 0)]),
        (disassociated, false, vec![(PSK_SUP, 6, 14, 0), (DISASSOC_IND, 0, 4, 0), (LINK, 0, 2, 0)]),
        (deauthenticated, true, vec![(PSK_SUP, 6, 14, 0), (DEAUTH_IND, 0, 7, 0)]),
        (disassociated, true, vec![(PSK_SUP, 6, 14, 0), (DISASSOC_IND, 0, 4, 0)]),
    ] {
        let mut driver = CDriver::started(Air::of_two());
        driver.join("Home", "correct horse");
        driver.summaries();
        driver.air.joined = None;
        if !is_network_there {
            driver.air.networks.clear();
        }
        driver.happens(event);
        let is_up = !wanted.contains(&(LINK, 0, 1, 0)) && is_network_there;
        assert_eq!(driver.summaries(), wanted);
        // A station that believes in its link hears the access point as before.
        let rssi = driver.attempt(Kind::Get, 127, 0, &[0; 4]);
        assert_eq!(rssi, if is_up { Ok((-47_i32).to_le_bytes().to_vec()) } else { Err(Refused(-17)) });
    }
}

#[test]
fn a_network_is_left_with_its_events() {
    let mut driver = CDriver::started(Air::of_two());
    driver.join("Cafe", "");
    driver.summaries();
    driver.set(52, &[], 0);
    assert_eq!(driver.summaries(), [(DISASSOC, 0, 8, 0), (LINK, 0, 2, 0)]);
    // There is nothing to leave any more.
    driver.set(52, &[], 0);
    assert_eq!(driver.summaries(), []);
}

#[test]
fn events_that_the_driver_does_not_want_do_not_come() {
    let mut driver = CDriver::started(Air::of_two());
    // Only the end of a join.
    driver.set_variable("event_msgs", &[1], 0);
    driver.join("Cafe", "");
    assert_eq!(driver.summaries(), [(SET_SSID, 0, 0, 0)]);
}

#[test]
fn frames_go_both_ways() {
    let mut driver = CDriver::started(Air { echoes: true, ..Air::of_two() });
    driver.join("Home", "correct horse");
    driver.listen();
    for len in [60, 61, 62, 63, 590, 1513, 1514] {
        let frame = [&[0x02; 6][..], &ADDRESS, &vec![len as u8; len - 12]].concat();
        driver.send_ethernet(0, &frame);
        driver.pass_ms(1);
        driver.listen();
        let echo = [&ADDRESS[..], &[0x02; 6], &frame[12..]].concat();
        assert_eq!(std::mem::take(&mut driver.frames), [(0, echo)]);
    }
}

#[test]
fn a_driver_that_only_sends_keeps_its_credit() {
    let mut driver = CDriver::started(Air::of_two());
    driver.join("Cafe", "");
    driver.listen();
    for number in 0..1000_u32 {
        driver.send_ethernet(0, &[&[0x02; 6][..], &ADDRESS, &number.to_be_bytes(), &[0; 44]].concat());
    }
    driver.pass_ms(1);
    assert_eq!(driver.air.sent.len(), 1000);
    assert_eq!(driver.take_reports(), []);
}

#[test]
fn a_burst_that_is_longer_than_the_radios_queue_arrives_whole() {
    let mut driver = CDriver::started(Air::of_two());
    driver.join("Cafe", "");
    driver.listen();
    let frame = |number: u8| [&ADDRESS[..], &[0x02; 6], &[number; 50]].concat();
    driver.air.arriving.extend((0..100).map(frame));
    driver.listen();
    assert!(driver.frames.iter().map(|(_, frame)| frame).eq(&(0..100).map(frame).collect::<Vec<_>>()));
}
