//! What a board is and knows, whatever its power does.

use std::net::{IpAddr, Ipv4Addr};

use rgb_proto::http::{AccessPointStatus, BoardStatus};
use rgb_proto::settings::Settings;
use rgb_proto::{ExchangeError, Instant, Request, Rgb, StationConfig};

use super::event::{BoardCounts, BoardEvent, BoardEventKind};
use crate::source::Streams;
use crate::world::random::Random;

/// What all parts of a board share.
pub(super) struct Record {
    pub(super) settings: Settings,
    pub(super) station: StationConfig,
    pub(super) colors: Streams,
    pub(super) random: Random,
    /// The time of the present poll.
    pub(super) now: Instant,
    pub(super) counts: BoardCounts,
    /// None where nobody wants them.
    pub(super) events: Option<Vec<BoardEvent>>,
    /// The last colour that was shown; it stays when exchanges fail (POL-4).
    pub(super) color: Option<Rgb>,
    /// While the network works.
    pub(super) address: Option<Ipv4Addr>,
    pub(super) rssi_dbm: Option<i32>,
    pub(super) access_point: Option<AccessPointStatus>,
    /// The last start, and what the board had counted by then.
    started: Instant,
    counts_at_start: BoardCounts,
    reset_reason: &'static str,
}

impl Record {
    pub(super) fn new(settings: Settings, colors: Streams, seed: u64) -> Self {
        Self {
            settings,
            station: StationConfig::default(),
            colors,
            random: Random::new(seed),
            now: Instant::ORIGIN,
            counts: BoardCounts::default(),
            events: None,
            color: None,
            address: None,
            rssi_dbm: None,
            access_point: None,
            started: Instant::ORIGIN,
            counts_at_start: BoardCounts::default(),
            reset_reason: "power_on",
        }
    }

    /// The board starts now. It remembers nothing but its settings.
    pub(super) fn start(&mut self, reset_reason: &'static str) {
        self.clear();
        self.started = self.now;
        self.counts_at_start = self.counts;
        self.reset_reason = reset_reason;
        self.tell(BoardEventKind::Started);
    }

    /// Nothing is shown, and nothing known of the network.
    pub(super) fn clear(&mut self) {
        self.color = None;
        self.address = None;
        self.rssi_dbm = None;
        self.access_point = None;
    }

    pub(super) fn tell(&mut self, kind: BoardEventKind) {
        self.counts.count(&kind);
        if let Some(events) = &mut self.events {
            events.push(BoardEvent { at: self.now, kind });
        }
    }

    pub(super) fn next_color(&mut self, request: &Request) -> Rgb {
        self.colors.next_color(request.name())
    }

    /// A board that asks shows what it got; one that only serves shows what it sent last.
    pub(super) fn handle_sent(&mut self, color: Option<Rgb>) {
        if let Some(color) = color
            && !self.settings.role().asks()
        {
            self.color = Some(color);
        }
    }

    pub(super) fn handle_exchange(&mut self, started: Instant, outcome: Result<Rgb, ExchangeError>) {
        if let Ok(color) = outcome {
            self.color = Some(color);
        }
        let elapsed = self.now.saturating_duration_since(started);
        self.tell(BoardEventKind::Exchange { elapsed, outcome });
    }

    /// How the board is doing, as `/status` says it.
    pub(super) fn status(&self) -> BoardStatus {
        let (counts, before) = (&self.counts, &self.counts_at_start);
        // The firmware's counts begin anew behind 2^32, too.
        let since = |count: u64, before: u64| (count - before) as u32;
        let failures = std::array::from_fn(|kind| since(counts.failures[kind], before.failures[kind]));
        BoardStatus {
            name: *self.settings.name(),
            role: self.settings.role(),
            address: self.address.map(IpAddr::V4),
            rssi_dbm: self.rssi_dbm.map(|dbm| dbm.clamp(i8::MIN.into(), i8::MAX.into()) as i8),
            access_point: self.access_point,
            uptime: self.now.saturating_duration_since(self.started),
            color: self.color.filter(|_| self.settings.role().asks()),
            served: since(counts.served, before.served),
            exchanges: since(counts.exchanges, before.exchanges),
            failures,
            reset_reason: self.reset_reason,
        }
    }
}
