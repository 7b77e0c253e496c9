//! What the tests are made in.

mod air;
mod computer;
mod ethernet;
mod pico;
mod router;
mod time;
mod wire;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, StackResources, StaticConfigV4};
use embassy_time::{Duration, Instant, Timer};
use rgb_proto::settings::Wifi;

use air::{AccessPoint, Air};
pub(crate) use computer::{Computer, end, read_to_end, write};
use ethernet::{Ethernet, Nic};
pub(crate) use pico::Pico;
pub(crate) use router::{Router, answer_to};
pub(crate) use wire::Segment;

/// One network with its router and access point, and a clock that jumps.
pub(crate) struct Lab {
    world: time::World,
    pub(crate) ethernet: Rc<Ethernet>,
    air: Rc<Air>,
    /// The router's.
    pub(crate) access_point: Rc<RefCell<AccessPoint>>,
    pub(crate) router: Router,
    next_mac: Cell<u8>,
}

impl Lab {
    pub(crate) const ROUTER: Ipv4Address = Ipv4Address::new(192, 168, 1, 1);
    const ROUTERS_NETWORK: usize = 0;

    /// A network that works. Only one lab can be at a time, since all of a process has one clock.
    pub(crate) fn new() -> Self {
        let world = time::World::new();
        let ethernet = Rc::new(Ethernet::default());
        let next_mac = Cell::new(1);
        let computer = computer(&world, &ethernet, &next_mac, Self::ROUTER);
        let router = Router::start(&world, computer);
        let air = Rc::new(Air::default());
        let access_point = air.add("Home", "correct horse", Self::ROUTERS_NETWORK);
        Self { world, ethernet, air, access_point, router, next_mac }
    }

    /// A computer at 192.168.1.`host`.
    pub(crate) fn computer(&self, host: u8) -> Computer {
        computer(&self.world, &self.ethernet, &self.next_mac, Ipv4Address::new(192, 168, 1, host))
    }

    /// A computer with this address on the network of a board that is an access point.
    pub(crate) fn computer_with(&self, pico: Pico, address: Ipv4Address) -> Computer {
        let computer = computer(&self.world, &self.ethernet, &self.next_mac, address);
        self.ethernet.join(computer.port, self.ethernet.network(pico.port));
        computer
    }

    /// A board with all its tasks, that starts now. `source` is what it serves.
    pub(crate) fn pico(&self, settings_text: &str, source: impl pico_fw::source::Source + 'static) -> Pico {
        let nic = self.ethernet.attach(take_mac(&self.next_mac), false);
        Pico::start(&self.world, nic, &self.air, pico::settings(settings_text), source)
    }

    /// Another access point that leads to the router.
    pub(crate) fn add_access_point(&self, ssid: &str, passphrase: &str) -> Rc<RefCell<AccessPoint>> {
        self.air.add(ssid, passphrase, Self::ROUTERS_NETWORK)
    }

    /// A board loses its power, and who is with it the link. It does not come back; a new start of it is another board.
    pub(crate) fn switch_off(&self, pico: Pico) {
        self.ethernet.cut(pico.port);
        if pico.board.settings().wifi() == Wifi::AccessPoint {
            let network = self.ethernet.network(pico.port);
            self.air.remove(network);
            for station in self.ethernet.stations(network) {
                self.ethernet.set_link(station, false);
            }
        }
    }

    /// What the boards' radios were told, in order.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.air.calls.borrow().clone()
    }

    /// A server board and its address, ready for clients.
    pub(crate) fn server(&self, source: impl pico_fw::source::Source + 'static) -> (Pico, Ipv4Address) {
        let server = self.pico("name=server;role=server", source);
        let mut address = None;
        self.run_until(Duration::from_secs(10), "the server has an address", || {
            address = server.board.address();
            address.is_some()
        });
        (server, address.expect("just seen"))
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.world.spawn(task);
    }

    /// Lets everything run until `script` is over.
    ///
    /// # Panics
    ///
    /// When it is not over within ten minutes of virtual time.
    pub(crate) fn run<T>(&self, script: impl Future<Output = T>) -> T {
        self.world.run(script, Duration::from_secs(600))
    }

    /// Lets everything run for so long.
    pub(crate) fn run_for(&self, span: Duration) {
        self.run(Timer::after(span));
    }

    /// Time goes on and nothing runs, for spans that would take too long otherwise.
    pub(crate) fn skip(&self, span: Duration) {
        embassy_time::MockDriver::get().advance(span);
    }

    /// Lets everything run until `reached` holds, and says how long that took.
    ///
    /// # Panics
    ///
    /// When it does not hold within `limit`.
    pub(crate) fn run_until(&self, limit: Duration, what: &str, mut reached: impl FnMut() -> bool) -> Duration {
        let started = Instant::now();
        self.run(async {
            while !reached() {
                assert!(started.elapsed() < limit, "not within {} ms: {what}", limit.as_millis());
                Timer::after_millis(1).await;
            }
        });
        started.elapsed()
    }
}

fn take_mac(next: &Cell<u8>) -> [u8; 6] {
    let last = next.get();
    next.set(last + 1);
    [2, 0, 0, 0, 0, last]
}

fn computer(world: &time::World, ethernet: &Rc<Ethernet>, next_mac: &Cell<u8>, address: Ipv4Address) -> Computer {
    let nic = ethernet.attach(take_mac(next_mac), true);
    let port = nic.port();
    let config = Config::ipv4_static(StaticConfigV4 {
        address: Ipv4Cidr::new(address, 24),
        gateway: Some(Lab::ROUTER),
        dns_servers: [Lab::ROUTER].into_iter().collect(),
    });
    let (stack, runner) = embassy_net::new(nic, config, leak(StackResources::<16>::new()), 7 + port as u64);
    world.spawn(run_stack(runner));
    Computer { stack, port }
}

async fn run_stack(mut runner: Runner<'static, Nic>) {
    runner.run().await;
}

/// The firmware keeps such things in statics.
fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}
