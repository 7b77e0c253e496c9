//! Programs that are a list of writes to registers.

use std::time::Duration;

use pico_emu::rp2040::Stop;
use pico_emu::{Board, BoardConfig};

use crate::air::Air;
use crate::program::{image, word};

/// Clears bits of a register.
pub(crate) const CLR: u32 = 0x3000;
pub(crate) const RESETS: u32 = 0x4000_c000;
pub(crate) const IO_BANK0: u32 = 0x4001_4000;
pub(crate) const GPIO_OUT_SET: u32 = 0xd000_0014;
pub(crate) const GPIO_OUT_CLR: u32 = 0xd000_0018;
pub(crate) const GPIO_OUT_XOR: u32 = 0xd000_001c;
pub(crate) const GPIO_OE_SET: u32 = 0xd000_0024;

/// In place of an address: so many rounds of three cycles, one behind the other.
pub(crate) const WAIT: u32 = 1;

/// What a program does with its list.
///
/// ldr r0, =list; next: ldm r0!, {r1, r2}; cmp r1, #1; blo end; bne write; wait: subs r2, #1; bne wait; b next
/// write: str r2, [r1]; b next; end: wfi; b end
const INTERPRETER: [u16; 12] =
    [0xa005, 0xc806, 0x2901, 0xd305, 0xd102, 0x3a01, 0xd1fd, 0xe7f8, 0x600a, 0xe7f6, 0xbf30, 0xe7fd];

/// The image of a program that does these writes and sleeps.
pub(crate) fn script(writes: &[(u32, u32)]) -> Vec<u8> {
    let list = writes.iter().flat_map(|&(address, value)| [address, value]).chain([0, 0]);
    let code: Vec<u16> = INTERPRETER.into_iter().chain(list.flat_map(word)).collect();
    image(&code)
}

/// A Pico W with a program.
pub(crate) fn board(writes: &[(u32, u32)]) -> Board {
    let radio_address = Some([0x28, 0xcd, 0xc1, 0, 0, 1]);
    let mut board = Board::new(BoardConfig { radio_address, ..BoardConfig::default() });
    board.load(&script(writes)).expect("it fits");
    board
}

/// Runs a board until a time, at which its program has neither failed nor ended.
pub(crate) fn run(board: &mut Board, milliseconds: u64) {
    assert_eq!(board.run_until(Duration::from_millis(milliseconds), &mut Air::default()), Stop::Deadline);
}
