//! How the chip starts, and what ends a run (RP2040 datasheet, 2.7 and 2.8.1).

use std::time::Duration;

use pico_emu::bus::{Bus, CoreId};
use pico_emu::cpu::Register;
use pico_emu::rp2040::{Config, Machine, Stop};

use crate::program::{CODE, RESULTS, STAY, VECTORS, image, run, word};

const SHORT: Duration = Duration::from_micros(500);

/// Writes `value` to `address`, and stays: ldr r0, =address; ldr r1, =value; str r1, [r0]; b .
fn write_word(address: u32, value: u32) -> Vec<u16> {
    let mut code = vec![0x4801, 0x4902, 0x6001, STAY];
    code.extend(word(address));
    code.extend(word(value));
    code
}

#[test]
fn a_program_starts_behind_its_second_stage() {
    let (machine, stop) = run(&write_word(RESULTS, 0x1234_5678), SHORT);
    assert_eq!(stop, Stop::Deadline);
    assert_eq!(machine.chip().load::<u32>(RESULTS), Some(0x1234_5678));
    assert_eq!(machine.core(CoreId::Core0).registers().read(Register::Pc), CODE + 6);
    assert_eq!(machine.chip().load::<u32>(0x2004_1f00 + 16), Some(VECTORS), "the second stage ran in SRAM");
}

#[test]
fn erased_flash_memory_is_no_program() {
    assert_eq!(Machine::new(Config::default()).run_until(SHORT), Stop::NoProgram);
}

#[test]
fn a_second_stage_whose_checksum_does_not_fit_is_not_run() {
    let mut bytes = image(&[STAY]);
    bytes[100] ^= 1;
    let mut machine = Machine::new(Config::default());
    machine.load(&bytes).expect("it fits");
    assert_eq!(machine.run_until(SHORT), Stop::NoProgram);
}

#[test]
fn an_access_to_what_is_not_modelled_ends_the_run_and_says_where() {
    // The UART's data register.
    let (_, stop) = run(&write_word(0x4003_4000, 65), SHORT);
    assert_eq!(
        stop.to_string(),
        "core 0: at 0x10000204 (str r1, [r0, #0]): writing a word to 0x40034000 is not modelled by this emulator"
    );
}

#[test]
fn a_lockup_ends_the_run() {
    // The address is nobody's, and so are the vectors of the fault.
    let (_, stop) = run(&write_word(0x3000_0000, 0), SHORT);
    assert!(matches!(stop, Stop::Lockup { core: CoreId::Core0, .. }), "{stop}");
}

#[test]
fn a_watchdog_starts_the_program_again_by_the_scratch_registers() {
    // Scratch registers 4 to 7 lead back to the program, with another stack, which it stores if there is a reason.
    //
    // ldr r0, =WATCHDOG; ldr r1, [r0, #8]; cmp r1, #0; bne again; adr r2, literals; ldm r2!, {r1, r3, r4, r5}
    // str r1, [r0, #0x1c]; str r3, [r0, #0x20]; str r4, [r0, #0x24]; str r5, [r0, #0x28]; ldr r2, =PSM; ldr r1, =ALL
    // str r1, [r2, #8]; movs r1, #1; lsls r1, r1, #31; str r1, [r0]; b .; again: mov r2, sp; ldr r3, =RESULTS; str r2, [r3]; b .
    let mut code = vec![
        0x480b, 0x6881, 0x2900, 0xd10c, 0xa20c, 0xca3a, 0x61c1, 0x6203, 0x6244, 0x6285, 0x4a07, 0x4908, 0x6091, 0x2101,
        0x07c9, 0x6001, STAY, 0x466a, 0x4b01, 0x601a, STAY, 0x46c0,
    ];
    code.extend(word(RESULTS));
    code.extend(word(0x4005_8000));
    code.extend(word(0x4001_0000));
    code.extend(word(0x0001_fffc));
    let entry = CODE | 1;
    for literal in [0xb007_c0d3, entry ^ 0xb007_c0d3_u32.wrapping_neg(), 0x2000_8000, entry] {
        code.extend(word(literal));
    }
    let (machine, stop) = run(&code, SHORT);
    assert_eq!(stop, Stop::Deadline);
    assert_eq!(machine.chip().load::<u32>(RESULTS), Some(0x2000_8000));
}

#[test]
fn a_run_ends_when_its_condition_is_met() {
    let mut machine = Machine::new(Config::default());
    machine.load(&image(&write_word(RESULTS, 7))).expect("it fits");
    let met = |chip: &pico_emu::rp2040::Rp2040| chip.load::<u32>(RESULTS) == Some(7);
    assert_eq!(machine.run_until_condition(SHORT, met), Stop::Condition);
    assert!(machine.time() < SHORT);
}

#[test]
fn a_run_ends_at_its_time() {
    let (machine, stop) = run(&[STAY], SHORT);
    assert_eq!(stop, Stop::Deadline);
    let beyond = machine.time() - SHORT;
    assert!(beyond < Duration::from_micros(1), "{beyond:?}");
}

#[test]
fn the_system_timers_can_count_the_watchdogs_ticks() {
    // ldr r0, =WATCHDOG; ldr r1, =TICK of 10 cycles; str r1, [r0, #0x2c]; ldr r0, =SYST_CSR; ldr r1, =0xffffff
    // str r1, [r0, #4]; str r1, [r0, #8]; movs r1, #1; str r1, [r0]; ldr r2, =RESULTS
    // again: ldr r1, [r0, #8]; str r1, [r2]; b again
    let code = [
        0x4806, 0x4907, 0x62c1, 0x4807, 0x4907, 0x6041, 0x6081, 0x2101, 0x6001, 0x4a06, 0x6881, 0x6011, 0xe7fc, 0x46c0,
        0x8000, 0x4005, 0x020a, 0x0000, 0xe010, 0xe000, 0xffff, 0x00ff, 0x0000, 0x2000,
    ];
    let (machine, stop) = run(&code, SHORT);
    assert_eq!(stop, Stop::Deadline);
    let value = machine.chip().load::<u32>(RESULTS).expect("it is in SRAM");
    // The program begins some 60 cycles behind the reset.
    let ticks = u64::from(0xff_ffff - value);
    assert!((machine.cycle() / 10 - 12..machine.cycle() / 10).contains(&ticks), "{ticks}");
}
