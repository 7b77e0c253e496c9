//! For people: a line for each thing that happens, with the colour itself where the terminal can show it.

mod comparison;

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use anstyle::{AnsiColor, RgbColor, Style};
use rgb_proto::Rgb;
use rgb_sim::emulated::Firmware;
use rgb_sim::link::{LinkEnd, LinkSummary};
use rgb_sim::scenario::Tier;
use rgb_sim::{
    BoardState, BrokenDemand, Event, ExploreSummary, FaultPhase, Latency, NoticeKind, RequestForm, ScenarioSummary,
    ServerSummary, Summary, WorstRecovery,
};

pub(super) struct Human {
    colors: bool,
    name_width: usize,
}

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();
const FAINT: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

impl Human {
    pub(super) fn new(colors: bool, name_width: usize) -> Self {
        Self { colors, name_width: name_width.max("server".len()) }
    }

    /// The lines for one event, without the last line end.
    pub(super) fn render(&mut self, event: &Event) -> String {
        match event {
            Event::Started { version, seed } => {
                let title = self.paint(BOLD, &format!("rgb-sim {version}"));
                let hint = self.paint(FAINT, &format!("(--seed {seed} gives these colours again; Ctrl-C ends)"));
                format!("{title}  seed {seed} {hint}")
            }
            Event::Listening { board, addr } => {
                let mut line = format!("{}  listening on {addr}", self.name(board));
                if let Some(hint) = reach_hint(*addr) {
                    line.push_str(&self.paint(FAINT, &hint));
                }
                line
            }
            Event::Announced { board, host, service: _, taken } => {
                let taken = taken.as_ref().map(|taken| format!("  ({taken} is another board)")).unwrap_or_default();
                format!("{}  announced as {host}{}", self.name(board), self.paint(FAINT, &taken))
            }
            Event::Found { board, name, addr } => format!("{}  found {name} at {addr}", self.name(board)),
            Event::Exchange { board, seq, color, elapsed_us, at_us } => format!(
                "{}{}  {}  {}  #{seq}",
                at_us.map_or_else(String::new, seconds),
                self.name(board),
                self.color(*color),
                milliseconds(*elapsed_us)
            ),
            Event::Error { board, seq, kind, elapsed_us, message, at_us, .. } => format!(
                "{}{}  {}  {}  #{seq}  {message}",
                at_us.map_or_else(String::new, seconds),
                self.name(board),
                self.paint(BAD, &format!("✗ {kind:<self_width$}", self_width = self.color_width() - 2)),
                milliseconds(*elapsed_us),
            ),
            Event::Served { board, peer, request, client, color, elapsed_us } => {
                let what = match (request, client) {
                    (RequestForm::Data, Some(client)) => format!("{client} at {peer}"),
                    (RequestForm::Data, None) => peer.to_string(),
                    (RequestForm::Http, _) => format!("{peer} by HTTP"),
                    (RequestForm::Page, _) => format!("{peer} by HTTP: the page"),
                    (RequestForm::Status, _) => format!("{peer} by HTTP: the status"),
                    (RequestForm::Other, _) => format!("{peer}, which sent an unknown request"),
                };
                let color = color.map_or_else(|| " ".repeat(self.color_width()), |color| self.color(color));
                format!("{}  {color}  {}  to {what}", self.name(board), milliseconds(*elapsed_us))
            }
            Event::Notice { board, peer, message, .. } => {
                let peer = peer.map(|peer| format!("{peer}: ")).unwrap_or_default();
                format!("{}  {}", self.name(board), self.paint(WARNING, &format!("! {peer}{message}")))
            }
            Event::LinkStarted { version, seed, upstream } => {
                let title = self.paint(BOLD, &format!("rgb-sim {version}"));
                let hint = self.paint(FAINT, &format!("(--seed {seed} makes the same decisions again; Ctrl-C ends)"));
                format!("{title}  link to {upstream}  seed {seed} {hint}")
            }
            Event::Relayed { board, connection, peer, up_bytes, down_bytes, corrupted, elapsed_us, end } => {
                let style = if *end == LinkEnd::Closed { GOOD } else { BAD };
                let end = self.paint(style, &format!("{:<11}", end.as_str()));
                let bytes = format!("{:>10} up  {:>10} down", kibibytes(*up_bytes), kibibytes(*down_bytes));
                let corrupted = match corrupted {
                    0 => String::new(),
                    count => self.paint(WARNING, &format!("  ! {} corrupted", plural(*count, "piece"))),
                };
                let elapsed = milliseconds(*elapsed_us);
                format!("{}  {end}  {bytes}  {elapsed}  #{connection}  {peer}{corrupted}", self.name(board))
            }
            Event::LinkSummary(summary) => self.link_summary(summary),
            Event::Discovered { name, addr, role, version, latency_us, host, service: _ } => {
                let addr = addr.to_string();
                let latency = latency_us.map_or_else(|| self.paint(WARNING, " no answer"), milliseconds);
                let version = version.as_deref().unwrap_or("-");
                format!("{}  {addr:<21}  {role:<6}  {version:<8}  {latency}  {host}", self.name(name))
            }
            Event::Gone { name, service } => {
                format!("{}  {}", self.name(name), self.paint(WARNING, &format!("gone ({service})")))
            }
            Event::ScenarioStarted { version, scenario, tier, seed, boards, duration_us } => {
                let title = self.paint(BOLD, &format!("rgb-sim {version}"));
                let duration = span(*duration_us);
                let hint = self.paint(FAINT, &format!("(--seed {seed} plays it again, to the byte)"));
                let boards = plural(*boards as u64, "board");
                let with = with_firmware(tier);
                format!("{title}  scenario {scenario}  {boards}{with}, {duration} of virtual time  seed {seed} {hint}")
            }
            Event::Fault { at_us, fault, phase, boards: _ } => {
                let end = if *phase == FaultPhase::End { "is over: " } else { "" };
                format!("{}{}", seconds(*at_us), self.paint(WARNING, &format!("! {end}{fault}")))
            }
            Event::Board { at_us, board, state, detail } => self.board(*at_us, board, *state, detail.as_deref()),
            Event::Serial { at_us, board, text } => {
                format!("{}{}  {}", seconds(*at_us), self.name(board), self.paint(FAINT, &printable(text)))
            }
            Event::Problem { at_us, board, message } => {
                format!("{}{}  {}", seconds(*at_us), self.name(board), self.paint(BAD, &format!("✗ {message}")))
            }
            Event::Demand { demand, holds: true, measured, .. } => {
                let measured = measured.as_ref().map(|measured| format!(" ({measured})")).unwrap_or_default();
                format!("{} {demand}{}", self.paint(GOOD, "✓"), self.paint(FAINT, &measured))
            }
            Event::Demand { demand, holds: false, measured, broken } => {
                self.broken(demand, measured.as_deref(), broken)
            }
            Event::ExploreStarted { version, first_seed, seeds, threads } => {
                let title = self.paint(BOLD, &format!("rgb-sim {version}"));
                let seeds = seeds.map_or_else(|| "seeds".to_owned(), |seeds| plural(seeds, "seed"));
                let threads = plural(*threads as u64, "thread");
                let hint = self.paint(FAINT, "(Ctrl-C ends)");
                format!("{title}  explores {seeds} from {first_seed} on, {threads} {hint}")
            }
            Event::ExploreFailed { seed, board, at_us, demand, message, others, replay } => {
                let mut text = self.paint(BAD, &format!("✗ seed {seed}"));
                if let (Some(board), Some(at_us)) = (board, at_us) {
                    let _ = write!(text, "  {board} at {}", seconds(*at_us).trim());
                }
                let _ = write!(text, "  {message}");
                if let Some(demand) = demand {
                    let _ = write!(text, "\n  {demand}");
                }
                if *others > 0 {
                    let _ = write!(text, " ({others} more)");
                }
                let _ = write!(text, "\n  {}", self.paint(FAINT, replay));
                text
            }
            Event::ExploreShrunk { seed, file, boards, faults, replay } => {
                let (boards, faults) = (plural(*boards as u64, "board"), plural(*faults as u64, "fault"));
                format!("  seed {seed} made smaller: {boards}, {faults}, in {file}\n  {}", self.paint(FAINT, replay))
            }
            Event::ExploreSummary(summary) => self.explore_summary(summary),
            Event::Summary(summary) => self.summary(summary),
            Event::ScenarioSummary(summary) => self.scenario_summary(summary),
            Event::Comparison(comparison) => self.comparison(comparison),
            Event::DiscoverySummary { boards, elapsed_us } => {
                let boards = self.paint(if *boards == 0 { BAD } else { GOOD }, &plural(*boards, "board"));
                format!("\n{boards} found in {:.1} s", *elapsed_us as f64 / 1e6)
            }
        }
    }

