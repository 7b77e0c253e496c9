//! A board that looks for servers, on multicast DNS.

mod candidate;

use core::fmt;
use core::net::SocketAddrV4;

use candidate::Candidate;

use super::message::{Message, Record, Writer, class, flags, kind};
use super::{GROUP, Label, MESSAGE_LEN_MAX, NEVER, TYPE, is_plausible, later, spread};
use crate::name::Name;
use crate::settings::Role;
use crate::time::Instant;

/// Finds the servers that are announced (DSC-6), by RFC 6762 and RFC 6763.
///
/// It needs a UDP socket that has joined [`GROUP`] on port 5353; on a port of its own it hears the answers to its own
/// questions alone. Give it each datagram with [`handle_message`](Self::handle_message), then and at each deadline do what
/// [`poll`](Self::poll) says until it says to wait. Each step is given once, and a datagram that cannot be sent counts as
/// lost on the way. It looks for ever: drop it when enough is found.
///
/// A server is reported once while its announcement holds. Of eight services it remembers that they are there; with more
/// on a network, servers may be reported again. Servers whose host's name has more than one label before `.local` are not
/// found.
///
/// ```
/// use rgb_proto::Instant;
/// use rgb_proto::discovery::{Browser, BrowserStep, MESSAGE_LEN_MAX};
///
/// let mut browser = Browser::new(None, Instant::ORIGIN);
/// let mut buffer = [0; MESSAGE_LEN_MAX];
/// let until = Instant::from_millis(20);
/// assert_eq!(browser.poll(Instant::ORIGIN, 0, &mut buffer), BrowserStep::Wait { until });
/// assert!(matches!(browser.poll(until, 0, &mut buffer), BrowserStep::Transmit { .. }));
/// ```
#[derive(Clone, Debug)]
pub struct Browser {
    own: Option<SocketAddrV4>,
    started: Instant,
    /// When the next question for services is asked, once that was drawn.
    query: Option<Instant>,
    /// From that question to the one behind it; zero before the first.
    interval_ms: u32,
    /// Whether the first question may be answered to this board alone.
    takes_unicast: bool,
    /// Before this no other question is asked.
    quiet_until: Instant,
    candidates: [Option<Candidate>; Browser::CANDIDATES_MAX],
}

/// A server that is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundServer {
    /// The label of its service's instance.
    pub label: Label,
    /// Its name, if it tells one (DSC-2).
    pub name: Option<Name>,
    /// Its part, [`Role::Server`] or [`Role::Both`].
    pub role: Role,
    /// Where it serves.
    pub address: SocketAddrV4,
}

/// What the driver of a [`Browser`] does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserStep {
    /// Send the first `len` bytes of the buffer to [`GROUP`].
    Transmit {
        /// How many bytes.
        len: usize,
    },
    /// This server is there.
    Found(FoundServer),
    /// Do nothing until then or until a datagram comes, and poll.
    Wait {
        /// When.
        until: Instant,
    },
}

impl Browser {
    /// How many services are remembered.
    const CANDIDATES_MAX: usize = 8;
    /// From when to when the first question is asked (RFC 6762, section 5.2).
    const FIRST_DELAY_MS: [u32; 2] = [20, 120];
    /// From the first question to the second; then always twice as long (RFC 6762, section 5.2).
    const INTERVAL_FIRST_MS: u32 = 1000;
    const INTERVAL_MAX_MS: u32 = 60_000;
    /// Between questions for what is missing of services, so that many new ones do not make many questions.
    const QUIET_MS: u32 = 250;

    /// A browser that starts now. A server at the address `own` is not reported: this board (DSC-6).
    #[must_use]
    pub const fn new(own: Option<SocketAddrV4>, now: Instant) -> Self {
        Self {
            own,
            started: now,
            query: None,
            interval_ms: 0,
            takes_unicast: true,
            quiet_until: now,
            candidates: [None; Self::CANDIDATES_MAX],
        }
    }

    /// A browser of a board that has searched before, at the same address, and starts again now.
    ///
    /// A first question may be answered to the asker alone (RFC 6762, section 5.4), which spares everybody else the answer.
    /// But an answer to one address needs the hardware address behind it, and where others had the address before, or where
    /// many ask at once, servers may not have the right one for a while. So all further answers are to be for everybody.
    #[must_use]
    pub const fn again(own: Option<SocketAddrV4>, now: Instant) -> Self {
        let mut browser = Self::new(own, now);
        browser.takes_unicast = false;
        browser
    }

    /// A datagram came.
    pub fn handle_message(&mut self, message: &[u8], from: SocketAddrV4, now: Instant) {
        let Some(message) = Message::parse(message) else { return };
        // Other ports have no say in multicast DNS (RFC 6762, section 6).
        let is_answer = message.is_response() && message.flags() & flags::OPCODE_AND_RCODE == 0;
        if !is_answer || from.port() != GROUP.port() || !is_plausible(from) {
            return;
        }
        self.forget_old(now);
        // A service must be known before what is told of it, and its host before that one's address.
        for kind in [kind::PTR, kind::SRV, kind::TXT, kind::A] {
            for record in message.records().filter(|record| record.class == class::IN && record.kind == kind) {
                self.handle_record(&record, now);
            }
        }
    }

