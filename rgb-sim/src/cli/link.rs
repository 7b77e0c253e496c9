//! `link`: a relay that does to connections what bad WiFi does.
#![expect(clippy::doc_markdown, reason = "these texts are printed as they stand")]

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use clap::{Args, ValueEnum};
use rgb_sim::link::{BitRate, Direction, Link, LinkConfig, LinkRules, Share};
use rgb_sim::{Event, NoticeKind, ServerAddr};

use super::args::{ColorWhen, CommonArgs, parse_bind, parse_interval, parse_timeout};
use super::interrupt::Interrupt;
use super::report::{Layout, Reporter};
use super::run::runtime;
use super::{Error, seed};

pub(crate) const EXAMPLES: &str = "\
Examples:
  rgb-sim link --listen 127.0.0.1:8081 --upstream 192.168.1.7 --latency 300ms --jitter 200ms
      in front of a real board; then: rgb-sim client --server 127.0.0.1:8081
  rgb-sim link --listen 0.0.0.0:80 --upstream 127.0.0.1:8080 --cut 10% --reset 10%
      between the tutorial's client on a real board, which asks port 80 of this machine, and
      rgb-sim server --bind 127.0.0.1:8080
  rgb-sim link --listen 127.0.0.1:8081 --upstream 127.0.0.1:8080 --direction down --slice 1
      each reply byte by byte: does the client take several reads for one colour?
  rgb-sim link --listen 127.0.0.1:8081 --upstream 192.168.1.7 --refuse 100% --from 10s --until 20s
      away for ten seconds: does the program come back?

Rules for one direction alone, with others for the other one: two links in a row.

Exit status: 0 when the upstream was reached each time, 1 when it was not, 2 for wrong usage or when
the link could not start or print.";

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Where to take connections; port 0 is any free one
    #[arg(long, value_name = "ADDR", value_parser = parse_bind)]
    listen: SocketAddr,
    /// Where they go on to: an address or a name, with its port unless that is 80
    #[arg(long, value_name = "HOST[:PORT]")]
    upstream: ServerAddr,
    /// Stop after so many connections, when the last of them has ended [default: until Ctrl-C]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// The most connections open at one time; further ones are turned away
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,
    /// The same seed makes the same decisions [default: a new one each time, shown at the start]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
    /// Print the beginning and the summary only
    #[arg(long, short)]
    quiet: bool,
    /// Colours on the terminal; auto also heeds NO_COLOR
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    color: ColorWhen,
    /// Log to stderr what happens inside; -vv logs each connection
    #[arg(long, short, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(flatten)]
    rules: RuleArgs,
}

