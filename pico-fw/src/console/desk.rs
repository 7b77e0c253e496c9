//! What the console needs of the board around it.

use core::fmt;

use rgb_proto::settings::Settings;

use super::networks::FoundNetwork;
use crate::store::StoreError;

/// What the console can have done.
#[expect(async_fn_in_trait, reason = "a board has one executor, so no future of a desk needs to be Send")]
pub trait Desk {
    /// Stores these settings; the next start uses them. Nothing else runs meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the settings of before stay.
    fn save(&mut self, settings: &Settings) -> Result<(), StoreError>;

    /// Forgets all stored settings. Nothing else runs meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn erase(&mut self) -> Result<(), StoreError>;

    /// Looks for networks in reach and tells each, in any order and as often as it is heard.
    ///
    /// The console drops the future after [`SCAN_TIME_MAX`](super::SCAN_TIME_MAX).
    ///
    /// # Errors
    ///
    /// [`ScanError`].
    async fn scan(&mut self, found: &mut dyn FnMut(FoundNetwork<'_>)) -> Result<(), ScanError>;

    /// Writes how the board is doing, up to [`STATUS_LEN_MAX`](super::STATUS_LEN_MAX) bytes with `\n` between lines.
    ///
    /// # Errors
    ///
    /// Those of `out`, which are no trouble: it shows what fits.
    fn write_status(&self, out: &mut dyn fmt::Write) -> fmt::Result;

    /// Starts the board again. The answer that says so may still be on its way: wait a moment first.
    async fn reboot(&mut self);
}

/// Why the board cannot look for networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanError {
    /// The radio does not run, or there is none.
    NoRadio,
    /// The radio joins a network right now.
    Busy,
    /// The board is an access point, whose radio stays on its channel.
    AccessPoint,
    /// The radio refused.
    Refused,
}

impl core::error::Error for ScanError {}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ScanError {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::NoRadio => "no scan: the radio does not run; is this a board with WiFi?",
            Self::Busy => "no scan: the radio is busy with joining a network; try again in a few seconds",
            Self::AccessPoint => {
                "no scan: the board is an access point and cannot look for networks; set wifi station first"
            }
            Self::Refused => "no scan: the radio refused; try again",
        }
    }
}

/// The way to the person: a serial port.
#[expect(async_fn_in_trait, reason = "a board has one executor, so no future of a terminal needs to be Send")]
pub trait Terminal {
    /// Waits for what is typed; gives how many bytes of the buffer it fills. None means that the terminal went away: the
    /// next call waits for the next one.
    async fn read(&mut self, buffer: &mut [u8]) -> usize;

    /// Shows these bytes. It may wait for a reader for ever: the console does not.
    async fn write(&mut self, bytes: &[u8]);
}
