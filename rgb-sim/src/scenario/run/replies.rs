//! The colours that are sent, as they are on the air: so what boards show is not judged by what boards say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rgb_proto::{Instant, MAX_REPLY_LEN, Rgb};

use crate::world::{NodeId, Tap};

/// The colours that were sent of late, by the hardware address that they were sent to.
#[derive(Default)]
pub(super) struct Replies(BTreeMap<[u8; 6], VecDeque<(Instant, Rgb)>>);

impl Replies {
    /// Longer than any exchange lasts.
    const KEPT: Duration = Duration::from_secs(120);

    fn add(&mut self, to: [u8; 6], at: Instant, color: Rgb) {
        let sent = self.0.entry(to).or_default();
        while sent.front().is_some_and(|(before, _)| at.saturating_duration_since(*before) > Self::KEPT) {
            sent.pop_front();
        }
        sent.push_back((at, color));
    }

    /// Whether a colour was sent to a board in this time, both ends included.
    pub(super) fn has(&self, to: [u8; 6], [from, until]: [Instant; 2], color: Rgb) -> bool {
        let sent = self.0.get(&to).into_iter().flatten().rev();
        sent.skip_while(|(at, _)| *at > until).take_while(|(at, _)| *at >= from).any(|(_, sent)| *sent == color)
    }
}

/// Looks for replies in what passes, and hands everything on.
pub(super) struct ReplyTap {
    pub(super) replies: Arc<Mutex<Replies>>,
    pub(super) next: Option<Box<dyn Tap>>,
}

impl Tap for ReplyTap {
    fn frame(&mut self, at: Instant, from: NodeId, frame: &[u8]) {
        if let Some((to, color)) = reply(frame) {
            self.replies.lock().unwrap_or_else(PoisonError::into_inner).add(to, at, color);
        }
        if let Some(next) = &mut self.next {
            next.frame(at, from, frame);
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.next.as_mut().map_or(Ok(()), |next| next.finish())
    }
}

/// The colour in a frame, if it is a whole reply as boards send it in one segment (SRV-2), and whom it is for.
fn reply(frame: &[u8]) -> Option<([u8; 6], Rgb)> {
    use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let packet = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
    if packet.next_header() != IpProtocol::Tcp {
        return None;
    }
    let segment = TcpPacket::new_checked(packet.payload()).ok()?;
    let payload = segment.payload();
    if payload.is_empty() || payload.len() > MAX_REPLY_LEN {
        return None;
    }
    let color = str::from_utf8(payload).ok()?.parse().ok()?;
    Some((ethernet.dst_addr().0, color))
}
