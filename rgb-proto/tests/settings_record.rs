//! Settings as bytes: every record that is whole is taken, and nothing else is.

mod property;
mod settings_strategy;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rgb_proto::settings::record::{self, RECORD_LEN_MAX, RecordError};
use rgb_proto::settings::{Settings, SettingsDraft};
use serde::Deserialize;

const VECTORS: &str = include_str!("../vectors/settings.json");

const HEADER_LEN: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    record: Hex,
    sequence: Option<u32>,
    settings: Option<BTreeMap<String, String>>,
    #[serde(default)]
    taken_only: bool,
    error: Option<Error>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Error {
    Absent,
    Version { found: u16 },
    Length { len: u16 },
    Checksum { found: u32, expected: u32 },
    Field { field: u8, offset: u16 },
    Settings { field: String, message: String },
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Absent => Self::Absent,
            RecordError::Version { found } => Self::Version { found },
            RecordError::Length { len } => Self::Length { len },
            RecordError::Checksum { found, expected } => Self::Checksum { found, expected },
            RecordError::Field { field, offset } => Self::Field { field, offset },
            RecordError::Settings(error) => Self::Settings { field: error.field().into(), message: error.to_string() },
        }
    }
}

/// Two digits a byte.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let pairs = text.as_bytes().chunks(2);
        let bytes =
            pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok());
        bytes.collect::<Option<_>>().map(Self).ok_or("two hexadecimal digits a byte")
    }
}

fn entries() -> Vec<Entry> {
    serde_json::from_str(VECTORS).expect("settings.json is a JSON array of entries")
}

/// The record of these settings, without the rest of the buffer.
fn encoded(settings: &Settings, sequence: u32) -> Vec<u8> {
    let mut buffer = [0; RECORD_LEN_MAX];
    let len = record::encode(settings, sequence, &mut buffer);
    assert!(buffer[len..].iter().all(|&byte| byte == 0xff), "what is not used stays erased");
    buffer[..len].to_vec()
}

/// A record around these fields, made by the format's description alone.
fn record_of(version: u16, sequence: u32, fields: &[u8]) -> Vec<u8> {
    let len = u16::try_from(fields.len()).expect("a test's fields are short");
    let checked = [&version.to_le_bytes()[..], &len.to_le_bytes(), &sequence.to_le_bytes()].concat();
    let mut crc = !0u32;
    for byte in checked.iter().chain(fields) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    [b"RGBS", &checked[..], &(!crc).to_le_bytes(), fields].concat()
}

fn field(number: u8, text: &str) -> Vec<u8> {
    [&[number, text.len() as u8], text.as_bytes()].concat()
}

fn refusal(record: &[u8]) -> RecordError {
    record::decode(record).expect_err("these bytes are no settings")
}

#[test]
fn records_are_taken_or_refused_as_the_vectors_say() {
    for Entry { name, record, sequence, settings, error, .. } in entries() {
        match (record::decode(&record.0), settings, error) {
            (Ok((read, number)), Some(texts), None) => {
                assert_eq!(Some(number), sequence, "{name:?}");
                for field in SettingsDraft::FIELDS {
                    let expected = texts.get(field).map(String::as_str).unwrap_or_default();
                    assert_eq!(settings_strategy::text(&read, field), expected, "{name:?}, {field}");
                }
            }
            (Err(refusal), None, Some(expected)) => assert_eq!(Error::from(refusal), expected, "{name:?}"),
            (outcome, ..) => panic!("{name:?}: {outcome:?}"),
        }
    }
}

#[test]
fn settings_are_written_with_the_bytes_of_the_vectors() {
    for Entry { name, record, sequence, settings, taken_only, .. } in entries() {
        let Some(texts) = settings else { continue };
        let mut draft = SettingsDraft::new();
        for (field, text) in &texts {
            draft.set(field, text).unwrap();
        }
        let written = encoded(&draft.finish().unwrap(), sequence.unwrap());
        assert_eq!(written == record.0, !taken_only, "{name:?}: {}", written.escape_ascii());
    }
}

#[test]
fn every_vector_has_a_name_of_its_own_and_every_kind_of_error_is_there() {
    let entries = entries();
    let names: BTreeSet<_> = entries.iter().map(|entry| &entry.name).collect();
    assert_eq!(names.len(), entries.len());
    assert!(names.iter().all(|name| (1..=60).contains(&name.len())));
    let kinds: Vec<_> = entries.iter().filter_map(|entry| entry.error.as_ref()).map(std::mem::discriminant).collect();
    let number = kinds.iter().enumerate().filter(|(index, kind)| !kinds[..*index].contains(kind)).count();
    assert_eq!(number, 6);
}

#[test]
fn the_longest_settings_fit() {
    let settings = settings_strategy::longest();
    let record = encoded(&settings, u32::MAX);
    assert_eq!(record.len(), 612);
    assert_eq!(record::decode(&record), Ok((settings, u32::MAX)));
}

