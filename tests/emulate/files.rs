//! The files that `emulate` reads and writes.

use harness::{Simulator, rgb_sim};
use pico_uf2::Chip;

use crate::{Folder, page};

pub(crate) fn the_firmware_that_is_not_there_is_told_how_to_build() {
    let folder = Folder::new();
    let mut command = rgb_sim("emulate --count 1");
    command.current_dir(folder.path("."));
    let run = Simulator::spawn(command).finish();
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("cargo xtask firmware --chip rp2040"), "{run:#?}");

    let run = folder.run("--server DIR/nowhere.uf2");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("cannot read the firmware") && run.stderr.contains("nowhere.uf2"), "{run:#?}");
}

pub(crate) fn a_file_that_is_no_firmware_is_refused() {
    let folder = Folder::new();
    folder.write("good.uf2", page(0, Chip::Rp2040));
    folder.write("text.uf2", "a text");
    for args in ["--server DIR/text.uf2", "--server DIR/good.uf2 --client DIR/text.uf2"] {
        let run = folder.run(args);
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
        assert!(run.stderr.contains("text.uf2 is no firmware: it is neither a UF2 nor an ELF file"), "{run:#?}");
    }
}

pub(crate) fn firmware_for_another_chip_is_refused() {
    let folder = Folder::new();
    folder.write("good.uf2", page(0, Chip::Rp2040));
    folder.write("other.uf2", page(0, Chip::Rp2350));
    let run = folder.run("--server DIR/good.uf2 --client DIR/other.uf2");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("\"client\"") && run.stderr.contains("not for the RP2040"), "{run:#?}");
}

pub(crate) fn settings_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    folder.write("good.uf2", page(0, Chip::Rp2040));
    folder.write("text.uf2", "a text");
    for (file, what) in
        [("nowhere.uf2", "cannot read"), ("text.uf2", "UF2"), ("good.uf2", "the file holds no settings")]
    {
        for option in ["--server-settings", "--client-settings"] {
            let run = folder.run(&format!("--server DIR/good.uf2 --client DIR/good.uf2 {option} DIR/{file}"));
            assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
            assert!(run.stderr.contains(what) && run.stderr.contains(file), "{run:#?}");
        }
    }
}

pub(crate) fn a_board_without_a_program_is_told_loudly_and_ends_the_run() {
    let folder = Folder::new();
    folder.write("empty.uf2", page(0, Chip::Rp2040));
    let run = folder.run("--server DIR/empty.uf2 --client DIR/empty.uf2 --count 1 --quiet --json");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let problems = run.events_of("problem");
    let [problem] = &problems[..] else { panic!("one board fails first: {run:#?}") };
    assert_eq!(problem["board"], "server");
    let message = problem["message"].as_str().expect("a text");
    assert!(message.starts_with("the board cannot go on: there is no program in the flash memory"), "{message}");
    let summary = run.summary();
    assert_eq!((&summary["exchanges"], &summary["errors"]), (&0.into(), &0.into()));
}

pub(crate) fn a_capture_that_cannot_be_written_is_no_run() {
    let folder = Folder::new();
    folder.write("empty.uf2", page(0, Chip::Rp2040));
    let run = folder.run("--server DIR/empty.uf2 --client DIR/empty.uf2 --pcap DIR/nowhere/a.pcap");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("cannot write") && run.stderr.contains("nowhere"), "{run:#?}");
}
