//! Virtual Pico W boards that exchange colours over real TCP, without hardware.
//!
//! Embed them in the tests of your own server or client: a [`ServerBoard`] or a [`ClientBoard`] runs in threads of its
//! own, needs no async runtime around it, and stops when dropped. Both are thin drivers of the state machines of
//! [`rgb_proto`], which take every decision of the protocol; the firmware of the real boards drives the same ones.
//!
//! ```
//! use rgb_sim::{ClientBoard, ClientBoardConfig, Rgb, Script, ServerBoard, ServerBoardConfig};
//!
//! // A server board on a free port, with colours of your choice.
//! let colors = Script::new([Rgb::new(255, 0, 0), Rgb::new(0, 255, 0)])?;
//! let server = ServerBoard::start(ServerBoardConfig { source: Box::new(colors), ..Default::default() })?;
//!
//! // A client board that asks it twice.
//! let client = ClientBoardConfig { count: Some(2), ..ClientBoardConfig::new(server.addr()) };
//! let tally = ClientBoard::start(client)?.wait();
//!
//! assert_eq!((tally.exchanges(), tally.errors()), (2, 0));
//! assert_eq!(server.stop().served, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! | to | use |
//! |---|---|
//! | give a client under test a server | [`ServerBoard`], with a [`Source`] of colours such as [`Script`] |
//! | give a server under test a client | [`ClientBoard`] |
//! | see each exchange | the `events` of either board's configuration: a channel of [`Event`]s |
//! | count and measure | [`ServerBoard::stats`], [`ClientBoard::tally`] |
//! | load a server | [`load::Load`] |
//! | put a bad link between a client and a server | [`link::Link`] |
//! | make a real board's settings file | [`provision`] |
//! | let boards find each other | [`discovery`] |
//! | simulate boards, routers and the air between them in virtual time | [`world`] |
//! | put boards with real firmware there | [`emulated`] |
//! | say in a file what happens there and what must hold | [`scenario`] |
//! | look for scenarios that boards do not recover from | [`explore`] |
//! | reach simulated boards from this computer | [`forward`] |
//!
//! The command line `rgb-sim` is these parts and a printer. `schema/event.schema.json` in this crate describes what it
//! prints with `--json`.
//!
//! # Determinism
//!
//! The same seed gives the same colours on every machine. [`Random`] gives each client that sends its name a stream of
//! its own, so that it gets the same colours whatever other clients do. Times are real, and so is the network, except in
//! a [`world`]: there the same seed repeats every frame.

mod address;
mod board;
mod clock;
pub mod discovery;
pub mod emulated;
mod event;
pub mod explore;
pub mod forward;
pub mod link;
pub mod load;
pub mod provision;
pub mod scenario;
mod source;
mod stats;
mod threads;
mod transport;
pub mod world;

pub use address::{ServerAddr, ServerAddrError, ServerChoice};
pub use board::{ClientBoard, ClientBoardConfig, ServerBoard, ServerBoardConfig, StartError};
pub use event::{
    BoardState, BrokenDemand, DecodeDetail, Event, ExploreSummary, FaultPhase, NoticeKind, RequestForm,
    ScenarioSummary, ServerSummary, Summary, WorstRecovery,
};
pub use rgb_proto::{ClientConfig, ErrorKind, Mode, Name, Rgb, ServerConfig};
pub use source::{EmptyScript, Random, Script, ScriptError, Source, SourceSpec, SourceSpecError, Sweep};
pub use stats::{Latency, Tally};

/// The README's example runs as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
