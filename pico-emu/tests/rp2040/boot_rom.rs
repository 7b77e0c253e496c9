//! The functions of the boot ROM, found as programs find them (RP2040 datasheet, 2.8.3).

use std::time::Duration;

use pico_emu::bus::{Access, Bus, CoreId, Operation, Width};
use pico_emu::rp2040::{Config, Machine, RomFunction, Rp2040, Stop};

use crate::chip::{CLOCKS, XOSC};
use crate::program::{RESULTS, STAY, image, word};

const DATA: u32 = 0x2000_0100;

/// What a table of the ROM has for a tag.
fn look_up(chip: &Rp2040, table: u32, tag: [u8; 2]) -> u32 {
    let halfword = |address: u32| chip.load::<u16>(address).map(u32::from).expect("it is in the ROM");
    let mut entry = halfword(table);
    loop {
        match halfword(entry) {
            0 => panic!("the table has no {tag:?}"),
            found if found == u32::from(u16::from_le_bytes(tag)) => return halfword(entry + 2),
            _ => entry += 4,
        }
    }
}

/// A machine that is to call the function at an address with four arguments and to store its result.
fn caller(address: u32, arguments: [u32; 4]) -> Machine {
    // ldr r0 to r4; blx r4; ldr r4, =RESULTS; str r0, [r4]; b .
    let mut code = vec![0x4806, 0x4907, 0x4a07, 0x4b08, 0x4c02, 0x47a0, 0x4c02, 0x6020, STAY, 0x46c0];
    code.extend([address, RESULTS].into_iter().chain(arguments).flat_map(word));
    let mut machine = Machine::new(Config::default());
    machine.load(&image(&code)).expect("it fits");
    machine
}

fn call_in(machine: &mut Machine, time: Duration) -> u32 {
    assert_eq!(machine.run_until(time), Stop::Deadline);
    machine.chip().load::<u32>(RESULTS).expect("it is in SRAM")
}

fn function(tag: [u8; 2]) -> u32 {
    look_up(&Rp2040::new(Config::default()), 0x14, tag)
}

fn call(tag: [u8; 2], arguments: [u32; 4]) -> u32 {
    call_in(&mut caller(function(tag), arguments), Duration::from_millis(1))
}

#[test]
fn the_bit_functions_do_what_they_say() {
    assert_eq!(call(*b"P3", [0xf0f0_0001, 0, 0, 0]), 9);
    assert_eq!(call(*b"R3", [0x8000_0002, 0, 0, 0]), 0x4000_0001);
    assert_eq!(call(*b"L3", [0x0000_8000, 0, 0, 0]), 16);
    assert_eq!(call(*b"L3", [0, 0, 0, 0]), 32);
    assert_eq!(call(*b"T3", [0x0000_8000, 0, 0, 0]), 15);
    assert_eq!(call(*b"T3", [0, 0, 0, 0]), 32);
}

#[test]
fn the_lookup_function_finds_what_the_table_has() {
    let chip = Rp2040::new(Config::default());
    let halfword = |address| chip.load::<u16>(address).map(u32::from).expect("it is in the ROM");
    let (table, lookup) = (halfword(0x14), halfword(0x18));
    let find = |tag: &[u8; 2]| {
        let code = u32::from(u16::from_le_bytes(*tag));
        call_in(&mut caller(lookup, [table, code, 0, 0]), Duration::from_millis(1))
    };
    assert_eq!(find(b"CX"), function(*b"CX"));
    assert_eq!(find(b"WV"), function(*b"WV"));
    assert_eq!(find(b"zz"), 0);
}

#[test]
fn memory_is_filled_and_copied() {
    for tag in [*b"MS", *b"S4"] {
        let mut machine = caller(function(tag), [DATA, 0x5a, 8, 0]);
        assert_eq!(call_in(&mut machine, Duration::from_millis(1)), DATA);
        let words = [DATA, DATA + 4, DATA + 8].map(|address| machine.chip().load::<u32>(address));
        assert_eq!(words, [Some(0x5a5a_5a5a), Some(0x5a5a_5a5a), Some(0)]);
    }
    for tag in [*b"MC", *b"C4"] {
        let mut machine = caller(function(tag), [DATA + 64, DATA, 8, 0]);
        machine.chip_mut().store(DATA, 0x0403_0201_u32);
        machine.chip_mut().store(DATA + 4, 0x0807_0605_u32);
        assert_eq!(call_in(&mut machine, Duration::from_millis(1)), DATA + 64);
        let words = [64, 68, 72].map(|offset| machine.chip().load::<u32>(DATA + offset));
        assert_eq!(words, [Some(0x0403_0201), Some(0x0807_0605), Some(0)]);
    }
}

#[test]
fn programming_clears_bits_and_never_sets_any() {
    let mut machine = caller(function(*b"RP"), [0x1_0000, DATA, 256, 0]);
    machine.chip_mut().write_flash(0x1_0000, &[0x0f; 2]);
    machine.chip_mut().store(DATA, 0xffff_3c3c_u32);
    call_in(&mut machine, Duration::from_millis(2));
    assert_eq!(machine.chip().flash()[0x1_0000..0x1_0005], [0x0c, 0x0c, 0xff, 0xff, 0x00]);
    assert_eq!(machine.chip().flash()[0x1_0100], 0xff);
}

