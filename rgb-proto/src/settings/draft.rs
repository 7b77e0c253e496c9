//! Settings on their way: from texts, and back to texts.

use core::fmt::{self, Write};
use core::time::Duration;

use super::error::{Problem, SettingsError};
use super::value::{Country, LedPolarity, Network, Passphrase, Role, ServerHost, SourceKind, Ssid, Wifi};
use super::{NETWORKS_MAX, Settings};
use crate::client::ClientConfig;
use crate::name::Name;

/// Settings on their way: set fields by name, then [`finish`](Self::finish).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingsDraft {
    /// Unless given, it depends on the role.
    pub(super) name: Option<Name>,
    pub(super) role: Role,
    pub(super) wifi: Wifi,
    pub(super) networks: [Network; NETWORKS_MAX],
    pub(super) channel: u8,
    pub(super) country: Country,
    pub(super) server: Option<ServerHost>,
    pub(super) port: u16,
    pub(super) interval: Duration,
    pub(super) source: SourceKind,
    pub(super) led: LedPolarity,
    pub(super) led_pins: [u8; 3],
    pub(super) button_pins: [u8; 3],
    pub(super) power_save: bool,
}

impl Default for SettingsDraft {
    fn default() -> Self {
        Self::new()
    }
}

impl SettingsDraft {
    /// The names of all fields, as [`set`](Self::set) takes them. Stored settings refer to them by their places, so a new
    /// field comes last.
    pub const FIELDS: [&str; 21] = [
        "name",
        "role",
        "wifi",
        "ssid",
        "passphrase",
        "ssid2",
        "passphrase2",
        "ssid3",
        "passphrase3",
        "ssid4",
        "passphrase4",
        "channel",
        "country",
        "server",
        "port",
        "interval",
        "source",
        "led",
        "led_pins",
        "button_pins",
        "power_save",
    ];

