//! The server's side of one exchange (PROTOCOL.md, SRV clauses).

mod config;
mod exchange;

pub use config::ServerConfig;
pub use exchange::{ServeError, Served, ServerExchange, ServerStep};
