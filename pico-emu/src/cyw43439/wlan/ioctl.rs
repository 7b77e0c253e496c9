//! The commands that the driver gives by number.
//!
//! Numbers as in the vendor's `wlioctl.h`; both drivers list them.

use super::access_point::STATIONS_MAX;
use super::settings::INTERFACES;
use super::station::Station;
use super::{Wlan, variable};
use crate::cyw43439::cdc::{Request, Status};
use crate::cyw43439::medium::Medium;
use crate::cyw43439::report::{Kind, NotModelled, Reports};

const UP: u32 = 2;
const DOWN: u32 = 3;
const GET_BSSID: u32 = 23;
const GET_SSID: u32 = 25;
const SET_SSID: u32 = 26;
const GET_CHANNEL: u32 = 29;
pub(super) const SET_CHANNEL: u32 = 30;
const DISASSOCIATE: u32 = 52;
const GET_RSSI: u32 = 127;
const GET_STATIONS: u32 = 159;
const GET_VARIABLE: u32 = 262;
const SET_VARIABLE: u32 = 263;
const SET_PMK: u32 = 268;

const SET_INFRASTRUCTURE: u32 = 20;
const SET_AP: u32 = 118;
const SET_WSEC: u32 = 134;
const SET_WPA_AUTH: u32 = 165;

/// Numbers that hold one word, by the commands that read and write them: infrastructure, authentication, antenna, DTIM
/// period, power management, 802.11g mode, access point, encryption, band, and WPA.
const WORDS: [(u32, u32); 10] = [
    (19, SET_INFRASTRUCTURE),
    (21, 22),
    (63, 64),
    (77, 78),
    (85, 86),
    (109, 110),
    (117, SET_AP),
    (133, SET_WSEC),
    (141, 142),
    (164, SET_WPA_AUTH),
];

/// Kinds of WPA authentication: WPA2 with a passphrase, and WPA3 with one.
const WPA2_PSK: u32 = 0x80;
const WPA3_SAE_PSK: u32 = 0x4_0000;
/// Encryption with TKIP and AES.
const WSEC_MODELLED: u32 = 0x06;

/// A key that is a passphrase, and not what is computed of one.
const PMK_PASSPHRASE: u16 = 1 << 0;
/// Lengths that a passphrase may have (IEEE 802.11, annex J.4).
const PASSPHRASE_LEN: std::ops::RangeInclusive<usize> = 8..=63;

