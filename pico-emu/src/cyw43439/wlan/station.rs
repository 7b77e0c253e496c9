//! The radio as a station: joining, leaving, and being sent away.
//!
//! The events and their order are those of real radios: a log of the C driver (raspberrypi/pico-sdk, issue 2153), logs of the
//! Rust driver (embassy-rs/cyw43, issues 75 and 78; embassy-rs/embassy, issues 2239, 3237 and 3723, pull requests 5020, 5129,
//! 6355 and 7041), and what both drivers make of them.

use super::{Wlan, information};
use crate::cyw43439::event::{Event, EventStatus, EventType, SupplicantState};
use crate::cyw43439::medium::{Farewell, JoinFailure, Medium, Network};

/// How long the firmware waits for anything to come of a join, the looking for the network included.
const JOIN_MAX_US: u64 = 10_000_000;

/// Reasons of a link's end in the vendor's numbers.
const LINK_BEACON_LOSS: u16 = 1;
const LINK_DISASSOCIATED: u16 = 2;
/// Why the key handshake failed: the access point sent the station away, or time is over.
const SUPPLICANT_DEAUTHENTICATED: u16 = 14;
const SUPPLICANT_TIMED_OUT: u16 = 15;
/// Reason and status codes of IEEE 802.11, tables 9-90 and 9-92.
const PREVIOUS_AUTHENTICATION_INVALID: u16 = 2;
const STATION_LEAVES: u16 = 8;
const ACCESS_POINT_FULL: u16 = 17;

/// The station on interface 0.
#[derive(Clone, Debug)]
pub(super) enum Station {
    Idle,
    Joining { target: Target, give_up_at_us: u64 },
    Joined { target: Target, bssid: [u8; 6], channel: u8 },
}

/// The network that the driver wants.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) ssid: Vec<u8>,
    pub(super) is_secure: bool,
}

impl Station {
    pub(super) const fn is_joined(&self) -> bool {
        matches!(self, Self::Joined { .. })
    }

    pub(super) const fn is_active(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// How strong the access point's signal arrives, in dBm: also that of one that has sent the station away.
    pub(super) fn rssi_dbm(&self, medium: &mut dyn Medium) -> Option<i16> {
        let Self::Joined { target, .. } = self else { return None };
        medium.rssi_dbm().or_else(|| strongest(&target.ssid, medium).map(|network| network.rssi_dbm))
    }

    pub(super) const fn deadline_us(&self) -> Option<u64> {
        match self {
            Self::Joining { give_up_at_us, .. } => Some(*give_up_at_us),
            Self::Idle | Self::Joined { .. } => None,
        }
    }
}

impl Wlan {
    /// Starts a join; a network that the station is on is left for it.
    pub(super) fn join(&mut self, now_us: u64, ssid: &[u8], passphrase: Option<&str>, medium: &mut dyn Medium) {
        self.end_link(LINK_DISASSOCIATED);
        self.end_scan(EventStatus::NewAssociation);
        medium.join(ssid, passphrase);
        let target = Target { ssid: ssid.to_vec(), is_secure: passphrase.is_some() };
        self.station = Station::Joining { target, give_up_at_us: now_us + JOIN_MAX_US };
    }

    /// Leaves the network, or gives a join up.
    pub(super) fn leave(&mut self, medium: &mut dyn Medium) {
        if let Station::Joined { bssid, .. } = self.station {
            let farewell = Event::new(EventType::Disassoc, EventStatus::Success).reason(STATION_LEAVES);
            self.emit(&farewell.about(bssid));
        }
        if self.station.is_active() {
            medium.leave();
        }
        self.end_link(LINK_DISASSOCIATED);
    }

    /// The station is on no network from now on, and says so if it was on one.
    pub(super) fn end_link(&mut self, reason: u16) {
        if let Station::Joined { bssid, .. } = std::mem::replace(&mut self.station, Station::Idle) {
            self.emit(&Event::new(EventType::Link, EventStatus::Success).reason(reason).about(bssid));
        }
    }

    pub(super) fn give_up_join(&mut self, now_us: u64, medium: &mut dyn Medium) {
        if let Station::Joining { target, give_up_at_us } = &self.station
            && *give_up_at_us <= now_us
        {
            let failure = if target.is_secure { JoinFailure::HandshakeTimedOut } else { JoinFailure::NoAnswer };
            medium.leave();
            self.handle_join_failed(failure, medium);
        }
    }

    pub(super) fn handle_joined(&mut self, bssid: [u8; 6], channel: u8) {
        let Some(target) = self.take_target() else { return };
        self.emit_associated(&target, bssid);
        if target.is_secure {
            self.emit(&Event::supplicant(SupplicantState::Keyed).about(bssid));
        }
        self.emit_set(&target, bssid);
        self.station = Station::Joined { target, bssid, channel };
    }