    /// All defaults: a server of random colours for no network yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            name: None,
            role: Role::Server,
            wifi: Wifi::Station,
            networks: [Network::NONE; NETWORKS_MAX],
            channel: 6,
            country: Country::WORLDWIDE,
            server: None,
            port: 80,
            interval: Duration::from_millis(200),
            source: SourceKind::Random,
            led: LedPolarity::CommonCathode,
            led_pins: [13, 14, 15],
            button_pins: [10, 11, 12],
            power_save: false,
        }
    }

    /// Sets one field from its text. An empty text takes back a name, a network, a passphrase or a server.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the field, what is wrong and what is allowed; the field keeps its value.
    pub fn set(&mut self, field: &str, value: &str) -> Result<(), SettingsError> {
        let Some(field) = Self::FIELDS.into_iter().find(|known| *known == field) else {
            return Err(SettingsError { field: "", problem: Problem::UnknownField });
        };
        self.set_known(field, value).map_err(|problem| SettingsError { field, problem })
    }

    fn set_known(&mut self, field: &'static str, value: &str) -> Result<(), Problem> {
        if let Some((network, is_ssid)) = network_of(field)
            && let Some(network) = self.networks.get_mut(network)
        {
            match (is_ssid, value.is_empty()) {
                (true, true) => network.ssid = Ssid::EMPTY,
                (true, false) => network.ssid = Ssid::parse(value)?,
                (false, true) => network.passphrase = None,
                (false, false) => network.passphrase = Some(Passphrase::parse(value)?),
            }
            return Ok(());
        }
        match field {
            "name" if value.is_empty() => self.name = None,
            "name" => self.name = Some(value.parse().map_err(Problem::Name)?),
            "role" => self.role = Role::parse(value)?,
            "wifi" => self.wifi = Wifi::parse(value)?,
            "channel" => self.channel = parse_channel(value)?,
            "country" => self.country = Country::parse(value)?,
            "server" if value.is_empty() => self.server = None,
            "server" => self.server = Some(ServerHost::parse(value)?),
            "port" => self.port = parse_port(value)?,
            "interval" => self.interval = parse_interval(value)?,
            "source" => self.source = SourceKind::parse(value)?,
            "led" => self.led = LedPolarity::parse(value)?,
            "led_pins" => self.led_pins = parse_pins(value)?,
            "button_pins" => self.button_pins = parse_pins(value)?,
            "power_save" => self.power_save = parse_switch(value)?,
            _ => return Err(Problem::UnknownField),
        }
        Ok(())
    }

    /// A field's present text; none if there is no such field.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<FieldValue<'_>> {
        let field = Self::FIELDS.into_iter().find(|known| *known == field)?;
        Some(FieldValue { draft: self, field })
    }

    /// Writes a field as [`set`](Self::set) takes it, secrets included.
    pub(super) fn write(&self, field: &str, f: &mut dyn Write) -> fmt::Result {
        if let Some((network, is_ssid)) = network_of(field)
            && let Some(network) = self.networks.get(network)
        {
            return f.write_str(match (is_ssid, &network.passphrase) {
                (true, _) => network.ssid.as_str(),
                (false, Some(passphrase)) => passphrase.reveal(),
                (false, None) => "",
            });
        }
        match field {
            "name" => f.write_str(self.name.as_ref().unwrap_or(self.role.default_name()).as_str()),
            "role" => f.write_str(self.role.as_str()),
            "wifi" => f.write_str(self.wifi.as_str()),
            "channel" => write!(f, "{}", self.channel),
            "country" => self.country.code().into_iter().try_for_each(|letter| f.write_char(letter.into())),
            "server" => self.server.as_ref().map_or(Ok(()), |server| write!(f, "{server}")),
            "port" => write!(f, "{}", self.port),
            "interval" => write!(f, "{}ms", self.interval.as_millis() as u32),
            "source" => f.write_str(self.source.as_str()),
            "led" => f.write_str(self.led.as_str()),
            "led_pins" => write_pins(self.led_pins, f),
            "button_pins" => write_pins(self.button_pins, f),
            "power_save" => f.write_str(if self.power_save { "on" } else { "off" }),
            _ => Ok(()),
        }
    }

    /// The settings, if they fit together.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the first field that is missing or does not fit the others.
    pub fn finish(mut self) -> Result<Settings, SettingsError> {
        let problem = |field, problem| Err(SettingsError { field, problem });
        // The name of a role goes when the role does.
        self.name = self.name.filter(|name| name != self.role.default_name());
        for (fields, network) in NETWORK_FIELDS.iter().zip(&self.networks) {
            if network.ssid.is_empty() && network.passphrase.is_some() {
                return problem(fields[1], Problem::NoSsid(fields[0]));
            }
        }
        // The networks keep their order, and the gaps between them go.
        let mut kept = 0;
        for (index, [ssid, _]) in NETWORK_FIELDS.into_iter().enumerate() {
            if self.networks.get(index).is_some_and(|network| !network.ssid.is_empty()) {
                if self.wifi == Wifi::AccessPoint && kept > 0 {
                    return problem(ssid, Problem::OneNetwork);
                }
                self.networks.swap(kept, index);
                kept += 1;
            }
        }
        if kept == 0 {
            return problem("ssid", Problem::Missing);
        }
        let [red, green, blue] = self.led_pins;
        for (one, other) in [(red, green), (red, blue), (green, blue)] {
            // Eight slices of two channels serve GPIO 0 to 15 and again 16 to 31 (RP2040 data sheet, 4.5.2).
            if one != other && one % 16 == other % 16 {
                return problem("led_pins", Problem::OnePwmChannel(one, other));
            }
        }
        let mut used = 0u32;
        let fields: [(&str, &[u8]); 3] =
            [("led_pins", &self.led_pins), ("button_pins", &self.button_pins), ("source", self.source.fixed_pins())];
        for (field, pins) in fields {
            // Buttons that the source does not read are not connected.
            if field == "button_pins" && self.source != SourceKind::Buttons {
                continue;
            }
            for &pin in pins {
                let bit = 1 << (pin & 31);
                if used & bit != 0 {
                    return problem(field, Problem::PinTwice(pin));
                }
                used |= bit;
            }
        }
        Ok(Settings(self))
    }
}

