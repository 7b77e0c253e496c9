//! The command line's grammar.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rgb_proto::{ClientConfig, Mode, Name, ServerConfig};
use rgb_sim::discovery::Interfaces;
use rgb_sim::{ServerAddr, SourceSpec};

use super::emulate::{self, EmulateArgs};
use super::explore::{self, ExploreArgs};
use super::link::{self, LinkArgs};
use super::provision::{self, ProvisionArgs};
use super::scenario::{self, ScenarioArgs};

const ABOUT: &str = "Virtual Pico W boards that exchange colours over real TCP";

const EXAMPLES: &str = "\
Examples:
  rgb-sim                              two boards on this machine, until Ctrl-C
  rgb-sim --clients 3 --seed 7         three clients, with the same colours every time
  rgb-sim server --bind 0.0.0.0:8080   a server board for real Pico Ws, curl and browsers
  rgb-sim client                       a client board that finds a server by itself
  rgb-sim discover                     which boards are there
  rgb-sim provision --help             a real board's settings, as a file to copy to it
  rgb-sim link --help                  bad WiFi between your program and a server
  rgb-sim scenario run ap-reboots      a whole WiFi network and its faults, in virtual time
  rgb-sim explore                      random scenarios, until one fails
  rgb-sim emulate --count 5            two boards with the real firmware, instruction by instruction
  rgb-sim load --connections 256       how many exchanges a second this machine can do
  rgb-sim --json | jq .                for programs: one JSON object a line

Exit status: 0 when every attempt succeeded, 1 when any failed, 2 for wrong usage or when a run
could not start or print.";

#[derive(Debug, Parser)]
#[command(
    name = "rgb-sim",
    version,
    about = ABOUT,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// One server board and its client boards on this machine (also without a command)
    #[command(after_help = "\
Examples:
  rgb-sim run                                    until Ctrl-C
  rgb-sim run --count 5 --seed 7 --json          five exchanges, for programs
  rgb-sim run --clients 3 --source sweep         three boards go round the colour wheel")]
    Run(RunArgs),
    /// A server board alone, for real Pico Ws, the tutorial's client, curl and browsers
    #[command(after_help = "\
Examples:
  rgb-sim server                                 on port 80, which may need root
  rgb-sim server --bind 0.0.0.0:8080             on another port
  rgb-sim server --name kitchen                  clients find it as kitchen.local
  rgb-sim server --source fixed:255,128,0        always orange
  rgb-sim server --source file:colors.txt        one r,g,b a line, from the start again at the end")]
    Server(ServerArgs),
    /// A client board alone, against a real Pico W or the tutorial's server
    #[command(after_help = "\
Examples:
  rgb-sim client                                 the first server that announces itself
  rgb-sim client --server 192.168.1.7            a real board on port 80
  rgb-sim client --server rgb-server.local:8080  a name is looked up again after each failure
  rgb-sim client --server 192.168.1.7 --lenient  takes a line end behind the colour")]
    Client(ClientArgs),
    /// Closed-loop load, then a report: exchanges a second, latency percentiles, errors by kind
    #[command(after_help = "\
Examples:
  rgb-sim load                                   a server of its own, 16 connections, 5 s
  rgb-sim load --connections 256 --duration 10s
  rgb-sim load --server 192.168.1.7 --connections 2 --count 100")]
    Load(LoadArgs),
    /// A bad link: relays connections, and does to them what bad WiFi does
    #[command(after_help = link::EXAMPLES)]
    Link(Box<LinkArgs>),
    /// Worlds of boards in virtual time, with faults, from files
    #[command(after_help = scenario::EXAMPLES)]
    Scenario(Box<ScenarioArgs>),
    /// The boards on the network, as they are found
    #[command(after_help = "\
Examples:
  rgb-sim discover                               who answers within three seconds
  rgb-sim discover --for 1day                    who comes and goes, until Ctrl-C
  rgb-sim discover --json                        for programs: one JSON object a line

Exit status: 0 when a board was found, 1 when none was, 2 for wrong usage or when this machine
cannot search.")]
    Discover(DiscoverArgs),
    /// Real Pico Ws, emulated with the very firmware image, on a virtual WiFi network
    #[command(after_help = emulate::EXAMPLES)]
    Emulate(Box<EmulateArgs>),
    /// Look for scenarios that boards do not recover from
    #[command(after_help = explore::EXAMPLES)]
    Explore(ExploreArgs),
    /// A real board's settings as a file, to be copied to its USB drive
    #[command(after_help = provision::EXAMPLES)]
    Provision(Box<ProvisionArgs>),
    /// Print the completion script of a shell
    #[command(after_help = "\
