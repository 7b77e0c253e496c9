//! Endpoints with two buffers (RP2040 datasheet, 4.1.2.5.3).

use pico_emu::rp2040::usb::DataPid::{Data0, Data1};
use pico_emu::rp2040::usb::Reply;

use super::rig::*;

const EP2_OUT: u32 = 1 << 5;
const EP2_IN: u32 = 1 << 4;
const BUFFER: u32 = 0x200;

fn rig(bits: u32) -> Rig {
    let mut rig = Rig::new();
    for is_out in [false, true] {
        rig.chip.write(endpoint_control(2, is_out), ENABLE | DOUBLE_BUFFERED | bits | BUFFER);
    }
    rig
}

/// Both halves of a buffer control register.
const fn both(first: u32, second: u32) -> u32 {
    first | second << 16
}

fn out(pid: pico_emu::rp2040::usb::DataPid, byte: u8) -> Act {
    Act::Out(2, pid, vec![byte])
}

#[test]
fn the_buffers_take_turns_and_each_is_told_of() {
    let mut rig = rig(PER_BUFFER);
    let control = buffer_control(2, true);
    rig.chip.write(control, both(AVAILABLE | 64, AVAILABLE | DATA1 | 64));
    assert_eq!(rig.transact(out(Data0, 1)), Reply::Ack);
    assert_eq!(rig.chip.read(control), both(FULL | 1, AVAILABLE | DATA1 | 64));
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.chip.read(BUFF_CPU_SHOULD_HANDLE)), (EP2_OUT, 0));
    assert_eq!(rig.transact(out(Data1, 2)), Reply::Ack);
    assert_eq!((rig.content(BUFFER, 1), rig.content(BUFFER + 64, 1)), (vec![1], vec![2]));
    assert_eq!(rig.transact(out(Data0, 3)), Reply::Nak);
    // The first one is to be handled, and once it is, the second one.
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.chip.read(BUFF_CPU_SHOULD_HANDLE)), (EP2_OUT, 0));
    rig.chip.write(BUFF_STATUS, EP2_OUT);
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.chip.read(BUFF_CPU_SHOULD_HANDLE)), (EP2_OUT, EP2_OUT));
    rig.chip.write(BUFF_STATUS, EP2_OUT);
    assert_eq!(rig.chip.read(BUFF_STATUS), 0);
    rig.chip.write(control, both(AVAILABLE | 64, 0));
    assert_eq!(rig.transact(out(Data0, 3)), Reply::Ack);
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.chip.read(BUFF_CPU_SHOULD_HANDLE)), (EP2_OUT, 0));
}

#[test]
fn two_buffers_can_be_told_of_at_once() {
    let mut rig = rig(PER_TWO_BUFFERS);
    let control = buffer_control(2, false);
    for _ in 0..2 {
        rig.chip.write(control, both(FULL | AVAILABLE, FULL | AVAILABLE | DATA1));
        assert_eq!(rig.transact(Act::In(2)), Reply::Data(Data0, vec![]));
        assert_eq!(rig.chip.read(BUFF_STATUS), 0);
        assert_eq!(rig.transact(Act::In(2)), Reply::Data(Data1, vec![]));
        assert_eq!(rig.chip.read(BUFF_STATUS), EP2_IN);
        rig.chip.write(BUFF_STATUS, EP2_IN);
        assert_eq!(rig.chip.read(BUFF_STATUS), 0);
    }
}

#[test]
fn the_driver_can_begin_with_the_first_buffer_again() {
    let mut rig = rig(PER_BUFFER);
    let control = buffer_control(2, true);
    rig.chip.write(control, AVAILABLE | 64);
    assert_eq!(rig.transact(out(Data0, 1)), Reply::Ack);
    rig.chip.write(control, AVAILABLE | DATA1 | 64);
    assert_eq!(rig.transact(out(Data1, 2)), Reply::Nak, "it is the second one's turn");
    rig.chip.write(control, both(RESET_SELECT | AVAILABLE | DATA1 | 64, AVAILABLE | 64));
    assert_eq!(rig.transact(out(Data1, 2)), Reply::Ack);
    assert_eq!(rig.chip.read(control), both(FULL | DATA1 | 1, AVAILABLE | 64));
    assert_eq!(rig.transact(out(Data0, 3)), Reply::Ack);
    assert_eq!(rig.chip.read(control), both(FULL | DATA1 | 1, FULL | 1));
}

#[test]
fn endpoint_0_can_have_two_buffers() {
    let mut rig = Rig::new();
    rig.chip.write(SIE_CTRL, PULLUP_EN | EP0_INT_1BUF | DOUBLE_BUFFERED);
    rig.fill(0x100, b"a");
    rig.fill(0x140, b"b");
    rig.chip.write(buffer_control(0, false), both(FULL | AVAILABLE | DATA1 | 1, FULL | AVAILABLE | 1));
    assert_eq!(rig.transact(Act::In(0)), Reply::Data(Data1, b"a".to_vec()));
    assert_eq!(rig.transact(Act::In(0)), Reply::Data(Data0, b"b".to_vec()));
}

#[test]
fn isochronous_buffers_are_as_far_apart_as_the_driver_says() {
    for (code, distance) in [(0, 128), (1, 256), (2, 512), (3, 1_024)] {
        let mut rig = rig(PER_BUFFER | ISOCHRONOUS);
        rig.chip.write(buffer_control(2, true), both(AVAILABLE, AVAILABLE | code << 11));
        rig.transact(out(Data0, 1));
        rig.transact(out(Data0, 2));
        assert_eq!((rig.content(BUFFER, 1), rig.content(BUFFER + distance, 1)), (vec![1], vec![2]));
    }
}
