//! What happens in a scenario, and when.

use std::fmt;
use std::time::Duration;

use super::Scenario;
use super::board::BoardPlan;
use super::network::Cidr;
use crate::world::{JoinFault, LinkRule, Refusal};

/// Something that happens at a time: `[[event]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioEvent {
    /// When.
    pub at: Duration,
    /// What.
    pub verb: Verb,
    /// How long it lasts, where it can be undone; then it is. Without a span it stays, until the opposite happens.
    pub span: Option<Duration>,
}

/// Boards, by their names or the name of their kind; `*` are all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets(pub Vec<String>);

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// Nothing gets through between two hosts any more: boards, or the router of a network by that network's name.
    Partition(String, String),
    /// It does again.
    Repair(String, String),
    /// What goes to boards and comes from them waits.
    Hold(Targets),
    /// What has waited arrives.
    Release(Targets),
    /// Boards lose their power.
    Crash(Targets),
    /// Boards start anew, also those that have lost their power.
    Reboot(Targets),
    /// The access point sends boards away.
    Deauth(Targets),
    /// The access point forgets boards, which do not notice.
    KillLink(Targets),
    /// The next joins of boards go wrong.
    JoinFault {
        /// Whose.
        boards: Targets,
        /// How.
        fault: JoinFault,
        /// How many.
        times: u32,
    },
    /// Boards are carried away.
    Move {
        /// Which.
        boards: Targets,
        /// Where to, in metres.
        to_m: f64,
        /// How long that takes.
        over: Duration,
    },
    /// A network's access point loses its power.
    ApDown(String),
    /// It gets it back.
    ApUp(String),
    /// A network's router gives other addresses from now on.
    Renumber {
        /// The network.
        network: String,
        /// The router's own address.
        address: Cidr,
    },
    /// A network's router forgets which addresses it has given.
    LeaseExpire(String),
    /// A network has another passphrase than its boards know.
    WrongPassword(String),
    /// A network's access point keeps its stations apart.
    Isolate(String),
}

/// What links of boards do to frames, for a time: `[[link]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSpec {
    /// Whose.
    pub boards: Targets,
    /// From when on; from the start unless set.
    pub from: Option<Duration>,
    /// Until when; to the end unless set.
    pub until: Option<Duration>,
    /// What.
    pub rule: LinkRule,
}

impl Targets {
    /// All boards.
    pub const ALL: &str = "*";

    /// These boards, or this kind of boards.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// All boards.
    #[must_use]
    pub fn all() -> Self {
        Self::of(Self::ALL)
    }

    /// Whether a board is among them.
    pub(super) fn has(&self, board: &BoardPlan, scenario: &Scenario) -> bool {
        let kind = &scenario.boards[board.kind].name;
        self.0.iter().any(|name| name == Self::ALL || *name == board.name || name == kind)
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl Verb {
    /// The verbs, as a file has them.
    pub const NAMES: [&str; 16] = [
        "partition",
        "repair",
        "hold",
        "release",
        "crash",
        "reboot",
        "deauth",
        "kill_link",
        "join_fault",
        "move",
        "ap_down",
        "ap_up",
        "renumber",
        "lease_expire",
        "wrong_password",
        "isolate",
    ];

    /// The verb as a file has it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Partition(..) => "partition",
            Self::Repair(..) => "repair",
            Self::Hold(_) => "hold",
            Self::Release(_) => "release",
            Self::Crash(_) => "crash",
            Self::Reboot(_) => "reboot",
            Self::Deauth(_) => "deauth",
            Self::KillLink(_) => "kill_link",
            Self::JoinFault { .. } => "join_fault",
            Self::Move { .. } => "move",
            Self::ApDown(_) => "ap_down",
            Self::ApUp(_) => "ap_up",
            Self::Renumber { .. } => "renumber",
            Self::LeaseExpire(_) => "lease_expire",
            Self::WrongPassword(_) => "wrong_password",
            Self::Isolate(_) => "isolate",
        }
    }

    /// Whether it can be undone, and so may have a span.
    #[must_use]
    pub const fn lasts(&self) -> bool {
        matches!(
            self,
            Self::Partition(..)
                | Self::Hold(_)
                | Self::Crash(_)
                | Self::Move { .. }
                | Self::ApDown(_)
                | Self::WrongPassword(_)
                | Self::Isolate(_)
        )
    }

    /// Whether it ends what this one began.
    pub(crate) fn ends(&self, begun: &Self) -> bool {
        match (self, begun) {
            (Self::Repair(a, b), Self::Partition(c, d)) => (a, b) == (c, d) || (a, b) == (d, c),
            (Self::Release(targets), Self::Hold(begun)) | (Self::Reboot(targets), Self::Crash(begun)) => {
                targets == begun
            }
            (Self::ApUp(network), Self::ApDown(begun)) => network == begun,
            _ => false,
        }
    }

    /// The boards that it is about, if it is about some.
    #[must_use]
    pub const fn targets(&self) -> Option<&Targets> {
        match self {
            Self::Hold(boards)
            | Self::Release(boards)
            | Self::Crash(boards)
            | Self::Reboot(boards)
            | Self::Deauth(boards)
            | Self::KillLink(boards)
            | Self::JoinFault { boards, .. }
            | Self::Move { boards, .. } => Some(boards),
            _ => None,
        }
    }

    /// The same, to change.
    pub(crate) const fn targets_mut(&mut self) -> Option<&mut Targets> {
        match self {
            Self::Hold(boards)
            | Self::Release(boards)
            | Self::Crash(boards)
            | Self::Reboot(boards)
            | Self::Deauth(boards)
            | Self::KillLink(boards)
            | Self::JoinFault { boards, .. }
            | Self::Move { boards, .. } => Some(boards),
            _ => None,
        }
    }

    /// The network that it is about, if it is about one.
    #[must_use]
    pub fn network(&self) -> Option<&str> {
        match self {
            Self::ApDown(network)
            | Self::ApUp(network)
            | Self::Renumber { network, .. }
            | Self::LeaseExpire(network)
            | Self::WrongPassword(network)
            | Self::Isolate(network) => Some(network),
            _ => None,
        }
    }
}

impl fmt::Display for Verb {
    /// For people: `move client to 30 m`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Partition(one, other) | Self::Repair(one, other) => write!(f, " {one} and {other}"),
            Self::Move { boards, to_m, .. } => write!(f, " {boards} to {to_m} m"),
            Self::Renumber { network, address } => write!(f, " {network} to {address}"),
            _ => match (self.targets(), self.network()) {
                (Some(boards), _) => write!(f, " {boards}"),
                (None, Some(network)) => write!(f, " {network}"),
                (None, None) => Ok(()),
            },
        }
    }
}

/// How joins can go wrong.
pub(super) const JOIN_FAULTS: [JoinFault; 5] = [
    JoinFault::Fail(Refusal::NetworkNotFound),
    JoinFault::Fail(Refusal::WrongPassphrase),
    JoinFault::Fail(Refusal::Full),
    JoinFault::Fail(Refusal::Failed),
    JoinFault::Hang,
];

/// How a join goes wrong, as files have it.
pub(super) const fn join_fault_name(fault: JoinFault) -> &'static str {
    match fault {
        JoinFault::Fail(Refusal::NetworkNotFound) => "not_found",
        JoinFault::Fail(Refusal::WrongPassphrase) => "wrong_passphrase",
        JoinFault::Fail(Refusal::Full) => "full",
        JoinFault::Fail(Refusal::Failed) => "failed",
        JoinFault::Hang => "hang",
    }
}
