//! Looking for networks: `escan`.

use std::collections::VecDeque;

use super::ioctl::Refusal;
use super::{Wlan, information};
use crate::cyw43439::cdc::Status;
use crate::cyw43439::event::{Event, EventStatus, EventType};
use crate::cyw43439::medium::{Medium, Network, Security};

/// The channels that are listened to everywhere, and the last of them on which the radio may ask before it has heard anything.
const CHANNELS: std::ops::RangeInclusive<u8> = 1..=13;
const ACTIVE_CHANNEL_MAX: u8 = 11;
/// How long the radio stays on a channel, and between two of them on that of its own network, in milliseconds.
const ACTIVE_MS: u32 = 40;
const PASSIVE_MS: u32 = 110;
const HOME_MS: u32 = 45;

/// What the driver wants done.
const ACTION_START: u16 = 1;
const ACTION_ABORT: u16 = 3;

/// The version of a result and of what it says of a network (`wlioctl.h`), and the length of the latter.
const RESULT_VERSION: u32 = 109;
const RESULT_HEADER_LEN: usize = 12;
const NETWORK_LEN: usize = 128;
/// Capabilities of IEEE 802.11: an access point, which encrypts.
const CAPABILITY_ESS: u16 = 1 << 0;
const CAPABILITY_PRIVACY: u16 = 1 << 4;
/// A channel of 20 MHz in the 2.4 GHz band.
const CHANNEL_20_MHZ: u16 = 0x1000;
/// Every 100 time units of 1.024 ms.
const BEACON_PERIOD: u16 = 100;
const NOISE_DBM: i8 = -92;

/// A scan under way.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// Comes back in each result.
    sync_id: u16,
    /// What is heard when.
    results: VecDeque<(u64, Network)>,
    end_us: u64,
}

impl Scan {
    pub(super) fn deadline_us(&self) -> u64 {
        self.results.front().map_or(self.end_us, |(due, _)| *due)
    }
}

/// The driver's parameters: `wl_escan_params` of the vendor.
#[derive(Clone, Debug)]
struct Parameters {
    action: u16,
    sync_id: u16,
    ssid: Vec<u8>,
    bssid: [u8; 6],
    is_passive: bool,
    /// Where the driver leaves it to the firmware, `None`.
    active_ms: Option<u32>,
    passive_ms: Option<u32>,
    home_ms: Option<u32>,
    /// None are all.
    channels: Vec<u8>,
}

impl Parameters {
    /// How long the fixed part is.
    const LEN: usize = 72;

    fn decode(data: &[u8]) -> Option<Self> {
        let (fixed, channels) = data.split_first_chunk::<{ Self::LEN }>()?;
        let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| fixed[at + byte]));
        let half = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let time = |at: usize| Some(word(at)).filter(|&ms| ms != u32::MAX);
        // The upper half counts names behind the channels.
        let channel_count = usize::from(half(68));
        Some(Self {
            action: half(4),
            sync_id: half(6),
            ssid: fixed[12..44].get(..word(8) as usize)?.to_vec(),
            bssid: std::array::from_fn(|byte| fixed[44 + byte]),
            is_passive: fixed[51] & 1 != 0,
            active_ms: time(56),
            passive_ms: time(60),
            home_ms: time(64),
            channels: channels.chunks_exact(2).map(|channel| channel[0]).take(channel_count).collect(),
        })
    }

    fn accepts(&self, network: &Network) -> bool {
        (self.ssid.is_empty() || self.ssid == network.ssid) && (self.bssid == [0xff; 6] || self.bssid == network.bssid)
    }

    fn dwell_us(&self, channel: u8) -> u64 {
        let ms = if self.is_passive || channel > ACTIVE_CHANNEL_MAX {
            self.passive_ms.unwrap_or(PASSIVE_MS)
        } else {
            self.active_ms.unwrap_or(ACTIVE_MS)
        };
        u64::from(ms) * 1000
    }
}

