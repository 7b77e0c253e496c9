//! The driver's start and set-up.

use cyw43::PowerManagementMode;

use crate::air::Air;
use crate::board::{ADDRESS, Way, with_radio, with_started};

#[test]
fn the_driver_starts_over_whole_transactions() {
    with_started(Way::Bulk, Air::default(), async |mut radio| {
        radio.control.init(cyw43_firmware::CYW43_43439A0_CLM).await;
        assert_eq!(radio.control.address().await, ADDRESS);
    });
}

#[test]
fn the_driver_starts_over_the_wires() {
    with_started(Way::Wires, Air::of_two(), async |mut radio| {
        radio.control.init(cyw43_firmware::CYW43_43439A0_CLM).await;
        assert_eq!(radio.control.address().await, ADDRESS);
        radio.control.join("Cafe", cyw43::JoinOptions::new_open()).await.unwrap();
        radio.world.air(|air| air.echoes = true);
        let frame = [&[0x02; 6][..], &ADDRESS, &[0x08, 0x00], &[0x5a; 1500]].concat();
        radio.send(&frame).await;
        assert_eq!(radio.receive().await[14..], frame[14..]);
    });
}

#[test]
fn the_drivers_words_reach_the_led() {
    with_radio(Air::default(), async |mut radio| {
        for level in [true, false, true] {
            radio.control.gpio_set(0, level).await;
            assert_eq!(radio.world.led(), level);
        }
        // The other pins leave it alone.
        radio.control.gpio_set(1, true).await;
        radio.control.gpio_set(1, false).await;
        assert!(radio.world.led());
        radio.world.set_gpio(2, true);
        assert!(radio.world.led());
    });
}

#[test]
fn power_management_is_taken_in_every_mode() {
    with_radio(Air::default(), async |mut radio| {
        for mode in [
            PowerManagementMode::None,
            PowerManagementMode::PowerSave,
            PowerManagementMode::Performance,
            PowerManagementMode::Aggressive,
            PowerManagementMode::SuperSave,
            PowerManagementMode::ThroughputThrottling,
        ] {
            radio.control.set_power_management(mode).await;
        }
    });
}

#[test]
fn groups_are_listed_as_they_were_added() {
    with_radio(Air::default(), async |mut radio| {
        let mut list = [[0; 6]; 10];
        assert_eq!(radio.control.list_multicast_addresses(&mut list).await, 0);
        for (count, last) in (1..).zip([0xfb, 0x01, 0xfb]) {
            let group = [0x01, 0x00, 0x5e, 0, 0, last];
            assert_eq!(radio.control.add_multicast_address(group).await.unwrap(), count.min(2));
        }
        assert_eq!(radio.control.list_multicast_addresses(&mut list).await, 2);
        assert_eq!(list[..2], [[0x01, 0x00, 0x5e, 0, 0, 0xfb], [0x01, 0x00, 0x5e, 0, 0, 0x01]]);
    });
}
