//! A board that serves, on multicast DNS.

mod conflict;
mod schedule;
mod zone;

use core::net::{Ipv4Addr, SocketAddrV4};

use schedule::{APART_DEFENDING_MS, APART_MS, Schedule};
use zone::{Lifetime, Owner, Records, Zone};

use super::message::{Message, Question, Section, Writer, class, flags, kind};
use super::{GROUP, Label, MESSAGE_LEN_MAX, NEVER, is_plausible, later, spread};
use crate::name::Name;
use crate::settings::Role;
use crate::time::Instant;

/// What a board announces of itself (DSC-1, DSC-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Service {
    /// The board's name; its label is made of it (DSC-3).
    pub name: Name,
    /// The board's part.
    pub role: Role,
    /// The TCP port on which it serves.
    pub port: u16,
    /// The version of its software. 64 bytes of it are told.
    pub software: &'static str,
}

/// Answers for a board's host name and for its service (DSC-1 to DSC-4, DSC-7), by RFC 6762 and RFC 6763.
///
/// It needs a UDP socket on port 5353 that has joined [`GROUP`]. Give it each datagram with
/// [`handle_message`](Self::handle_message), then and at each deadline do what [`poll`](Self::poll) says until it says to
/// wait. Each step is given once: a datagram that cannot be sent counts as lost on the way, and a step that was polled for
/// too late is made then.
///
/// A number that stands behind the label never makes it too long: the longest label has 32 bytes, and 63 are allowed.
///
/// ```
/// use std::net::Ipv4Addr;
///
/// use rgb_proto::Instant;
/// use rgb_proto::discovery::{GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
/// use rgb_proto::settings::Role;
///
/// let service = Service { name: "rgb-server".parse()?, role: Role::Server, port: 8080, software: "0.1.0" };
/// let mut responder = Responder::new(service);
/// let mut buffer = [0; MESSAGE_LEN_MAX];
/// let mut now = Instant::ORIGIN;
/// responder.handle_address(Some(Ipv4Addr::new(192, 168, 1, 7)), now);
/// let mut sent = 0;
/// loop {
///     match responder.poll(now, 0, &mut buffer) {
///         ResponderStep::Transmit { to, .. } => {
///             assert_eq!(to, GROUP);
///             sent += 1;
///         }
///         ResponderStep::Wait { until: Some(until) } => now = until,
///         ResponderStep::Announced => break,
///         step => unreachable!("{step:?}"),
///     }
/// }
/// assert_eq!(sent, 4, "three probes and the first announcement");
/// assert_eq!(now, Instant::from_millis(750));
/// assert_eq!(responder.host_label().to_string(), "rgb-server");
/// # Ok::<(), rgb_proto::NameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Responder {
    zone: Zone,
    /// Which of its labels the board has, from 1 (DSC-4).
    number: u16,
    state: State,
    /// Whether others may remember the present name and address.
    is_announced: bool,
    notice: Option<Notice>,
    /// How many conflicts followed each other closely, and when the last one was.
    conflicts: u8,
    last_conflict: Instant,
    multicasts: Schedule,
    held: Option<Held>,
    unicasts: [Option<Unicast>; Responder::UNICASTS_MAX],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No address.
    Offline,
    /// Probes a random while after `from`.
    Starting {
        from: Instant,
    },
    /// Asks whether others have the names.
    Probing {
        sent: u8,
        next: Instant,
    },
    /// The names are ours, and so many announcements are still to be made.
    Running {
        announcements: u8,
        next: Instant,
    },
    /// To take back what was announced.
    Stopping,
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    Renamed,
    Announced,
}

/// An answer that waits for more of the asker's known answers (RFC 6762, section 7.2).
#[derive(Clone, Copy, Debug)]
struct Held {
    records: Records,
    due: Instant,
    /// Whose known answers count: nobody's once two hosts wait for the answer.
    asker: Option<Ipv4Addr>,
}

/// An answer for one host.
#[derive(Clone, Copy, Debug)]
struct Unicast {
    to: SocketAddrV4,
    records: Records,
    due: Instant,
    legacy: Option<LegacyQuestion>,
}

