//! Settings can only be made right, and what is wrong with them is said in words.

use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::settings::{LedPolarity, Role, ServerHost, Settings, SettingsDraft, SettingsError, SourceKind};

/// A draft that lacks nothing.
fn draft() -> SettingsDraft {
    let mut draft = SettingsDraft::new();
    draft.set("ssid", "Home").expect("a good name");
    draft
}

fn set(field: &str, value: &str) -> Result<Settings, SettingsError> {
    let mut draft = draft();
    draft.set(field, value)?;
    draft.finish()
}

fn refusal(field: &str, value: &str) -> String {
    set(field, value).expect_err(value).to_string()
}

#[test]
fn a_network_is_all_that_a_server_needs() {
    let settings = draft().finish().unwrap();
    assert_eq!((settings.name().as_str(), settings.role(), settings.port()), ("board", Role::Server, 80));
    assert_eq!((settings.ssid().as_str(), settings.passphrase().is_none()), ("Home", true));
    assert_eq!((settings.interval(), settings.source()), (Duration::from_millis(200), SourceKind::Random));
    assert_eq!((settings.led(), settings.led_pins()), (LedPolarity::CommonCathode, [13, 14, 15]));
    assert_eq!(settings.country().code(), *b"XX");
    assert!(!settings.power_save());
}

#[test]
fn every_field_can_be_set() {
    let mut draft = SettingsDraft::new();
    for (field, value) in [
        ("name", "kitchen"),
        ("role", "both"),
        ("ssid", "Café"),
        ("passphrase", "correct horse"),
        ("country", "DE"),
        ("server", "board.local"),
        ("port", "8080"),
        ("interval", "1000ms"),
        ("source", "buttons"),
        ("led", "common_anode"),
        ("led_pins", "16, 17, 18"),
        ("button_pins", "19,20,21"),
        ("power_save", "on"),
    ] {
        draft.set(field, value).unwrap();
    }
    let settings = draft.finish().unwrap();
    assert_eq!(settings.name().as_str(), "kitchen");
    assert!(settings.role().serves() && settings.role().asks());
    assert_eq!(settings.ssid().as_bytes(), "Café".as_bytes());
    assert_eq!(settings.passphrase().unwrap().reveal(), "correct horse");
    assert_eq!(settings.country().code(), *b"DE");
    assert!(matches!(settings.server(), Some(ServerHost::Name(name)) if name.as_str() == "board.local"));
    assert_eq!((settings.port(), settings.interval()), (8080, Duration::from_secs(1)));
    assert_eq!((settings.source(), settings.led()), (SourceKind::Buttons, LedPolarity::CommonAnode));
    assert_eq!((settings.led_pins(), settings.button_pins()), ([16, 17, 18], [19, 20, 21]));
    assert!(settings.power_save());
    let client = settings.client_config();
    assert_eq!((client.interval, client.name), (Duration::from_secs(1), Some(*settings.name())));
    assert_eq!(client.check(), Ok(()));
}

#[test]
fn a_wrong_value_is_refused_with_its_field_and_what_is_allowed() {
    for (field, value, message) in [
        ("name", "", "name: a board name has at least one character"),
        ("role", "master", "role: must be server, client or both"),
        ("ssid", "", "ssid: must have 1 to 32 bytes"),
        ("passphrase", "1234567", "passphrase: must have 8 to 63 bytes"),
        ("passphrase", "pässwörter", "passphrase: must have printable ASCII characters only"),
        (
            "country",
            "Germany",
            "country: must be a country's two capital letters, such as DE, GB or US, or XX for anywhere",
        ),
        ("server", "a b", "server: must be an address such as 192.168.1.7, or a name such as board.local"),
        ("server", "192.168.1.300", "server: must be an address such as 192.168.1.7, or a name such as board.local"),
        ("port", "0", "port: must be a number from 1 to 65535"),
        ("interval", "0", "interval: must be a number of milliseconds from 1 to 86400000, such as 200ms"),
        ("source", "rainbow", "source: must be random, potentiometers, buttons, temperature or sweep"),
        ("led", "rgb", "led: must be common_cathode or common_anode"),
        ("led_pins", "1,2", "led_pins: must be three GPIO numbers from 1 to 28 with commas between, such as 13,14,15"),
        ("led_pins", "13,14,13", "led_pins: GPIO 13 has another function already; take another pin"),
        ("power_save", "maybe", "power_save: must be on or off"),
    ] {
        assert_eq!(refusal(field, value), message);
    }
}

