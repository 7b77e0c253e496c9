//! What a scenario must be to be played, beside what its grammar says.

use std::collections::BTreeSet;
use std::time::Duration;

use rgb_proto::settings::SettingsError;

use super::Scenario;
use super::board::BoardPlan;
use super::event::{LinkSpec, ScenarioEvent, Targets, Verb};
use super::expectation::Expectation;
use super::network::{Cidr, NetworkSpec};
use super::quantity::span;

/// What is wrong with a scenario, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{problem}")]
pub struct ScenarioFault {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// A place in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The kind of table.
    pub table: Table,
    /// Which of its kind, from 0.
    pub index: usize,
    /// The key; empty for the table as a whole.
    pub key: &'static str,
}

/// The tables of a scenario file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The file itself.
    Top,
    /// `[[network]]`.
    Network,
    /// `[network.router]` of a network.
    Router,
    /// `[[board]]`.
    Board,
    /// `[[event]]`.
    Event,
    /// `[[link]]`.
    Link,
    /// `[[expect]]`.
    Expect,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// Nobody is there.
    #[error("there is no board; add a [[board]] with a name and a role")]
    NoBoards,
    /// More boards than a scenario may have.
    #[error("there are {count} boards; at most {} fit", Scenario::BOARDS_MAX)]
    TooManyBoards {
        /// How many.
        count: usize,
    },
    /// A time outside its range.
    #[error("must be from {} to {}", span(*.min), span(*.max))]
    Span {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// A number outside its range.
    #[error("must be from {min} to {max}")]
    Number {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// A network's name that no network can have.
    #[error("a network's name has 1 to 32 bytes")]
    Ssid,
    /// A passphrase that no network can have.
    #[error("a passphrase has 8 to 63 characters of ASCII; leave it out for an open network")]
    Passphrase,
    /// Two of one name.
    #[error("\"{0}\" is the name of something else already; events could not tell them apart")]
    SameName(String),
    /// `*`, which are all boards.
    #[error("\"*\" means all boards in events, so it cannot be a name")]
    NameOfAll,
    /// Settings that are wrong.
    #[error("{0}")]
    Settings(SettingsError),
    /// An address outside its network.
    #[error("the router's network {0} has no room for this address")]
    OutsideNetwork(Cidr),
    /// The pool's last address comes before its first one.
    #[error("the pool's first address comes behind its last one")]
    EmptyPool,
    /// A name that is nobody's.
    #[error("there is no board \"{name}\"; there are {known}")]
    NoSuchBoard {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A name that is neither a board's nor a network's.
    #[error("there is no board and no network \"{0}\"")]
    NoSuchHost(String),
    /// A name that is no network's.
    #[error("there is no network \"{0}\" among the [[network]]s")]
    NoSuchNetwork(String),
    /// A network without a router, where one is needed.
    #[error("the network \"{0}\" has no router")]
    NoRouter(String),
    /// A span of what cannot be undone.
    #[error("\"{0}\" happens at one time, so it has no \"for\"")]
    NotLasting(&'static str),
    /// An end that comes before the beginning.
    #[error("\"until\" must be later than \"from\"")]
    EmptySpan,
    /// Nothing is demanded.
    #[error(
        "nothing is expected; add success_min, success_max, exchanges_min, first_color_max, recovery_max or reports"
    )]
    NothingExpected,
    /// A link rule that does nothing.
    #[error("the link does nothing; add loss, latency, jitter, duplicate, corrupt or rate_bps")]
    NothingDone,
    /// No board that asks, where one is needed.
    #[error("none of these boards asks, so there are no attempts to judge; boards with role client or both ask")]
    NobodyAsks,
    /// More than all is expected.
    #[error("success_min is larger than success_max")]
    SuccessOrder,
}

/// Checks a scenario; its boards.
pub(super) fn check(scenario: &Scenario) -> Result<Vec<BoardPlan>, ScenarioFault> {
    let shortest = Duration::from_millis(1);
    within(scenario.duration, shortest, Scenario::DURATION_MAX)
        .map_err(|problem| at(Table::Top, 0, "duration", problem))?;
    let boards = check_boards(scenario)?;
    let names = Names::new(scenario, &boards);
    for (index, network) in scenario.networks.iter().enumerate() {
        check_network(network, scenario, &names, index)?;
    }
    for (index, event) in scenario.events.iter().enumerate() {
        check_event(event, scenario, &names).map_err(|(key, problem)| at(Table::Event, index, key, problem))?;
    }
    for (index, link) in scenario.links.iter().enumerate() {
        check_link(link, scenario, &names).map_err(|(key, problem)| at(Table::Link, index, key, problem))?;
    }
    for (index, expectation) in scenario.expectations.iter().enumerate() {
        check_expectation(expectation, scenario, &names)
            .map_err(|(key, problem)| at(Table::Expect, index, key, problem))?;
    }
    Ok(boards)
}

const fn at(table: Table, index: usize, key: &'static str, problem: Problem) -> ScenarioFault {
    ScenarioFault { place: Place { table, index, key }, problem }
}

/// A problem with the value of a key.
type Keyed = (&'static str, Problem);

fn check_boards(scenario: &Scenario) -> Result<Vec<BoardPlan>, ScenarioFault> {
    if scenario.boards.iter().all(|kind| kind.count == 0) {
        return Err(at(Table::Top, 0, "", Problem::NoBoards));
    }
    let mut taken: BTreeSet<_> = scenario.networks.iter().map(|network| network.ssid().to_owned()).collect();
    let mut boards = Vec::new();
    for (index, kind) in scenario.boards.iter().enumerate() {
        let wrong = |key, problem| at(Table::Board, index, key, problem);
        let count = boards.len() + usize::from(kind.count);
        if count > Scenario::BOARDS_MAX {
            return Err(wrong("count", Problem::TooManyBoards { count }));
        }
        if kind.name == Targets::ALL {
            return Err(wrong("name", Problem::NameOfAll));
        }
        for name in kind.names().chain((kind.count > 1).then(|| kind.name.clone())) {
            if let Some(name) = taken.replace(name) {
                return Err(wrong("name", Problem::SameName(name)));
            }
        }
        for distance_m in [kind.distance_m.first, kind.distance_m.last] {
            is_distance(distance_m).map_err(|problem| wrong("distance_m", problem))?;
        }
        for start in [kind.start.first, kind.start.last] {
            within(start, Duration::ZERO, scenario.duration).map_err(|problem| wrong("start", problem))?;
        }
        let plans = kind.plans(index, scenario);
        boards.extend(plans.map_err(|error| wrong(error.field(), Problem::Settings(error)))?);
    }
    Ok(boards)
}

/// The names that events may use.
struct Names<'a> {
    scenario: &'a Scenario,
    boards: &'a [BoardPlan],
}

impl<'a> Names<'a> {
    const fn new(scenario: &'a Scenario, boards: &'a [BoardPlan]) -> Self {
        Self { scenario, boards }
    }

    fn has_board(&self, name: &str) -> bool {
        self.boards.iter().any(|board| board.name == name)
    }

    fn check_targets(&self, targets: &Targets) -> Result<(), Problem> {
        for name in &targets.0 {
            let is_kind = self.scenario.boards.iter().any(|kind| kind.name == *name);
            if name != Targets::ALL && !is_kind && !self.has_board(name) {
                let known: Vec<_> = self.scenario.boards.iter().map(|kind| kind.name.as_str()).collect();
                return Err(Problem::NoSuchBoard { name: name.clone(), known: known.join(", ") });
            }
        }
        Ok(())
    }

    fn network(&self, name: &str) -> Result<&'a NetworkSpec, Problem> {
        let mut networks = self.scenario.networks.iter();
        networks.find(|network| network.ssid() == name).ok_or_else(|| Problem::NoSuchNetwork(name.to_owned()))
    }

    fn router(&self, name: &str) -> Result<(), Problem> {
        match self.network(name)?.router {
            Some(_) => Ok(()),
            None => Err(Problem::NoRouter(name.to_owned())),
        }
    }

    fn check_host(&self, name: &str) -> Result<(), Problem> {
        if self.has_board(name) {
            return Ok(());
        }
        match self.router(name) {
            Err(Problem::NoSuchNetwork(_)) => Err(Problem::NoSuchHost(name.to_owned())),
            outcome => outcome,
        }
    }
}

