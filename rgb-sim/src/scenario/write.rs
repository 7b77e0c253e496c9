//! A scenario as its file.

use std::fmt::{self, Write};
use std::time::Duration;

use super::board::{BoardSpec, Spread};
use super::event::{LinkSpec, ScenarioEvent, Targets, Verb, join_fault_name};
use super::expectation::{Expectation, report_name};
use super::network::{Cidr, NetworkSpec};
use super::{Scenario, quantity};
use crate::world::{AccessPointConfig, Direction, RouterConfig};

impl fmt::Display for Scenario {
    /// A file that reads as this scenario.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.description.is_empty() {
            writeln!(f, "description = {}", Quoted(&self.description))?;
        }
        writeln!(f, "duration = {}", Span(self.duration))?;
        writeln!(f, "seed = {}", self.seed)?;
        self.networks.iter().try_for_each(|network| write_network(network, f))?;
        self.boards.iter().try_for_each(|board| write_board(board, f))?;
        self.events.iter().try_for_each(|event| write_event(event, f))?;
        self.links.iter().try_for_each(|link| write_link(link, f))?;
        self.expectations.iter().try_for_each(|expectation| write_expectation(expectation, f))
    }
}

fn write_network(network: &NetworkSpec, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let NetworkSpec { access_point, router, reservations } = network;
    let AccessPointConfig { ssid, passphrase, channel, position_m, isolates, stations_max, interference } =
        access_point;
    let default = AccessPointConfig::default();
    writeln!(f, "\n[[network]]\nssid = {}", Quoted(ssid))?;
    if let Some(passphrase) = passphrase {
        writeln!(f, "passphrase = {}", Quoted(passphrase))?;
    }
    unless_default(f, "channel", channel, &default.channel)?;
    unless_default(f, "distance_m", position_m, &default.position_m)?;
    unless_default(f, "isolates", isolates, &default.isolates)?;
    unless_default(f, "stations_max", stations_max, &default.stations_max)?;
    unless_default(f, "interference", interference, &default.interference)?;
    let Some(router) = router else { return writeln!(f, "router = false") };
    if *router == RouterConfig::default() && reservations.is_empty() {
        return Ok(());
    }
    let cidr = Cidr { address: router.address, prefix_len: router.prefix_len };
    writeln!(f, "[network.router]\naddress = \"{cidr}\"")?;
    if router.pool != cidr.pool() {
        let [first, last] = router.pool;
        writeln!(f, "pool = [\"{first}\", \"{last}\"]")?;
    }
    if router.lease_time != RouterConfig::default().lease_time {
        writeln!(f, "lease_time = {}", Span(router.lease_time))?;
    }
    for (key, entries) in [("names", &router.names), ("reservations", reservations)] {
        if !entries.is_empty() {
            let entries: Vec<_> = entries.iter().map(|(name, at)| format!("{} = \"{at}\"", Quoted(name))).collect();
            writeln!(f, "{key} = {{ {} }}", entries.join(", "))?;
        }
    }
    Ok(())
}

fn write_board(board: &BoardSpec, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let BoardSpec { name, count, distance_m, start, colors, settings } = board;
    let default = BoardSpec::default();
    writeln!(f, "\n[[board]]\nname = {}", Quoted(name))?;
    unless_default(f, "count", count, &default.count)?;
    if *distance_m != default.distance_m {
        write_spread(f, "distance_m", *distance_m, |distance_m| distance_m)?;
    }
    if *start != default.start {
        write_spread(f, "start", *start, Span)?;
    }
    if let Some(colors) = colors {
        writeln!(f, "source = {}", Quoted(&colors.to_string()))?;
    }
    settings.iter().try_for_each(|(field, value)| writeln!(f, "{field} = {}", Quoted(value)))
}

