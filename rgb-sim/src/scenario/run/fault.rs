//! What goes wrong on purpose, done to the world.

use std::time::Duration;

use super::super::event::{Targets, Verb};
use super::super::recording::{FaultSpan, Happening, HappeningKind};
use super::super::tier::{ScenarioBoard, Tier};
use super::{NodeId, Run};

/// The passphrase of a network whose boards know another one.
const OTHER_PASSPHRASE: &str = "not what it was";

impl<T: Tier> Run<T> {
    /// An event happens, or begins.
    pub(super) fn begin(&mut self, event: usize, at: Duration) {
        let spec = &self.scenario.events[event];
        let (verb, has_end) = (spec.verb.clone(), spec.span.is_some());
        // Link rules have causes too, behind those of events, and end by themselves.
        let ends = |begun: &usize| self.scenario.events.get(*begun).is_some_and(|begun| verb.ends(&begun.verb));
        let begun: Vec<_> = self.lasting.keys().copied().filter(ends).collect();
        for begun in begun {
            self.close(begun, at);
        }
        self.apply(&verb, at);
        let boards = match &verb {
            // These only end something else.
            Verb::Repair(..) | Verb::Release(_) | Verb::ApUp(_) => return,
            verb => self.concerned(verb),
        };
        // Who is carried away for good is where they are now.
        let lasts = verb.lasts() && (has_end || !matches!(verb, Verb::Move { .. }));
        self.open(
            FaultSpan { what: verb.to_string(), from: at, until: (!lasts).then_some(at), boards },
            lasts.then_some(event),
            at,
        );
    }

    /// An event's span is over.
    pub(super) fn end(&mut self, event: usize, at: Duration) {
        match self.scenario.events[event].verb.clone() {
            Verb::Partition(one, other) => self.apply(&Verb::Repair(one, other), at),
            Verb::Hold(boards) => self.apply(&Verb::Release(boards), at),
            Verb::Crash(boards) => self.for_each(&boards, |run, index| run.board_mut(index).power_on()),
            Verb::ApDown(network) => self.apply(&Verb::ApUp(network), at),
            Verb::WrongPassword(network) => self.set_passphrase(&network, None),
            Verb::Isolate(network) => self.isolate(&network, false),
            // Boards that are carried back are on their way, and nothing else has an end.
            _ => {}
        }
        self.close(event, at);
    }

    fn apply(&mut self, verb: &Verb, at: Duration) {
        let air = self.world.air_mut();
        match verb {
            Verb::Partition(one, other) | Verb::Repair(one, other) => {
                let (Some(one), Some(other)) = (self.host(one), self.host(other)) else { return };
                let air = self.world.air_mut();
                if let Verb::Partition(..) = verb { air.partition(one, other) } else { air.repair(one, other) }
            }
            Verb::Hold(boards) => self.for_each(boards, |run, index| run.world.air_mut().hold(run.nodes[index])),
            Verb::Release(boards) => self.for_each(boards, |run, index| run.world.air_mut().release(run.nodes[index])),
            Verb::Crash(boards) => self.for_each(boards, |run, index| {
                run.board_mut(index).power_off();
                run.recording.boards[index].power_cuts.push(at);
            }),
            Verb::Reboot(boards) => self.for_each(boards, |run, index| run.board_mut(index).reboot()),
            Verb::Deauth(boards) => {
                self.for_each(boards, |run, index| run.world.air_mut().deauthenticate(run.nodes[index]));
            }
            Verb::KillLink(boards) => {
                self.for_each(boards, |run, index| run.world.air_mut().kill_link(run.nodes[index]));
            }
            Verb::JoinFault { boards, fault, times } => self.for_each(boards, |run, index| {
                for _ in 0..*times {
                    run.world.air_mut().add_join_fault(run.nodes[index], *fault);
                }
            }),
            Verb::ApDown(network) => air.access_point_down(self.networks[network].access_point),
            Verb::ApUp(network) => air.access_point_up(self.networks[network].access_point),
            Verb::WrongPassword(network) => self.set_passphrase(network, Some(OTHER_PASSPHRASE)),
            Verb::Isolate(network) => self.isolate(network, true),
            Verb::Renumber { network, address } => {
                let Some(router) = self.router_mut(network) else { return };
                let config = address.renumber(router.config());
                router.configure(config);
            }
            Verb::LeaseExpire(network) => {
                if let Some(router) = self.router_mut(network) {
                    router.forget_leases();
                }
            }
            // The agenda has their steps.
            Verb::Move { .. } => {}
        }
    }