    fn summary(&self, summary: &Summary) -> String {
        let Summary { seed, elapsed_us, exchanges, errors, errors_by_kind, latency_us, exchanges_per_s, server } =
            summary;
        let seconds = *elapsed_us as f64 / 1e6;
        let mut text = String::new();
        let has_clients = exchanges + errors > 0 || server.is_none();
        if has_clients {
            let good = self.paint(GOOD, &plural(*exchanges, "exchange"));
            let _ = write!(text, "\n{good} in {seconds:.1} s ({exchanges_per_s:.1} a second), ");
            if *errors == 0 {
                text.push_str("no errors");
            } else {
                let kinds = list(errors_by_kind.iter().map(|(kind, count)| (kind.as_str(), *count)));
                let _ = write!(text, "{}: {kinds}", self.paint(BAD, &plural(*errors, "error")));
            }
            if let Some(Latency { min, median, p90, p99, p999, max }) = latency_us {
                let [min, median, p90, p99, p999, max] =
                    [min, median, p90, p99, p999, max].map(|&micros| milliseconds(micros).trim_start().to_owned());
                let _ = write!(
                    text,
                    "\nlatency  min {min}  median {median}  p90 {p90}  p99 {p99}  p99.9 {p999}  max {max}"
                );
            }
        }
        if let Some(ServerSummary { served, notices_by_kind }) = server {
            let _ = write!(text, "\nserver   {} answered", plural(*served, "request"));
            if !has_clients {
                let _ = write!(text, " in {seconds:.1} s");
            }
            if !notices_by_kind.is_empty() {
                let kinds = list(notices_by_kind.iter().map(|(kind, count)| (notice_words(*kind), *count)));
                let _ = write!(text, "; {}", self.paint(WARNING, &kinds));
            }
        }
        let _ = write!(text, "\nseed     {seed}");
        text
    }

