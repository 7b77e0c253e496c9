//! The settings in the board's flash memory.
//!
//! They lie in the two slots of [`area`]. A save writes the slot that does not hold and leaves the other one alone, so
//! whenever the power goes, the board starts with the settings before the save or with those after it.

use core::fmt;

use embedded_storage::nor_flash::{MultiwriteNorFlash, NorFlashError, NorFlashErrorKind};
use rgb_proto::settings::Settings;
use rgb_proto::settings::area::{self, SLOT_LEN, Slot, Stored};
use rgb_proto::settings::record::{self, RECORD_LEN_MAX, RecordError};

/// What is programmed at one time: a page of the flash memory (RP2040 data sheet, 2.8.3.1).
const PAGE_LEN: usize = 256;

/// A slot's pages.
const PAGES: usize = SLOT_LEN / PAGE_LEN;

/// The part of a record that comes last into flash memory.
const MARK_LEN: usize = 4;

/// What an erased byte reads as.
const ERASED: u8 = 0xff;

/// The settings' place in flash memory. `F` has all of the flash memory; its addresses count from the memory's start.
///
/// A page is programmed a second time to add its mark, which clears bits alone, as [`MultiwriteNorFlash`] says.
///
/// [`MultiwriteNorFlash`]: embedded_storage::nor_flash::MultiwriteNorFlash
pub struct Store<F> {
    flash: F,
}

/// Settings that could not be loaded, saved or erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There are none, or none that make sense.
    Record(RecordError),
    /// The flash memory refused the work.
    Flash(NorFlashErrorKind),
    /// The flash memory did the work, but does not hold what it should: it is worn out.
    Worn,
}

impl core::error::Error for StoreError {}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Record(error) => return error.fmt(f),
            Self::Flash(NorFlashErrorKind::OutOfBounds) => {
                "the flash memory is too small for the settings; use a board with 2 MiB or more"
            }
            Self::Flash(_) => "the flash memory refused; try again, and if that does not help, start the board again",
            Self::Worn => {
                "the flash memory did not keep what was written; try again, and if that does not help, use another board"
            }
        };
        f.write_str(what)
    }
}

impl<F: MultiwriteNorFlash> Store<F> {
    /// Slots, records and pages in units of this flash memory.
    const FITS: () = {
        assert!(SLOT_LEN.is_multiple_of(F::ERASE_SIZE), "a slot can be erased alone");
        assert!(PAGE_LEN.is_multiple_of(F::READ_SIZE), "a page can be read alone");
        assert!(MARK_LEN.is_multiple_of(F::WRITE_SIZE), "a record's mark can be programmed alone");
        assert!(
            PAGE_LEN.is_multiple_of(F::WRITE_SIZE) && MARK_LEN <= PAGE_LEN && RECORD_LEN_MAX.is_multiple_of(PAGE_LEN)
        );
        assert!(SLOT_LEN.is_multiple_of(PAGE_LEN));
    };

    /// The settings' place in this flash memory.
    #[must_use]
    pub const fn new(flash: F) -> Self {
        const { Self::FITS };
        Self { flash }
    }

    /// The flash memory, with whatever lies in it.
    #[must_use]
    pub fn into_flash(self) -> F {
        self.flash
    }

    /// The settings that hold.
    ///
    /// # Errors
    ///
    /// [`StoreError::Record`] where there are none ([`RecordError::Absent`]) or none that make sense, [`StoreError::Flash`]
    /// where they could not be read.
    #[inline(never)]
    pub fn load(&mut self) -> Result<Stored, StoreError> {
        let mut records = [[0; RECORD_LEN_MAX]; 2];
        let [first, second] = &mut records;
        self.read(Slot::First, 0, first)?;
        self.read(Slot::Second, 0, second)?;
        area::newest(first, second).map_err(StoreError::Record)
    }

