//! gSPI: the bus between host and chip, half duplex on one data line.
//!
//! A transaction is a 32-bit command and then data in one direction. What is read comes after the function's response delay,
//! and a status word may follow either way. Everything is a multiple of 32 bits long.

mod command;
mod registers;
mod transaction;
mod word_order;

pub(super) use command::Command;
pub use command::Function;
pub(super) use registers::{BusRegisters, PacketLevel};
pub(super) use transaction::Transaction;
pub(super) use word_order::WordOrder;

/// What a transaction is about.
pub(super) trait Target {
    /// The order in which a transaction that begins now has its words on the wire.
    fn word_order(&self) -> WordOrder;
    /// The status word that follows a transaction, if it is switched on.
    fn status_word(&self) -> Option<u32>;
    /// How many bytes of nothing come before what is read.
    fn response_delay(&self, function: Function) -> usize;
    /// What this command reads: as many bytes as it announces.
    fn read(&mut self, command: &Command) -> Vec<u8>;
    /// Carries out what this command writes: as many bytes as it announces.
    fn write(&mut self, command: &Command, data: &[u8]);
    /// A write was not finished: so many bytes came.
    fn handle_short_write(&mut self, command: &Command, received: usize);
    /// What this command read was clocked out up to this byte.
    fn handle_read(&mut self, command: &Command, read: usize);
}
