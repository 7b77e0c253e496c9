//! Where a client board finds its server.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// A server's host and port, as people type it: `192.168.1.7`, `board.local:8080`, `[fe80::1]:80`, `::1`.
///
/// A name in `.local` is looked up by multicast DNS, any other one by the system's own way. What is found is kept while
/// exchanges succeed, and looked up again after each failure (DSC-5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddr {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Ip(IpAddr),
    Name(String),
}

impl ServerAddr {
    /// The tutorial's port.
    pub const DEFAULT_PORT: u16 = 80;

    pub(crate) const fn host(&self) -> &Host {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl From<std::net::SocketAddr> for ServerAddr {
    fn from(addr: std::net::SocketAddr) -> Self {
        Self { host: Host::Ip(addr.ip()), port: addr.port() }
    }
}

/// Which server a client board asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerChoice {
    /// This one.
    At(ServerAddr),
    /// The first one that has announced itself, looked for again after each failure (DSC-6).
    FirstAnnounced,
}

impl<T: Into<ServerAddr>> From<T> for ServerChoice {
    fn from(addr: T) -> Self {
        Self::At(addr.into())
    }
}

impl fmt::Display for ServerChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(addr) => addr.fmt(f),
            Self::FirstAnnounced => f.write_str("the first server announced"),
        }
    }
}

/// A text that is no `HOST[:PORT]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerAddrError {
    /// Nothing where the host must stand.
    #[error("the host is missing; write HOST or HOST:PORT, such as 192.168.1.7 or board.local:8080")]
    NoHost,
    /// A port that is no number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// A URL.
    #[error("write the host alone, without http:// and without a path, such as 192.168.1.7 or board.local:8080")]
    Url,
    /// A byte that no host name has.
    #[error("a host name has only letters, digits, '.', '-' and '_'")]
    HostName,
    /// Brackets around something that is no IPv6 address.
    #[error("what stands in brackets must be an IPv6 address, such as [fe80::1]:80")]
    Ipv6,
}

impl FromStr for ServerAddr {
    type Err = ServerAddrError;

    fn from_str(text: &str) -> Result<Self, ServerAddrError> {
        if text.contains('/') {
            return Err(ServerAddrError::Url);
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (ip, rest) = rest.split_once(']').ok_or(ServerAddrError::Ipv6)?;
            let ip = ip.parse::<Ipv6Addr>().map_err(|_| ServerAddrError::Ipv6)?;
            let port = match rest.strip_prefix(':') {
                Some(port) => parse_port(port)?,
                None if rest.is_empty() => Self::DEFAULT_PORT,
                None => return Err(ServerAddrError::Port),
            };
            return Ok(Self { host: Host::Ip(ip.into()), port });
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self { host: Host::Ip(ip), port: Self::DEFAULT_PORT });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, parse_port(port)?),
            None => (text, Self::DEFAULT_PORT),
        };
        if host.is_empty() {
            return Err(ServerAddrError::NoHost);
        }
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(Self { host: Host::Ip(ip), port });
        }
        if host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || !byte.is_ascii())
        {
            Ok(Self { host: Host::Name(host.to_owned()), port })
        } else {
            Err(ServerAddrError::HostName)
        }
    }
}

fn parse_port(text: &str) -> Result<u16, ServerAddrError> {
    match text.parse() {
        Ok(0) | Err(_) => Err(ServerAddrError::Port),
        Ok(port) => Ok(port),
    }
}

impl fmt::Display for ServerAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(ip) => std::net::SocketAddr::new(*ip, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_a_port_are_read() {
        for (text, shown) in [
            ("192.168.1.7", "192.168.1.7:80"),
            ("192.168.1.7:8080", "192.168.1.7:8080"),
            ("board.local", "board.local:80"),
            ("board.local:65535", "board.local:65535"),
            ("::1", "[::1]:80"),
            ("[::1]", "[::1]:80"),
            ("[fe80::1]:1", "[fe80::1]:1"),
        ] {
            assert_eq!(text.parse::<ServerAddr>().map(|addr| addr.to_string()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_and_port_is_refused_with_the_reason() {
        for (text, error) in [
            ("", ServerAddrError::NoHost),
            (":80", ServerAddrError::NoHost),
            ("board:0", ServerAddrError::Port),
            ("board:65536", ServerAddrError::Port),
            ("board:http", ServerAddrError::Port),
            ("[::1]80", ServerAddrError::Port),
            ("http://board/", ServerAddrError::Url),
            ("two words", ServerAddrError::HostName),
            ("[board]:80", ServerAddrError::Ipv6),
        ] {
            assert_eq!(text.parse::<ServerAddr>(), Err(error), "{text}");
        }
    }
}