#[test]
fn lengths_are_taken_up_to_their_limits_and_not_beyond() {
    for (field, min, max) in [("ssid", 1, 32), ("passphrase", 8, 63), ("name", 1, 32)] {
        assert!(set(field, &"a".repeat(min)).is_ok(), "{field} of {min}");
        assert!(set(field, &"a".repeat(max)).is_ok(), "{field} of {max}");
        assert!(set(field, &"a".repeat(max + 1)).is_err(), "{field} of {}", max + 1);
    }
    assert!(set("passphrase", &"a".repeat(7)).is_err());
    assert!(set("interval", "1").is_ok() && set("interval", "86400000").is_ok());
    assert!(set("interval", "86400001").is_err());
    assert!(set("port", "65535").is_ok() && set("port", "65536").is_err());
}

#[test]
fn the_pins_of_the_radio_and_of_the_log_are_refused() {
    for pin in [0, 23, 24, 25, 29] {
        let message = refusal("button_pins", &format!("1,2,{pin}"));
        assert!(message.starts_with(&format!("button_pins: GPIO {pin} cannot be used")), "{message}");
    }
    assert!(set("led_pins", "1,2,29").is_err() && set("led_pins", "1,2,30").is_err());
}

#[test]
fn led_pins_that_share_a_pwm_channel_are_refused() {
    let message = "led_pins: GPIO 2 and GPIO 18 always show the same brightness, because their numbers differ by 16; \
                   take another pin";
    assert_eq!(refusal("led_pins", "2,18,20"), message);
    assert!(set("led_pins", "2,17,20").is_ok() && set("led_pins", "2,19,20").is_ok());
    assert!(set("button_pins", "2,18,20").is_ok());
}

#[test]
fn one_pin_has_one_function() {
    let mut draft = draft();
    draft.set("source", "potentiometers").unwrap();
    draft.set("led_pins", "26,1,2").unwrap();
    let error = draft.finish().unwrap_err();
    assert_eq!((error.field(), error.to_string().contains("GPIO 26")), ("source", true));
}

#[test]
fn buttons_that_are_not_read_take_no_pins() {
    let mut draft = draft();
    draft.set("led_pins", "10,11,12").unwrap();
    assert!(draft.clone().finish().is_ok());
    draft.set("source", "buttons").unwrap();
    assert_eq!(draft.finish().unwrap_err().field(), "button_pins");
}

#[test]
fn a_client_needs_a_server_to_ask() {
    for role in ["client", "both"] {
        let mut draft = draft();
        draft.set("role", role).unwrap();
        let error = draft.clone().finish().unwrap_err();
        assert_eq!(error.to_string(), "server: is missing, and the board cannot do its work without it");
        draft.set("server", "192.168.1.7").unwrap();
        assert!(draft.finish().is_ok());
    }
    assert_eq!(SettingsDraft::new().finish().unwrap_err().field(), "ssid");
}

#[test]
fn an_unknown_field_is_answered_with_those_that_there_are() {
    let message = SettingsDraft::new().set("colour", "red").unwrap_err().to_string();
    for field in SettingsDraft::FIELDS {
        assert!(message.contains(field), "{message}");
    }
}

#[test]
fn a_refused_value_leaves_the_field_as_it_was() {
    let mut draft = draft();
    draft.set("port", "8080").unwrap();
    draft.set("port", "http").unwrap_err();
    assert_eq!(draft.finish().unwrap().port(), 8080);
}

#[test]
fn debug_output_keeps_the_passphrase_to_itself() {
    let text = format!("{:?}", set("passphrase", "correct horse").unwrap());
    assert!(text.contains("Home") && !text.contains("horse"), "{text}");
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_taken_is_within_limits(field in 0usize..13, value in "\\PC{0,70}") {
        if let Ok(settings) = set(SettingsDraft::FIELDS[field], &value) {
            prop_assert!((1..=32).contains(&settings.ssid().as_bytes().len()));
            prop_assert!(settings.passphrase().is_none_or(|secret| (8..=63).contains(&secret.reveal().len())));
            prop_assert!(settings.client_config().check().is_ok());
        }
    }
}
