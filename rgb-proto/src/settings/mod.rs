//! What a board is: its settings, the one way to make them, and how they lie in flash memory.
//!
//! | for | read |
//! |---|---|
//! | the settings of a board | [`Settings`] |
//! | making them from texts, field by field | [`SettingsDraft`] |
//! | keeping them in flash memory | [`record`], [`area`] |

pub mod area;
mod draft;
mod error;
pub mod record;
mod value;

use core::time::Duration;

use crate::client::ClientConfig;
use crate::name::Name;

pub use draft::{FieldValue, SettingsDraft};
pub use error::SettingsError;
pub use value::{Country, HostName, LedPolarity, Network, Passphrase, Role, ServerHost, SourceKind, Ssid, Wifi};

/// How many networks a board can know.
pub const NETWORKS_MAX: usize = 4;

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
pub struct Settings(
    /// Without a name that its role gives it anyway, and with its networks in a row from the first.
    SettingsDraft,
);

impl Settings {
    /// What the board calls itself in requests, logs and `/status`, and on the network.
    #[must_use]
    pub const fn name(&self) -> &Name {
        match &self.0.name {
            Some(name) => name,
            None => self.0.role.default_name(),
        }
    }

    /// Server, client or both.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.0.role
    }

    /// Whether the board joins a network or is one.
    #[must_use]
    pub const fn wifi(&self) -> Wifi {
        self.0.wifi
    }

    /// The networks to join, 1 to [`NETWORKS_MAX`], the preferred one first; for an access point the one that it is.
    #[must_use]
    pub fn networks(&self) -> &[Network] {
        let count = self.0.networks.iter().take_while(|network| !network.ssid.is_empty()).count();
        self.0.networks.get(..count).unwrap_or_default()
    }

    /// An access point's channel in the 2.4 GHz band, 1 to 11.
    #[must_use]
    pub const fn channel(&self) -> u8 {
        self.0.channel
    }

    /// The country whose radio rules hold.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.0.country
    }

    /// Where a client asks; without it a client takes the first server announced (DSC-6).
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
        ClientConfig { interval: self.0.interval, name: Some(*self.name()), ..ClientConfig::default() }
    }

    /// The same settings, to be changed.
    #[must_use]
    pub const fn to_draft(&self) -> SettingsDraft {
        self.0
    }
}
