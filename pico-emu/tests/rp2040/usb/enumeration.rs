//! What the host asks a device, and what it makes of the answers.

use pico_emu::usb_host::{DeviceInfo, HostError, Status, TransferError};

use proptest::prelude::*;

use super::device::{Behaviour, CLASS_AT, Device};
use super::rig::*;
use crate::chip::CLR;

/// Longer than the host takes for a device that does not answer, three times.
const LONG_MS: u64 = 20_000;

#[test]
fn a_serial_port_is_asked_what_linux_asks_and_opened() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    let requests: Vec<_> = device.requests.iter().map(|setup| (setup[1], setup[3], setup[2], setup[6])).collect();
    assert_eq!(
        requests,
        [
            (6, 1, 0, 8),
            (5, 0, 1, 0),
            (6, 1, 0, 18),
            (6, 2, 0, 9),
            (6, 2, 0, 67),
            (6, 3, 0, 255),
            (6, 3, 1, 255),
            (6, 3, 2, 255),
            (6, 3, 3, 255),
            (9, 0, 1, 0),
            (0x20, 0, 0, 7),
            (0x22, 0, 3, 0),
        ]
    );
    assert_eq!(device.request_data, [0x00, 0xc2, 0x01, 0x00, 0, 0, 8]);
    assert_eq!(device.resets, 1);
    let status = device.status();
    assert_eq!(status.to_string(), "serial port: Gadget by Maker (cafe:1234), number 0042");
}

#[test]
fn the_device_has_a_tenth_of_a_second_to_settle_and_is_reset_for_fifty_milliseconds() {
    let mut device = Device::new(Behaviour::default());
    device.attach();
    device.run_ms(99);
    assert_eq!((device.status(), device.resets), (Status::Starting, 0));
    device.run_ms(2);
    assert_eq!(device.resets, 1);
    device.run_ms(59);
    assert_eq!(device.requests.len(), 0);
    device.run_ms(3);
    assert!(!device.requests.is_empty());
}

#[test]
fn a_device_without_strings_is_named_by_its_numbers() {
    let mut device = Device::new(Behaviour { has_strings: false, ..Behaviour::default() });
    device.open();
    assert_eq!(
        device.status(),
        Status::Ready(DeviceInfo { vendor_id: 0xcafe, product_id: 0x1234, ..DeviceInfo::default() })
    );
}

#[test]
fn a_device_that_does_not_answer_in_time_is_tried_three_times() {
    let mut device = Device::new(Behaviour { is_dumb: true, ..Behaviour::default() });
    device.attach();
    device.run_ms(LONG_MS);
    let request = "telling the beginning of its device descriptor";
    assert_eq!(device.status(), Status::Failed(HostError::Request { request, error: TransferError::TimedOut(5_000) }));
    assert_eq!((device.resets, device.requests.len()), (3, 3));
}

#[test]
fn a_request_may_take_five_seconds_and_no_longer() {
    for (ms, in_time) in [(4_990, true), (5_010, false)] {
        let mut device = Device::new(Behaviour { is_dumb: true, ..Behaviour::default() });
        device.attach();
        // 100 ms to settle, the reset, and 10 ms behind it.
        device.run_ms(160 + ms);
        assert_eq!(device.resets == 1, in_time, "after {ms} ms");
    }
}

#[test]
fn a_controller_that_is_switched_off_does_not_answer() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.chip.write(MAIN_CTRL, 0);
    device.run_ms(1_000);
    let request = "telling the beginning of its device descriptor";
    assert_eq!(device.status(), Status::Failed(HostError::Request { request, error: TransferError::NoAnswer }));
}

#[test]
fn a_device_that_makes_no_sense_is_given_up() {
    let broken = |change: fn(&mut Behaviour)| {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        let mut device = Device::new(behaviour);
        device.attach();
        device.run_ms(1_000);
        assert_eq!(device.resets, 3);
        match device.status() {
            Status::Failed(error) => error,
            status => panic!("{status}"),
        }
    };
    assert_eq!(broken(|device| device.descriptor[1] = 9), HostError::Descriptor("device"));
    assert_eq!(broken(|device| device.descriptor[7] = 65), HostError::Descriptor("device"));
    assert_eq!(broken(|device| device.descriptor.truncate(17)), HostError::Descriptor("device"));
    assert_eq!(broken(|device| device.configuration[1] = 9), HostError::Descriptor("configuration"));
    assert_eq!(broken(|device| device.configuration[9] = 0), HostError::Descriptor("configuration"));
    assert_eq!(broken(|device| device.configuration[9] = 200), HostError::Descriptor("configuration"));
    assert_eq!(broken(|device| device.configuration[CLASS_AT] = 3), HostError::NotSerial);
    assert_eq!(
        broken(|device| device.configuration.truncate(60)).to_string(),
        "the USB device has no CDC-ACM interface with a bulk endpoint in each direction"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_configuration_that_makes_sense_or_not_is_taken_or_given_up(at in 0..67_usize, byte: u8) {
        let mut behaviour = Behaviour::default();
        behaviour.configuration[at] = byte;
        let mut device = Device::new(behaviour);
        device.attach();
        device.run_ms(2_000);
        prop_assert!(matches!(device.status(), Status::Ready(_) | Status::Failed(_)), "{}", device.status());
    }
}

#[test]
fn a_device_is_there_when_it_pulls_up_and_gone_when_it_lets_go() {
    let mut device = Device::new(Behaviour::default());
    device.chip.write(SIE_CTRL + CLR, PULLUP_EN);
    device.attach();
    device.run_ms(500);
    assert_eq!((device.status(), device.resets), (Status::NoDevice, 0));
    device.chip.write(SIE_CTRL, EP0_INT_1BUF | PULLUP_EN);
    device.run_ms(500);
    assert!(matches!(device.status(), Status::Ready(_)));
    device.chip.write(SIE_CTRL + CLR, PULLUP_EN);
    device.run_ms(2);
    assert_eq!(device.status(), Status::NoDevice);
}

#[test]
fn a_device_that_was_reset_is_set_up_again() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.start();
    device.run_ms(500);
    assert!(matches!(device.status(), Status::Ready(_)));
    assert_eq!(device.resets, 2);
}

#[test]
fn the_host_can_go_and_come_again() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    assert!(device.chip.rp2040.detach_usb().is_some());
    device.run_ms(10);
    assert_eq!(device.chip.next_event(), u64::MAX);
    assert_eq!(device.chip.read(SIE_STATUS) & SUSPENDED, SUSPENDED);
    device.open();
    assert_eq!(device.resets, 2);
}
