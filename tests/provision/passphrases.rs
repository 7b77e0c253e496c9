//! A passphrase comes from a file or the environment, and goes into the settings alone.

use harness::Finished;
use pico_uf2::Chip;

use crate::{Folder, VARIABLE, on_board, run};

const SECRET: &str = "correct horse";

fn with_file(folder: &Folder, name: &str) -> Finished {
    let args = format!("--role server --ssid Home --passphrase-file {name} --out board.uf2");
    run(folder.provision(args.split_whitespace()))
}

fn with_variable(folder: &Folder, value: Option<&str>) -> Finished {
    let args = format!("--role server --ssid Home --passphrase-env {VARIABLE} --out board.uf2");
    let mut command = folder.provision(args.split_whitespace());
    command.env_remove(VARIABLE).envs(value.map(|value| (VARIABLE, value)));
    run(command)
}

fn stored(folder: &Folder) -> String {
    let settings = on_board(&folder.read("board.uf2"), Chip::Rp2040);
    settings.networks()[0].passphrase().expect("there is one").reveal().to_owned()
}

#[test]
fn a_file_gives_its_first_line_without_its_end() {
    let folder = Folder::new();
    for content in [
        "correct horse",
        "correct horse\n",
        "correct horse\r\n",
        "correct horse\nbattery staple\n",
        "\u{feff}correct horse\r\n",
    ] {
        folder.write("pw", content);
        assert_eq!(with_file(&folder, "pw").code, Some(0), "{content:?}");
        assert_eq!(stored(&folder), SECRET, "{content:?}");
    }
    folder.write("pw", " spaces stay \n");
    with_file(&folder, "pw");
    assert_eq!(stored(&folder), " spaces stay ");
}

#[test]
fn a_variable_gives_its_value() {
    let folder = Folder::new();
    assert_eq!(with_variable(&folder, Some(SECRET)).code, Some(0));
    assert_eq!(stored(&folder), SECRET);
}

#[test]
fn what_gives_no_passphrase_is_refused_with_a_hint() {
    let folder = Folder::new();
    folder.write("empty", "");
    folder.write("line", "\ncorrect horse\n");
    for (run, expected) in [
        (with_file(&folder, "absent"), "the passphrase file absent cannot be read: "),
        (with_file(&folder, "empty"), "the first line of empty is empty; write the passphrase there, or give --open"),
        (with_file(&folder, "line"), "the first line of line is empty"),
        (with_variable(&folder, None), "there is no environment variable RGB_TEST_PASSPHRASE; set and export it"),
        (with_variable(&folder, Some("")), "the environment variable RGB_TEST_PASSPHRASE is empty; give --open"),
    ] {
        assert_eq!((run.code, run.stdout()), (Some(2), String::new()));
        assert!(run.stderr.contains(&format!("rgb-sim: {expected}")), "{}", run.stderr);
    }
    assert_eq!(folder.names(), ["empty", "line"]);
}

#[test]
fn bytes_that_are_no_text_are_refused_as_any_others() {
    let folder = Folder::new();
    folder.write("pw", b"\xff\xfec\0o\0r\0r\0e\0c\0t\0");
    let run = with_file(&folder, "pw");
    let expected = "rgb-sim: passphrase: must have printable ASCII characters only\n";
    assert!(run.code == Some(2) && run.stderr.ends_with(expected), "{run:#?}");
}

#[test]
fn it_is_never_printed() {
    let folder = Folder::new();
    folder.write("pw", SECRET);
    folder.write("bad", "correct horse \u{e4}");
    for run in [
        with_file(&folder, "pw"),
        with_file(&folder, "bad"),
        with_variable(&folder, Some(SECRET)),
        run(folder.provision(["--show", "board.uf2"])),
    ] {
        assert!(!format!("{run:?}").contains("correct"), "{run:#?}");
    }
}

#[test]
fn whoever_keeps_it_in_a_file_is_told_to_keep_or_delete_that() {
    let folder = Folder::new();
    let hint = "keep it to yourself, or delete it";
    assert!(with_variable(&folder, Some(SECRET)).stdout().contains(hint));
    assert!(!folder.make("").stdout().contains(hint));
}

#[test]
fn on_the_command_line_it_is_refused_unseen_and_the_other_ways_are_told() {
    let folder = Folder::new();
    for given in [&["--passphrase", SECRET][..], &["--passphrase=correct horse"], &["--passphrase", "correct", "horse"]]
    {
        let mut command = folder.provision(["--role", "server", "--ssid", "Home"]);
        command.args(given).args(["--out", "board.uf2"]);
        let run = run(command);
        assert_eq!(run.code, Some(2));
        for part in ["can read command lines", "--passphrase-file, --passphrase-env or the prompt"] {
            assert!(run.stderr.contains(part), "{}", run.stderr);
        }
        assert!(!run.stderr.contains("correct"), "{}", run.stderr);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn other_commands_do_not_send_anybody_to_options_of_this_one() {
    let run = Finished::run("run --passphrase secret");
    assert!(run.code == Some(2) && !run.stderr.contains("--passphrase-file"), "{}", run.stderr);
}

#[test]
fn without_a_terminal_the_other_ways_are_told() {
    let folder = Folder::new();
    let run = run(folder.provision("--role server --ssid Home --out board.uf2".split_whitespace()));
    assert_eq!(run.code, Some(2));
    for part in ["\"Home\"", "no terminal", "--passphrase-file", "--passphrase-env", "--open"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert!(folder.names().is_empty());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_warned_of() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let path = folder.write("pw", SECRET);
    for (mode, warns) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let run = with_file(&folder, "pw");
        assert_eq!(run.code, Some(0));
        let expected =
            if warns { "rgb-sim: warning: others can read pw; `chmod 600 pw` keeps it to yourself\n" } else { "" };
        assert_eq!(run.stderr, expected, "{mode:o}");
    }
}
