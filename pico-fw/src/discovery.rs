//! Being found and finding (DSC clauses): multicast DNS on the board's network.

use core::net::SocketAddrV4;

use embassy_futures::select::{Either, Either4, select, select4};
use embassy_net::Stack;
use embassy_net::udp::{PacketMetadata, UdpMetadata, UdpSocket};
use embassy_net::{IpAddress, IpEndpoint};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use rgb_proto::Instant;
use rgb_proto::discovery::{
    Browser, BrowserStep, FoundServer, GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service,
};

use crate::board::Board;
use crate::clock;
use crate::log::{Event, Log};
use crate::udp;

/// The hardware address of [`GROUP`] (RFC 1112, section 6.4), which a radio must let through.
pub const GROUP_HARDWARE_ADDRESS: [u8; 6] = [0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb];

/// How the board's other tasks talk to its [`run`]: the client asks for a server, and whoever ends the board says so.
pub struct Finder {
    wanted: Signal<NoopRawMutex, ()>,
    found: Signal<NoopRawMutex, FoundServer>,
    ending: Signal<NoopRawMutex, ()>,
    ended: Signal<NoopRawMutex, ()>,
}

impl Finder {
    /// Nobody has asked yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { wanted: Signal::new(), found: Signal::new(), ending: Signal::new(), ended: Signal::new() }
    }

    /// Waits for the first server that answers (DSC-6). For one task alone.
    pub(crate) async fn find(&self) -> FoundServer {
        // One that was found when nobody waited any more is as good.
        if let Some(found) = self.found.try_take() {
            return found;
        }
        self.wanted.signal(());
        self.found.wait().await
    }

    /// Takes back what the board has announced (DSC-7), within a moment. Nothing is announced any more then.
    pub async fn say_goodbye(&self) {
        /// One datagram needs far less, and without a network nobody waits for it.
        const GOODBYE_TIMEOUT: core::time::Duration = core::time::Duration::from_millis(300);
        self.ending.signal(());
        let _ = clock::before(clock::now() + GOODBYE_TIMEOUT, self.ended.wait()).await;
    }
}

impl Default for Finder {
    fn default() -> Self {
        Self::new()
    }
}

/// The buffers of one [`run`].
pub struct DiscoveryBuffers {
    receive: [u8; Self::RECEIVE_LEN],
    transmit: [u8; MESSAGE_LEN_MAX],
    message: [u8; MESSAGE_LEN_MAX],
}

impl DiscoveryBuffers {
    const PACKETS: usize = 4;
    /// The largest datagram on Ethernet; of smaller ones, which most are, several.
    const RECEIVE_LEN: usize = 1472;

    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; Self::RECEIVE_LEN], transmit: [0; MESSAGE_LEN_MAX], message: [0; MESSAGE_LEN_MAX] }
    }
}

impl Default for DiscoveryBuffers {
    fn default() -> Self {
        Self::new()
    }
}

/// Announces the board's server, if its role has one, and finds servers for its client, for ever.
///
/// It needs a place for one socket in the stack's resources, and a radio that lets [`GROUP_HARDWARE_ADDRESS`] through.
/// `random` gives uniformly drawn numbers; they spread questions and answers of boards that are switched on together.
pub async fn run(
    stack: Stack<'_>,
    board: &Board,
    finder: &Finder,
    log: &dyn Log,
    buffers: &mut DiscoveryBuffers,
    mut random: impl FnMut() -> u32,
) -> ! {
    let DiscoveryBuffers { receive, transmit, message } = buffers;
    // They are not all zeros, so as a part of a static they would lie in flash memory too.
    let (mut received, mut sent) = ([PacketMetadata::EMPTY; DiscoveryBuffers::PACKETS], [PacketMetadata::EMPTY; 1]);
    let mut socket = UdpSocket::new(stack, &mut received, receive, &mut sent, transmit);
    // Others may check it (RFC 6762, section 11).
    socket.set_hop_limit(Some(255));
    let settings = board.settings();
    let service = Service {
        name: *settings.name(),
        role: settings.role(),
        port: settings.port(),
        software: env!("CARGO_PKG_VERSION"),
    };
    let mut responder = Responder::new(service);
    loop {
        let address = board.network_up().await;
        finder.found.reset();
        // It fails only where the board is in too many groups, or knows no address.
        let _ = stack.join_multicast_group(*GROUP.ip());
        if socket.bind(GROUP.port()).is_ok() {
            responder.handle_address(Some(address).filter(|_| settings.role().serves()), clock::now());
            let own = SocketAddrV4::new(address, settings.port());
            let mut network = Network { socket: &mut socket, board, finder, log, message, own };
            network.run(&mut responder, &mut random).await;
        }
        responder.handle_address(None, clock::now());
        socket.close();
        board.address_changed(Some(address)).await;
    }
}

