//! PIO on the chip: its registers on the bus, its pins, its interrupts, both blocks together.

use pico_emu::bus::{Bus, BusFaultKind, CoreId};

use crate::chip::{CLR, Chip, IO_BANK0, RESETS, SET};

const PIO0: u32 = 0x5020_0000;
const PIO1: u32 = 0x5030_0000;
const CTRL: u32 = 0x00;
const FDEBUG: u32 = 0x08;
const IRQ: u32 = 0x30;
const INSTR_MEM: u32 = 0x48;
const SM0_EXECCTRL: u32 = 0xcc;
const SM0_INSTR: u32 = 0xd8;
const SM0_PINCTRL: u32 = 0xdc;
const IRQ0_INTE: u32 = 0x12c;
const IRQ1_INTE: u32 = 0x138;
/// The flag of state machine 0 in INTE.
const FLAG0: u32 = 1 << 8;

impl Chip {
    /// Puts a program into a block, and lets its state machine 0 run it with GPIO `pin` for SET and IN.
    fn run_program(&mut self, pio: u32, program: &[u32], pin: u32) {
        let function = if pio == PIO0 { 6 } else { 7 };
        self.write(IO_BANK0 + 8 * pin + 4, function);
        for (address, instruction) in (pio + INSTR_MEM..).step_by(4).zip(program) {
            self.write(address, *instruction);
        }
        self.write(pio + SM0_EXECCTRL, (program.len() as u32 - 1) << 12);
        self.write(pio + SM0_PINCTRL, 1 << 26 | pin << 5 | pin << 15);
        self.write(pio + CTRL, 1);
    }

    /// Goes on from event to event until the interrupts of core 0 are these. Returns how many cycles that took.
    fn cycles_until(&mut self, interrupts: u32) -> u64 {
        let start = self.cycle;
        while self.interrupts(CoreId::Core0) != interrupts {
            self.cycle = self.next_event();
            assert!(self.cycle < start + 10_000, "it never comes");
        }
        self.cycle - start
    }
}

#[test]
fn a_block_drives_the_pins_that_are_given_to_it() {
    let mut chip = Chip::new();
    // set pindirs, 1; set pins, 1 [3]; set pins, 0 [3]
    chip.run_program(PIO0, &[0xe081, 0xe301, 0xe300], 7);
    assert!(!chip.rp2040.gpio_is_output(7));
    chip.cycle += 2;
    chip.interrupts(CoreId::Core0);
    assert!(chip.rp2040.gpio_is_output(7) && chip.rp2040.gpio_level(7));
    chip.cycle += 4;
    chip.interrupts(CoreId::Core0);
    assert!(!chip.rp2040.gpio_level(7));
    // Pin 8 has no function, and a pin that SIO has does not follow.
    assert!(!chip.rp2040.gpio_is_output(8));
    chip.write(IO_BANK0 + 8 * 7 + 4, 5);
    assert!(!chip.rp2040.gpio_is_output(7));
}

#[test]
fn a_block_in_reset_does_not_answer_and_lets_go_of_its_pins() {
    let mut chip = Chip::new();
    chip.run_program(PIO1, &[0xe081, 0xe001], 3);
    chip.cycle += 5;
    chip.interrupts(CoreId::Core0);
    assert!(chip.rp2040.gpio_is_output(3));
    chip.write(RESETS + SET, 1 << 11);
    assert!(!chip.rp2040.gpio_is_output(3));
    assert_eq!(chip.read_fault(PIO1), BusFaultKind::NotModelled);
    chip.write(RESETS + CLR, 1 << 11);
    assert_eq!(chip.read(PIO1 + CTRL), 0);
}

#[test]
fn each_line_of_each_block_is_an_interrupt_of_its_own() {
    for (pio, inte, interrupt) in
        [(PIO0, IRQ0_INTE, 7), (PIO0, IRQ1_INTE, 8), (PIO1, IRQ0_INTE, 9), (PIO1, IRQ1_INTE, 10)]
    {
        let mut chip = Chip::new();
        chip.write(pio + inte, FLAG0);
        // nop [9]; nop [9]; irq 0; jmp 3
        chip.run_program(pio, &[0xa942, 0xa942, 0xc000, 0x0003], 0);
        assert_eq!(chip.cycles_until(1 << interrupt), 21, "interrupt {interrupt}");
        // A flag is cleared by a one, whichever alias the write comes by.
        chip.write(pio + IRQ + CLR, 1);
        assert_eq!(chip.interrupts(CoreId::Core0), 0);
    }
}

#[test]
fn flags_of_fdebug_are_cleared_one_by_one() {
    let mut chip = Chip::new();
    // pull block, in state machines 0 and 1, finds nothing.
    for instruction in [SM0_INSTR, SM0_INSTR + 0x18] {
        chip.write(PIO0 + instruction, 0x80a0);
    }
    chip.cycle += 2;
    assert_eq!(chip.read(PIO0 + FDEBUG), 3 << 24);
    chip.write(PIO0 + FDEBUG + SET, 1 << 24);
    chip.write(PIO0 + CTRL, 1 << 4);
    assert_eq!(chip.read(PIO0 + FDEBUG), 1 << 25);
}

#[test]
fn an_edge_that_a_block_makes_interrupts_in_its_cycle() {
    let mut chip = Chip::new();
    // INTE of core 0 for the rising edge of pin 5.
    chip.write(IO_BANK0 + 0x100, 1 << (4 * 5 + 3));
    // set pindirs, 1; nop [9]; set pins, 1 [9]; set pins, 0
    chip.run_program(PIO0, &[0xe081, 0xa942, 0xe901, 0xe000], 5);
    assert_eq!(chip.cycles_until(1 << 13), 12);
}

/// PIO0 raises pin 2 and PIO1 answers with an interrupt: two cycles through the synchroniser, one for each instruction.
#[test]
fn one_block_sees_the_pins_of_the_other() {
    let mut chip = Chip::new();
    chip.write(PIO1 + IRQ0_INTE, FLAG0);
    // wait 1 pin 0; irq 0; jmp 2
    chip.run_program(PIO1, &[0x20a0, 0xc000, 0x0002], 9);
    chip.write(PIO1 + SM0_PINCTRL, 2 << 15);
    // nop [9]; set pindirs, 1; set pins, 1; jmp 3
    chip.run_program(PIO0, &[0xa942, 0xe081, 0xe001, 0x0003], 2);
    // The pin is high from cycle 12 on, which is seen in cycle 14.
    assert_eq!(chip.cycles_until(1 << 9), 16);
}

#[test]
fn what_happens_does_not_depend_on_how_often_it_is_looked_at() {
    let levels = |step: u64| {
        let mut chip = Chip::new();
        // set pindirs, 1; set pins, 1 [2]; set pins, 0
        chip.run_program(PIO0, &[0xe081, 0xe201, 0xe000], 4);
        chip.run_program(PIO1, &[0xe081, 0xe301, 0xe100], 6);
        (0..240 / step)
            .map(|_| {
                chip.cycle += step;
                chip.rp2040.signals(CoreId::Core0, chip.cycle);
                [4, 6].map(|pin| chip.rp2040.gpio_level(pin))
            })
            .collect::<Vec<_>>()
    };
    let all = levels(1);
    for step in [2, 3, 5, 16] {
        let some: Vec<_> = all.iter().skip(step - 1).step_by(step).copied().collect();
        assert_eq!(levels(step as u64), some, "in steps of {step}");
    }
}
