//! What is wrong with settings.

use core::fmt;

use super::SettingsDraft;
use crate::name::NameError;

/// A setting that cannot be: which one, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingsError {
    pub(super) field: &'static str,
    pub(super) problem: Problem,
}

impl SettingsError {
    /// The field, one of [`SettingsDraft::FIELDS`], or nothing when the field itself is unknown.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    UnknownField,
    Missing,
    Name(NameError),
    Length {
        min: u8,
        max: u8,
    },
    NotPrintable,
    NotOneOf(&'static str),
    NotPins,
    ReservedPin(u8),
    PinTwice(u8),
    OnePwmChannel(u8, u8),
    /// A passphrase without this field, the network's name.
    NoSsid(&'static str),
    OneNetwork,
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
            Problem::NoSsid(ssid) => {
                write!(f, "is given, but {ssid}, the name of its network, is not; set both or none")
            }
            Problem::OneNetwork => f.write_str(
                "must be empty on an access point, which is one network; set ssid alone, or wifi to station",
            ),
            Problem::PinTwice(pin) => write!(f, "GPIO {pin} has another function already; take another pin"),
        }
    }
}
