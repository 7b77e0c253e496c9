//! Sending over UDP past hosts that are gone.

use core::net::SocketAddrV4;
use core::time::Duration;

use embassy_net::udp::UdpSocket;

use crate::clock;

/// What keeps the next datagram waiting for so long is dropped: no host is without an answer to two requests of ARP, a second
/// apart.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Sends a datagram. One before it may wait for a host that does not say where it is, which it would do for ever.
pub(crate) async fn send(socket: &mut UdpSocket<'_>, message: &[u8], to: SocketAddrV4) {
    // What cannot be sent counts as lost on the way, and so does what has come meanwhile.
    while clock::before(clock::now() + WAIT_MAX, socket.send_to(message, to)).await.is_none() {
        let port = socket.endpoint().port;
        // The only way to empty the queue.
        socket.close();
        let _ = socket.bind(port);
    }
}
