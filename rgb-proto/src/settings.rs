//! What a board is: its settings, and the one way to make them.

use core::fmt;
use core::net::Ipv4Addr;
use core::time::Duration;

use crate::client::ClientConfig;
use crate::name::{Name, NameError};

/// Everything that makes one board differ from another, checked.
///
/// The only way to a value is [`SettingsDraft`], so whoever holds one needs no further checks.
///
/// ```
/// use rgb_proto::settings::{Role, SettingsDraft};
///
/// let mut draft = SettingsDraft::new();
/// draft.set("name", "kitchen")?;
/// draft.set("role", "client")?;
/// draft.set("ssid", "Home")?;
/// draft.set("passphrase", "correct horse")?;
/// draft.set("server", "192.168.1.7")?;
/// let settings = draft.finish()?;
/// assert_eq!(settings.role(), Role::Client);
/// # Ok::<(), rgb_proto::settings::SettingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(SettingsDraft);

impl Settings {
    /// What the board calls itself in requests, logs and `/status`.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.0.name
    }

    /// Server, client or both.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.0.role
    }

    /// The WiFi network's name.
    #[must_use]
    pub const fn ssid(&self) -> &Ssid {
        &self.0.ssid
    }

    /// The WiFi network's passphrase; an open network has none.
    #[must_use]
    pub const fn passphrase(&self) -> Option<&Passphrase> {
        self.0.passphrase.as_ref()
    }

    /// The country whose radio rules hold.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.0.country
    }

    /// Where a client asks; a board whose role is to serve alone may have none.
    #[must_use]
    pub const fn server(&self) -> Option<&ServerHost> {
        self.0.server.as_ref()
    }

    /// The TCP port, to listen on as well as to ask.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.0.port
    }

    /// From the start of one exchange to the start of the next.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.0.interval
    }

    /// Where a server's colours come from.
    #[must_use]
    pub const fn source(&self) -> SourceKind {
        self.0.source
    }

    /// Which way the LED's pins are driven.
    #[must_use]
    pub const fn led(&self) -> LedPolarity {
        self.0.led
    }

    /// The GPIO numbers of the LED's red, green and blue.
    #[must_use]
    pub const fn led_pins(&self) -> [u8; 3] {
        self.0.led_pins
    }

    /// The GPIO numbers of the three buttons.
    #[must_use]
    pub const fn button_pins(&self) -> [u8; 3] {
        self.0.button_pins
    }

    /// Whether the radio sleeps between exchanges: 2 mA instead of 36, and answers that take up to seconds.
    #[must_use]
    pub const fn power_save(&self) -> bool {
        self.0.power_save
    }

    /// How the board's client asks.
    #[must_use]
    pub fn client_config(&self) -> ClientConfig {
        ClientConfig { interval: self.0.interval, name: Some(self.0.name), ..ClientConfig::default() }
    }
}

/// Settings on their way: set fields by name, then [`finish`](Self::finish).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDraft {
    name: Name,
    role: Role,
    ssid: Ssid,
    passphrase: Option<Passphrase>,
    country: Country,
    server: Option<ServerHost>,
    port: u16,
    interval: Duration,
    source: SourceKind,
    led: LedPolarity,
    led_pins: [u8; 3],
    button_pins: [u8; 3],
    power_save: bool,
}

impl Default for SettingsDraft {
    fn default() -> Self {
        Self::new()
    }
}

