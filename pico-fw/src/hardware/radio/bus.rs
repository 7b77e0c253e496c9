//! The bus to the radio.

use core::cell::Cell;

use cyw43::SpiBusCyw43;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use rgb_proto::settings::Country;

use super::frames::{self, Refusal};

/// The command that the radio refused last, and that nobody was told of yet.
static REFUSAL: Mutex<CriticalSectionRawMutex, Cell<Option<Refusal>>> = Mutex::new(Cell::new(None));

/// Takes the command that the radio refused last.
pub(crate) fn take_refusal() -> Option<Refusal> {
    REFUSAL.lock(Cell::take)
}

/// A bus that mends the frames on their way, as [`frames`] says.
pub(crate) struct MendingBus<BUS> {
    bus: BUS,
    country: Country,
}

impl<BUS> MendingBus<BUS> {
    /// Wraps the bus; the radio gets the rules of this country.
    pub(crate) const fn new(bus: BUS, country: Country) -> Self {
        Self { bus, country }
    }
}

impl<BUS: SpiBusCyw43> SpiBusCyw43 for MendingBus<BUS> {
    async fn cmd_write(&mut self, write: &[u32]) -> u32 {
        // The driver's own worldwide rules have a revision of their own.
        if self.country != Country::WORLDWIDE
            && let Some(frame) = frames::with_country(write, self.country.code())
        {
            return self.bus.cmd_write(&frame).await;
        }
        self.bus.cmd_write(write).await
    }

    async fn cmd_read(&mut self, write: u32, read: &mut [u32]) -> u32 {
        let status = self.bus.cmd_read(write, read).await;
        if let Some(refusal) = frames::mend(write, read) {
            REFUSAL.lock(|last| last.set(Some(refusal)));
        }
        status
    }

    async fn wait_for_event(&mut self) {
        self.bus.wait_for_event().await;
    }
}
