//! What the person sees.

use core::fmt::{self, Write};

use embassy_time::{Duration, with_timeout};

use super::Work;
use super::desk::Terminal;
use super::editor::{Edit, Editor};
use super::typing::Typing;

/// The longest text in one piece, its line ends included: a status. What is longer is cut.
const TEXT_LEN_MAX: usize = super::STATUS_LEN_MAX + 64;

/// A terminal that takes nothing for so long is not read.
const WRITE_TIME_MAX: Duration = Duration::from_secs(1);

/// Text on its way to a terminal.
pub(super) struct Screen<'a, T> {
    terminal: &'a mut T,
    typing: &'a Typing,
    pub(super) text: Text,
    /// Whether somebody reads. Who types does.
    is_read: bool,
}

impl<'a, T: Terminal> Screen<'a, T> {
    pub(super) const fn new(terminal: &'a mut T, typing: &'a Typing) -> Self {
        Self { terminal, typing, text: Text { bytes: [0; TEXT_LEN_MAX], len: 0 }, is_read: true }
    }

    /// Waits for what is typed.
    pub(super) async fn read(&mut self, buffer: &mut [u8]) -> usize {
        let len = self.terminal.read(buffer).await;
        self.is_read = true;
        len
    }

    /// Shows all that waits, unless nobody reads.
    pub(super) async fn flush(&mut self) {
        if self.text.len > 0 && self.is_read {
            self.typing.touch();
            self.is_read = with_timeout(WRITE_TIME_MAX, self.terminal.write(self.text.as_bytes())).await.is_ok();
        }
        self.text.len = 0;
    }
}

/// Bytes for a terminal, with room for a line's end.
pub(super) struct Text {
    bytes: [u8; TEXT_LEN_MAX],
    len: usize,
}

impl Text {
    const END: &[u8] = b"\r\n";

    /// Takes a character off the screen.
    const ERASE: &[u8] = b"\x08 \x08";

    /// Whether the longest echo fits: all characters of a line are taken back.
    pub(super) const fn has_room_for_echo(&self) -> bool {
        self.room() > Editor::LEN_MAX * Self::ERASE.len()
    }

    /// What is typed.
    pub(super) fn echo(&mut self, edit: &Edit<'_>) {
        match *edit {
            Edit::Nothing => {}
            Edit::Show(byte) => self.push(&[byte]),
            Edit::Erase(count) => (0..count).for_each(|_| self.push(Self::ERASE)),
            Edit::Full => self.push(b"\x07"),
            Edit::Discarded => self.push(b"^C\r\n"),
            Edit::Line(_) | Edit::Refused(_) => self.push(Self::END),
        }
    }

    /// A line, after which nothing is to be done.
    pub(super) fn line(&mut self, args: fmt::Arguments<'_>) -> Work {
        // An error means that it did not all fit.
        let _ = self.write_fmt(args);
        self.say("");
        Work::Done
    }

    /// Words, and the end of their line if it has not come yet.
    pub(super) fn say(&mut self, words: &str) {
        let _ = self.write_str(words);
        if self.len > 0 && !self.as_bytes().ends_with(Self::END) {
            self.push(Self::END);
        }
    }

    /// Asks for the next command.
    pub(super) fn prompt(&mut self) {
        self.push(b"> ");
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    const fn room(&self) -> usize {
        TEXT_LEN_MAX.saturating_sub(self.len + Self::END.len())
    }

    fn push(&mut self, bytes: &[u8]) {
        for (place, &byte) in self.bytes.iter_mut().skip(self.len).zip(bytes) {
            *place = byte;
            self.len += 1;
        }
    }
}

impl Write for Text {
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
