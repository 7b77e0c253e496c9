//! docs
#![no_std]

#[cfg(any(feature = "std", test))]
extern crate std;

mod client;
mod codec;
mod color;
mod http;
mod name;
mod request;
mod server;
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
pub use http::Response;
pub use name::{Name, NameError};
pub use request::{MAX_REQUEST_LEN, Method, Request, RequestBytes, RequestDecoder, RequestStatus};
pub use server::{ServeError, Served, ServerConfig, ServerExchange, ServerStep};
pub use time::Instant;
