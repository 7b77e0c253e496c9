//! Settings to test with.

use proptest::prelude::*;
use proptest::sample::select;
use rgb_proto::settings::{NETWORKS_MAX, Settings, SettingsDraft};

/// The name and the passphrase of each network.
pub(crate) const NETWORK_FIELDS: [[&str; 2]; NETWORKS_MAX] =
    [["ssid", "passphrase"], ["ssid2", "passphrase2"], ["ssid3", "passphrase3"], ["ssid4", "passphrase4"]];

/// The GPIO numbers that a board's owner can use.
const PINS: [u8; 25] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28];

/// A field's whole text, secrets included, as it was set; empty if it has none.
pub(crate) fn text(settings: &Settings, field: &str) -> String {
    for ([ssid, passphrase], network) in NETWORK_FIELDS.into_iter().zip(settings.networks()) {
        if field == ssid {
            return network.ssid().as_str().into();
        }
        if field == passphrase {
            return network.passphrase().map(|secret| secret.reveal().into()).unwrap_or_default();
        }
    }
    settings.to_draft().value(field).expect(field).to_string()
}

/// Settings of which each text is as long as it can be.
pub(crate) fn longest() -> Settings {
    let mut draft = SettingsDraft::new();
    for (index, [ssid, passphrase]) in NETWORK_FIELDS.into_iter().enumerate() {
        let letter = char::from(b'a' + index as u8);
        draft.set(ssid, &String::from(letter).repeat(32)).expect(ssid);
        draft.set(passphrase, &String::from(letter).repeat(63)).expect(passphrase);
    }
    for (field, value) in [
        ("name", &*"n".repeat(32)),
        ("role", "server"),
        ("wifi", "station"),
        ("channel", "11"),
        ("country", "DE"),
        ("server", &*"s".repeat(63)),
        ("port", "65535"),
        ("interval", "86400000ms"),
        ("source", "potentiometers"),
        ("led", "common_cathode"),
        ("led_pins", "10,11,12"),
        ("button_pins", "20,21,22"),
        ("power_save", "off"),
    ] {
        draft.set(field, value).expect(field);
    }
    draft.finish().expect("long settings are settings")
}

/// Any settings at all.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let words = (
        select(vec!["server", "client", "both"]),
        select(vec!["station", "access_point"]),
        select(vec!["XX", "DE", "GB", "US", "ZW"]),
        select(vec!["random", "potentiometers", "buttons", "temperature", "sweep"]),
        select(vec!["common_cathode", "common_anode"]),
        select(vec!["on", "off"]),
    );
    let numbers = (1u8..=11, 1u16.., 1u32..=86_400_000);
    let networks = prop::collection::vec((ssid(), prop::option::of("[ -~]{8,63}")), NETWORKS_MAX);
    let server = prop_oneof![
        Just(String::new()),
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}")),
        "[a-z][A-Za-z0-9.-]{0,62}",
    ];
    let name = prop_oneof![Just(String::new()), "[A-Za-z0-9._-]{1,32}"];
    let pins = Just(PINS).prop_shuffle();
    let drawn = (words, numbers, networks, any::<[bool; NETWORKS_MAX]>(), server, name, pins);
    drawn.prop_filter_map("settings that do not fit together", |drawn| {
        let ((role, wifi, country, source, led, power_save), numbers, networks, is_there, server, name, pins) = drawn;
        let (channel, port, interval) = numbers;
        let pins = |from: usize| format!("{},{},{}", pins[from], pins[from + 1], pins[from + 2]);
        let mut draft = SettingsDraft::new();
        let mut set = |field, value: &str| draft.set(field, value).expect("each value by itself is right");
        for (([ssid_field, passphrase_field], (ssid, passphrase)), is_there) in
            NETWORK_FIELDS.into_iter().zip(networks).zip(is_there)
        {
            if is_there {
                set(ssid_field, &ssid);
                set(passphrase_field, &passphrase.unwrap_or_default());
            }
        }
        set("name", &name);
        set("role", role);
        set("wifi", wifi);
        set("channel", &channel.to_string());
        set("country", country);
        set("server", &server);
        set("port", &port.to_string());
        set("interval", &interval.to_string());
        set("source", source);
        set("led", led);
        set("led_pins", &pins(0));
        set("button_pins", &pins(3));
        set("power_save", power_save);
        draft.finish().ok()
    })
}

/// A network's name: any characters, control characters too, of 1 to 32 bytes together.
fn ssid() -> impl Strategy<Value = String> {
    let letter = prop_oneof![any::<char>(), prop::char::range(' ', '~')];
    prop::collection::vec(letter, 1..=32).prop_map(|letters| {
        let mut ssid = String::new();
        for letter in letters {
            if ssid.len() + letter.len_utf8() <= 32 {
                ssid.push(letter);
            }
        }
        ssid
    })
}