fn check_network(
    network: &NetworkSpec,
    scenario: &Scenario,
    names: &Names<'_>,
    index: usize,
) -> Result<(), ScenarioFault> {
    let wrong = |key, problem| Err(at(Table::Network, index, key, problem));
    let access_point = &network.access_point;
    if access_point.ssid.is_empty() || access_point.ssid.len() > 32 {
        return wrong("ssid", Problem::Ssid);
    }
    if scenario.networks[..index].iter().any(|other| other.ssid() == network.ssid()) {
        return wrong("ssid", Problem::SameName(network.ssid().to_owned()));
    }
    if let Some(passphrase) = &access_point.passphrase
        && !((8..=63).contains(&passphrase.len()) && passphrase.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
    {
        return wrong("passphrase", Problem::Passphrase);
    }
    let numbers = [
        ("channel", access_point.channel.into(), 1.0, 14.0),
        ("interference", access_point.interference, 0.0, 1.0),
        ("stations_max", access_point.stations_max as f64, 1.0, 2007.0),
    ];
    for (key, value, min, max) in numbers {
        in_range(value, min, max).or_else(|problem| wrong(key, problem))?;
    }
    is_distance(access_point.position_m).or_else(|problem| wrong("distance_m", problem))?;

    let wrong = |key, problem| Err(at(Table::Router, index, key, problem));
    for name in network.reservations.keys() {
        names.check_targets(&Targets::of(name)).or_else(|problem| wrong("reservations", problem))?;
    }
    let Some(router) = &network.router else { return Ok(()) };
    let cidr = Cidr { address: router.address, prefix_len: router.prefix_len };
    let [first, last] = router.pool;
    if let Some(_outside) = router.pool.into_iter().find(|address| !cidr.has_room_for(*address)) {
        return wrong("pool", Problem::OutsideNetwork(cidr));
    }
    if first > last {
        return wrong("pool", Problem::EmptyPool);
    }
    if network.reservations.values().any(|address| !cidr.has_room_for(*address)) {
        return wrong("reservations", Problem::OutsideNetwork(cidr));
    }
    within(router.lease_time, Duration::from_secs(10), Duration::from_secs(365 * 24 * 60 * 60))
        .or_else(|problem| wrong("lease_time", problem))
}

fn check_event(event: &ScenarioEvent, scenario: &Scenario, names: &Names<'_>) -> Result<(), Keyed> {
    let verb = &event.verb;
    let keyed = |problem| (verb.name(), problem);
    within(event.at, Duration::ZERO, scenario.duration).map_err(|problem| ("at", problem))?;
    if let Some(span) = event.span {
        if !verb.lasts() {
            return Err(("for", Problem::NotLasting(verb.name())));
        }
        within(span, Duration::from_millis(1), scenario.duration).map_err(|problem| ("for", problem))?;
    }
    if let Some(targets) = verb.targets() {
        names.check_targets(targets).map_err(keyed)?;
    }
    if let Some(network) = verb.network() {
        names.network(network).map_err(keyed)?;
    }
    match verb {
        Verb::Partition(one, other) | Verb::Repair(one, other) => {
            names.check_host(one).and_then(|()| names.check_host(other)).map_err(keyed)
        }
        Verb::Renumber { network, .. } | Verb::LeaseExpire(network) => names.router(network).map_err(keyed),
        Verb::Move { to_m, over, .. } => {
            is_distance(*to_m).map_err(|problem| ("to_m", problem))?;
            within(*over, Duration::ZERO, scenario.duration).map_err(|problem| ("over", problem))
        }
        Verb::JoinFault { times, .. } => in_range(f64::from(*times), 1.0, 1000.0).map_err(|problem| ("times", problem)),
        _ => Ok(()),
    }
}

fn check_link(link: &LinkSpec, scenario: &Scenario, names: &Names<'_>) -> Result<(), Keyed> {
    names.check_targets(&link.boards).map_err(|problem| ("boards", problem))?;
    check_span(link.from, link.until, scenario)?;
    let rule = &link.rule;
    for (key, share) in [("loss", rule.loss), ("duplicate", rule.duplicate), ("corrupt", rule.corrupt)] {
        in_range(share, 0.0, 1.0).map_err(|problem| (key, problem))?;
    }
    for (key, span) in [("latency", rule.latency), ("jitter", rule.jitter)] {
        within(span, Duration::ZERO, Duration::from_secs(60)).map_err(|problem| (key, problem))?;
    }
    let is_idle = rule.loss + rule.duplicate + rule.corrupt == 0.0
        && (rule.latency + rule.jitter).is_zero()
        && rule.rate_bps == 0;
    if is_idle { Err(("", Problem::NothingDone)) } else { Ok(()) }
}

fn check_expectation(expectation: &Expectation, scenario: &Scenario, names: &Names<'_>) -> Result<(), Keyed> {
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
    check_span(*from, *until, scenario)?;
    if let Some(boards) = boards {
        names.check_targets(boards).map_err(|problem| ("boards", problem))?;
    }
    for (key, share) in [("success_min", success_min), ("success_max", success_max)] {
        share.map_or(Ok(()), |share| in_range(share, 0.0, 1.0)).map_err(|problem| (key, problem))?;
    }
    if let (Some(min), Some(max)) = (success_min, success_max)
        && min > max
    {
        return Err(("success_min", Problem::SuccessOrder));
    }
    for (key, span) in [("first_color_max", first_color_max), ("recovery_max", recovery_max)] {
        let is_good = span.map_or(Ok(()), |span| within(span, Duration::from_millis(1), Scenario::DURATION_MAX));
        is_good.map_err(|problem| (key, problem))?;
    }
    let judges_attempts = success_min.is_some()
        || success_max.is_some()
        || exchanges_min.is_some()
        || first_color_max.is_some()
        || recovery_max.is_some();
    if !judges_attempts && reports.is_none() {
        return Err(("", Problem::NothingExpected));
    }
    let asks = |board: &&BoardPlan| board.settings.role().asks();
    let any_asks = names.boards.iter().filter(asks).any(|board| expectation.concerns(board, scenario));
    if judges_attempts && !any_asks { Err(("boards", Problem::NobodyAsks)) } else { Ok(()) }
}

fn check_span(from: Option<Duration>, until: Option<Duration>, scenario: &Scenario) -> Result<(), Keyed> {
    for (key, time) in [("from", from), ("until", until)] {
        let time = time.unwrap_or(Duration::ZERO);
        within(time, Duration::ZERO, scenario.duration).map_err(|problem| (key, problem))?;
    }
    match until {
        Some(until) if until <= from.unwrap_or(Duration::ZERO) => Err(("until", Problem::EmptySpan)),
        _ => Ok(()),
    }
}

fn within(span: Duration, min: Duration, max: Duration) -> Result<(), Problem> {
    if (min..=max).contains(&span) { Ok(()) } else { Err(Problem::Span { min, max }) }
}

fn in_range(number: f64, min: f64, max: f64) -> Result<(), Problem> {
    if (min..=max).contains(&number) { Ok(()) } else { Err(Problem::Number { min, max }) }
}

/// Farther than anything that a radio reaches.
fn is_distance(distance_m: f64) -> Result<(), Problem> {
    const FARTHEST_M: f64 = 100_000.0;
    in_range(distance_m, -FARTHEST_M, FARTHEST_M)
}
