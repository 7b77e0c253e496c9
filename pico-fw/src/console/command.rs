//! What a line asks for.

use core::fmt;

/// What a person wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// To see all settings.
    Show,
    /// To change one.
    Set {
        /// Its name.
        field: &'a str,
        /// Its new value, perhaps a passphrase.
        value: &'a str,
    },
    /// To keep the changes.
    Save,
    /// To see how the board is doing.
    Status,
    /// To see the networks in reach.
    Scan,
    /// To start the board again.
    Reboot {
        /// Even if changes get lost.
        is_confirmed: bool,
    },
    /// To forget all settings.
    Erase {
        /// Really.
        is_confirmed: bool,
    },
    /// To know what there is.
    Help {
        /// About this; about all commands if empty.
        topic: &'a str,
    },
}

/// A line that asks for nothing that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// There is no such command.
    Unknown,
    /// `set` without the name of a setting.
    NoField,
    /// This command takes nothing behind it.
    Alone(&'static str),
}

impl core::error::Error for CommandError {}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => {
                f.write_str("unknown command; there are show, set, save, status, scan, reboot, erase, help")
            }
            Self::NoField => f.write_str("set what? For instance: set ssid Home; help set tells all settings"),
            Self::Alone(name) => {
                f.write_str("nothing was done: ")?;
                f.write_str(name)?;
                f.write_str(" stands alone on its line")
            }
        }
    }
}

const NAMES: [&str; 8] = ["show", "set", "save", "status", "scan", "reboot", "erase", "help"];
/// Their places.
const SHOW: usize = 0;
pub(super) const SET: usize = 1;
const SAVE: usize = 2;
const STATUS: usize = 3;
const REBOOT: usize = 5;
const ERASE: usize = 6;
const HELP: usize = 7;
const CONFIRMATION: &str = "yes";

impl<'a> Command<'a> {
    /// Reads a line; an empty one asks for nothing. The case of a command's letters does not matter.
    ///
    /// A value is the rest of the line without the blanks around it. One that begins or ends with blanks stands in double
    /// quotes, and so does one in double quotes.
    ///
    /// # Errors
    ///
    /// [`CommandError`]; its words repeat nothing of the line.
    pub fn parse(line: &'a str) -> Result<Option<Self>, CommandError> {
        let (name, rest) = split_word(line);
        if name.is_empty() {
            return Ok(None);
        }
        let index = index(name.as_bytes()).ok_or(CommandError::Unknown)?;
        let is_confirmed = rest.eq_ignore_ascii_case(CONFIRMATION);
        Ok(Some(match index {
            SET if rest.is_empty() => return Err(CommandError::NoField),
            SET => {
                let (field, value) = split_word(rest);
                Self::Set { field, value: unquoted(value) }
            }
            HELP => Self::Help { topic: rest },
            ERASE => Self::Erase { is_confirmed },
            REBOOT => Self::Reboot { is_confirmed },
            _ if !rest.is_empty() => return Err(CommandError::Alone(NAMES.get(index).unwrap_or(&""))),
            SHOW => Self::Show,
            SAVE => Self::Save,
            STATUS => Self::Status,
            _ => Self::Scan,
        }))
    }
}

/// The name alone: what stands behind it may be a passphrase.
impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Show => "Show",
            Self::Set { .. } => "Set { .. }",
            Self::Save => "Save",
            Self::Status => "Status",
            Self::Scan => "Scan",
            Self::Reboot { .. } => "Reboot { .. }",
            Self::Erase { .. } => "Erase { .. }",
            Self::Help { .. } => "Help { .. }",
        })
    }
}

/// Which command is called so, by its place among the names.
pub(super) fn index(word: &[u8]) -> Option<usize> {
    NAMES.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(word))
}

/// The first word, and what is behind it without blanks at its ends.
fn split_word(text: &str) -> (&str, &str) {
    // A line has no other white space than blanks.
    let text = text.trim_ascii();
    let end = text.bytes().position(|byte| byte == b' ').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or_default();
    (word, rest.trim_ascii_start())
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}
