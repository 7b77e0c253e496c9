//! smoltcp stacks joined in memory: a client writes eight bytes, a server answers nine and closes, and so on for ever.
//!
//! Time stands still while there is a frame on the wire, and then goes on to when the first stack or client has something to do.

use std::collections::VecDeque;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{self, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpAddress, IpCidr};

const REQUEST: &[u8] = b"GET Data";
const REPLY: &[u8] = b"255,128,0";
const PORT: u16 = 80;
/// What a board's server has.
const SERVER_SOCKETS: usize = 4;

/// The stacks, and the frames between them.
pub(crate) struct Bare {
    now: Instant,
    hosts: Vec<Host>,
    wire: VecDeque<(usize, Vec<u8>)>,
    /// Frames whose room is used again.
    spare: Vec<Vec<u8>>,
    exchanges: u64,
}

struct Host {
    interface: Interface,
    sockets: SocketSet<'static>,
    handles: Vec<SocketHandle>,
    /// Where a client asks; a server has none.
    server: Option<IpAddress>,
    next_port: u16,
    is_asking: bool,
    /// When it asks next, and how long after that again.
    next_ask: Instant,
    interval: Duration,
}

impl Bare {
    /// Clients, and servers in front of them. An exchange begins so long behind the last one's beginning, or else behind its end,
    /// and the clients take turns.
    pub(crate) fn new(clients: u16, clients_per_server: u16, interval: std::time::Duration) -> Self {
        let interval = Duration::from(interval);
        let servers = clients.div_ceil(clients_per_server);
        let mut bare =
            Self { now: Instant::ZERO, hosts: Vec::new(), wire: VecDeque::new(), spare: Vec::new(), exchanges: 0 };
        for number in 0..servers + clients {
            let mut config = Config::new(HardwareAddress::Ethernet(hardware_address(number)));
            config.random_seed = u64::from(number);
            let (wire, spare) = (&mut bare.wire, &mut bare.spare);
            let mut interface =
                Interface::new(config, &mut Card { arrived: None, wire, spare, from: 0, hosts: 0 }, bare.now);
            interface.update_ip_addrs(|addresses| {
                addresses.push(IpCidr::new(address(number), 16)).expect("room for one");
            });
            let is_server = number < servers;
            let mut sockets = SocketSet::new(Vec::new());
            let handles = (0..if is_server { SERVER_SOCKETS } else { 1 }).map(|_| {
                let buffer = |len| tcp::SocketBuffer::new(vec![0; len]);
                let mut socket = tcp::Socket::new(buffer(1024), buffer(1024));
                socket.set_nagle_enabled(false);
                sockets.add(socket)
            });
            let handles = handles.collect();
            let server = (!is_server).then(|| address(number % servers));
            let next_ask = bare.now + interval * u32::from(number) / u32::from(servers + clients);
            bare.hosts.push(Host {
                interface,
                sockets,
                handles,
                server,
                next_port: 49152,
                is_asking: false,
                next_ask,
                interval,
            });
        }
        for number in 0..bare.hosts.len() {
            bare.poll(number, None);
        }
        bare
    }

    /// Some, and how many.
    pub(crate) fn exchanges_of_a_while(&mut self) -> u64 {
        let before = self.exchanges;
        for _ in 0..1000 {
            match self.wire.pop_front() {
                Some((to, frame)) => self.poll(to, Some(frame)),
                None => self.wait(),
            }
        }
        self.exchanges - before
    }

    /// Nothing is on the wire: goes on to when a host has something to do.
    fn wait(&mut self) {
        let next = self.hosts.iter_mut().filter_map(|host| host.due(self.now)).min();
        self.now = next.expect("a client waits for something").max(self.now + Duration::from_micros(1));
        for number in 0..self.hosts.len() {
            if self.hosts[number].due(self.now).is_some_and(|due| due <= self.now) {
                self.poll(number, None);
            }
        }
    }

    fn poll(&mut self, number: usize, mut arrived: Option<Vec<u8>>) {
        loop {
            let hosts = self.hosts.len();
            let Self { now, hosts: all, wire, spare, exchanges } = self;
            let host = &mut all[number];
            let mut card = Card { arrived: arrived.take(), wire, spare, from: number, hosts };
            host.interface.poll(*now, &mut card, &mut host.sockets);
            let acted = match host.server {
                Some(server) => host.ask(server, *now, exchanges),
                None => host.serve(),
            };
            if !acted {
                return;
            }
        }
    }
}