impl Wlan {
    /// Starts a scan, or ends it.
    pub(super) fn scan(&mut self, now_us: u64, data: &[u8], medium: &mut dyn Medium) -> Result<(), Refusal> {
        let parameters = Parameters::decode(data).ok_or(Status::BadArgument)?;
        if !self.is_up {
            return Err(Status::NotUp.into());
        }
        match parameters.action {
            ACTION_START => {}
            ACTION_ABORT => {
                self.end_scan(EventStatus::Abort);
                return Ok(());
            }
            _ => return Err(Refusal::NotModelled),
        }
        self.end_scan(EventStatus::NewScan);
        let mut networks = medium.networks();
        networks.retain(|network| parameters.accepts(network));
        let home_us =
            if self.station.is_joined() { u64::from(parameters.home_ms.unwrap_or(HOME_MS)) * 1000 } else { 0 };
        let channels = if parameters.channels.is_empty() { CHANNELS.collect() } else { parameters.channels.clone() };
        let mut results = VecDeque::new();
        let mut at_us = now_us;
        for channel in channels {
            let heard = networks.extract_if(.., |network| network.channel == channel).collect::<Vec<_>>();
            let dwell_us = parameters.dwell_us(channel);
            let gap_us = dwell_us / (heard.len() as u64 + 1);
            results.extend(heard.into_iter().zip(1..).map(|(network, place)| (at_us + gap_us * place, network)));
            at_us += dwell_us + home_us;
        }
        self.scan = Some(Scan { sync_id: parameters.sync_id, results, end_us: at_us });
        Ok(())
    }

    /// Tells the driver what was heard by now, and when all is over.
    pub(super) fn continue_scan(&mut self, now_us: u64) {
        while let Some(scan) = &mut self.scan
            && scan.deadline_us() <= now_us
        {
            let sync_id = scan.sync_id;
            if let Some((_, network)) = scan.results.pop_front() {
                let result = result(sync_id, Some(&network));
                self.emit(&Event::new(EventType::EscanResult, EventStatus::Partial).data(result));
            } else {
                self.end_scan(EventStatus::Success);
            }
        }
    }

    /// Ends the scan, if there is one.
    pub(super) fn end_scan(&mut self, status: EventStatus) {
        if let Some(scan) = self.scan.take() {
            self.emit(&Event::new(EventType::EscanResult, status).data(result(scan.sync_id, None)));
        }
    }
}

/// `wl_escan_result` of the vendor, with one network or none. Where the Rust driver's structure differs at its end, this is
/// the C driver's.
fn result(sync_id: u16, network: Option<&Network>) -> Vec<u8> {
    let described = network.map(describe).unwrap_or_default();
    let mut result = Vec::with_capacity(RESULT_HEADER_LEN + described.len());
    result.extend(((RESULT_HEADER_LEN + described.len()) as u32).to_le_bytes());
    result.extend(RESULT_VERSION.to_le_bytes());
    result.extend(sync_id.to_le_bytes());
    result.extend(u16::from(network.is_some()).to_le_bytes());
    result.extend(described);
    result
}

/// `wl_bss_info` of the vendor, with the information elements behind it.
fn describe(network: &Network) -> Vec<u8> {
    let is_secure = network.security == Security::Wpa2;
    let elements = information::beacon(&network.ssid, network.channel, is_secure);
    let rates = information::rates();
    let mut described = vec![0; NETWORK_LEN];
    let mut put = |at: usize, bytes: &[u8]| described[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &RESULT_VERSION.to_le_bytes());
    put(4, &((NETWORK_LEN + elements.len()) as u32).to_le_bytes());
    put(8, &network.bssid);
    put(14, &BEACON_PERIOD.to_le_bytes());
    put(16, &(CAPABILITY_ESS | if is_secure { CAPABILITY_PRIVACY } else { 0 }).to_le_bytes());
    let ssid = &network.ssid[..network.ssid.len().min(32)];
    put(18, &[ssid.len() as u8]);
    put(19, ssid);
    put(52, &(rates.len() as u32).to_le_bytes());
    put(56, &rates);
    put(72, &(CHANNEL_20_MHZ | u16::from(network.channel)).to_le_bytes());
    // Every beacon announces what waits for sleeping stations.
    put(76, &[1]);
    put(78, &network.rssi_dbm.to_le_bytes());
    put(80, &NOISE_DBM.to_le_bytes());
    put(88, &[network.channel]);
    put(116, &(NETWORK_LEN as u16).to_le_bytes());
    put(120, &(elements.len() as u32).to_le_bytes());
    put(124, &(network.rssi_dbm - i16::from(NOISE_DBM)).to_le_bytes());
    described.extend(elements);
    described
}
