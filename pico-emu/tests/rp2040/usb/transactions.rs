//! How endpoints answer.

use pico_emu::rp2040::usb::DataPid::{Data0, Data1};
use pico_emu::rp2040::usb::Reply;

use super::rig::*;
use crate::chip::{CLR, SET};

const SETUP: [u8; 8] = [0x80, 6, 0, 1, 0, 0, 18, 0];
/// `BUFF_STATUS` and its like.
const EP0_IN: u32 = 1;
const EP0_OUT: u32 = 1 << 1;
const EP2_IN: u32 = 1 << 4;
const EP2_OUT: u32 = 1 << 5;
/// Where the test puts the buffers of endpoint 2.
const BUFFER: u32 = 0x180;

/// Endpoint 2 is enabled, in one direction.
fn enable(rig: &mut Rig, is_out: bool, bits: u32) {
    rig.chip.write(endpoint_control(2, is_out), ENABLE | PER_BUFFER | bits | BUFFER);
}

#[test]
fn a_setup_packet_is_in_the_memory_when_the_transaction_ends() {
    let mut rig = Rig::new();
    // Token, data packet of 8 bytes, handshake, and the time between them: 165 bits of 83 1/3 ns.
    let (reply, cycles) = rig.begin(Act::Setup(SETUP));
    assert_eq!((reply, cycles), (Reply::Ack, 165));
    assert_eq!(rig.chip.next_event(), rig.chip.cycle + cycles);
    rig.chip.cycle += cycles - 1;
    assert_eq!((rig.status(SETUP_REC), rig.content(0, 8)), (0, vec![0; 8]));
    rig.chip.cycle += 1;
    assert_eq!((rig.status(SETUP_REC), rig.content(0, 8)), (SETUP_REC, SETUP.to_vec()));
}

#[test]
fn data_is_sent_when_its_buffer_is_full_and_available() {
    let mut rig = Rig::new();
    let control = buffer_control(0, false);
    rig.fill(0x100, b"abc");
    for not_yet in [0, FULL | 3, AVAILABLE | 3] {
        rig.chip.write(control, not_yet);
        assert_eq!(rig.transact(Act::In(0)), Reply::Nak);
    }
    rig.chip.write(control, FULL | AVAILABLE | DATA1 | LAST | 3);
    let (reply, cycles) = rig.begin(Act::In(0));
    assert_eq!(reply, Reply::Data(Data1, b"abc".to_vec()));
    rig.chip.cycle += cycles - 1;
    assert_eq!(rig.chip.read(control), FULL | AVAILABLE | DATA1 | LAST | 3);
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.status(ACK_REC | TRANS_COMPLETE)), (0, 0));
    rig.chip.cycle += 1;
    assert_eq!(rig.chip.read(control), DATA1 | LAST | 3);
    assert_eq!(rig.chip.read(BUFF_STATUS), EP0_IN);
    assert_eq!(rig.status(ACK_REC | TRANS_COMPLETE), ACK_REC | TRANS_COMPLETE);
    assert_eq!(rig.chip.read(INTR) & 0b1_1000, 0b1_1000);
    assert_eq!(rig.transact(Act::In(0)), Reply::Nak);
    rig.chip.write(BUFF_STATUS + CLR, EP0_IN);
    rig.chip.write(SIE_STATUS, TRANS_COMPLETE);
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.chip.read(INTR) & 0b1_1000), (0, 0));
}

#[test]
fn data_is_received_when_its_buffer_is_empty_and_available() {
    let mut rig = Rig::new();
    let control = buffer_control(0, true);
    let data = |pid| Act::Out(0, pid, b"hello".to_vec());
    for not_yet in [DATA1 | 64, FULL | AVAILABLE | DATA1 | 64] {
        rig.chip.write(control, not_yet);
        assert_eq!(rig.transact(data(Data1)), Reply::Nak);
    }
    rig.chip.write(control, AVAILABLE | DATA1 | 64);
    assert_eq!(rig.transact(data(Data1)), Reply::Ack);
    assert_eq!((rig.chip.read(control), rig.content(0x100, 5)), (FULL | DATA1 | 5, b"hello".to_vec()));
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.status(ACK_REC)), (EP0_OUT, 0));
}

#[test]
fn data_that_has_come_before_is_acknowledged_and_dropped() {
    let mut rig = Rig::new();
    let control = buffer_control(0, true);
    rig.chip.write(control, AVAILABLE | DATA1 | 64);
    assert_eq!(rig.transact(Act::Out(0, Data0, b"again".to_vec())), Reply::Ack);
    assert_eq!((rig.chip.read(control), rig.content(0x100, 5)), (AVAILABLE | DATA1 | 64, vec![0; 5]));
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.status(DATA_SEQ_ERROR)), (0, DATA_SEQ_ERROR));
    assert_eq!(rig.chip.read(INTR) & 1 << 5, 1 << 5);
}

#[test]
fn endpoint_0_stalls_only_while_it_is_armed_and_a_setup_packet_disarms_it() {
    let mut rig = Rig::new();
    rig.chip.write(SIE_CTRL, PULLUP_EN | 1 << 31);
    rig.chip.write(buffer_control(0, false), STALL);
    assert_eq!(rig.transact(Act::In(0)), Reply::Nak);
    rig.chip.write(EP_STALL_ARM + SET, 1);
    assert_eq!(rig.transact(Act::In(0)), Reply::Stall);
    assert_eq!((rig.chip.read(EP_STATUS_STALL_NAK), rig.chip.read(INTR) & 1 << 19), (EP0_IN, 1 << 19));
    rig.chip.write(EP_STATUS_STALL_NAK, EP0_IN);
    assert_eq!(rig.transact(Act::Setup(SETUP)), Reply::Ack);
    assert_eq!((rig.chip.read(EP_STALL_ARM), rig.chip.read(EP_STATUS_STALL_NAK)), (0, 0));
    assert_eq!(rig.transact(Act::In(0)), Reply::Nak);
}

