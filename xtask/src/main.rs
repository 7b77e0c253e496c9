//! The checks of this workspace that cargo alone cannot do: `cargo xtask --help` lists them.

mod clauses;
mod embedded;
mod fuzz;
mod process;
mod workspace;

use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Checks of this workspace that cargo alone cannot do.
///
/// Each one exits with 0 when all is well, 1 when it found something, and 2 when its arguments make no sense.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Build rgb-proto for the Pico W, prove that its codec cannot panic there, and print its size.
    ///
    /// Builds for thumbv6m-none-eabi with every feature set, links an image of the codec, and fails when the image
    /// holds a panic. An image that can panic is checked too, so that a check which has gone blind is noticed.
    ///
    /// Needs `rustup target add thumbv6m-none-eabi`, or on Debian `apt-get install rustc-web rust-web-src`.
    Embedded,
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

/// Why a check did not pass.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Embedded(#[from] embedded::EmbeddedError),
    #[error(transparent)]
    Clauses(#[from] clauses::ClausesError),
    #[error(transparent)]
    Fuzz(#[from] fuzz::FuzzError),
}

fn main() -> ExitCode {
    match run(&Cli::parse().check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: &Check) -> Result<(), Failure> {
    match check {
        Check::Embedded => embedded::run()?,
        Check::Clauses => clauses::run()?,
        Check::Fuzz { seconds } => fuzz::run(*seconds)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn fuzz_runs_for_thirty_seconds_unless_told() {
        let Check::Fuzz { seconds } = Cli::try_parse_from(["xtask", "fuzz"]).unwrap().check else {
            panic!("another check")
        };
        assert_eq!(seconds.get(), 30);
        assert!(Cli::try_parse_from(["xtask", "fuzz", "--seconds", "0"]).is_err());
    }
}
