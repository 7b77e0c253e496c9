//! Two cores: how core 1 starts, and what wakes a core.

use std::time::Duration;

use pico_emu::bus::{Bus, CoreId};
use pico_emu::cpu::{Register, Tracer};
use pico_emu::rp2040::{Config, Machine, Stop};

use crate::program::{RESULTS, STAY, image, run};

/// Core 0 sends 0, 0, 1, a vector table, a stack pointer and an entry, expects each back and begins anew otherwise. Then it
/// waits for a word and stores it. Core 1 sends its number plus 41 and stores its stack pointer.
const LAUNCH: [u16; 62] = [
    0x4c0f, 0x4d10, 0x2600, 0x00b0, 0x5828, 0x2800, 0xd103, 0x6da1, 0x6d21, 0x0849, 0xd2fb, 0x6560, 0xbf40, 0xbf20,
    0x6d21, 0x0849, 0xd3fb, 0x6da1, 0x4288, 0xd001, 0x2600, 0xe7ec, 0x3601, 0x2e06, 0xd1e9, 0x6d21, 0x0849, 0xd3fc,
    0x6da1, 0x4803, 0x6001, STAY, 0x0000, 0xd000, 0x024c, 0x1000, 0x0000, 0x2000, 0x0000, 0x0000, 0x0000, 0x0000,
    0x0001, 0x0000, 0x0100, 0x1000, 0x1000, 0x2000, 0x0265, 0x1000, 0x4c03, 0x6820, 0x3029, 0x6560, 0x4902, 0x4668,
    0x6048, STAY, 0x0000, 0xd000, 0x0000, 0x2000,
];

#[test]
fn core_1_sleeps_in_the_rom_until_it_is_launched() {
    let (machine, stop) = run(&[STAY], Duration::from_millis(1));
    assert_eq!(stop, Stop::Deadline);
    let core1 = machine.core(CoreId::Core1);
    assert!(core1.registers().read(Register::Pc) < 0x4000);
    assert!(core1.instructions() < 50, "it sleeps");
}

#[test]
fn core_1_starts_by_the_protocol_with_its_stack_and_its_number() {
    let (machine, stop) = run(&LAUNCH, Duration::from_millis(1));
    assert_eq!(stop, Stop::Deadline);
    assert_eq!(machine.chip().load::<u32>(RESULTS), Some(42));
    assert_eq!(machine.chip().load::<u32>(RESULTS + 4), Some(0x2000_1000));
}

struct Hash(u64);

impl Tracer for Hash {
    fn instruction(&mut self, step: &pico_emu::cpu::Step<'_>) {
        for byte in step.to_string().bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[test]
fn two_runs_are_the_same_to_the_cycle() {
    let trace = || {
        let mut machine = Machine::new(Config::default());
        machine.load(&image(&LAUNCH)).expect("it fits");
        let mut hash = Hash(0);
        machine.run_traced(Duration::from_micros(200), |_| false, &mut hash);
        (hash.0, machine.cycle())
    };
    assert_eq!(trace(), trace());
}

#[test]
fn a_core_that_is_held_in_reset_starts_again_in_the_rom() {
    let mut machine = Machine::new(Config::default());
    // ldr r0, =PSM; movs r1, #1; lsls r1, r1, #16; str r1, [r0, #4]; b .
    let code = [0x4802, 0x2101, 0x0409, 0x6041, STAY, 0x46c0, 0x0000, 0x4001];
    machine.load(&image(&code)).expect("it fits");
    machine.run_until(Duration::from_millis(1));
    let core1 = machine.core(CoreId::Core1);
    assert_eq!(core1.registers().read(Register::Pc), 0x100, "it is at its first instruction");
    assert!(core1.cycle() >= machine.cycle());
}
