//! The `r,g,b` colour protocol of two Raspberry Pi Pico W boards: one hands out colours, the other asks for them, once per
//! TCP connection.
//!
//! The request is `GET Data`, the reply `12,0,255` and the end of the stream. This crate is all of the protocol and none of
//! the network: it encodes and decodes, and it decides what a client and a server do next, but it owns no socket, reads no
//! clock, allocates nothing and needs no standard library. What it does is written down, clause by clause, in
//! `PROTOCOL.md` beside its sources; the documentation cites the clauses (REP-1, SRV-3).
//!
//! ```
//! use rgb_proto::Rgb;
//!
//! assert_eq!(Rgb::decode(b"12,0,255"), Ok(Rgb::new(12, 0, 255)));
//! assert_eq!(Rgb::new(12, 0, 255).encode().as_bytes(), b"12,0,255");
//! ```
//!
//! # Where to start
//!
//! | for | start here | then |
//! |---|---|---|
//! | bytes to a colour and back | [`Rgb`] | [`Reply`], [`DecodeError`] |
//! | a reply that arrives in pieces | [`ReplyDecoder`] | [`Mode`], [`Status`] |
//! | a client | [`ClientExchange`] | [`ClientStep`], [`ClientConfig`], [`ExchangeError`] |
//! | a client that asks for ever | [`ClientPolicy`] | [`Backoff`] |
//! | a board that joins a WiFi network | [`Station`] | [`StationStep`], [`StationConfig`], [`StationFailure`] |
//! | a server | [`ServerExchange`] | [`ServerStep`], [`ServerConfig`], [`Served`], [`ServeError`] |
//! | what a client asked for | [`RequestDecoder`] | [`Request`], [`RequestStatus`], [`Name`], [`Response`] |
//! | boards that find each other | [`discovery`] | |
//! | time | [`Instant`] | |
//!
//! # Driving an exchange
//!
//! Both [`ClientExchange`] and [`ServerExchange`] keep one invariant:
//!
//! > **`poll(now)` names the one thing to do next, and names it again until it is told what came of it.**
//!
//! So a driver is a loop: poll; do what the step says; tell what came of it with one call; poll again, until `Done`, which
//! stays. Where a step has a deadline, wait no longer than that, and tell nothing that came later: the next poll ends the
//! step. Everything follows from this. A spurious wake-up, a read that was interrupted or a poll too many does no harm. A
//! call that does not answer the present step is ignored. No step is lost when the driver is slow, and no exchange lasts
//! longer than its time-out while it is polled.
//!
//! A client over `std::net`; the example `client_std` has the time-outs too:
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::{TcpListener, TcpStream};
//!
//! use rgb_proto::{ClientConfig, ClientExchange, ClientStep, ExchangeError, Instant, Rgb, TransportError};
//!
//! fn ask(server: &str, now: impl Fn() -> Instant) -> Result<Rgb, ExchangeError> {
//!     let mut exchange = ClientExchange::new(&ClientConfig::default(), now());
//!     let mut stream = None;
//!     loop {
//!         match exchange.poll(now()) {
//!             ClientStep::Connect { .. } => match TcpStream::connect(server) {
//!                 Ok(connected) => {
//!                     stream = Some(connected);
//!                     exchange.handle_connected();
//!                 }
//!                 // With the feature `std`: `exchange.handle_error((&error).into())`.
//!                 Err(_) => exchange.handle_error(TransportError::Other),
//!             },
//!             ClientStep::Transmit { bytes, .. } => match stream.as_mut().expect("connected").write(bytes) {
//!                 Ok(len) => exchange.handle_sent(len),
//!                 Err(_) => exchange.handle_error(TransportError::Reset),
//!             },
//!             ClientStep::Receive { .. } => {
//!                 let mut buffer = [0; 64];
//!                 match stream.as_mut().expect("connected").read(&mut buffer) {
//!                     Ok(0) => exchange.handle_eof(),
//!                     Ok(len) => exchange.handle_received(&buffer[..len]),
//!                     Err(_) => exchange.handle_error(TransportError::Reset),
//!                 }
//!             }
//!             ClientStep::Done(outcome) => return outcome,
//!         }
//!     }
//! }
//!
//! // A server in a few words: read once, reply, close.
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?.to_string();
//! let server = std::thread::spawn(move || {
//!     let (mut client, _) = listener.accept()?;
//!     assert_eq!(client.read(&mut [0; 1024])?, b"GET Data".len());
//!     client.write_all(&Rgb::new(12, 0, 255).encode())
//! });
//!
//! let started = std::time::Instant::now();
//! assert_eq!(ask(&address, || Instant::ORIGIN + started.elapsed()), Ok(Rgb::new(12, 0, 255)));
//! # server.join().unwrap()?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A server over the `embedded-io` traits; the example `server_embedded_io` tells what such a transport must do besides:
//!
//! ```
//! use embedded_io::{Read, Write};
//! use rgb_proto::{Instant, Rgb, ServeError, Served, ServerConfig, ServerExchange, ServerStep, TransportError};
//!
//! /// `end_stream` ends the sending side of the connection, and leaves the receiving side open.
//! fn serve<T: Read + Write>(
//!     transport: &mut T,
//!     now: impl Fn() -> Instant,
//!     color: Rgb,
//!     end_stream: impl Fn(&mut T),
//! ) -> Result<Served, ServeError> {
//!     let mut exchange = ServerExchange::new(&ServerConfig::default(), now());
//!     let mut replied = false;
//!     loop {
//!         match exchange.poll(now()) {
//!             ServerStep::Receive { .. } => {
//!                 if core::mem::take(&mut replied) {
//!                     end_stream(transport);
//!                 }
//!                 let mut buffer = [0; 64];
//!                 match transport.read(&mut buffer) {
//!                     Ok(0) => exchange.handle_eof(),
//!                     Ok(len) => exchange.handle_received(&buffer[..len], now()),
//!                     Err(_) => exchange.handle_error(TransportError::Reset),
//!                 }
//!             }
//!             ServerStep::Reply(_request) => exchange.reply(color),
//!             ServerStep::Transmit { bytes, .. } => match transport.write(bytes) {
//!                 Ok(len) => {
//!                     replied = true;
//!                     exchange.handle_sent(len, now());
//!                 }
//!                 Err(_) => exchange.handle_error(TransportError::Reset),
//!             },
//!             ServerStep::TransmitBody { .. } => unreachable!("only `reply_document` leads here"),
//!             ServerStep::Done(outcome) => return outcome,
//!         }
//!     }
//! }
//! # struct Transport { request: &'static [u8], response: Vec<u8>, ended: bool }
//! # impl embedded_io::ErrorType for Transport { type Error = core::convert::Infallible; }
//! # impl Read for Transport {
//! #     fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> { self.request.read(buffer) }
//! # }
//! # impl Write for Transport {
//! #     fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
//! #         self.response.extend_from_slice(bytes);
//! #         Ok(bytes.len())
//! #     }
//! #     fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
//! # }
//!
//! let mut transport = Transport { request: b"GET Data", response: Vec::new(), ended: false };
//! let served = serve(&mut transport, || Instant::ORIGIN, Rgb::new(12, 0, 255), |transport| transport.ended = true)?;
//! assert_eq!(served.color, Some(Rgb::new(12, 0, 255)));
//! assert_eq!(transport.response, b"12,0,255");
//! # assert!(transport.ended);
//! # Ok::<(), ServeError>(())
//! ```
//!
//! # Features
//!
//! None is on by default, and none changes what the others or the protocol do.
//!
//! | feature | adds |
//! |---|---|
//! | `std` | [`TransportError`] from `std::io::Error` and `std::io::ErrorKind` |
//! | `bytes` | [`Rgb`] into a `bytes::BufMut` and out of a `bytes::Buf`, and `bytes::Bytes` from [`Reply`] |
//! | `serde` | `Serialize` and `Deserialize` for [`Rgb`], [`Name`], [`Component`] and [`ErrorKind`] |
//! | `defmt` | `defmt::Format` for every value of the protocol and every error |

#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "std", test))]
extern crate std;

/// Compiles the code in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod client;
mod codec;
mod color;
pub mod discovery;
pub mod http;
mod name;
mod request;
mod server;
pub mod settings;
mod station;
mod time;

pub use client::{
    Backoff, ClientConfig, ClientExchange, ClientPolicy, ClientStep, ConfigError, ErrorKind, ExchangeError, Phase,
    TransportError,
};
pub use codec::{
    BufferTooSmall, DecodeError, DecodeErrorKind, MAX_LENIENT_REPLY_LEN, MAX_REPLY_LEN, MIN_REPLY_LEN, Mode, Reply,
    ReplyDecoder, Status, decode,
};
pub use color::{Component, Rgb};
pub use http::{Resource, Response};
pub use name::{Name, NameError};
pub use request::{MAX_REQUEST_LEN, Method, Request, RequestBytes, RequestDecoder, RequestStatus};
pub use server::{ServeError, Served, ServerConfig, ServerExchange, ServerStep};
pub use station::{JoinError, Station, StationConfig, StationFailure, StationStep};
pub use time::Instant;
