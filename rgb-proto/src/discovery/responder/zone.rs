//! What a responder answers for: its names and their records.

use core::net::Ipv4Addr;

use super::Service;
use crate::discovery::message::{Data, MessageFull, Name, Section, Writer, kind};
use crate::discovery::{HostLabel, Label, TYPE, txt};

/// The labels of the name under which all types of services are found (RFC 6763, section 9).
const TYPES: [&[u8]; 4] = [b"_services", b"_dns-sd", b"_udp", b"local"];

/// The names and records of one board.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    service: Service,
    /// The label of the host and of the service's instance.
    label: Label,
    pub(super) address: Ipv4Addr,
}

/// One of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Host,
    Instance,
    Type,
    Types,
}

/// A set of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Records(u8);

/// For how long, and to whom, records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// As long as they are usually kept.
    Full,
    /// Until the name is ours: without the cache-flush bit (RFC 6762, section 10.2).
    Proposed,
    /// Taken back (RFC 6762, section 10.1).
    Over,
    /// For those who know only unicast DNS (RFC 6762, section 6.7).
    Legacy,
}

impl Records {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ADDRESS: Self = Self(1 << 0);
    pub(super) const SERVICE: Self = Self(1 << 1);
    pub(super) const TEXT: Self = Self(1 << 2);
    /// The pointer from the type to the instance.
    pub(super) const INSTANCE: Self = Self(1 << 3);
    /// The pointer from the types to this one.
    pub(super) const TYPE: Self = Self(1 << 4);
    /// That the host's name has an address and nothing else.
    pub(super) const ONLY_ADDRESS: Self = Self(1 << 5);
    /// That the instance's name has a service and a text and nothing else.
    pub(super) const ONLY_SERVICE: Self = Self(1 << 6);
    /// How many there are.
    pub(super) const COUNT: usize = 7;

    /// Those that other boards have too.
    pub(super) const SHARED: Self = Self::INSTANCE.and(Self::TYPE);
    /// Those that nobody else may have, but for what follows from them.
    pub(super) const PROBED: Self = Self::ADDRESS.and(Self::SERVICE).and(Self::TEXT);
    /// Those that are told unasked.
    pub(super) const ANNOUNCED: Self = Self::PROBED.and(Self::SHARED);
    /// Those that say what does not exist.
    pub(super) const NEGATIVE: Self = Self::ONLY_ADDRESS.and(Self::ONLY_SERVICE);

    /// The record of this number, from 0.
    pub(super) const fn nth(index: usize) -> Self {
        Self(1 << index)
    }

    /// The numbers of the records.
    pub(super) fn indices(self) -> impl Iterator<Item = usize> {
        (0..Self::COUNT).filter(move |&index| self.has_any(Self::nth(index)))
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) const fn in_common(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(super) const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub(super) const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How long the record of this number is kept, in seconds (RFC 6762, section 10).
    pub(super) const fn ttl(index: usize) -> u32 {
        // Those with a host's name or address in their data or name, which change with the network.
        let of_the_host = Self::ADDRESS.and(Self::SERVICE).and(Self::NEGATIVE);
        if of_the_host.has_any(Self::nth(index)) { 120 } else { 4500 }
    }

    /// What is told along with these records (RFC 6762, section 6.2, and RFC 6763, section 12).
    pub(super) const fn additional(self) -> Self {
        let mut all = self;
        if all.has_any(Self::INSTANCE) {
            all = all.and(Self::SERVICE).and(Self::TEXT);
        }
        if all.has_any(Self::SERVICE.and(Self::ONLY_ADDRESS)) {
            all = all.and(Self::ADDRESS);
        }
        if all.has_any(Self::ADDRESS) {
            all = all.and(Self::ONLY_ADDRESS);
        }
        all.without(self)
    }
}

impl Owner {
    /// Whether nobody else may have this name.
    pub(super) const fn is_unique(self) -> bool {
        matches!(self, Self::Host | Self::Instance)
    }

    /// The records of this name.
    pub(super) const fn records(self) -> Records {
        match self {
            Self::Host => Records::ADDRESS.and(Records::ONLY_ADDRESS),
            Self::Instance => Records::SERVICE.and(Records::TEXT).and(Records::ONLY_SERVICE),
            Self::Type => Records::INSTANCE,
            Self::Types => Records::TYPE,
        }
    }

    /// What answers a question for this type of this name. Of a name that is ours alone we know also what does not exist
    /// (RFC 6762, section 6.1).
    pub(super) const fn answer(self, kind: u16) -> Records {
        let positive = self.records().in_common(match kind {
            kind::A => Records::ADDRESS,
            kind::SRV => Records::SERVICE,
            kind::TXT => Records::TEXT,
            kind::PTR => Records::SHARED,
            kind::ANY => Records::ANNOUNCED,
            _ => Records::NONE,
        });
        if positive.is_empty() { self.records().in_common(Records::NEGATIVE) } else { positive }
    }
}

impl Zone {
    /// How much of the software's version is told, in bytes. With it the longest message has room in
    /// [`MESSAGE_LEN_MAX`](crate::discovery::MESSAGE_LEN_MAX).
    pub(super) const SOFTWARE_LEN_MAX: usize = 64;

