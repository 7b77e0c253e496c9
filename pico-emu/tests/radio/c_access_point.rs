//! The radio as an access point of the C driver, which has it on an interface of its own.

use pico_emu::cyw43439::{Farewell, Kind, LinkEvent};

use crate::air::Air;
use crate::board::ADDRESS;
use crate::c_driver::event::{ASSOC_IND, AUTH_IND, DEAUTH_IND, DISASSOC_IND, LINK, REASSOC_IND};
use crate::c_driver::{CDriver, Refused, key};

const STATION: [u8; 6] = [0x6a, 0x12, 0x7e, 0xba, 0xc5, 0x86];

/// Starts an access point on the driver's second interface.
fn start_access_point(driver: &mut CDriver, passphrase: &str) {
    // The driver's number for WPA2 with AES; the lower byte is what counts.
    let security = if passphrase.is_empty() { 0 } else { 0x0040_0004 };
    // There is no such network yet, and the answer must not look as if there was one.
    let answer = driver.attempt_variable(Kind::Get, "bss", &1_u32.to_le_bytes());
    assert_eq!((answer, &driver.last_answer[..]), (Err(Refused(-30)), &[0; 8][..]));
    driver.set_word("ampdu_ba_wsize", 2, 0);
    let ssid = [&1_u32.to_le_bytes()[..], &5_u32.to_le_bytes(), b"board", &[0; 27]].concat();
    driver.set_variable("bsscfg:ssid", &ssid, 0);
    driver.set_number(30, 3, 0);
    driver.set_words("bsscfg:wsec", 1, security);
    driver.set_word("mfp", 0, 1);
    if security != 0 {
        driver.set_words("bsscfg:wpa_auth", 1, 0x84);
        driver.set(268, &key(passphrase), 1);
    }
    driver.set_number(110, 1, 1);
    driver.set_word("2g_mrate", 22, 1);
    driver.set_number(78, 1, 1);
    driver.events.clear();
    driver.set_words("bss", 1, 1);
}

#[test]
fn an_access_point_on_the_second_interface() {
    for passphrase in ["", "correct horse"] {
        let mut driver = CDriver::started(Air::default());
        start_access_point(&mut driver, passphrase);
        let config = driver.air.access_point.clone().unwrap();
        assert_eq!((&config.ssid[..], config.channel), (&b"board"[..], 3));
        assert_eq!(config.passphrase.as_deref(), Some(passphrase).filter(|key| !key.is_empty()));
        assert_eq!(driver.variable("bss", &1_u32.to_le_bytes())[..4], 1_u32.to_le_bytes());
        assert_eq!(driver.get(29, &[0; 12], 0)[..4], 3_u32.to_le_bytes());

        driver.happens(LinkEvent::StationJoined(STATION));
        driver.happens(LinkEvent::StationJoined(STATION));
        let list = |driver: &mut CDriver| driver.get(159, &[&10_u32.to_le_bytes()[..], &[0; 60]].concat(), 1);
        assert_eq!(list(&mut driver)[..10], [&1_u32.to_le_bytes()[..], &STATION].concat());
        assert_eq!(driver.variable("maxassoc", &1_u32.to_le_bytes())[..4], 10_u32.to_le_bytes());
        driver.happens(LinkEvent::StationLeft(STATION, Farewell::Disassociated(8)));
        driver.happens(LinkEvent::StationLeft(STATION, Farewell::Deauthenticated(3)));
        assert_eq!(list(&mut driver)[..4], [0; 4]);

        driver.set_words("bss", 1, 0);
        assert!(driver.events.iter().all(|event| event.interface == 1));
        let wanted = [
            (LINK, 0, 0, 1),
            (AUTH_IND, 0, 0, 0),
            (ASSOC_IND, 0, 0, 0),
            (AUTH_IND, 0, 0, 0),
            (REASSOC_IND, 0, 0, 0),
            (DISASSOC_IND, 0, 8, 0),
            (DEAUTH_IND, 0, 3, 0),
            (LINK, 0, 4, 0),
        ];
        assert_eq!(driver.summaries(), wanted);
        assert_eq!(driver.air.access_point, None);
        assert_eq!(driver.take_reports(), []);
    }
}

#[test]
fn frames_of_an_access_point_are_its_interfaces() {
    let mut driver = CDriver::started(Air { echoes: true, ..Air::default() });
    start_access_point(&mut driver, "");
    let frame = [&STATION[..], &ADDRESS, &[9; 50]].concat();
    // The station's interface has no network.
    driver.send_ethernet(0, &frame);
    driver.send_ethernet(1, &frame);
    driver.pass_ms(1);
    driver.listen();
    assert_eq!(driver.air.sent, [frame]);
    assert_eq!(driver.frames, [(1, [&ADDRESS[..], &STATION, &[9; 50]].concat())]);
}
