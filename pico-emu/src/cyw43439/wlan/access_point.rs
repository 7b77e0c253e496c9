//! The radio as an access point.
//!
//! The events are those of a log of the Rust driver (embassy-rs/embassy, issue 4709), and for the link those that the C driver
//! waits for.

use super::ioctl::{Refusal, SET_CHANNEL};
use super::{Wlan, information, station};
use crate::cyw43439::cdc::Status;
use crate::cyw43439::event::{Event, EventStatus, EventType};
use crate::cyw43439::medium::{AccessPointConfig, Farewell, Medium};

/// The network's configuration is switched off, in the vendor's numbers.
const LINK_CONFIGURATION_DISABLED: u16 = 4;

/// How many stations the firmware takes.
pub(super) const STATIONS_MAX: usize = 10;

/// A network that the radio makes.
#[derive(Clone, Debug)]
pub(super) struct AccessPoint {
    /// The interface whose network it is.
    pub(super) interface: u8,
    config: AccessPointConfig,
    pub(super) stations: Vec<[u8; 6]>,
}

impl AccessPoint {
    pub(super) const fn channel(&self) -> u8 {
        self.config.channel
    }
}

impl Wlan {
    /// Starts the network of this interface.
    pub(super) fn start_access_point(&mut self, interface: u8, medium: &mut dyn Medium) -> Result<(), Refusal> {
        if !self.is_up {
            return Err(Status::NotUp.into());
        }
        if self.access_point.is_some() || self.station.is_active() {
            // One network at a time is all that the air knows of.
            return Err(Refusal::NotModelled);
        }
        let security = self.settings.named(interface, "bsscfg:wsec").unwrap_or(0);
        let channel = self.settings.number(0, SET_CHANNEL).ok_or(Refusal::NotModelled)?;
        let network = self.settings.network(interface)?;
        let ssid = network.ssid.clone().ok_or(Status::BadSsidLength)?;
        // The lower byte says with what frames are encrypted.
        let passphrase = match security & 0xff {
            0 => None,
            _ => Some(network.passphrase.clone().ok_or(Status::Error)?),
        };
        let config = AccessPointConfig { ssid, passphrase, channel: channel as u8 };
        medium.start_access_point(&config);
        self.access_point = Some(AccessPoint { interface, config, stations: Vec::new() });
        self.emit(&Event::link_up().about(self.address).on(interface));
        Ok(())
    }

    /// Ends the network of this interface, if there is one.
    pub(super) fn stop_access_point(&mut self, interface: u8, medium: &mut dyn Medium) {
        if let Some(access_point) = self.access_point.take_if(|access_point| access_point.interface == interface) {
            medium.leave();
            let down = Event::new(EventType::Link, EventStatus::Success).reason(LINK_CONFIGURATION_DISABLED);
            self.emit(&down.about(self.address).on(access_point.interface));
        }
    }

    pub(super) fn handle_station_joined(&mut self, address: [u8; 6]) {
        let Some(access_point) = &mut self.access_point else { return };
        let interface = access_point.interface;
        let event_type = if access_point.stations.contains(&address) {
            EventType::ReassocInd
        } else {
            access_point.stations.push(address);
            EventType::AssocInd
        };
        let config = &access_point.config;
        let request = information::association_request(&config.ssid, config.passphrase.is_some());
        self.emit(&Event::new(EventType::AuthInd, EventStatus::Success).about(address).on(interface));
        self.emit(&Event::new(event_type, EventStatus::Success).about(address).on(interface).data(request));
    }

    pub(super) fn handle_station_left(&mut self, address: [u8; 6], farewell: Farewell) {
        let Some(access_point) = &mut self.access_point else { return };
        let interface = access_point.interface;
        access_point.stations.retain(|station| *station != address);
        self.emit(&station::farewell_event(farewell).about(address).on(interface));
    }
}