    fn link_summary(&self, summary: &LinkSummary) -> String {
        let LinkSummary { seed, elapsed_us, connections, ends, up_bytes, down_bytes, corrupted, notices_by_kind } =
            summary;
        let mut text = format!("\n{} in {:.1} s", plural(*connections, "connection"), *elapsed_us as f64 / 1e6);
        if !ends.is_empty() {
            let _ = write!(text, ": {}", list(ends.iter().map(|(end, count)| (end.as_str(), *count))));
        }
        let _ = write!(text, "\nbytes    {up_bytes} up, {down_bytes} down");
        if *corrupted > 0 {
            let _ = write!(text, "; {}", self.paint(WARNING, &format!("{} corrupted", plural(*corrupted, "piece"))));
        }
        // What had no upstream is among the ends.
        let notices = notices_by_kind.iter().filter(|(kind, _)| **kind != NoticeKind::Upstream);
        let notices = list(notices.map(|(kind, count)| (notice_words(*kind), *count)));
        if !notices.is_empty() {
            let _ = write!(text, "\nbesides  {}", self.paint(WARNING, &notices));
        }
        let _ = write!(text, "\nseed     {seed}");
        text
    }

    /// How far a board of a scenario has come.
    fn board(&self, at_us: u64, board: &str, state: BoardState, detail: Option<&str>) -> String {
        let (style, words) = match state {
            BoardState::Started => (FAINT, "starts"),
            BoardState::Joining => (FAINT, "joins"),
            BoardState::Joined => (FAINT, "has joined"),
            BoardState::Failed => (BAD, "✗"),
            BoardState::AccessPoint => (GOOD, "is the access point of"),
            BoardState::Address => (GOOD, "is on the network as"),
            BoardState::AddressLost => (WARNING, "has lost its address"),
            BoardState::Announced => (FAINT, "is announced as"),
            BoardState::Renamed => (WARNING, "finds its name taken and tries"),
            BoardState::Found => (FAINT, "found a server at"),
            BoardState::AsksItself => (WARNING, "found itself as a server, and cannot ask itself"),
            BoardState::ServeFailed => (WARNING, "could not answer:"),
        };
        let detail = detail.map(|detail| format!(" {detail}")).unwrap_or_default();
        format!("{}{}  {}", seconds(at_us), self.name(board), self.paint(style, &format!("{words}{detail}")))
    }

