//! Values that no board can have: refused with the words of the code that the firmware shares, and nothing is written.

use rgb_proto::settings::{SettingsDraft, SettingsError};

use crate::{Folder, VARIABLE, run};

const TOO_LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123";

/// Fields in their order, the last one wrong or in conflict with the others.
const WRONG: [&[(&str, &str)]; 38] = [
    &[("role", "cook")],
    &[("role", "Server")],
    &[("name", "the kitchen")],
    &[("name", TOO_LONG)],
    &[("wifi", "ap")],
    &[("channel", "0")],
    &[("channel", "12")],
    &[("channel", "six")],
    &[("country", "de")],
    &[("country", "QQ")],
    &[("server", "http://board/")],
    &[("server", "1.2.3")],
    &[("server", TOO_LONG)],
    &[("port", "0")],
    &[("port", "65536")],
    &[("port", "http")],
    &[("interval", "0")],
    &[("interval", "1s")],
    &[("interval", "1.5ms")],
    &[("interval", "86400001")],
    &[("source", "fixed:1,2,3")],
    &[("led", "anode")],
    &[("led_pins", "13,14")],
    &[("led_pins", "13,14,30")],
    &[("led_pins", "13,14,0")],
    &[("led_pins", "13,14,14")],
    &[("led_pins", "1,2,17")],
    &[("button_pins", "a,b,c")],
    &[("source", "buttons"), ("button_pins", "13,11,12")],
    &[("source", "potentiometers"), ("led_pins", "26,14,15")],
    &[("power_save", "yes")],
    &[("ssid", "")],
    &[("ssid", "a name of more than thirty-two bytes")],
    &[("ssid", "Home"), ("passphrase", "seven b")],
    &[("ssid", "Home"), ("passphrase", TOO_LONG)],
    &[("ssid", "Home"), ("passphrase", "p\u{e4}ssphrase")],
    &[("ssid", ""), ("passphrase", "correct horse")],
    &[("wifi", "access_point"), ("ssid", "Home"), ("ssid2", "Cafe")],
];

/// With a network, unless the fields have one.
fn fields(wrong: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields = wrong.to_vec();
    if !fields.iter().any(|(field, _)| *field == "ssid") {
        fields.push(("ssid", "Home"));
    }
    if !fields.iter().any(|(field, _)| *field == "role") {
        fields.push(("role", "server"));
    }
    fields
}

fn drafted(fields: &[(&str, &str)]) -> Result<(), SettingsError> {
    let mut draft = SettingsDraft::new();
    fields.iter().try_for_each(|(field, value)| draft.set(field, value))?;
    draft.finish().map(drop)
}

#[test]
fn each_is_refused_with_the_words_of_the_shared_code() {
    let folder = Folder::new();
    for wrong in WRONG {
        let fields = fields(wrong);
        let expected = drafted(&fields).unwrap_err();
        let mut command = folder.provision(["--out", "board.uf2"]);
        for (index, (field, value)) in fields.iter().enumerate() {
            if field.starts_with("passphrase") {
                command.args(["--passphrase-env", VARIABLE]).env(VARIABLE, value);
                continue;
            }
            let option = if field.starts_with("ssid") { "ssid".to_owned() } else { field.replace('_', "-") };
            command.arg(format!("--{option}={value}"));
            let has_passphrase = fields.get(index + 1).is_some_and(|(next, _)| next.starts_with("passphrase"));
            if field.starts_with("ssid") && !has_passphrase {
                command.arg("--open");
            }
        }
        let run = run(command);
        assert_eq!(run.stderr, format!("rgb-sim: {expected}\n"), "{wrong:?}");
        assert_eq!((run.code, run.stdout()), (Some(2), String::new()), "{wrong:?}");
        assert!(folder.names().is_empty(), "{wrong:?}");
    }
}

#[test]
fn without_a_network_there_is_no_file() {
    let folder = Folder::new();
    let run = run(folder.provision("--role server --out board.uf2".split_whitespace()));
    let expected = drafted(&[("role", "server")]).unwrap_err();
    assert_eq!((run.code, run.stderr), (Some(2), format!("rgb-sim: {expected}\n")));
    assert!(folder.names().is_empty());
}

#[test]
fn a_chip_of_others_is_refused() {
    let folder = Folder::new();
    let run = folder.make("--chip esp32");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("[possible values: rp2040, rp2350]"), "{}", run.stderr);
}
