//! Being found and finding (DSC clauses): multicast DNS on the board's network.

use std::net::{Ipv4Addr, SocketAddrV4};

use rgb_proto::Instant;
use rgb_proto::discovery::{Browser, BrowserStep, GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
use smoltcp::socket::udp;

use super::event::BoardEventKind;
use super::record::Record;
use crate::world::earlier;
use crate::world::stack::{Stack, receive, udp_socket};
use crate::world::udp::UdpPort;

/// The announcing and the searching side of a board, on one socket.
pub(super) struct Discovery {
    port: UdpPort,
    responder: Responder,
    browser: Option<Browser>,
    /// Whether there was a search at this address.
    has_searched: bool,
    found: Option<SocketAddrV4>,
    /// When one of them has something to do; they are left alone before.
    due: Option<Instant>,
    message: Box<[u8; MESSAGE_LEN_MAX]>,
}

impl Discovery {
    const PACKETS: usize = 4;
    /// The largest datagram on Ethernet; of smaller ones, which most are, several.
    const RECEIVE_LEN: usize = 1472;

    pub(super) fn new(stack: &mut Stack, record: &Record) -> Self {
        let mut socket = udp_socket(Self::PACKETS, Self::RECEIVE_LEN, Self::PACKETS * MESSAGE_LEN_MAX);
        // Others may check it (RFC 6762, section 11).
        socket.set_hop_limit(Some(255));
        let service = Service {
            name: *record.settings.name(),
            role: record.settings.role(),
            port: record.settings.port(),
            software: env!("CARGO_PKG_VERSION"),
        };
        Self {
            port: UdpPort::new(stack, socket, GROUP.port()),
            responder: Responder::new(service),
            browser: None,
            has_searched: false,
            found: None,
            due: None,
            message: Box::new([0; MESSAGE_LEN_MAX]),
        }
    }

    /// The board has this address now, or none.
    pub(super) fn handle_address(&mut self, address: Option<Ipv4Addr>, stack: &mut Stack, record: &Record) {
        self.browser = None;
        self.has_searched = false;
        self.found = None;
        // With another address it begins anew.
        self.responder.handle_address(None, record.now);
        self.port.socket(stack).close();
        if let Some(address) = address {
            self.responder.handle_address(Some(address).filter(|_| record.settings.role().serves()), record.now);
            stack.join_group(*GROUP.ip());
            self.port.open(stack);
        }
        self.due = Some(record.now);
    }

    /// Begins to look for a server other than this one (DSC-6).
    pub(super) fn start_search(&mut self, own: Option<SocketAddrV4>, now: Instant) {
        let search = if self.has_searched { Browser::again } else { Browser::new };
        self.browser = Some(search(own, now));
        self.has_searched = true;
        self.due = Some(now);
    }

    /// Takes the first server that answered since the last one was taken.
    pub(super) const fn take_found(&mut self) -> Option<SocketAddrV4> {
        self.found.take()
    }

    /// Does what is to be done now. Whether the stack has something to send, or the search has an end.
    pub(super) fn poll(&mut self, stack: &mut Stack, record: &mut Record) -> bool {
        let now = record.now;
        let socket = self.port.socket(stack);
        while let Some((bytes, from)) = receive(socket) {
            self.responder.handle_message(bytes, from, now, record.random.next_u32());
            if let Some(browser) = &mut self.browser {
                browser.handle_message(bytes, from, now);
            }
            self.due = Some(now);
        }
        self.port.drop_undeliverable(stack, now);
        if self.due.is_none_or(|due| now < due) {
            return false;
        }
        let socket = self.port.socket(stack);
        let mut acted = false;
        let answer_due = loop {
            match self.responder.poll(now, record.random.next_u32(), &mut self.message) {
                ResponderStep::Transmit { len, to } => {
                    acted |= send(socket, &self.message[..len], to);
                }
                ResponderStep::Renamed => record.tell(BoardEventKind::Renamed(*self.responder.host_label())),
                ResponderStep::Announced => record.tell(BoardEventKind::Announced(*self.responder.host_label())),
                ResponderStep::Wait { until } => break until,
                ResponderStep::Stopped => break None,
            }
        };
        let question_due = loop {
            let Some(browser) = &mut self.browser else { break None };
            match browser.poll(now, record.random.next_u32(), &mut self.message) {
                BrowserStep::Transmit { len } => acted |= send(socket, &self.message[..len], GROUP),
                BrowserStep::Found(server) => {
                    self.browser = None;
                    self.found = Some(server.address);
                    acted = true;
                }
                BrowserStep::Wait { until } => break Some(until),
            }
        };
        self.due = earlier(answer_due, question_due);
        if acted {
            stack.touch_others();
        }
        acted
    }

    /// When there is something to do, should nothing come before.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        earlier(self.due, self.port.poll_at())
    }
}

/// What cannot be sent counts as lost on the way.
fn send(socket: &mut udp::Socket<'_>, message: &[u8], to: SocketAddrV4) -> bool {
    socket.send_slice(message, to).is_ok()
}