impl SettingsDraft {
    /// The names of all fields, as [`set`](Self::set) takes them.
    pub const FIELDS: [&str; 13] = [
        "name",
        "role",
        "ssid",
        "passphrase",
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
            name: Name::DEFAULT,
            role: Role::Server,
            ssid: Ssid::EMPTY,
            passphrase: None,
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

    /// Sets one field from its text form.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the field, what is wrong and what is allowed; the field keeps its value.
    pub fn set(&mut self, field: &str, value: &str) -> Result<(), SettingsError> {
        let (field, result) = match field {
            "name" => ("name", value.parse().map(|name| self.name = name).map_err(Problem::Name)),
            "role" => ("role", Role::parse(value).map(|role| self.role = role)),
            "ssid" => ("ssid", Ssid::parse(value).map(|ssid| self.ssid = ssid)),
            "passphrase" if value.is_empty() => {
                self.passphrase = None;
                ("passphrase", Ok(()))
            }
            "passphrase" => {
                ("passphrase", Passphrase::parse(value).map(|passphrase| self.passphrase = Some(passphrase)))
            }
            "country" => ("country", Country::parse(value).map(|country| self.country = country)),
            "server" if value.is_empty() => {
                self.server = None;
                ("server", Ok(()))
            }
            "server" => ("server", ServerHost::parse(value).map(|server| self.server = Some(server))),
            "port" => ("port", parse_port(value).map(|port| self.port = port)),
            "interval" => ("interval", parse_interval(value).map(|interval| self.interval = interval)),
            "source" => ("source", SourceKind::parse(value).map(|source| self.source = source)),
            "led" => ("led", LedPolarity::parse(value).map(|led| self.led = led)),
            "led_pins" => ("led_pins", parse_pins(value).map(|pins| self.led_pins = pins)),
            "button_pins" => ("button_pins", parse_pins(value).map(|pins| self.button_pins = pins)),
            "power_save" => ("power_save", parse_switch(value).map(|on| self.power_save = on)),
            _ => ("", Err(Problem::UnknownField)),
        };
        result.map_err(|problem| SettingsError { field, problem })
    }

    /// The settings, if they fit together.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the first field that is missing or does not fit the others.
    pub fn finish(self) -> Result<Settings, SettingsError> {
        let problem = |field, problem| Err(SettingsError { field, problem });
        if self.ssid.as_bytes().is_empty() {
            return problem("ssid", Problem::Missing);
        }
        if self.role != Role::Server && self.server.is_none() {
            return problem("server", Problem::Missing);
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

/// Which part a board plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Role {
    /// Hands out colours.
    Server,
    /// Asks for colours and shows them.
    Client,
    /// Both at once.
    Both,
}

impl Role {
    fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "server" => Ok(Self::Server),
            "client" => Ok(Self::Client),
            "both" => Ok(Self::Both),
            _ => Err(Problem::NotOneOf("server, client or both")),
        }
    }

    /// The role as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
            Self::Both => "both",
        }
    }

    /// Whether the board hands out colours.
    #[must_use]
    pub const fn serves(self) -> bool {
        matches!(self, Self::Server | Self::Both)
    }

    /// Whether the board asks for colours.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Client | Self::Both)
    }
}

/// Where a board's own colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SourceKind {
    /// Each component drawn evenly.
    Random,
    /// Three potentiometers on GPIO 26, 27 and 28 (ADC 0 to 2).
    Potentiometers,
    /// Three buttons, each component 0 or 255.
    Buttons,
    /// The chip's temperature, from blue (cold) to red (hot).
    Temperature,
    /// Around the colour wheel.
    Sweep,
}

impl SourceKind {
    fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "random" => Ok(Self::Random),
            "potentiometers" => Ok(Self::Potentiometers),
            "buttons" => Ok(Self::Buttons),
            "temperature" => Ok(Self::Temperature),
            "sweep" => Ok(Self::Sweep),
            _ => Err(Problem::NotOneOf("random, potentiometers, buttons, temperature or sweep")),
        }
    }

    /// GPIO numbers that the source needs and that no setting changes.
    const fn fixed_pins(self) -> &'static [u8] {
        match self {
            Self::Potentiometers => &[26, 27, 28],
            Self::Random | Self::Buttons | Self::Temperature | Self::Sweep => &[],
        }
    }
}

/// How an RGB LED is wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LedPolarity {
    /// The common leg on ground; a pin that is high lights its colour.
    CommonCathode,
    /// The common leg on 3.3 V; a pin that is low lights its colour.
    CommonAnode,
}

impl LedPolarity {
    fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "common_cathode" => Ok(Self::CommonCathode),
            "common_anode" => Ok(Self::CommonAnode),
            _ => Err(Problem::NotOneOf("common_cathode or common_anode")),
        }
    }
}

/// A WiFi network's name: 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ssid(Text<32>);

impl Ssid {
    const EMPTY: Self = Self(Text::EMPTY);

    fn parse(text: &str) -> Result<Self, Problem> {
        Text::new(text, 1).map(Self)
    }

