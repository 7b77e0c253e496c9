//! A service of which not everything is known yet.

use core::net::{Ipv4Addr, SocketAddrV4};

use super::FoundServer;
use crate::discovery::message::{Data, MessageFull, Record, Section, Writer, class, kind};
use crate::discovery::{Label, NEVER, TYPE, later, txt};
use crate::name::Name;
use crate::settings::Role;
use crate::time::Instant;

/// What is known of one service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    label: Label,
    /// How long the pointer to it holds, in seconds, and until when.
    ttl: u32,
    end: Instant,
    /// The host's label under `.local`, and the port.
    service: Option<(Label, u16)>,
    address: Option<Ipv4Addr>,
    text: Option<Text>,
    is_reported: bool,
    /// How often was asked for what is missing, and when it is the next time; never before that is settled.
    asked: u8,
    ask: Instant,
}

/// What a TXT record tells (DSC-2).
#[derive(Clone, Copy, Debug)]
struct Text {
    name: Option<Name>,
    role: Role,
}

impl Candidate {
    /// So often is asked; a service that stays incomplete then is forgotten, until it is announced again.
    const ASKS_MAX: u8 = 4;
    /// So often is asked for the text; a service without one is a server (DSC-2).
    const ASKS_FOR_TEXT: u8 = 2;

    pub(super) const fn new(label: Label, ttl: u32, now: Instant) -> Self {
        Self {
            label,
            ttl,
            end: Self::end(ttl, now),
            service: None,
            address: None,
            text: None,
            is_reported: false,
            asked: 0,
            ask: NEVER,
        }
    }

    pub(super) fn is(&self, label: &[u8]) -> bool {
        self.label.is(label)
    }

    /// The pointer to it came again.
    pub(super) const fn refresh(&mut self, ttl: u32, now: Instant) {
        self.ttl = ttl;
        self.end = Self::end(ttl, now);
    }