#[test]
fn other_endpoints_stall_and_refuse_and_tell_of_it_if_they_are_to() {
    for (control, buffer, reply, told) in [
        (0, STALL, Reply::Stall, 0),
        (ON_NAK, STALL | AVAILABLE, Reply::Stall, 0),
        (ON_STALL, STALL, Reply::Stall, EP2_OUT),
        (ON_STALL, 64, Reply::Nak, 0),
        (ON_NAK, 64, Reply::Nak, EP2_OUT),
    ] {
        let mut rig = Rig::new();
        enable(&mut rig, true, control);
        rig.chip.write(buffer_control(2, true), buffer);
        assert_eq!(rig.transact(Act::Out(2, Data0, vec![0])), reply);
        assert_eq!(rig.chip.read(EP_STATUS_STALL_NAK), told);
    }
}

#[test]
fn an_endpoint_that_is_not_enabled_does_not_answer() {
    let mut rig = Rig::new();
    rig.chip.write(buffer_control(2, false), FULL | AVAILABLE);
    assert_eq!(rig.transact(Act::In(2)), Reply::Nothing);
    enable(&mut rig, false, 0);
    assert_eq!(rig.transact(Act::In(2)), Reply::Data(Data0, vec![]));
}

#[test]
fn the_device_answers_at_the_address_that_the_driver_sets() {
    let mut rig = Rig::new();
    rig.chip.write(ADDR_ENDP, 55);
    assert_eq!(rig.transact(Act::In(0)), Reply::Nothing);
    rig.set_address(55);
    assert_eq!(rig.transact(Act::In(0)), Reply::Nak);
}

#[test]
fn an_endpoint_that_is_idle_is_aborted_at_once_and_refuses_from_then_on() {
    let mut rig = Rig::new();
    enable(&mut rig, false, 0);
    rig.chip.write(buffer_control(2, false), FULL | AVAILABLE);
    rig.chip.write(EP_ABORT + SET, EP2_IN);
    assert_eq!((rig.chip.read(EP_ABORT_DONE), rig.chip.read(INTR) & 1 << 18), (EP2_IN, 1 << 18));
    assert_eq!(rig.transact(Act::In(2)), Reply::Nak);
    rig.chip.write(EP_ABORT_DONE + CLR, EP2_IN);
    rig.chip.write(EP_ABORT + CLR, EP2_IN);
    assert_eq!(rig.chip.read(EP_ABORT_DONE), 0);
    assert_eq!(rig.transact(Act::In(2)), Reply::Data(Data0, vec![]));
}

#[test]
fn an_endpoint_that_is_busy_is_aborted_when_its_transaction_ends() {
    let mut rig = Rig::new();
    enable(&mut rig, true, 0);
    rig.chip.write(buffer_control(2, true), AVAILABLE | 64);
    let (_, cycles) = rig.begin(Act::Out(2, Data0, vec![7]));
    rig.chip.write(EP_ABORT, EP2_OUT | EP2_IN);
    assert_eq!(rig.chip.read(EP_ABORT_DONE), EP2_IN);
    rig.chip.cycle += cycles;
    assert_eq!(rig.chip.read(EP_ABORT_DONE), EP2_OUT | EP2_IN);
    assert_eq!(rig.chip.read(buffer_control(2, true)), FULL | 1);
}

#[test]
fn isochronous_endpoints_have_no_handshakes() {
    let mut rig = Rig::new();
    enable(&mut rig, true, ISOCHRONOUS);
    enable(&mut rig, false, ISOCHRONOUS);
    assert_eq!(rig.transact(Act::In(2)), Reply::Nothing);
    rig.chip.write(buffer_control(2, true), AVAILABLE | 1_023);
    assert_eq!(rig.transact(Act::Out(2, Data0, vec![9; 1_000])), Reply::Nothing);
    assert_eq!(rig.chip.read(buffer_control(2, true)), FULL | 1_000);
    assert_eq!(rig.content(BUFFER, 1_000), vec![9; 1_000]);
    rig.chip.write(buffer_control(2, false), FULL | AVAILABLE | 1_000);
    assert_eq!(rig.transact(Act::In(2)), Reply::Data(Data0, vec![9; 1_000]));
    assert_eq!((rig.chip.read(BUFF_STATUS), rig.status(ACK_REC)), (EP2_IN | EP2_OUT, 0));
}

#[test]
fn a_reset_of_the_bus_and_the_end_of_the_cable_end_the_transaction_that_is_on_it() {
    let mut rig = Rig::new();
    rig.begin(Act::Setup(SETUP));
    rig.act(Act::Reset);
    rig.pass_ms(1);
    assert_eq!(rig.status(SETUP_REC), 0);
    let mut rig = Rig::new();
    rig.begin(Act::Setup(SETUP));
    rig.chip.rp2040.detach_usb();
    rig.pass_ms(1);
    assert_eq!(rig.status(SETUP_REC), 0);
}
