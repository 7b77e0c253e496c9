//! The hosts that come with the world.

use rgb_proto::Instant;

use super::board::Board;
use super::router::Router;
use super::{Host, Nic};

/// A board or a router, so that one world has both. The boards are simulated ones unless another kind is named.
pub enum Machine<B = Board> {
    /// A board.
    Board(Box<B>),
    /// A router.
    Router(Box<Router>),
}

impl<B> Machine<B> {
    /// The board, if it is one.
    #[must_use]
    pub fn as_board(&self) -> Option<&B> {
        match self {
            Self::Board(board) => Some(board),
            Self::Router(_) => None,
        }
    }

    /// The board to change, if it is one.
    pub fn as_board_mut(&mut self) -> Option<&mut B> {
        match self {
            Self::Board(board) => Some(board),
            Self::Router(_) => None,
        }
    }

    /// The router, if it is one.
    #[must_use]
    pub fn as_router(&self) -> Option<&Router> {
        match self {
            Self::Router(router) => Some(router),
            Self::Board(_) => None,
        }
    }

    /// The router to change, if it is one.
    pub fn as_router_mut(&mut self) -> Option<&mut Router> {
        match self {
            Self::Router(router) => Some(router),
            Self::Board(_) => None,
        }
    }
}

impl From<Board> for Machine {
    fn from(board: Board) -> Self {
        Self::Board(Box::new(board))
    }
}

impl<B> From<Router> for Machine<B> {
    fn from(router: Router) -> Self {
        Self::Router(Box::new(router))
    }
}

impl<B: Host> Host for Machine<B> {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        match self {
            Self::Board(board) => board.poll(nic),
            Self::Router(router) => router.poll(nic),
        }
    }
}