    /// What to do next. `random` is a fresh, uniformly drawn number; it spreads the questions.
    pub fn poll(&mut self, now: Instant, random: u32, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> BrowserStep {
        self.forget_old(now);
        let ask = spread(Self::FIRST_DELAY_MS, now, random);
        for candidate in self.candidates.iter_mut().flatten() {
            candidate.start_asking(ask);
        }
        if now >= self.next_ask()
            && let Some(len) = self.ask(now, buffer)
        {
            return BrowserStep::Transmit { len };
        }
        let own = self.own;
        if let Some(server) = self.candidates.iter_mut().flatten().find_map(|candidate| candidate.report(own)) {
            return BrowserStep::Found(server);
        }
        let query = self.query.unwrap_or_else(|| spread(Self::FIRST_DELAY_MS, self.started, random));
        self.query = Some(query);
        if now >= query {
            let len = self.write_query(now, buffer);
            self.interval_ms = (2 * self.interval_ms).clamp(Self::INTERVAL_FIRST_MS, Self::INTERVAL_MAX_MS);
            self.query = Some(later(now, self.interval_ms));
            return BrowserStep::Transmit { len };
        }
        BrowserStep::Wait { until: query.min(self.next_ask()) }
    }

    fn handle_record(&mut self, record: &Record<'_>, now: Instant) {
        if record.kind == kind::A {
            if record.ttl > 0 {
                self.candidates.iter_mut().flatten().for_each(|candidate| candidate.take_address(record));
            }
            return;
        }
        let pointed = if record.kind != kind::PTR {
            Some(record.name)
        } else if record.name.is(TYPE) {
            record.target()
        } else {
            None
        };
        let Some(label) = pointed.and_then(|name| name.label_under(TYPE)) else { return };
        if record.kind == kind::PTR || record.kind == kind::SRV && record.ttl == 0 {
            self.handle_pointer(label, record.ttl, now);
        } else if record.ttl > 0
            && let Some(candidate) = self.candidates.iter_mut().flatten().find(|candidate| candidate.is(label))
        {
            candidate.take(record);
        }
    }

    /// The service with this label was announced, or with a `ttl` of 0 taken back (RFC 6762, section 10.1).
    fn handle_pointer(&mut self, label: &[u8], ttl: u32, now: Instant) {
        let places = &self.candidates;
        let free = || places.iter().position(Option::is_none);
        // What was reported is known to the driver.
        let reported = || places.iter().position(|place| place.as_ref().is_some_and(Candidate::is_reported));
        let known = places.iter().position(|place| place.as_ref().is_some_and(|candidate| candidate.is(label)));
        let Some(index) = known.or_else(free).or_else(reported) else { return };
        let Some(place) = self.candidates.get_mut(index) else { return };
        match place {
            _ if ttl == 0 => {
                if known.is_some() {
                    *place = None;
                }
            }
            Some(candidate) if known.is_some() => candidate.refresh(ttl, now),
            _ => *place = Label::new(label).map(|label| Candidate::new(label, ttl, now)),
        }
    }

    #[inline(never)]
    fn forget_old(&mut self, now: Instant) {
        for place in &mut self.candidates {
            place.take_if(|candidate| candidate.is_over(now));
        }
    }

    /// When is asked next for what is missing of services.
    fn next_ask(&self) -> Instant {
        let asks = self.candidates.iter().flatten().map(Candidate::next_ask);
        asks.fold(NEVER, Instant::min).max(self.quiet_until)
    }

    /// Asks for what is missing, unless there is nothing left to ask.
    fn ask(&mut self, now: Instant, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> Option<usize> {
        let mut writer = Writer::new(buffer, 0, 0);
        let len_of_none = writer.len();
        for place in &mut self.candidates {
            let Some(candidate) = place.as_mut().filter(|candidate| now >= candidate.next_ask()) else {
                continue;
            };
            if candidate.does_without_text() {
                continue;
            }
            if candidate.gives_up() {
                *place = None;
            } else if candidate.write_questions(&mut writer).is_ok() {
                candidate.handle_asked(now);
            }
        }
        let len = writer.len();
        if len == len_of_none {
            return None;
        }
        self.quiet_until = later(now, Self::QUIET_MS);
        Some(len)
    }

    fn write_query(&self, now: Instant, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> usize {
        let is_first = self.interval_ms == 0;
        let by_unicast = if is_first && self.takes_unicast { class::TOP_BIT } else { 0 };
        let mut writer = Writer::new(buffer, 0, 0);
        let asked = writer.question(TYPE, kind::PTR, class::IN | by_unicast);
        debug_assert_eq!(asked, Ok(()));
        for candidate in self.candidates.iter().flatten().filter(|candidate| candidate.is_reported()) {
            // Those for whom there is no room answer once more.
            if candidate.write_known_answer(&mut writer, now).is_err() {
                break;
            }
        }
        writer.len()
    }
}

impl fmt::Display for FoundServer {
    /// The name, or else the label.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => name.fmt(f),
            None => self.label.fmt(f),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for FoundServer {
    fn format(&self, f: defmt::Formatter<'_>) {
        let Self { label, name, role, address } = self;
        let (octets, port) = (address.ip().octets(), address.port());
        defmt::write!(f, "{} ({}, {}) at {=[u8; 4]}:{=u16}", label, name, role, octets, port);
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for BrowserStep {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Transmit { len } => defmt::write!(f, "Transmit({=usize})", len),
            Self::Found(server) => defmt::write!(f, "Found({})", server),
            Self::Wait { until } => defmt::write!(f, "Wait({})", until),
        }
    }
}
