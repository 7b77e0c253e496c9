//! `rgb-sim scenario run --tier`: scenarios that are played by boards with the firmware's own image, too.

mod runs;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use harness::{Finished, Firmware, FirmwareTest, Test, named_tests};
use tempfile::TempDir;

fn main() -> ExitCode {
    let always = named_tests![
        Test;
        usage::a_board_whose_emulation_cannot_go_on_is_told,
        usage::a_file_that_is_no_firmware_is_refused,
        usage::colours_that_no_firmware_sends_are_refused,
        usage::firmware_is_for_emulated_boards_alone,
        usage::the_firmware_that_is_not_there_is_told_how_to_build,
        usage::two_runs_have_no_file_and_no_port_in_common,
    ];
    let with_firmware = named_tests![
        FirmwareTest;
        runs::a_scenario_holds_with_the_firmware_and_repeats,
        runs::both_kinds_of_boards_are_compared,
        runs::frames_traces_and_pages_are_written,
        runs::people_see_both_verdicts_and_the_figures_side_by_side,
        runs::what_does_not_hold_with_the_firmware_ends_with_1,
    ];
    harness::run_tests(always, with_firmware)
}

/// A folder with one scenario in it.
struct Folder(TempDir);

impl Folder {
    /// A server and clients at home, for so long, with more of a file behind.
    fn with_home(duration: &str, clients: u8, more: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("there is room"));
        let text = format!(
            r#"
duration = "{duration}"
[[network]]
ssid = "Home"
passphrase = "correct horse"
[[board]]
name = "server"
source = "sweep"
[[board]]
name = "client"
role = "client"
count = {clients}
{more}
"#
        );
        folder.write("a.toml", text);
        folder
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("there is room");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Plays the scenario with these options; `DIR` in them is the folder.
    fn run(&self, options: &str) -> Finished {
        let folder = self.0.path().to_str().expect("the system's names are text");
        Finished::run(&format!("scenario run DIR/a.toml {options}").replace("DIR", folder))
    }

    /// The same, with this firmware.
    fn run_with(&self, firmware: &Firmware, options: &str) -> Finished {
        self.run(&format!("{options} --firmware {}", firmware.path().display()))
    }
}
