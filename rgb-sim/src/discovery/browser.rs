//! The boards that have announced themselves.

use std::net::{IpAddr, SocketAddr};

use mdns_sd::{HostnameResolutionEvent, Receiver, ResolvedService, ScopedIp, ServiceEvent};
use rgb_proto::discovery::txt;
use rgb_proto::settings::Role;

use super::daemon::Daemon;
use super::{DiscoveryError, Interfaces, service_type};

/// A board that has announced itself (DSC-1, DSC-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedBoard {
    /// What the board calls itself; where it does not say, its service's instance.
    pub name: String,
    /// Its service's full name, such as `rgb-server._rgb._tcp.local`: no two boards have the same.
    pub service: String,
    /// Its host name, such as `rgb-server.local`.
    pub host: String,
    /// Where it serves, the best way first; at least one.
    pub addrs: Vec<SocketAddr>,
    /// Its part; one that does not say is a server.
    pub role: Role,
    /// The version of its software, where it says.
    pub version: Option<String>,
}

/// What a [`Browser`] sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// A board is there, or has changed what it says of itself.
    Found(AnnouncedBoard),
    /// A board has said goodbye, or has not been heard of for too long.
    Gone {
        /// Its service's full name.
        service: String,
    },
}

/// Looks for boards, for as long as it exists.
pub struct Browser {
    _daemon: Daemon,
    events: Receiver<ServiceEvent>,
}

impl Browser {
    /// Begins to look, on these interfaces.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError`] when this machine cannot.
    pub async fn start(interfaces: &Interfaces) -> Result<Self, DiscoveryError> {
        let daemon = Daemon::start(interfaces, None).await?;
        let events = daemon.mdns().browse(&service_type())?;
        Ok(Self { _daemon: daemon, events })
    }

    /// What it sees next, however long that takes. A future that is dropped before has missed nothing.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError`] when it cannot look any further.
    pub async fn next(&mut self) -> Result<Sighting, DiscoveryError> {
        loop {
            match self.events.recv_async().await {
                Ok(ServiceEvent::ServiceResolved(service)) => {
                    if let Some(board) = board(&service) {
                        return Ok(Sighting::Found(board));
                    }
                }
                Ok(ServiceEvent::ServiceRemoved(_, service)) => {
                    return Ok(Sighting::Gone { service: without_root(&service) });
                }
                Ok(_) => {}
                Err(_) => return Err(DiscoveryError::Failed("its thread has ended".into())),
            }
        }
    }
}

/// Looks for the addresses of a host name in `.local`.
pub(crate) struct HostSearch {
    _daemon: Daemon,
    events: Receiver<HostnameResolutionEvent>,
}

impl HostSearch {
    pub(crate) async fn start(host: &str, interfaces: &Interfaces) -> Result<Self, DiscoveryError> {
        let daemon = Daemon::start(interfaces, None).await?;
        let host = format!("{}.", without_root(host).to_ascii_lowercase());
        let events = daemon.mdns().resolve_hostname(&host, None)?;
        Ok(Self { _daemon: daemon, events })
    }

    /// The first addresses that are found, at least one.
    pub(crate) async fn found(&mut self) -> Result<Vec<IpAddr>, DiscoveryError> {
        loop {
            match self.events.recv_async().await {
                Ok(HostnameResolutionEvent::AddressesFound(_, addresses)) => {
                    let addresses = best_first(addresses.iter());
                    if !addresses.is_empty() {
                        return Ok(addresses);
                    }
                }
                Ok(_) => {}
                Err(_) => return Err(DiscoveryError::Failed("its thread has ended".into())),
            }
        }
    }
}

