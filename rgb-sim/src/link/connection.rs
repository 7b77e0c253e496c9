//! One connection's sockets.

use std::future::pending;
use std::time::Duration;

use rgb_proto::Instant;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::lane::{Ending, Output};
use super::relay::{End, Relay};
use super::rules::Direction::{self, Down, Up};
use super::rules::LinkRules;
use crate::clock::Clock;

/// Relays until the connection ends, and closes both sockets.
pub(super) async fn carry(relay: &mut Relay, clock: Clock, mut client: TcpStream, mut upstream: TcpStream) -> End {
    for stream in [&client, &upstream] {
        // Each piece is a segment of its own. Where that cannot be had, they may be joined.
        let _ = stream.set_nodelay(true);
    }
    let end = carry_to_end(relay, clock, &mut client, &mut upstream).await;
    if end.is_reset {
        reset(client);
        reset(upstream);
    }
    end
}

async fn carry_to_end(relay: &mut Relay, clock: Clock, client: &mut TcpStream, upstream: &mut TcpStream) -> End {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_upstream, mut to_upstream) = upstream.split();
    let (mut up, mut down) = ([0; LinkRules::PIECE_MAX], [0; LinkRules::PIECE_MAX]);
    loop {
        if let Some(end) = relay.end() {
            return end;
        }
        let now = clock.now();
        let (up_room, down_room) = (relay.lane(Up).room(now), relay.lane(Down).room(now));
        tokio::select! {
            read = receive(&mut from_client, &mut up[..up_room]) => take(relay, Up, read, &up, clock.now()),
            read = receive(&mut from_upstream, &mut down[..down_room]) => take(relay, Down, read, &down, clock.now()),
            sent = send(&mut to_upstream, relay.next(Up), clock) => confirm(relay, Up, sent, clock.now()),
            sent = send(&mut to_client, relay.next(Down), clock) => confirm(relay, Down, sent, clock.now()),
        }
    }
}

/// Reads, where there is room; none when the sender has broken off.
async fn receive(from: &mut ReadHalf<'_>, room: &mut [u8]) -> Option<usize> {
    if room.is_empty() { pending().await } else { from.read(room).await.ok() }
}

fn take(relay: &mut Relay, direction: Direction, read: Option<usize>, buffer: &[u8], now: Instant) {
    match read {
        Some(0) => relay.handle_eof(direction, now),
        Some(len) => relay.handle_received(direction, &buffer[..len], now),
        None => relay.handle_receive_error(direction, now),
    }
}

/// Sends what is next, if anything, when it is due; how many bytes went out, none at all when the
/// receiver has broken off.
async fn send(to: &mut WriteHalf<'_>, next: Option<(Instant, Output<'_>)>, clock: Clock) -> Option<usize> {
    let Some((due, output)) = next else { return pending().await };
    if due > clock.now() {
        tokio::time::sleep_until(clock.at(due)).await;
    }
    match output {
        Output::Bytes(bytes) => to.write(bytes).await.ok(),
        Output::Ending(Ending::Fin) => to.shutdown().await.ok().map(|()| 0),
        Output::Ending(Ending::Broken | Ending::Reset) => Some(0),
    }
}

fn confirm(relay: &mut Relay, direction: Direction, sent: Option<usize>, now: Instant) {
    match sent {
        Some(len) => relay.handle_sent(direction, len, now),
        None => relay.handle_send_error(direction),
    }
}

/// Closes with a RST instead of a FIN.
pub(super) fn reset(stream: TcpStream) {
    // Where the system does not know the option, the connection is closed in order.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}
