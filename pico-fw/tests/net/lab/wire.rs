//! What is in the frames.

use embassy_time::Instant;
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

use super::ethernet::Frame;

/// One TCP segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) sent: Instant,
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) payload: Vec<u8>,
}

impl Segment {
    /// The TCP segments among these frames.
    pub(crate) fn all(frames: &[Frame]) -> Vec<Self> {
        frames.iter().filter_map(Self::of).collect()
    }

    fn of(frame: &Frame) -> Option<Self> {
        let ethernet = EthernetFrame::new_checked(&frame.bytes).ok()?;
        if ethernet.ethertype() != EthernetProtocol::Ipv4 {
            return None;
        }
        let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
        if ip.next_header() != IpProtocol::Tcp {
            return None;
        }
        let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
        Some(Self {
            sent: frame.sent,
            from: tcp.src_port(),
            to: tcp.dst_port(),
            syn: tcp.syn(),
            fin: tcp.fin(),
            rst: tcp.rst(),
            payload: tcp.payload().to_vec(),
        })
    }
}