#[test]
fn erasing_takes_whole_sectors_and_their_time() {
    let mut machine = caller(function(*b"RE"), [0x1_0000, 0x2000, 0x1_0000, 0xd8]);
    machine.chip_mut().write_flash(0xffff, &[0; 0x2002]);
    machine.chip_mut().store(RESULTS, 0_u32);
    // Two sectors of 45 ms.
    assert_eq!(call_in(&mut machine, Duration::from_millis(89)), 0);
    assert_eq!(call_in(&mut machine, Duration::from_millis(91)), 0x1_2000);
    assert_eq!(machine.chip().flash()[0xffff], 0);
    assert!(machine.chip().flash()[0x1_0000..0x1_2000].iter().all(|&byte| byte == 0xff));
    assert_eq!(machine.chip().flash()[0x1_2000], 0);
}

#[test]
fn a_sector_and_a_page_can_be_half_done() {
    let mut machine = caller(function(*b"RE"), [0x1_0000, 0x1000, 0x1_0000, 0xd8]);
    machine.chip_mut().write_flash(0x1_0000, &[0; 0x1000]);
    // The first half of 45 ms begins at once, the second one behind it.
    for (time_ms, erased) in [(22, 0x800), (23, 0x1000)] {
        call_in(&mut machine, Duration::from_millis(time_ms));
        let bytes = &machine.chip().flash()[0x1_0000..0x1_1000];
        assert_eq!(bytes.iter().filter(|&&byte| byte == 0xff).count(), erased);
    }
    let mut machine = caller(function(*b"RP"), [0x1_0000, DATA, 256, 0]);
    // The same with 0.4 ms.
    for (time_us, programmed) in [(150, 128), (250, 256)] {
        call_in(&mut machine, Duration::from_micros(time_us));
        let bytes = &machine.chip().flash()[0x1_0000..0x1_0100];
        assert_eq!(bytes.iter().filter(|&&byte| byte == 0).count(), programmed);
    }
}

#[test]
fn parts_of_sectors_cannot_be_erased() {
    for range in [[0x1_0001, 0xfff], [0x1_0000, 0x800]] {
        let stop = caller(function(*b"RE"), [range[0], range[1], 0x1_0000, 0xd8]).run_until(Duration::from_millis(1));
        assert!(
            matches!(stop, Stop::RomFault { function: RomFunction::FlashRangeErase, fault: Some(_), .. }),
            "{stop}"
        );
    }
}

#[test]
fn a_range_beyond_the_flash_memory_ends_the_run() {
    let stop = caller(function(*b"RE"), [0x1f_f000, 0x2000, 0x1_0000, 0xd8]).run_until(Duration::from_millis(1));
    assert!(matches!(stop, Stop::RomFault { function: RomFunction::FlashRangeErase, fault: Some(_), .. }), "{stop}");
}

/// Writes a register at a cycle, as a processor does.
fn write(machine: &mut Machine, cycle: u64, address: u32, value: u32) {
    let access = Access { core: CoreId::Core0, cycle, address, width: Width::Word, operation: Operation::Write };
    machine.chip_mut().write(access, value).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn the_memory_counts_by_the_clock_that_it_is_connected_with() {
    const XOSC_HZ: u64 = 12_000_000;
    const SSI_DR0: u32 = 0x1800_0060;
    for tag in [*b"IF", *b"EX"] {
        let mut machine = caller(function(tag), [0; 4]);
        // The chip has booted by its ring oscillator, and goes on by the crystal.
        assert_eq!(machine.run_until(Duration::from_nanos(1)), Stop::Deadline);
        let booted = machine.cycle();
        write(&mut machine, booted, XOSC, 0xfa_baa0);
        write(&mut machine, booted, CLOCKS + 0x30, 2);
        call_in(&mut machine, Duration::from_millis(1));
        let begin = machine.cycle();
        // Bytes of 8 bits by a divider of 6, while the memory selects itself: write enable, then an erase.
        write(&mut machine, begin, SSI_DR0, 0x06);
        for byte in [0x20, 0, 0x10, 0] {
            write(&mut machine, begin + 48, SSI_DR0, byte);
        }
        let end = begin + 5 * 48 + XOSC_HZ * 45 / 1_000;
        for (status_cycle, status) in [(end - 1, 3), (end, 0)] {
            let mut machine = machine.clone();
            write(&mut machine, status_cycle - 48, SSI_DR0, 0x05);
            write(&mut machine, status_cycle - 48, SSI_DR0, 0);
            let access = Access {
                core: CoreId::Core0,
                cycle: status_cycle + 48,
                address: SSI_DR0,
                width: Width::Word,
                operation: Operation::Read,
            };
            let answers = [0; 7].map(|_| machine.chip_mut().read(access).expect("it has come").0);
            assert_eq!(answers[6], status);
        }
    }
}

#[test]
fn floating_point_functions_end_the_run() {
    let chip = Rp2040::new(Config::default());
    for (tag, place, expected) in [(*b"SF", 2, "SF[2]"), (*b"SD", 31, "SD[31]")] {
        let table = look_up(&chip, 0x16, tag);
        let address = chip.load::<u32>(table + 4 * place).expect("it is in the ROM");
        let stop = caller(address, [0; 4]).run_until(Duration::from_millis(1));
        assert_eq!(
            stop.to_string(),
            format!("core 0: {expected} of the boot ROM, called from 0x1000020c: not modelled by this emulator")
        );
    }
}

#[test]
fn asking_for_usb_boot_ends_the_run() {
    assert_eq!(caller(function(*b"UB"), [0; 4]).run_until(Duration::from_millis(1)), Stop::UsbBoot);
}
