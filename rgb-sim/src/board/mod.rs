//! Virtual boards: thin drivers of the protocol's state machines over real TCP.

mod client;
mod locator;
mod server;

pub(crate) use client::Asker;
pub use client::{ClientBoard, ClientBoardConfig};
pub(crate) use locator::Locator;
pub(crate) use server::Server;
pub use server::{ServerBoard, ServerBoardConfig, StartError};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks what a board keeps; a thread that panicked inside has only left a count behind.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
