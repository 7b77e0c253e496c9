//! `rgb-sim emulate`, as its users meet it: the firmware's own image on emulated boards.

mod files;
mod forward;
mod runs;
mod traces;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use harness::{Finished, FirmwareTest, Test, named_tests};
use pico_uf2::{Chip, Segment};
use tempfile::TempDir;

fn main() -> ExitCode {
    let always = named_tests![
        Test;
        files::a_board_without_a_program_is_told_loudly_and_ends_the_run,
        files::a_capture_that_cannot_be_written_is_no_run,
        files::a_file_that_is_no_firmware_is_refused,
        files::firmware_for_another_chip_is_refused,
        files::settings_that_cannot_be_read_are_refused,
        files::the_firmware_that_is_not_there_is_told_how_to_build,
        traces::a_board_has_one_trace_and_a_file_is_one_boards,
        traces::a_trace_that_cannot_be_begun_is_no_run,
        traces::of_an_unknown_board_the_known_ones_are_named,
        usage::settings_that_do_not_fit_the_role_are_refused,
        usage::the_help_tells_how_the_run_ends,
        usage::what_is_out_of_its_range_is_refused_with_the_range,
    ];
    let with_firmware = named_tests![
        FirmwareTest;
        forward::a_board_is_reached_that_does_not_say_its_address,
        forward::a_forwarded_port_leads_to_the_emulated_board,
        runs::a_capture_holds_the_frames_of_an_exchange,
        runs::a_fault_is_told_with_a_backtrace,
        runs::a_wrong_passphrase_is_said_in_words,
        runs::each_of_three_clients_makes_its_attempts,
        runs::people_see_words_and_colours,
        runs::settings_of_a_file_and_of_the_line_reach_the_boards,
        runs::the_first_interrupt_ends_the_run_with_its_summary,
        runs::two_boards_exchange_colours_and_do_so_again,
        runs::words_and_colours_are_read_by_usb,
        traces::a_full_disk_ends_the_run,
        traces::a_run_with_traces_is_the_same_as_one_without,
        traces::a_trace_has_functions_and_begins_when_it_was_told,
        traces::the_trace_of_firmware_that_fails_goes_to_its_handler,
        traces::the_trace_is_whole_after_an_interrupt,
    ];
    harness::run_tests(always, with_firmware)
}

/// A folder for files of a test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room"))
    }

    /// A new file in it.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("there is room");
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts the folder in the place of `DIR`.
    fn args(&self, args: &str) -> String {
        args.replace("DIR", self.0.path().to_str().expect("the system's names are text"))
    }

    /// Runs `emulate` to its end; `DIR` in its arguments is the folder.
    fn run(&self, args: &str) -> Finished {
        Finished::run(&format!("emulate {}", self.args(args)))
    }
}

/// A UF2 file whose image begins with a page of these bytes.
fn page(byte: u8, chip: Chip) -> Vec<u8> {
    pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes: &[byte; 256] }], chip).expect("there is such memory")
}
