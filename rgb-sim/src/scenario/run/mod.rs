//! A scenario, played.

mod agenda;
mod fault;
mod replies;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::Rng;
use rgb_proto::ServerConfig;

use super::Scenario;
use super::board::BoardPlan;
use super::check::{ScenarioFault, check};
use super::quantity::{instant, since_start};
use super::recording::{BoardRecording, Happening, HappeningKind, Recording, Sample};
use super::tier::{ScenarioBoard, Tier};
use crate::forward;
use crate::source::named_rng;
use crate::world::{
    AccessPointId, BoardEvent, BoardEventKind, LinkRuleId, Machine, NodeId, Placement, Router, Tap, World,
};
use agenda::{Agenda, Step};
use replies::{Replies, ReplyTap};

/// A scenario that is being played: a world, and what is still to happen in it.
pub struct Run<T: Tier> {
    scenario: Scenario,
    boards: Vec<BoardPlan>,
    world: World<Machine<T::Board>>,
    nodes: Vec<NodeId>,
    networks: BTreeMap<String, Network>,
    agenda: Agenda,
    /// The rules that hold, by their place in the scenario.
    rules: BTreeMap<usize, Vec<(NodeId, LinkRuleId)>>,
    /// The faults that hold, by the events that began them.
    lasting: BTreeMap<usize, usize>,
    replies: Arc<Mutex<Replies>>,
    recording: Recording,
    news: Vec<Happening>,
}

struct Network {
    access_point: AccessPointId,
    router: Option<NodeId>,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// The scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] ScenarioFault),
    /// A board cannot be made.
    #[error("the board \"{board}\" cannot be made: {error}")]
    Board {
        /// Its name.
        board: String,
        /// Why.
        error: E,
    },
}

impl<T: Tier> Run<T> {
    /// A scenario at its beginning, with boards of this kind.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the scenario is wrong, or a board cannot be made.
    pub fn new(scenario: &Scenario, seed: u64, tier: &T) -> Result<Self, RunError<T::Error>> {
        let boards = check(scenario)?;
        let mut world = World::new(seed);
        let networks = add_networks(scenario, &boards, &mut world);
        let mut nodes = Vec::with_capacity(boards.len());
        for (index, plan) in boards.iter().enumerate() {
            let board_seed = named_rng(seed, plan.name.as_bytes()).next_u64();
            let address = board_address(index);
            let mut board = tier
                .board(plan, address, board_seed)
                .map_err(|error| RunError::Board { board: plan.name.clone(), error })?;
            if !plan.start.is_zero() {
                board.power_off();
            }
            let placement = Placement { position_m: plan.distance_m };
            nodes.push(world.add_station(address, placement, Machine::Board(Box::new(board))));
        }
        let recorded = boards.iter().map(BoardRecording::new).collect();
        let recording = Recording { seed, tier: T::NAME, boards: recorded, ..Recording::default() };
        let replies = Arc::<Mutex<Replies>>::default();
        let mut run = Self {
            agenda: Agenda::of(scenario, &boards),
            scenario: scenario.clone(),
            boards,
            world,
            nodes,
            networks,
            rules: BTreeMap::new(),
            lasting: BTreeMap::new(),
            replies,
            recording,
            news: Vec::new(),
        };
        run.listen_in(None);
        Ok(run)
    }

    /// Lets someone see every frame from now on.
    pub fn set_tap(&mut self, tap: Box<dyn Tap>) {
        self.listen_in(Some(tap));
    }

    fn listen_in(&mut self, next: Option<Box<dyn Tap>>) {
        self.world.air_mut().set_tap(Box::new(ReplyTap { replies: self.replies.clone(), next }));
    }

    /// Plays on until that time since the start, or to the end if that comes first.
    pub fn advance(&mut self, until: Duration) {
        let until = until.min(self.scenario.duration);
        while let Some((at, step)) = self.agenda.next_until(until) {
            // What happens at the start is so when the boards start.
            if !at.is_zero() {
                self.play_until(at);
            }
            self.perform(step, at);
        }
        self.play_until(until);
        self.recording.trace_hash = self.world.trace_hash();
    }

