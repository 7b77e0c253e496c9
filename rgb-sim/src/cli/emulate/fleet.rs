//! Emulated boards, each with the firmware of its role.

use std::path::Path;

use rgb_sim::emulated::{EmulatedBoard, Firmware, FirmwareError};
use rgb_sim::scenario::{BoardPlan, Tier};

use crate::cli::firmware::{FirmwareFileError, load_firmware};

/// The firmware of the two kinds of boards, which are the server and the clients, in this order.
pub(super) struct Fleet {
    pub(super) server: Firmware,
    pub(super) client: Firmware,
}

impl Fleet {
    /// Reads the files.
    pub(super) fn load(server: Option<&Path>, client: Option<&Path>) -> Result<Self, FirmwareFileError> {
        let server_firmware = load_firmware(server)?;
        let client = if client == server { server_firmware.clone() } else { load_firmware(client)? };
        Ok(Self { server: server_firmware, client })
    }
}

impl Tier for Fleet {
    type Board = EmulatedBoard;
    type Error = FirmwareError;

    const NAME: &'static str = Firmware::NAME;

    fn board(&self, plan: &BoardPlan, hardware_address: [u8; 6], seed: u64) -> Result<EmulatedBoard, FirmwareError> {
        let firmware = if plan.kind == 0 { &self.server } else { &self.client };
        let mut board = firmware.board(plan, hardware_address, seed)?;
        board.record_lines();
        Ok(board)
    }
}
