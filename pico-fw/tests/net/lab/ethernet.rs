//! Hubs of cables, one for each network, that remember every frame.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Waker};

use embassy_net::driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_time::Instant;
use smoltcp::wire::{ArpOperation, ArpPacket, EthernetFrame, EthernetProtocol};

/// The hubs.
#[derive(Default)]
pub(crate) struct Ethernet {
    ports: RefCell<Vec<Port>>,
    frames: RefCell<Vec<Frame>>,
    /// Frames of a hundred that are lost, and the state of the dice.
    loss_percent: Cell<u32>,
    dice: Cell<u32>,
}

/// One frame that was sent.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) sent: Instant,
    pub(crate) bytes: Vec<u8>,
}

struct Port {
    /// The network that the card is plugged into, from 0.
    network: usize,
    is_link_up: bool,
    /// Frames come through whatever the link says, as with a radio that is the access point.
    is_access_point: bool,
    /// The link says that it is up, and nothing comes through.
    is_dead: bool,
    /// Nothing comes through any more, for ever.
    is_cut: bool,
    inbox: VecDeque<Vec<u8>>,
    waker: Option<Waker>,
}

impl Ethernet {
    /// Plugs a card in.
    pub(crate) fn attach(self: &Rc<Self>, mac: [u8; 6], is_link_up: bool) -> Nic {
        let mut ports = self.ports.borrow_mut();
        ports.push(Port {
            network: 0,
            is_link_up,
            is_access_point: false,
            is_dead: false,
            is_cut: false,
            inbox: VecDeque::new(),
            waker: None,
        });
        Nic { ethernet: Rc::clone(self), port: ports.len() - 1, mac }
    }

    pub(crate) fn is_link_up(&self, port: usize) -> bool {
        self.ports.borrow()[port].is_link_up
    }

    pub(crate) fn set_link(&self, port: usize, is_up: bool) {
        let port = &mut self.ports.borrow_mut()[port];
        port.is_link_up = is_up;
        port.inbox.clear();
        port.wake();
    }

    /// Plugs the card into another network.
    pub(crate) fn join(&self, port: usize, network: usize) {
        self.ports.borrow_mut()[port].network = network;
        self.set_link(port, true);
    }

    /// Makes the card the access point of a network of its own, whose number it gives. Its link stays down.
    pub(crate) fn open(&self, port: usize) -> usize {
        let mut ports = self.ports.borrow_mut();
        let network = 1 + ports.iter().map(|port| port.network).max().unwrap_or_default();
        ports[port].network = network;
        ports[port].is_access_point = true;
        network
    }

    /// The network that the card is plugged into.
    pub(crate) fn network(&self, port: usize) -> usize {
        self.ports.borrow()[port].network
    }

    /// The cards in this network whose link is up.
    pub(crate) fn stations(&self, network: usize) -> Vec<usize> {
        let ports = self.ports.borrow();
        let is_there = |port: &Port| port.network == network && port.is_link_up;
        (0..ports.len()).filter(|&index| is_there(&ports[index])).collect()
    }

    /// From now on nothing comes through this link, which goes on to say that it is up; or all is well again.
    pub(crate) fn set_dead(&self, port: usize, is_dead: bool) {
        self.ports.borrow_mut()[port].is_dead = is_dead;
    }

    /// Nothing comes through this link any more, whatever is done to it.
    pub(crate) fn cut(&self, port: usize) {
        self.ports.borrow_mut()[port].is_cut = true;
    }

    /// From now on so many frames of a hundred are lost, each time the same ones.
    pub(crate) fn set_loss(&self, percent: u32) {
        self.loss_percent.set(percent);
    }

    fn is_lost(&self) -> bool {
        let dice = self.dice.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.dice.set(dice);
        (dice >> 16) % 100 < self.loss_percent.get()
    }

    /// Every frame that was sent since the last call.
    pub(crate) fn take_frames(&self) -> Vec<Frame> {
        std::mem::take(&mut self.frames.borrow_mut())
    }

    /// How many requests of ARP for this address were sent.
    pub(crate) fn searches_for(&self, address: [u8; 4]) -> usize {
        let is_search = |frame: &&Frame| {
            let Ok(frame) = EthernetFrame::new_checked(&frame.bytes) else { return false };
            frame.ethertype() == EthernetProtocol::Arp
                && ArpPacket::new_checked(frame.payload()).is_ok_and(|packet| {
                    packet.operation() == ArpOperation::Request && packet.target_protocol_addr() == address
                })
        };
        self.frames.borrow().iter().filter(is_search).count()
    }

    fn send(&self, from: usize, bytes: &[u8]) {
        let mut ports = self.ports.borrow_mut();
        let network = ports[from].network;
        if !ports[from].passes() {
            return;
        }
        self.frames.borrow_mut().push(Frame { sent: Instant::now(), bytes: bytes.to_vec() });
        if self.is_lost() {
            return;
        }
        for (index, port) in ports.iter_mut().enumerate() {
            if index != from && port.network == network && port.passes() {
                port.inbox.push_back(bytes.to_vec());
                port.wake();
            }
        }
    }
}

impl Port {
    const fn passes(&self) -> bool {
        (self.is_link_up || self.is_access_point) && !self.is_dead && !self.is_cut
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// One network card.
pub(crate) struct Nic {
    ethernet: Rc<Ethernet>,
    port: usize,
    mac: [u8; 6],
}

impl Nic {
    pub(crate) const fn port(&self) -> usize {
        self.port
    }

    pub(crate) fn ethernet(&self) -> Rc<Ethernet> {
        Rc::clone(&self.ethernet)
    }

    fn register(&self, cx: &Context<'_>) {
        self.ethernet.ports.borrow_mut()[self.port].waker = Some(cx.waker().clone());
    }
}

pub(crate) struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, read: F) -> R {
        read(&mut self.0)
    }
}

pub(crate) struct Sending<'a>(&'a Nic);

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let mut bytes = vec![0; len];
        let result = write(&mut bytes);
        self.0.ethernet.send(self.0.port, &bytes);
        result
    }
}

impl Driver for Nic {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, cx: &mut Context<'_>) -> Option<(Received, Sending<'_>)> {
        self.register(cx);
        let bytes = self.ethernet.ports.borrow_mut()[self.port].inbox.pop_front()?;
        Some((Received(bytes), Sending(self)))
    }

    fn transmit(&mut self, _cx: &mut Context<'_>) -> Option<Sending<'_>> {
        Some(Sending(self))
    }

    fn link_state(&mut self, cx: &mut Context<'_>) -> LinkState {
        self.register(cx);
        if self.ethernet.is_link_up(self.port) { LinkState::Up } else { LinkState::Down }
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1514;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.mac)
    }
}
