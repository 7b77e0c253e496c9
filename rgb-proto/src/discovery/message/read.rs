//! Reading messages.

use core::cmp::Ordering;
use core::net::Ipv4Addr;

use super::{HEADER_LEN, Name, Section, class, flags, kind};

/// A message that was read to its end and found well-formed.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    bytes: &'a [u8],
    /// Where the questions end.
    records: usize,
}

/// A question of a [`Message`].
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is asked about.
    pub name: Name<'a>,
    /// The type asked for, one of [`kind`] or another.
    pub kind: u16,
    /// The class asked for, without its top bit.
    pub class: u16,
    /// Whether the asker wants the answer by unicast (RFC 6762, section 5.4).
    pub unicast: bool,
}

/// A record of a [`Message`].
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where it stands.
    pub section: Section,
    /// Whose record it is.
    pub name: Name<'a>,
    /// Its type, one of [`kind`] or another.
    pub kind: u16,
    /// Its class, without its top bit.
    pub class: u16,
    /// Whether what else was said of this name and type is to be forgotten (RFC 6762, section 10.2).
    pub flush: bool,
    /// How long it may be kept, in seconds; 0 takes it back (RFC 6762, section 10.1).
    pub ttl: u32,
    data: usize,
    data_end: usize,
}

/// The questions of a [`Message`].
#[derive(Clone, Debug)]
pub struct Questions<'a> {
    message: &'a [u8],
    offset: usize,
    left: u16,
}

/// The records of a [`Message`], section by section.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    message: &'a [u8],
    offset: usize,
    left: [u16; 3],
}

impl<'a> Message<'a> {
    /// The message in these bytes; none where any part of it is malformed. Bytes behind it are ignored.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        bytes.get(..HEADER_LEN)?;
        let mut message = Self { bytes, records: HEADER_LEN };
        let mut questions = message.questions();
        while questions.left > 0 {
            questions.read()?;
        }
        message.records = questions.offset;
        let mut records = message.records();
        while records.left != [0; 3] {
            records.read()?;
        }
        Some(message)
    }

    /// The number that a response to a legacy query repeats (RFC 6762, section 6.7).
    #[must_use]
    pub fn id(&self) -> u16 {
        self.word(0)
    }

    /// The header's [`flags`].
    #[must_use]
    pub fn flags(&self) -> u16 {
        self.word(2)
    }

    /// Whether this is a response, not a query.
    #[must_use]
    pub fn is_response(&self) -> bool {
        self.flags() & flags::RESPONSE != 0
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> Questions<'a> {
        Questions { message: self.bytes, offset: HEADER_LEN, left: self.word(4) }
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records { message: self.bytes, offset: self.records, left: [self.word(6), self.word(8), self.word(10)] }
    }

    fn word(&self, offset: usize) -> u16 {
        word(self.bytes, offset).unwrap_or_default()
    }
}

impl<'a> Questions<'a> {
    fn read(&mut self) -> Option<Question<'a>> {
        let (name, end) = Name::read(self.message, self.offset)?;
        let &[kind, kind_end, class, class_end] = self.message.get(end..)?.first_chunk()?;
        let (kind, class) = (u16::from_be_bytes([kind, kind_end]), u16::from_be_bytes([class, class_end]));
        self.offset = end + 4;
        self.left = self.left.checked_sub(1)?;
        Some(Question { name, kind, class: class & !class::TOP_BIT, unicast: class & class::TOP_BIT != 0 })
    }
}

impl<'a> Iterator for Questions<'a> {
    type Item = Question<'a>;

    fn next(&mut self) -> Option<Question<'a>> {
        if self.left == 0 { None } else { self.read() }
    }
}

impl<'a> Records<'a> {
    fn read(&mut self) -> Option<Record<'a>> {
        const SECTIONS: [Section; 3] = [Section::Answer, Section::Authority, Section::Additional];
        let (left, section) = self.left.iter_mut().zip(SECTIONS).find(|(left, _)| **left > 0)?;
        let message = self.message;
        let (name, end) = Name::read(message, self.offset)?;
        let &[kind, kind_end, class, class_end, t0, t1, t2, t3, len, len_end] = message.get(end..)?.first_chunk()?;
        let (kind, class) = (u16::from_be_bytes([kind, kind_end]), u16::from_be_bytes([class, class_end]));
        let ttl = u32::from_be_bytes([t0, t1, t2, t3]);
        let data = end + 10;
        let data_end = data + usize::from(u16::from_be_bytes([len, len_end]));
        message.get(..data_end)?;
        let record = Record {
            section,
            name,
            kind,
            class: class & !class::TOP_BIT,
            flush: class & class::TOP_BIT != 0,
            ttl,
            data,
            data_end,
        };
        let is_whole = match kind {
            kind::A => record.address().is_some(),
            _ => record
                .name_at()
                .is_none_or(|offset| Name::read(message, offset).is_some_and(|(_, end)| end == data_end)),
        };
        if !is_whole {
            return None;
        }
        *left -= 1;
        self.offset = data_end;
        Some(record)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        self.read()
    }
}

impl<'a> Record<'a> {
    /// The record's data as they stand in the message; a name in them may be compressed.
    #[must_use]
    #[inline(never)]
    pub fn data(&self) -> &'a [u8] {
        self.name.message.get(self.data..self.data_end).unwrap_or_default()
    }

    /// Of an A record the address.
    #[must_use]
    pub fn address(&self) -> Option<Ipv4Addr> {
        let octets: [u8; 4] = self.data().try_into().ok()?;
        (self.kind == kind::A).then_some(Ipv4Addr::from(octets))
    }

    /// Of a PTR record the name that it leads to, of an SRV record the host.
    #[must_use]
    pub fn target(&self) -> Option<Name<'a>> {
        Name::read(self.name.message, self.name_at()?).map(|(name, _)| name)
    }

    /// Of an SRV record the port.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        if self.kind == kind::SRV { word(self.name.message, self.data + 4) } else { None }
    }

    /// Of a TXT record the strings; one that leaves the record ends them.
    pub fn strings(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = if self.kind == kind::TXT { self.data() } else { &[] };
        core::iter::from_fn(move || {
            let (&len, behind) = rest.split_first()?;
            let (string, behind) = behind.split_at_checked(usize::from(len))?;
            rest = behind;
            Some(string)
        })
    }

    /// Compares classes, then types, then the bytes of the data with names uncompressed: the order that decides between
    /// hosts which probe for one name at the same time (RFC 6762, section 8.2).
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        (self.class, self.kind).cmp(&(other.class, other.kind)).then_with(|| self.plain_data().cmp(other.plain_data()))
    }

    /// Where in the message the name in the data stands, if the type has one.
    fn name_at(&self) -> Option<usize> {
        match self.kind {
            kind::PTR => Some(self.data),
            kind::SRV => Some(self.data + 6),
            _ => None,
        }
    }

    /// The bytes of the data with names uncompressed.
    fn plain_data(&self) -> impl Iterator<Item = u8> + use<'a> {
        let fixed_end = self.name_at().unwrap_or(self.data_end);
        let mut run = self.name.message.get(self.data..fixed_end).unwrap_or_default();
        let mut labels = self.target().map(Name::labels);
        core::iter::from_fn(move || {
            if run.is_empty()
                && let Some(labels) = &mut labels
            {
                let label = labels.next()?;
                run = label;
                return Some(label.len() as u8);
            }
            let (&byte, rest) = run.split_first()?;
            run = rest;
            Some(byte)
        })
    }
}

/// The big-endian word at this offset.
#[inline(never)]
pub(super) fn word(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|word| u16::from_be_bytes(*word))
}
