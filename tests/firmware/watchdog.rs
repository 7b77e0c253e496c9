//! A mistake in the firmware.

use std::time::Duration;

use harness::Firmware;
use pico_emu::debug::Symbols;
use pico_uf2::{Chip, FLASH_START, Segment};

use crate::lab::{Lab, ONLINE_MAX, secs};

/// What does the work of a line at the console.
const FUNCTION: &str = "pico_fw::console::answer::<pico_fw::hardware::desk::Desk>";

/// A branch to itself.
const STAY: [u8; 2] = 0xe7fe_u16.to_le_bytes();

/// What is programmed at one time.
const PAGE_LEN: u32 = 256;

/// The watchdog's period, and what the firmware needs to say its first words.
const BITE: [Duration; 2] = [Duration::from_millis(8_380), Duration::from_millis(8_500)];

/// A file that changes one instruction of the firmware: where this function begins, it stays.
fn mistake(elf: &[u8], flash: &[u8], function: &str) -> Vec<u8> {
    let symbols = Symbols::parse(elf).expect("an ELF file");
    let address = symbols.address_of(function).expect("the firmware has this function");
    let page_address = address - address % PAGE_LEN;
    let mut page = flash[(page_address - FLASH_START) as usize..][..PAGE_LEN as usize].to_vec();
    page[(address - page_address) as usize..][..STAY.len()].copy_from_slice(&STAY);
    pico_uf2::encode(&[Segment { address: page_address, bytes: &page }], Chip::Rp2040).expect("a page")
}

pub(crate) fn a_task_that_hangs_is_bitten_and_the_board_works_again(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let (server, client) = lab.working_pair(&[]);
    lab.type_line(server, "show");
    lab.answers(server, "all of it is saved", secs(5));
    let file = mistake(&firmware.elf(), lab.peek(server).board().machine().chip().flash(), FUNCTION);
    lab.board_mut(server).board_mut().load(&file).expect("a file for this board");
    lab.run(secs(1));
    lab.says(server, "Sent: ", secs(1));
    let hung = lab.world.now();
    lab.type_line(server, "show");
    let (_, started) = lab.says(server, "pico-fw 0.1.0, board rgb-server", secs(20));
    let bitten = started.saturating_duration_since(hung);
    assert!(BITE[0] <= bitten && bitten <= BITE[1], "bitten behind {bitten:?}");
    lab.says(server, "reason of this start: the watchdog, because the firmware did not go on", secs(1));
    lab.says(client, "no colour: ", secs(1));
    lab.says(server, "Sent: ", ONLINE_MAX + secs(20));
    lab.says(client, "Received: ", secs(5));
}