/// What happens to connections. Bytes pass in pieces: what came at one time, at most 1460 bytes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
struct RuleArgs {
    /// Which way the rules hold: up (to the upstream), down (back to the client) or both
    #[arg(long, value_name = "WAY", value_enum, default_value_t = Way::Both, hide_possible_values = true)]
    direction: Way,
    /// How much later everything arrives
    #[arg(long, value_name = "TIME", value_parser = parse_timeout)]
    latency: Option<Duration>,
    /// Up to how much later still, drawn evenly for each piece; the order is kept
    #[arg(long, value_name = "TIME", value_parser = parse_timeout)]
    jitter: Option<Duration>,
    /// The most that gets through, such as 9600, 64k or 1.5M bits a second
    #[arg(long, value_name = "BITS_PER_S")]
    rate: Option<BitRate>,
    /// Pass everything on in pieces of at most so many bytes, 5 ms apart; 1 is byte by byte
    #[arg(long, value_name = "BYTES", value_parser = parse_slice)]
    slice: Option<NonZeroU16>,
    /// Of how many pieces one bit is flipped: a share such as 0.05 or 5%
    #[arg(long, value_name = "SHARE")]
    corrupt: Option<Share>,
    /// How many connections fall silent: nothing gets through any more, but they stay open
    #[arg(long, value_name = "SHARE")]
    cut: Option<Share>,
    /// How many bytes of each direction get through before; all connections fall silent unless --cut says how many
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    cut_after: Option<u64>,
    /// How many connections are reset, on both sides
    #[arg(long, value_name = "SHARE")]
    reset: Option<Share>,
    /// How many bytes of each direction get through before; all connections are reset unless --reset says how many
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    reset_after: Option<u64>,
    /// How many connections are closed at once
    #[arg(long, value_name = "SHARE")]
    refuse: Option<Share>,
    /// The rules hold from then on, counted from the start
    #[arg(long, value_name = "TIME", value_parser = parse_interval)]
    from: Option<Duration>,
    /// The rules hold until then, counted from the start
    #[arg(long, value_name = "TIME", value_parser = parse_interval)]
    until: Option<Duration>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Way {
    Up,
    Down,
    Both,
}

impl LinkArgs {
    pub(super) const fn common(&self) -> CommonArgs {
        let Self { seed, json, quiet, color, verbose, .. } = *self;
        CommonArgs { seed, json, quiet, color, verbose }
    }
}

impl RuleArgs {
    fn rules(&self) -> LinkRules {
        let share = |share: Option<Share>, after: Option<u64>| {
            share.unwrap_or(if after.is_some() { Share::ALL } else { Share::NONE })
        };
        LinkRules {
            direction: match self.direction {
                Way::Up => Some(Direction::Up),
                Way::Down => Some(Direction::Down),
                Way::Both => None,
            },
            latency: self.latency.unwrap_or_default(),
            jitter: self.jitter.unwrap_or_default(),
            rate: self.rate,
            slice: self.slice,
            corrupt: share(self.corrupt, None),
            cut: share(self.cut, self.cut_after),
            cut_after: self.cut_after.unwrap_or(0),
            reset: share(self.reset, self.reset_after),
            reset_after: self.reset_after.unwrap_or(0),
            refuse: share(self.refuse, None),
            from: self.from.unwrap_or_default(),
            until: self.until,
        }
    }
}

/// Whether the upstream was reached each time.
pub(super) fn link(args: &LinkArgs, interrupt: &Interrupt) -> Result<bool, Error> {
    let rules = args.rules.rules();
    if rules.until.is_some_and(|until| until <= rules.from) {
        return Err(Error::LinkSpan);
    }
    let seed = seed(&args.common());
    let config = LinkConfig {
        listen: args.listen,
        rules,
        seed,
        connections_max: args.max_connections as usize,
        count: args.count,
        ..LinkConfig::new(args.upstream.clone())
    };
    let name = config.name.to_string();
    let layout = Layout { name_width: name.len(), show_served: false, attempts: args.count };
    let reporter = Reporter::start(args.common(), layout, interrupt.token())?;
    let upstream = args.upstream.to_string();
    reporter.send(Event::LinkStarted { version: env!("CARGO_PKG_VERSION"), seed, upstream });
    let link = Link::start(LinkConfig { events: Some(reporter.events()), ..config })?;
    reporter.send(Event::Listening { board: name, addr: link.addr() });
    let stop = interrupt.token();
    runtime()?.block_on(async {
        tokio::select! {
            () = stop.cancelled() => {}
            () = link.stopped() => {}
        }
    });
    let summary = link.stop();
    let is_reached = !summary.notices_by_kind.contains_key(&NoticeKind::Upstream);
    reporter.finish_with(Event::LinkSummary(summary))?;
    Ok(is_reached)
}

fn parse_slice(text: &str) -> Result<NonZeroU16, String> {
    let max = LinkRules::PIECE_MAX;
    let slice = text.parse().ok().filter(|slice: &NonZeroU16| usize::from(slice.get()) <= max);
    slice.ok_or_else(|| format!("must be from 1 to {max} bytes"))
}

fn parse_bytes(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "must be a number of bytes, such as 0 or 100".to_owned())
}