/// Why a command is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The firmware refuses it.
    Status(Status),
    /// The model does not know how.
    NotModelled,
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl Wlan {
    /// Carries a command out. The answer to one that sets is what it carried.
    pub(super) fn execute(
        &mut self,
        now_us: u64,
        request: &Request,
        medium: &mut dyn Medium,
        reports: &mut Reports,
    ) -> Result<Vec<u8>, Status> {
        let result = match request.kind {
            Kind::Get => self.get(request, medium),
            Kind::Set => self.set(now_us, request, medium).map(|()| request.data.clone()),
        };
        result.map_err(|refusal| match refusal {
            Refusal::Status(status) => status,
            Refusal::NotModelled => {
                reports.push(not_modelled(request));
                Status::Unsupported
            }
        })
    }

    fn get(&self, request: &Request, medium: &mut dyn Medium) -> Result<Vec<u8>, Refusal> {
        let answer = match request.command {
            GET_VARIABLE => self.get_variable(request)?,
            GET_BSSID => match &self.station {
                Station::Joined { bssid, .. } => bssid.to_vec(),
                _ => return Err(Status::NotAssociated.into()),
            },
            GET_SSID => match &self.station {
                Station::Joined { target, .. } => ssid_information(&target.ssid),
                _ => ssid_information(&[]),
            },
            GET_CHANNEL => {
                let channel = self.channel()?.to_le_bytes();
                // The channel in use, the one that is set, and no scan.
                [channel, channel, [0; 4]].concat()
            }
            GET_RSSI => {
                let dbm = self.station.rssi_dbm(medium).ok_or(Status::NotAssociated)?;
                i32::from(dbm).to_le_bytes().to_vec()
            }
            GET_STATIONS => self.stations(&request.data)?,
            command => {
                let word = WORDS.iter().find(|(get, _)| *get == command);
                let value = word.and_then(|(_, set)| self.settings.number(request.interface, *set));
                value.ok_or(Refusal::NotModelled)?.to_le_bytes().to_vec()
            }
        };
        if answer.len() > request.data.len() { Err(Status::BufferTooShort.into()) } else { Ok(answer) }
    }

    fn set(&mut self, now_us: u64, request: &Request, medium: &mut dyn Medium) -> Result<(), Refusal> {
        match request.command {
            SET_VARIABLE => self.set_variable(now_us, request, medium)?,
            UP => self.is_up = true,
            DOWN => {
                self.leave(medium);
                (0..INTERFACES).for_each(|interface| self.stop_access_point(interface, medium));
                self.is_up = false;
            }
            SET_SSID => self.set_ssid(now_us, &request.data, medium)?,
            DISASSOCIATE => self.leave(medium),
            SET_CHANNEL => match word(&request.data)? {
                channel @ 1..=14 => self.settings.set_number(0, SET_CHANNEL, channel),
                _ => return Err(Status::BadChannel.into()),
            },
            SET_PMK => self.settings.network(request.interface)?.passphrase = Some(passphrase(&request.data)?),
            command => {
                if !WORDS.iter().any(|(_, set)| *set == command) {
                    return Err(Refusal::NotModelled);
                }
                let value = word(&request.data)?;
                let is_modelled = match command {
                    SET_INFRASTRUCTURE => value == 1,
                    SET_WSEC => value & !WSEC_MODELLED == 0,
                    SET_WPA_AUTH => value == 0 || value & (WPA2_PSK | WPA3_SAE_PSK) != 0,
                    _ => true,
                };
                if !is_modelled {
                    return Err(Refusal::NotModelled);
                }
                self.settings.set_number(request.interface, command, value);
            }
        }
        Ok(())
    }

    /// Joins the network of this name.
    fn set_ssid(&mut self, now_us: u64, data: &[u8], medium: &mut dyn Medium) -> Result<(), Refusal> {
        if !self.is_up {
            return Err(Status::NotUp.into());
        }
        if self.access_point.is_some() || self.settings.number(0, SET_AP) == Some(1) {
            return Err(Refusal::NotModelled);
        }
        let ssid = variable::ssid(data)?;
        let wpa_auth = self.settings.number(0, SET_WPA_AUTH).unwrap_or(0);
        // Asked for WPA3 the firmware takes WPA2 as well where it has a passphrase for that.
        let passphrase = match (wpa_auth, self.settings.network(0)?.passphrase.clone()) {
            (0, _) => None,
            (_, Some(passphrase)) => Some(passphrase),
            (WPA3_SAE_PSK, None) => return Err(Refusal::NotModelled),
            (_, None) => return Err(Status::Error.into()),
        };
        self.join(now_us, &ssid, passphrase.as_deref(), medium);
        Ok(())
    }

    fn channel(&self) -> Result<u32, Refusal> {
        match (&self.station, &self.access_point) {
            (Station::Joined { channel, .. }, _) => Ok(u32::from(*channel)),
            (_, Some(access_point)) => Ok(u32::from(access_point.channel())),
            _ => self.settings.number(0, SET_CHANNEL).ok_or(Refusal::NotModelled),
        }
    }

    /// How many stations there are, and as many addresses as the driver has room for.
    fn stations(&self, data: &[u8]) -> Result<Vec<u8>, Refusal> {
        let room = (word(data)? as usize).min(STATIONS_MAX);
        let stations = self.access_point.as_ref().map_or(&[][..], |access_point| &access_point.stations);
        let listed = &stations[..stations.len().min(room)];
        let mut answer = Vec::from((listed.len() as u32).to_le_bytes());
        answer.extend(listed.as_flattened());
        Ok(answer)
    }
}

fn not_modelled(request: &Request) -> NotModelled {
    let (kind, interface) = (request.kind, request.interface);
    if matches!(request.command, GET_VARIABLE | SET_VARIABLE)
        && let Ok((name, data)) = variable::split(&request.data)
    {
        return NotModelled::Variable { kind, name: name.to_owned(), interface, data: data.to_vec() };
    }
    NotModelled::Ioctl { kind, command: request.command, interface, data: request.data.clone() }
}

/// The first word of a command's data.
pub(super) fn word(data: &[u8]) -> Result<u32, Status> {
    data.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).ok_or(Status::BufferTooShort)
}

fn ssid_information(ssid: &[u8]) -> Vec<u8> {
    let mut information = Vec::from((ssid.len() as u32).to_le_bytes());
    information.extend(ssid);
    information
}

/// The passphrase of `wsec_pmk_t`: length, flags, key.
///
/// The firmware refuses one of a wrong length with `BCME_ERROR` (embassy-rs/embassy, issue 4526).
fn passphrase(data: &[u8]) -> Result<String, Refusal> {
    let Some((&[len_0, len_1, flag_0, flag_1], key)) = data.split_first_chunk() else {
        return Err(Status::BufferTooShort.into());
    };
    if u16::from_le_bytes([flag_0, flag_1]) & PMK_PASSPHRASE == 0 {
        return Err(Refusal::NotModelled);
    }
    let len = usize::from(u16::from_le_bytes([len_0, len_1]));
    let key = key.get(..len).filter(|_| PASSPHRASE_LEN.contains(&len)).ok_or(Status::Error)?;
    Ok(std::str::from_utf8(key).map_err(|_| Status::Error)?.to_owned())
}
