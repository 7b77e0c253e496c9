//! Where settings lie in a board's flash memory, so that a cut of power never takes the last good ones.
//!
//! Two slots, each one erasable sector with one record at its start. A save writes the slot whose record does
//! not hold, from the record's end to its beginning; as long as it is not done, the other slot holds. The later sequence
//! number wins.
//!
//! ```
//! use rgb_proto::settings::area::{self, Slot};
//! use rgb_proto::settings::{SettingsDraft, record};
//!
//! let mut draft = SettingsDraft::new();
//! draft.set("ssid", "Home")?;
//! let settings = draft.finish()?;
//!
//! // What a tool writes, whatever lies in the flash memory before.
//! let image = area::image(&settings);
//! let (first, second) = image.split_at(area::SLOT_LEN);
//!
//! // What a board reads.
//! let stored = area::newest(first, second)?;
//! assert_eq!((stored.settings, stored.slot), (settings, Slot::First));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::Settings;
use super::record::{self, RECORD_LEN_MAX, RecordError};

/// Where the area begins, in bytes from the start of the flash memory: its last two sectors on a Pico W with 2 MiB. A
/// Pico 2 W, with 4 MiB, has it at the same place.
pub const OFFSET: u32 = 0x001f_e000;

/// The length of one slot in bytes: the smallest part of the flash memory that can be erased (RP2040 data sheet, 2.8.3.1).
pub const SLOT_LEN: usize = 4096;

/// The area's length in bytes.
pub const LEN: usize = 2 * SLOT_LEN;

/// One of the two places for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Slot {
    /// At the area's beginning.
    First,
    /// Behind it.
    Second,
}

impl Slot {
    /// Where the slot begins, in bytes from the start of the area.
    #[must_use]
    pub const fn offset(self) -> u32 {
        match self {
            Self::First => 0,
            Self::Second => SLOT_LEN as u32,
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// The settings that hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The settings.
    pub settings: Settings,
    /// Where they lie.
    pub slot: Slot,
    /// Their sequence number.
    pub sequence: u32,
}

impl Stored {
    /// Where the next settings go, and with which sequence number; `stored` is what [`newest`] gave, if anything.
    #[must_use]
    pub const fn next(stored: Option<&Self>) -> (Slot, u32) {
        match stored {
            Some(stored) => (stored.slot.other(), stored.sequence.wrapping_add(1)),
            None => (Slot::First, 1),
        }
    }
}

/// The settings that hold, of the bytes of both slots.
///
/// # Errors
///
/// [`RecordError`] when no slot has settings: what is wrong with the slot that has something, or [`RecordError::Absent`].
pub fn newest(first: &[u8], second: &[u8]) -> Result<Stored, RecordError> {
    let stored = |slot, (settings, sequence)| Stored { settings, slot, sequence };
    match (record::decode(first), record::decode(second)) {
        (Ok(one), Ok(other)) => {
            // Numbers wrap around, so the later one is less than half of all numbers ahead.
            let is_later = other.1.wrapping_sub(one.1).cast_signed() > 0;
            Ok(if is_later { stored(Slot::Second, other) } else { stored(Slot::First, one) })
        }
        (Ok(one), Err(_)) => Ok(stored(Slot::First, one)),
        (Err(_), Ok(other)) => Ok(stored(Slot::Second, other)),
        (Err(RecordError::Absent), Err(error)) | (Err(error), Err(_)) => Err(error),
    }
}

/// The whole area with these settings in both slots: nothing that was there before is left, or holds.
#[must_use]
pub fn image(settings: &Settings) -> [u8; LEN] {
    let mut record = [0; RECORD_LEN_MAX];
    record::encode(settings, 1, &mut record);
    let mut image = [0xff; LEN];
    for (place, &byte) in image.iter_mut().zip(&record) {
        *place = byte;
    }
    image.copy_within(..RECORD_LEN_MAX, SLOT_LEN);
    image
}
