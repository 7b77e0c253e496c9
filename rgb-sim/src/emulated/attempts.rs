//! When a client's attempts began, by the frames that it sent.

use std::collections::VecDeque;

use rgb_proto::Instant;
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket, UdpPacket};

/// The ports of name servers and of multicast DNS. To a gateway's name server a board also connects for a sign of life.
const DNS_PORT: u16 = 53;
const MDNS_PORT: u16 = 5353;

/// The attempts that have begun of late.
///
/// An attempt begins with the question for its server's address, or where that is known with its connection. A search for
/// servers that announce themselves is none of either: it goes on from one attempt to the next.
#[derive(Debug, Default)]
pub(super) struct Attempts(VecDeque<Attempt>);

#[derive(Debug)]
struct Attempt {
    began: Instant,
    /// The board's port, once it connects.
    port: Option<u16>,
}

/// A frame that is part of an attempt's beginning.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    Question,
    Connection { port: u16 },
}

impl Attempts {
    /// More than ever wait for the words that end them.
    const KEPT: usize = 16;

    /// The board sends a frame now.
    pub(super) fn handle_sent(&mut self, frame: &[u8], now: Instant) {
        let Some(sign) = sign(frame) else { return };
        let port = match sign {
            Sign::Question => None,
            Sign::Connection { port } => Some(port),
        };
        match self.0.back_mut() {
            // Sent again.
            Some(last) if last.port == port => {}
            Some(last) if last.port.is_none() => last.port = port,
            _ => {
                if self.0.len() == Self::KEPT {
                    self.0.pop_front();
                }
                self.0.push_back(Attempt { began: now, port });
            }
        }
    }

    /// When the attempt began that ended then.
    pub(super) fn end(&mut self, at: Instant) -> Option<Instant> {
        let later = self.0.iter().position(|attempt| attempt.began > at).unwrap_or(self.0.len());
        self.0.drain(..later).next_back().map(|attempt| attempt.began)
    }

    /// The board has lost its power.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

fn sign(frame: &[u8]) -> Option<Sign> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let packet = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
    match packet.next_header() {
        IpProtocol::Tcp => {
            let segment = TcpPacket::new_checked(packet.payload()).ok()?;
            let connects = segment.syn() && !segment.ack() && segment.dst_port() != DNS_PORT;
            connects.then_some(Sign::Connection { port: segment.src_port() })
        }
        IpProtocol::Udp => {
            let datagram = UdpPacket::new_checked(packet.payload()).ok()?;
            // Who searches and announces does so from the service's own port.
            let asks = match datagram.dst_port() {
                DNS_PORT => true,
                MDNS_PORT => datagram.src_port() != MDNS_PORT,
                _ => false,
            };
            asks.then_some(Sign::Question)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{
        EthernetAddress, EthernetRepr, IpAddress, Ipv4Address, Ipv4Repr, TcpControl, TcpRepr, TcpSeqNumber, UdpRepr,
    };

    use super::*;

    const OWN: Ipv4Address = Ipv4Address::new(192, 168, 1, 50);
    const PEER: Ipv4Address = Ipv4Address::new(192, 168, 1, 51);

    fn frame(next_header: IpProtocol, payload_len: usize, emit: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let ip = Ipv4Repr { src_addr: OWN, dst_addr: PEER, next_header, payload_len, hop_limit: 64 };
        let mut bytes = vec![0; 14 + ip.buffer_len() + payload_len];
        let mut ethernet = EthernetFrame::new_unchecked(&mut bytes);
        EthernetRepr {
            src_addr: EthernetAddress([2; 6]),
            dst_addr: EthernetAddress([4; 6]),
            ethertype: EthernetProtocol::Ipv4,
        }
        .emit(&mut ethernet);
        let mut packet = Ipv4Packet::new_unchecked(ethernet.payload_mut());
        ip.emit(&mut packet, &ChecksumCapabilities::default());
        emit(packet.payload_mut());
        bytes
    }

    fn tcp(src_port: u16, dst_port: u16, control: TcpControl, ack: bool) -> Vec<u8> {
        let segment = TcpRepr {
            src_port,
            dst_port,
            control,
            seq_number: TcpSeqNumber(1),
            ack_number: ack.then_some(TcpSeqNumber(1)),
            window_len: 512,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: &[],
        };
        frame(IpProtocol::Tcp, segment.buffer_len(), |payload| {
            let (from, to) = (IpAddress::Ipv4(OWN), IpAddress::Ipv4(PEER));
            segment.emit(&mut TcpPacket::new_unchecked(payload), &from, &to, &ChecksumCapabilities::default());
        })
    }

    fn syn(port: u16) -> Vec<u8> {
        tcp(port, 80, TcpControl::Syn, false)
    }

    fn udp(src_port: u16, dst_port: u16) -> Vec<u8> {
        let datagram = UdpRepr { src_port, dst_port };
        frame(IpProtocol::Udp, datagram.header_len(), |payload| {
            let (from, to) = (IpAddress::Ipv4(OWN), IpAddress::Ipv4(PEER));
            let packet = &mut UdpPacket::new_unchecked(payload);
            datagram.emit(packet, &from, &to, 0, |_| {}, &ChecksumCapabilities::default());
        })
    }

    const fn ms(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    fn sent(frames: &[(u64, Vec<u8>)]) -> Attempts {
        let mut attempts = Attempts::default();
        frames.iter().for_each(|(at, frame)| attempts.handle_sent(frame, ms(*at)));
        attempts
    }

    #[test]
    fn an_attempt_begins_with_its_connection() {
        let mut attempts = sent(&[(10, syn(49152)), (12, tcp(49152, 80, TcpControl::Fin, true))]);
        assert_eq!(attempts.end(ms(30)), Some(ms(10)));
        assert_eq!(attempts.end(ms(30)), None);
    }

    #[test]
    fn a_question_for_the_address_is_part_of_it() {
        for question in [udp(50000, 53), udp(50000, 5353)] {
            let mut attempts = sent(&[(10, question.clone()), (40, question), (50, syn(49152)), (60, syn(49152))]);
            assert_eq!(attempts.end(ms(70)), Some(ms(10)));
        }
    }

    #[test]
    fn words_that_come_late_end_the_attempt_of_their_time() {
        let mut attempts = sent(&[(10, syn(49152)), (60, syn(49153)), (61, syn(49153))]);
        assert_eq!(attempts.end(ms(30)), Some(ms(10)));
        assert_eq!(attempts.end(ms(90)), Some(ms(60)));
    }

    #[test]
    fn an_attempt_whose_end_was_not_heard_of_is_not_taken_for_the_next_one() {
        let mut attempts = sent(&[(10, syn(49152)), (60, syn(49153))]);
        assert_eq!(attempts.end(ms(90)), Some(ms(60)));
        assert_eq!(attempts.end(ms(95)), None);
    }

    #[test]
    fn what_else_a_board_sends_begins_nothing() {
        let others = [
            // A sign of life of the gateway, an answer of its server, an announcement, a request for an address.
            tcp(49152, 53, TcpControl::Syn, false),
            tcp(80, 49152, TcpControl::Syn, true),
            udp(5353, 5353),
            udp(68, 67),
            vec![0; 60],
            vec![],
        ];
        for frame in others {
            assert_eq!(sign(&frame), None);
        }
    }

    #[test]
    fn they_do_not_pile_up() {
        let frames: Vec<_> = (0..100).map(|number| (u64::from(number), syn(49152 + number))).collect();
        assert_eq!(sent(&frames).0.len(), Attempts::KEPT);
    }
}
