//! What `/status` says.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use crate::client::ErrorKind;
use crate::color::Rgb;
use crate::name::Name;
use crate::settings::Role;

/// How a board is doing; `Display` writes the JSON object of `/status` (HTTP-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardStatus {
    /// What the board calls itself.
    pub name: Name,
    /// Its part.
    pub role: Role,
    /// Its address, once it has one.
    pub address: Option<IpAddr>,
    /// The strength of the access point's signal, in dBm, where the board has a radio and is on the network.
    pub rssi_dbm: Option<i8>,
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

impl fmt::Display for BoardStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, role, address, rssi_dbm, uptime, color, served, exchanges, failures, reset_reason } = self;
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
