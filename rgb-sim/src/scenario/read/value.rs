//! Values of TOML as what they stand for.

use std::net::Ipv4Addr;
use std::str::FromStr;
use std::time::Duration;

use rgb_proto::StationFailure;
use toml::de::DeValue;

use super::super::board::Spread;
use super::super::event::{JOIN_FAULTS, Targets, join_fault_name};
use super::super::expectation::{REPORTS, report_name};
use super::super::network::Cidr;
use super::error::WrongKind;
use crate::link::{self, BitRate};
use crate::world::{Direction, JoinFault};

/// What can be read from one value.
pub(super) trait FromValue: Sized {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind>;
}

/// The value of a board's setting as its text.
pub(super) struct Setting(pub(super) String);

/// A share, as a number from 0 to 1 or a text like `5%`.
pub(super) struct Share(pub(super) f64);

/// A number of bits a second, or a text like `64k`.
pub(super) struct Rate(pub(super) u64);

/// The name of a failure that boards report.
pub(super) struct Report(pub(super) StationFailure);

fn text<'a>(value: &'a DeValue<'_>) -> Result<&'a str, WrongKind> {
    value.as_str().ok_or(WrongKind::Expected("a text in quotes"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(value: &DeValue<'_>) -> Result<T, WrongKind> {
    text(value)?.parse().map_err(|error: T::Err| WrongKind::Value(error.to_string()))
}

impl FromValue for String {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        text(value).map(str::to_owned)
    }
}

impl FromValue for Setting {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        match value {
            DeValue::String(text) => Ok(Self(text.to_string())),
            DeValue::Integer(number) => Ok(Self(number.to_string())),
            DeValue::Boolean(switch) => Ok(Self(if *switch { "on" } else { "off" }.to_owned())),
            _ => Err(WrongKind::Expected("a text, a whole number, or true or false")),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        value.as_bool().ok_or(WrongKind::Expected("true or false"))
    }
}

impl FromValue for u64 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let number = value.as_integer().and_then(|number| Self::from_str_radix(number.as_str(), number.radix()).ok());
        number.ok_or(WrongKind::Expected("a whole number, 0 or more"))
    }
}

impl FromValue for u32 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        Self::try_from(u64::from_value(value)?).map_err(|_| WrongKind::Expected("a whole number up to 4294967295"))
    }
}

impl FromValue for u16 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        Self::try_from(u64::from_value(value)?).map_err(|_| WrongKind::Expected("a whole number up to 65535"))
    }
}

impl FromValue for u8 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        Self::try_from(u64::from_value(value)?).map_err(|_| WrongKind::Expected("a whole number up to 255"))
    }
}

impl FromValue for f64 {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let number = match value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n as Self),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        number.ok_or(WrongKind::Expected("a number"))
    }
}

impl FromValue for Share {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let share: link::Share = match value {
            DeValue::String(_) => parse(value)?,
            _ => link::Share::new(f64::from_value(value)?).map_err(|error| WrongKind::Value(error.to_string()))?,
        };
        Ok(Self(share.of_one()))
    }
}

impl FromValue for Rate {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let rate: BitRate = match value {
            DeValue::String(_) => parse(value)?,
            _ => BitRate::new(u64::from_value(value)?).map_err(|error| WrongKind::Value(error.to_string()))?,
        };
        Ok(Self(rate.bits_per_s()))
    }
}

impl FromValue for Duration {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let text =
            value.as_str().ok_or(WrongKind::Expected("a time in quotes, such as \"200ms\", \"1.5s\" or \"2m\""))?;
        let span = humantime::parse_duration(text).map_err(WrongKind::Time)?;
        // The world's clock counts microseconds.
        Ok(Self::from_micros(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl FromValue for Ipv4Addr {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        text(value)?.parse().map_err(|_| WrongKind::Expected("an address, such as \"192.168.1.50\""))
    }
}

impl FromValue for Cidr {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        parse(value)
    }
}

/// Two of a kind.
impl<T: FromValue> FromValue for [T; 2] {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        match value.as_array().map(|array| array.iter().map(toml::Spanned::get_ref).collect::<Vec<_>>()).as_deref() {
            Some([one, other]) => Ok([T::from_value(one)?, T::from_value(other)?]),
            _ => Err(WrongKind::Expected("two values: [\"...\", \"...\"]")),
        }
    }
}

/// One value for all, or the first and the last one's.
impl<T: FromValue + Copy> FromValue for Spread<T> {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        if value.is_array() {
            let [first, last] = FromValue::from_value(value)?;
            Ok(Self { first, last })
        } else {
            T::from_value(value).map(Self::all)
        }
    }
}

impl FromValue for Targets {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let expected = || WrongKind::Expected("a board's name, or several: [\"...\", \"...\"]");
        match value {
            DeValue::String(name) => Ok(Self::of(name)),
            DeValue::Array(names) if !names.is_empty() => {
                let name = |name: &toml::Spanned<DeValue<'_>>| name.get_ref().as_str().map(str::to_owned);
                names.iter().map(name).collect::<Option<_>>().map(Self).ok_or_else(expected)
            }
            _ => Err(expected()),
        }
    }
}

impl FromValue for Direction {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        match value.as_str() {
            Some("up") => Ok(Self::Up),
            Some("down") => Ok(Self::Down),
            _ => Err(WrongKind::Expected("\"up\" (from the board) or \"down\" (to it); leave it out for both")),
        }
    }
}

impl FromValue for JoinFault {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let known = JOIN_FAULTS.into_iter().find(|fault| value.as_str() == Some(join_fault_name(*fault)));
        known.ok_or(WrongKind::Expected("\"not_found\", \"wrong_passphrase\", \"full\", \"failed\" or \"hang\""))
    }
}

impl FromValue for Report {
    fn from_value(value: &DeValue<'_>) -> Result<Self, WrongKind> {
        let known = REPORTS.into_iter().find(|failure| value.as_str() == Some(report_name(*failure)));
        known.map(Self).ok_or_else(|| {
            let names: Vec<_> = REPORTS.into_iter().map(report_name).collect();
            WrongKind::Value(format!("must be one of {}", names.join(", ")))
        })
    }
}