/// What a service says of its board; `None` as long as it has no usable address.
fn board(service: &ResolvedService) -> Option<AnnouncedBoard> {
    let addrs: Vec<_> =
        best_first(service.addresses.iter()).into_iter().map(|ip| SocketAddr::new(ip, service.port)).collect();
    if addrs.is_empty() || service.port == 0 {
        return None;
    }
    let full_name = without_root(&service.fullname);
    let said = |key| service.get_property_val_str(key).filter(|value| !value.is_empty()).map(readable);
    let instance = || full_name.strip_suffix(rgb_proto::discovery::SERVICE_TYPE)?.strip_suffix('.').map(unescaped);
    let role = said(txt::ROLE);
    let role = [Role::Both, Role::Client].into_iter().find(|known| role.as_deref() == Some(known.as_str()));
    Some(AnnouncedBoard {
        name: said(txt::NAME).or_else(instance).unwrap_or_else(|| full_name.clone()),
        host: without_root(&service.host),
        addrs,
        role: role.unwrap_or(Role::Server),
        version: said(txt::SOFTWARE),
        service: full_name,
    })
}

/// IPv4 before IPv6, which boards do not speak, and what other machines can use before the loopback interface. Link-local
/// addresses of IPv6 are left out: they mean nothing without their interface.
fn best_first<'a>(addresses: impl Iterator<Item = &'a ScopedIp>) -> Vec<IpAddr> {
    let is_usable = |ip: &IpAddr| match ip {
        IpAddr::V4(_) => true,
        IpAddr::V6(ip) => !ip.is_unicast_link_local(),
    };
    let mut addresses: Vec<_> = addresses.map(ScopedIp::to_ip_addr).filter(is_usable).collect();
    addresses.sort_by_key(|ip| (ip.is_ipv6(), ip.is_loopback(), *ip));
    addresses
}

/// A domain name as people write it, without the root's dot.
fn without_root(name: &str) -> String {
    readable(name.strip_suffix('.').unwrap_or(name))
}

/// What a stranger says, without what a terminal would obey.
fn readable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character }).collect()
}

/// An instance's label as it reads, without DNS's backslashes.
fn unescaped(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    let mut characters = label.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use mdns_sd::ServiceInfo;

    use super::*;

    fn announced(instance: &str, ips: &str, said: &[(&str, &str)]) -> Option<AnnouncedBoard> {
        let said: HashMap<_, _> = said.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        let service = ServiceInfo::new(&service_type(), instance, "attic.local.", ips, 80, said).unwrap();
        board(&service.as_resolved_service())
    }

    // DSC-2
    #[test]
    fn a_board_says_what_it_is() {
        let said = [("txtvers", "1"), ("name", "Attic"), ("role", "both"), ("version", "1.2.3"), ("else", "x")];
        let board = announced("attic-2", "192.168.1.7", &said).unwrap();
        assert_eq!((&*board.name, &*board.host, board.role), ("Attic", "attic.local", Role::Both));
        assert_eq!((&*board.service, board.version.as_deref()), ("attic-2._rgb._tcp.local", Some("1.2.3")));
        assert_eq!(board.addrs, ["192.168.1.7:80".parse().unwrap()]);
    }

    // DSC-2
    #[test]
    fn a_service_that_says_nothing_is_a_server() {
        let board = announced("My lamp. Really", "192.168.1.7", &[]).unwrap();
        assert_eq!((&*board.name, board.role, board.version), ("My lamp. Really", Role::Server, None));
    }

    #[test]
    fn what_a_stranger_says_does_nothing_to_a_terminal() {
        let board = announced("attic", "192.168.1.7", &[("name", "\u{1b}[2Jattic\n")]).unwrap();
        assert_eq!(board.name, "\u{fffd}[2Jattic\u{fffd}");
    }

    #[test]
    fn the_addresses_that_most_can_use_come_first() {
        let board = announced("attic", "127.0.0.1,fe80::1,fd00::7,192.168.1.7", &[]).unwrap();
        let ips: Vec<_> = board.addrs.iter().map(|addr| addr.ip().to_string()).collect();
        assert_eq!(ips, ["192.168.1.7", "127.0.0.1", "fd00::7"]);
        assert_eq!(announced("attic", "fe80::1", &[]), None);
    }
}