/// What a resolver of unicast DNS wants to see again in the answer (RFC 6762, section 6.7).
#[derive(Clone, Copy, Debug)]
struct LegacyQuestion {
    id: u16,
    owner: Owner,
    kind: u16,
    class: u16,
}

/// What the driver of a [`Responder`] does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponderStep {
    /// Send the first `len` bytes of the buffer there, from port 5353.
    Transmit {
        /// How many bytes.
        len: usize,
        /// To where: [`GROUP`], or one host.
        to: SocketAddrV4,
    },
    /// Another host has the name: the board tries the next one (DSC-4). [`Responder::host_label`] tells it.
    Renamed,
    /// The name is the board's, and announced.
    Announced,
    /// Do nothing until then or until a datagram comes, and poll.
    Wait {
        /// When; never where there is nothing to come.
        until: Option<Instant>,
    },
    /// What was announced is taken back (DSC-7). This step stays.
    Stopped,
}

impl Responder {
    /// From when to when a board with a new address probes (RFC 6762, section 8.1).
    const START_DELAY_MS: [u32; 2] = [0, 250];
    /// Three probes (RFC 6762, section 8.1).
    const PROBES: u8 = 3;
    const PROBE_INTERVAL_MS: u32 = 250;
    /// Two announcements (RFC 6762, section 8.3).
    const ANNOUNCEMENTS: u8 = 2;
    const ANNOUNCEMENT_INTERVAL_MS: u32 = 1000;
    /// How long the loser of two simultaneous probes waits (RFC 6762, section 8.2).
    const DEFERENCE_MS: u32 = 1000;
    /// So many conflicts that follow each other within this span end the haste (RFC 6762, section 8.1).
    const CONFLICTS_MAX: u8 = 15;
    const CONFLICTS_SPAN_MS: u32 = 10_000;
    const CONFLICTS_WAIT_MS: u32 = 5000;
    /// From when to when an answer is sent that others may have too (RFC 6762, section 6).
    const SHARED_DELAY_MS: [u32; 2] = [20, 120];
    /// From when to when an answer is sent whose asker knows more than one message holds (RFC 6762, section 7.2).
    const TRUNCATED_DELAY_MS: [u32; 2] = [400, 500];
    /// How many hosts may wait at once for an answer of their own. Others get it by multicast; of those who know only
    /// unicast DNS a question is lost.
    const UNICASTS_MAX: usize = 4;

