//! Emulated boards, each with the firmware of its role.

use rgb_sim::emulated::{EmulatedBoard, Firmware, FirmwareError, SerialPort};
use rgb_sim::scenario::{BoardPlan, Tier};

use super::args::EmulateArgs;
use crate::cli::firmware::{FirmwareFileError, load_firmware};

/// The firmware of the two kinds of boards, which are the server and the clients, in this order.
pub(super) struct Fleet {
    pub(super) server: Firmware,
    pub(super) client: Firmware,
    /// Where their words are read.
    serial_port: SerialPort,
}

impl Fleet {
    /// Reads the files.
    pub(super) fn load(args: &EmulateArgs) -> Result<Self, FirmwareFileError> {
        let server = load_firmware(args.server.as_deref())?;
        let client = if args.client == args.server { server.clone() } else { load_firmware(args.client.as_deref())? };
        Ok(Self { server, client, serial_port: args.serial.into() })
    }
}

impl Tier for Fleet {
    type Board = EmulatedBoard;
    type Error = FirmwareError;

    const NAME: &'static str = Firmware::NAME;

    fn board(&self, plan: &BoardPlan, hardware_address: [u8; 6], seed: u64) -> Result<EmulatedBoard, FirmwareError> {
        let firmware = if plan.kind == 0 { &self.server } else { &self.client };
        let mut board = firmware.board(plan, hardware_address, seed)?;
        board.set_serial_port(self.serial_port);
        board.record_lines();
        Ok(board)
    }
}
