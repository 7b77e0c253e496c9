//! Which kinds of boards play a scenario.

use clap::ValueEnum;
use rgb_sim::emulated::Firmware;

use super::RunArgs;
use crate::cli::firmware::{FirmwareFileError, load_firmware};

/// The kinds of boards that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TierChoice {
    /// Simulated boards, which drive the firmware's state machines
    Simulated,
    /// Emulated Pico Ws, which run the firmware itself
    Firmware,
    /// One after the other with the same seed, and then a comparison
    Both,
}

/// Why nobody can play.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum CastError {
    #[error(transparent)]
    Firmware(#[from] FirmwareFileError),
    #[error("--firmware says what emulated boards run: give --tier firmware or --tier both, too")]
    NoEmulatedBoards,
    #[error("--tier both plays twice, and {option} is for one run: give --tier simulated or --tier firmware")]
    TwoRuns { option: &'static str },
}

/// Who plays.
pub(super) struct Cast {
    pub(super) is_simulated: bool,
    pub(super) firmware: Option<Firmware>,
}

impl Cast {
    /// Those that were asked for, with their firmware.
    pub(super) fn new(args: &RunArgs) -> Result<Self, CastError> {
        if args.tier == TierChoice::Both
            && let Some(option) = option_of_one_run(args)
        {
            return Err(CastError::TwoRuns { option });
        }
        let firmware = match args.tier {
            TierChoice::Simulated if args.firmware.is_some() => return Err(CastError::NoEmulatedBoards),
            TierChoice::Simulated => None,
            TierChoice::Firmware | TierChoice::Both => Some(load_firmware(args.firmware.as_deref())?),
        };
        Ok(Self { is_simulated: args.tier != TierChoice::Firmware, firmware })
    }
}

/// What was asked for that two runs cannot share.
const fn option_of_one_run(args: &RunArgs) -> Option<&'static str> {
    match args {
        RunArgs { pcap: Some(_), .. } => Some("--pcap"),
        RunArgs { trace: Some(_), .. } => Some("--trace"),
        RunArgs { report: Some(_), .. } => Some("--report"),
        RunArgs { forward, .. } if !forward.is_empty() => Some("--forward"),
        _ => None,
    }
}