impl Host {
    /// When it has something to do, should nothing arrive before.
    fn due(&mut self, now: Instant) -> Option<Instant> {
        let stack = self.interface.poll_at(now, &self.sockets);
        let is_idle = self.server.is_some() && self.socket().state() == State::Closed;
        stack.into_iter().chain(is_idle.then_some(self.next_ask)).min()
    }

    fn socket(&self) -> &tcp::Socket<'static> {
        self.sockets.get(self.handles[0])
    }

    fn serve(&mut self) -> bool {
        let mut acted = false;
        for handle in &self.handles {
            let socket = self.sockets.get_mut::<tcp::Socket<'_>>(*handle);
            match socket.state() {
                State::Closed | State::TimeWait => socket.listen(PORT).expect("not in use"),
                _ if socket.can_recv() => {
                    let len = socket.recv(|bytes| (bytes.len(), bytes.len())).expect("it can");
                    assert_eq!(len, REQUEST.len());
                    socket.send_slice(REPLY).expect("an open socket");
                    socket.close();
                    acted = true;
                }
                _ => {}
            }
        }
        acted
    }

    fn ask(&mut self, server: IpAddress, now: Instant, exchanges: &mut u64) -> bool {
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.handles[0]);
        match socket.state() {
            State::Closed if now < self.next_ask => false,
            State::Closed => {
                self.next_ask = now.max(self.next_ask + self.interval);
                self.is_asking = false;
                self.next_port = self.next_port.checked_add(1).unwrap_or(49152);
                socket.connect(self.interface.context(), (server, PORT), self.next_port).expect("not in use");
                true
            }
            State::Established if !self.is_asking => {
                self.is_asking = true;
                socket.send_slice(REQUEST).expect("an open socket");
                true
            }
            State::CloseWait => {
                let len = socket.recv(|bytes| (bytes.len(), bytes.len())).expect("the reply");
                assert_eq!(len, REPLY.len());
                socket.close();
                *exchanges += 1;
                true
            }
            _ => false,
        }
    }
}

fn hardware_address(number: u16) -> EthernetAddress {
    let [high, low] = number.to_be_bytes();
    EthernetAddress([2, 0, 0, 0, high, low])
}

fn address(number: u16) -> IpAddress {
    let [high, low] = (number + 1).to_be_bytes();
    IpAddress::v4(10, 0, high, low)
}

/// One host's end of the wire.
struct Card<'a> {
    arrived: Option<Vec<u8>>,
    wire: &'a mut VecDeque<(usize, Vec<u8>)>,
    spare: &'a mut Vec<Vec<u8>>,
    from: usize,
    hosts: usize,
}

struct Received<'a>(Vec<u8>, &'a mut Vec<Vec<u8>>);

struct Sending<'a> {
    wire: &'a mut VecDeque<(usize, Vec<u8>)>,
    from: usize,
    hosts: usize,
    room: Vec<u8>,
}

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        let result = read(&self.0);
        self.1.push(self.0);
        result
    }
}

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, len: usize, write: F) -> R {
        self.room.resize(len, 0);
        let result = write(&mut self.room);
        match self.room[..6] {
            [2, 0, 0, 0, high, low] => self.wire.push_back((u16::from_be_bytes([high, low]).into(), self.room)),
            _ => {
                for to in (0..self.hosts).filter(|to| *to != self.from) {
                    self.wire.push_back((to, self.room.clone()));
                }
            }
        }
        result
    }
}

impl Device for Card<'_> {
    type RxToken<'t>
        = Received<'t>
    where
        Self: 't;
    type TxToken<'t>
        = Sending<'t>
    where
        Self: 't;

    fn receive(&mut self, _now: Instant) -> Option<(Received<'_>, Sending<'_>)> {
        let frame = self.arrived.take()?;
        let room = self.spare.pop().unwrap_or_default();
        let sending = Sending { wire: self.wire, from: self.from, hosts: self.hosts, room };
        Some((Received(frame, self.spare), sending))
    }

    fn transmit(&mut self, _now: Instant) -> Option<Sending<'_>> {
        let room = self.spare.pop().unwrap_or_default();
        Some(Sending { wire: self.wire, from: self.from, hosts: self.hosts, room })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = 1514;
        capabilities
    }
}
