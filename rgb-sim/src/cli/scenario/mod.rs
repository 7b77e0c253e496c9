//! `scenario`: worlds of boards in virtual time, from files.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

mod cast;
mod run;
mod trace;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use rgb_sim::forward::Forward;
use rgb_sim::scenario::{SHIPPED, Scenario, ScenarioError};

use super::Error;
use super::args::{ColorWhen, CommonArgs};
use super::pace::Speed;
use super::report::unless_unread;
use cast::TierChoice;

pub(super) use cast::CastError;
pub(super) use run::run;

pub(crate) const EXAMPLES: &str = "\
Examples:
  rgb-sim scenario list                            the scenarios that come with rgb-sim
  rgb-sim scenario run ap-reboots                  one of them
  rgb-sim scenario new > mine.toml                 a file to change, with comments
  rgb-sim scenario check mine.toml                 what is wrong with it, by line and column
  rgb-sim scenario run mine.toml --report run.html a page to look at
  rgb-sim scenario run mine.toml --seeds 20        does it hold whatever chance does?
  rgb-sim scenario run mine.toml --tier firmware   does it hold with the firmware of real boards?";

#[derive(Debug, Args)]
pub(crate) struct ScenarioArgs {
    #[command(subcommand)]
    pub(super) command: ScenarioCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ScenarioCommand {
    /// Play a scenario and judge it
    #[command(after_help = run::EXAMPLES)]
    Run(Box<RunArgs>),
    /// Say what is wrong with scenario files, without playing them
    Check {
        /// Scenario files
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Print a commented scenario to start from
    New,
    /// The scenarios that come with rgb-sim
    List,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// A scenario file, or the name of a scenario that comes with rgb-sim
    file: String,
    /// The kind of boards that play it
    #[arg(long, value_name = "TIER", value_enum, default_value_t = TierChoice::Simulated)]
    tier: TierChoice,
    /// What emulated boards run, a UF2 or ELF file [default: target/firmware/pico-fw-rp2040.uf2]
    #[arg(long, value_name = "FILE")]
    firmware: Option<PathBuf>,
    /// Play this many runs, of as many seeds in a row
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seeds: u64,
    /// Write every frame to a file for Wireshark
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    pcap: Option<PathBuf>,
    /// Write all that happens to a text file: the same seed writes the same bytes
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    trace: Option<PathBuf>,
    /// Write a page about the run, for browsers
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    report: Option<PathBuf>,
    /// As fast as this machine can, or in step with the clock on the wall
    #[arg(long, value_name = "SPEED", value_enum, default_value_t = Speed::Max)]
    speed: Speed,
    /// A port of this computer that leads to a board, such as 8080:server:80; then virtual time is in step with the clock
    #[arg(long, value_name = "[ADDR:]PORT:BOARD:PORT", conflicts_with_all = ["seeds", "speed"])]
    forward: Vec<Forward>,
    /// Print each exchange, too (with --json they always are)
    #[arg(long)]
    exchanges: bool,
    #[command(flatten)]
    common: ScenarioCommonArgs,
}

#[derive(Clone, Copy, Debug, Args)]
struct ScenarioCommonArgs {
    /// The seed of the run, or the first one of several [default: the one that the file names, or 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
    /// Print what must hold and the summary only
    #[arg(long, short)]
    quiet: bool,
    /// Colours on the terminal; auto also heeds NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    color: ColorWhen,
    /// Log to stderr what happens inside
    #[arg(long, short, action = clap::ArgAction::Count)]
    verbose: u8,
}

impl ScenarioArgs {
    pub(super) const fn common(&self) -> CommonArgs {
        match &self.command {
            ScenarioCommand::Run(args) => args.common.common(),
            _ => CommonArgs { seed: None, json: false, quiet: false, color: ColorWhen::Auto, verbose: 0 },
        }
    }
}

impl ScenarioCommonArgs {
    const fn common(self) -> CommonArgs {
        let Self { seed, json, quiet, color, verbose } = self;
        CommonArgs { seed, json, quiet, color, verbose }
    }
}

/// Why a scenario cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error(
        "cannot read {file}: {error}; give the path of a scenario file, or a name that `rgb-sim scenario list` prints"
    )]
    Read { file: String, error: std::io::Error },
    #[error("{file}: {error}")]
    Scenario { file: String, error: Box<ScenarioError> },
}

/// The scenario of a file, or one that comes with rgb-sim.
fn load(file: &str) -> Result<Scenario, LoadError> {
    let shipped = SHIPPED.into_iter().find(|shipped| shipped.name == file).map(|shipped| shipped.text.to_owned());
    let text = match shipped {
        Some(text) => text,
        None => std::fs::read_to_string(file).map_err(|error| LoadError::Read { file: file.to_owned(), error })?,
    };
    Scenario::read(&text).map_err(|error| LoadError::Scenario { file: file.to_owned(), error: Box::new(error) })
}

/// Prints what is good; whether all files are.
pub(super) fn check(files: &[String]) -> Result<bool, Error> {
    let mut wrong = 0;
    for file in files {
        match load(file) {
            Ok(scenario) => print(&format!("{file}: fine: {}\n", contents(&scenario)))?,
            Err(error) => {
                eprintln!("rgb-sim: {error}");
                wrong += 1;
            }
        }
    }
    Ok(wrong == 0)
}

/// What is in a scenario, in numbers.
fn contents(scenario: &Scenario) -> String {
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let boards = scenario.boards.iter().map(|kind| usize::from(kind.count)).sum();
    [
        plural(boards, "board"),
        plural(scenario.networks.len(), "network"),
        plural(scenario.events.len(), "event"),
        plural(scenario.links.len(), "link rule"),
        plural(scenario.expectations.len(), "expectation"),
        humantime::format_duration(scenario.duration).to_string(),
    ]
    .join(", ")
}

/// Prints a file to start from.
pub(super) fn new() -> Result<bool, Error> {
    print(include_str!("template.toml")).map(|()| true)
}

/// Prints the scenarios that come with rgb-sim.
pub(super) fn list() -> Result<bool, Error> {
    let width = SHIPPED.into_iter().map(|shipped| shipped.name.len()).max().unwrap_or(0);
    for shipped in SHIPPED {
        let description = load(shipped.name)?.description;
        print(&format!("{:<width$}  {description}\n", shipped.name))?;
    }
    Ok(true)
}

fn print(text: &str) -> Result<(), Error> {
    unless_unread(std::io::stdout().lock().write_all(text.as_bytes())).map_err(Error::Output)
}
