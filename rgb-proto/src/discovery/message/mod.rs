//! DNS messages (RFC 1035, section 4), as far as multicast DNS needs them: [`Message`] reads, [`Writer`] writes.
//!
//! A message is read whole or not at all: [`Message::parse`] walks through it once, and what it lets through has no end
//! inside a record, no loop of pointers and no record whose data does not fit its type.

mod name;
mod read;
mod write;

pub use name::{Labels, Name};
pub use read::{Message, Question, Questions, Record, Records};
pub use write::{Data, MessageFull, Writer};

/// The bytes of a message before its questions (RFC 1035, section 4.1.1).
const HEADER_LEN: usize = 12;

/// The types of records and questions.
pub mod kind {
    /// An IPv4 address.
    pub const A: u16 = 1;
    /// Another name.
    pub const PTR: u16 = 12;
    /// Strings (RFC 6763, section 6).
    pub const TXT: u16 = 16;
    /// An IPv6 address.
    pub const AAAA: u16 = 28;
    /// A service's host and port (RFC 2782).
    pub const SRV: u16 = 33;
    /// Which types a name has, and so which not (RFC 6762, section 6.1).
    pub const NSEC: u16 = 47;
    /// In a question: all types.
    pub const ANY: u16 = 255;
}

/// The classes of records and questions.
pub mod class {
    /// The Internet's.
    pub const IN: u16 = 1;
    /// In a question: all classes.
    pub const ANY: u16 = 255;
    /// Beside the class of a question: answer by unicast (RFC 6762, section 5.4). Beside the class of a record: forget what
    /// else was said of this name and type (section 10.2).
    pub const TOP_BIT: u16 = 0x8000;
}

/// The bits of a message's header, which are the third and fourth byte.
pub mod flags {
    /// A response, not a query.
    pub const RESPONSE: u16 = 0x8000;
    /// Of a response: from the one who owns the names.
    pub const AUTHORITATIVE: u16 = 0x0400;
    /// Of a query: more known answers follow (RFC 6762, section 7.2).
    pub const TRUNCATED: u16 = 0x0200;
    /// The bits of the operation and the error, which are zero in every message of multicast DNS (RFC 6762, sections 18.3
    /// and 18.11).
    pub const OPCODE_AND_RCODE: u16 = 0x780f;
}

/// Where in a message a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Section {
    /// Of a response the answers; of a query the answers that the asker knows already (RFC 6762, section 7.1).
    Answer,
    /// Of a query the records that a probing host wants to own (RFC 6762, section 8.2).
    Authority,
    /// What else may be of use.
    Additional,
}
