//! What the console on the serial port can have done.

use core::cell::Cell;
use core::fmt;

use cyw43::{BssInfo, ScanOptions};
use embassy_rp::Peri;
use embassy_rp::flash::{Blocking, Flash};
use embassy_rp::peripherals::FLASH;
use embassy_time::{Duration, Timer, with_timeout};
use pico_fw::board::Board;
use pico_fw::console::{self, FoundNetwork, ScanError, Security};
use pico_fw::discovery::Finder;
use pico_fw::store::{Store, StoreError};
use rgb_proto::settings::{Settings, Wifi};

use super::radio::SharedControl;
use super::watchdog::reset_chip;

/// The part of the flash memory that matters here: the Pico W's 2 MiB, and as much of the Pico 2 W's.
const FLASH_LEN: usize = 2 * 1024 * 1024;

/// The settings' place in this board's flash memory.
pub(crate) type BoardStore = Store<Flash<'static, FLASH, Blocking, FLASH_LEN>>;

/// The settings' place in this flash memory.
pub(crate) fn store(flash: Peri<'static, FLASH>) -> BoardStore {
    Store::new(Flash::new_blocking(flash))
}

/// The parts of the board that the console reaches, once they are there.
#[derive(Default)]
pub(crate) struct Reach {
    /// The radio.
    pub(crate) control: Cell<Option<&'static SharedControl>>,
    /// The board at work.
    pub(crate) board: Cell<Option<(&'static Board, &'static Finder)>>,
}

/// The console's way to everything else.
pub(crate) struct Desk {
    store: BoardStore,
    reach: &'static Reach,
}

impl Desk {
    /// A desk with this store.
    pub(crate) const fn new(store: BoardStore, reach: &'static Reach) -> Self {
        Self { store, reach }
    }
}

impl console::Desk for Desk {
    fn save(&mut self, settings: &Settings) -> Result<(), StoreError> {
        self.store.save(settings)
    }

    fn erase(&mut self) -> Result<(), StoreError> {
        self.store.erase()
    }

    async fn scan(&mut self, found: &mut dyn FnMut(FoundNetwork<'_>)) -> Result<(), ScanError> {
        /// How long the radio may be taken, by the LED for instance. A join takes longer.
        const TURN_TIMEOUT: Duration = Duration::from_secs(3);
        let control = self.reach.control.get().ok_or(ScanError::NoRadio)?;
        if self.reach.board.get().is_some_and(|(board, _)| board.settings().wifi() == Wifi::AccessPoint) {
            return Err(ScanError::AccessPoint);
        }
        let mut control = with_timeout(TURN_TIMEOUT, control.lock()).await.map_err(|_| ScanError::Busy)?;
        let mut scanner = control.scan(ScanOptions::default()).await;
        while let Some(network) = scanner.next().await {
            tell(&network, found);
        }
        Ok(())
    }

    #[inline(never)]
    fn write_status(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self.reach.board.get() {
            Some((board, _)) => board.write_status(out),
            None if self.reach.control.get().is_some() => out.write_str("the radio runs; there are no settings to use"),
            None => out.write_str("the board is still starting, or finds no radio"),
        }
    }

    async fn reboot(&mut self) {
        /// What the console and the log still have to say.
        const LAST_LINES: Duration = Duration::from_millis(200);
        if let Some((_, finder)) = self.reach.board.get() {
            finder.say_goodbye().await;
        }
        Timer::after(LAST_LINES).await;
        reset_chip()
    }
}

fn tell(network: &BssInfo, found: &mut dyn FnMut(FoundNetwork<'_>)) {
    /// The network has a passphrase, or other credentials (IEEE 802.11-2020, 9.4.1.4, Privacy).
    const PRIVACY: u16 = 1 << 4;
    let name = network.ssid;
    let is_protected = network.capability & PRIVACY != 0;
    found(FoundNetwork {
        ssid: name.get(..usize::from(network.ssid_len)).unwrap_or(&name),
        dbm: network.rssi,
        // The channel is the specification's low byte.
        channel: u8::try_from(network.chanspec & 0xff).ok(),
        security: if is_protected { Security::Protected } else { Security::Open },
    });
}
