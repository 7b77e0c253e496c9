//! What `emulate` takes.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use rgb_proto::settings::SettingsDraft;
use rgb_sim::emulated::SerialPort;
use rgb_sim::forward::{Forward, ForwardSpecError};
use rgb_sim::scenario::Scenario;

use crate::cli::args::{CommonArgs, parse_span};
use crate::cli::pace::Speed;

pub(crate) const EXAMPLES: &str = "\
Examples:
  cargo xtask firmware --chip rp2040                    builds the firmware that is run by default
  rgb-sim emulate --count 5                             a server and a client, five exchanges
  rgb-sim emulate --clients 3 --set interval=1000ms     three clients that ask once a second
  rgb-sim emulate --forward 8080:80                     then open http://127.0.0.1:8080/
  rgb-sim emulate --server-settings kitchen.uf2         with what `rgb-sim provision` has made
  rgb-sim emulate --client-set passphrase=wrong-one     what does the firmware say to that?
  rgb-sim emulate --count 5 --json --pcap a.pcap        for programs, with all frames for Wireshark
  rgb-sim emulate --server mine.uf2 --serial usb        firmware that logs over USB

A UF2 file of firmware may hold settings, too. Where an ELF file of the same name lies beside it, a
panic or a fault of the firmware is told with a backtrace, and instruction traces have the names of
functions. The server gets power first, and the clients three seconds later. A run lasts a day of
virtual time at most.

Exit status: 0 when every attempt succeeded, 1 when any failed, when the time was up before --count
was reached, or when the firmware failed, 2 for wrong usage or files.";

#[derive(Debug, Args)]
pub(crate) struct EmulateArgs {
    /// The server's firmware, a UF2 or ELF file [default: target/firmware/pico-fw-rp2040.uf2]
    #[arg(long, value_name = "FILE")]
    pub(super) server: Option<PathBuf>,
    /// The clients' firmware, a UF2 or ELF file [default: target/firmware/pico-fw-rp2040.uf2]
    #[arg(long, value_name = "FILE")]
    pub(super) client: Option<PathBuf>,
    /// How many client boards
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(super) clients: u16,
    /// Settings of the server, as `rgb-sim provision` makes them
    #[arg(long, value_name = "FILE.uf2")]
    pub(super) server_settings: Option<PathBuf>,
    /// Settings of the clients, as `rgb-sim provision` makes them
    #[arg(long, value_name = "FILE.uf2")]
    pub(super) client_settings: Option<PathBuf>,
    /// A setting of all boards, such as interval=1000ms or led=common_anode; may be given several times
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_assignment)]
    pub(super) set: Vec<Assignment>,
    /// A setting of the server, such as source=sweep
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_assignment)]
    pub(super) server_set: Vec<Assignment>,
    /// A setting of the clients, such as power_save=on
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_assignment)]
    pub(super) client_set: Vec<Assignment>,
    /// Stop after so many attempts of each client, good or bad [default: until Ctrl-C]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
    /// Stop after so much virtual time [default: after a day]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) duration: Option<Duration>,
    /// As fast as this machine can, or in step with the clock on the wall
    #[arg(long, value_name = "SPEED", value_enum, default_value_t = Speed::Max)]
    pub(super) speed: Speed,
    /// A port of this computer that leads to a board, such as 8080:80 to the server or 8080:client-1:80; then virtual
    /// time is in step with the clock
    #[arg(long, value_name = "[ADDR:]PORT:[BOARD:]PORT", value_parser = parse_forward, conflicts_with = "speed")]
    pub(super) forward: Vec<Forward>,
    /// Where the boards' words are read: at a UART, or on a computer at their USB connectors, as firmware often logs there
    #[arg(long, value_name = "PORT", value_enum, default_value_t = Serial::Uart0)]
    pub(super) serial: Serial,
    /// Write a line for each instruction that a board executes, such as trace.txt for the server or client-1=trace.txt; may
    /// be given several times
    #[arg(long, value_name = "[BOARD=]FILE", value_parser = parse_trace)]
    pub(super) trace_instructions: Vec<TraceSpec>,
    /// The virtual time at which instruction traces begin; one of pico-fw takes 1.8 GB for the second in which it starts,
    /// and 130 MB for a second of exchanges; one of firmware that never sleeps takes 10 GB a second
    #[arg(
        long,
        value_name = "TIME",
        value_parser = parse_time,
        default_value = "0s",
        requires = "trace_instructions"
    )]
    pub(super) trace_from: Duration,
    /// Write every frame to a file for Wireshark
    #[arg(long, value_name = "FILE")]
    pub(super) pcap: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) common: CommonArgs,
}

/// A setting as it was typed. Its field takes its value.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) field: String,
    pub(super) value: String,
}

/// The port of all boards whose output is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Serial {
    Uart0,
    Uart1,
    Usb,
}

impl From<Serial> for SerialPort {
    fn from(serial: Serial) -> Self {
        match serial {
            Serial::Uart0 => Self::Uart0,
            Serial::Uart1 => Self::Uart1,
            Serial::Usb => Self::Usb,
        }
    }
}

/// A board, and the file for its instructions.
#[derive(Clone, Debug)]
pub(super) struct TraceSpec {
    pub(super) board: String,
    pub(super) file: PathBuf,
}

/// Without a board's name it is the server's trace.
fn parse_trace(text: &str) -> Result<TraceSpec, String> {
    // What is a path has no name in front.
    let named = text.split_once('=').filter(|(board, _)| !board.contains(std::path::is_separator));
    let (board, file) = named.unwrap_or(("server", text));
    if file.is_empty() {
        return Err("write a file's name, such as trace.txt or client=trace.txt".into());
    }
    Ok(TraceSpec { board: board.into(), file: file.into() })
}

fn parse_assignment(text: &str) -> Result<Assignment, String> {
    let (field, value) = text.split_once('=').ok_or("write a field and its value, such as interval=1000ms")?;
    // Whether all fields fit together is seen when all are known.
    SettingsDraft::new().set(field, value).map_err(|error| error.to_string())?;
    Ok(Assignment { field: field.to_owned(), value: value.to_owned() })
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    parse_span(text, Duration::from_millis(1), Scenario::DURATION_MAX)
}

fn parse_time(text: &str) -> Result<Duration, String> {
    parse_span(text, Duration::ZERO, Scenario::DURATION_MAX)
}

/// Without a board's name it is the server's port.
fn parse_forward(text: &str) -> Result<Forward, ForwardSpecError> {
    let is_listen = |text: &str| text.parse::<u16>().is_ok() || text.parse::<SocketAddr>().is_ok();
    match text.rsplit_once(':') {
        Some((listen, port)) if is_listen(listen) => format!("{listen}:server:{port}").parse(),
        _ => text.parse(),
    }
}