fn write_event(event: &ScenarioEvent, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let ScenarioEvent { at, verb, span } = event;
    write!(f, "\n[[event]]\nat = {}\n{} = ", Span(*at), verb.name())?;
    match (verb, verb.targets(), verb.network()) {
        (Verb::Partition(one, other) | Verb::Repair(one, other), ..) => {
            writeln!(f, "[{}, {}]", Quoted(one), Quoted(other))?;
        }
        (_, Some(targets), _) => writeln!(f, "{}", Names(targets))?,
        (_, None, network) => writeln!(f, "{}", Quoted(network.unwrap_or_default()))?,
    }
    match verb {
        Verb::Move { to_m, over, .. } => {
            writeln!(f, "to_m = {to_m}")?;
            unless_zero(f, "over", *over)?;
        }
        Verb::Renumber { address, .. } => writeln!(f, "address = \"{address}\"")?,
        Verb::JoinFault { fault, times, .. } => {
            writeln!(f, "fault = \"{}\"", join_fault_name(*fault))?;
            unless_default(f, "times", times, &1)?;
        }
        _ => {}
    }
    span.map_or(Ok(()), |span| writeln!(f, "for = {}", Span(span)))
}

fn write_link(link: &LinkSpec, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let LinkSpec { boards, from, until, rule } = link;
    writeln!(f, "\n[[link]]\nboards = {}", Names(boards))?;
    unless_none(f, "from", *from)?;
    unless_none(f, "until", *until)?;
    if let Some(direction) = rule.direction {
        writeln!(f, "direction = \"{}\"", if direction == Direction::Up { "up" } else { "down" })?;
    }
    for (key, share) in [("loss", rule.loss), ("duplicate", rule.duplicate), ("corrupt", rule.corrupt)] {
        unless_default(f, key, &share, &0.0)?;
    }
    unless_zero(f, "latency", rule.latency)?;
    unless_zero(f, "jitter", rule.jitter)?;
    unless_default(f, "rate_bps", &rule.rate_bps, &0)
}

fn write_expectation(expectation: &Expectation, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Expectation {
        boards,
        from,
        until,
        success_min,
        success_max,
        exchanges_min,
        first_color_max,
        recovery_max,
        reports,
    } = expectation;
    writeln!(f, "\n[[expect]]")?;
    if let Some(boards) = boards {
        writeln!(f, "boards = {}", Names(boards))?;
    }
    unless_none(f, "from", *from)?;
    unless_none(f, "until", *until)?;
    for (key, share) in [("success_min", success_min), ("success_max", success_max)] {
        share.map_or(Ok(()), |share| writeln!(f, "{key} = {share}"))?;
    }
    exchanges_min.map_or(Ok(()), |count| writeln!(f, "exchanges_min = {count}"))?;
    unless_none(f, "first_color_max", *first_color_max)?;
    unless_none(f, "recovery_max", *recovery_max)?;
    reports.map_or(Ok(()), |failure| writeln!(f, "reports = \"{}\"", report_name(failure)))
}

fn unless_default<T: fmt::Display + PartialEq>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    value: &T,
    default: &T,
) -> fmt::Result {
    if value == default { Ok(()) } else { writeln!(f, "{key} = {value}") }
}

fn unless_zero(f: &mut fmt::Formatter<'_>, key: &str, span: Duration) -> fmt::Result {
    unless_none(f, key, Some(span).filter(|span| !span.is_zero()))
}

fn unless_none(f: &mut fmt::Formatter<'_>, key: &str, span: Option<Duration>) -> fmt::Result {
    span.map_or(Ok(()), |span| writeln!(f, "{key} = {}", Span(span)))
}

fn write_spread<T: Copy + PartialEq, D: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    Spread { first, last }: Spread<T>,
    show: impl Fn(T) -> D,
) -> fmt::Result {
    if first == last {
        writeln!(f, "{key} = {}", show(first))
    } else {
        writeln!(f, "{key} = [{}, {}]", show(first), show(last))
    }
}

/// A time in quotes.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", quantity::span(self.0))
    }
}

/// A basic string of TOML.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for char in self.0.chars() {
            match char {
                '"' | '\\' => write!(f, "\\{char}")?,
                char if char.is_control() => write!(f, "\\u{:04X}", u32::from(char))?,
                char => f.write_char(char)?,
            }
        }
        f.write_char('"')
    }
}

struct Names<'a>(&'a Targets);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.0[..] {
            [name] => write!(f, "{}", Quoted(name)),
            names => {
                let names: Vec<_> = names.iter().map(|name| Quoted(name).to_string()).collect();
                write!(f, "[{}]", names.join(", "))
            }
        }
    }
}