#[test]
fn a_record_with_any_one_bit_flipped_is_refused() {
    let settings = settings_strategy::longest();
    let mut buffer = [0; RECORD_LEN_MAX];
    let len = record::encode(&settings, 0x0123_4567, &mut buffer);
    for bit in 0..8 * RECORD_LEN_MAX {
        let mut flipped = buffer;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = record::decode(&flipped);
        if bit < 8 * len {
            assert!(outcome.is_err(), "bit {} of byte {}", bit % 8, bit / 8);
        } else {
            assert_eq!(outcome, Ok((settings.clone(), 0x0123_4567)), "what lies behind a record does not matter");
        }
    }
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let fields = field(3, "Home");
    let damaged = [&record_of(1, 1, &fields)[..21], b"f"].concat();
    let RecordError::Checksum { found, expected } = refusal(&damaged) else { panic!("a damaged record passed") };
    let messages = [
        (vec![0xff; 4096], "there are no settings here".to_string()),
        (
            record_of(7, 1, &fields),
            "the settings have format 7, and this software knows format 1; make them again with its own tools".into(),
        ),
        (
            record_of(1, 1, &fields)[..21].to_vec(),
            "the settings' length of 6 bytes is more than there are; make them again".into(),
        ),
        (
            damaged,
            format!(
                "the settings are damaged: their checksum is {found:#010x} and should be {expected:#010x}; make them again"
            ),
        ),
        (
            record_of(1, 1, &[fields.clone(), fields.clone()].concat()),
            "the settings' field 3 at byte 22 makes no sense to this software; make them again with its own tools"
                .into(),
        ),
        (record_of(1, 1, &[fields, field(14, "0")].concat()), "port: must be a number from 1 to 65535".into()),
    ];
    for (bytes, message) in messages {
        assert_eq!(refusal(&bytes).to_string(), message);
    }
}

proptest! {
    #![proptest_config(property::config())]

    #[test]
    fn settings_and_sequence_number_come_back(
        settings in settings_strategy::settings(),
        sequence: u32,
        behind in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let record = encoded(&settings, sequence);
        prop_assert_eq!(record::decode(&record), Ok((settings.clone(), sequence)));
        prop_assert_eq!(record::decode(&[record, behind].concat()), Ok((settings, sequence)));
    }

    #[test]
    fn every_truncated_record_is_refused(settings in settings_strategy::settings(), sequence: u32) {
        let record = encoded(&settings, sequence);
        for len in 0..record.len() {
            let expected = if len < HEADER_LEN {
                RecordError::Absent
            } else {
                RecordError::Length { len: (record.len() - HEADER_LEN) as u16 }
            };
            prop_assert_eq!(refusal(&record[..len]), expected, "cut at {}", len);
        }
    }

    #[test]
    fn a_record_with_any_one_byte_changed_is_refused(
        settings in settings_strategy::settings(),
        sequence: u32,
        at: prop::sample::Index,
        change in 1u8..,
    ) {
        let mut record = encoded(&settings, sequence);
        let at = at.index(record.len());
        record[at] ^= change;
        prop_assert!(record::decode(&record).is_err(), "byte {}", at);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        let _ = record::decode(&bytes);
        let _ = record::decode(&[b"RGBS\x01\0", &bytes[..]].concat());
        // With a good checksum the fields are read.
        let _ = record::decode(&record_of(1, 0, &bytes));
    }

    #[test]
    fn what_is_taken_is_written_as_a_record_of_the_same_settings(
        fields in prop::collection::vec((0u8..24, prop_oneof!["\\PC{0,40}", "[0-9,]{0,9}", "[a-z_]{0,14}"]), 0..6),
        sequence: u32,
    ) {
        let fields = [field(3, "Home")].into_iter().chain(fields.iter().map(|(number, text)| field(*number, text)));
        if let Ok((settings, number)) = record::decode(&record_of(1, sequence, &fields.collect::<Vec<_>>().concat())) {
            prop_assert_eq!(number, sequence);
            prop_assert_eq!(record::decode(&encoded(&settings, sequence)), Ok((settings, sequence)));
        }
    }

    #[test]
    fn a_value_is_refused_in_the_words_that_setting_it_gives(
        number in 0..SettingsDraft::FIELDS.len(),
        text in prop_oneof!["\\PC{0,70}", "[0-9,ms]{0,12}", "[A-Za-z.]{0,40}"],
    ) {
        let mut draft = SettingsDraft::new();
        let set = draft.set(SettingsDraft::FIELDS[number], &text).and_then(|()| draft.finish());
        let read = record::decode(&record_of(1, 9, &field(number as u8, &text)));
        prop_assert_eq!(read, set.map(|settings| (settings, 9)).map_err(RecordError::Settings));
    }
}
