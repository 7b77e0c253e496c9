//! The client's side: one exchange, and the policy between exchanges (PROTOCOL.md, CLI and POL clauses).

mod config;
mod error;
mod exchange;
mod policy;

pub use config::{Backoff, ClientConfig, ConfigError};
pub use error::{ErrorKind, ExchangeError, Phase, TransportError};
pub use exchange::{ClientExchange, ClientStep};
pub use policy::ClientPolicy;
