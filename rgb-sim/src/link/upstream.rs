//! The way to the upstream.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::address::{Host, ServerAddr};
use crate::board::Locator;
use crate::discovery::Interfaces;

/// Who is behind the link.
pub(super) struct Upstream {
    addr: ServerAddr,
    locator: Arc<Locator>,
}

/// Why the upstream could not be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum UpstreamError {
    #[error("{0}: check the spelling of --upstream")]
    Name(String),
    #[error(
        "connection refused: the host is there, but nothing listens on that port; start the server, or check the port of --upstream"
    )]
    Refused,
    #[error("no answer within {:?}; check that the board is on, and the address of --upstream", Upstream::PATIENCE)]
    NoAnswer,
    #[error("{0}; check the address of --upstream, and that this machine is on its network")]
    Other(io::Error),
}

impl From<io::Error> for UpstreamError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::NoAnswer,
            _ => Self::Other(error),
        }
    }
}

impl Upstream {
    /// How long a connection may take, the look-up of its name included. A SYN that is lost is sent again after one second
    /// and after three.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub(super) fn new(addr: ServerAddr) -> Self {
        Self { locator: Locator::new(addr.clone().into(), Interfaces::All), addr }
    }

    /// Whether it is who listens there.
    pub(super) fn is(&self, listener: SocketAddr) -> bool {
        let Host::Ip(ip) = self.addr.host() else { return false };
        let is_all = listener.ip().is_unspecified() && (ip.is_loopback() || ip.is_unspecified());
        self.addr.port() == listener.port() && (*ip == listener.ip() || is_all)
    }

    pub(super) const fn addr(&self) -> &ServerAddr {
        &self.addr
    }

    /// Opens a connection.
    pub(super) async fn connect(&self) -> Result<TcpStream, UpstreamError> {
        timeout(Self::PATIENCE, self.connect_patiently()).await.unwrap_or(Err(UpstreamError::NoAnswer))
    }

    async fn connect_patiently(&self) -> Result<TcpStream, UpstreamError> {
        if let Some(addr) = self.locator.fixed() {
            return Ok(TcpStream::connect(addr).await?);
        }
        let lost = |error: &dyn std::fmt::Display| UpstreamError::Name(error.to_string());
        let known = self.locator.locate(None, Locator::PATIENCE).await.map_err(|error| lost(&error))?;
        if let Ok(stream) = TcpStream::connect(&*known.addrs).await {
            return Ok(stream);
        }
        // It may have moved since.
        let found = self.locator.locate(Some(&known), Locator::PATIENCE).await.map_err(|error| lost(&error))?;
        Ok(TcpStream::connect(&*found.addrs).await?)
    }
}
