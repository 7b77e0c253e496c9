//! What goes wrong, and that it ends.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::dice::Dice;
use super::fair;
use super::relations::networks_of;
use crate::scenario::{Cidr, LinkSpec, Scenario, ScenarioEvent, Targets, Verb};
use crate::world::{Direction, JoinFault, LinkRule, Refusal};

/// So often at most the next joins go wrong: each costs a join's time-out, and they must not outlast everything else.
const JOIN_FAULTS_MAX: u32 = 2;

/// Lets things go wrong on a scenario's boards and networks, one to ten of them over up to five minutes, in many ways at the
/// same time or one upon the other. By [`healed_at`](fair::healed_at) all of it has ended.
pub(super) fn draw(dice: &mut Dice, scenario: &mut Scenario) {
    let healed = dice.millis([30_000, 300_000]);
    let mut spoiler = Spoiler { dice, scenario, healed, past: Vec::new() };
    for _ in 0..1 + spoiler.dice.below(10) {
        spoiler.spoil();
    }
}

struct Spoiler<'a> {
    dice: &'a mut Dice,
    scenario: &'a mut Scenario,
    /// When all must be over.
    healed: Duration,
    /// What has been planned: from when, until when, and the board that it was about.
    past: Vec<(Duration, Duration, usize)>,
}

