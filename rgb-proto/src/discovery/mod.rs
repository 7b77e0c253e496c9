//! How boards find each other: multicast DNS (RFC 6762) and DNS-based service discovery (RFC 6763), DSC clauses.
//!
//! A board that serves answers for its host name, such as `rgb-server.local`, and announces a service of the type
//! [`SERVICE_TYPE`] under it. A client that knows no server takes the first one announced.

// Some helpers are never inlined: with a copy at each caller, a board's program is 50 to 400 bytes longer for each of them.

mod browser;
mod label;
pub mod message;
mod responder;

use core::fmt;
use core::net::{Ipv4Addr, SocketAddrV4};

pub use browser::{Browser, BrowserStep, FoundServer};
pub use label::Label;
pub use responder::{Responder, ResponderStep, Service};

use crate::name::Name;
use crate::time::Instant;

/// The service's type in DNS-SD (DSC-1), with the domain.
pub const SERVICE_TYPE: &str = "_rgb._tcp.local";

/// Where multicast DNS is sent to (RFC 6762, section 3).
pub const GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353);

/// The most that a [`Responder`] or a [`Browser`] sends in one datagram, in bytes.
pub const MESSAGE_LEN_MAX: usize = 512;

/// The labels of [`SERVICE_TYPE`].
const TYPE: &[&[u8]; 3] = &[b"_rgb", b"_tcp", b"local"];

/// A point from `least_ms` to `most_ms` after `at`, by `random` of 2^32: what keeps boards from sending all at once.
#[inline(never)]
const fn spread([least_ms, most_ms]: [u32; 2], at: Instant, random: u32) -> Instant {
    let spread_micros = ((most_ms - least_ms) as u64 * 1000 * random as u64) >> 32;
    later(Instant::from_micros(at.as_micros().saturating_add(spread_micros)), least_ms)
}

/// The point so many milliseconds after `at`. The spans here are short and constant: this is less code than sums of
/// `Duration` are.
#[inline(never)]
const fn later(at: Instant, millis: u32) -> Instant {
    Instant::from_micros(at.as_micros().saturating_add(millis as u64 * 1000))
}

/// Whether this may be another host's address (RFC 6762, section 11).
#[inline(never)]
const fn is_plausible(from: SocketAddrV4) -> bool {
    let address = from.ip();
    from.port() != 0 && !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast()
}

/// What never comes.
const NEVER: Instant = Instant::from_micros(u64::MAX);

/// The keys of a service's TXT record (DSC-2).
pub mod txt {
    /// The version of these keys (RFC 6763, section 6.7); its value is [`VERSION`].
    pub const TXTVERS: &str = "txtvers";
    /// The only version so far.
    pub const VERSION: &str = "1";
    /// The board's name.
    pub const NAME: &str = "name";
    /// The board's part, as [`Role::as_str`](crate::settings::Role::as_str) says it.
    pub const ROLE: &str = "role";
    /// The version of the board's software.
    pub const SOFTWARE: &str = "version";
}

/// A board's name as one label of a host name (DSC-3): lower-case letters, digits and hyphens.
///
/// ```
/// use rgb_proto::discovery::HostLabel;
///
/// let label = HostLabel::new(&"Living_Room.2".parse()?);
/// assert_eq!(label.as_str(), "living-room-2");
/// # Ok::<(), rgb_proto::NameError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostLabel {
    /// Zero from `len` on, so that equal labels are equal arrays.
    bytes: [u8; Name::MAX_LEN],
    len: u8,
}

impl HostLabel {
    /// The label of a board of this name.
    #[must_use]
    pub fn new(name: &Name) -> Self {
        let mut label = Self { bytes: [0; Name::MAX_LEN], len: 0 };
        for &byte in name.as_bytes() {
            match byte {
                b'.' | b'-' | b'_' if label.len == 0 => {}
                b'.' | b'-' | b'_' => label.push(b'-'),
                _ => label.push(byte.to_ascii_lowercase()),
            }
        }
        while let Some(last @ b'-') = label.bytes.get_mut(usize::from(label.len).wrapping_sub(1)) {
            *last = 0;
            label.len -= 1;
        }
        if label.len == 0 {
            for &byte in b"rgb-board" {
                label.push(byte);
            }
        }
        label
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(usize::from(self.len)) {
            *place = byte;
            self.len += 1;
        }
    }

    /// The label as text, without a domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Display for HostLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