    pub(super) fn handle_join_failed(&mut self, failure: JoinFailure, medium: &mut dyn Medium) {
        let Some(target) = self.take_target() else { return };
        // The one that was tried is the strongest of the name.
        let bssid = strongest(&target.ssid, medium).map_or([0; 6], |network| network.bssid);
        match failure {
            JoinFailure::NotFound => self.emit_set_failed(&target, EventStatus::NoNetworks),
            JoinFailure::NoAnswer => {
                self.emit(&Event::new(EventType::Auth, EventStatus::Timeout).about(bssid));
                self.emit_set_failed(&target, EventStatus::Fail);
            }
            JoinFailure::Refused => {
                self.emit(&Event::new(EventType::Auth, EventStatus::Success).about(bssid));
                let refused = Event::new(EventType::Assoc, EventStatus::Fail).reason(ACCESS_POINT_FULL);
                self.emit(&refused.about(bssid));
                self.emit_set_failed(&target, EventStatus::Fail);
            }
            // To the firmware the join as such has succeeded in both cases: the keys come afterwards.
            JoinFailure::WrongPassphrase => {
                self.emit_associated(&target, bssid);
                self.emit_set(&target, bssid);
                let failed = Event::supplicant(SupplicantState::WaitForMessage3);
                self.emit(&failed.reason(SUPPLICANT_DEAUTHENTICATED).about(bssid));
                let farewell = farewell_event(Farewell::Deauthenticated(PREVIOUS_AUTHENTICATION_INVALID));
                self.emit(&farewell.about(bssid));
                let down = Event::new(EventType::Link, EventStatus::Success).reason(LINK_DISASSOCIATED);
                self.emit(&down.about(bssid));
            }
            JoinFailure::HandshakeTimedOut => {
                self.emit_associated(&target, bssid);
                self.emit_set(&target, bssid);
                let failed = Event::supplicant(SupplicantState::WaitForMessage1).reason(SUPPLICANT_TIMED_OUT);
                self.emit(&failed.about(bssid));
            }
        }
    }

    pub(super) fn handle_link_lost(&mut self) {
        self.end_link(LINK_BEACON_LOSS);
    }

    /// The driver hears of it, but of the link's end only if there is no more such network (embassy-rs/embassy, pull request
    /// 5129). Where there is, the firmware would roam to it, and the link stays up although nothing passes (6355).
    pub(super) fn handle_sent_away(&mut self, farewell: Farewell, medium: &mut dyn Medium) {
        let Station::Joined { target, bssid, .. } = &self.station else { return };
        let (is_secure, bssid) = (target.is_secure, *bssid);
        let is_in_reach = strongest(&target.ssid, medium).is_some();
        if is_secure {
            let ended = Event::supplicant(SupplicantState::Keyed).reason(SUPPLICANT_DEAUTHENTICATED);
            self.emit(&ended.about(bssid));
        }
        self.emit(&farewell_event(farewell).about(bssid));
        if !is_in_reach {
            self.end_link(LINK_DISASSOCIATED);
        }
    }

    /// What is joined, if it still is; the station is idle then.
    fn take_target(&mut self) -> Option<Target> {
        match std::mem::replace(&mut self.station, Station::Idle) {
            Station::Joining { target, .. } => Some(target),
            other => {
                self.station = other;
                None
            }
        }
    }

    /// Authentication and association, after which the link is up.
    fn emit_associated(&mut self, target: &Target, bssid: [u8; 6]) {
        let request = information::association_request(&target.ssid, target.is_secure);
        let response = information::association_response();
        let rsn = information::rsn(target.is_secure);
        self.emit(&Event::new(EventType::AssocReqIe, EventStatus::Success).data(request));
        self.emit(&Event::new(EventType::Auth, EventStatus::Success).about(bssid));
        self.emit(&Event::new(EventType::AssocRespIe, EventStatus::Success).data(response.clone()));
        self.emit(&Event::new(EventType::Assoc, EventStatus::Success).about(bssid).data(response));
        self.emit(&Event::link_up().about(bssid).data(rsn));
    }

    /// The join has come to its end.
    fn emit_set(&mut self, target: &Target, bssid: [u8; 6]) {
        self.emit(&Event::new(EventType::Join, EventStatus::Success).about(bssid));
        self.emit(&Event::new(EventType::SetSsid, EventStatus::Success).about(bssid).data(target.ssid.clone()));
    }

    fn emit_set_failed(&mut self, target: &Target, status: EventStatus) {
        self.emit(&Event::new(EventType::SetSsid, status).data(target.ssid.clone()));
    }
}

/// The network of this name that a station would join.
fn strongest(ssid: &[u8], medium: &mut dyn Medium) -> Option<Network> {
    let namesakes = medium.networks().into_iter().filter(|network| network.ssid == ssid);
    namesakes.max_by_key(|network| network.rssi_dbm)
}

/// The event by which the firmware passes on how the other side ended a link.
pub(super) fn farewell_event(farewell: Farewell) -> Event {
    let (event_type, reason) = match farewell {
        Farewell::Deauthenticated(reason) => (EventType::DeauthInd, reason),
        Farewell::Disassociated(reason) => (EventType::DisassocInd, reason),
    };
    Event::new(event_type, EventStatus::Success).reason(reason)
}
