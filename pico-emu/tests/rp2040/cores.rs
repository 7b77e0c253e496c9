//! Two cores: how core 1 starts, and what wakes a core.

use std::time::Duration;

use pico_emu::bus::{Bus, CoreId};
use pico_emu::cpu::{Register, Step, Tracer};
use pico_emu::rp2040::{Config, Machine, Stop};

use crate::program::{CODE, RESULTS, STAY, image, run, word};

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
    fn instruction(&mut self, step: &Step<'_>) {
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
        machine.run_traced(Duration::from_micros(200), &mut hash);
        (hash.0, machine.cycle())
    };
    assert_eq!(trace(), trace());
}

/// The cycles at which the cores come to these instructions first.
struct Arrivals {
    places: [(CoreId, u32); 2],
    cycles: [Option<u64>; 2],
}

impl Tracer for Arrivals {
    fn instruction(&mut self, step: &Step<'_>) {
        for (place, cycle) in self.places.iter().zip(&mut self.cycles) {
            if *place == (step.core, step.registers.read(Register::Pc)) {
                cycle.get_or_insert(step.cycle);
            }
        }
    }
}

#[test]
fn a_sleeping_core_1_is_woken_by_its_own_system_timer_in_time() {
    // On core 1: ldr r4, =SYST_CSR; ldr r0, =24999; str r0, [r4, #4]; str r0, [r4, #8]; movs r0, #7; str r0, [r4]; cpsid i;
    // wfi; ldr r1, =SIO; str r0, [r1, #0x54]; b .
    let core1 = [0x4c05, 0x4806, 0x6060, 0x60a0, 0x2007, 0x6020, 0xb672, 0xbf30, 0x4903, 0x6548, STAY, 0x46c0];
    let literals = [0xe000_e010, 24_999, 0xd000_0000].map(word).concat();
    let mut machine = Machine::new(Config::default());
    machine.load(&image(&[&LAUNCH[..50], &core1, &literals].concat())).expect("it fits");
    // The one writes a word to the other, which waits for it.
    let places = [(CoreId::Core1, CODE + 100 + 18), (CoreId::Core0, CODE + 56)];
    let mut arrivals = Arrivals { places, cycles: [None; 2] };
    machine.run_traced(Duration::from_millis(10), &mut arrivals);
    let [Some(written), Some(read)] = arrivals.cycles else { panic!("{:?}", arrivals.cycles) };
    assert!(written > 25_000, "it has slept");
    assert!((written..written + 80).contains(&read), "within a turn of the cores: {written}, {read}");
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
