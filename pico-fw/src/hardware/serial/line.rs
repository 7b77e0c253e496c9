//! One line of text.

use core::fmt::{self, Write as _};

/// Up to `N` bytes of text, its end included. What is too long is cut, between two characters.
pub(crate) struct Line<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Line<N> {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    const END: &[u8] = b"\r\n";

    /// Adds what fits, with room for the end.
    pub(crate) fn push(&mut self, args: fmt::Arguments<'_>) {
        // An error means that it did not all fit.
        let _ = self.write_fmt(args);
    }

    /// What was added, as bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Adds the line's end.
    pub(crate) fn end(&mut self) {
        for (place, &byte) in self.bytes.iter_mut().skip(self.len).zip(Self::END) {
            *place = byte;
        }
        self.len = N.min(self.len + Self::END.len());
    }
}

impl<const N: usize> fmt::Write for Line<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut fits = text.len().min(N - Self::END.len() - self.len);
        while !text.is_char_boundary(fits) {
            fits -= 1;
        }
        for (place, &byte) in self.bytes.iter_mut().skip(self.len).zip(text.as_bytes().iter().take(fits)) {
            *place = byte;
        }
        self.len += fits;
        if fits == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_end() {
        let mut line = Line::<16>::new();
        line.push(format_args!("{} and {}", 1, 2));
        line.end();
        assert_eq!(line.as_bytes(), b"1 and 2\r\n");
    }

    #[test]
    fn a_long_line_is_cut_and_has_its_end() {
        let mut line = Line::<8>::new();
        line.push(format_args!("12345\u{e4}6789"));
        line.end();
        assert_eq!(line.as_bytes(), b"12345\r\n");
    }
}
