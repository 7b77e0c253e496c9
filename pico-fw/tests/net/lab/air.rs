//! Who sends on the air, and a radio that listens.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_time::Timer;
use pico_fw::radio::{JoinError, Radio};
use rgb_proto::settings::Network;

use super::ethernet::Ethernet;

/// Everything that can be joined.
#[derive(Default)]
pub(crate) struct Air {
    access_points: RefCell<Vec<Rc<RefCell<AccessPoint>>>>,
    /// What the boards' radios were told, in order.
    pub(crate) calls: RefCell<Vec<&'static str>>,
}

/// What boards join.
pub(crate) struct AccessPoint {
    pub(crate) ssid: String,
    /// Empty on an open network.
    pub(crate) passphrase: String,
    /// Joins do not end any more.
    pub(crate) hangs: bool,
    /// How strong its signal is.
    pub(crate) rssi_dbm: i32,
    /// The network that it leads to.
    network: usize,
}

impl Air {
    /// Switches an access point on that leads to this network.
    pub(super) fn add(&self, ssid: &str, passphrase: &str, network: usize) -> Rc<RefCell<AccessPoint>> {
        let (ssid, passphrase) = (ssid.to_owned(), passphrase.to_owned());
        let access_point = AccessPoint { ssid, passphrase, hangs: false, rssi_dbm: -55, network };
        let access_point = Rc::new(RefCell::new(access_point));
        self.access_points.borrow_mut().push(Rc::clone(&access_point));
        access_point
    }

    /// Switches everything off that leads to this network.
    pub(super) fn remove(&self, network: usize) {
        self.access_points.borrow_mut().retain(|access_point| access_point.borrow().network != network);
    }

    fn find(&self, ssid: &str) -> Option<Rc<RefCell<AccessPoint>>> {
        self.access_points.borrow().iter().find(|access_point| access_point.borrow().ssid == ssid).map(Rc::clone)
    }
}

/// A radio that is as touchy as the real one: it panics where that one would.
pub(super) struct SimulatedRadio {
    pub(super) ethernet: Rc<Ethernet>,
    pub(super) port: usize,
    pub(super) air: Rc<Air>,
    /// What it joined last.
    joined: Option<Rc<RefCell<AccessPoint>>>,
    /// The network that it opened.
    opened: Option<usize>,
}

impl SimulatedRadio {
    pub(super) const fn new(ethernet: Rc<Ethernet>, port: usize, air: Rc<Air>) -> Self {
        Self { ethernet, port, air, joined: None, opened: None }
    }
}

fn passphrase_of(network: &Network) -> &str {
    network.passphrase().map_or("", |passphrase| passphrase.reveal())
}

impl Radio for SimulatedRadio {
    async fn join(&mut self, network: &Network) -> Result<(), JoinError> {
        assert!(!self.ethernet.is_link_up(self.port), "joined while associated");
        assert!(self.opened.is_none(), "joined while it is an access point");
        self.air.calls.borrow_mut().push("join");
        Timer::after_millis(800).await;
        let Some(access_point) = self.air.find(network.ssid().as_str()) else { return Err(JoinError::NetworkNotFound) };
        if access_point.borrow().hangs {
            std::future::pending::<()>().await;
        }
        if passphrase_of(network) != access_point.borrow().passphrase {
            return Err(JoinError::WrongPassphrase);
        }
        self.ethernet.join(self.port, access_point.borrow().network);
        self.joined = Some(access_point);
        Ok(())
    }

    async fn leave(&mut self) {
        self.air.calls.borrow_mut().push("leave");
        Timer::after_millis(50).await;
        self.ethernet.set_link(self.port, false);
        // A fresh link is a live one.
        self.ethernet.set_dead(self.port, false);
    }

    async fn rssi(&mut self) -> Option<i32> {
        assert!(self.ethernet.is_link_up(self.port), "asked for the signal without a link");
        Timer::after_millis(1).await;
        self.joined.as_ref().map(|access_point| access_point.borrow().rssi_dbm)
    }

    async fn start_access_point(&mut self, network: &Network, channel: u8) {
        assert!(self.joined.is_none() && self.opened.is_none(), "an access point that was something else before");
        assert!((1..=11).contains(&channel));
        // The driver waits so long before it sets a passphrase, and the commands take their time.
        Timer::after_millis(300).await;
        let opened = self.ethernet.open(self.port);
        self.air.add(network.ssid().as_str(), passphrase_of(network), opened);
        self.opened = Some(opened);
    }

    fn stations(&mut self) -> u8 {
        self.opened.map_or(0, |network| self.ethernet.stations(network).len() as u8)
    }
}
