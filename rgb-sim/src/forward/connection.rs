//! One connection of this computer's, and its counterpart in the world.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddrV4, TcpStream};
use std::task::Poll;
use std::time::{Duration, Instant};

use socket2::SockRef;
use tracing::debug;

use super::{Forward, Network};
use crate::world::{ConnectionId, ConnectionState, NodeId, Router};

/// A connection that is relayed.
pub(super) struct Connection {
    stream: Stream,
    forward: Forward,
    stage: Stage,
    /// The board's stream has ended, and so has what goes to this computer's program.
    has_board_finished: bool,
}

#[derive(Clone, Copy)]
enum Stage {
    /// The board has no address yet.
    Locating {
        deadline: Instant,
    },
    Relaying {
        router: NodeId,
        id: ConnectionId,
    },
}

/// The side of this computer's program.
struct Stream {
    socket: TcpStream,
    /// The program has ended its stream.
    has_finished: bool,
    /// The program has broken off.
    has_failed: bool,
}

impl Connection {
    /// How long a board may take to get an address.
    const LOCATE_TIMEOUT: Duration = Duration::from_secs(5);

    /// The socket must not block.
    pub(super) fn new(socket: TcpStream, forward: Forward) -> Self {
        let stage = Stage::Locating { deadline: Instant::now() + Self::LOCATE_TIMEOUT };
        let stream = Stream { socket, has_finished: false, has_failed: false };
        Self { stream, forward, stage, has_board_finished: false }
    }

    /// Moves what there is to move, both ways. Ready when the connection is over.
    pub(super) fn pump(&mut self, network: &mut impl Network) -> Poll<()> {
        match self.stage {
            Stage::Locating { deadline } => match network.locate(self.forward.board.as_str()) {
                Some((router, address)) => {
                    let id = network.router_mut(router).connect(SocketAddrV4::new(address, self.forward.port));
                    self.stage = Stage::Relaying { router, id };
                }
                None if Instant::now() < deadline => {}
                None => {
                    debug!(board = %self.forward.board, "the board has no address");
                    self.stream.reset();
                    return Poll::Ready(());
                }
            },
            Stage::Relaying { router, id } => {
                let router = network.router_mut(router);
                if self.relay(router, id).is_ready() {
                    router.close(id);
                    return Poll::Ready(());
                }
            }
        }
        Poll::Pending
    }

    fn relay(&mut self, router: &mut Router, id: ConnectionId) -> Poll<()> {
        let Self { stream, has_board_finished, .. } = self;
        if !stream.has_finished {
            while router.send(id, |room| stream.read(room)) > 0 {}
            if stream.has_finished {
                router.finish(id);
            }
        }
        while router.receive(id, |bytes| stream.write(bytes)) > 0 {}
        match router.connection_state(id) {
            ConnectionState::PeerFinished | ConnectionState::Closed if !*has_board_finished => {
                *has_board_finished = true;
                stream.finish();
            }
            state @ (ConnectionState::Refused | ConnectionState::TimedOut | ConnectionState::Reset) => {
                debug!(board = %self.forward.board, ?state, "the board's connection is over");
                stream.reset();
                return Poll::Ready(());
            }
            _ => {}
        }
        if stream.has_failed || stream.has_finished && *has_board_finished { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Stream {
    /// Reads what is there into room that is not empty; how many bytes.
    fn read(&mut self, room: &mut [u8]) -> usize {
        let read = self.socket.read(room);
        self.has_finished = matches!(read, Ok(0));
        self.count(read)
    }

    /// Writes what there is room for; how many bytes.
    fn write(&mut self, bytes: &[u8]) -> usize {
        let written = self.socket.write(bytes);
        self.count(written)
    }

    fn count(&mut self, moved: io::Result<usize>) -> usize {
        moved.unwrap_or_else(|error| {
            // What was interrupted is tried again with the next pump.
            self.has_failed |= !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted);
            0
        })
    }

    fn finish(&mut self) {
        self.has_failed |= self.socket.shutdown(Shutdown::Write).is_err();
    }

    /// Closes with a RST instead of a FIN when it is dropped.
    fn reset(&self) {
        // Where the system does not know the option, the connection is closed in order.
        let _ = SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
    }
}