    /// Plays to the end.
    ///
    /// # Errors
    ///
    /// What the [tap](Self::set_tap) could not do.
    pub fn finish(&mut self) -> io::Result<()> {
        self.advance(self.scenario.duration);
        self.close_tap()
    }

    /// Takes the [tap](Self::set_tap) away, wherever the run is.
    ///
    /// # Errors
    ///
    /// What it could not do.
    pub fn close_tap(&mut self) -> io::Result<()> {
        let closed = self.world.air_mut().take_tap().map_or(Ok(()), |mut tap| tap.finish());
        self.listen_in(None);
        closed
    }

    /// Whether the end is reached.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.recording.elapsed >= self.scenario.duration
    }

    /// What has happened so far.
    #[must_use]
    pub const fn recording(&self) -> &Recording {
        &self.recording
    }

    /// What has happened since the last call, in order.
    pub fn take_news(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.news)
    }

    /// The scenario.
    #[must_use]
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The name of a host: a board's, or that of the network whose router it is.
    #[must_use]
    pub fn host_name(&self, node: NodeId) -> &str {
        if let Some(index) = self.nodes.iter().position(|board| *board == node) {
            return &self.boards[index].name;
        }
        self.networks.iter().find(|(_, network)| network.router == Some(node)).map_or("", |(ssid, _)| ssid)
    }

    /// The router of the network that a board is to join first, if that network has one.
    fn router_of(&self, board: usize) -> Option<NodeId> {
        let network = self.boards[board].settings.networks().first()?;
        self.networks.get(network.ssid().as_str())?.router
    }

    /// Whether ports can be forwarded to a board: it is one of the scenario's, and its network has a router.
    #[must_use]
    pub fn can_forward_to(&self, board: &str) -> bool {
        self.boards.iter().position(|plan| plan.name == board).is_some_and(|board| self.router_of(board).is_some())
    }

    /// Lets the world go on, and writes down what happens.
    fn play_until(&mut self, until: Duration) {
        self.world.run_until(instant(until));
        let first = self.news.len();
        for index in 0..self.nodes.len() {
            let Some(board) = self.world.host_at_rest(self.nodes[index]).as_board_mut() else { continue };
            let (events, problems) = (board.take_events(), board.take_problems());
            for BoardEvent { at, kind } in events {
                self.record(index, since_start(at), kind);
            }
            let problems = problems.into_iter().map(|(at, problem)| (since_start(at), problem));
            self.recording.boards[index].problems.extend(problems);
        }
        // Each board's are in order already.
        self.news[first..].sort_by_key(|happening| happening.at);
        self.recording.elapsed = self.recording.elapsed.max(until);
    }

    fn record(&mut self, index: usize, at: Duration, kind: BoardEventKind) {
        let board = &mut self.recording.boards[index];
        if let BoardEventKind::Exchange { elapsed, outcome: Ok(color) } = kind {
            let span = [instant(at.saturating_sub(elapsed)), instant(at)];
            let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
            if !replies.has(board_address(index), span, color) {
                board.strange_colors.push((at, color));
            }
        }
        board.events.push((at, kind));
        self.news.push(Happening { at, kind: HappeningKind::Board(index, kind) });
    }

    fn perform(&mut self, step: Step, at: Duration) {
        match step {
            Step::Start(board) => self.board_mut(board).power_on(),
            Step::Begin(event) => self.begin(event, at),
            Step::End(event) => self.end(event, at),
            Step::Place { board, position_m } => {
                self.world.air_mut().place(self.nodes[board], Placement { position_m });
            }
            Step::Rule(link) => self.add_rule(link, at),
            Step::RuleEnd(link) => self.remove_rule(link, at),
            Step::Sample => self.sample(at),
        }
    }

    fn sample(&mut self, at: Duration) {
        self.look_at_leases(at);
        let config = ServerConfig::default();
        for (index, &node) in self.nodes.iter().enumerate() {
            let rssi_dbm = self.world.air().rssi_dbm(node);
            let oldest = self.world.host(node).as_board().and_then(T::Board::oldest_connection);
            let recording = &mut self.recording.boards[index];
            recording.samples.push(Sample { at, rssi_dbm });
            if oldest.is_some_and(|since| since_start(since) + config.timeout + config.linger + CLOSING_MAX < at) {
                recording.leaked_connection.get_or_insert(at);
            }
        }
    }

    /// A router has one address for each board, and gives none to two of them.
    fn look_at_leases(&mut self, at: Duration) {
        let routers = self.networks.values().filter_map(|network| network.router);
        for router in routers.filter_map(|router| self.world.host(router).as_router()) {
            let (mut hosts, mut addresses) = (BTreeSet::new(), BTreeSet::new());
            for lease in router.dhcp().leases(instant(at)) {
                let is_good = hosts.insert(lease.hardware_address) && addresses.insert(lease.address);
                if !is_good
                    && let Some(board) =
                        (0..self.boards.len()).find(|index| board_address(*index) == lease.hardware_address)
                {
                    self.recording.boards[board].leaked_lease.get_or_insert(at);
                }
            }
        }
    }

    /// The address that a router has leased to a board which has never told one, as other firmware does not.
    fn leased_address(&self, board: usize, router: NodeId) -> Option<Ipv4Addr> {
        let is_address = |(_, kind): &(Duration, BoardEventKind)| matches!(kind, BoardEventKind::Address(_));
        if self.recording.boards[board].events.iter().any(is_address) {
            return None;
        }
        let mut leases = self.world.host(router).as_router()?.dhcp().leases(self.world.now());
        leases.find(|lease| lease.hardware_address == board_address(board)).map(|lease| lease.address)
    }

    /// A board, by its place among all of them.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub fn board_mut(&mut self, index: usize) -> &mut T::Board {
        self.world.host_mut(self.nodes[index]).as_board_mut().expect("the nodes of boards are boards")
    }
}

