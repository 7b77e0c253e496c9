//! A service of which not everything is known yet.

use core::net::{Ipv4Addr, SocketAddrV4};
use core::str;
use core::time::Duration;

use super::FoundServer;
use crate::discovery::message::{Data, Message, MessageFull, Record, Section, Writer, class, kind};
use crate::discovery::{Label, TYPE, txt};
use crate::name::Name;
use crate::settings::Role;
use crate::time::Instant;

/// What is known of one service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    label: Label,
    /// When the pointer to it last came, and how long that holds.
    seen: Instant,
    ttl: u32,
    /// The host's label under `.local`, and the port.
    service: Option<(Label, u16)>,
    address: Option<Ipv4Addr>,
    text: Option<Text>,
    is_reported: bool,
    /// How often was asked for what is missing, and when it is the next time.
    asked: u8,
    ask: Option<Instant>,
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
            seen: now,
            ttl,
            service: None,
            address: None,
            text: None,
            is_reported: false,
            asked: 0,
            ask: None,
        }
    }

    pub(super) fn is(&self, label: &[u8]) -> bool {
        self.label.is(label)
    }

    /// The pointer to it came again.
    pub(super) const fn refresh(&mut self, ttl: u32, now: Instant) {
        self.seen = now;
        self.ttl = ttl;
    }

    /// Whether the announcement no longer holds.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        now >= self.end()
    }

    fn end(&self) -> Instant {
        self.seen + Duration::from_secs(u64::from(self.ttl))
    }

    /// Whether nothing more is to be learned of it.
    pub(super) const fn is_reported(&self) -> bool {
        self.is_reported
    }

    /// Takes what this message tells of the service. The host must be known before its address is.
    pub(super) fn take(&mut self, message: &Message<'_>) {
        if self.is_reported {
            return;
        }
        for record in told(message) {
            if record.name.label_under(TYPE).is_some_and(|label| self.is(label)) {
                self.take_service(&record);
                if record.kind == kind::TXT {
                    self.text = Some(Text::of(&record));
                }
            }
        }
        let Some((host, _)) = self.service else { return };
        for record in told(message) {
            if record.name.label_under(Self::DOMAIN).is_some_and(|label| host.is(label)) {
                let address = record.address().filter(|address| is_usable(*address));
                self.address = self.address.or(address);
            }
        }
    }

    fn take_service(&mut self, record: &Record<'_>) {
        let host = record.target().and_then(|target| Label::new(target.label_under(Self::DOMAIN)?));
        let (Some(host), Some(port)) = (host, record.port()) else { return };
        if port != 0 {
            if self.service.is_some_and(|(known, _)| !known.is(host.as_bytes())) {
                self.address = None;
            }
            self.service = Some((host, port));
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
        self.ask.get_or_insert(at);
    }

    /// When is asked for what is missing.
    pub(super) fn next_ask(&self) -> Option<Instant> {
        let is_whole = self.service.is_some() && self.address.is_some() && self.text.is_some();
        self.ask.filter(|_| !is_whole)
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
        self.ask = Some(now + Duration::from_secs(1 << self.asked.min(Self::ASKS_MAX)));
        self.asked = self.asked.saturating_add(1);
    }

    /// Asks for what is missing.
    pub(super) fn write_questions(&self, writer: &mut Writer<'_>) -> Result<(), MessageFull> {
        let [service, transport, domain] = *TYPE;
        let instance = [self.label.as_bytes(), service, transport, domain];
        match &self.service {
            None => writer.question(&instance, kind::SRV, class::IN)?,
            Some((host, _)) if self.address.is_none() => {
                writer.question(&[host.as_bytes(), domain], kind::A, class::IN)?;
            }
            Some(_) => {}
        }
        if self.text.is_none() { writer.question(&instance, kind::TXT, class::IN) } else { Ok(()) }
    }

    /// Tells that the pointer to this service is known, so that nobody answers with it, while it holds for at least half of
    /// its time (RFC 6762, section 7.1).
    pub(super) fn write_known_answer(&self, writer: &mut Writer<'_>, now: Instant) -> Result<(), MessageFull> {
        let left = self.end().saturating_duration_since(now).as_secs() as u32;
        if left < self.ttl.div_ceil(2) {
            return Ok(());
        }
        let [service, transport, domain] = *TYPE;
        let instance = [self.label.as_bytes(), service, transport, domain];
        writer.record(Section::Answer, TYPE, false, left, Data::Ptr(&instance))
    }

    const DOMAIN: &[&[u8]] = &[b"local"];
}

impl Text {
    fn of(record: &Record<'_>) -> Self {
        let (mut name, mut role) = (None, None);
        for string in record.strings() {
            let Some(equals) = string.iter().position(|&byte| byte == b'=') else { continue };
            let (key, value) = string.split_at(equals);
            let Ok(value) = str::from_utf8(value.get(1..).unwrap_or_default()) else { continue };
            // The first of equal keys counts, in either case (RFC 6763, section 6.4).
            if key.eq_ignore_ascii_case(txt::NAME.as_bytes()) {
                name = name.or(value.parse().ok());
            } else if key.eq_ignore_ascii_case(txt::ROLE.as_bytes()) {
                role =
                    role.or([Role::Server, Role::Client, Role::Both].into_iter().find(|role| role.as_str() == value));
            }
        }
        Self { name, role: role.unwrap_or(Role::Server) }
    }
}

/// The records that a response tells, without those that it takes back.
fn told<'a>(message: &Message<'a>) -> impl Iterator<Item = Record<'a>> {
    message.records().filter(|record| record.class == class::IN && record.ttl > 0)
}

/// Whether a connection can be made to this address.
const fn is_usable(address: Ipv4Addr) -> bool {
    !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast()
}
