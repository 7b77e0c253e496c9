//! Everything of the Pico W's firmware that is not a register: how a board joins its network and stays there, how it serves
//! colours, asks for them, reads them from knobs and shows them.
//!
//! The binary beside this library owns the pins, the radio and the watchdog, makes the parts and runs their futures. Here is
//! no heap and no hardware, so the tests run the whole of it on a computer: boards on an in-memory Ethernet, in virtual time.
//! Every protocol decision is taken by the state machines of [`rgb_proto`]; this crate does what they say.
//!
//! # Where to start
//!
//! | for | read |
//! |---|---|
//! | what one board knows, shows and shares between its tasks | [`board::Board`] |
//! | joining the network, staying on it, coming back | [`network::keep_up`], [`radio::Radio`] |
//! | being the network instead | [`access_point::keep_open`] |
//! | handing out colours | [`server::serve`] |
//! | asking for colours | [`client::ask_forever`] |
//! | where colours come from, and how to add a sensor | [`source::Source`] |
//! | what the LEDs do | [`led`] |
//! | what the board says | [`log::Log`] |
//! | being found, and finding a server | [`discovery::run`] |
//! | what a person types on its serial port | [`console::run`] |
//! | the settings in flash memory | [`store::Store`] |
//!
//! # The tasks of a board
//!
//! One [`network::keep_up`], or [`access_point::keep_open`] on a board that is an access point; on a board that serves, as
//! many [`server::serve`] as clients are to be answered at one time, at least [`server::SERVERS`]; on a board that asks, one
//! [`client::ask_forever`]; the stack's own runner; and for the LEDs a task that awaits [`board::Board::color_changed`] and
//! one that blinks [`board::Board::indication`]. They share the [`board::Board`] by reference and run on one executor. A
//! supervisor feeds the watchdog while [`board::Board::progress`] moves.

#![cfg_attr(not(test), no_std)]

pub mod access_point;
pub mod board;
pub mod client;
mod clock;
pub mod console;
mod dhcp;
pub mod discovery;
pub mod led;
pub mod log;
pub mod network;
pub mod radio;
pub mod server;
pub mod source;
pub mod store;
mod udp;
