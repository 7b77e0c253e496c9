//! What a link has done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::NoticeKind;

/// How a connection through a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkEnd {
    /// Both peers ended their streams.
    Closed,
    /// A peer broke it off, and the other was told so.
    Broken,
    /// A rule made it fall silent.
    Cut,
    /// A rule reset it.
    Reset,
    /// A rule closed it as soon as it was opened.
    Refused,
    /// The upstream could not be reached, and the client was reset.
    Unreachable,
    /// The link was stopped.
    Stopped,
}

impl LinkEnd {
    /// Its name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Broken => "broken",
            Self::Cut => "cut",
            Self::Reset => "reset",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Stopped => "stopped",
        }
    }
}

/// What a link has done, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinkSummary {
    /// The seed of its decisions.
    pub seed: u64,
    /// How long it has run.
    pub elapsed_us: u64,
    /// Connections that have ended.
    pub connections: u64,
    /// How they ended; ways that did not occur are left out.
    pub ends: BTreeMap<LinkEnd, u64>,
    /// Bytes passed on from clients to the upstream.
    pub up_bytes: u64,
    /// Bytes passed on from the upstream to clients.
    pub down_bytes: u64,
    /// Pieces of which a bit was flipped.
    pub corrupted: u64,
    /// What else happened, by kind; kinds that did not occur are left out.
    pub notices_by_kind: BTreeMap<NoticeKind, u64>,
}
