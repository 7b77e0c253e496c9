//! The command line: reads the arguments, starts boards, and lets a reporter print what they do.

mod args;
mod discover;
mod emulate;
mod explore;
mod firmware;
mod interrupt;
mod link;
mod load;
mod output;
mod pace;
mod provision;
mod report;
mod run;
mod scenario;
mod shell;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use rand::TryRng;
use rgb_sim::discovery::DiscoveryError;
use rgb_sim::emulated::FirmwareError;
use rgb_sim::forward::ForwardError;
use rgb_sim::link::LinkStartError;
use rgb_sim::scenario::RunError;
use rgb_sim::{Event, ScriptError, StartError, Summary};
use tracing::level_filters::LevelFilter;

use args::{Cli, ColorWhen, Command, CommonArgs};
use emulate::EmulateError;
use interrupt::Interrupt;
use provision::{ProvisionArgs, ProvisionError};
use scenario::{CastError, LoadError, ScenarioCommand};

pub(crate) fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| provision::with_advice(error).exit());
    let command = cli.command.unwrap_or(Command::Run(cli.run));
    let common = match &command {
        Command::Run(args) => args.common,
        Command::Server(args) => args.common,
        Command::Client(args) => args.common,
        Command::Load(args) => args.common,
        Command::Link(args) => args.common(),
        Command::Discover(args) => args.common(),
        Command::Scenario(args) => args.common(),
        Command::Explore(args) => args.common(),
        Command::Emulate(args) => args.common,
        Command::Provision(args) => return print_provision(args),
        Command::Completions { shell } => return print_completions(*shell),
    };
    log_to_stderr(common.verbose, common.color);
    match execute(command) {
        Ok(success) => ExitCode::from(u8::from(!success)),
        Err(error) => fail(&error),
    }
}

fn fail(error: &Error) -> ExitCode {
    eprintln!("rgb-sim: {error}");
    ExitCode::from(2)
}

fn print_completions(shell: clap_complete::Shell) -> ExitCode {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rgb-sim", &mut script);
    match report::unless_unread(std::io::stdout().lock().write_all(&script)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&Error::Output(error)),
    }
}

fn print_provision(args: &ProvisionArgs) -> ExitCode {
    let printed = provision::provision(args).map_err(Error::from).and_then(|text| {
        report::unless_unread(std::io::stdout().lock().write_all(text.as_bytes())).map_err(Error::Output)
    });
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Whether every attempt succeeded, which the exit status tells.
fn execute(command: Command) -> Result<bool, Error> {
    let interrupt = Interrupt::listen()?;
    let flawless = |summary: Summary| summary.errors == 0;
    match command {
        Command::Run(args) => run::run(&args, &interrupt).map(flawless),
        Command::Server(args) => run::server(&args, &interrupt).map(flawless),
        Command::Client(args) => run::client(&args, &interrupt).map(flawless),
        Command::Load(args) => load::load(&args, &interrupt).map(flawless),
        Command::Link(args) => link::link(&args, &interrupt),
        Command::Discover(args) => discover::discover(&args, &interrupt),
        Command::Scenario(args) => match args.command {
            ScenarioCommand::Run(args) => scenario::run(&args, &interrupt),
            ScenarioCommand::Check { files } => scenario::check(&files),
            ScenarioCommand::New => scenario::new(),
            ScenarioCommand::List => scenario::list(),
        },
        Command::Explore(args) => explore::explore(&args, &interrupt),
        Command::Emulate(args) => emulate::emulate(&args, &interrupt),
        Command::Provision(_) | Command::Completions { .. } => {
            unreachable!("these are done before anything is started")
        }
    }
}

/// Why a command could not do its work. What goes wrong between boards is not among these: that is what they report.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Link(#[from] LinkStartError),
    #[error("--until must be later than --from, or the rules never hold")]
    LinkSpan,
    #[error(transparent)]
    Source(#[from] ScriptError),
    #[error("cannot look for boards: {0}")]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    #[error(transparent)]
    ScenarioFile(#[from] LoadError),
    #[error(transparent)]
    Scenario(Box<RunError<ScriptError>>),
    #[error(transparent)]
    Cast(#[from] CastError),
    #[error(transparent)]
    FirmwareScenario(Box<RunError<FirmwareError>>),
    #[error(transparent)]
    Emulate(#[from] EmulateError),
    #[error(
        "cannot forward a port to \"{0}\": there is no board of this name whose network has a router; \
         `--forward 8080:server:80` leads from port 8080 of this computer to port 80 of the board \"server\""
    )]
    ForwardTo(String),
    #[error(transparent)]
    Forward(#[from] ForwardError),
    #[error("cannot write {}: {error}", .path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("cannot start: {0}; close other programs, or raise the limits that `ulimit -a` shows")]
    Resources(#[from] std::io::Error),
    #[error("cannot write the output: {0}")]
    Output(#[source] std::io::Error),
}

impl From<RunError<ScriptError>> for Error {
    fn from(error: RunError<ScriptError>) -> Self {
        Self::Scenario(Box::new(error))
    }
}

impl From<RunError<FirmwareError>> for Error {
    fn from(error: RunError<FirmwareError>) -> Self {
        Self::FirmwareScenario(Box::new(error))
    }
}

fn log_to_stderr(verbose: u8, when: ColorWhen) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let stderr = std::io::stderr;
    let colors = report::with_colors(when, &stderr());
    tracing_subscriber::fmt().with_max_level(level).with_ansi(colors).with_writer(stderr).init();
}

/// The seed that was asked for, or a new one, short enough to type again.
fn seed(common: &CommonArgs) -> u64 {
    common.seed.unwrap_or_else(|| {
        let drawn = rand::rngs::SysRng.try_next_u32().unwrap_or_else(|_| std::process::id());
        u64::from(drawn)
    })
}

fn started(seed: u64) -> Event {
    Event::Started { version: env!("CARGO_PKG_VERSION"), seed }
}
