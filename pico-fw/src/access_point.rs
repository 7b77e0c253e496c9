//! The board as an access point: other boards, phones and computers join it, and no router is needed.

use core::convert::Infallible;
use core::net::{Ipv4Addr, SocketAddrV4};
use core::time::Duration;

use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Config, IpAddress, Ipv4Cidr, Stack, StaticConfigV4};
use rgb_proto::http::AccessPointStatus;

use crate::board::{Board, Part};
use crate::clock;
use crate::dhcp::{AddressPool, Given, SERVER_PORT};
use crate::log::{Event, Log};
use crate::network::announce;
use crate::radio::Radio;
use crate::udp;

/// The board's own address on the network that it is.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 4, 1);

/// [`ADDRESS`] and how much of it all stations of the network share.
pub(crate) const NETWORK: Ipv4Cidr = Ipv4Cidr::new(ADDRESS, 24);

/// How often the stations are counted, and the leases looked through.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// How many messages wait for their turn: as many as the radio's driver hands over at once, when boards get power together.
/// Whoever finds no room asks again.
const MESSAGES: usize = 4;
/// The longest message that a DHCP server must take (RFC 2131, 2); most are shorter.
const MESSAGE_LEN: usize = 576;

/// The buffers of one [`keep_open`]. All of it is zero at first, and takes no flash memory.
pub struct AccessPointBuffers {
    receive: [u8; MESSAGES * MESSAGE_LEN],
    transmit: [u8; MESSAGE_LEN],
}

impl AccessPointBuffers {
    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; MESSAGES * MESSAGE_LEN], transmit: [0; MESSAGE_LEN] }
    }
}

impl Default for AccessPointBuffers {
    fn default() -> Self {
        Self::new()
    }
}

/// A stack's configuration for an access point. It holds whatever the link says, since the radio's driver never says that the
/// link is up where the board is the access point.
pub(crate) fn config() -> Config {
    Config::ipv4_static(StaticConfigV4 { address: NETWORK, gateway: None, dns_servers: Default::default() })
}

/// Makes the board the access point of its network, and gives addresses to whoever joins, for ever.
///
/// It takes the place of [`keep_up`](crate::network::keep_up), which is for a board that joins a network; see
/// [`Settings::wifi`](rgb_proto::settings::Settings::wifi). It alone may use the radio, and it needs a place for one socket in
/// the stack's resources, where a station's stack needs one for itself.
pub async fn keep_open<R: Radio>(
    mut radio: R,
    stack: Stack<'_>,
    board: &Board,
    log: &dyn Log,
    buffers: &mut AccessPointBuffers,
) -> ! {
    let settings = board.settings();
    let Some(network) = settings.networks().first() else {
        // All settings have a network.
        match board.await_alive(Part::Station, core::future::pending::<Infallible>()).await {}
    };
    let channel = settings.channel();
    Event::OpeningAccessPoint { network, channel }.tell(log);
    // Nobody shows progress meanwhile: a radio that never comes back is the watchdog's.
    radio.start_access_point(network, channel).await;
    announce(ADDRESS, board, log);
    let server = settings.role().serves().then_some(SocketAddrV4::new(ADDRESS, settings.port()));
    Event::AccessPointOpen { network, server }.tell(log);

    let (mut received, mut transmitted) = ([PacketMetadata::EMPTY; MESSAGES], [PacketMetadata::EMPTY; 1]);
    let AccessPointBuffers { receive, transmit } = buffers;
    let mut socket = UdpSocket::new(stack, &mut received, receive, &mut transmitted, transmit);
    // It fails only where something else listens there, and nothing does.
    let _ = socket.bind(SERVER_PORT);
    let mut pool = AddressPool::new();
    let mut told = 0;
    loop {
        board.moved(Part::Station);
        let stations = radio.stations();
        if stations != told {
            told = stations;
            Event::Stations(stations).tell(log);
        }
        let leases = pool.leases(clock::now());
        board.set_access_point(AccessPointStatus { ssid: *network.ssid(), channel, stations, leases });
        give_address(&mut socket, &mut pool, log).await;
    }
}

/// Answers one message of a station, if one comes within [`WATCH_INTERVAL`].
async fn give_address(socket: &mut UdpSocket<'_>, pool: &mut AddressPool, log: &dyn Log) {
    let received = socket.recv_from_with(|message, from| {
        let IpAddress::Ipv4(from) = from.endpoint.addr;
        // A station that only keeps its address for longer writes from it.
        (pool.handle(message, clock::now()), from.is_unspecified())
    });
    let Some((answer, is_new)) = clock::before(clock::now() + WATCH_INTERVAL, received).await else { return };
    if let Some(Given { lease, name }) = answer.given().filter(|_| is_new) {
        Event::AddressGiven { lease, name }.tell(log);
    }
    if answer.is_exhausted {
        Event::NoAddressLeft.tell(log);
    }
    if let Some((message, to)) = answer.message() {
        // Whoever gets no answer asks again.
        udp::send(socket, message, to).await;
    }
}
