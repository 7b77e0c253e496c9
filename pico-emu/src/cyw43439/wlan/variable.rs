//! The commands that the driver gives by name.

use super::Wlan;
use super::access_point::STATIONS_MAX;
use super::ioctl::{Refusal, word};
use crate::cyw43439::cdc::{Request, Status};
use crate::cyw43439::medium::Medium;

/// How many groups a station may be in; the driver has room for so many.
const GROUPS_MAX: usize = 10;

/// Variables that hold one word and change nothing that can be told from the outside of this model: block
/// acknowledgements, power saving, management frame protection, rates.
const WORDS: [&str; 12] = [
    "2g_mrate",
    "ampdu_ba_wsize",
    "ampdu_mpdu",
    "ampdu_rx_factor",
    "apsta",
    "assoc_listen",
    "bcn_li_bcn",
    "bcn_li_dtim",
    "bus:txglom",
    "mfp",
    "pm2_sleep_ret",
    "sae_max_pwe_loop",
];

/// Variables that hold one word for the network of the interface before it: the key handshake on the radio, and how an access
/// point is secured.
const NETWORK_WORDS: [&str; 5] =
    ["bsscfg:sup_wpa", "bsscfg:sup_wpa2_eapver", "bsscfg:sup_wpa_tmo", "bsscfg:wpa_auth", "bsscfg:wsec"];

impl Wlan {
    pub(super) fn get_variable(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let (name, data) = split(&request.data)?;
        Ok(match name {
            "clmload_status" => self.clm.status().to_le_bytes().to_vec(),
            "cur_etheraddr" => self.address.to_vec(),
            "country" => self.settings.country.ok_or(Refusal::NotModelled)?.to_vec(),
            "mcast_list" => {
                let mut list = Vec::from((self.multicast.len() as u32).to_le_bytes());
                list.extend(self.multicast.as_flattened());
                list
            }
            "event_msgs" => self.link.mask.bytes().to_vec(),
            "ccgpioin" => self.gpio.levels().to_le_bytes().to_vec(),
            "maxassoc" => (STATIONS_MAX as u32).to_le_bytes().to_vec(),
            "bss" => {
                let interface = interface(data)?;
                match &self.access_point {
                    Some(access_point) if access_point.interface == interface => 1_u32.to_le_bytes().to_vec(),
                    _ => return Err(Status::NotFound.into()),
                }
            }
            _ => {
                let name = WORDS.iter().find(|word| **word == name).ok_or(Refusal::NotModelled)?;
                self.settings.named(request.interface, name).ok_or(Refusal::NotModelled)?.to_le_bytes().to_vec()
            }
        })
    }

    pub(super) fn set_variable(
        &mut self,
        now_us: u64,
        request: &Request,
        medium: &mut dyn Medium,
    ) -> Result<(), Refusal> {
        let (name, data) = split(&request.data)?;
        match name {
            "clmload" => self.clm.handle(data)?,
            "country" => self.settings.country = Some(*data.first_chunk().ok_or(Status::BufferTooShort)?),
            // The address is the board's: the air knows the radio by it.
            "cur_etheraddr" if data.starts_with(&self.address) => {}
            "event_msgs" => self.set_event_mask(data),
            "bsscfg:event_msgs" => {
                interface(data)?;
                self.set_event_mask(&data[4..]);
            }
            "mcast_list" => {
                let count = word(data)? as usize;
                let (groups, _) = data[4..].as_chunks();
                let groups = groups.get(..count).filter(|_| count <= GROUPS_MAX).ok_or(Status::BadArgument)?;
                self.multicast = groups.to_vec();
            }
            "escan" => self.scan(now_us, data, medium)?,
            "gpioout" => {
                let (mask, levels) = words(data)?;
                self.gpio.drive(mask, levels);
            }
            // The passphrase for WPA3, which no network on the air has.
            "sae_password" => {}
            "bsscfg:ssid" => {
                let interface = interface(data)?;
                self.settings.network(interface)?.ssid = Some(ssid(&data[4..])?);
            }
            "bss" => {
                let interface = interface(data)?;
                match words(data)? {
                    (_, 0) => self.stop_access_point(interface, medium),
                    (_, 1) => self.start_access_point(interface, medium)?,
                    _ => return Err(Status::BadArgument.into()),
                }
            }
            // Several frames in one are not taken apart.
            "bus:txglom" if word(data)? != 0 => return Err(Refusal::NotModelled),
            _ => {
                if let Some(name) = NETWORK_WORDS.iter().find(|word| **word == name) {
                    let (_, value) = words(data)?;
                    self.settings.set_named(interface(data)?, name, value);
                } else if let Some(name) = WORDS.iter().find(|word| **word == name) {
                    self.settings.set_named(request.interface, name, word(data)?);
                } else {
                    return Err(Refusal::NotModelled);
                }
            }
        }
        Ok(())
    }
}

/// A variable's name, and what stands behind the NUL that ends it.
pub(super) fn split(data: &[u8]) -> Result<(&str, &[u8]), Status> {
    let end = data.iter().position(|&byte| byte == 0).ok_or(Status::BadArgument)?;
    let name = std::str::from_utf8(&data[..end]).map_err(|_| Status::BadArgument)?;
    Ok((name, &data[end + 1..]))
}

/// The name in `wlc_ssid_t`: length, bytes.
pub(super) fn ssid(data: &[u8]) -> Result<Vec<u8>, Status> {
    let len = word(data)? as usize;
    let ssid = data[4..].get(..len).filter(|_| (1..=32).contains(&len));
    Ok(ssid.ok_or(Status::BadSsidLength)?.to_vec())
}

/// The interface before a network's variable.
fn interface(data: &[u8]) -> Result<u8, Status> {
    match word(data)? {
        interface @ 0..=1 => Ok(interface as u8),
        _ => Err(Status::BadArgument),
    }
}

fn words(data: &[u8]) -> Result<(u32, u32), Status> {
    Ok((word(data)?, word(&data[4..])?))
}