/// One address on one network, as long as it holds.
struct Network<'a, 'stack> {
    socket: &'a mut UdpSocket<'stack>,
    board: &'a Board,
    finder: &'a Finder,
    log: &'a dyn Log,
    message: &'a mut [u8; MESSAGE_LEN_MAX],
    /// Where the board's own server is, whether it has one or not.
    own: SocketAddrV4,
}

impl Network<'_, '_> {
    async fn run(&mut self, responder: &mut Responder, random: &mut impl FnMut() -> u32) {
        let mut browser = None;
        let mut has_searched = false;
        loop {
            let Some(answer_due) = self.announce(responder, random()).await else { return };
            let question_due = self.browse(&mut browser, random()).await;
            let next = answer_due.into_iter().chain(question_due).min();
            let due = async {
                match next {
                    Some(next) => clock::sleep_until(next).await,
                    None => core::future::pending().await,
                }
            };
            let orders = select(self.finder.wanted.wait(), self.finder.ending.wait());
            let lost = self.board.address_changed(Some(*self.own.ip()));
            let random = random();
            let received = self.socket.recv_from_with(|bytes, UdpMetadata { endpoint, .. }| {
                let IpEndpoint { addr: IpAddress::Ipv4(ip), port } = endpoint;
                let (from, now) = (SocketAddrV4::new(ip, port), clock::now());
                responder.handle_message(bytes, from, now, random);
                if let Some(browser) = &mut browser {
                    browser.handle_message(bytes, from, now);
                }
            });
            match select4(received, due, lost, orders).await {
                Either4::First(()) | Either4::Second(()) => {}
                Either4::Third(()) => return,
                Either4::Fourth(Either::First(())) => {
                    let search = if has_searched { Browser::again } else { Browser::new };
                    browser = Some(search(Some(self.own), clock::now()));
                    has_searched = true;
                }
                Either4::Fourth(Either::Second(())) => responder.stop(),
            }
        }
    }

    /// Does what the responder says until it waits; when it has something to say next. None once it has stopped for good.
    async fn announce(&mut self, responder: &mut Responder, random: u32) -> Option<Option<Instant>> {
        loop {
            match responder.poll(clock::now(), random, self.message) {
                ResponderStep::Transmit { len, to } => self.transmit(len, to).await,
                ResponderStep::Renamed => Event::NameTaken(responder.host_label()).tell(self.log),
                ResponderStep::Announced => Event::Announced(responder.host_label()).tell(self.log),
                ResponderStep::Wait { until } => return Some(until),
                ResponderStep::Stopped => {
                    self.finder.ended.signal(());
                    return None;
                }
            }
        }
    }

    /// Does what the browser says until it waits or has found a server; when it has something to ask next.
    async fn browse(&mut self, browser: &mut Option<Browser>, random: u32) -> Option<Instant> {
        loop {
            match browser.as_mut()?.poll(clock::now(), random, self.message) {
                BrowserStep::Transmit { len } => self.transmit(len, GROUP).await,
                BrowserStep::Found(server) => {
                    *browser = None;
                    self.finder.found.signal(server);
                }
                BrowserStep::Wait { until } => return Some(until),
            }
        }
    }

    async fn transmit(&mut self, len: usize, to: SocketAddrV4) {
        udp::send(self.socket, self.message.get(..len).unwrap_or_default(), to).await;
    }
}