/// One field's text, as [`SettingsDraft::set`] takes it; `Display` does not show a passphrase.
#[derive(Clone, Copy)]
pub struct FieldValue<'a> {
    draft: &'a SettingsDraft,
    field: &'static str,
}

impl FieldValue<'_> {
    /// Whether the field has no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        struct NotEmpty;
        impl Write for NotEmpty {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                if text.is_empty() { Ok(()) } else { Err(fmt::Error) }
            }
        }
        self.draft.write(self.field, &mut NotEmpty).is_ok()
    }

    /// Whether the value is not for everybody's eyes.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        is_secret(self.field)
    }
}

/// Whether what is written to this field must not be shown.
fn is_secret(field: &str) -> bool {
    matches!(network_of(field), Some((_, false)))
}

impl fmt::Display for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// A terminal must not take a network's name for its own commands.
        struct Printable<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl Write for Printable<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                let shown = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
                text.chars().try_for_each(|letter| self.0.write_char(shown(letter)))
            }
        }
        if self.is_secret() && !self.is_empty() {
            return f.write_str("(set, not shown)");
        }
        self.draft.write(self.field, &mut Printable(f))
    }
}

impl fmt::Debug for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Name and passphrase of each network.
const NETWORK_FIELDS: [[&str; 2]; NETWORKS_MAX] =
    [["ssid", "passphrase"], ["ssid2", "passphrase2"], ["ssid3", "passphrase3"], ["ssid4", "passphrase4"]];

/// The network that a field belongs to, from 0, and whether it is its name.
fn network_of(field: &str) -> Option<(usize, bool)> {
    let network = NETWORK_FIELDS.iter().position(|fields| fields.contains(&field))?;
    Some((network, field.starts_with("ssid")))
}

fn parse_channel(text: &str) -> Result<u8, Problem> {
    match text.parse() {
        Ok(channel @ 1..=11) => Ok(channel),
        _ => Err(Problem::NotOneOf("a number from 1 to 11")),
    }
}

fn parse_port(text: &str) -> Result<u16, Problem> {
    match text.parse() {
        Ok(0) | Err(_) => Err(Problem::NotOneOf("a number from 1 to 65535")),
        Ok(port) => Ok(port),
    }
}

/// Milliseconds, with or without the unit.
fn parse_interval(text: &str) -> Result<Duration, Problem> {
    const MILLIS_MAX: u32 = ClientConfig::INTERVAL_MAX.as_millis() as u32;
    match text.strip_suffix("ms").unwrap_or(text).trim_end().parse() {
        Ok(millis @ 1..=MILLIS_MAX) => Ok(Duration::from_millis(u64::from(millis))),
        _ => Err(Problem::NotOneOf("a number of milliseconds from 1 to 86400000, such as 200ms")),
    }
}

fn parse_pins(text: &str) -> Result<[u8; 3], Problem> {
    let mut parts = text.split(',').map(|part| part.trim().parse::<u8>());
    let (Some(Ok(a)), Some(Ok(b)), Some(Ok(c)), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Problem::NotPins);
    };
    for pin in [a, b, c] {
        match pin {
            0 | 23 | 24 | 25 | 29 => return Err(Problem::ReservedPin(pin)),
            1..=28 => {}
            _ => return Err(Problem::NotPins),
        }
    }
    Ok([a, b, c])
}

fn write_pins([a, b, c]: [u8; 3], f: &mut dyn Write) -> fmt::Result {
    write!(f, "{a},{b},{c}")
}

fn parse_switch(text: &str) -> Result<bool, Problem> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err(Problem::NotOneOf("on or off")),
    }
}