    /// What does not hold, and where.
    fn broken(&self, demand: &str, measured: Option<&str>, broken: &[BrokenDemand]) -> String {
        /// So many are told one by one.
        const SHOWN_MAX: usize = 10;
        let measured = measured.map(|measured| format!(" ({measured})")).unwrap_or_default();
        let mut text = format!("{} {demand}{measured}", self.paint(BAD, "✗"));
        for BrokenDemand { board, at_us, message } in broken.iter().take(SHOWN_MAX) {
            let _ = write!(text, "\n  {}{}  {message}", seconds(*at_us), self.name(board));
        }
        if broken.len() > SHOWN_MAX {
            let _ = write!(text, "\n  and {} more", broken.len() - SHOWN_MAX);
        }
        text
    }

    fn explore_summary(&self, summary: &ExploreSummary) -> String {
        let ExploreSummary { first_seed, seeds, failed_seeds, virtual_us, elapsed_us, worst_recovery } = summary;
        let seeds = format!("{} from {first_seed} on", plural(*seeds, "seed"));
        let mut text = match &failed_seeds[..] {
            [] => format!("\n{seeds}: {}", self.paint(GOOD, "each board recovered")),
            failed => {
                let numbers: Vec<_> = failed.iter().map(u64::to_string).collect();
                let failed = self.paint(BAD, &format!("{} failed", failed.len()));
                format!("\n{seeds}: {failed} ({})", numbers.join(", "))
            }
        };
        let (played, took) = (*virtual_us as f64 / 1e6, (*elapsed_us as f64 / 1e6).max(1e-6));
        let speed = self.paint(FAINT, &format!("({:.0} times as fast as the clock on the wall)", played / took));
        let _ = write!(text, "\nplayed   {} in {took:.1} s {speed}", span(*virtual_us));
        if let Some(WorstRecovery { seed, recovery_us }) = worst_recovery {
            let _ = write!(text, "\nlongest recovery  {} (seed {seed})", span(*recovery_us));
        }
        text
    }

