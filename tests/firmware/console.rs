//! How a board gets its settings.

use harness::{Firmware, Simulator};
use rgb_sim::scenario::ScenarioBoard;

use crate::blink;
use crate::lab::{Lab, ONLINE_MAX, secs};

/// Where the passphrase is given to the program.
const VARIABLE: &str = "RGB_TEST_PASSPHRASE";

pub(crate) fn a_board_gets_its_settings_from_a_file_of_provision(firmware: &Firmware) {
    let folder = tempfile::tempdir().expect("the system gives a folder");
    let mut provision = harness::rgb_sim("provision --role server --name kitchen --ssid Home --out board.uf2");
    provision.args(["--passphrase-env", VARIABLE]).env(VARIABLE, "correct horse").current_dir(folder.path());
    assert_eq!(Simulator::spawn(provision).finish().code, Some(0));
    let file = std::fs::read(folder.path().join("board.uf2")).expect("it was written");

    let mut lab = Lab::new(firmware);
    let node = lab.board(&[("ssid", "Elsewhere")]);
    lab.says(node, "joining the network \"Elsewhere\"", ONLINE_MAX);
    lab.board_mut(node).power_off();
    lab.step();
    lab.board_mut(node).board_mut().load(&file).expect("it is for this board");
    lab.board_mut(node).power_on();
    lab.says(node, "pico-fw 0.1.0, board kitchen", secs(1));
    lab.says(node, "joining the network \"Home\"", ONLINE_MAX);
    lab.says(node, "announced as kitchen.local", ONLINE_MAX);
}

pub(crate) fn an_erased_board_gets_new_settings_at_its_console(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let node = lab.board(&[("name", "old")]);
    lab.says(node, "pico-fw 0.1.0, board old", secs(1));
    for (line, answer) in [
        ("erase", "if you want that, type erase yes"),
        ("erase yes", "all settings are erased"),
        ("reboot", "the board starts again"),
    ] {
        lab.type_line(node, line);
        lab.answers(node, answer, secs(5));
    }
    lab.says(node, "pico-fw 0.1.0, board new", secs(1));
    lab.says(node, "reason of this start: a request", secs(1));
    lab.says(node, "no settings yet: type help and press Enter", ONLINE_MAX);
    let rounds = blink::rounds(&lab.watch(node, secs(14)));
    assert!(rounds.len() >= 2 && rounds.iter().all(|flashes| *flashes == 8), "{rounds:?}");

    for (line, answer) in [
        ("set ssid Home", "ssid = Home"),
        ("set passphrase correct horse", "passphrase = (set, not shown)"),
        ("set name lamp", "name = lamp"),
        ("set led purple", "led: "),
        ("save", "saved; type reboot to use the settings"),
        ("reboot", "the board starts again"),
    ] {
        lab.type_line(node, line);
        lab.answers(node, answer, secs(5));
    }
    lab.says(node, "pico-fw 0.1.0, board lamp", secs(1));
    lab.says(node, "announced as lamp.local", ONLINE_MAX);
    assert!(!lab.texts(node).contains("correct horse"), "nothing shows a passphrase");
}
