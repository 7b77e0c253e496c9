//! The values that settings are made of.

use core::fmt;
use core::net::Ipv4Addr;

use super::error::Problem;
use crate::name::Name;

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
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
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

    /// What a board of this role is called that was given no name.
    pub(super) const fn default_name(self) -> &'static Name {
        match self {
            Self::Server | Self::Both => &Name::DEFAULT_SERVER,
            Self::Client => &Name::DEFAULT_CLIENT,
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
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "random" => Ok(Self::Random),
            "potentiometers" => Ok(Self::Potentiometers),
            "buttons" => Ok(Self::Buttons),
            "temperature" => Ok(Self::Temperature),
            "sweep" => Ok(Self::Sweep),
            _ => Err(Problem::NotOneOf("random, potentiometers, buttons, temperature or sweep")),
        }
    }

    /// The source as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Potentiometers => "potentiometers",
            Self::Buttons => "buttons",
            Self::Temperature => "temperature",
            Self::Sweep => "sweep",
        }
    }

    /// GPIO numbers that the source needs and that no setting changes.
    pub(super) const fn fixed_pins(self) -> &'static [u8] {
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
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "common_cathode" => Ok(Self::CommonCathode),
            "common_anode" => Ok(Self::CommonAnode),
            _ => Err(Problem::NotOneOf("common_cathode or common_anode")),
        }
    }

    /// The polarity as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CommonCathode => "common_cathode",
            Self::CommonAnode => "common_anode",
        }
    }
}

/// How a board takes part in a WiFi network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Wifi {
    /// It joins an access point.
    Station,
    /// It is the access point, and other boards join it.
    AccessPoint,
}

impl Wifi {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "station" => Ok(Self::Station),
            "access_point" => Ok(Self::AccessPoint),
            _ => Err(Problem::NotOneOf("station (joins a network) or access_point (is one)")),
        }
    }

    /// The part as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::AccessPoint => "access_point",
        }
    }
}

/// A WiFi network that a board joins, or that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    pub(super) ssid: Ssid,
    pub(super) passphrase: Option<Passphrase>,
}

impl Network {
    pub(super) const NONE: Self = Self { ssid: Ssid::EMPTY, passphrase: None };

    /// The network's name.
    #[must_use]
    pub const fn ssid(&self) -> &Ssid {
        &self.ssid
    }

    /// The network's passphrase; an open network has none.
    #[must_use]
    pub const fn passphrase(&self) -> Option<&Passphrase> {
        self.passphrase.as_ref()
    }
}

/// A WiFi network's name: 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ssid(Text<32>);

impl Ssid {
    pub(super) const EMPTY: Self = Self(Text::EMPTY);

    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        Text::new(text, 1).map(Self)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.len == 0
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
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
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

    /// The countries whose rules the radio knows (cyw43 0.7.0, `countries`), two letters each, with rules of their own or shared.
    const KNOWN: &str = "\
        AEAFAGAIALAMAOARASATAUAWAZBABBBDBEBFBGBHBIBJBMBNBOBRBSBTBWBYBZCACDCFCGCHCICLCMCNCOCRCUCVCXCYCZDEDJDK\
        DMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGMGNGPGQGRGTGUGWGYHKHNHRHTHUIDIEILIMINIOIQIRISITJEJM\
        JOJPKEKGKHKIKMKNKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNG\
        NINLNONPNRNZOMPAPEPFPGPHPKPLPMPRPTPWPYQARERORSRURWSASBSCSESGSISKSLSNSOSRSTSVSYSZTCTDTFTGTHTJTMTNTOTR\
        TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let known = Self::KNOWN.as_bytes().as_chunks().0.iter().chain([&Self::WORLDWIDE.0]);
        match known.copied().find(|code| code == text.as_bytes()) {
            Some(code) => Ok(Self(code)),
            None => Err(Problem::NotOneOf(
                "a country's two capital letters that the radio knows, such as DE, GB or US, or XX for anywhere",
            )),
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
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
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