impl Spoiler<'_> {
    /// Lets one thing go wrong.
    fn spoil(&mut self) {
        let (at, board) = self.moment();
        let span = self.span(at);
        let targets = self.targets(board);
        let (events, links) = (self.scenario.events.len(), self.scenario.links.len());
        match self.dice.below(16) {
            0 => self.partition(at, span, board),
            1 => self.happen(at, Verb::Hold(targets), Some(span)),
            2 => self.happen(at, Verb::Crash(targets), Some(span)),
            3 => self.happen(at, Verb::Reboot(targets), None),
            4 => self.happen(at, Verb::Deauth(targets), None),
            5 | 6 => self.happen(at, Verb::KillLink(targets), None),
            7 => self.spoil_joins(at, targets),
            8 => self.carry_away(at, span, targets),
            9..12 => {
                let network = self.network(board);
                match self.dice.below(5) {
                    0 => self.happen(at, Verb::ApDown(network), Some(span)),
                    1 => self.change_passphrase(at, span, network),
                    2 => self.happen(at, Verb::Isolate(network), Some(span)),
                    3 => self.restart_router(at, span, Verb::LeaseExpire(network.clone()), network),
                    _ => {
                        let address = self.other_address();
                        self.restart_router(at, span, Verb::Renumber { network: network.clone(), address }, network);
                    }
                }
            }
            _ => self.spoil_link(at, span, targets),
        }
        // What nobody can recover from is not asked for.
        if fair::is_fair(self.scenario) {
            self.past.push((at, at + span, board));
        } else {
            self.scenario.events.truncate(events);
            self.scenario.links.truncate(links);
        }
    }

    /// When, and whose: often soon after something else began or ended, and where that was.
    fn moment(&mut self) -> (Duration, usize) {
        let boards = self.scenario.boards.len();
        let latest = self.healed - Duration::from_secs(1);
        if self.past.is_empty() || self.dice.happens(35) {
            let at = self.dice.millis([1_000, latest.as_millis() as usize]);
            return (at, self.dice.below(boards));
        }
        let (begin, end, before) = self.past[self.dice.below(self.past.len())];
        let behind = if self.dice.happens(50) { begin } else { end };
        let most = self.dice.pick(&[300, 3_000, 20_000]);
        let at = behind + self.dice.millis([0, most]);
        (at.min(latest), if self.dice.happens(50) { before } else { self.dice.below(boards) })
    }

    /// How long, as far as there is time.
    fn span(&mut self, at: Duration) -> Duration {
        let range = self.dice.pick(&[[100, 2_000], [2_000, 20_000], [2_000, 20_000], [20_000, 150_000]]);
        self.dice.millis(range).min(self.healed - at)
    }

    /// The board, or sometimes all.
    fn targets(&mut self, board: usize) -> Targets {
        if self.dice.happens(15) { Targets::all() } else { Targets::of(&self.scenario.boards[board].name) }
    }

    /// A network that the board knows, or another one.
    fn network(&mut self, board: usize) -> String {
        let known = networks_of(&self.scenario.boards[board], self.scenario).next();
        let any = self.dice.below(self.scenario.networks.len());
        known.unwrap_or(&self.scenario.networks[any]).ssid().to_owned()
    }

    /// Something happens, or holds for a time: until the span is over, or until what ends it happens.
    fn happen(&mut self, at: Duration, verb: Verb, span: Option<Duration>) {
        let end = match &verb {
            Verb::Partition(one, other) => Some(Verb::Repair(other.clone(), one.clone())),
            Verb::Hold(targets) => Some(Verb::Release(targets.clone())),
            Verb::Crash(targets) => Some(Verb::Reboot(targets.clone())),
            Verb::ApDown(network) => Some(Verb::ApUp(network.clone())),
            _ => None,
        };
        match (end, span) {
            (Some(end), Some(span)) if self.dice.happens(20) => {
                self.scenario.events.push(ScenarioEvent { at, verb, span: None });
                self.scenario.events.push(ScenarioEvent { at: at + span, verb: end, span: None });
            }
            _ => self.scenario.events.push(ScenarioEvent { at, verb, span }),
        }
    }

    /// Between two boards, or a board and its router.
    fn partition(&mut self, at: Duration, span: Duration, board: usize) {
        let boards = self.scenario.boards.len();
        let name = self.scenario.boards[board].name.clone();
        let other = if boards > 1 && self.dice.happens(70) {
            let step = 1 + self.dice.below(boards - 1);
            self.scenario.boards[(board + step) % boards].name.clone()
        } else {
            self.network(board)
        };
        self.happen(at, Verb::Partition(name, other), Some(span));
    }

    /// The board has to join at once, and that goes wrong.
    fn spoil_joins(&mut self, at: Duration, boards: Targets) {
        let fault = self.dice.pick(&[
            JoinFault::Hang,
            JoinFault::Hang,
            JoinFault::Fail(Refusal::NetworkNotFound),
            JoinFault::Fail(Refusal::WrongPassphrase),
            JoinFault::Fail(Refusal::Failed),
        ]);
        let times = 1 + self.dice.below(JOIN_FAULTS_MAX as usize) as u32;
        self.happen(at, Verb::JoinFault { boards: boards.clone(), fault, times }, None);
        let rejoin = if self.dice.happens(50) { Verb::Deauth(boards) } else { Verb::Reboot(boards) };
        self.happen(at, rejoin, None);
    }

    fn carry_away(&mut self, at: Duration, span: Duration, boards: Targets) {
        let to_m = self.dice.pick(&[60.0, 120.0, 250.0, 2_000.0]);
        // There and back.
        let over = self.dice.pick(&[Duration::ZERO, span / 4]);
        self.happen(at, Verb::Move { boards, to_m, over }, Some(span - over));
    }

    /// Boards that are with the network stay, so often some are sent away.
    fn change_passphrase(&mut self, at: Duration, span: Duration, network: String) {
        self.happen(at, Verb::WrongPassword(network), Some(span));
        if self.dice.happens(70) {
            self.happen(at, Verb::Deauth(Targets::all()), None);
        }
    }

    /// A router that has forgotten what it gave, or gives other addresses: after a restart of the whole device, or not.
    fn restart_router(&mut self, at: Duration, span: Duration, verb: Verb, network: String) {
        self.happen(at, verb, None);
        if self.dice.happens(60) {
            self.happen(at, Verb::ApDown(network), Some(span));
        }
    }

    /// What is no other network's.
    fn other_address(&mut self) -> Cidr {
        let third = self.dice.below(256) as u8;
        Cidr { address: Ipv4Addr::new(10, 0, third, 1), prefix_len: 24 }
    }

    /// One thing that links do, or several together.
    fn spoil_link(&mut self, at: Duration, span: Duration, boards: Targets) {
        let mut rule = LinkRule {
            direction: self.dice.pick(&[None, None, Some(Direction::Up), Some(Direction::Down)]),
            ..LinkRule::default()
        };
        for _ in 0..self.dice.pick(&[1, 1, 1, 3]) {
            match self.dice.below(6) {
                0 => rule.loss = self.dice.pick(&[0.1, 0.3, 0.6, 0.9, 1.0]),
                1 => rule.latency = self.dice.millis([10, 2_000]),
                2 => rule.jitter = self.dice.millis([10, 1_000]),
                3 => rule.duplicate = self.dice.pick(&[0.1, 0.5, 1.0]),
                4 => rule.corrupt = self.dice.pick(&[0.01, 0.1, 0.5]),
                _ => rule.rate_bps = self.dice.pick(&[8_000, 64_000, 1_000_000]),
            }
        }
        self.scenario.links.push(LinkSpec { boards, from: Some(at), until: Some(at + span), rule });
    }
}