impl<T: Tier> forward::Network for Run<T> {
    fn locate(&self, board: &str) -> Option<(NodeId, Ipv4Addr)> {
        let board = self.boards.iter().position(|plan| plan.name == board)?;
        let router = self.router_of(board)?;
        let address = self.world.host(self.nodes[board]).as_board()?.address();
        Some((router, address.or_else(|| self.leased_address(board, router))?))
    }

    fn router_mut(&mut self, router: NodeId) -> &mut Router {
        self.world.host_mut(router).as_router_mut().expect("the routers of networks are routers")
    }
}

/// A server's connection may take so long to go away, beside its time-out and its linger.
const CLOSING_MAX: Duration = Duration::from_secs(1);

/// The networks in the world, by name.
fn add_networks<B: ScenarioBoard>(
    scenario: &Scenario,
    boards: &[BoardPlan],
    world: &mut World<Machine<B>>,
) -> BTreeMap<String, Network> {
    let mut networks = BTreeMap::new();
    for (index, spec) in scenario.networks.iter().enumerate() {
        let access_point = world.air_mut().add_access_point(spec.access_point.clone());
        let router = spec.router.clone().map(|mut router| {
            let address_of = |name: &String| boards.iter().position(|plan| plan.name == *name).map(board_address);
            let reserved = spec.reservations.iter().filter_map(|(name, address)| Some((address_of(name)?, *address)));
            router.reservations.extend(reserved);
            world.add_wired(router_address(index), access_point, Router::new(router).into())
        });
        networks.insert(spec.ssid().to_owned(), Network { access_point, router });
    }
    networks
}

/// A board's hardware address, by its place in the scenario: locally administered (IEEE 802, section 8.2).
const fn board_address(index: usize) -> [u8; 6] {
    let [_, a, b, c] = (index as u32).to_be_bytes();
    [0x02, 0, 0, a, b, c]
}

/// A router's.
const fn router_address(index: usize) -> [u8; 6] {
    let [a, b] = (index as u16).to_be_bytes();
    [0x02, 0, 1, 0, a, b]
}
