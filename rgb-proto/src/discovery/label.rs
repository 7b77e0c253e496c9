//! One label of a DNS name, of any bytes.

use core::fmt;

use super::HostLabel;

/// One label of a DNS name: 1 to 63 bytes. A service's instance may have any UTF-8 in its label (RFC 6763, section 4.1.1);
/// a board's own label has letters, digits and hyphens (DSC-3).
///
/// It is shown as text; what is not printable is shown as `\u{fffd}`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Zero from `len` on, so that equal labels are equal arrays.
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Label {
    /// The longest label, in bytes (RFC 1035, section 2.3.4).
    pub const MAX_LEN: usize = 63;

    /// No bytes yet; not a label until there are some.
    pub(super) const EMPTY: Self = Self { bytes: [0; Self::MAX_LEN], len: 0 };

    /// A label of these bytes; none where there are none or more than 63.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut label = Self::EMPTY;
        label.extend(bytes);
        (label.len > 0).then_some(label)
    }

    /// What a board calls itself the `number`th time: the label alone, then with `-2`, `-3` behind it (DSC-4). The longest
    /// host label and the longest number fit.
    pub(super) fn numbered(label: &HostLabel, number: u16) -> Self {
        let mut numbered = Self::EMPTY;
        numbered.extend(label.as_bytes());
        if number > 1 {
            numbered.extend(b"-");
            let mut digits = [0; 5];
            let mut rest = number;
            let mut start = digits.len();
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
                start -= 1;
                if rest == 0 {
                    break;
                }
            }
            numbered.extend(digits.get(start..).unwrap_or_default());
        }
        numbered
    }

    fn extend(&mut self, bytes: &[u8]) {
        let start = usize::from(self.len);
        if let Some(place) = self.bytes.get_mut(start..start + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len() as u8;
        }
    }

    /// The label's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Whether this is the label of these bytes, in DNS's sense: ASCII letters are equal in either case (RFC 6762, section 16).
    #[must_use]
    pub fn is(&self, bytes: &[u8]) -> bool {
        self.as_bytes().eq_ignore_ascii_case(bytes)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        for chunk in self.as_bytes().utf8_chunks() {
            for character in chunk.valid().chars() {
                f.write_char(if character.is_control() { char::REPLACEMENT_CHARACTER } else { character })?;
            }
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({self})")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Label {
    fn format(&self, f: defmt::Formatter<'_>) {
        match core::str::from_utf8(self.as_bytes()) {
            Ok(text) => defmt::write!(f, "{=str}", text),
            Err(_) => defmt::write!(f, "{=[u8]:a}", self.as_bytes()),
        }
    }
}
