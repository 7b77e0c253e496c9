//! One line, typed byte by byte.

use core::fmt;

use super::secret::is_shown;

/// A line on its way. Its end is all that can be edited.
///
/// A line ends with CR, LF or both. Backspace (0x08 or 0x7f) takes back a character, Ctrl-U all of them, and Ctrl-C gives the
/// line up. Other control bytes and escape sequences, such as those of the arrow keys, mean nothing.
pub struct Editor {
    line: [u8; Self::LEN_MAX],
    len: usize,
    state: State,
    sequence: Sequence,
    /// A line feed right now belongs to the end before it.
    is_after_return: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// More than the longest line came. It is refused whole: half of a pasted line can mean anything.
    TooLong,
    /// Its reader has it; the next byte begins a new one.
    Ended,
}

/// Where in an escape sequence (the standard ECMA 48, section 5.4) the input is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sequence {
    None,
    Escape,
    /// Up to the byte that ends it.
    Control,
    /// One byte more.
    Single,
}

/// What came of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// Nothing to see.
    Nothing,
    /// Show this byte: one of the line, or a star for a character that nobody may see.
    Show(u8),
    /// Take back so many shown characters.
    Erase(usize),
    /// The line is too long from now on: ring the bell.
    Full,
    /// The line was given up.
    Discarded,
    /// The line is complete. It may hold a passphrase.
    Line(&'a str),
    /// The line is complete, and no line.
    Refused(LineError),
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// It has more than [`Editor::LEN_MAX`] bytes.
    TooLong,
    /// It is not UTF-8.
    NotText,
}

impl core::error::Error for LineError {}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl LineError {
    pub(super) const fn as_str(self) -> &'static str {
        const { assert!(Editor::LEN_MAX == 128, "as the words say") };
        match self {
            Self::TooLong => "the line is too long and was ignored; a line has up to 128 bytes",
            Self::NotText => "the line is not UTF-8 and was ignored; set your terminal program to UTF-8",
        }
    }
}

const CTRL_C: u8 = 0x03;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;

impl Editor {
    /// The longest line in bytes. The longest useful one, a passphrase in quotes, has 81.
    pub const LEN_MAX: usize = 128;

    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { line: [0; Self::LEN_MAX], len: 0, state: State::Open, sequence: Sequence::None, is_after_return: false }
    }

    /// Whether nothing of a line was typed yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self.state {
            State::Open => self.len == 0,
            State::TooLong => false,
            State::Ended => true,
        }
    }

    /// Gives the line up, and leaves nothing of it in memory.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Takes the next byte.
    pub fn push(&mut self, byte: u8) -> Edit<'_> {
        let is_after_return = self.is_after_return;
        if self.state == State::Ended {
            self.clear();
        }
        self.is_after_return = byte == b'\r';
        if self.is_in_sequence(byte) {
            return Edit::Nothing;
        }
        match byte {
            b'\n' if is_after_return => Edit::Nothing,
            b'\r' | b'\n' => self.end(),
            BACKSPACE | DELETE => self.erase_last(),
            CTRL_U => {
                let shown = self.shown();
                self.clear();
                Edit::Erase(shown)
            }
            CTRL_C => {
                self.clear();
                Edit::Discarded
            }
            b' '.. => self.insert(byte),
            _ => Edit::Nothing,
        }
    }

    /// Follows escape sequences. A control byte in one ends it and counts.
    fn is_in_sequence(&mut self, byte: u8) -> bool {
        let (next, is_part) = match (self.sequence, byte) {
            (_, ESCAPE) => (Sequence::Escape, true),
            (Sequence::None, _) | (_, ..b' ' | DELETE..) => (Sequence::None, false),
            (Sequence::Escape, b'[') => (Sequence::Control, true),
            (Sequence::Escape, b'O') => (Sequence::Single, true),
            // Linux' console sends its function keys so.
            (Sequence::Control, b'[') => (Sequence::Single, true),
            (Sequence::Control, b' '..=b'?') => (Sequence::Control, true),
            (Sequence::Escape | Sequence::Control | Sequence::Single, _) => (Sequence::None, true),
        };
        self.sequence = next;
        is_part
    }

    fn end(&mut self) -> Edit<'_> {
        let is_too_long = self.state == State::TooLong;
        self.state = State::Ended;
        match core::str::from_utf8(self.typed()) {
            _ if is_too_long => Edit::Refused(LineError::TooLong),
            Ok(line) => Edit::Line(line),
            Err(_) => Edit::Refused(LineError::NotText),
        }
    }

    fn insert(&mut self, byte: u8) -> Edit<'_> {
        if self.state == State::TooLong {
            return Edit::Nothing;
        }
        let Some(place) = self.line.get_mut(self.len) else {
            self.state = State::TooLong;
            return Edit::Full;
        };
        *place = byte;
        self.len += 1;
        if is_shown(self.typed()) {
            Edit::Show(byte)
        } else if is_continuation(byte) {
            // Its character has its star already.
            Edit::Nothing
        } else {
            Edit::Show(b'*')
        }
    }

    fn erase_last(&mut self) -> Edit<'_> {
        if self.state == State::TooLong {
            return Edit::Nothing;
        }
        let before = self.shown();
        while let Some(byte) = self.take_last() {
            if !is_continuation(byte) {
                break;
            }
        }
        Edit::Erase(before - self.shown())
    }

    fn take_last(&mut self) -> Option<u8> {
        self.len = self.len.checked_sub(1)?;
        self.line.get_mut(self.len).map(core::mem::take)
    }

    fn typed(&self) -> &[u8] {
        self.line.get(..self.len).unwrap_or_default()
    }

    /// How many characters are on the screen.
    fn shown(&self) -> usize {
        self.typed().iter().filter(|byte| !is_continuation(**byte)).count()
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether the byte continues a character of UTF-8.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}