    fn scenario_summary(&self, summary: &ScenarioSummary) -> String {
        let ScenarioSummary { tier, seed, played_us, complete, holds, exchanges, errors, errors_by_kind, .. } = summary;
        let verdict = match (complete, holds) {
            (true, true) => self.paint(GOOD, "everything holds"),
            (true, false) => self.paint(BAD, "something does not hold"),
            (false, _) => self.paint(WARNING, "ended early"),
        };
        let mut text = format!("{verdict}{}: {}", with_firmware(tier), plural(*exchanges, "exchange"));
        if *errors > 0 {
            let kinds = list(errors_by_kind.iter().map(|(kind, count)| (kind.as_str(), *count)));
            let _ = write!(text, ", {}: {kinds}", plural(*errors, "error"));
        }
        if let Some(latency) = summary.latency_us {
            let [median, p99, max] =
                [latency.median, latency.p99, latency.max].map(|micros| milliseconds(micros).trim_start().to_owned());
            let _ = write!(text, "\nlatency  median {median}  p99 {p99}  max {max}");
        }
        let (played, took) = (*played_us as f64 / 1e6, summary.took.as_secs_f64());
        let speed = self.paint(FAINT, &format!("({:.0} times as fast as the clock on the wall)", played / took));
        let _ = write!(text, "\nplayed   {} in {took:.2} s {speed}", span(*played_us));
        let _ = write!(text, "\ntrace    {}", summary.trace_hash);
        if *holds || !*complete {
            let _ = write!(text, "\nseed     {seed}");
        } else {
            let _ = write!(text, "\nreplay   {}", summary.replay);
        }
        text
    }

    fn name(&self, board: &str) -> String {
        self.paint(BOLD, &format!("{board:<width$}", width = self.name_width))
    }

    /// A swatch where colours are on, and the numbers.
    fn color(&self, color: Rgb) -> String {
        let Rgb { r, g, b } = color;
        let numbers = format!("{r:>3},{g:>3},{b:>3}");
        if self.colors {
            let swatch = Style::new().bg_color(Some(RgbColor(r, g, b).into()));
            format!("{}  {numbers}", self.paint(swatch, "      "))
        } else {
            numbers
        }
    }

    /// Of what [`color`](Self::color) prints, in characters.
    const fn color_width(&self) -> usize {
        if self.colors { 19 } else { 11 }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colors { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Where to point boards when the server listens on all addresses.
fn reach_hint(addr: SocketAddr) -> Option<String> {
    if !addr.ip().is_unspecified() {
        return None;
    }
    // Connecting a UDP socket sends nothing: it only asks the system which of its addresses it would use.
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        ip @ IpAddr::V4(_) if !ip.is_loopback() && !ip.is_unspecified() => {
            Some(format!("  (for other boards: {})", SocketAddr::new(ip, addr.port())))
        }
        _ => None,
    }
}

/// Behind a word for boards, where they are not simulated.
fn with_firmware(tier: &str) -> &'static str {
    if tier == Firmware::NAME { " with firmware" } else { "" }
}

/// A terminal must not take what a board says for its own commands.
fn printable(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), "\u{fffd}")
}

fn milliseconds(micros: u64) -> String {
    format!("{:>7.2} ms", micros as f64 / 1e3)
}

/// A time on the virtual clock, at the beginning of a line.
fn seconds(at_us: u64) -> String {
    format!("{:>9.3} s  ", at_us as f64 / 1e6)
}

/// A span of virtual time.
fn span(micros: u64) -> String {
    humantime::format_duration(Duration::from_micros(micros)).to_string()
}

fn kibibytes(bytes: u64) -> String {
    if bytes < 10_000 { format!("{bytes} B") } else { format!("{} KiB", bytes / 1024) }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn list<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    counts.map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

const fn notice_words(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::LimitConnections => "turned away",
        NoticeKind::LimitRequest => "with too long a request",
        NoticeKind::LimitTime => "too slow to ask",
        NoticeKind::Abandoned => "not closed by the client",
        NoticeKind::NoRequest => "closed without asking",
        NoticeKind::Reset => "broken off by the client",
        NoticeKind::Accept => "not accepted by the machine",
        NoticeKind::NotAnnounced => "failed to announce",
        NoticeKind::Upstream => "without an upstream",
    }
}