    /// The name's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_str().as_bytes()
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A WPA2 passphrase: 8 to 63 printable ASCII characters (IEEE 802.11-2020, J.4.1). `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Passphrase(Text<63>);

impl Passphrase {
    fn parse(text: &str) -> Result<Self, Problem> {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            Text::new(text, 8).map(Self)
        } else {
            Err(Problem::NotPrintable)
        }
    }

    /// The secret itself, for the radio alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// A country by its two-letter code (ISO 3166-1), or `XX` for the rules that hold everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Country([u8; 2]);

impl Country {
    /// The rules that hold everywhere.
    pub const WORLDWIDE: Self = Self(*b"XX");

    fn parse(text: &str) -> Result<Self, Problem> {
        match *text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([a, b])),
            _ => Err(Problem::NotOneOf("a country's two capital letters, such as DE, GB or US, or XX for anywhere")),
        }
    }

    /// The two capital letters.
    #[must_use]
    pub const fn code(self) -> [u8; 2] {
        self.0
    }
}

/// Where a client board asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerHost {
    /// An address.
    Ip(Ipv4Addr),
    /// A name to look up: letters, digits, hyphens and dots.
    Name(HostName),
}

impl ServerHost {
    fn parse(text: &str) -> Result<Self, Problem> {
        if let Ok(ip) = text.parse() {
            return Ok(Self::Ip(ip));
        }
        let is_host_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            && text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if is_host_name {
            Text::new(text, 1).map(|name| Self::Name(HostName(name)))
        } else {
            Err(Problem::NotOneOf("an address such as 192.168.1.7, or a name such as board.local"))
        }
    }
}

impl fmt::Display for ServerHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Name(name) => f.write_str(name.as_str()),
        }
    }
}

/// A host's name, 1 to 63 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostName(Text<63>);

impl HostName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Up to `N` bytes of UTF-8; `N` is below 256.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Text<const N: usize> {
    /// Zero from `len` on, so that equal texts are equal arrays.
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> Text<N> {
    const EMPTY: Self = Self { bytes: [0; N], len: 0 };

    fn new(text: &str, min: u8) -> Result<Self, Problem> {
        let mut copy = Self::EMPTY;
        let Some(target) = copy.bytes.get_mut(..text.len()).filter(|target| target.len() >= usize::from(min)) else {
            return Err(Problem::Length { min, max: N as u8 });
        };
        target.copy_from_slice(text.as_bytes());
        copy.len = text.len() as u8;
        Ok(copy)
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// A setting that cannot be: which one, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingsError {
    field: &'static str,
    problem: Problem,
}

impl SettingsError {
    /// The field, one of [`SettingsDraft::FIELDS`], or nothing when the field itself is unknown.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    UnknownField,
    Missing,
    Name(NameError),
    Length { min: u8, max: u8 },
    NotPrintable,
    NotOneOf(&'static str),
    NotPins,
    ReservedPin(u8),
    PinTwice(u8),
    OnePwmChannel(u8, u8),
}

impl core::error::Error for SettingsError {}

#[cfg(feature = "defmt")]
impl defmt::Format for SettingsError {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", defmt::Display2Format(self));
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problem != Problem::UnknownField {
            write!(f, "{}: ", self.field)?;
        }
        match self.problem {
            Problem::UnknownField => {
                f.write_str("unknown setting; there are")?;
                for (index, field) in SettingsDraft::FIELDS.iter().enumerate() {
                    write!(f, "{} {field}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Problem::Missing => f.write_str("is missing, and the board cannot do its work without it"),
            Problem::Name(error) => error.fmt(f),
            Problem::Length { min, max } => write!(f, "must have {min} to {max} bytes"),
            Problem::NotPrintable => f.write_str("must have printable ASCII characters only"),
            Problem::NotOneOf(choices) => write!(f, "must be {choices}"),
            Problem::NotPins => {
                f.write_str("must be three GPIO numbers from 1 to 28 with commas between, such as 13,14,15")
            }
            Problem::ReservedPin(pin) => write!(
                f,
                "GPIO {pin} cannot be used: 0 carries the serial log, and 23, 24, 25 and 29 belong to the radio; take others from 1 to 28"
            ),
            Problem::OnePwmChannel(one, other) => write!(
                f,
                "GPIO {one} and GPIO {other} always show the same brightness, because their numbers differ by 16; take another pin"
            ),
            Problem::PinTwice(pin) => write!(f, "GPIO {pin} has another function already; take another pin"),
        }
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
    match text.trim_end_matches("ms").trim_end().parse() {
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

fn parse_switch(text: &str) -> Result<bool, Problem> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err(Problem::NotOneOf("on or off")),
    }
}