    /// Whether the announcement no longer holds.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        now >= self.end
    }

    const fn end(ttl: u32, now: Instant) -> Instant {
        Instant::from_micros(now.as_micros().saturating_add(ttl as u64 * 1_000_000))
    }

    /// Whether nothing more is to be learned of it.
    pub(super) const fn is_reported(&self) -> bool {
        self.is_reported
    }

    /// Takes what this SRV or TXT record of the service tells.
    pub(super) fn take(&mut self, record: &Record<'_>) {
        if self.is_reported {
            return;
        }
        if record.kind == kind::TXT {
            self.text = Some(Text::of(record));
        }
        let host = record.target().and_then(|target| Label::new(target.label_under(Self::DOMAIN)?));
        if let (Some(host), Some(port @ 1..)) = (host, record.port()) {
            if self.service.is_some_and(|(known, _)| !known.is(host.as_bytes())) {
                self.address = None;
            }
            self.service = Some((host, port));
        }
    }

    /// Takes the address in this A record if it is the host's, which must be known before.
    pub(super) fn take_address(&mut self, record: &Record<'_>) {
        if let Some((host, _)) = &self.service
            && !self.is_reported
            && record.name.label_under(Self::DOMAIN).is_some_and(|label| host.is(label))
        {
            let address = record.address().filter(|address| is_usable(*address));
            self.address = self.address.or(address);
        }
    }

    /// The server, once, when enough is known of it. None is a service that only asks, and the one at the address `own`.
    pub(super) fn report(&mut self, own: Option<SocketAddrV4>) -> Option<FoundServer> {
        if self.is_reported {
            return None;
        }
        let ((_, port), ip, Text { name, role }) = (self.service?, self.address?, self.text?);
        self.is_reported = true;
        let address = SocketAddrV4::new(ip, port);
        (role.serves() && own != Some(address)).then_some(FoundServer { label: self.label, name, role, address })
    }

    /// Asks for what is missing then, unless that is settled.
    pub(super) fn start_asking(&mut self, at: Instant) {
        if self.ask == NEVER {
            self.ask = at;
        }
    }

    /// When is asked for what is missing.
    pub(super) fn next_ask(&self) -> Instant {
        let is_whole = self.service.is_some() && self.address.is_some() && self.text.is_some();
        if is_whole { NEVER } else { self.ask }
    }

    /// Whether the last question has had its time.
    pub(super) const fn gives_up(&self) -> bool {
        self.asked >= Self::ASKS_MAX
    }

    /// Whether only the text is missing, and was asked for in vain: then the service is a server (DSC-2).
    pub(super) fn does_without_text(&mut self) -> bool {
        let does = self.service.is_some() && self.address.is_some() && self.asked >= Self::ASKS_FOR_TEXT;
        if does {
            self.text = Some(Text { name: None, role: Role::Server });
        }
        does
    }

    /// Notes that what is missing is asked for now; each time the wait is twice as long (RFC 6762, section 5.2).
    pub(super) fn handle_asked(&mut self, now: Instant) {
        self.ask = later(now, 1000 << self.asked.min(Self::ASKS_MAX));
        self.asked = self.asked.saturating_add(1);
    }

    /// Asks for what is missing.
    pub(super) fn write_questions(&self, writer: &mut Writer<'_>) -> Result<(), MessageFull> {
        match &self.service {
            None => writer.question(&self.instance(), kind::SRV, class::IN)?,
            Some((host, _)) if self.address.is_none() => {
                writer.question(&[host.as_bytes(), b"local"], kind::A, class::IN)?;
            }
            Some(_) => {}
        }
        if self.text.is_none() { writer.question(&self.instance(), kind::TXT, class::IN) } else { Ok(()) }
    }

    /// Tells that the pointer to this service is known, so that nobody answers with it, while it holds for at least half of
    /// its time (RFC 6762, section 7.1).
    pub(super) fn write_known_answer(&self, writer: &mut Writer<'_>, now: Instant) -> Result<(), MessageFull> {
        // Seconds are 64 * 15,625 microseconds.
        let left_micros = self.end.as_micros().saturating_sub(now.as_micros());
        let left = u32::try_from(left_micros >> 6).unwrap_or(u32::MAX) / 15_625;
        if left < self.ttl.div_ceil(2) {
            return Ok(());
        }
        writer.record(Section::Answer, TYPE, false, left, Data::Ptr(&self.instance()))
    }

    /// The labels of the service's instance.
    #[inline(never)]
    fn instance(&self) -> [&[u8]; 4] {
        let [service, transport, domain] = *TYPE;
        [self.label.as_bytes(), service, transport, domain]
    }

    const DOMAIN: &[&[u8]] = &[b"local"];
}

impl Text {
    fn of(record: &Record<'_>) -> Self {
        let (mut name, mut role) = (None, None);
        for string in record.strings() {
            let Some(equals) = string.iter().position(|&byte| byte == b'=') else { continue };
            let (key, value) = (string.get(..equals).unwrap_or_default(), string.get(equals + 1..).unwrap_or_default());
            // The first of equal keys counts, in either case (RFC 6763, section 6.4).
            if key.eq_ignore_ascii_case(txt::NAME.as_bytes()) {
                name = name.or(name_of(value));
            } else if key.eq_ignore_ascii_case(txt::ROLE.as_bytes()) {
                let is_it = |role: &Role| role.as_str().as_bytes() == value;
                role = role.or([Role::Server, Role::Client, Role::Both].into_iter().find(is_it));
            }
        }
        Self { name, role: role.unwrap_or(Role::Server) }
    }
}

/// The name of these bytes, if they are one.
fn name_of(bytes: &[u8]) -> Option<Name> {
    let mut name = Name::EMPTY;
    for &byte in bytes {
        name.push(byte).ok()?;
    }
    (!name.is_empty()).then_some(name)
}

/// Whether a connection can be made to this address.
const fn is_usable(address: Ipv4Addr) -> bool {
    !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast()
}
