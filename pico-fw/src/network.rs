//! Onto the network, and back onto it after every failure (STA clauses).

use core::net::{Ipv4Addr, SocketAddrV4};
use core::time::Duration;

use embassy_futures::select::{Either, select, select4};
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::{Config, DhcpConfig, Stack};
use rgb_proto::settings::{Settings, Wifi};
use rgb_proto::{Instant, Station, StationStep};

use crate::access_point;
use crate::board::{Board, Part};
use crate::clock;
use crate::log::{Event, Log};
use crate::radio::Radio;

/// How often the strength of the signal is read.
const RSSI_INTERVAL: Duration = Duration::from_secs(5);
/// A change of it that is worth a line, in dB: less than this is noise.
const RSSI_CHANGE_TOLD: u32 = 5;
/// The most that one reading of it may take.
const RSSI_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an answer to the search for an address may take until it is asked for again. With the 10 s of smoltcp one lost
/// broadcast would take most of the time that the network is given (STA-3); RFC 2131, 4.1, waits about 4.
const DISCOVER_TIMEOUT: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(3);

/// A name server's: no service is more usual on a gateway. One without it refuses (STA-8).
const PROBE_PORT: u16 = 53;

/// A stack's configuration for this board: an address from the network that it joins, or for an access point its own.
#[must_use]
pub fn stack_config(settings: &Settings) -> Config {
    match settings.wifi() {
        Wifi::Station => dhcp_config(settings),
        Wifi::AccessPoint => access_point::config(),
    }
}

/// A stack's configuration for a station: an address from the router, which is told the board's name.
fn dhcp_config(settings: &Settings) -> Config {
    let mut config = DhcpConfig::default();
    config.hostname = settings.name().as_str().parse().ok();
    config.retry_config.discover_timeout = DISCOVER_TIMEOUT;
    config.retry_config.initial_request_timeout = DISCOVER_TIMEOUT;
    Config::dhcpv4(config)
}

/// Brings the board onto its network and keeps it there, for ever.
///
/// It alone may use the radio, and it alone may wait for the stack's link and configuration: the stack wakes one such task
/// only. It needs a place for one socket in the stack's resources. `random` gives uniformly drawn numbers; they spread the waits of boards that failed together (STA-4).
pub async fn keep_up<R: Radio>(
    mut radio: R,
    stack: Stack<'_>,
    board: &Board,
    log: &dyn Log,
    mut random: impl FnMut() -> u32,
) -> ! {
    // For probes. Nobody sends anything through it.
    let (mut receive, mut transmit) = ([0; 64], [0; 1]);
    let mut socket = TcpSocket::new(stack, &mut receive, &mut transmit);
    board.start_station();
    let mut signal = Signal { due: clock::now(), told: None };
    loop {
        let step = board.poll_station(random());
        board.moved(Part::Station);
        if !step.network_works() {
            board.set_address(None);
            board.set_rssi(None);
            signal.told = None;
        }
        match step {
            StationStep::Join { network, deadline } => {
                let networks = board.settings().networks();
                let Some(network) = networks.get(usize::from(network)).or(networks.first()) else {
                    board.await_alive(Part::Station, clock::sleep_until(deadline)).await;
                    continue;
                };
                board.set_network(*network.ssid());
                Event::Joining(network.ssid()).tell(log);
                match clock::before(deadline, radio.join(network)).await {
                    Some(Ok(())) => {
                        Event::Connected.tell(log);
                        board.tell_station(Station::handle_joined);
                    }
                    Some(Err(error)) => board.tell_station(|station, now| station.handle_join_failed(error, now)),
                    None => {}
                }
            }
            StationStep::AwaitAddress { deadline } => {
                let change = board.await_alive(Part::Station, first_change(stack));
                match clock::before(deadline, change).await {
                    Some(Change::Address) => board.tell_station(Station::handle_address),
                    Some(Change::LinkLost) => board.tell_station(Station::handle_link_lost),
                    None => {}
                }
            }
            StationStep::Run { until } => run(&mut radio, &mut signal, stack, board, log, until).await,
            StationStep::Probe { deadline } => {
                let is_answered = clock::before(deadline, probe(stack, &mut socket)).await == Some(true);
                // The gateway need not wait for more.
                socket.abort();
                board.tell_station(|station, now| station.handle_probe(is_answered, now));
            }
            StationStep::Leave { deadline } => {
                if let Some(failure) = board.last_failure() {
                    Event::NetworkFailed(failure).tell(log);
                }
                if clock::before(deadline, radio.leave()).await.is_some() {
                    let random = random();
                    board.tell_station(|station, now| station.handle_left(now, random));
                }
            }
            StationStep::Wait { until } => board.await_alive(Part::Station, clock::sleep_until(until)).await,
        }
    }
}

