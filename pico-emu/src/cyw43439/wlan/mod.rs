//! What the WLAN processor does once its firmware runs.

mod access_point;
mod driver_link;
mod gpio;
mod information;
mod ioctl;
mod scan;
mod settings;
mod station;
mod variable;

use std::collections::VecDeque;

use super::bdc;
use super::cdc::{self, Request};
use super::event::{Event, EventMask};
use super::gspi::PacketLevel;
use super::medium::{LinkEvent, Medium};
use super::report::{Kind, Misuse, NotModelled, Reports};
use super::sdpcm::{self, Channel, FrameError};
use access_point::AccessPoint;
use driver_link::DriverLink;
pub(super) use gpio::Gpio;
use scan::Scan;
use settings::{Clm, Settings};
use station::Station;

/// An Ethernet frame: its header, and 1500 bytes of payload at most.
const ETHERNET_LEN: std::ops::RangeInclusive<usize> = 14..=1514;

/// How long the firmware takes over an ioctl: about a millisecond (logs in embassy-rs/cyw43, issues 75 and 78).
const IOCTL_US: u64 = 1_000;
/// How long it takes to load a country's rules (`cyw43_ll.c`).
const COUNTRY_US: u64 = 32_000;

/// The running firmware.
#[derive(Clone, Debug)]
pub(super) struct Wlan {
    address: [u8; 6],
    link: DriverLink,
    /// What the driver asked for and has no answer to yet, and when it gets it.
    requests: VecDeque<(u64, Request)>,
    settings: Settings,
    clm: Clm,
    is_up: bool,
    station: Station,
    access_point: Option<AccessPoint>,
    scan: Option<Scan>,
    /// The groups whose frames the station takes.
    multicast: Vec<[u8; 6]>,
    pub(super) gpio: Gpio,
}

impl Wlan {
    pub(super) fn new(address: [u8; 6], gpio: Gpio) -> Self {
        Self {
            address,
            link: DriverLink::new(),
            requests: VecDeque::new(),
            settings: Settings::default(),
            clm: Clm::default(),
            is_up: false,
            station: Station::Idle,
            access_point: None,
            scan: None,
            multicast: Vec::new(),
            gpio,
        }
    }

    pub(super) fn packet_level(&self) -> PacketLevel {
        PacketLevel { is_ready: true, waiting: self.link.waiting_len() }
    }

    /// Takes the frame that waits for the driver.
    pub(super) fn take_frame(&mut self) -> Option<Vec<u8>> {
        self.link.take()
    }

    /// Takes a frame from the driver.
    pub(super) fn handle_frame(&mut self, frame: &[u8]) {
        self.link.handle(frame.to_vec());
    }

    /// When the firmware has something to do, if the driver and the air leave it alone until then.
    pub(super) fn deadline_us(&self, now_us: u64) -> Option<u64> {
        let now = self.link.needs_attention().then_some(now_us);
        let request = self.requests.front().map(|(due, _)| *due);
        [now, request, self.station.deadline_us(), self.scan.as_ref().map(Scan::deadline_us)]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn poll(&mut self, now_us: u64, medium: &mut dyn Medium, reports: &mut Reports) {
        let has_heard_driver = self.link.has_received();
        while let Some(frame) = self.link.take_received() {
            self.handle_sdpcm(now_us, &frame, medium, reports);
        }
        while let Some((due_us, request)) = self.requests.pop_front() {
            if due_us > now_us {
                self.requests.push_front((due_us, request));
                break;
            }
            let result = self.execute(now_us, &request, medium, reports);
            self.link.push(Channel::Control, request.answer(result.as_deref().map_err(|status| *status)));
        }
        while let Some(event) = medium.take_event() {
            self.handle_link_event(event, medium);
        }
        self.give_up_join(now_us, medium);
        self.continue_scan(now_us);
        while self.link.has_room() {
            let Some(frame) = medium.receive() else { break };
            self.handle_arrival(&frame);
        }
        // Nothing else uses credit up, so that being polled once more changes nothing.
        if has_heard_driver {
            self.link.renew_credit();
        }
    }

    /// Whether the air has to hear of it when the firmware stops.
    pub(super) fn is_on_air(&self) -> bool {
        self.access_point.is_some() || self.station.is_active()
    }

    fn handle_sdpcm(&mut self, now_us: u64, frame: &[u8], medium: &mut dyn Medium, reports: &mut Reports) {
        let received = match sdpcm::decode(frame) {
            Ok(received) => received,
            Err(error) => return reports.push(Misuse::Frame(error)),
        };
        if let Err(credit) = self.link.handle_sequence(received.sequence) {
            reports.push(Misuse::NoCredit { sequence: received.sequence, credit });
        }
        let result = match received.channel {
            0 => self.queue_request(now_us, received.payload),
            2 => self.transmit(received.payload, medium),
            channel => return reports.push(NotModelled::Channel(channel)),
        };
        if let Err(error) = result {
            reports.push(Misuse::Frame(error));
        }
    }

    fn queue_request(&mut self, now_us: u64, payload: &[u8]) -> Result<(), FrameError> {
        let request = cdc::decode(payload)?;
        let start = self.requests.back().map_or(now_us, |(due, _)| now_us.max(*due));
        let is_country = request.kind == Kind::Set && request.data.starts_with(b"country\0");
        let span = if is_country { COUNTRY_US } else { IOCTL_US };
        self.requests.push_back((start + span, request));
        Ok(())
    }

    /// Sends what the driver has for the network. Without one it goes nowhere.
    fn transmit(&self, payload: &[u8], medium: &mut dyn Medium) -> Result<(), FrameError> {
        let (interface, frame) = bdc::decode(payload)?;
        if !ETHERNET_LEN.contains(&frame.len()) {
            return Err(FrameError::Ethernet(frame.len()));
        }
        let has_network = match &self.access_point {
            Some(access_point) => interface == access_point.interface,
            None => interface == 0 && self.station.is_joined(),
        };
        if has_network {
            medium.send(frame.to_vec());
        }
        Ok(())
    }

    /// Gives the driver what arrived from the network: as a station not what is sent to groups that it is not in.
    fn handle_arrival(&mut self, frame: &[u8]) {
        if !ETHERNET_LEN.contains(&frame.len()) {
            return;
        }
        let interface = match &self.access_point {
            Some(access_point) => access_point.interface,
            None if self.station.is_joined() && self.takes(frame) => 0,
            None => return,
        };
        self.link.push(Channel::Data, bdc::encode(interface, frame));
    }

    fn takes(&self, frame: &[u8]) -> bool {
        let is_group = frame[0] & 1 != 0;
        !is_group || frame.starts_with(&[0xff; 6]) || self.multicast.iter().any(|group| frame.starts_with(group))
    }

    fn handle_link_event(&mut self, event: LinkEvent, medium: &mut dyn Medium) {
        match event {
            LinkEvent::StationJoined(address) => self.handle_station_joined(address),
            LinkEvent::StationLeft(address, farewell) => self.handle_station_left(address, farewell),
            LinkEvent::Joined { bssid, channel } => self.handle_joined(bssid, channel),
            LinkEvent::JoinFailed(failure) => self.handle_join_failed(failure, medium),
            LinkEvent::LinkLost => self.handle_link_lost(),
            LinkEvent::SentAway(farewell) => self.handle_sent_away(farewell, medium),
        }
    }

    fn emit(&mut self, event: &Event) {
        self.link.push_event(event, self.address);
    }

    fn set_event_mask(&mut self, mask: &[u8]) {
        self.link.mask = EventMask::new(mask);
    }
}
