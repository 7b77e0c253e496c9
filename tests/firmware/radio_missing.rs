//! A Pico without WiFi.

use harness::Firmware;
use pico_emu::cyw43439::{AccessPointConfig, LinkEvent, Medium, Network};
use pico_emu::rp2040::Stop;
use pico_emu::{Board, BoardConfig};

use crate::blink;
use crate::lab::secs;

/// What no radio is in.
struct NoAir;

impl Medium for NoAir {
    fn networks(&mut self) -> Vec<Network> {
        unreachable!("there is no radio")
    }
    fn join(&mut self, _: &[u8], _: Option<&str>) {
        unreachable!("there is no radio")
    }
    fn leave(&mut self) {
        unreachable!("there is no radio")
    }
    fn start_access_point(&mut self, _: &AccessPointConfig) {
        unreachable!("there is no radio")
    }
    fn send(&mut self, _: Vec<u8>) {
        unreachable!("there is no radio")
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        unreachable!("there is no radio")
    }
    fn take_event(&mut self) -> Option<LinkEvent> {
        unreachable!("there is no radio")
    }
    fn rssi_dbm(&self) -> Option<i16> {
        unreachable!("there is no radio")
    }
}

pub(crate) fn a_board_without_a_radio_says_so_and_blinks_seven_times(firmware: &Firmware) {
    let mut board = Board::new(BoardConfig::default());
    board.load(&firmware.uf2()).expect("it is for this board");
    let mut looks = Vec::new();
    while board.time() < secs(20) {
        let next = board.time() + blink::LOOK;
        assert_eq!(board.run_until(next, &mut NoAir), Stop::Deadline);
        looks.push(board.led());
    }
    let log = String::from_utf8(board.take_uart_output(0)).expect("words");
    let words = "no radio answers: this firmware is for a board with WiFi, a Pico W or Pico 2 W\r\n";
    assert!(log.matches(words).count() >= 2, "{log}");
    assert_eq!(log.matches("reason of this start").count(), 1, "the watchdog lets it be: {log}");
    let rounds = blink::rounds(&looks);
    assert!(rounds.len() >= 2 && rounds.iter().all(|flashes| *flashes == 7), "{rounds:?}");
}