    /// A link rule begins to hold.
    pub(super) fn add_rule(&mut self, link: usize, at: Duration) {
        let spec = self.scenario.links[link].clone();
        let boards = self.among(&spec.boards);
        let add = |&index: &usize| {
            let node = self.nodes[index];
            (node, self.world.air_mut().add_link_rule(node, spec.rule))
        };
        let rules = boards.iter().map(add).collect();
        self.rules.insert(link, rules);
        // What holds from the beginning to the end is how things are.
        if spec.from.is_some() || spec.until.is_some() {
            let what = format!("bad link of {}", spec.boards);
            self.open(FaultSpan { what, from: at, until: None, boards }, Some(self.scenario.events.len() + link), at);
        }
    }

    /// A link rule ends.
    pub(super) fn remove_rule(&mut self, link: usize, at: Duration) {
        for (node, id) in self.rules.remove(&link).unwrap_or_default() {
            self.world.air_mut().remove_link_rule(node, id);
        }
        self.close(self.scenario.events.len() + link, at);
    }

    /// A fault is there; `cause` will end it.
    fn open(&mut self, fault: FaultSpan, cause: Option<usize>, at: Duration) {
        let index = self.recording.faults.len();
        self.recording.faults.push(fault);
        self.news.push(Happening { at, kind: HappeningKind::Fault(index) });
        if let Some(cause) = cause {
            self.lasting.insert(cause, index);
        }
    }

    /// A fault is over, unless it was before.
    fn close(&mut self, cause: usize, at: Duration) {
        if let Some(index) = self.lasting.remove(&cause) {
            self.recording.faults[index].until = Some(at);
            self.news.push(Happening { at, kind: HappeningKind::FaultEnd(index) });
        }
    }

    fn for_each(&mut self, targets: &Targets, act: impl Fn(&mut Self, usize)) {
        for index in self.among(targets) {
            act(self, index);
        }
    }

    /// The places of boards.
    fn among(&self, targets: &Targets) -> Vec<usize> {
        let has = |index: &usize| targets.has(&self.boards[*index], &self.scenario);
        (0..self.boards.len()).filter(has).collect()
    }

    /// The boards that a verb is about.
    fn concerned(&self, verb: &Verb) -> Vec<usize> {
        let is_concerned = |index: &usize| {
            let plan = &self.boards[*index];
            match verb {
                Verb::Partition(one, other) => plan.name == *one || plan.name == *other,
                verb => match (verb.targets(), verb.network()) {
                    (Some(targets), _) => targets.has(plan, &self.scenario),
                    (None, network) => {
                        plan.settings.networks().iter().any(|known| Some(known.ssid().as_str()) == network)
                    }
                },
            }
        };
        (0..self.boards.len()).filter(is_concerned).collect()
    }

    /// A board, or the router of a network.
    fn host(&self, name: &str) -> Option<NodeId> {
        let board = self.boards.iter().position(|plan| plan.name == name).map(|index| self.nodes[index]);
        board.or_else(|| self.networks.get(name)?.router)
    }

    fn router_mut(&mut self, network: &str) -> Option<&mut crate::world::Router> {
        let router = self.networks.get(network)?.router?;
        self.world.host_mut(router).as_router_mut()
    }

    fn isolate(&mut self, network: &str, isolates: bool) {
        let id = self.networks[network].access_point;
        self.world.air_mut().set_isolation(id, isolates);
    }

    /// Gives a network another passphrase, or its own one back.
    fn set_passphrase(&mut self, network: &str, other: Option<&str>) {
        let own = self.scenario.networks.iter().find(|spec| spec.ssid() == network);
        let passphrase = match other {
            Some(other) => Some(other.to_owned()),
            None => own.and_then(|spec| spec.access_point.passphrase.clone()),
        };
        let id = self.networks[network].access_point;
        self.world.air_mut().set_passphrase(id, passphrase);
    }
}
