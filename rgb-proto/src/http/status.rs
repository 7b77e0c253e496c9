//! What `/status` says.

use core::fmt::{self, Write};
use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use crate::client::ErrorKind;
use crate::color::Rgb;
use crate::name::Name;
use crate::settings::{Role, Ssid};

/// How a board is doing; `Display` writes the JSON object of `/status` (HTTP-6).
///
/// `A` is the kind of addresses that the board can have: one that has IPv4 alone carries no code for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardStatus<A = IpAddr> {
    /// What the board calls itself.
    pub name: Name,
    /// Its part.
    pub role: Role,
    /// Its address, once it has one.
    pub address: Option<A>,
    /// The strength of the access point's signal, in dBm, where the board has a radio and is on the network.
    pub rssi_dbm: Option<i8>,
    /// The network that the board is, where it joins none.
    pub access_point: Option<AccessPointStatus>,
    /// Since the board started.
    pub uptime: Duration,
    /// The last colour that the board's client got.
    pub color: Option<Rgb>,
    /// Requests that the board's server answered.
    pub served: u32,
    /// Exchanges of the board's client that succeeded.
    pub exchanges: u32,
    /// Exchanges of the board's client that failed, in the order of [`ErrorKind::ALL`].
    pub failures: [u32; ErrorKind::ALL.len()],
    /// Why the board started, such as `power_on` or `watchdog`; a word without quotation marks.
    pub reset_reason: &'static str,
}

/// How a board is doing that is an access point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessPointStatus {
    /// Its network's name.
    pub ssid: Ssid,
    /// Its channel in the 2.4 GHz band.
    pub channel: u8,
    /// How many stations are with it now.
    pub stations: u8,
    /// The addresses that it has given, in order, and then none.
    pub leases: [Option<Lease>; Self::LEASES_MAX],
}

impl AccessPointStatus {
    /// How many addresses an access point gives.
    pub const LEASES_MAX: usize = 10;

    /// The addresses that it has given.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        self.leases.iter().flatten()
    }
}

/// An address that an access point has given to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The address.
    pub address: Ipv4Addr,
    /// The station's own address.
    pub hardware_address: [u8; 6],
}

impl<A: fmt::Display> fmt::Display for BoardStatus<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            role,
            address,
            rssi_dbm,
            access_point,
            uptime,
            color,
            served,
            exchanges,
            failures,
            reset_reason,
        } = self;
        write!(f, r#"{{"name":"{name}","role":"{}","address":"#, role.as_str())?;
        match address {
            Some(address) => write!(f, r#""{address}""#)?,
            None => f.write_str("null")?,
        }
        f.write_str(r#","rssi_dbm":"#)?;
        match rssi_dbm {
            Some(rssi_dbm) => write!(f, "{rssi_dbm}")?,
            None => f.write_str("null")?,
        }
        f.write_str(r#","access_point":"#)?;
        match access_point {
            Some(access_point) => access_point.fmt(f)?,
            None => f.write_str("null")?,
        }
        write!(f, r#","uptime_s":{},"color":"#, uptime.as_secs())?;
        match color {
            Some(color) => write!(f, r#""{color}""#)?,
            None => f.write_str("null")?,
        }
        write!(f, r#","served":{served},"exchanges":{exchanges},"failures":{{"#)?;
        for (index, (kind, count)) in ErrorKind::ALL.iter().zip(failures).enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, r#"{comma}"{kind}":{count}"#)?;
        }
        write!(f, r#"}},"reset_reason":"{reset_reason}"}}"#)
    }
}

impl fmt::Display for AccessPointStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"{"ssid":""#)?;
        write_escaped(self.ssid.as_str(), f)?;
        write!(f, r#"","channel":{},"stations":{},"leases":["#, self.channel, self.stations)?;
        for (index, lease) in self.leases().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let Lease { address, hardware_address } = lease;
            let hardware_address = HardwareAddress(*hardware_address);
            write!(f, r#"{comma}{{"address":"{address}","hardware_address":"{hardware_address}"}}"#)?;
        }
        f.write_str("]}")
    }
}

/// A radio's address in the usual notation, such as `28:cd:c1:00:00:01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HardwareAddress(pub [u8; 6]);

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.into_iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

/// Writes what stands between the quotation marks of a JSON text (RFC 8259, 7).
fn write_escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(f, "\\{letter}")?,
            '\0'..='\x1f' => write!(f, "\\u{:04x}", u32::from(letter))?,
            _ => f.write_char(letter)?,
        }
    }
    Ok(())
}
