//! What cannot be played, and what is told of it.

use harness::rgb_sim;
use pico_uf2::{Chip, Segment};

use super::Folder;

pub(super) fn the_firmware_that_is_not_there_is_told_how_to_build() {
    let folder = Folder::with_home("5s", 1, "");
    let missing = folder.run("--tier firmware --firmware DIR/none.uf2");
    assert_eq!((missing.code, &*missing.stdout()), (Some(2), ""), "{missing:#?}");
    assert!(
        missing.stderr.contains("cannot read the firmware ") && missing.stderr.contains("none.uf2"),
        "{missing:#?}"
    );
    // Where the image of a repository is looked for there is none.
    let mut elsewhere = rgb_sim("scenario run two-boards --tier both");
    let output = elsewhere.current_dir(folder.path("")).output().expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]), "{errors}");
    assert!(errors.contains("cargo xtask firmware --chip rp2040"), "{errors}");
}

pub(super) fn a_file_that_is_no_firmware_is_refused() {
    let folder = Folder::with_home("5s", 1, "");
    let run = folder.run("--tier firmware --firmware DIR/a.toml");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("a.toml is no firmware"), "{run:#?}");
    let image = pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes: &[1; 256] }], Chip::Rp2350);
    folder.write("rp2350.uf2", image.expect("a page"));
    let run = folder.run("--tier firmware --firmware DIR/rp2350.uf2");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    assert!(run.stderr.contains("the board \"server\" cannot be made: the firmware cannot be loaded"), "{run:#?}");
}

pub(super) fn a_board_whose_emulation_cannot_go_on_is_told() {
    let folder = Folder::with_home("5s", 1, "");
    let image = pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes: &[1; 256] }], Chip::Rp2040);
    folder.write("nothing.uf2", image.expect("a page"));
    let run = folder.run("--tier firmware --firmware DIR/nothing.uf2 --json");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let demands = run.events_of("demand");
    let broken = demands.iter().find(|demand| demand["holds"] == false).expect("one");
    assert_eq!(broken["demand"], "the emulation does what the firmware asks for");
    let boards: Vec<_> = broken["broken"].as_array().expect("a list").iter().map(|broken| &broken["board"]).collect();
    assert_eq!(boards, ["server", "client"]);
    assert!(broken["broken"][0]["message"].as_str().is_some_and(|message| message.contains("there is no program")));
}

pub(super) fn colours_that_no_firmware_sends_are_refused() {
    let folder = Folder::with_home("5s", 1, "[[board]]\nname = \"other\"\nsource = \"fixed:1,2,3\"\n");
    let image = pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes: &[1; 256] }], Chip::Rp2040);
    folder.write("nothing.uf2", image.expect("a page"));
    let run = folder.run("--tier firmware --firmware DIR/nothing.uf2");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    let said = "the board \"other\" cannot be made: the firmware cannot send the colours \"fixed:1,2,3\"";
    assert!(run.stderr.contains(said) && run.stderr.contains("source = \"sweep\""), "{run:#?}");
}

pub(super) fn firmware_is_for_emulated_boards_alone() {
    let folder = Folder::with_home("5s", 1, "");
    for options in ["--firmware DIR/a.uf2", "--firmware DIR/a.uf2 --tier simulated"] {
        let run = folder.run(options);
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{options}: {run:#?}");
        assert!(run.stderr.contains("give --tier firmware or --tier both"), "{options}: {run:#?}");
    }
    let unknown = folder.run("--tier real");
    assert_eq!((unknown.code, &*unknown.stdout()), (Some(2), ""), "{unknown:#?}");
    assert!(unknown.stderr.contains("simulated, firmware, both"), "{unknown:#?}");
}

pub(super) fn two_runs_have_no_file_and_no_port_in_common() {
    let folder = Folder::with_home("5s", 1, "");
    for (option, value) in
        [("--pcap", "DIR/a.pcap"), ("--trace", "DIR/a.txt"), ("--report", "DIR/a.html"), ("--forward", "0:server:80")]
    {
        let run = folder.run(&format!("--tier both {option} {value}"));
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{option}: {run:#?}");
        assert!(run.stderr.contains(&format!("--tier both plays twice, and {option} is for one run")), "{run:#?}");
    }
}
