//! The registers (RP2040 datasheet, section 3.7).

use pico_emu::rp2040::pio::{RegisterFault, Stop};

use crate::block::{
    Block, CLKDIV, CTRL, EXECCTRL, INPUT_SYNC_BYPASS, INSTR_MEM0, IRQ, IRQ_FORCE, PINCTRL, PinMap, SHIFTCTRL, TXF0, of,
    one, program,
};

const DBG_PADOUT: u32 = 0x03c;
const DBG_PADOE: u32 = 0x040;
const DBG_CFGINFO: u32 = 0x044;
const INTR: u32 = 0x128;
const IRQ0_INTE: u32 = 0x12c;
const IRQ0_INTF: u32 = 0x130;
const IRQ0_INTS: u32 = 0x134;
const IRQ1_INTE: u32 = 0x138;
const IRQ1_INTF: u32 = 0x13c;
const IRQ1_INTS: u32 = 0x140;

#[test]
fn have_the_datasheets_values_out_of_reset() {
    let mut block = Block::default();
    for (offset, value) in [
        (CTRL, 0),
        (IRQ, 0),
        (INPUT_SYNC_BYPASS, 0),
        (DBG_PADOUT, 0),
        (DBG_PADOE, 0),
        (DBG_CFGINFO, 0x0020_0404),
        (INTR, 0xf0),
        (IRQ0_INTE, 0),
        (IRQ0_INTF, 0),
        (IRQ0_INTS, 0),
        (IRQ1_INTE, 0),
        (IRQ1_INTF, 0),
        (IRQ1_INTS, 0),
    ] {
        assert_eq!(block.read(offset), value, "{offset:#05x}");
    }
    for machine in 0..4 {
        assert_eq!(block.read(of(machine, CLKDIV)), 0x0001_0000);
        assert_eq!(block.read(of(machine, EXECCTRL)), 0x0001_f000);
        assert_eq!(block.read(of(machine, SHIFTCTRL)), 0x000c_0000);
        assert_eq!(block.read(of(machine, PINCTRL)), 0x1400_0000);
        assert_eq!(block.pc(machine), 0);
    }
}

#[test]
fn read_back_what_was_written_in_the_bits_that_there_are() {
    let mut block = Block::default();
    for (offset, bits) in [
        (of(3, CLKDIV), 0xffff_ff00),
        (of(1, EXECCTRL), 0x7fff_ff9f),
        (of(2, SHIFTCTRL), 0xffff_0000),
        (INPUT_SYNC_BYPASS, 0xffff_ffff),
        (IRQ0_INTE, 0xfff),
        (IRQ0_INTF, 0xfff),
        (IRQ1_INTE, 0xfff),
        (IRQ1_INTF, 0xfff),
        (CTRL, 0xf),
    ] {
        block.write(offset, u32::MAX);
        assert_eq!(block.read(offset), bits, "{offset:#05x}");
    }
    block.write(of(0, PINCTRL), 0xb60f_ffff);
    assert_eq!(block.read(of(0, PINCTRL)), 0xb60f_ffff);
}

#[test]
fn that_are_read_only_or_write_only_are_so() {
    let mut block = Block::default();
    for offset in [0x004, 0x00c, 0x020, DBG_PADOUT, DBG_CFGINFO, of(0, 0x0c), INTR, IRQ0_INTS] {
        let before = block.pio.clone().read(offset);
        block.write(offset, 0x55);
        assert_eq!(block.pio.read(offset), before, "{offset:#05x}");
    }
    for offset in [TXF0, IRQ_FORCE, INSTR_MEM0, INSTR_MEM0 + 31 * 4] {
        block.write(offset, 0x55);
        assert_eq!(block.read(offset), 0, "{offset:#05x}");
    }
}

#[test]
fn do_not_exist_between_words_and_behind_the_last() {
    let mut block = Block::default();
    for offset in [0x001, 0x012, 0x144, 0x1000, u32::MAX] {
        assert_eq!(block.pio.read(offset), Err(RegisterFault::NoRegister { offset }));
        assert_eq!(block.pio.write(offset, 0), Err(RegisterFault::NoRegister { offset }));
    }
    assert_eq!(block.pio.read(0x144).unwrap_err().to_string(), "a PIO block has no register at offset 0x144");
}

#[test]
fn refuse_what_the_datasheet_gives_no_meaning() {
    let mut block = Block::default();
    for (offset, value, field) in [
        (of(1, PINCTRL), 6 << 29, "SIDESET_COUNT"),
        (of(1, PINCTRL), 6 << 26, "SET_COUNT"),
        (of(1, PINCTRL), 33 << 20, "OUT_COUNT"),
        (of(1, CLKDIV), 1 << 8, "FRAC, with an INT of 0"),
    ] {
        let before = block.read(offset);
        assert_eq!(block.pio.write(offset, value), Err(RegisterFault::OutOfRange { offset, value, field }));
        assert_eq!(block.read(offset), before);
    }
    assert_eq!(
        block.pio.write(of(1, PINCTRL), 33 << 20).unwrap_err().to_string(),
        "0x02100000 at offset 0x0f4 of a PIO block: the datasheet gives no meaning to this OUT_COUNT"
    );
}

#[test]
fn irq_is_cleared_by_ones_and_irq_force_sets() {
    let mut block = Block::default();
    block.write(IRQ_FORCE, 0x1ff);
    assert_eq!(block.read(IRQ), 0xff);
    block.write(IRQ, 0x0f);
    assert_eq!(block.read(IRQ), 0xf0);
}

#[test]
fn the_pads_can_be_read() {
    let mut block = Block::default();
    block.map(PinMap { set: (29, 5), ..PinMap::default() });
    block.force(0, one!("set pins, 31"));
    block.force(0, one!("set pindirs, 1"));
    assert_eq!((block.read(DBG_PADOUT), block.read(DBG_PADOE)), (0x2000_0003, 0x2000_0000));
}

#[test]
fn interrupts_are_enabled_and_forced_for_each_line() {
    let mut block = Block::default();
    assert_eq!(block.pio.interrupts(), [false, false]);
    // RX 1 readable, TX 0 full, IRQ flags 2 and 6: only the lower four get out.
    block.force(1, one!("push"));
    for word in 0..4 {
        block.write(TXF0, word);
    }
    block.write(IRQ_FORCE, 1 << 2 | 1 << 6);
    assert_eq!(block.read(INTR), 1 << 10 | 0xe0 | 1 << 1);
    block.write(IRQ0_INTE, 1 << 10 | 1 << 4);
    assert_eq!((block.read(IRQ0_INTS), block.pio.interrupts()), (1 << 10, [true, false]));
    block.write(IRQ, 1 << 2);
    assert_eq!((block.read(IRQ0_INTS), block.pio.interrupts()), (0, [false, false]));
    block.write(IRQ1_INTF, 1);
    assert_eq!((block.read(IRQ1_INTS), block.pio.interrupts()), (1, [false, true]));
    assert_eq!(block.read(INTR) & 1, 0, "forcing is for the processor only");
}

#[test]
fn a_run_ends_where_an_irq_flag_changes_that_the_system_can_see() {
    let mut block = Block::with(&program!("nop" "irq 5" "irq 3" "irq clear 3" "stop:" "jmp stop"));
    block.enable(1);
    for cycle in [3, 4] {
        assert_eq!(block.pio.run(100, &mut block.wires), Ok(Stop::Signal));
        assert_eq!(block.pio.cycle(), cycle);
    }
    assert_eq!(block.pio.run(100, &mut block.wires), Ok(Stop::Deadline));
}
