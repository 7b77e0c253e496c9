//! The checks and builds of this workspace that cargo alone cannot do: `cargo xtask --help` lists them.

mod clauses;
mod embedded;
mod firmware;
mod flash;
mod fuzz;
mod process;
mod toolchain;
mod workspace;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::embedded::EmbeddedError;
use self::firmware::FirmwareError;
use self::firmware::chip::{self, Chip};

/// Checks and builds of this workspace that cargo alone cannot do.
///
/// Each one exits with 0 when all is well, 1 when it found something, 2 when its arguments make no sense, and 3 when this
/// machine lacks what a build for a board needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build rgb-proto for the Pico W, prove that its codec cannot panic there, and print its size.
    ///
    /// Builds for thumbv6m-none-eabi with every feature set, links an image of the codec, and fails when the image
    /// holds a panic. An image that can panic is checked too, so that a check which has gone blind is noticed.
    ///
    /// Needs `rustup target add thumbv6m-none-eabi`, or on Debian `apt-get install rustc-web rust-web-src`.
    Embedded,
    /// Build the boards' firmware, measure it, and make the files to flash.
    ///
    /// Writes `target/firmware/pico-fw-CHIP.elf` and `.uf2`, prints what they take of flash memory and RAM and how deep
    /// the stack can get, and fails when that is more than the budgets or than there is.
    ///
    /// Needs `rustup target add thumbv6m-none-eabi thumbv8m.main-none-eabihf`, or on Debian
    /// `apt-get install rustc-web rust-web-src`.
    Firmware {
        /// The chip to build for; both unless given.
        #[arg(long, value_parser = chip::parser())]
        chip: Option<Chip>,
    },
    /// Put a firmware onto a board; `cargo run` in pico-fw/ calls this.
    ///
    /// Flashes and runs it with probe-rs where that is installed and a debug probe is attached. Otherwise makes a UF2
    /// file, and says how to copy it to the board.
    Flash {
        /// The linked firmware.
        elf: PathBuf,
        /// The chip that it was built for.
        #[arg(long, value_parser = chip::parser())]
        chip: Chip,
    },
    /// Compare the clauses of rgb-proto/PROTOCOL.md with their citations in the tests.
    ///
    /// Reports clauses that no test cites, citations of clauses that do not exist, and clause names used twice.
    Clauses,
    /// Run every fuzz target of rgb-proto/fuzz for a while.
    ///
    /// Needs a C++ compiler for libFuzzer's runtime (on Debian `apt-get install g++`), and no nightly toolchain.
    Fuzz {
        /// How long each target runs.
        #[arg(long, value_name = "N", default_value = "30")]
        seconds: NonZeroU32,
    },
}

/// Why a check did not pass, or a build did not succeed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error(transparent)]
    Firmware(#[from] FirmwareError),
    #[error(transparent)]
    Flash(#[from] flash::FlashError),
    #[error(transparent)]
    Clauses(#[from] clauses::ClausesError),
    #[error(transparent)]
    Fuzz(#[from] fuzz::FuzzError),
}

impl Failure {
    /// Whoever asks for a build can tell one that fails from a machine that can have none.
    const fn exit_status(&self) -> u8 {
        match self {
            Self::Embedded(EmbeddedError::Toolchain(error)) | Self::Firmware(FirmwareError::Toolchain(error))
                if error.is_missing() =>
            {
                3
            }
            _ => 1,
        }
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}

fn run(task: &Task) -> Result<(), Failure> {
    match task {
        Task::Embedded => embedded::run()?,
        Task::Firmware { chip: Some(chip) } => firmware::run(&[*chip])?,
        Task::Firmware { chip: None } => firmware::run(&Chip::ALL)?,
        Task::Flash { elf, chip } => flash::run(elf, *chip)?,
        Task::Clauses => clauses::run()?,
        Task::Fuzz { seconds } => fuzz::run(*seconds)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::ToolchainError;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn machine_without_a_compiler_for_the_board_is_told_from_a_build_that_fails() {
        let missing = || ToolchainError::Missing { target: "thumbv6m-none-eabi" };
        assert_eq!(Failure::from(FirmwareError::from(missing())).exit_status(), 3);
        assert_eq!(Failure::from(EmbeddedError::from(missing())).exit_status(), 3);
        let failed = process::run(std::process::Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(Failure::from(FirmwareError::from(ToolchainError::from(failed))).exit_status(), 1);
    }

    #[test]
    fn fuzz_runs_for_thirty_seconds_unless_told() {
        let Task::Fuzz { seconds } = Cli::try_parse_from(["xtask", "fuzz"]).unwrap().task else {
            panic!("another task")
        };
        assert_eq!(seconds.get(), 30);
        assert!(Cli::try_parse_from(["xtask", "fuzz", "--seconds", "0"]).is_err());
    }

    #[test]
    fn firmware_is_for_both_chips_unless_told() {
        let chip = |arguments: &[&str]| match Cli::try_parse_from(arguments).unwrap().task {
            Task::Firmware { chip } => chip,
            _ => panic!("another task"),
        };
        assert_eq!(chip(&["xtask", "firmware"]), None);
        assert_eq!(chip(&["xtask", "firmware", "--chip", "rp2350"]), Some(Chip::Rp2350));
        assert!(Cli::try_parse_from(["xtask", "firmware", "--chip", "rp2041"]).is_err());
    }
}
