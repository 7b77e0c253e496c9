//! Writing messages.

use core::net::Ipv4Addr;

use super::name::{LABEL_LEN_MAX, NAME_LEN_MAX, POINTER};
use super::read::word;
use super::{HEADER_LEN, Name, Section, class, kind};

/// How many names, and ends of names, are remembered for pointers to them.
const NAMES_MAX: usize = 16;

/// Writes a message into a buffer.
///
/// A name, or the end of one, that stands in the message already is replaced by a pointer to it (RFC 1035, section 4.1.4).
/// What does not fit leaves no trace.
///
/// ```
/// use rgb_proto::discovery::message::{Message, Writer, class, kind};
///
/// let mut buffer = [0; 64];
/// let mut writer = Writer::new(&mut buffer, 0, 0);
/// writer.question(&[b"rgb-server", b"local"], kind::A, class::IN)?;
/// let len = writer.len();
/// let message = Message::parse(&buffer[..len]).expect("well-formed");
/// assert!(message.questions().next().is_some_and(|question| question.name.is(&[b"RGB-Server", b"local"])));
/// # Ok::<(), rgb_proto::discovery::message::MessageFull>(())
/// ```
#[derive(Debug)]
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
    /// The offsets of names in the message, for pointers to them; zero where there is none yet.
    names: [u16; NAMES_MAX],
    compress_data: bool,
    /// Whether what is being written does not fit.
    is_full: bool,
}

/// The data of a record to write.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// An address.
    A(Ipv4Addr),
    /// The labels of a name.
    Ptr(&'a [&'a [u8]]),
    /// A service; priority and weight are 0.
    Srv {
        /// The service's port.
        port: u16,
        /// The labels of its host's name.
        target: &'a [&'a [u8]],
    },
    /// Pairs of a key and a value, of at most 254 bytes together.
    Txt(&'a [[&'a [u8]; 2]]),
    /// Which types a name has.
    Nsec {
        /// The labels of the name itself (RFC 6762, section 6.1).
        next: &'a [&'a [u8]],
        /// The first types as bits, type 0 first.
        types: &'a [u8],
    },
}

/// The message has no room for this, or it is no name or record at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[error("the message is full")]
pub struct MessageFull;