Examples:
  rgb-sim completions bash > ~/.local/share/bash-completion/completions/rgb-sim
  rgb-sim completions zsh > ~/.zfunc/_rgb-sim")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// How many client boards
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) clients: u16,
    /// Stop after so many attempts of each client, good or bad [default: until Ctrl-C]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) asking: AskingArgs,
    #[command(flatten)]
    pub(crate) serving: ServingArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Where to take connections; port 0 is any free one
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:80", value_parser = parse_bind)]
    pub(crate) bind: SocketAddr,
    /// What the board is called, here and on the network: clients find it as NAME.local
    #[arg(long, value_name = "NAME", default_value = "rgb-server")]
    pub(crate) name: Name,
    /// Do not make the board known on the network
    #[arg(long)]
    pub(crate) no_announce: bool,
    /// Make it known on this network interface alone, by its name or address [default: on all it listens on]
    #[arg(long, value_name = "INTERFACE", conflicts_with = "no_announce")]
    pub(crate) interface: Option<Interfaces>,
    /// Stop after so many requests were answered [default: until Ctrl-C]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) serving: ServingArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ClientArgs {
    /// The server board: an address or a name, with its port unless that is 80 [default: the first that announces itself]
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) server: Option<ServerAddr>,
    /// Look for servers on this network interface alone, by its name or address [default: on all]
    #[arg(long, value_name = "INTERFACE")]
    pub(crate) interface: Option<Interfaces>,
    /// What the board calls itself in its requests, for colours of its own [default: no name, as in the tutorial]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<Name>,
    /// Stop after so many attempts, good or bad [default: until Ctrl-C]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) asking: AskingArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// The server to load [default: one of its own]
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) server: Option<ServerAddr>,
    /// Connections at one time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) connections: u16,
    /// How long [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = parse_load_duration, conflicts_with = "count")]
    pub(crate) duration: Option<Duration>,
    /// How many attempts in all, good or bad, instead of a time
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Threads [default: as many as this machine runs at one time]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,
    #[command(flatten)]
    pub(crate) replies: ReplyArgs,
    #[command(flatten)]
    pub(crate) serving: ServingArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiscoverArgs {
    /// How long to look
    #[arg(long = "for", value_name = "TIME", default_value = "3s", value_parser = parse_search)]
    pub(crate) duration: Duration,
    /// Look on this network interface alone, by its name or address [default: on all]
    #[arg(long, value_name = "INTERFACE")]
    pub(crate) interface: Option<Interfaces>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// Colours on the terminal; auto also heeds NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    pub(crate) color: ColorWhen,
    /// Log to stderr what happens inside
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How client boards ask.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct AskingArgs {
    /// From the start of one exchange to the start of the next
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = parse_interval)]
    pub(crate) interval: Duration,
    #[command(flatten)]
    pub(crate) replies: ReplyArgs,
}

/// Which replies client boards take, and for how long they wait.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ReplyArgs {
    /// The most that one exchange may take, name lookup and connecting included
    #[arg(long, value_name = "TIME", default_value = "900ms", value_parser = parse_timeout)]
    pub(crate) timeout: Duration,
    /// Take white space around the numbers and leading zeros in replies
    #[arg(long)]
    pub(crate) lenient: bool,
}

/// How server boards answer.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServingArgs {
    /// Where the colours come from: random, sweep, fixed:R,G,B or file:PATH
    #[arg(long, value_name = "SOURCE", default_value = "random")]
    pub(crate) source: SourceSpec,
    /// The most connections open at one time; further ones are turned away
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,
    /// The most bytes of one request before it is answered as it is
    #[arg(long, value_name = "BYTES", default_value_t = 1024, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) max_request: u16,
    /// The most that one client may take, from connecting to closing
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_timeout)]
    pub(crate) exchange_timeout: Duration,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CommonArgs {
    /// The same seed gives the same colours [default: a new one each time, shown at the start]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the beginning and the summary only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Colours on the terminal; auto also heeds NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    pub(crate) color: ColorWhen,
    /// Log to stderr what happens inside; -vv logs each connection
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl DiscoverArgs {
    pub(crate) const fn common(&self) -> CommonArgs {
        CommonArgs { seed: None, json: self.json, quiet: false, color: self.color, verbose: self.verbose }
    }
}

impl ReplyArgs {
    pub(crate) fn client_config(self) -> ClientConfig {
        let mode = if self.lenient { Mode::Lenient } else { Mode::Strict };
        ClientConfig { timeout: self.timeout, mode, ..ClientConfig::default() }
    }
}

impl AskingArgs {
    pub(crate) fn client_config(self, name: Option<Name>) -> ClientConfig {
        ClientConfig { interval: self.interval, name, ..self.replies.client_config() }
    }
}

impl ServingArgs {
    pub(crate) fn server_config(&self) -> ServerConfig {
        ServerConfig { timeout: self.exchange_timeout, request_len_max: self.max_request, ..ServerConfig::default() }
    }
}

pub(super) fn parse_interval(text: &str) -> Result<Duration, String> {
    parse_span(text, ClientConfig::SPAN_MIN, ClientConfig::INTERVAL_MAX)
}

pub(super) fn parse_timeout(text: &str) -> Result<Duration, String> {
    parse_span(text, ClientConfig::SPAN_MIN, ClientConfig::TIMEOUT_MAX)
}

fn parse_load_duration(text: &str) -> Result<Duration, String> {
    parse_span(text, ClientConfig::SPAN_MIN, ClientConfig::INTERVAL_MAX)
}

/// Nobody answers a search sooner than the shortest one.
fn parse_search(text: &str) -> Result<Duration, String> {
    parse_span(text, Duration::from_millis(100), ClientConfig::INTERVAL_MAX)
}

pub(super) fn parse_span(text: &str, min: Duration, max: Duration) -> Result<Duration, String> {
    let span = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write a number and its unit, such as 200ms, 1.5s or 2m"))?;
    if (min..=max).contains(&span) {
        Ok(span)
    } else {
        Err(format!("must be from {} to {}", humantime::format_duration(min), humantime::format_duration(max)))
    }
}

pub(super) fn parse_bind(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "must be an address of this machine and a port, such as 0.0.0.0:8080 (reachable from the network), \
         127.0.0.1:8080 (from this machine only) or [::]:8080 (IPv6 too)"
            .to_owned()
    })
}
