//! What hangs on the pins, and when the processors hear of PIO and DMA.

use std::time::Duration;

use pico_emu::rp2040::{Config, Drive, Machine, Stop, Wires};

use crate::script::{CLR, GPIO_OE_SET, GPIO_OUT_SET, GPIO_OUT_XOR, IO_BANK0, RESETS, WAIT, script};

const DMA: u32 = 0x5000_0000;
const PIO0: u32 = 0x5020_0000;
const SIO_PINS: u32 = 1 << 3 | 1 << 4;

/// Writes down what the chip does, and drives pin 5 with the opposite of pin 4.
#[derive(Clone, Debug, Default)]
struct Inverter {
    seen: Vec<(u64, Drive)>,
    /// Wants attention when pin 3 rises.
    is_calling: bool,
}

impl Wires for Inverter {
    fn connect(&mut self, cycle: u64, chip: Drive) -> Drive {
        let before = self.seen.last().map_or(Drive::NONE, |(_, last)| *last);
        if self.seen.is_empty() || before != chip {
            self.is_calling |= chip.out & !before.out & 1 << 3 != 0;
            self.seen.push((cycle, chip));
        }
        Drive { out: (!chip.out & 1 << 4) << 1, enable: 1 << 5 }
    }

    fn wants_attention(&self) -> bool {
        self.is_calling
    }
}

/// A machine with a program that has pins 3 and 4.
fn machine(writes: &[(u32, u32)]) -> Machine<Inverter> {
    let mut all = vec![
        (RESETS + CLR, 1 << 2 | 1 << 5 | 1 << 8 | 1 << 10),
        (IO_BANK0 + 8 * 3 + 4, 5),
        (IO_BANK0 + 8 * 4 + 4, 5),
        (GPIO_OE_SET, SIO_PINS),
    ];
    all.extend(writes);
    let mut machine = Machine::with_wires(Config::default(), Inverter::default());
    machine.load(&script(&all)).expect("it fits");
    machine
}

#[test]
fn wires_see_each_change_and_drive_pins_back_at_once() {
    let mut machine = machine(&[(GPIO_OUT_XOR, 1 << 4), (GPIO_OUT_XOR, 1 << 4), (GPIO_OUT_XOR, 1 << 4)]);
    assert_eq!(machine.run_until(Duration::from_millis(1)), Stop::Deadline);
    assert!(!machine.chip().gpio_level(5));
    assert!(!machine.chip().gpio_is_output(5));
    let seen = &machine.chip().wires().seen;
    let levels: Vec<_> = seen.iter().map(|(_, drive)| (drive.out & SIO_PINS, drive.enable & SIO_PINS)).collect();
    assert_eq!(levels, [(0, 0), (0, SIO_PINS), (1 << 4, SIO_PINS), (0, SIO_PINS), (1 << 4, SIO_PINS)]);
    // The interpreter of the list takes as long for each.
    assert_eq!(seen[3].0 - seen[2].0, seen[4].0 - seen[3].0);
}

#[test]
fn a_run_ends_when_the_wires_want_attention() {
    let mut machine = machine(&[(WAIT, 100), (GPIO_OUT_SET, 1 << 3), (GPIO_OUT_SET, 1 << 4)]);
    assert_eq!(machine.run_until(Duration::from_millis(1)), Stop::Wires);
    let rise = machine.chip().wires().seen.last().expect("a pin has risen").0;
    assert!(machine.cycle() - rise < 4, "at once");
    assert!(!machine.chip().gpio_level(4));
    machine.chip_mut().change_wires(|wires| wires.is_calling = false);
    assert_eq!(machine.run_until(Duration::from_millis(1)), Stop::Deadline);
    assert!(machine.chip().gpio_level(4));
}

/// The cycle in which a handler of an interrupt raises pin 4, if the program goes on as it is told to.
fn cycle_of_handler(interrupt: u32, source: &[(u32, u32)], goes_on: &[(u32, u32)]) -> u64 {
    const TABLE: u32 = 0x2000_1000;
    const HANDLER: u32 = 0x2000_1100;
    let mut writes = vec![
        // ldr r0, =GPIO_OUT_SET; movs r1, #16; str r1, [r0]; b .
        (HANDLER, 0x2110_4801),
        (HANDLER + 4, 0xe7fe_6001),
        (HANDLER + 8, GPIO_OUT_SET),
        (TABLE + 4 * (16 + interrupt), HANDLER | 1),
        // VTOR and NVIC_ISER.
        (0xe000_ed08, TABLE),
        (0xe000_e100, 1 << interrupt),
    ];
    writes.extend(source);
    writes.extend(goes_on);
    let mut machine = machine(&writes);
    assert_eq!(machine.run_until(Duration::from_millis(100)), Stop::Deadline);
    let (cycle, last) = machine.chip().wires().seen.last().expect("a pin has risen");
    assert_ne!(last.out & 1 << 4, 0, "there was no interrupt");
    *cycle
}

#[test]
fn a_core_that_sleeps_hears_of_an_interrupt_when_one_that_is_awake_does() {
    // Fifty transfers, one in 1,000 cycles.
    let dma = [
        (DMA + 0x420, 1 << 16 | 1_000),
        (DMA + 0x404, 1),
        (DMA, 0x2000_0000),
        (DMA + 4, 0x2000_0100),
        (DMA + 8, 50),
        (DMA + 0x0c, 1 | 2 << 2 | 0x3b << 15),
    ];
    // nop [31], twice, and irq 0, once in 1,000 cycles.
    let pio = [
        (PIO0 + 0x48, 0xbf42),
        (PIO0 + 0x4c, 0xbf42),
        (PIO0 + 0x50, 0xc000),
        (PIO0 + 0x12c, 1 << 8),
        (PIO0 + 0xc8, 1_000 << 16),
        (PIO0, 1),
    ];
    for (interrupt, source) in [(11, &dma), (7, &pio)] {
        let asleep = cycle_of_handler(interrupt, source, &[]);
        let awake = cycle_of_handler(interrupt, source, &[(WAIT, 1_000_000)]);
        assert!(asleep > 49_000);
        // An instruction of the waiting program ends first.
        assert!(asleep.abs_diff(awake) <= 3, "interrupt {interrupt}: {asleep} and {awake}");
    }
}
