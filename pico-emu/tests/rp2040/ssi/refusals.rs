//! What ends the run because it is not modelled.

use pico_emu::bus::BusFaultKind::NotModelled;

use super::{
    BYTE_CYCLES, BYTES, DMACR, DR0, EEPROM_READ, IMR, SER, SSI, SSIENR, chip, chip_with, command, exchange,
    force_select, set_up,
};

#[test]
fn a_command_that_the_memory_does_not_know_is_not_modelled() {
    for instruction in [0x5a, 0x75, 0x6b, 0x50, 0x00] {
        assert_eq!(chip().write_fault(DR0, instruction), NotModelled, "{instruction:#x}");
    }
}

#[test]
fn bits_that_protect_the_memory_are_not_modelled() {
    // Each byte of each status register that may be written, and then one bit more.
    for (before, bits, refused) in [(&[0x01][..], 0x03, 0x04), (&[0x01, 0], 0x02, 0x40), (&[0x11], 0x60, 0x04)] {
        let mut chip = chip();
        force_select(&mut chip, true);
        exchange(&mut chip, before);
        chip.write(DR0, bits);
        let mut chip = super::chip();
        force_select(&mut chip, true);
        exchange(&mut chip, before);
        assert_eq!(chip.write_fault(DR0, bits | refused), NotModelled, "{before:x?}");
    }
}

#[test]
fn frames_that_the_memory_does_not_understand_are_not_modelled() {
    let frames = [
        ("three bits", 2 << 16),
        ("another protocol", BYTES | 1 << 4),
        ("clock mode 1", BYTES | 1 << 6),
        ("clock mode 2", BYTES | 1 << 7),
        ("a loop of the shift register", BYTES | 1 << 11),
        ("a select that toggles", BYTES | 1 << 24),
        ("bytes on two wires", 1 << 21 | BYTES | EEPROM_READ),
        ("both ways on four wires", 2 << 21 | 31 << 16),
    ];
    for (name, control) in frames {
        assert_eq!(chip_with(control, 4).write_fault(DR0, 0x9f), NotModelled, "{name}");
    }
    for control in [3 << 16, BYTES | 3 << 6, BYTES | 1 << 24 | 3 << 6] {
        chip_with(control, 4).write(DR0, 0x9f);
    }
}

#[test]
fn a_transfer_without_a_clock_is_not_modelled() {
    for divider in [0, 1] {
        assert_eq!(chip_with(BYTES, divider).write_fault(DR0, 0x9f), NotModelled);
    }
}

#[test]
fn pushing_to_a_disabled_interface_is_not_modelled() {
    let mut chip = chip();
    chip.write(SSIENR, 0);
    assert_eq!(chip.write_fault(DR0, 0x9f), NotModelled);
}

#[test]
fn interrupts_and_dma_requests_cannot_be_enabled() {
    let mut chip = chip();
    for register in [IMR, DMACR] {
        chip.write(register, 0);
        assert_eq!((chip.write_fault(register, 1), chip.read(register)), (NotModelled, 0));
    }
    for register in [0x0c, 0x50, 0x54, 0xfc] {
        assert_eq!((chip.read_fault(SSI + register), chip.write_fault(SSI + register, 0)), (NotModelled, NotModelled));
    }
}

#[test]
fn pushing_while_the_memory_sends_is_not_modelled() {
    let mut chip = chip();
    set_up(&mut chip, BYTES | EEPROM_READ, 0);
    chip.write(DR0, 0x9f);
    chip.cycle += BYTE_CYCLES;
    assert_eq!(chip.write_fault(DR0, 0), NotModelled);
    chip.cycle += BYTE_CYCLES - 1;
    assert_eq!(chip.write_fault(DR0, 0), NotModelled);
    chip.cycle += 1;
    chip.write(DR0, 0x9f);
}

#[test]
fn stopping_while_there_is_something_to_send_is_not_modelled() {
    for register in [SSIENR, SER] {
        let mut chip = chip();
        chip.write(DR0, 0x9f);
        chip.cycle += BYTE_CYCLES - 1;
        assert_eq!(chip.write_fault(register, 0), NotModelled);
        chip.cycle += 1;
        chip.write(register, 0);
    }
}

#[test]
fn receiving_can_be_stopped_unless_the_memory_stays_selected() {
    for (forced, is_modelled) in [(false, true), (true, false)] {
        let mut chip = chip();
        force_select(&mut chip, forced);
        set_up(&mut chip, BYTES | EEPROM_READ, 9);
        chip.write(DR0, 0x9f);
        chip.cycle += 3 * BYTE_CYCLES;
        if is_modelled {
            chip.write(SSIENR, 0);
            set_up(&mut chip, BYTES, 0);
            assert_eq!(exchange(&mut chip, &[0x9f, 0])[1], 0xef);
        } else {
            assert_eq!(chip.write_fault(SSIENR, 0), NotModelled);
        }
    }
}

#[test]
fn a_reset_of_a_busy_memory_is_not_modelled() {
    let mut chip = chip();
    command(&mut chip, &[0x06]);
    command(&mut chip, &[0x20, 0, 0, 0]);
    force_select(&mut chip, true);
    assert_eq!(chip.write_fault(DR0, 0x66), NotModelled);
}
