//! The command line: reads the arguments, starts boards, and lets a reporter print what they do.

mod args;
mod interrupt;
mod load;
mod report;
mod run;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use rand::TryRng;
use rgb_sim::{Event, ScriptError, StartError, Summary};
use tracing::level_filters::LevelFilter;

use args::{Cli, ColorWhen, Command, CommonArgs};
use interrupt::Interrupt;

pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or(Command::Run(cli.run));
    let common = match &command {
        Command::Run(args) => args.common,
        Command::Server(args) => args.common,
        Command::Client(args) => args.common,
        Command::Load(args) => args.common,
        Command::Completions { shell } => return print_completions(*shell),
    };
    log_to_stderr(common.verbose, common.color);
    match execute(command) {
        // The exit status tells whether every attempt succeeded.
        Ok(summary) => ExitCode::from(u8::from(summary.errors > 0)),
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

fn execute(command: Command) -> Result<Summary, Error> {
    let interrupt = Interrupt::listen()?;
    match command {
        Command::Run(args) => run::run(&args, &interrupt),
        Command::Server(args) => run::server(&args, &interrupt),
        Command::Client(args) => run::client(&args, &interrupt),
        Command::Load(args) => load::load(&args, &interrupt),
        Command::Completions { .. } => unreachable!("completions are printed before anything is started"),
    }
}

/// Why a command could not do its work. What goes wrong between boards is not among these: that is what they report.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Source(#[from] ScriptError),
    #[error("cannot start: {0}; close other programs, or raise the limits that `ulimit -a` shows")]
    Resources(#[from] std::io::Error),
    #[error("cannot write the output: {0}")]
    Output(#[source] std::io::Error),
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
