//! The kinds of boards that can play a scenario.

use std::net::Ipv4Addr;

use rgb_proto::Instant;

use super::board::BoardPlan;
use crate::source::{ScriptError, Source};
use crate::world::{Board, BoardEvent, Host};

/// A kind of boards. One scenario can be played by any: the world, the plan and the verdict are the same.
pub trait Tier {
    /// One of its boards.
    type Board: ScenarioBoard;
    /// Why a board cannot be made.
    type Error: std::error::Error;

    /// What it is called, for programs.
    const NAME: &'static str;

    /// Makes a board that has these settings, for a network card of this address. The seed decides what it draws.
    ///
    /// # Errors
    ///
    /// When what the plan asks for cannot be had.
    fn board(&self, plan: &BoardPlan, hardware_address: [u8; 6], seed: u64) -> Result<Self::Board, Self::Error>;
}

/// What a scenario does with a board, and sees of it.
pub trait ScenarioBoard: Host {
    /// Takes the board's power.
    fn power_off(&mut self);

    /// Gives the board power, if it has none.
    fn power_on(&mut self);

    /// Starts the board anew. It has power.
    fn reboot(&mut self);

    /// What has happened since the last call, in order.
    fn take_events(&mut self) -> Vec<BoardEvent>;

    /// What the board's emulation could not do since the last call, and when; for boards that are emulated.
    fn take_problems(&mut self) -> Vec<(Instant, String)> {
        Vec::new()
    }

    /// The board's address, while the network works.
    fn address(&self) -> Option<Ipv4Addr>;

    /// Since when the board's server has had the oldest of its connections, if it has any and can tell.
    fn oldest_connection(&self) -> Option<Instant>;
}

/// Simulated boards.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simulated;

impl Tier for Simulated {
    type Board = Board;
    type Error = ScriptError;

    const NAME: &'static str = "simulated";

    fn board(&self, plan: &BoardPlan, _hardware_address: [u8; 6], seed: u64) -> Result<Board, ScriptError> {
        let source: Option<Box<dyn Source>> = plan.colors.as_ref().map(|colors| colors.open(seed)).transpose()?;
        let settings = plan.settings.clone();
        let mut board = match source {
            Some(source) => Board::with_source(settings, seed, source),
            None => Board::new(settings, seed),
        };
        board.record_events();
        Ok(board)
    }
}

impl ScenarioBoard for Board {
    fn power_off(&mut self) {
        self.power_off();
    }

    fn power_on(&mut self) {
        self.power_on();
    }

    fn reboot(&mut self) {
        self.reboot();
    }

    fn take_events(&mut self) -> Vec<BoardEvent> {
        self.take_events()
    }

    fn address(&self) -> Option<Ipv4Addr> {
        self.address()
    }

    fn oldest_connection(&self) -> Option<Instant> {
        self.oldest_connection()
    }
}
