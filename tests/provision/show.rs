//! `--show`: what is in a file.

use harness::Finished;
use pico_uf2::{Chip, FLASH_START, Segment};
use rgb_proto::settings::area::{self, SLOT_LEN};
use rgb_proto::settings::{Settings, SettingsDraft};

use crate::{Folder, VARIABLE, run, settings, succeeded};

fn show(folder: &Folder, name: &str) -> Finished {
    run(folder.provision(["--show", name]))
}

/// The fields of a table, as they are printed.
fn fields(run: &Finished) -> Vec<(String, String)> {
    let lines = run.lines.iter().filter_map(|line| line.strip_prefix("  ")?.split_once(' '));
    lines.map(|(field, value)| (field.to_owned(), value.trim_start().to_owned())).collect()
}

fn area_file(first: &[u8], second: &[u8]) -> Vec<u8> {
    let bytes = [first, second].concat();
    pico_uf2::encode(&[Segment { address: FLASH_START + area::OFFSET, bytes: &bytes }], Chip::Rp2040)
        .expect("the area fits the flash memory")
}

/// A slot with these settings, and the later of two.
fn slot(settings: &Settings, sequence: u32) -> Vec<u8> {
    let mut record = [0; rgb_proto::settings::record::RECORD_LEN_MAX];
    rgb_proto::settings::record::encode(settings, sequence, &mut record);
    let mut slot = record.to_vec();
    slot.resize(SLOT_LEN, 0xff);
    slot
}

#[test]
fn what_was_made_is_shown_without_the_passphrase() {
    let folder = Folder::new();
    let args = format!("--role client --ssid Home --passphrase-env {VARIABLE} --ssid Cafe --open --server 10.0.0.7");
    let mut command = folder.provision(args.split_whitespace());
    command.args(["--chip", "rp2350", "--out", "board.uf2"]).env(VARIABLE, "correct horse");
    let made = succeeded(command);
    let shown = show(&folder, "board.uf2");
    assert_eq!(shown.code, Some(0));
    assert_eq!(shown.lines[0], "board.uf2 holds settings for a Pico 2 W (rp2350):");
    assert_eq!(fields(&shown), fields(&made));

    let draft = settings(&[("role", "client"), ("ssid", "Home"), ("server", "10.0.0.7")]).to_draft();
    for (field, value) in fields(&shown) {
        match &*field {
            "passphrase" => assert_eq!(value, "(set, not shown)"),
            "ssid2" => assert_eq!(value, "Cafe"),
            "passphrase2" => assert_eq!(value, "(none: an open network)"),
            _ => assert_eq!(value, draft.value(&field).unwrap().to_string(), "{field}"),
        }
    }
    let missing = |field: &&str| !fields(&shown).iter().any(|(shown, _)| shown == field);
    let missing: Vec<_> = SettingsDraft::FIELDS.into_iter().filter(missing).collect();
    assert_eq!(missing, ["ssid3", "passphrase3", "ssid4", "passphrase4"]);
}

#[test]
fn the_later_slot_is_shown() {
    let folder = Folder::new();
    let slots = ["old", "new"].map(|name| settings(&[("ssid", "Home"), ("name", name)]));
    folder.write("board.uf2", area_file(&slot(&slots[1], 8), &slot(&slots[0], 7)));
    assert!(fields(&show(&folder, "board.uf2")).contains(&("name".into(), "new".into())));
}

#[test]
fn what_holds_no_settings_is_refused_with_the_reason() {
    let folder = Folder::new();
    folder.make("");
    let whole = folder.read("board.uf2");
    folder.write("cut.uf2", &whole[..1000]);
    folder.write("half.uf2", &whole[..1024]);
    folder.write("text.uf2", "settings");
    let firmware = [Segment { address: FLASH_START, bytes: &[7; 600] }];
    folder.write("firmware.uf2", pico_uf2::encode(&firmware, Chip::Rp2040).unwrap());
    folder.write("erased.uf2", area_file(&[0xff; SLOT_LEN], &[0xff; SLOT_LEN]));
    let mut damaged = slot(&settings(&[("ssid", "Home")]), 1);
    damaged[20] ^= 1;
    folder.write("damaged.uf2", area_file(&damaged, &damaged));
    for (name, expected) in [
        ("absent.uf2", "cannot read absent.uf2: "),
        ("text.uf2", "text.uf2: this is no UF2 file"),
        ("cut.uf2", "cut.uf2: the file ends within a block, after 1000 bytes"),
        ("half.uf2", "half.uf2: of the 32 blocks for family 0xe48bff56, number 2 is not there"),
        ("firmware.uf2", "firmware.uf2: the file holds no settings, as the firmware's own file"),
        ("erased.uf2", "erased.uf2: the file holds no settings"),
        ("damaged.uf2", "damaged.uf2: the settings are damaged"),
    ] {
        let run = show(&folder, name);
        assert_eq!((run.code, run.stdout()), (Some(2), String::new()), "{name}");
        assert!(run.stderr.starts_with(&format!("rgb-sim: {expected}")), "{}", run.stderr);
    }
}

#[test]
fn values_that_no_board_takes_are_refused_by_name() {
    let mut slot = slot(&settings(&[("ssid", "Home"), ("country", "DE")]), 1);
    let at = slot.windows(2).position(|bytes| bytes == b"DE").unwrap();
    slot[at..at + 2].copy_from_slice(b"de");
    let len = usize::from(u16::from_le_bytes([slot[6], slot[7]]));
    let checked = slot[4..12].iter().chain(&slot[16..16 + len]);
    let crc = !checked.fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    slot[12..16].copy_from_slice(&crc.to_le_bytes());

    let folder = Folder::new();
    folder.write("board.uf2", area_file(&slot, &slot));
    let run = show(&folder, "board.uf2");
    let expected = "rgb-sim: board.uf2: the settings in the file are refused: country: must be ";
    assert!(run.code == Some(2) && run.stderr.starts_with(expected), "{}", run.stderr);
}

#[test]
fn showing_and_making_exclude_each_other() {
    let folder = Folder::new();
    folder.make("");
    for option in ["--role server", "--ssid Home", "--open", "--out a.uf2", "--chip rp2350", "--force"] {
        let args = format!("--show board.uf2 {option}");
        let run = run(folder.provision(args.split_whitespace()));
        assert!(
            run.code == Some(2) && run.stderr.contains("'--show <FILE.uf2>' cannot be used with"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(folder.names(), ["board.uf2"]);
}
