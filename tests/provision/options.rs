//! Each option arrives on the board.

use pico_uf2::Chip;

use crate::{Folder, VARIABLE, on_board, run, settings, succeeded};

#[test]
fn every_option_arrives() {
    let options = [
        ("role", "client"),
        ("name", "kitchen"),
        ("wifi", "access_point"),
        ("channel", "11"),
        ("country", "DE"),
        ("server", "board.local"),
        ("port", "8080"),
        ("interval", "1500ms"),
        ("source", "buttons"),
        ("led", "common_anode"),
        ("led_pins", "1,2,3"),
        ("button_pins", "4,5,6"),
        ("power_save", "on"),
    ];
    let folder = Folder::new();
    let mut command = folder.provision(["--ssid", "My network", "--passphrase-env", VARIABLE, "--out", "all.uf2"]);
    command.env(VARIABLE, "correct horse");
    for (field, value) in options {
        command.args([format!("--{}", field.replace('_', "-")), value.to_owned()]);
    }
    succeeded(command);
    let expected = settings(&[&options[..], &[("ssid", "My network"), ("passphrase", "correct horse")]].concat());
    assert_eq!(on_board(&folder.read("all.uf2"), Chip::Rp2040), expected);
}

#[test]
fn what_is_not_given_is_the_default() {
    let folder = Folder::new();
    assert_eq!(folder.make("").code, Some(0));
    assert_eq!(on_board(&folder.read("board.uf2"), Chip::Rp2040), settings(&[("ssid", "Home")]));
}

#[test]
fn each_chip_gets_a_file_of_its_own() {
    for chip in Chip::ALL {
        let folder = Folder::new();
        let made = folder.make(&format!("--chip {chip}"));
        on_board(&folder.read("board.uf2"), chip);
        let text = made.stdout();
        for part in [chip.board(), chip.drive(), "BOOTSEL", "board.uf2"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn networks_keep_their_order_and_each_its_passphrase() {
    let folder = Folder::new();
    folder.write("pw", "of the file\n");
    let mut command = folder.provision(["--role", "server", "--out", "board.uf2"]);
    command.args(["--ssid", "A", "--open", "--ssid", "B", "--passphrase-env", VARIABLE]);
    command.args(["--ssid", "C", "--open", "--ssid", "D", "--passphrase-file", "pw"]);
    command.env(VARIABLE, "of the variable");
    succeeded(command);
    let fields = [
        ("ssid", "A"),
        ("ssid2", "B"),
        ("passphrase2", "of the variable"),
        ("ssid3", "C"),
        ("ssid4", "D"),
        ("passphrase4", "of the file"),
    ];
    assert_eq!(on_board(&folder.read("board.uf2"), Chip::Rp2040), settings(&fields));
}

#[test]
fn options_that_make_no_networks_are_refused() {
    let folder = Folder::new();
    for (args, expected) in [
        ("--open --ssid A", "belongs to the --ssid before it"),
        ("--ssid A --open --open", "\"A\" has more than one of --passphrase-file, --passphrase-env and --open"),
        ("--ssid A --passphrase-env PW --open --ssid B", "\"A\" has more than one"),
        ("--ssid A --ssid B --ssid C --ssid D --ssid E", "--ssid is given 5 times, and a board knows 4 networks"),
    ] {
        let args = format!("--role server --out board.uf2 {args}");
        let run = run(folder.provision(args.split_whitespace()));
        assert_eq!((run.code, run.stdout()), (Some(2), String::new()), "{args}");
        assert!(run.stderr.starts_with("rgb-sim: ") && run.stderr.contains(expected), "{args}: {}", run.stderr);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn role_and_file_are_asked_for() {
    let folder = Folder::new();
    for (args, missing) in [("--ssid A --open --out a.uf2", "--role"), ("--role server --ssid A --open", "--out")] {
        let run = run(folder.provision(args.split_whitespace()));
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("not provided") && run.stderr.contains(missing), "{}", run.stderr);
    }
}

#[test]
fn help_has_examples_and_the_next_step() {
    let folder = Folder::new();
    let text = succeeded(folder.provision(["--help"])).stdout();
    for part in ["Examples:", "rgb-sim provision --role", "BOOTSEL", "--show", "--passphrase-file"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
