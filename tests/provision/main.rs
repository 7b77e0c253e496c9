//! `rgb-sim provision`: a board's settings as a file, from the command line to what the firmware reads.

mod files;
mod memory;
mod options;
mod passphrases;
#[cfg(target_os = "linux")]
mod prompts;
mod show;
mod wrong;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use harness::{Finished, Simulator};
use pico_uf2::{Chip, FLASH_START};
use rgb_proto::settings::area::{self, SLOT_LEN};
use rgb_proto::settings::{Settings, SettingsDraft};
use tempfile::TempDir;

/// Where a passphrase is given to the program that must never show it.
const VARIABLE: &str = "RGB_TEST_PASSPHRASE";

/// A folder of a test's own.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("the system gives a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the folder takes files");
        path
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of the files in it.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder is there");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("it can be read").file_name().into_string().expect("ASCII")).collect();
        names.sort();
        names
    }

    /// `rgb-sim provision` in this folder.
    fn provision<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = harness::rgb_sim("provision");
        command.current_dir(self.0.path()).args(args);
        command
    }

    /// Makes `board.uf2` with these arguments, separated by spaces, for an open network.
    fn make(&self, args: &str) -> Finished {
        let base = "--role server --ssid Home --open --out board.uf2 ";
        run(self.provision((base.to_owned() + args).split_whitespace()))
    }
}

fn run(command: Command) -> Finished {
    Simulator::spawn(command).finish()
}

fn succeeded(command: Command) -> Finished {
    let run = run(command);
    assert_eq!(run.code, Some(0), "{run:#?}");
    run
}

/// Settings from fields, by the code that the firmware shares.
fn settings(fields: &[(&str, &str)]) -> Settings {
    let mut draft = SettingsDraft::new();
    for (field, value) in fields {
        draft.set(field, value).expect("the test's values are good");
    }
    draft.finish().expect("the test's values fit together")
}

/// What a board would read: the file as a reader of others sees it, which must be the area for this chip and no more, and
/// then as the firmware does.
fn on_board(file: &[u8], chip: Chip) -> Settings {
    let (bytes, families) = uf2_decode::convert_from_uf2(file).expect("others can read the file");
    let place = u64::from(FLASH_START + area::OFFSET);
    assert_eq!(families.into_iter().collect::<Vec<_>>(), [(chip.uf2_family(), place)]);
    assert_eq!(bytes.len(), area::LEN);
    let (first, second) = bytes.split_at(SLOT_LEN);
    let stored = area::newest(first, second).expect("a board can read the settings");
    assert_eq!(bytes, area::image(&stored.settings));
    stored.settings
}
