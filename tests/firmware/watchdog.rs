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

/// What is erased at one time.
const SECTOR_LEN: u32 = 4096;

/// The watchdog's period.
const PERIOD: Duration = Duration::from_micros((1 << 23) - 1);
/// The last time that it was fed is at most so long ago.
const FEED_INTERVAL: Duration = secs(1);
/// From its bite to the firmware's first words.
const START_MAX: Duration = Duration::from_millis(100);

/// A file that changes one instruction of the firmware: where this function begins, it stays.
fn mistake(elf: &[u8], flash: &[u8], function: &str) -> Vec<u8> {
    let symbols = Symbols::parse(elf).expect("an ELF file");
    let address = symbols.address_of(function).expect("the firmware has this function");
    let sector_address = address - address % SECTOR_LEN;
    let mut sector = flash[(sector_address - FLASH_START) as usize..][..SECTOR_LEN as usize].to_vec();
    sector[(address - sector_address) as usize..][..STAY.len()].copy_from_slice(&STAY);
    pico_uf2::encode(&[Segment { address: sector_address, bytes: &sector }], Chip::Rp2040).expect("a sector")
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
    let silence = started.saturating_duration_since(hung);
    assert!(PERIOD - FEED_INTERVAL <= silence && silence <= PERIOD + START_MAX, "{silence:?}");
    lab.says(server, "reason of this start: the watchdog, because the firmware did not go on", secs(1));
    lab.says(client, "no colour: ", secs(1));
    lab.says(server, "Sent: ", ONLINE_MAX + secs(20));
    lab.says(client, "Received: ", secs(5));
}
