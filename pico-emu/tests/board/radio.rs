//! The radio on its pins: a program for PIO, fed and emptied by DMA, reads the test register as a driver does.

use pico_emu::Board;
use pico_emu::bus::Bus;

use crate::script::{CLR, GPIO_OE_SET, GPIO_OUT_CLR, GPIO_OUT_SET, IO_BANK0, RESETS, WAIT, board, run};

const PIO0: u32 = 0x5020_0000;
const DMA: u32 = 0x5000_0000;
const POWER: u32 = 23;
const DATA: u32 = 24;
const SELECT: u32 = 25;
const CLOCK: u32 = 29;
const COMMAND: u32 = 0x2000_0000;
const ANSWER: u32 = 0x2000_0004;

/// `pio_asm` of embassy's program for usual clocks: bits out, the direction turned, bits in.
///
/// `.side_set 1`; lp: out pins, 1 side 0; jmp x-- lp side 1; set pindirs, 0 side 0; nop side 0; lp2: in pins, 1 side 1
/// jmp y-- lp2 side 0; wait 1 pin 0 side 0; irq 0 side 0
const PROGRAM: [u32; 8] = [0x6001, 0x1040, 0xe080, 0xa042, 0x5001, 0x0084, 0x20a0, 0xc000];

/// Reads four bytes of register 0x14 of function 0, by a radio whose words have their halves swapped.
fn read_test_register(divider: u32) -> Board {
    let exec = |instruction: u32| (PIO0 + 0xd8, instruction);
    let mut writes = vec![
        (RESETS + CLR, 1 << 2 | 1 << 5 | 1 << 8 | 1 << 10),
        (IO_BANK0 + 8 * POWER + 4, 5),
        (IO_BANK0 + 8 * SELECT + 4, 5),
        (IO_BANK0 + 8 * DATA + 4, 6),
        (IO_BANK0 + 8 * CLOCK + 4, 6),
        (GPIO_OUT_SET, 1 << SELECT),
        (GPIO_OE_SET, 1 << SELECT | 1 << POWER),
        (GPIO_OUT_SET, 1 << POWER),
        (COMMAND, 0x4000_a004_u32.rotate_left(16)),
    ];
    writes.extend((PIO0 + 0x48..).step_by(4).zip(PROGRAM));
    writes.extend([
        (PIO0 + 0xc8, divider << 8),
        // EXECCTRL: wraps behind the program. SHIFTCTRL: both ways to the left, autopull and autopush.
        (PIO0 + 0xcc, 7 << 12),
        (PIO0 + 0xd0, 1 << 17 | 1 << 16),
        // PINCTRL: clock and data become outputs, before the side-set has the clock.
        (PIO0 + 0xdc, 1 << 26 | CLOCK << 5),
        exec(0xe081),
        (PIO0 + 0xdc, 1 << 29 | 1 << 26 | 1 << 20 | DATA << 15 | CLOCK << 10 | DATA << 5 | DATA),
        exec(0xe081),
        // x and y count the bits.
        exec(0xe03f),
        exec(0xe05f),
        (PIO0 + 0x38, 1 << DATA),
        (GPIO_OUT_CLR, 1 << SELECT),
        // Channel 0 to TXF0, by DREQ 0, and channel 1 from RXF0, by DREQ 4; words.
        (DMA, COMMAND),
        (DMA + 0x04, PIO0 + 0x10),
        (DMA + 0x08, 1),
        (DMA + 0x0c, 1 | 2 << 2),
        (DMA + 0x40, PIO0 + 0x20),
        (DMA + 0x44, ANSWER),
        (DMA + 0x48, 1),
        (DMA + 0x4c, 1 | 2 << 2 | 1 << 11 | 4 << 15),
        (PIO0, 1),
        (WAIT, 2_000),
        (GPIO_OUT_SET, 1 << SELECT),
    ]);
    let mut board = board(&writes);
    run(&mut board, 20);
    board
}

#[test]
fn a_program_reads_the_test_register() {
    for divider in [1, 2, 3, 7] {
        let mut board = read_test_register(divider << 8);
        let answer = board.machine().chip().load::<u32>(ANSWER).expect("it is in SRAM");
        assert_eq!(answer.rotate_left(16), 0xfeed_bead, "divided by {divider}");
        assert_eq!(board.take_report(), None);
    }
}

#[test]
fn a_transaction_can_be_seen_and_is_the_same_every_time() {
    let hash = read_test_register(2 << 8).trace_hash();
    assert_eq!(hash, read_test_register(2 << 8).trace_hash());
    assert_ne!(hash, read_test_register(3 << 8).trace_hash());
}
