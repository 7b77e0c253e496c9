//! What the person sees.

use core::fmt::{self, Display, Write};

use super::editor::{Edit, Editor};
use super::networks::Networks;

/// The longest text in one piece: the networks, of which a scan shows as many as there is room for. What is longer is cut.
const TEXT_LEN_MAX: usize = Networks::TEXT_LEN_MAX + 128;

/// Whatever comes next has room. A status is shorter than the networks, and so are the settings with their meanings.
const _: () = assert!(TEXT_LEN_MAX > super::STATUS_LEN_MAX + 64 && TEXT_LEN_MAX > 2048);

/// Text on its way to a terminal.
pub(super) struct Text {
    len: usize,
    bytes: [u8; TEXT_LEN_MAX],
}

impl Text {
    const END: &[u8] = b"\r\n";
    const PROMPT: &[u8] = b"> ";

    /// Takes a character off the screen.
    const ERASE: &[u8] = b"\x08 \x08";

    pub(super) const fn new() -> Self {
        Self { len: 0, bytes: [0; TEXT_LEN_MAX] }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    /// Whether the longest echo fits: all characters of a line are taken back.
    pub(super) const fn has_room_for_echo(&self) -> bool {
        self.room() > Editor::LEN_MAX * Self::ERASE.len()
    }

    /// What is typed.
    pub(super) fn echo(&mut self, edit: &Edit<'_>) {
        let bytes = match *edit {
            Edit::Nothing => return,
            Edit::Show(byte) => &[byte],
            Edit::Erase(count) => {
                (0..count).for_each(|_| self.push(Self::ERASE));
                return;
            }
            Edit::Full => &b"\x07"[..],
            Edit::Discarded => b"^C\r\n",
            Edit::Line(_) | Edit::Refused(_) => Self::END,
        };
        self.push(bytes);
    }

    /// Words within a line.
    pub(super) fn put(&mut self, words: &str) {
        // An error means that it did not all fit.
        let _ = self.write_str(words);
    }

    /// Words, and as many blanks as the column has room for.
    pub(super) fn put_column(&mut self, words: &str) {
        /// The longest name of a setting.
        const WIDTH: usize = 12;
        self.put(words);
        (words.len()..=WIDTH).for_each(|_| self.put(" "));
    }

    /// Something that knows its words.
    #[inline(never)]
    pub(super) fn put_all(&mut self, words: &dyn Display) {
        let _ = write!(self, "{words}");
    }

    /// Words, and the end of their line if it has not come yet.
    #[inline(never)]
    pub(super) fn say(&mut self, words: &str) {
        self.put(words);
        if !self.as_bytes().ends_with(Self::END) {
            self.push(Self::END);
        }
    }

    /// Asks for the next command.
    pub(super) fn prompt(&mut self) {
        self.push(Self::PROMPT);
    }

    /// A line's end and the prompt always fit.
    const fn room(&self) -> usize {
        (TEXT_LEN_MAX - Self::END.len() - Self::PROMPT.len()).saturating_sub(self.len)
    }

    #[inline(never)]
    fn push(&mut self, bytes: &[u8]) {
        for (place, &byte) in self.bytes.iter_mut().skip(self.len).zip(bytes) {
            *place = byte;
            self.len += 1;
        }
    }
}

impl Write for Text {
    #[inline(never)]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| {
            let mut bytes = [0; 4];
            let bytes = if letter == '\n' { Self::END } else { letter.encode_utf8(&mut bytes).as_bytes() };
            if self.room() < bytes.len() {
                return Err(fmt::Error);
            }
            self.push(bytes);
            Ok(())
        })
    }
}
