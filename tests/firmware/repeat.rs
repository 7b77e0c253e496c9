//! The same once more.

use std::time::Duration;

use harness::Firmware;
use pico_emu::cyw43439::{AccessPointConfig, LinkEvent, Medium, Network};
use pico_emu::rp2040::Stop;
use pico_emu::{Board, BoardConfig};
use rgb_sim::provision::{Chip, settings_uf2};

use crate::lab::{Lab, secs, settings};

/// What a server and a client do from power on to some colours, as three fingerprints: of all that is on the air, and of
/// all that can be seen of each board, to the cycle.
fn play(firmware: &Firmware, seed: u64) -> [u64; 3] {
    let mut lab = Lab::with_seed(firmware, seed);
    let (server, client) = lab.working_pair(&[]);
    lab.run(secs(1));
    let seen = |node| lab.peek(node).board().trace_hash();
    [lab.world.trace_hash(), seen(server), seen(client)]
}

pub(crate) fn one_seed_gives_one_trace_and_another_seed_another(firmware: &Firmware) {
    let first = play(firmware, 1);
    assert_eq!(play(firmware, 1), first);
    assert!(play(firmware, 2).iter().zip(first).all(|(other, one)| *other != one));
}

/// Nothing is in the air.
struct Silence;

impl Medium for Silence {
    fn networks(&mut self) -> Vec<Network> {
        Vec::new()
    }
    fn join(&mut self, _: &[u8], _: Option<&str>) {}
    fn leave(&mut self) {}
    fn start_access_point(&mut self, _: &AccessPointConfig) {}
    fn send(&mut self, _: Vec<u8>) {}
    fn receive(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn take_event(&mut self) -> Option<LinkEvent> {
        None
    }
    fn rssi_dbm(&self) -> Option<i16> {
        None
    }
}

/// The fingerprint of a board that has looked for its network for some seconds, in steps of this length.
fn search(firmware: &Firmware, step: Duration) -> u64 {
    let radio_address = Some([0x28, 0xcd, 0xc1, 0, 0, 1]);
    let mut board = Board::new(BoardConfig { radio_address, ..BoardConfig::default() });
    board.load(&firmware.uf2()).expect("the firmware is for it");
    board.load(&settings_uf2(&settings(&[]), Chip::Rp2040)).expect("the settings are for it");
    let (mut time, end) = (Duration::ZERO, secs(3));
    while time < end {
        time = end.min(time + step);
        assert_eq!(board.run_until(time, &mut Silence), Stop::Deadline);
    }
    board.trace_hash()
}

pub(crate) fn a_board_that_is_run_in_steps_does_the_same(firmware: &Firmware) {
    let at_once = search(firmware, secs(3));
    assert_eq!(search(firmware, Duration::from_micros(50)), at_once);
    assert_eq!(search(firmware, Duration::from_nanos(7777)), at_once);
}
