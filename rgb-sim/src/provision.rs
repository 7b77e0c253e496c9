//! A real board's settings as a file: one copies it to the board's USB drive, as one does with the firmware.
//!
//! The file is a UF2 file of the [settings area](rgb_proto::settings::area) alone, so it leaves the firmware as it is, and
//! the firmware's own file leaves the settings. It holds the networks' passphrases, readable for whoever has the file.
//!
//! ```
//! use rgb_proto::settings::SettingsDraft;
//! use rgb_sim::provision::{Chip, settings_of_uf2, settings_uf2};
//!
//! let mut draft = SettingsDraft::new();
//! draft.set("ssid", "Home")?;
//! draft.set("passphrase", "correct horse")?;
//! let settings = draft.finish()?;
//!
//! let file = settings_uf2(&settings, Chip::Rp2040);
//! assert_eq!(settings_of_uf2(&file)?, (settings, Chip::Rp2040));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::ops::Range;

use pico_uf2::{FLASH_START, Image, Segment};
use rgb_proto::settings::area::{self, SLOT_LEN};
use rgb_proto::settings::record::RecordError;
use rgb_proto::settings::{Settings, SettingsError};

pub use pico_uf2::{Chip, ReadError};

/// The addresses of the settings, for the processor and in UF2 files.
pub const AREA: Range<u32> = FLASH_START + area::OFFSET..FLASH_START + area::OFFSET + area::LEN as u32;

/// A file without settings that a board would take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFileError {
    /// No UF2 file, or a damaged one.
    #[error(transparent)]
    Uf2(#[from] ReadError),
    /// A file for chips that no board of this kind has.
    #[error(
        "the file is for family {family:#010x}, which is neither a Pico W's chip nor a Pico 2 W's; make it with \
         `rgb-sim provision`"
    )]
    OtherChip {
        /// The family that the file is for.
        family: u32,
    },
    /// A file that leaves a board's settings as they are, such as the firmware's own, or that erases them.
    #[error(
        "the file holds no settings, as the firmware's own file holds none; `rgb-sim provision --help` tells how to make \
         one that does"
    )]
    NoSettings,
    /// Settings that a board cannot read.
    #[error(transparent)]
    Record(RecordError),
    /// Settings that a board refuses.
    #[error("the settings in the file are refused: {0}; make them again")]
    Settings(#[source] SettingsError),
}

/// Makes the file that gives a board these settings, whatever it had before.
#[must_use]
pub fn settings_uf2(settings: &Settings, chip: Chip) -> Vec<u8> {
    let image = area::image(settings);
    let segment = Segment { address: AREA.start, bytes: &image };
    pico_uf2::encode(&[segment], chip).expect("the area lies in either chip's flash memory")
}

/// The settings that a board has when this file has been copied to it, and the board's chip. Any UF2 file that writes the
/// area will do, such as a copy of the whole flash memory.
///
/// # Errors
///
/// [`SettingsFileError`] says why there are none.
pub fn settings_of_uf2(file: &[u8]) -> Result<(Settings, Chip), SettingsFileError> {
    let images = pico_uf2::decode_families(file)?;
    let image = images.iter().find(|image| pages_in_area(image) > 0).ok_or(SettingsFileError::NoSettings)?;
    let chip = image.chip().ok_or(SettingsFileError::OtherChip { family: image.family() })?;
    let mut bytes = [0xff; area::LEN];
    for (address, page) in image.pages().filter(|(address, _)| AREA.contains(address)) {
        let at = (address - AREA.start) as usize;
        bytes[at..at + page.len()].copy_from_slice(page);
    }
    let (first, second) = bytes.split_at(SLOT_LEN);
    match area::newest(first, second) {
        Ok(stored) => Ok((stored.settings, chip)),
        Err(RecordError::Absent) => Err(SettingsFileError::NoSettings),
        Err(RecordError::Settings(error)) => Err(SettingsFileError::Settings(error)),
        Err(error) => Err(SettingsFileError::Record(error)),
    }
}

/// Whether a file writes settings and nothing else, so that nothing is lost when new ones take its place.
#[must_use]
pub fn is_settings_uf2(file: &[u8]) -> bool {
    pico_uf2::decode_families(file)
        .is_ok_and(|images| images.iter().all(|image| pages_in_area(image) == image.pages().len()))
}

fn pages_in_area(image: &Image) -> usize {
    image.pages().filter(|(address, _)| AREA.contains(address)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rgb_proto::settings::SettingsDraft;

    fn settings(ssid: &str) -> Settings {
        let mut draft = SettingsDraft::new();
        draft.set("ssid", ssid).unwrap();
        draft.finish().unwrap()
    }

    fn encode(address: u32, bytes: &[u8]) -> Vec<u8> {
        pico_uf2::encode(&[Segment { address, bytes }], Chip::Rp2040).unwrap()
    }

    #[test]
    fn settings_come_back_for_either_chip() {
        for chip in Chip::ALL {
            let file = settings_uf2(&settings("Home"), chip);
            assert_eq!(settings_of_uf2(&file), Ok((settings("Home"), chip)));
            assert!(is_settings_uf2(&file));
        }
    }

    #[test]
    fn other_files_have_no_settings_and_are_none() {
        for file in [
            encode(FLASH_START, &[1; 600]),
            encode(AREA.start - 256, &[1; 256]),
            encode(AREA.start - 4096, &[0xff; 4096]),
        ] {
            assert_eq!(settings_of_uf2(&file), Err(SettingsFileError::NoSettings));
            assert!(!is_settings_uf2(&file));
        }
        assert_eq!(settings_of_uf2(b"a text"), Err(SettingsFileError::Uf2(ReadError::NotUf2)));
        assert!(!is_settings_uf2(b"a text"));
    }

    #[test]
    fn an_area_that_is_erased_has_no_settings_but_may_be_replaced() {
        let file = encode(AREA.start, &[0xff; area::LEN]);
        assert_eq!(settings_of_uf2(&file), Err(SettingsFileError::NoSettings));
        assert!(is_settings_uf2(&file));
    }

    #[test]
    fn settings_in_a_copy_of_the_flash_memory_are_found() {
        let mut flash = vec![0; 8192];
        flash.extend(area::image(&settings("Home")));
        let file = encode(AREA.start - 8192, &flash);
        assert_eq!(settings_of_uf2(&file), Ok((settings("Home"), Chip::Rp2040)));
        assert!(!is_settings_uf2(&file));
    }

    #[test]
    fn one_slot_is_enough() {
        let file = encode(AREA.start + 4096, &area::image(&settings("Home"))[..4096]);
        assert_eq!(settings_of_uf2(&file), Ok((settings("Home"), Chip::Rp2040)));
    }

    #[test]
    fn settings_that_are_damaged_are_refused_with_the_reason() {
        let mut image = area::image(&settings("Home"));
        image[20] ^= 1;
        image[4096 + 20] ^= 1;
        let error = settings_of_uf2(&encode(AREA.start, &image)).unwrap_err();
        assert!(matches!(error, SettingsFileError::Record(RecordError::Checksum { .. })), "{error}");
    }

    #[test]
    fn settings_for_a_chip_of_others_are_refused() {
        let mut file = settings_uf2(&settings("Home"), Chip::Rp2040);
        for block in file.chunks_mut(512) {
            block[28..32].copy_from_slice(&[1, 2, 3, 4]);
        }
        assert_eq!(settings_of_uf2(&file), Err(SettingsFileError::OtherChip { family: 0x0403_0201 }));
    }
}
