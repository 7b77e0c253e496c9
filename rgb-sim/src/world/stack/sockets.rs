//! Sockets in sets that are looked at apart from each other, and to which of them a segment goes.

use rgb_proto::Instant;
use smoltcp::iface::{Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::socket::tcp;
use smoltcp::wire::{IpAddress, IpEndpoint};

use super::smoltcp_instant;
use crate::world::Nic;

/// A TCP socket, alone in its set.
pub(super) struct Tcp {
    pub(super) sockets: Sockets,
    handle: SocketHandle,
    /// The last poll in which something was let in, or the connection ended.
    pub(super) changed_in: u64,
}

/// Sockets that are looked at together.
pub(super) struct Sockets {
    pub(super) set: SocketSet<'static>,
    /// When one of them has something to send by itself.
    due: Instant,
    /// One of them may have something to send now.
    pub(super) is_touched: bool,
    /// Since `due` was found out, something was let in or out; and whether something was sent.
    is_stale: bool,
    has_sent: bool,
}

/// Later than anything happens.
pub(super) const NEVER: Instant = Instant::from_micros(u64::MAX);

impl Tcp {
    pub(super) const IN_USE: &str = "a socket is used from when it is added until it is removed";

    pub(super) fn new(socket: tcp::Socket<'static>) -> Self {
        let mut sockets = Sockets::new();
        Self { handle: sockets.set.add(socket), sockets, changed_in: 0 }
    }

    pub(super) fn socket(&self) -> &tcp::Socket<'static> {
        self.sockets.set.get(self.handle)
    }

    pub(super) fn socket_mut(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.set.get_mut(self.handle)
    }

    /// Whether a segment is for this socket, as smoltcp decides it among the sockets of a set.
    pub(super) fn accepts(&self, segment: &Segment) -> bool {
        let socket = self.socket();
        match (socket.state(), socket.local_endpoint(), socket.remote_endpoint()) {
            (tcp::State::Closed, ..) => false,
            (_, Some(local), Some(remote)) => local == segment.to && remote == segment.from,
            (..) => segment.is_opening && socket.listen_endpoint().port == segment.to.port,
        }
    }
}

impl Sockets {
    pub(super) fn new() -> Self {
        Self { set: SocketSet::new(Vec::new()), due: NEVER, is_touched: false, is_stale: false, has_sent: false }
    }

    /// Whether there may be something to send.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.is_touched || self.due <= now
    }

    /// Sends what there is to send, at most once for each socket.
    pub(super) fn send(&mut self, interface: &mut Interface, nic: &mut Nic<'_>, now: Instant) {
        let result = interface.poll_egress(smoltcp_instant(now), nic, &mut self.set);
        self.has_sent = result == PollResult::SocketStateChanged;
        self.is_touched = false;
        self.is_stale = true;
    }

    pub(super) fn poll_at(&mut self, interface: &mut Interface, now: Instant) -> Instant {
        /// What is due and could not leave is tried again after so long.
        const RETRY_MICROS: u64 = 100;
        if self.is_stale {
            self.is_stale = false;
            let due = interface.poll_at(smoltcp_instant(now), &self.set);
            let due = due.map_or(NEVER, |due| Instant::from_micros(due.total_micros().max(0).cast_unsigned()));
            self.due = match due > now {
                true => due,
                false if self.has_sent => now,
                false => Instant::from_micros(now.as_micros() + RETRY_MICROS),
            };
        }
        self.due
    }
}

/// What a TCP segment tells of whose it is.
pub(super) struct Segment {
    from: IpEndpoint,
    to: IpEndpoint,
    /// Whether it is neither an acknowledgement nor a reset.
    is_opening: bool,
}

impl Segment {
    /// Reads an Ethernet frame with an IPv4 packet with a segment (RFC 791, section 3.1; RFC 9293, section 3.1). Nothing is
    /// checked: that is the stack's part.
    pub(super) fn parse(frame: &[u8]) -> Option<Self> {
        const IPV4: [u8; 2] = [0x08, 0x00];
        const TCP: u8 = 6;
        const ACK_OR_RST: u8 = 0x14;
        let (header, packet) = frame.split_first_chunk::<14>()?;
        let (ip, _) = packet.split_first_chunk::<20>()?;
        if header[12..] != IPV4 || ip[9] != TCP {
            return None;
        }
        let header_len = usize::from(ip[0] & 0x0f) * 4;
        let tcp: &[u8; 14] = packet.get(header_len..)?.first_chunk()?;
        let endpoint = |address: usize, port: usize| {
            let [a, b, c, d] = [0, 1, 2, 3].map(|byte| ip[address + byte]);
            IpEndpoint::new(IpAddress::v4(a, b, c, d), u16::from_be_bytes([tcp[port], tcp[port + 1]]))
        };
        Some(Self { from: endpoint(12, 0), to: endpoint(16, 2), is_opening: tcp[13] & ACK_OR_RST == 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame to 192.168.1.2 port 80 with these flags, and with options of IPv4 so long.
    fn frame(flags: u8, options_len: usize) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        frame.extend([
            0x45 + (options_len / 4) as u8,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            64,
            6,
            0,
            0,
            192,
            168,
            1,
            9,
            192,
            168,
            1,
            2,
        ]);
        frame.resize(frame.len() + options_len, 1);
        frame.extend([0xc0, 0x01, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
        frame
    }

    #[test]
    fn a_segment_tells_whose_it_is_behind_options_too() {
        for options_len in [0, 4, 40] {
            let segment = Segment::parse(&frame(0x02, options_len)).expect("a segment");
            assert_eq!(segment.from, IpEndpoint::new(IpAddress::v4(192, 168, 1, 9), 0xc001));
            assert_eq!(segment.to, IpEndpoint::new(IpAddress::v4(192, 168, 1, 2), 80));
            assert!(segment.is_opening);
        }
        for flags in [0x10, 0x12, 0x04, 0x14, 0x11] {
            assert!(!Segment::parse(&frame(flags, 0)).expect("a segment").is_opening, "{flags:#x}");
        }
    }

    #[test]
    fn what_is_no_segment_or_none_that_is_whole_is_nobodys() {
        let whole = frame(0x02, 40);
        assert!((0..14 + 60 + 14).all(|len| Segment::parse(&whole[..len]).is_none()));
        let mut udp = whole;
        udp[14 + 9] = 17;
        assert!(Segment::parse(&udp).is_none());
    }
}
