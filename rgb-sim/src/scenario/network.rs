//! Networks: an access point and the router behind it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::world::{AccessPointConfig, RouterConfig};

/// A network: `[[network]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkSpec {
    /// Its access point. The network goes by its name.
    pub access_point: AccessPointConfig,
    /// Its router; without one nobody gives addresses there.
    pub router: Option<RouterConfig>,
    /// The boards that always get the same address of it, by their names.
    pub reservations: BTreeMap<String, Ipv4Addr>,
}

impl NetworkSpec {
    /// The network's name.
    #[must_use]
    pub fn ssid(&self) -> &str {
        &self.access_point.ssid
    }
}

/// A host's address and how many bits of it its network shares: `192.168.1.1/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// The host's address.
    pub address: Ipv4Addr,
    /// The bits that all hosts of the network share, 8 to 29.
    pub prefix_len: u8,
}

/// A text that is no address with a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a router's address and its network's prefix, from /8 to /29, such as \"192.168.1.1/24\"")]
pub struct CidrError;

impl Cidr {
    /// The first and the last address that a router there gives unless it is told: two hundred from the fiftieth on where
    /// there are as many, else all.
    pub(super) fn pool(self) -> [Ipv4Addr; 2] {
        let mask = u32::MAX << (32 - u32::from(self.prefix_len));
        let (own, network) = (self.address.to_bits(), self.address.to_bits() & mask);
        let last = network | !mask;
        let [from, to] =
            if last - network > 100 { [network + 50, (network + 249).min(last - 1)] } else { [network + 1, last - 1] };
        // The router keeps its own address, and gives those on the side where there are more.
        let [from, to] = match own {
            own if !(from..=to).contains(&own) => [from, to],
            own if own - from > to - own => [from, own - 1],
            own => [own + 1, to],
        };
        [from.into(), to.into()]
    }

    /// Whether an address can be a host's of this network other than the router.
    pub(super) fn has_room_for(self, address: Ipv4Addr) -> bool {
        let mask = u32::MAX << (32 - u32::from(self.prefix_len));
        let host = address.to_bits() & !mask;
        address.to_bits() & mask == self.address.to_bits() & mask
            && host != 0
            && host != !mask
            && address != self.address
    }

    /// A router like this one with this address: it gives the addresses of its network, and keeps its names and its lease
    /// time.
    pub(super) fn renumber(self, router: &RouterConfig) -> RouterConfig {
        let moved = |address: Ipv4Addr| {
            let mask = u32::MAX << (32 - u32::from(self.prefix_len));
            Ipv4Addr::from_bits(self.address.to_bits() & mask | address.to_bits() & !mask)
        };
        let is_moved = |address: Ipv4Addr| {
            let mask = u32::MAX << (32 - u32::from(router.prefix_len));
            address.to_bits() & mask == router.address.to_bits() & mask
        };
        RouterConfig {
            address: self.address,
            prefix_len: self.prefix_len,
            pool: self.pool(),
            reservations: router.reservations.iter().map(|(host, address)| (*host, moved(*address))).collect(),
            names: router
                .names
                .iter()
                .map(|(name, address)| (name.clone(), if is_moved(*address) { moved(*address) } else { *address }))
                .collect(),
            ..router.clone()
        }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, prefix_len) = text.split_once('/').ok_or(CidrError)?;
        let address: Ipv4Addr = address.parse().map_err(|_| CidrError)?;
        let prefix_len: u8 = prefix_len.parse().map_err(|_| CidrError)?;
        if !(8..=29).contains(&prefix_len) || address.is_multicast() || address.octets()[0] == 0 {
            return Err(CidrError);
        }
        let mask = u32::MAX << (32 - u32::from(prefix_len));
        match address.to_bits() & !mask {
            0 => Err(CidrError),
            host if host == !mask => Err(CidrError),
            _ => Ok(Self { address, prefix_len }),
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_its_network_is_read_and_written() {
        for text in ["192.168.1.1/24", "10.0.0.1/8", "172.16.3.6/29"] {
            assert_eq!(text.parse::<Cidr>().expect("it is one").to_string(), text);
        }
        for text in
            ["", "192.168.1.1", "192.168.1.1/7", "192.168.1.1/30", "192.168.1.0/24", "192.168.1.255/24", "224.0.0.1/24"]
        {
            assert_eq!(text.parse::<Cidr>(), Err(CidrError), "{text}");
        }
    }

    #[test]
    fn a_pool_is_of_its_network_and_leaves_the_router_out() {
        for text in
            ["192.168.1.1/24", "192.168.1.60/24", "10.0.0.1/8", "172.16.3.6/29", "172.16.3.1/29", "10.0.0.249/24"]
        {
            let cidr: Cidr = text.parse().expect("an address");
            let [from, to] = cidr.pool();
            assert!(from <= to && cidr.has_room_for(from) && cidr.has_room_for(to), "{text}: {from} to {to}");
            assert!(!(from..=to).contains(&cidr.address), "{text}");
        }
    }

    #[test]
    fn a_renumbered_router_moves_what_it_gives_and_keeps_the_rest() {
        let before = RouterConfig {
            reservations: BTreeMap::from([([2; 6], Ipv4Addr::new(192, 168, 1, 77))]),
            names: BTreeMap::from([
                ("inside".to_owned(), Ipv4Addr::new(192, 168, 1, 77)),
                ("outside".to_owned(), Ipv4Addr::new(9, 9, 9, 9)),
            ]),
            ..RouterConfig::default()
        };
        let after = "10.1.2.1/24".parse::<Cidr>().expect("an address").renumber(&before);
        assert_eq!(after.pool, [Ipv4Addr::new(10, 1, 2, 50), Ipv4Addr::new(10, 1, 2, 249)]);
        assert_eq!(after.reservations[&[2; 6]], Ipv4Addr::new(10, 1, 2, 77));
        assert_eq!(after.names["inside"], Ipv4Addr::new(10, 1, 2, 77));
        assert_eq!(after.names["outside"], Ipv4Addr::new(9, 9, 9, 9));
        assert_eq!(after.lease_time, before.lease_time);
    }
}
