//! Which of a machine's networks take part.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// The network interfaces on which boards announce themselves and look for each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Interfaces {
    /// Every one that is up, the loopback interface included.
    #[default]
    All,
    /// The one of this name, such as `wlan0`.
    Named(String),
    /// The one that has this address.
    Addr(Ipv4Addr),
}

impl Interfaces {
    /// Whether these include an interface of this name and address.
    pub(super) fn include(&self, name: &str, ip: IpAddr) -> bool {
        match self {
            Self::All => ip.is_ipv4(),
            Self::Named(wanted) => ip.is_ipv4() && wanted == name,
            // All of 127.0.0.0/8 is on the loopback interface, which shows one address of it.
            Self::Addr(wanted) if wanted.is_loopback() => ip.is_ipv4() && ip.is_loopback(),
            Self::Addr(wanted) => ip == *wanted,
        }
    }
}

/// A text that names no interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterfacesError {
    /// Nothing, or a character that no name of an interface has.
    #[error("write an interface's name, such as wlan0, or its address, such as 192.168.1.7")]
    Name,
    /// An address of IPv6.
    #[error("boards find each other over IPv4: write an interface's name, such as wlan0, or its IPv4 address")]
    Ipv6,
}

impl FromStr for Interfaces {
    type Err = InterfacesError;

    fn from_str(text: &str) -> Result<Self, InterfacesError> {
        match text.parse() {
            Ok(IpAddr::V4(ip)) => Ok(Self::Addr(ip)),
            Ok(IpAddr::V6(_)) => Err(InterfacesError::Ipv6),
            Err(_) if text.is_empty() || text.contains(['/', ':']) => Err(InterfacesError::Name),
            Err(_) => Ok(Self::Named(text.to_owned())),
        }
    }
}

impl fmt::Display for Interfaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("every network interface"),
            Self::Named(name) => write!(f, "the network interface {name}"),
            Self::Addr(ip) => write!(f, "the network interface of {ip}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const WIFI: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 7));

    #[test]
    fn an_interface_is_chosen_by_name_or_address() {
        let chosen = |text: &str, name, ip| text.parse::<Interfaces>().unwrap().include(name, ip);
        assert!(chosen("wlan0", "wlan0", WIFI) && !chosen("wlan0", "lo", LOOPBACK));
        assert!(chosen("192.168.1.7", "wlan0", WIFI) && !chosen("192.168.1.8", "wlan0", WIFI));
        assert!(Interfaces::All.include("wlan0", WIFI) && Interfaces::All.include("lo", LOOPBACK));
    }

    #[test]
    fn every_loopback_address_is_on_the_loopback_interface() {
        let alias: Interfaces = "127.0.0.2".parse().unwrap();
        assert!(alias.include("lo", LOOPBACK) && !alias.include("wlan0", WIFI));
    }

    #[test]
    fn what_is_no_interface_is_refused_with_the_reason() {
        for (text, error) in [
            ("", InterfacesError::Name),
            ("192.168.1.0/24", InterfacesError::Name),
            ("127.0.0.1:80", InterfacesError::Name),
            ("::1", InterfacesError::Ipv6),
        ] {
            assert_eq!(text.parse::<Interfaces>(), Err(error), "{text}");
        }
    }
}
