//! A transaction that is to be, and when.

use crate::rp2040::usb::{Port, Reply, Token, transaction_ns};

/// A time within a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) now_ns: u64,
    pub(super) frame_ends_ns: u64,
}

#[derive(Debug)]
pub(super) struct Transaction<'a> {
    pub(super) address: u8,
    pub(super) endpoint: u8,
    pub(super) token: Token<'a>,
    /// The size of the endpoint's packets.
    pub(super) max_packet: usize,
}

impl Transaction<'_> {
    /// How long it takes at most.
    pub(super) fn longest_ns(&self) -> u64 {
        match self.token {
            Token::Setup(setup) => transaction_ns(Some(setup.len()), None),
            Token::In => transaction_ns(None, Some(self.max_packet)),
            Token::Out(_, bytes) => transaction_ns(Some(bytes.len()), None),
        }
    }

    /// Has it now. Returns the answer, and how long it took.
    pub(super) fn run(&self, port: &mut Port<'_>) -> (Reply, u64) {
        port.transact(self.address, self.endpoint, self.token)
    }
}
