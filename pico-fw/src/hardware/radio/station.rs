//! The radio as a station on the user's network, or as the access point of its own.
//!
//! What radio and driver (cyw43 0.7.0) give an access point, and what not:
//!
//! - 2.4 GHz alone, and the one channel of the settings; it does not look for a free one.
//! - Open or WPA2: the driver sets the vendor's `wpa_auth` to WPA and WPA2, its cipher to AES, and has no WPA3 there.
//! - Stations: the Pico W's product brief promises four. The radio decides how many more it takes; counts and addresses here
//!   are for ten.
//! - No network joined at the same time, since the driver turns the radio's `apsta` off, and no way back to joining but a
//!   new start of the board: the driver's `close_ap` is not used.
//! - Stations reach each other; the driver has no setting that keeps them apart.
//! - No saving of power: an access point has to listen all the time.
//! - The driver's link never comes up by itself, and events of the radio say who is there, as [`super::bus`] counts.

use cyw43::{Control, JoinAuth, JoinOptions};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use pico_fw::radio::{JoinError, Radio};
use rgb_proto::settings::Network;

use super::bus;

/// The driver's handle to the radio. The station and the LED on the board, which hangs on the radio, take turns.
pub(crate) type SharedControl = Mutex<NoopRawMutex, Control<'static>>;

/// The radio's GPIO with the LED on the board.
pub(crate) const LED: u8 = 0;

/// The radio as [`pico_fw::network::keep_up`] or [`pico_fw::access_point::keep_open`] drives it.
pub(crate) struct Station {
    control: &'static SharedControl,
}

impl Station {
    /// A station that is not on any network.
    pub(crate) const fn new(control: &'static SharedControl) -> Self {
        Self { control }
    }
}

impl Radio for Station {
    async fn join(&mut self, network: &Network) -> Result<(), JoinError> {
        let mut control = self.control.lock().await;
        // It stays as it is until the join is over, and light says that all is well.
        control.gpio_set(LED, false).await;
        let options = match network.passphrase() {
            Some(passphrase) => {
                let mut options = JoinOptions::new(passphrase.reveal().as_bytes());
                // Asked for WPA3 as well, the radio fails at one in four access points that offer both.
                options.auth = JoinAuth::Wpa2;
                options
            }
            None => JoinOptions::new_open(),
        };
        control.join(network.ssid().as_str(), options).await.map_err(|error| match error {
            cyw43::JoinError::NetworkNotFound => JoinError::NetworkNotFound,
            cyw43::JoinError::AuthenticationFailure => JoinError::WrongPassphrase,
            cyw43::JoinError::JoinFailure(_) => JoinError::Other,
        })
    }

    async fn leave(&mut self) {
        self.control.lock().await.leave().await;
    }

    async fn rssi(&mut self) -> Option<i32> {
        // Where the radio has no network, its answer carries no strength.
        Some(self.control.lock().await.get_rssi().await).filter(|&dbm| dbm < 0)
    }

    async fn start_access_point(&mut self, network: &Network, channel: u8) {
        let mut control = self.control.lock().await;
        bus::count_stations();
        let ssid = network.ssid().as_str();
        match network.passphrase() {
            Some(passphrase) => control.start_ap_wpa2(ssid, passphrase.reveal(), channel).await,
            None => control.start_ap_open(ssid, channel).await,
        }
    }

    fn stations(&mut self) -> u8 {
        bus::stations()
    }
}
