//! Settings can only be made right, and what is wrong with them is said in words.

mod property;
mod settings_strategy;

use std::net::Ipv4Addr;
use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::settings::{
    Country, LedPolarity, NETWORKS_MAX, Passphrase, Role, ServerHost, Settings, SettingsDraft, SettingsError,
    SourceKind, Wifi,
};

use settings_strategy::NETWORK_FIELDS;

/// A draft that lacks nothing.
fn draft() -> SettingsDraft {
    drafted(&[("ssid", "Home")])
}

fn drafted(fields: &[(&str, &str)]) -> SettingsDraft {
    let mut draft = SettingsDraft::new();
    for (field, value) in fields {
        draft.set(field, value).expect(field);
    }
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

/// The names and passphrases of the networks, in their order.
fn networks(settings: &Settings) -> Vec<(&str, Option<&str>)> {
    let networks = settings.networks().iter();
    networks.map(|network| (network.ssid().as_str(), network.passphrase().map(Passphrase::reveal))).collect()
}

#[test]
fn a_network_is_all_that_a_server_needs() {
    let settings = draft().finish().unwrap();
    assert_eq!((settings.name().as_str(), settings.role(), settings.port()), ("rgb-server", Role::Server, 80));
    assert_eq!((settings.wifi(), settings.channel()), (Wifi::Station, 6));
    assert_eq!(networks(&settings), [("Home", None)]);
    assert_eq!((settings.interval(), settings.source()), (Duration::from_millis(200), SourceKind::Random));
    assert_eq!((settings.led(), settings.led_pins()), (LedPolarity::CommonCathode, [13, 14, 15]));
    assert_eq!((settings.country(), settings.country().code()), (Country::WORLDWIDE, *b"XX"));
    assert_eq!((settings.server(), settings.button_pins(), settings.power_save()), (None, [10, 11, 12], false));
}

#[test]
fn without_a_network_there_are_no_settings() {
    let error = SettingsDraft::new().finish().unwrap_err();
    assert_eq!(error.field(), "ssid");
    assert_eq!(error.to_string(), "ssid: is missing, and the board cannot do its work without it");
    assert_eq!(SettingsDraft::default(), SettingsDraft::new());
}

#[test]
fn every_field_can_be_set() {
    let mut draft = SettingsDraft::new();
    for (field, value) in [
        ("name", "kitchen"),
        ("role", "both"),
        ("wifi", "station"),
        ("ssid", "Café"),
        ("passphrase", "correct horse"),
        ("ssid2", "Garden"),
        ("passphrase2", "battery staple"),
        ("ssid3", "Garage"),
        ("passphrase3", "        "),
        ("ssid4", "Hotspot"),
        ("passphrase4", "!~!~!~!~"),
        ("channel", "11"),
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
    assert_eq!(settings.networks()[0].ssid().as_bytes(), "Café".as_bytes());
    assert_eq!(
        networks(&settings),
        [
            ("Café", Some("correct horse")),
            ("Garden", Some("battery staple")),
            ("Garage", Some("        ")),
            ("Hotspot", Some("!~!~!~!~")),
        ]
    );
    assert_eq!((settings.channel(), settings.country().code()), (11, *b"DE"));
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
fn every_word_is_taken_and_shown_as_it_is_written() {
    for role in [Role::Server, Role::Client, Role::Both] {
        assert_eq!(set("role", role.as_str()).unwrap().role(), role);
    }
    for wifi in [Wifi::Station, Wifi::AccessPoint] {
        assert_eq!(set("wifi", wifi.as_str()).unwrap().wifi(), wifi);
    }
    for led in [LedPolarity::CommonCathode, LedPolarity::CommonAnode] {
        assert_eq!(set("led", led.as_str()).unwrap().led(), led);
    }
    let sources = [
        SourceKind::Random,
        SourceKind::Potentiometers,
        SourceKind::Buttons,
        SourceKind::Temperature,
        SourceKind::Sweep,
    ];
    for source in sources {
        assert_eq!(set("source", source.as_str()).unwrap().source(), source);
    }
    for (text, on) in [("on", true), ("true", true), ("off", false), ("false", false)] {
        assert_eq!(set("power_save", text).unwrap().power_save(), on);
    }
}

// DSC-3
#[test]
fn a_board_without_a_name_is_called_by_its_role() {
    for (role, name) in [("server", "rgb-server"), ("both", "rgb-server"), ("client", "rgb-client")] {
        let mut draft = draft();
        draft.set("role", role).unwrap();
        assert_eq!(draft.value("name").unwrap().to_string(), name);
        assert_eq!(draft.finish().unwrap().name().as_str(), name);
        draft.set("name", "kitchen").unwrap();
        assert_eq!(draft.finish().unwrap().name().as_str(), "kitchen");
    }
}

// DSC-3
#[test]
fn a_board_without_a_name_changes_it_with_its_role() {
    let mut changed = draft().finish().unwrap().to_draft();
    changed.set("role", "client").unwrap();
    assert_eq!(changed.finish().unwrap().name().as_str(), "rgb-client");
    // Read from a record, or set in words, it is the same name.
    let mut changed = drafted(&[("ssid", "Home"), ("name", "rgb-server")]).finish().unwrap().to_draft();
    assert_eq!(changed.finish(), draft().finish());
    changed.set("role", "client").unwrap();
    assert_eq!(changed.finish().unwrap().name().as_str(), "rgb-client");
}

#[test]
fn a_wrong_value_is_refused_with_its_field_and_what_is_allowed() {
    let country = "country: must be a country's two capital letters that the radio knows, such as DE, GB or US, \
                   or XX for anywhere";
    let channel = "channel: must be a number from 1 to 11";
    let server = "server: must be an address such as 192.168.1.7, or a name such as board.local";
    let interval = "interval: must be a number of milliseconds from 1 to 86400000, such as 200ms";
    let pins = "must be three GPIO numbers from 1 to 28 with commas between, such as 13,14,15";
    for (field, value, message) in [
        (
            "name",
            "living room",
            "name: a board name has only the letters a-z and A-Z, digits, '.', '-' and '_'; \
             the character at byte 6 is none of them",
        ),
        ("role", "master", "role: must be server, client or both"),
        ("role", "", "role: must be server, client or both"),
        ("wifi", "ap", "wifi: must be station (joins a network) or access_point (is one)"),
        ("passphrase", "1234567", "passphrase: must have 8 to 63 bytes"),
        ("passphrase", "pässwörter", "passphrase: must have printable ASCII characters only"),
        ("passphrase3", "1234567", "passphrase3: must have 8 to 63 bytes"),
        ("channel", "0", channel),
        ("channel", "12", channel),
        ("channel", "auto", channel),
        ("channel", "", channel),
        ("country", "Germany", country),
        ("country", "", country),
        ("server", "a b", server),
        ("server", "192.168.1.300", server),
        ("port", "0", "port: must be a number from 1 to 65535"),
        ("port", "", "port: must be a number from 1 to 65535"),
        ("interval", "0", interval),
        ("interval", "ms", interval),
        ("interval", "200msms", interval),
        ("interval", "1s", interval),
        ("source", "rainbow", "source: must be random, potentiometers, buttons, temperature or sweep"),
        ("led", "rgb", "led: must be common_cathode or common_anode"),
        ("led_pins", "1,2", &format!("led_pins: {pins}")),
        ("button_pins", "1,2,3,4", &format!("button_pins: {pins}")),
        ("led_pins", "13,14,13", "led_pins: GPIO 13 has another function already; take another pin"),
        ("power_save", "maybe", "power_save: must be on or off"),
    ] {
        assert_eq!(refusal(field, value), message);
    }
    for [ssid, passphrase] in NETWORK_FIELDS {
        assert_eq!(refusal(ssid, &"a".repeat(33)), format!("{ssid}: must have 1 to 32 bytes"));
        assert_eq!(refusal(passphrase, &"a".repeat(64)), format!("{passphrase}: must have 8 to 63 bytes"));
    }
}

#[test]
fn lengths_and_numbers_are_taken_up_to_their_limits_and_not_beyond() {
    for (field, min, max) in [("ssid", 1, 32), ("passphrase", 8, 63), ("name", 1, 32), ("server", 1, 63)] {
        assert!(set(field, &"a".repeat(min)).is_ok(), "{field} of {min}");
        assert!(set(field, &"a".repeat(max)).is_ok(), "{field} of {max}");
        assert!(set(field, &"a".repeat(max + 1)).is_err(), "{field} of {}", max + 1);
    }
    // Bytes count, not characters.
    assert!(set("ssid", &"é".repeat(16)).is_ok() && set("ssid", &"é".repeat(17)).is_err());
    assert!(set("passphrase", &"a".repeat(7)).is_err());
    assert!(set("interval", "1").is_ok() && set("interval", "86400000 ms").is_ok());
    assert!(set("interval", "86400001").is_err());
    assert!(set("port", "1").is_ok() && set("port", "65535").is_ok() && set("port", "65536").is_err());
    for channel in 1..=11 {
        assert_eq!(set("channel", &channel.to_string()).unwrap().channel(), channel);
    }
}

#[test]
fn a_country_is_one_that_the_radio_knows() {
    for country in ["DE", "GB", "US", "JP", "IN", "BR", "ZA", "AU", "AE", "ZW", "XX"] {
        assert_eq!(set("country", country).unwrap().country().code(), country.as_bytes());
    }
    // Among others: nobody's letters, letters that are neighbours in a list of countries, and three of them.
    for country in ["ZZ", "AA", "de", "De", "D", "DEU", "Germany", "EA", "FA", "WX", "X", "XXX", "D\u{c9}", "DE "] {
        assert_eq!(set("country", country).unwrap_err().field(), "country", "{country}");
    }
}

#[test]
fn the_pins_of_the_radio_and_of_the_log_are_refused() {
    for pin in [0, 23, 24, 25, 29] {
        let message = format!(
            "button_pins: GPIO {pin} cannot be used: 0 carries the serial log, and 23, 24, 25 and 29 belong to the \
             radio; take others from 1 to 28"
        );
        assert_eq!(refusal("button_pins", &format!("1,2,{pin}")), message);
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
    let error =
        drafted(&[("ssid", "Home"), ("source", "potentiometers"), ("led_pins", "26,1,2")]).finish().unwrap_err();
    assert_eq!((error.field(), error.to_string().contains("GPIO 26")), ("source", true));
}

#[test]
fn buttons_that_are_not_read_take_no_pins() {
    let mut draft = draft();
    draft.set("led_pins", "10,11,12").unwrap();
    assert!(draft.finish().is_ok());
    draft.set("source", "buttons").unwrap();
    assert_eq!(draft.finish().unwrap_err().field(), "button_pins");
}

#[test]
fn a_client_may_leave_it_open_which_server_it_asks() {
    for role in ["client", "both"] {
        let mut draft = draft();
        draft.set("role", role).unwrap();
        assert_eq!(draft.finish().unwrap().server(), None);
        draft.set("server", "192.168.1.7").unwrap();
        assert_eq!(draft.finish().unwrap().server(), Some(&ServerHost::Ip(Ipv4Addr::new(192, 168, 1, 7))));
    }
}

// STA-7
#[test]
fn networks_keep_their_order_and_the_gaps_between_them_close() {
    let settings =
        drafted(&[("ssid4", "Fourth"), ("ssid2", "Second"), ("passphrase4", "of the fourth")]).finish().unwrap();
    assert_eq!(networks(&settings), [("Second", None), ("Fourth", Some("of the fourth"))]);
    let draft = settings.to_draft();
    let shown = ["ssid", "ssid2", "passphrase2", "ssid3", "ssid4", "passphrase4"];
    let shown = shown.map(|field| draft.value(field).unwrap().to_string());
    assert_eq!(shown, ["Second", "Fourth", "(set, not shown)", "", "", ""]);
    assert_eq!(draft.finish(), Ok(settings));
}

// STA-7
#[test]
fn any_choice_of_the_four_places_gives_the_networks_in_their_order() {
    const NAMES: [&str; NETWORKS_MAX] = ["One", "Two", "Three", "Four"];
    const SECRETS: [&str; NETWORKS_MAX] = ["one's secret", "two's secret", "three's secret", "four's secret"];
    for choice in 1u8..16 {
        let chosen = (0..NETWORKS_MAX).filter(|place| choice >> place & 1 == 1);
        let mut draft = SettingsDraft::new();
        for place in chosen.clone() {
            let [ssid, passphrase] = NETWORK_FIELDS[place];
            draft.set(ssid, NAMES[place]).unwrap();
            draft.set(passphrase, SECRETS[place]).unwrap();
        }
        let expected: Vec<_> = chosen.map(|place| (NAMES[place], Some(SECRETS[place]))).collect();
        assert_eq!(networks(&draft.finish().unwrap()), expected);
    }
}

#[test]
fn a_passphrase_without_its_network_is_refused() {
    for [ssid, passphrase] in NETWORK_FIELDS {
        let mut draft = draft();
        draft.set(ssid, "").unwrap();
        draft.set(passphrase, "correct horse").unwrap();
        let error = draft.finish().unwrap_err();
        let message = format!("{passphrase}: is given, but {ssid}, the name of its network, is not; set both or none");
        assert_eq!((error.field(), error.to_string()), (passphrase, message));
    }
}

#[test]
fn an_access_point_is_one_network() {
    for [ssid, _] in &NETWORK_FIELDS[1..] {
        let mut draft = draft();
        draft.set("wifi", "access_point").unwrap();
        assert_eq!(draft.finish().unwrap().wifi(), Wifi::AccessPoint);
        draft.set(ssid, "Garden").unwrap();
        let error = draft.finish().unwrap_err();
        let message = format!(
            "{ssid}: must be empty on an access point, which is one network; set ssid alone, or wifi to station"
        );
        assert_eq!((error.field(), error.to_string()), (*ssid, message));
        draft.set("ssid", "").unwrap();
        assert_eq!(networks(&draft.finish().unwrap()), [("Garden", None)]);
    }
}

#[test]
fn an_empty_text_takes_back_a_name_a_network_a_passphrase_and_a_server() {
    let mut draft = draft();
    for [ssid, passphrase] in NETWORK_FIELDS {
        draft.set(ssid, "Garden").unwrap();
        draft.set(passphrase, "correct horse").unwrap();
        draft.set(passphrase, "").unwrap();
        draft.set(ssid, if ssid == "ssid" { "Home" } else { "" }).unwrap();
    }
    draft.set("name", "kitchen").unwrap();
    draft.set("name", "").unwrap();
    draft.set("server", "board.local").unwrap();
    draft.set("server", "").unwrap();
    assert_eq!(draft.finish(), self::draft().finish());
    draft.set("ssid", "").unwrap();
    assert_eq!(draft.finish().unwrap_err().field(), "ssid");
}

#[test]
fn an_unknown_field_is_answered_with_those_that_there_are() {
    for field in ["colour", "", "SSID", "ssid1", "ssid5"] {
        let error = SettingsDraft::new().set(field, "red").unwrap_err();
        assert_eq!(error.field(), "");
        assert_eq!(error.to_string(), format!("unknown setting; there are {}", SettingsDraft::FIELDS.join(", ")));
        assert!(SettingsDraft::new().value(field).is_none());
    }
}

#[test]
fn a_refused_value_leaves_the_field_as_it_was() {
    let before = settings_strategy::longest().to_draft();
    for field in SettingsDraft::FIELDS {
        let mut draft = before;
        draft.set(field, &"\u{20ac}".repeat(30)).expect_err(field);
        assert_eq!(draft, before, "{field}");
    }
}

#[test]
fn every_field_is_shown_as_it_is_set_but_for_passphrases() {
    let settings = settings_strategy::longest();
    let draft = settings.to_draft();
    for field in SettingsDraft::FIELDS {
        let value = draft.value(field).unwrap();
        assert_eq!(value.is_secret(), field.starts_with("passphrase"), "{field}");
        assert!(!value.is_empty(), "{field}");
        assert_eq!(value.to_string(), format!("{value:?}"));
        if !value.is_secret() {
            assert_eq!(value.to_string(), settings_strategy::text(&settings, field));
            assert_eq!(set(field, &value.to_string()).map(|_| ()), Ok(()), "{field}");
        }
    }
    let shown = SettingsDraft::FIELDS.map(|field| SettingsDraft::new().value(field).unwrap().to_string());
    let defaults = [
        "rgb-server",
        "server",
        "station",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "6",
        "XX",
        "",
        "80",
        "200ms",
        "random",
        "common_cathode",
        "13,14,15",
        "10,11,12",
        "off",
    ];
    assert_eq!(shown, defaults);
    let empty = SettingsDraft::FIELDS.map(|field| SettingsDraft::new().value(field).unwrap().is_empty());
    assert_eq!(empty, defaults.map(str::is_empty));
}

#[test]
fn no_output_shows_a_passphrase() {
    let mut draft = draft();
    for (index, [ssid, passphrase]) in NETWORK_FIELDS.into_iter().enumerate() {
        draft.set(ssid, &format!("Home {index}")).unwrap();
        draft.set(passphrase, "correct horse").unwrap();
        let value = draft.value(passphrase).unwrap();
        assert_eq!((value.to_string(), format!("{value:?}")), ("(set, not shown)".into(), "(set, not shown)".into()));
        // Neither does a refusal repeat what was meant to be one.
        let error = draft.set(passphrase, "hörse").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("rse"), "{error:?}");
    }
    let settings = draft.finish().unwrap();
    let text = format!("{settings:?} {draft:?} {:?}", settings.networks());
    assert!(text.contains("Home 3") && !text.contains("horse"), "{text}");
}

#[test]
fn control_characters_do_not_reach_a_terminal() {
    let draft = drafted(&[("ssid", "\u{1b}[2JHo\0me\u{7f}\r\n\u{9b}é")]);
    assert_eq!(draft.value("ssid").unwrap().to_string(), "\u{fffd}[2JHo\u{fffd}me\u{fffd}\u{fffd}\u{fffd}\u{fffd}é");
    // The board itself joins the network under its real name.
    assert_eq!(draft.finish().unwrap().networks()[0].ssid().as_str(), "\u{1b}[2JHo\0me\u{7f}\r\n\u{9b}é");
}

proptest! {
    #![proptest_config(property::config())]

    #[test]
    fn no_text_panics_and_what_is_taken_is_within_limits(
        field in prop::sample::select(&SettingsDraft::FIELDS),
        value in prop_oneof!["\\PC{0,70}", "[0-9,ms]{0,12}", "[A-Za-z.]{0,40}"],
    ) {
        if let Ok(settings) = set(field, &value) {
            prop_assert!((1..=NETWORKS_MAX).contains(&settings.networks().len()));
            for network in settings.networks() {
                prop_assert!((1..=32).contains(&network.ssid().as_bytes().len()));
                prop_assert!(network.passphrase().is_none_or(|secret| (8..=63).contains(&secret.reveal().len())));
            }
            prop_assert!((1..=11).contains(&settings.channel()) && settings.port() > 0);
            prop_assert!(settings.client_config().check().is_ok());
        }
    }

    #[test]
    fn the_texts_of_settings_set_again_give_equal_settings(settings in settings_strategy::settings()) {
        let shown = settings.to_draft();
        prop_assert_eq!(&shown.finish(), &Ok(settings.clone()));
        let mut draft = SettingsDraft::new();
        for field in SettingsDraft::FIELDS {
            let text = settings_strategy::text(&settings, field);
            let value = shown.value(field).unwrap();
            prop_assert_eq!(value.is_empty(), text.is_empty(), "{}", field);
            if !value.is_secret() {
                let printable = text.replace(char::is_control, "\u{fffd}");
                prop_assert_eq!(value.to_string(), printable, "{}", field);
            }
            draft.set(field, &text).unwrap();
        }
        prop_assert_eq!(draft.finish(), Ok(settings));
    }
}
