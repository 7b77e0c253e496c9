//! Scenarios for boards with real firmware.

use pico_emu::rp2040::ImageError;
use rgb_proto::settings::{Settings, SettingsError};

use super::board::EmulatedBoard;
use super::debug_info::DebugInfo;
use crate::scenario::{BoardPlan, Tier};
use crate::source::SourceSpec;

/// Boards with this firmware.
#[derive(Clone, Debug)]
pub struct Firmware {
    image: Vec<u8>,
    debug_info: Option<DebugInfo>,
}

/// Why a board with firmware cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FirmwareError {
    /// The firmware is not for this board.
    #[error("the firmware cannot be loaded: {0}")]
    Image(#[from] ImageError),
    /// The colours that the scenario wants come from no source of the firmware.
    #[error(
        "the firmware cannot send the colours \"{colors}\", which are for simulated boards: choose one of the firmware's \
         own sources, such as source = \"sweep\""
    )]
    Colors {
        /// What the scenario wants.
        colors: SourceSpec,
    },
    /// The board's settings do not go with the colours that the scenario wants.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl Firmware {
    /// Boards with the firmware of this file, UF2 or ELF.
    #[must_use]
    pub const fn new(file: Vec<u8>) -> Self {
        Self { image: file, debug_info: None }
    }

    /// The same, and where the firmware fails it is told where in its source that was.
    #[must_use]
    pub fn with_debug_info(self, debug_info: DebugInfo) -> Self {
        Self { debug_info: Some(debug_info), ..self }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &[u8] {
        &self.image
    }
}

impl Tier for Firmware {
    type Board = EmulatedBoard;
    type Error = FirmwareError;

    const NAME: &'static str = "firmware";

    fn board(&self, plan: &BoardPlan, hardware_address: [u8; 6], seed: u64) -> Result<EmulatedBoard, FirmwareError> {
        let mut board = EmulatedBoard::new(&self.image, &settings(plan)?, hardware_address, seed)?;
        if let Some(debug_info) = &self.debug_info {
            board.set_debug_info(debug_info.clone());
        }
        Ok(board)
    }
}

/// The board's settings, with the source that sends the colours which the scenario wants.
fn settings(plan: &BoardPlan) -> Result<Settings, FirmwareError> {
    let source = match &plan.colors {
        None => return Ok(plan.settings.clone()),
        Some(SourceSpec::Random) => "random",
        Some(SourceSpec::Sweep) => "sweep",
        Some(colors) => return Err(FirmwareError::Colors { colors: colors.clone() }),
    };
    let mut draft = plan.settings.to_draft();
    draft.set("source", source)?;
    Ok(draft.finish()?)
}
