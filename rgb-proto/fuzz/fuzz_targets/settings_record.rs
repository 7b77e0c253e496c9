//! Stored settings in two slots of arbitrary bytes.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rgb_proto::settings::Settings;
use rgb_proto::settings::area::{self, SLOT_LEN, Slot, Stored};
use rgb_proto::settings::record::{self, RECORD_LEN_MAX, RecordError};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    first: Content<'a>,
    second: Content<'a>,
}

/// What a slot holds. Its checksum would keep arbitrary bytes from being more than that, so most have a right one.
#[derive(Arbitrary, Debug)]
enum Content<'a> {
    Bytes(&'a [u8]),
    Record { sequence: u32, fields: &'a [u8] },
    Fields { sequence: u32, fields: Vec<(u8, &'a str)>, behind: &'a [u8] },
}

fuzz_target!(|input: Input<'_>| {
    let (first, second) = (input.first.bytes(), input.second.bytes());
    let outcomes = [decode(&first), decode(&second)];
    match (area::newest(&first, &second), outcomes) {
        (Ok(Stored { settings, slot: Slot::First, sequence }), [outcome, _])
        | (Ok(Stored { settings, slot: Slot::Second, sequence }), [_, outcome]) => {
            assert_eq!(outcome, Ok((settings, sequence)), "not what the slot holds");
        }
        (Err(error), [Err(one), Err(other)]) => {
            let expected = if one == RecordError::Absent { other } else { one };
            assert_eq!(error, expected, "another error than that of the slots");
        }
        (Err(error), outcomes) => panic!("{error:?}, and yet there are settings: {outcomes:?}"),
    }
});

/// What is taken is written as a record that is taken for the same.
fn decode(bytes: &[u8]) -> Result<(Settings, u32), RecordError> {
    let outcome = record::decode(bytes);
    if let Ok((settings, sequence)) = &outcome {
        let mut record = [0; RECORD_LEN_MAX];
        let len = record::encode(settings, *sequence, &mut record);
        assert_eq!(record::decode(&record[..len]), outcome, "what was written is not what was read");
        assert_eq!(settings.to_draft().finish().as_ref(), Ok(settings), "settings that do not fit together");
        let image = area::image(settings);
        let stored = area::newest(&image[..SLOT_LEN], &image[SLOT_LEN..]);
        assert_eq!(stored.map(|stored| stored.settings).as_ref(), Ok(settings), "an image of other settings");
    }
    outcome
}

impl Content<'_> {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Record { sequence, fields } => record_of(*sequence, fields, &[]),
            Self::Fields { sequence, fields, behind } => {
                let mut bytes = Vec::new();
                for (number, text) in fields {
                    let text = &text.as_bytes()[..text.len().min(255)];
                    bytes.extend([*number, text.len() as u8]);
                    bytes.extend(text);
                }
                record_of(*sequence, &bytes, behind)
            }
        }
    }
}

fn record_of(sequence: u32, fields: &[u8], behind: &[u8]) -> Vec<u8> {
    let checked = [&1u16.to_le_bytes()[..], &(fields.len() as u16).to_le_bytes(), &sequence.to_le_bytes()].concat();
    let mut crc = !0u32;
    for byte in checked.iter().chain(fields) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    [b"RGBS", &checked[..], &(!crc).to_le_bytes(), fields, behind].concat()
}