    /// A responder of a board that has no address yet.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self {
            zone: Zone::new(service),
            number: 1,
            state: State::Offline,
            is_announced: false,
            notice: None,
            conflicts: 0,
            last_conflict: Instant::ORIGIN,
            multicasts: Schedule::new(),
            held: None,
            unicasts: [None; Self::UNICASTS_MAX],
        }
    }

    /// The label that the board has, or tries to have, as host and as instance of the service. It is followed by `-2` or
    /// more where others had it first (DSC-4).
    #[must_use]
    pub const fn host_label(&self) -> &Label {
        self.zone.label()
    }

    /// The board has this address now, or none. With a new one it probes and announces (RFC 6762, section 8); without one
    /// it falls silent, since nobody is there to hear it.
    pub fn handle_address(&mut self, address: Option<Ipv4Addr>, now: Instant) {
        match address {
            _ if matches!(self.state, State::Stopping | State::Stopped) => {}
            None => {
                self.is_announced = false;
                self.suspend(State::Offline);
            }
            Some(address) if self.state == State::Offline || self.zone.address != address => {
                self.zone.address = address;
                self.suspend(State::Starting { from: now });
            }
            Some(_) => {}
        }
    }

    /// Takes back what was announced (DSC-7), and stops for ever.
    pub fn stop(&mut self) {
        if self.state != State::Stopped {
            self.suspend(if self.is_announced { State::Stopping } else { State::Stopped });
        }
    }

    /// A datagram came. `random` is a fresh, uniformly drawn number; it spreads the answers.
    pub fn handle_message(&mut self, message: &[u8], from: SocketAddrV4, now: Instant, random: u32) {
        let probing = match self.state {
            State::Offline | State::Stopping | State::Stopped => return,
            State::Starting { .. } | State::Probing { .. } => true,
            State::Running { .. } => false,
        };
        let Some(message) = Message::parse(message) else { return };
        if message.flags() & flags::OPCODE_AND_RCODE != 0 || !is_plausible(from) {
            return;
        }
        let mut buffer = [0; MESSAGE_LEN_MAX];
        let Some(ours) = self.own_records(&mut buffer) else { return };
        if message.is_response() {
            // Anything but multicast DNS has no say in it (RFC 6762, section 6).
            if from.port() == GROUP.port() && conflict::is_taken(&self.zone, &ours, &message, probing) {
                self.give_way(probing, now);
            }
        } else if probing {
            if conflict::goes_first(&self.zone, &ours, &message) {
                // A longer wait, after many conflicts, stays.
                let planned = match self.state {
                    State::Starting { from } => from,
                    State::Probing { sent: 0, next } => next,
                    _ => now,
                };
                self.suspend(State::Starting { from: planned.max(later(now, Self::DEFERENCE_MS)) });
            }
        } else if from.port() == GROUP.port() {
            self.handle_query(&message, &ours, from, now, random);
        } else {
            self.handle_legacy_query(&message, from, now, random);
        }
    }

    /// What to do next. `random` is a fresh, uniformly drawn number; it spreads the starts of boards that are switched on
    /// together.
    pub fn poll(&mut self, now: Instant, random: u32, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> ResponderStep {
        if self.notice == Some(Notice::Renamed) {
            self.notice = None;
            return ResponderStep::Renamed;
        }
        if let State::Starting { from } = self.state {
            let next = spread(Self::START_DELAY_MS, from, random);
            self.state = State::Probing { sent: 0, next };
        }
        match self.state {
            State::Probing { sent, next } if now >= next => {
                if sent < Self::PROBES {
                    self.state = State::Probing { sent: sent + 1, next: later(now, Self::PROBE_INTERVAL_MS) };
                    return ResponderStep::Transmit { len: self.write_probe(buffer), to: GROUP };
                }
                self.is_announced = true;
                self.notice = Some(Notice::Announced);
                self.state = State::Running { announcements: Self::ANNOUNCEMENTS, next: now };
            }
            State::Stopping => {
                self.state = State::Stopped;
                self.is_announced = false;
                let len = self.write_response(Records::ANNOUNCED, Records::NONE, Lifetime::Over, buffer);
                return ResponderStep::Transmit { len, to: GROUP };
            }
            State::Stopped => return ResponderStep::Stopped,
            _ => {}
        }
        if let State::Running { announcements, next } = self.state {
            if announcements > 0 && now >= next {
                let next = later(now, Self::ANNOUNCEMENT_INTERVAL_MS);
                self.state = State::Running { announcements: announcements - 1, next };
                self.multicasts.add(Records::ANNOUNCED, now, APART_MS);
            }
            if let Some(held) = self.held.take_if(|held| held.due <= now) {
                self.multicasts.add(held.records, now, APART_MS);
            }
            if let Some(step) = self.transmit_unicast(now, buffer).or_else(|| self.transmit_multicast(now, buffer)) {
                return step;
            }
        }
        if self.notice.take().is_some() {
            return ResponderStep::Announced;
        }
        ResponderStep::Wait { until: self.deadline() }
    }

    /// When there is something to do next.
    fn deadline(&self) -> Option<Instant> {
        let deadline = match self.state {
            State::Probing { next, .. } => next,
            State::Running { announcements, next } => {
                let mut deadline = self.multicasts.next();
                if announcements > 0 {
                    deadline = deadline.min(next);
                }
                if let Some(held) = &self.held {
                    deadline = deadline.min(held.due);
                }
                for unicast in self.unicasts.iter().flatten() {
                    deadline = deadline.min(unicast.due);
                }
                deadline
            }
            State::Offline | State::Starting { .. } | State::Stopping | State::Stopped => NEVER,
        };
        Some(deadline).filter(|deadline| *deadline < NEVER)
    }

    /// Goes on in this state, without what others are waiting for.
    #[inline(never)]
    fn suspend(&mut self, state: State) {
        self.state = state;
        self.notice = self.notice.filter(|notice| *notice == Notice::Renamed);
        self.multicasts.clear();
        self.held = None;
        self.unicasts = [None; Self::UNICASTS_MAX];
    }

    /// Another host says to have one of our names. Who has announced it asks once more, since the other host may be the one
    /// that gives way (RFC 6762, section 9); who is asking takes another name (section 8.1).
    fn give_way(&mut self, probing: bool, now: Instant) {
        if now > later(self.last_conflict, Self::CONFLICTS_SPAN_MS) {
            self.conflicts = 0;
        }
        self.conflicts = self.conflicts.saturating_add(1);
        self.last_conflict = now;
        if probing {
            self.number = self.number.checked_add(1).unwrap_or(2);
            self.zone.rename(self.number);
            self.is_announced = false;
            self.notice = Some(Notice::Renamed);
        }
        let wait_ms = if self.conflicts >= Self::CONFLICTS_MAX { Self::CONFLICTS_WAIT_MS } else { 0 };
        self.suspend(State::Starting { from: later(now, wait_ms) });
    }

    fn handle_query(&mut self, query: &Message<'_>, ours: &Message<'_>, from: SocketAddrV4, now: Instant, random: u32) {
        let mut records = Records::NONE;
        let mut by_unicast = true;
        for question in query.questions().filter(|question| is_ours(question.class)) {
            if let Some(owner) = self.zone.owner(question.name) {
                records = records.and(owner.answer(question.kind));
                by_unicast &= question.unicast;
            }
        }
        let known = conflict::known_answers(&self.zone, ours, query);
        records = records.without(known);
        let truncated_due = spread(Self::TRUNCATED_DELAY_MS, now, random);
        let is_truncated = query.flags() & flags::TRUNCATED != 0;
        if let Some(held) = self.held.as_mut().filter(|held| held.asker == Some(*from.ip())) {
            held.records = held.records.without(known);
            if is_truncated {
                held.due = truncated_due;
            }
        }
        if records.is_empty() {
            return;
        }
        if conflict::is_probe(&self.zone, query) {
            return self.multicasts.add(records, now, APART_DEFENDING_MS);
        }
        if is_truncated {
            let asker = Some(*from.ip());
            let held = self.held.get_or_insert(Held { records, due: truncated_due, asker });
            held.records = held.records.and(records);
            held.due = truncated_due;
            held.asker = held.asker.filter(|_| held.asker == asker);
            return;
        }
        let due = Self::due(records, now, random);
        let is_known_to_all = records.without(self.multicasts.recent(now)).is_empty();
        if by_unicast && is_known_to_all && self.answer_by_unicast(Unicast { to: from, records, due, legacy: None }) {
            return;
        }
        self.multicasts.add(records, due, APART_MS);
    }

    /// A question from a port of its own is a resolver's of unicast DNS: it gets one answer, to its first question that has
    /// one (RFC 6762, section 6.7).
    fn handle_legacy_query(&mut self, query: &Message<'_>, from: SocketAddrV4, now: Instant, random: u32) {
        let answerable = query.questions().find_map(|question| {
            let owner = self.zone.owner(question.name)?;
            let records = if is_ours(question.class) { owner.answer(question.kind) } else { Records::NONE };
            (!records.is_empty()).then_some((question, owner, records))
        });
        let Some((Question { kind, class, .. }, owner, records)) = answerable else { return };
        let due = Self::due(records, now, random);
        let legacy = Some(LegacyQuestion { id: query.id(), owner, kind, class });
        self.answer_by_unicast(Unicast { to: from, records, due, legacy });
    }

    /// When these are told: those that others may have too are told later.
    const fn due(records: Records, now: Instant, random: u32) -> Instant {
        if records.has_any(Records::SHARED) { spread(Self::SHARED_DELAY_MS, now, random) } else { now }
    }

    /// Whether there was room for it.
    fn answer_by_unicast(&mut self, unicast: Unicast) -> bool {
        let free = self.unicasts.iter_mut().find(|place| place.is_none());
        free.is_some_and(|place| place.replace(unicast).is_none())
    }

    fn transmit_unicast(&mut self, now: Instant, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> Option<ResponderStep> {
        let is_due = |place: &&mut Option<Unicast>| place.is_some_and(|unicast| unicast.due <= now);
        let Unicast { to, records, legacy, .. } = self.unicasts.iter_mut().find(is_due)?.take()?;
        let len = match legacy {
            None => self.write_response(records, records.additional(), Lifetime::Full, buffer),
            Some(question) => self.write_legacy_response(question, records, buffer),
        };
        Some(ResponderStep::Transmit { len, to })
    }

    fn transmit_multicast(&mut self, now: Instant, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> Option<ResponderStep> {
        let records = self.multicasts.due(now);
        if records.is_empty() {
            return None;
        }
        let additional = records.additional().without(self.multicasts.fresh(now));
        self.multicasts.sent(records.and(additional), now);
        let len = self.write_response(records, additional, Lifetime::Full, buffer);
        Some(ResponderStep::Transmit { len, to: GROUP })
    }

    /// All of our records, to compare others' with. Those that we propose are in the section where a probe has them.
    fn own_records<'b>(&self, buffer: &'b mut [u8; MESSAGE_LEN_MAX]) -> Option<Message<'b>> {
        let mut writer = Writer::new(buffer, 0, 0);
        let others = Records::SHARED.and(Records::NEGATIVE);
        self.zone.write(&mut writer, Section::Authority, Records::PROBED, Lifetime::Proposed).ok()?;
        self.zone.write(&mut writer, Section::Additional, others, Lifetime::Proposed).ok()?;
        let len = writer.len();
        Message::parse(buffer.get(..len)?)
    }

    fn write_probe(&self, buffer: &mut [u8; MESSAGE_LEN_MAX]) -> usize {
        let mut writer = Writer::new(buffer, 0, 0);
        for owner in [Owner::Host, Owner::Instance] {
            let asked = self.zone.ask(&mut writer, owner, kind::ANY, class::IN | class::TOP_BIT);
            debug_assert_eq!(asked, Ok(()));
        }
        self.write_records(&mut writer, Section::Authority, Records::PROBED, Lifetime::Proposed);
        writer.len()
    }

    fn write_response(
        &self,
        answers: Records,
        additional: Records,
        lifetime: Lifetime,
        buffer: &mut [u8; MESSAGE_LEN_MAX],
    ) -> usize {
        let mut writer = Writer::new(buffer, 0, flags::RESPONSE | flags::AUTHORITATIVE);
        self.write_records(&mut writer, Section::Answer, answers, lifetime);
        self.write_records(&mut writer, Section::Additional, additional, lifetime);
        writer.len()
    }

    fn write_legacy_response(
        &self,
        question: LegacyQuestion,
        records: Records,
        buffer: &mut [u8; MESSAGE_LEN_MAX],
    ) -> usize {
        let LegacyQuestion { id, owner, kind, class } = question;
        let mut writer = Writer::new(buffer, id, flags::RESPONSE | flags::AUTHORITATIVE).with_plain_data();
        let asked = self.zone.ask(&mut writer, owner, kind, class);
        debug_assert_eq!(asked, Ok(()));
        self.write_records(&mut writer, Section::Answer, records, Lifetime::Legacy);
        self.write_records(&mut writer, Section::Additional, records.additional(), Lifetime::Legacy);
        writer.len()
    }

    /// There is room for all of our records in [`MESSAGE_LEN_MAX`], with the longest names.
    fn write_records(&self, writer: &mut Writer<'_>, section: Section, records: Records, lifetime: Lifetime) {
        let written = self.zone.write(writer, section, records, lifetime);
        debug_assert_eq!(written, Ok(()));
    }
}

/// Whether a question of this class is about the Internet.
const fn is_ours(class: u16) -> bool {
    matches!(class, class::IN | class::ANY)
}

#[cfg(feature = "defmt")]
impl defmt::Format for ResponderStep {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Transmit { len, to } => {
                defmt::write!(f, "Transmit({=usize} to {=[u8; 4]}:{=u16})", len, to.ip().octets(), to.port());
            }
            Self::Renamed => defmt::write!(f, "Renamed"),
            Self::Announced => defmt::write!(f, "Announced"),
            Self::Wait { until } => defmt::write!(f, "Wait({})", until),
            Self::Stopped => defmt::write!(f, "Stopped"),
        }
    }
}
