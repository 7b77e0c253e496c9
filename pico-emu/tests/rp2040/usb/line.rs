//! Reset, suspend, resume, frames, and who takes notice of them.

use pico_emu::rp2040::usb::Reply;

use super::rig::*;
use crate::chip::{CLR, Chip};

const LINE_STATE: u32 = 0b11 << 2;
const J: u32 = 1 << 2;
const K: u32 = 2 << 2;
const SE0: u32 = 0;

#[test]
fn with_no_host_the_bus_is_idle_and_the_device_goes_into_suspend_once() {
    let mut chip = Chip::with_ticks();
    start_clock(&mut chip);
    chip.write(INTE, 1 << 14);
    start_controller(&mut chip);
    assert_eq!(chip.next_event(), chip.cycle + 3_000 * 12);
    chip.cycle += 3_000 * 12 - 1;
    assert_eq!((chip.read(SIE_STATUS) & (SUSPENDED | LINE_STATE), chip.read(INTR) & 1 << 14), (J, 0));
    chip.cycle += 1;
    assert_eq!((chip.read(SIE_STATUS) & SUSPENDED, chip.read(INTR) & 1 << 14), (SUSPENDED, 1 << 14));
    assert_eq!(chip.next_event(), u64::MAX);
    // The change has been seen; the state is as it was.
    chip.write(SIE_STATUS, SUSPENDED);
    assert_eq!((chip.read(SIE_STATUS) & SUSPENDED, chip.read(INTR) & 1 << 14), (SUSPENDED, 0));
    assert_eq!(chip.next_event(), u64::MAX);
}

#[test]
fn without_its_pull_up_there_is_nothing_on_the_bus() {
    let mut rig = Rig::plugged_in();
    rig.chip.write(SIE_CTRL + CLR, PULLUP_EN);
    assert_eq!(rig.status(LINE_STATE), SE0);
    rig.pass_ms(10);
    assert_eq!(rig.status(SUSPENDED), 0);
}

#[test]
fn a_reset_is_told_when_it_begins_and_the_device_is_connected_when_it_ends() {
    let mut rig = Rig::plugged_in();
    rig.act(Act::Reset);
    assert_eq!(rig.status(BUS_RESET | CONNECTED | LINE_STATE), BUS_RESET | SE0);
    rig.chip.write(SIE_STATUS, BUS_RESET);
    rig.pass_ms(50);
    assert_eq!(rig.status(BUS_RESET), 0);
    rig.act(Act::Idle);
    assert_eq!(rig.status(BUS_RESET | CONNECTED | LINE_STATE), CONNECTED | J);
    assert_eq!(rig.chip.read(INTR) & 1 << 13, 1 << 13);
    rig.chip.write(SIE_STATUS, CONNECTED);
    assert_eq!((rig.status(CONNECTED), rig.chip.read(INTR) & 1 << 13), (CONNECTED, 0));
    rig.chip.write(SIE_CTRL + CLR, PULLUP_EN);
    assert_eq!((rig.status(CONNECTED), rig.chip.read(INTR) & 1 << 13), (0, 1 << 13));
}

#[test]
fn frames_are_counted_and_keep_the_device_awake() {
    let mut rig = Rig::new();
    for number in 2_046..2_052 {
        rig.pass_ms(2);
        rig.act(Act::StartOfFrame(number));
        assert_eq!(rig.chip.read(INTR) & 1 << 17, 1 << 17);
        assert_eq!(rig.chip.read(SOF_RD), u32::from(number) % 2_048);
        assert_eq!(rig.chip.read(INTR) & 1 << 17, 0);
    }
    assert_eq!(rig.status(SUSPENDED), 0);
    rig.pass_ms(3);
    assert_eq!(rig.status(SUSPENDED), SUSPENDED);
}

#[test]
fn a_suspended_device_is_resumed() {
    let mut rig = Rig::new();
    rig.act(Act::Resume);
    assert_eq!(rig.status(RESUME | LINE_STATE), K);
    rig.act(Act::Idle);
    rig.pass_ms(3);
    assert_eq!(rig.status(SUSPENDED), SUSPENDED);
    rig.act(Act::Resume);
    assert_eq!((rig.status(RESUME | SUSPENDED), rig.chip.read(INTR) & 1 << 15), (RESUME, 1 << 15));
    rig.chip.write(SIE_STATUS, RESUME);
    assert_eq!((rig.status(RESUME), rig.chip.read(INTR) & 1 << 15), (0, 0));
}

#[test]
fn a_device_that_is_not_ready_for_the_bus_does_not_answer() {
    let setup = || Act::Setup([0; 8]);
    assert_eq!(Rig::new().transact(setup()), Reply::Ack);
    assert_eq!(Rig::plugged_in().transact(setup()), Reply::Nothing, "it has not been reset");
    for (register, value, why) in [
        (MAIN_CTRL, 0, "the controller is off"),
        (PWR, 0b1000, "there is no power on the bus"),
        (MUXING, 0, "the controller has no transceiver"),
        (SIE_CTRL, PULLUP_EN | 1 << 18, "the transceiver is off"),
        (SIE_CTRL, 0, "there is no pull-up"),
        (crate::chip::CLOCKS + 0x54, 0, "the controller has no clock"),
        (ADDR_ENDP, 1, "it has another address"),
    ] {
        let mut rig = Rig::new();
        rig.chip.write(register, value);
        assert_eq!(rig.transact(setup()), Reply::Nothing, "{why}");
        assert_eq!(rig.status(SETUP_REC), 0, "{why}");
    }
}

#[test]
fn a_pull_up_that_was_off_for_a_moment_is_noticed() {
    let mut rig = Rig::new();
    assert!(rig.was_connected());
    rig.chip.write(SIE_CTRL, 0);
    rig.chip.write(SIE_CTRL, PULLUP_EN);
    rig.act(Act::StartOfFrame(0));
    assert!(!rig.was_connected());
    rig.act(Act::StartOfFrame(1));
    assert!(rig.was_connected());
}

#[test]
fn the_pull_up_can_be_driven_past_the_controller() {
    let mut rig = Rig::new();
    rig.chip.write(USB + 0x7c, 1 << 1);
    rig.chip.write(USB + 0x80, 1 << 2);
    rig.chip.write(SIE_CTRL, 0);
    assert_eq!(rig.status(LINE_STATE), J);
    assert_eq!(rig.chip.read(USB + 0x7c), 1 << 1 | 0b011 << 16);
    rig.chip.write(USB + 0x80, 0);
    assert_eq!((rig.status(LINE_STATE), rig.chip.read(USB + 0x7c)), (SE0, 1 << 1));
}
