//! The file: whole or not there, its owner's alone, and in nobody's place.

use pico_uf2::{Chip, FLASH_START, Segment};

use crate::{Folder, on_board, settings};

/// A file as the firmware's own.
fn firmware() -> Vec<u8> {
    pico_uf2::encode(&[Segment { address: FLASH_START, bytes: &[7; 5000] }], Chip::Rp2040)
        .expect("it fits the flash memory")
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it_whatever_was_there() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let path = folder.path("board.uf2");
    let mode = || metadata(&path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((folder.make("").code, mode()), (Some(0), 0o600));
    set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert_eq!((folder.make("--name other").code, mode()), (Some(0), 0o600));
    assert_eq!(on_board(&folder.read("board.uf2"), Chip::Rp2040), settings(&[("ssid", "Home"), ("name", "other")]));
}

#[test]
fn settings_are_replaced_also_those_for_the_other_chip() {
    let folder = Folder::new();
    for chip in [Chip::Rp2350, Chip::Rp2040] {
        assert_eq!(folder.make(&format!("--chip {chip}")).code, Some(0));
        on_board(&folder.read("board.uf2"), chip);
        assert_eq!(folder.names(), ["board.uf2"]);
    }
}

#[test]
fn an_empty_file_is_replaced() {
    let folder = Folder::new();
    folder.write("board.uf2", "");
    assert_eq!(folder.make("").code, Some(0));
}

#[test]
fn other_files_stay_unless_forced() {
    for other in [firmware(), b"my diary\n".to_vec()] {
        let folder = Folder::new();
        folder.write("board.uf2", &other);
        let refused = folder.make("");
        assert_eq!((refused.code, refused.stdout()), (Some(2), String::new()));
        let expected = "rgb-sim: board.uf2 is there already and holds something else than settings; ";
        assert!(refused.stderr.starts_with(expected) && refused.stderr.contains("--force"), "{}", refused.stderr);
        assert_eq!(folder.read("board.uf2"), other);
        assert_eq!(folder.names(), ["board.uf2"]);

        assert_eq!(folder.make("--force").code, Some(0));
        on_board(&folder.read("board.uf2"), Chip::Rp2040);
    }
}

#[test]
fn settings_that_were_there_stay_when_the_new_ones_are_wrong() {
    let folder = Folder::new();
    folder.make("");
    let before = folder.read("board.uf2");
    assert_eq!(folder.make("--port 0").code, Some(2));
    assert_eq!(folder.read("board.uf2"), before);
    assert_eq!(folder.names(), ["board.uf2"]);
}

#[test]
fn a_place_that_takes_no_file_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).unwrap();
    for (out, expected) in [
        ("absent/board.uf2", "there is no folder absent; make it first"),
        ("folder", "folder is there already and no ordinary file"),
        ("folder/..", "is there already and no ordinary file"),
    ] {
        let args = format!("--role server --ssid Home --open --force --out {out}");
        let run = crate::run(folder.provision(args.split_whitespace()));
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.starts_with("rgb-sim: ") && run.stderr.contains(expected), "{}", run.stderr);
    }
    assert_eq!(folder.names(), ["folder"]);
}
