//! The bus to the radio.

use core::cell::Cell;

use cyw43::SpiBusCyw43;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use rgb_proto::settings::Country;

use super::frames::{self, Refusal, Stations};

/// The command that the radio refused last, and that nobody was told of yet.
static REFUSAL: Mutex<CriticalSectionRawMutex, Cell<Option<Refusal>>> = Mutex::new(Cell::new(None));

/// Takes the command that the radio refused last.
pub(crate) fn take_refusal() -> Option<Refusal> {
    REFUSAL.lock(Cell::take)
}

/// Who is with the board, once it is the access point.
static STATIONS: Mutex<CriticalSectionRawMutex, Cell<Option<Stations>>> = Mutex::new(Cell::new(None));

/// The board is the access point from now on: what the radio says of others is about its stations.
pub(super) fn count_stations() {
    STATIONS.lock(|stations| stations.set(Some(Stations::NONE)));
}

/// How many stations are with the board.
pub(super) fn stations() -> u8 {
    STATIONS.lock(Cell::get).map_or(0, |stations| stations.count())
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
        let refusal = STATIONS.lock(|stations| {
            let mut known = stations.get();
            let refusal = frames::mend(write, read, known.as_mut());
            stations.set(known);
            refusal
        });
        if let Some(refusal) = refusal {
            REFUSAL.lock(|last| last.set(Some(refusal)));
        }
        status
    }

    async fn wait_for_event(&mut self) {
        self.bus.wait_for_event().await;
    }
}