    /// Keeps these settings from now on. If the power goes meanwhile, they hold or the settings of before do.
    ///
    /// The settings of before stay in the other slot until the next save, passphrases included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Worn`], and the settings of before hold; [`StoreError::Flash`], and either may hold.
    #[inline(never)]
    pub fn save(&mut self, settings: &Settings) -> Result<(), StoreError> {
        let (slot, sequence) = self.next()?;
        let mut bytes = [0; RECORD_LEN_MAX];
        let len = record::encode(settings, sequence, &mut bytes);
        self.erase_slot(slot)?;
        // From the end to the beginning, and at the very last the mark without which nothing is a record.
        let (pages, _) = bytes.as_chunks::<PAGE_LEN>();
        for (number, page) in pages.iter().enumerate().take(len.div_ceil(PAGE_LEN)).rev() {
            if number == 0 {
                let mut unmarked = *page;
                unmarked.iter_mut().take(MARK_LEN).for_each(|byte| *byte = ERASED);
                self.program(slot, number, &unmarked)?;
            }
            self.program(slot, number, page)?;
        }
        // Behind the record any byte will do.
        for (number, part) in bytes.get(..len).unwrap_or(&bytes).chunks(PAGE_LEN).enumerate() {
            self.compare(slot, number, part)?;
        }
        Ok(())
    }

    /// Forgets all settings: both slots are erased, whatever lies there, so that a board can be given away without its
    /// passphrases. One save is not enough for that, because the settings before it stay in the other slot.
    ///
    /// If the power goes meanwhile, the last settings hold or none do, never older ones; what is left of a passphrase goes
    /// when this is called again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Flash`] and [`StoreError::Worn`]; something of the settings may be left then.
    pub fn erase(&mut self) -> Result<(), StoreError> {
        // The settings that hold go last: older ones would hold without them.
        let (older, _) = self.next()?;
        for slot in [older, older.other()] {
            self.erase_slot(slot)?;
        }
        for slot in [Slot::First, Slot::Second] {
            for number in 0..PAGES {
                self.compare(slot, number, &[ERASED; PAGE_LEN])?;
            }
        }
        Ok(())
    }

    /// Where the next settings go, and with which sequence number. Takes the loaded settings off the stack.
    #[inline(never)]
    fn next(&mut self) -> Result<(Slot, u32), StoreError> {
        match self.load() {
            Ok(stored) => Ok(Stored::next(Some(&stored))),
            Err(StoreError::Record(_)) => Ok(Stored::next(None)),
            Err(error) => Err(error),
        }
    }

    /// Programs a page. Whole pages alone: a driver for the flash memory needs no code then that completes them.
    #[inline(never)]
    fn program(&mut self, slot: Slot, page: usize, bytes: &[u8; PAGE_LEN]) -> Result<(), StoreError> {
        self.flash.write(address(slot, page), bytes).map_err(|error| refused(&error))
    }

    #[inline(never)]
    fn read(&mut self, slot: Slot, page: usize, bytes: &mut [u8]) -> Result<(), StoreError> {
        self.flash.read(address(slot, page), bytes).map_err(|error| refused(&error))
    }

    fn erase_slot(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.flash.erase(address(slot, 0), address(slot, PAGES)).map_err(|error| refused(&error))
    }

    /// Whether the page there begins with these bytes.
    fn compare(&mut self, slot: Slot, page: usize, expected: &[u8]) -> Result<(), StoreError> {
        let mut found = [0; PAGE_LEN];
        self.read(slot, page, &mut found)?;
        if found.starts_with(expected) { Ok(()) } else { Err(StoreError::Worn) }
    }
}

/// Where a slot's page begins in the flash memory.
const fn address(slot: Slot, page: usize) -> u32 {
    area::OFFSET + slot.offset() + (page * PAGE_LEN) as u32
}

fn refused(error: &impl NorFlashError) -> StoreError {
    StoreError::Flash(error.kind())
}