    /// The longest that those keep a record who do not hear when it changes, in seconds (RFC 6762, section 6.7).
    const LEGACY_TTL: u32 = 10;

    pub(super) fn new(service: Service) -> Self {
        let mut zone = Self { service, label: Label::EMPTY, address: Ipv4Addr::UNSPECIFIED };
        zone.rename(1);
        zone
    }

    /// Takes the label of this number (DSC-4).
    pub(super) fn rename(&mut self, number: u16) {
        self.label = Label::numbered(&HostLabel::new(&self.service.name), number);
    }

    pub(super) const fn label(&self) -> &Label {
        &self.label
    }

    /// Which of the names this is.
    pub(super) fn owner(&self, name: Name<'_>) -> Option<Owner> {
        let (under, owner) = match name.labels().count() {
            2 => (TYPE.get(2..).unwrap_or_default(), Owner::Host),
            4 if name.is(&TYPES) => return Some(Owner::Types),
            4 => (&TYPE[..], Owner::Instance),
            _ => return name.is(TYPE).then_some(Owner::Type),
        };
        name.label_under(under).is_some_and(|label| self.label.is(label)).then_some(owner)
    }

    /// Writes a question about one of the names.
    pub(super) fn ask(&self, writer: &mut Writer<'_>, owner: Owner, kind: u16, class: u16) -> Result<(), MessageFull> {
        writer.question(self.name(owner).labels(), kind, class)
    }

    /// Writes these records, and stops where the message is full.
    pub(super) fn write(
        &self,
        writer: &mut Writer<'_>,
        section: Section,
        records: Records,
        lifetime: Lifetime,
    ) -> Result<(), MessageFull> {
        let software = self.service.software.as_bytes();
        let software = software.get(..Self::SOFTWARE_LEN_MAX).unwrap_or(software);
        let strings: [[&[u8]; 2]; 4] = [
            [txt::TXTVERS.as_bytes(), txt::VERSION.as_bytes()],
            [txt::NAME.as_bytes(), self.service.name.as_bytes()],
            [txt::ROLE.as_bytes(), self.service.role.as_str().as_bytes()],
            [txt::SOFTWARE.as_bytes(), software],
        ];
        let (host, instance) = (self.name(Owner::Host), self.name(Owner::Instance));
        let (host, instance) = (host.labels(), instance.labels());
        for index in records.indices() {
            let record = Records::nth(index);
            let (owner, data) = match record {
                Records::ADDRESS => (host, Data::A(self.address)),
                Records::SERVICE => (instance, Data::Srv { port: self.service.port, target: host }),
                Records::TEXT => (instance, Data::Txt(&strings)),
                Records::INSTANCE => (&TYPE[..], Data::Ptr(instance)),
                Records::TYPE => (&TYPES[..], Data::Ptr(TYPE)),
                // One bit for each type: 1, A; 16, TXT, and 33, SRV.
                Records::ONLY_ADDRESS => (host, Data::Nsec { next: host, types: &[0x40] }),
                _ => (instance, Data::Nsec { next: instance, types: &[0, 0, 0x80, 0, 0x40] }),
            };
            let ttl = match lifetime {
                Lifetime::Full | Lifetime::Proposed => Records::ttl(index),
                Lifetime::Over => 0,
                Lifetime::Legacy => Self::LEGACY_TTL,
            };
            let is_shared = Records::SHARED.has_any(record);
            let flush = !is_shared && matches!(lifetime, Lifetime::Full | Lifetime::Over);
            writer.record(section, owner, flush, ttl, data)?;
        }
        Ok(())
    }

    fn name(&self, owner: Owner) -> OwnName<'_> {
        let label = self.label.as_bytes();
        let [service, transport, domain] = *TYPE;
        match owner {
            Owner::Host => OwnName { labels: [label, domain, b"", b""], len: 2 },
            Owner::Instance => OwnName { labels: [label, service, transport, domain], len: 4 },
            Owner::Type => OwnName { labels: [service, transport, domain, b""], len: 3 },
            Owner::Types => OwnName { labels: TYPES, len: 4 },
        }
    }
}

/// The labels of one of the names.
struct OwnName<'a> {
    labels: [&'a [u8]; 4],
    len: usize,
}

impl<'a> OwnName<'a> {
    fn labels(&self) -> &[&'a [u8]] {
        self.labels.get(..self.len).unwrap_or_default()
    }
}
