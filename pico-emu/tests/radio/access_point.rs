//! The radio as an access point.

use pico_emu::cyw43439::{AccessPointConfig, Farewell, LinkEvent};

use crate::air::Air;
use crate::board::{ADDRESS, with_radio};

const STATION: [u8; 6] = [0x6a, 0x12, 0x7e, 0xba, 0xc5, 0x86];

#[test]
fn an_open_network_is_made() {
    with_radio(Air::default(), async |mut radio| {
        radio.control.start_ap_open("board", 11).await;
        let config = AccessPointConfig { ssid: b"board".to_vec(), passphrase: None, channel: 11 };
        assert_eq!(radio.world.air(|air| air.access_point.clone()), Some(config));
    });
}

#[test]
fn a_secured_network_is_made_and_ended() {
    with_radio(Air::default(), async |mut radio| {
        radio.control.start_ap_wpa2("board", "correct horse", 1).await;
        let config =
            AccessPointConfig { ssid: b"board".to_vec(), passphrase: Some("correct horse".into()), channel: 1 };
        assert_eq!(radio.world.air(|air| air.access_point.clone()), Some(config));
        radio.control.close_ap().await;
        assert_eq!(radio.world.air(|air| air.access_point.clone()), None);
    });
}

#[test]
fn after_its_own_network_the_radio_joins_another() {
    with_radio(Air::of_two(), async |mut radio| {
        radio.control.start_ap_wpa2("board", "correct horse", 1).await;
        radio.control.close_ap().await;
        radio.control.join("Cafe", cyw43::JoinOptions::new_open()).await.unwrap();
        radio.world.pass_ms(1).await;
        assert!(radio.is_link_up());
        // And the other way around: the driver switches the interface off in between.
        radio.control.start_ap_open("board", 1).await;
        assert_eq!(radio.world.air(|air| air.joined), None);
        assert!(radio.world.air(|air| air.access_point.is_some()));
    });
}

#[test]
fn stations_come_go_and_send() {
    with_radio(Air::default(), async |mut radio| {
        radio.control.start_ap_open("board", 11).await;
        radio.world.happens(LinkEvent::StationJoined(STATION));
        radio.world.happens(LinkEvent::StationJoined(STATION));
        let frame = [&ADDRESS[..], &STATION, &[0x08, 0x00], &[1; 50]].concat();
        radio.world.air(|air| air.arriving.push_back(frame.clone()));
        assert_eq!(radio.receive().await, frame);
        // Groups are for all of the network, and the access point is where it meets.
        let group = [&[0x01, 0, 0x5e, 0, 0, 9][..], &STATION, &[0x08, 0x00], &[2; 50]].concat();
        radio.world.air(|air| air.arriving.push_back(group.clone()));
        assert_eq!(radio.receive().await, group);

        radio.send(&frame).await;
        radio.world.happens(LinkEvent::StationLeft(STATION, Farewell::Disassociated(8)));
        radio.world.happens(LinkEvent::StationLeft(STATION, Farewell::Deauthenticated(3)));
        radio.world.pass_ms(10).await;
        assert_eq!(radio.world.air(|air| std::mem::take(&mut air.sent)), [frame]);
    });
}