impl<'b> Writer<'b> {
    /// An empty message with this header. A buffer without room for a header holds no message.
    #[inline(never)]
    pub fn new(buffer: &'b mut [u8], id: u16, flags: u16) -> Self {
        let mut writer = Self { buffer, len: 0, names: [0; NAMES_MAX], compress_data: true, is_full: false };
        let ([id, id_end], [flags, flags_end]) = (id.to_be_bytes(), flags.to_be_bytes());
        writer.put(&[id, id_end, flags, flags_end, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer
    }

    /// Writes the names in the data of SRV and NSEC records in full, as receivers of unicast DNS expect it (RFC 6762,
    /// section 18.14).
    #[must_use]
    pub const fn with_plain_data(mut self) -> Self {
        self.compress_data = false;
        self
    }

    /// How long the message is, in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a message has a header at least")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Adds a question, before all records. The class may have its top bit set ([`class::TOP_BIT`]).
    ///
    /// # Errors
    ///
    /// [`MessageFull`] when it does not fit; the message is as before.
    pub fn question(&mut self, name: &[&[u8]], kind: u16, class: u16) -> Result<(), MessageFull> {
        let start = self.len;
        self.put_name(name, true);
        self.put_word(kind);
        self.put_word(class);
        self.finish(start, 4)
    }

    /// Adds a record of the class IN, behind those of its section and of the sections before it. `flush` sets the
    /// cache-flush bit, `ttl` is in seconds.
    ///
    /// # Errors
    ///
    /// [`MessageFull`] when it does not fit; the message is as before.
    pub fn record(
        &mut self,
        section: Section,
        name: &[&[u8]],
        flush: bool,
        ttl: u32,
        data: Data<'_>,
    ) -> Result<(), MessageFull> {
        let count = match section {
            Section::Answer => 6,
            Section::Authority => 8,
            Section::Additional => 10,
        };
        let start = self.len;
        self.put_name(name, true);
        self.put_word(match data {
            Data::A(_) => kind::A,
            Data::Ptr(_) => kind::PTR,
            Data::Srv { .. } => kind::SRV,
            Data::Txt(_) => kind::TXT,
            Data::Nsec { .. } => kind::NSEC,
        });
        self.put_word(class::IN | if flush { class::TOP_BIT } else { 0 });
        self.put(&ttl.to_be_bytes());
        let data_len = self.len;
        self.put_word(0);
        self.put_data(data);
        self.set_word(data_len, (self.len - data_len).saturating_sub(2) as u16);
        self.finish(start, count)
    }

    /// Counts what stands behind `start` at this offset of the header, or takes it away where it is not whole.
    fn finish(&mut self, start: usize, count: usize) -> Result<(), MessageFull> {
        if self.is_full || start < HEADER_LEN {
            self.is_full = false;
            self.len = start;
            for name in self.names.iter_mut().filter(|name| usize::from(**name) >= start) {
                *name = 0;
            }
            return Err(MessageFull);
        }
        let counted = word(self.buffer, count).unwrap_or_default();
        self.set_word(count, counted.saturating_add(1));
        Ok(())
    }

    fn put_data(&mut self, data: Data<'_>) {
        match data {
            Data::A(address) => self.put(&address.octets()),
            Data::Ptr(target) => self.put_name(target, true),
            Data::Srv { port, target } => {
                self.put(&[0; 4]);
                self.put_word(port);
                self.put_name(target, self.compress_data);
            }
            Data::Txt(pairs) => {
                for [key, value] in pairs {
                    let len = key.len() + 1 + value.len();
                    self.is_full |= len > usize::from(u8::MAX);
                    self.put(&[len as u8]);
                    self.put(key);
                    self.put(b"=");
                    self.put(value);
                }
            }
            Data::Nsec { next, types } => {
                self.put_name(next, self.compress_data);
                self.put(&[0, types.len() as u8]);
                self.put(types);
            }
        }
    }

    fn put_name(&mut self, mut labels: &[&[u8]], compress: bool) {
        self.is_full |= labels.iter().map(|label| 1 + label.len()).sum::<usize>() > NAME_LEN_MAX;
        while let Some((label, rest)) = labels.split_first() {
            if compress && let Some(offset) = self.find(labels) {
                return self.put_word(u16::from(POINTER) << 8 | offset);
            }
            self.remember();
            self.is_full |= label.is_empty() || label.len() > LABEL_LEN_MAX;
            self.put(&[label.len() as u8]);
            self.put(label);
            labels = rest;
        }
        self.put(&[0]);
    }

    /// Where this name stands already.
    fn find(&self, labels: &[&[u8]]) -> Option<u16> {
        let written = self.buffer.get(..self.len)?;
        let is_here = |offset: u16| {
            offset > 0 && Name::read(written, usize::from(offset)).is_some_and(|(name, _)| name.is(labels))
        };
        self.names.into_iter().find(|&offset| is_here(offset))
    }

    /// A name, or the end of one, starts here.
    fn remember(&mut self) {
        let offset = self.len as u16;
        // Pointers have 14 bits.
        if self.len < 1 << 14
            && let Some(free) = self.names.iter_mut().find(|name| **name == 0)
        {
            *free = offset;
        }
    }

    fn put_word(&mut self, word: u16) {
        self.put(&word.to_be_bytes());
    }

    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.buffer.get_mut(self.len..end) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.is_full = true,
        }
    }

    fn set_word(&mut self, offset: usize, word: u16) {
        if let Some(place) = self.buffer.get_mut(offset..).and_then(|behind| behind.first_chunk_mut()) {
            *place = word.to_be_bytes();
        }
    }
}
