//! Text in both directions.

use pico_emu::usb_host::Status;
use proptest::prelude::*;

use super::device::{Behaviour, Device};
use super::rig::*;

fn text(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 % 251) as u8).collect()
}

#[test]
fn text_from_the_device_is_received() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.to_send.extend(text(1_000));
    device.pump();
    device.run_ms(5);
    assert_eq!(device.host().take_received(), text(1_000));
    assert_eq!(device.host().take_received(), []);
}

#[test]
fn text_to_the_device_is_sent_as_it_takes_it() {
    let mut device = Device::new(Behaviour { takes: false, ..Behaviour::default() });
    device.open();
    device.host().send(&text(200));
    device.run_ms(50);
    assert_eq!((device.host().unsent(), device.received.len()), (200, 0));
    device.behaviour.takes = true;
    device.pump();
    device.behaviour.takes = false;
    device.run_ms(5);
    assert_eq!((device.host().unsent(), device.received.len()), (136, 64));
    device.behaviour.takes = true;
    device.pump();
    device.run_ms(5);
    assert_eq!((device.host().unsent(), &device.received), (0, &text(200)));
}

#[test]
fn text_waits_for_a_device_to_come_and_is_lost_when_it_goes() {
    let mut device = Device::new(Behaviour { takes: false, ..Behaviour::default() });
    device.chip.write(SIE_CTRL, 0);
    device.attach();
    device.host().send(b"early");
    device.run_ms(50);
    device.behaviour.takes = true;
    device.start();
    device.run_ms(500);
    assert_eq!(device.received, b"early");
    device.behaviour.takes = false;
    device.host().send(&text(200));
    device.run_ms(5);
    device.behaviour.takes = true;
    device.start();
    device.run_ms(500);
    assert_eq!(device.received.len(), 5 + 64);
    assert_eq!(device.host().unsent(), 0);
}

#[test]
fn a_device_that_goes_on_sending_passes_a_dozen_packets_a_frame() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.run_ms(1);
    device.to_send.extend(text(100_000));
    device.pump();
    device.run_ms(10);
    // A packet lasts for 51 us, the NAK behind it for 5 us, and 25 us later the next one is ready.
    let packets = device.host().take_received().len() / 64;
    assert!((110..=120).contains(&packets), "{packets} packets in 10 ms");
}

#[test]
fn an_endpoint_that_has_stalled_is_cleared_and_goes_on() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.to_send.extend(b"before");
    device.pump();
    device.run_ms(2);
    device.chip.write(buffer_control(2, false), STALL);
    device.run_ms(5);
    assert_eq!(device.requests.last(), Some(&[0x02, 1, 0, 0, 0x82, 0, 0, 0]));
    device.to_send.extend(b", after");
    device.pump();
    device.run_ms(2);
    assert_eq!(device.host().take_received(), b"before, after");
}

#[test]
fn a_packet_that_is_too_long_makes_the_host_start_over() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.chip.write(buffer_control(2, false), FULL | AVAILABLE | 65);
    device.run_ms(2);
    assert_eq!(device.status(), Status::Starting);
    device.run_ms(500);
    assert!(matches!(device.status(), Status::Ready(_)));
    assert_eq!((device.resets, device.host().take_received()), (2, vec![]));
}

#[test]
fn an_idle_port_costs_few_events() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    device.run_ms(100);
    device.events = 0;
    device.run_ms(1_000);
    // The frame and a poll, and the notifications each 16 ms.
    assert_eq!(device.events, 2_000 + 1_000 / 16);
}

#[test]
fn a_copy_of_the_chip_has_a_host_of_its_own() {
    let mut device = Device::new(Behaviour::default());
    device.open();
    let copy = device.chip.rp2040.clone();
    device.to_send.extend(b"one");
    device.pump();
    device.run_ms(2);
    assert_eq!(device.host().take_received(), b"one");
    device.chip.rp2040 = copy;
    assert!(matches!(device.status(), Status::Ready(_)));
    device.run_ms(2);
    assert_eq!(device.host().take_received(), b"");
}

#[test]
fn two_runs_are_the_same() {
    let run = || {
        let mut device = Device::new(Behaviour::default());
        device.open();
        device.to_send.extend(text(300));
        device.host().send(&text(300));
        device.pump();
        device.run_ms(20);
        (device.events, device.host().take_received(), device.received, device.chip.next_event())
    };
    assert_eq!(run(), run());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_lost_whenever_it_comes(
        steps in proptest::collection::vec((0..200_usize, 0..200_usize, any::<bool>(), 0..4_u64), 1..20),
    ) {
        let mut device = Device::new(Behaviour::default());
        device.open();
        let (mut from, mut to, mut received) = (Vec::new(), Vec::new(), Vec::new());
        for (from_len, to_len, takes, ms) in steps {
            device.to_send.extend(text(from_len));
            from.extend(text(from_len));
            device.host().send(&text(to_len));
            to.extend(text(to_len));
            device.behaviour.takes = takes;
            device.pump();
            device.run_ms(ms);
            received.extend(device.host().take_received());
        }
        device.behaviour.takes = true;
        device.pump();
        device.run_ms(200);
        received.extend(device.host().take_received());
        prop_assert_eq!(received, from);
        prop_assert_eq!(device.received, to);
    }
}