/// Lets the board's roles run at this address, and says where.
pub(crate) fn announce(address: Ipv4Addr, board: &Board, log: &dyn Log) {
    board.set_address(Some(address));
    let settings = board.settings();
    Event::Address(address).tell(log);
    if settings.role().serves() {
        Event::Listening(SocketAddrV4::new(address, settings.port())).tell(log);
    }
    if settings.role().asks()
        && let Some(host) = settings.server()
    {
        Event::Asking { host, port: settings.port() }.tell(log);
    }
}

enum Change {
    Address,
    LinkLost,
}

/// Waits for an address, or for the loss of the link. The stack learns of a new link a moment after the radio.
async fn first_change(stack: Stack<'_>) -> Change {
    let link_lost = async {
        stack.wait_link_up().await;
        stack.wait_link_down().await;
    };
    let address = async {
        stack.wait_link_up().await;
        stack.wait_config_up().await;
    };
    match select(link_lost, address).await {
        Either::First(()) => Change::LinkLost,
        Either::Second(()) => Change::Address,
    }
}

fn address_of(stack: Stack<'_>) -> Option<Ipv4Addr> {
    stack.config_v4().map(|config| config.address.address())
}

/// What is known of the strength of the access point's signal.
struct Signal {
    /// When to read it again.
    due: Instant,
    /// The last strength that was worth a line, in dBm.
    told: Option<i32>,
}

/// Asks the gateway for a sign of life (STA-8). Whether it gave one; where it does not answer, this goes on for ever.
async fn probe(stack: Stack<'_>, socket: &mut TcpSocket<'_>) -> bool {
    let Some(gateway) = stack.config_v4().and_then(|config| config.gateway) else { return false };
    let outcome = socket.connect(SocketAddrV4::new(gateway, PROBE_PORT)).await;
    matches!(outcome, Ok(()) | Err(ConnectError::ConnectionReset))
}

/// Watches over a network that works, until then or until the station has been told of something.
async fn run<R: Radio>(
    radio: &mut R,
    signal: &mut Signal,
    stack: Stack<'_>,
    board: &Board,
    log: &dyn Log,
    until: Instant,
) {
    if !stack.is_link_up() {
        return board.tell_station(Station::handle_link_lost);
    }
    let Some(address) = address_of(stack) else {
        Event::AddressLost.tell(log);
        return board.tell_station(Station::handle_address_lost);
    };
    if board.address() != Some(address) {
        announce(address, board, log);
    }
    // While exchanges fail the link may be dead and not say so, and then the question itself could be too much for the radio.
    if clock::now() >= signal.due && !board.is_failing() {
        let rssi = clock::before(clock::now() + RSSI_TIMEOUT, radio.rssi()).await.flatten();
        board.set_rssi(rssi);
        signal.due = clock::now() + RSSI_INTERVAL;
        if let Some(dbm) = rssi
            && signal.told.is_none_or(|told| told.abs_diff(dbm) >= RSSI_CHANGE_TOLD)
        {
            signal.told = Some(dbm);
            Event::Signal { dbm }.tell(log);
        }
    }
    let rest = clock::sleep_until(signal.due.max(clock::now() + RSSI_TIMEOUT).min(until));
    let change = select4(stack.wait_link_down(), stack.wait_config_down(), board.station_changed(), rest);
    // Whatever it was, the next call finds out.
    board.await_alive(Part::Station, change).await;
}
