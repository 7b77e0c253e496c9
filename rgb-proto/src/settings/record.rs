//! Settings as bytes.
//!
//! A record is a header of 16 bytes, all numbers little endian, and fields:
//!
//! | offset | length | what |
//! |---|---|---|
//! | 0 | 4 | `RGBS` |
//! | 4 | 2 | version of this format, 1 |
//! | 6 | 2 | length of the fields in bytes |
//! | 8 | 4 | sequence number: of two records the one with the later number holds |
//! | 12 | 4 | 32-bit CRC (IEEE 802.3, 3.2.9) of the bytes 4 to 11 and of the fields |
//!
//! A field is its place in [`SettingsDraft::FIELDS`] (one byte), the length of its text (one byte), and its text as
//! [`SettingsDraft::set`] takes it. So what is read is checked by the very code that checks what a person types. Fields
//! without a value are left out, and no field comes twice.

use core::fmt::{self, Write};

use super::{Settings, SettingsDraft, SettingsError};

/// The longest record, in bytes: what the longest values of all fields take, up to a multiple of a flash page's 256.
pub const RECORD_LEN_MAX: usize = 768;

const MAGIC: [u8; 4] = *b"RGBS";
const VERSION: u16 = 1;
const HEADER_LEN: usize = 16;
/// Where the part begins that the checksum covers, and where the checksum lies in it.
const CHECKED_FROM: usize = 4;
const CHECKSUM_AT: usize = 12;

/// Bytes that are no settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RecordError {
    /// Flash memory that was erased and not written, or something else than settings.
    #[error("there are no settings here")]
    Absent,
    /// A format of another version of this software.
    #[error("the settings have format {found}, and this software knows format 1; make them again with its own tools")]
    Version {
        /// The format's number.
        found: u16,
    },
    /// The record says that it is longer than a record can be, or than the bytes that there are.
    #[error("the settings' length of {len} bytes is more than there are; make them again")]
    Length {
        /// The length of the fields that the header claims.
        len: u16,
    },
    /// The bytes are not those that were written.
    #[error(
        "the settings are damaged: their checksum is {found:#010x} and should be {expected:#010x}; make them again"
    )]
    Checksum {
        /// The checksum in the header.
        found: u32,
        /// The checksum of what is there.
        expected: u32,
    },
    /// A field without a meaning: a number that no field has, one that comes twice, or a text that is cut or no UTF-8.
    #[error(
        "the settings' field {field} at byte {offset} makes no sense to this software; make them again with its own tools"
    )]
    Field {
        /// The field's number.
        field: u8,
        /// Where the field begins, in bytes from the start of the record.
        offset: u16,
    },
    /// Values that do not make a board.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Writes settings and their sequence number as a record; gives its length.
pub fn encode(settings: &Settings, sequence: u32, record: &mut [u8; RECORD_LEN_MAX]) -> usize {
    *record = [0xff; RECORD_LEN_MAX];
    let mut fields = Fields { bytes: record.split_at_mut(HEADER_LEN).1, len: 0 };
    for (number, field) in (0..).zip(SettingsDraft::FIELDS) {
        fields.push(number, |f| settings.0.write(field, f));
    }
    let len = fields.len;
    let header: [&[u8]; 4] = [&MAGIC, &VERSION.to_le_bytes(), &(len as u16).to_le_bytes(), &sequence.to_le_bytes()];
    for (place, &byte) in record.iter_mut().zip(header.into_iter().flatten()) {
        *place = byte;
    }
    let checksum = checksum(record, len);
    for (place, byte) in record.iter_mut().skip(CHECKSUM_AT).zip(checksum.to_le_bytes()) {
        *place = byte;
    }
    HEADER_LEN + len
}

/// Fields on their way into a record.
struct Fields<'a> {
    bytes: &'a mut [u8],
    len: usize,
}

impl Fields<'_> {
    /// Adds a field, unless its text is empty. [`RECORD_LEN_MAX`] has room for all of them.
    fn push(&mut self, number: u8, text: impl FnOnce(&mut dyn Write) -> fmt::Result) {
        let start = self.len;
        self.put(&[number, 0]);
        let _ = text(self);
        let len = self.len - start - 2;
        match self.bytes.get_mut(start + 1) {
            Some(place) if len > 0 => *place = len as u8,
            _ => {
                self.len = start;
                if let Some(unused) = self.bytes.get_mut(start..start + 2) {
                    unused.fill(0xff);
                }
            }
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        if let Some(target) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            target.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }
}

impl Write for Fields<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Reads the record at the start of these bytes; what lies behind it does not matter. Gives the settings and their sequence
/// number.
///
/// # Errors
///
/// [`RecordError`] says what is wrong, and for settings that cannot be which field and why.
pub fn decode(bytes: &[u8]) -> Result<(Settings, u32), RecordError> {
    let (header, fields) = bytes.split_first_chunk::<HEADER_LEN>().ok_or(RecordError::Absent)?;
    let [m0, m1, m2, m3, v0, v1, l0, l1, s0, s1, s2, s3, c0, c1, c2, c3] = *header;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(RecordError::Absent);
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION {
        return Err(RecordError::Version { found: version });
    }
    let len = u16::from_le_bytes([l0, l1]);
    let fields = fields
        .get(..usize::from(len))
        .filter(|fields| fields.len() <= RECORD_LEN_MAX - HEADER_LEN)
        .ok_or(RecordError::Length { len })?;
    let (found, expected) = (u32::from_le_bytes([c0, c1, c2, c3]), checksum(bytes, fields.len()));
    if found != expected {
        return Err(RecordError::Checksum { found, expected });
    }
    let settings = read_fields(fields)?;
    Ok((settings, u32::from_le_bytes([s0, s1, s2, s3])))
}

fn read_fields(fields: &[u8]) -> Result<Settings, RecordError> {
    let mut draft = SettingsDraft::new();
    let mut seen = 0u32;
    let mut rest = fields;
    while let Some((&number, behind)) = rest.split_first() {
        let offset = (HEADER_LEN + fields.len() - rest.len()) as u16;
        let wrong = RecordError::Field { field: number, offset };
        let bit = 1u32.checked_shl(number.into()).unwrap_or(0);
        let field = SettingsDraft::FIELDS.get(usize::from(number)).filter(|_| seen & bit == 0).ok_or(wrong)?;
        let (&len, behind) = behind.split_first().ok_or(wrong)?;
        let (text, behind) = behind.split_at_checked(len.into()).ok_or(wrong)?;
        draft.set(field, core::str::from_utf8(text).map_err(|_| wrong)?)?;
        seen |= bit;
        rest = behind;
    }
    Ok(draft.finish()?)
}

/// Of a record whose fields have this length.
fn checksum(record: &[u8], len: usize) -> u32 {
    let header = record.get(CHECKED_FROM..CHECKSUM_AT).unwrap_or_default();
    let fields = record.get(HEADER_LEN..HEADER_LEN + len).unwrap_or_default();
    !fields.iter().fold(header.iter().fold(!0, crc_step), crc_step)
}

/// One byte more (IEEE 802.3, 3.2.9), without a table: records are short, and flash memory is too.
fn crc_step(crc: u32, byte: &u8) -> u32 {
    /// The polynomial, its lowest power first.
    const POLYNOMIAL: u32 = 0xedb8_8320;
    (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc_32() {
        // The check value that catalogues of CRCs give for the one of IEEE 802.3.
        assert_eq!(!b"123456789".iter().fold(!0, crc_step), 0xcbf4_3926);
    }
}
