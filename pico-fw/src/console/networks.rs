//! The networks in reach.

use core::fmt::Write;

use super::screen::Text;

/// A network that answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundNetwork<'a> {
    /// Its name, which need not be text; none if the network hides it. Only the first 32 bytes count.
    pub ssid: &'a [u8],
    /// Its signal, in dBm.
    pub dbm: i16,
    /// Its channel, where known.
    pub channel: Option<u8>,
    /// Who may join.
    pub security: Security,
}

/// Who may join a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Everybody.
    Open,
    /// Whoever has the passphrase, or other credentials.
    Protected,
    /// The radio does not say.
    #[default]
    Unknown,
}

impl Security {
    /// In a column.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "  open       ",
            Self::Protected => "  protected  ",
            Self::Unknown => "             ",
        }
    }
}

/// A network's name has 32 bytes at most (IEEE 802.11-2020, 9.4.2.2).
const SSID_LEN_MAX: usize = 32;

/// The strongest networks, the strongest first, each name once.
pub(super) struct Networks {
    rows: [Row; Self::ROWS],
    len: usize,
}

/// One network, whose name is kept.
#[derive(Clone, Copy)]
pub(super) struct Row {
    ssid: [u8; SSID_LEN_MAX],
    ssid_len: u8,
    dbm: i16,
    channel: Option<u8>,
    security: Security,
}

impl Networks {
    /// More do not help anybody to find theirs.
    const ROWS: usize = 16;

    /// All rows as they are shown, in bytes, if each letter of their names is replaced by one that takes three.
    pub(super) const TEXT_LEN_MAX: usize =
        Self::ROWS * (SSID_LEN_MAX * 3 + "-100 dBm  channel 11  protected  \r\n".len());

    pub(super) const fn new() -> Self {
        let none = Row { ssid: [0; SSID_LEN_MAX], ssid_len: 0, dbm: 0, channel: None, security: Security::Unknown };
        Self { rows: [none; Self::ROWS], len: 0 }
    }

    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn rows(&self) -> &[Row] {
        self.rows.get(..self.len).unwrap_or_default()
    }

    /// Adds a network. One of the same name that is weaker gives way, and where there are too many the weakest.
    pub(super) fn add(&mut self, found: &FoundNetwork<'_>) {
        let mut new = Row::new(found);
        let rank = self.rows().iter().position(|row| row.dbm < new.dbm).unwrap_or(self.len);
        // Those behind move by one place, up to the one that gives way.
        let known = self.rows().iter().position(|row| row.ssid() == new.ssid());
        let end = match known {
            // A name's strongest access point was heard before.
            Some(known) if known < rank => return,
            Some(known) => known,
            None => {
                self.len = Self::ROWS.min(self.len + 1);
                self.len - 1
            }
        };
        for row in self.rows.iter_mut().take(end + 1).skip(rank) {
            core::mem::swap(row, &mut new);
        }
    }
}

impl Row {
    fn new(found: &FoundNetwork<'_>) -> Self {
        let mut ssid = [0; SSID_LEN_MAX];
        for (place, &byte) in ssid.iter_mut().zip(found.ssid) {
            *place = byte;
        }
        let ssid_len = found.ssid.len().min(SSID_LEN_MAX) as u8;
        Self { ssid, ssid_len, dbm: found.dbm, channel: found.channel, security: found.security }
    }

    fn ssid(&self) -> &[u8] {
        self.ssid.get(..usize::from(self.ssid_len)).unwrap_or_default()
    }

    /// Shows the network on a line.
    #[inline(never)]
    pub(super) fn show(&self, text: &mut Text) {
        // What does not fit is cut.
        let _ = write!(text, "{:>4} dBm", self.dbm);
        let _ = match self.channel {
            Some(channel) => write!(text, "  channel {channel:>2}"),
            None => text.write_str("            "),
        };
        text.put(self.security.as_str());
        // A terminal must not take a stranger's network for its own commands.
        let mut show = |letter: char| {
            let _ = text.write_char(if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter });
        };
        match core::str::from_utf8(self.ssid()) {
            // Some networks hide behind zeros.
            _ if self.ssid().iter().all(|byte| *byte == 0) => text.put("(hidden)"),
            Ok(ssid) => ssid.chars().for_each(show),
            Err(_) => self.ssid().iter().for_each(|byte| {
                show(if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER });
            }),
        }
        text.say("");
    }
}
