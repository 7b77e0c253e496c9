//! What an HTTP request asks for, taken byte by byte from its head.

/// What an HTTP request asks for (HTTP-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Resource {
    /// The colour: every path without a meaning of its own.
    Color,
    /// The page: `/`, asked for by a client that takes HTML, which is a browser.
    Page,
    /// `/status`.
    Status,
}

impl Resource {
    pub(crate) const fn of(path: Path, takes_html: bool) -> Self {
        match path {
            Path::STATUS => Self::Status,
            Path::ROOT if takes_html => Self::Page,
            _ => Self::Color,
        }
    }
}

/// How far a request's path agrees with the paths that have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// The first `matched` bytes of `/status`, which begins with `/`.
    Known {
        matched: u8,
    },
    /// A known path, and behind it the query, which is not looked at.
    Query {
        matched: u8,
    },
    Unknown,
}

impl Path {
    const TEXT: &[u8] = b"/status";
    const STATUS: Self = Self::Query { matched: Self::TEXT.len() as u8 };
    const ROOT: Self = Self::Query { matched: 1 };
    pub(crate) const START: Self = Self::Known { matched: 0 };

    pub(crate) fn after(self, byte: u8) -> Self {
        match self {
            Self::Known { matched } if byte == b'?' => Self::Query { matched },
            Self::Known { matched } if Self::TEXT.get(usize::from(matched)) == Some(&byte) => {
                Self::Known { matched: matched + 1 }
            }
            Self::Known { .. } | Self::Unknown => Self::Unknown,
            Self::Query { .. } => self,
        }
    }

    /// The whole path, at the end of the target.
    pub(crate) const fn end(self) -> Self {
        match self {
            Self::Known { matched } => Self::Query { matched },
            Self::Query { .. } | Self::Unknown => self,
        }
    }
}

/// Where in a line of the head the next byte falls, as far as the field `Accept` goes (RFC 9110, section 12.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldLine {
    /// In the field's name, which agrees with the first `matched` bytes of `Accept:`.
    Name { matched: u8 },
    /// In a media range of `Accept`, which agrees with the first `matched` bytes of `text/html`.
    MediaRange { matched: u8 },
    /// In the rest of a media range that is another.
    OtherMediaRange,
    /// In another field.
    Other,
}

impl FieldLine {
    const NAME: &[u8] = b"accept:";
    const HTML: &[u8] = b"text/html";
    pub(crate) const START: Self = Self::Name { matched: 0 };

    /// Whether the line is empty so far.
    pub(crate) const fn is_empty(self) -> bool {
        matches!(self, Self::Name { matched: 0 })
    }

    /// Whether the media range so far is HTML; what stands behind it may still make it another.
    pub(crate) const fn is_html(self) -> bool {
        matches!(self, Self::MediaRange { matched } if matched as usize == Self::HTML.len())
    }

    /// The place behind one more byte of the line, and whether the byte ends a media range that is HTML.
    pub(crate) fn after(self, byte: u8) -> (Self, bool) {
        let byte = byte.to_ascii_lowercase();
        match self {
            Self::Name { matched } if Self::NAME.get(usize::from(matched)) == Some(&byte) => {
                let matched = matched + 1;
                let is_accept = usize::from(matched) == Self::NAME.len();
                (if is_accept { Self::MediaRange { matched: 0 } } else { Self::Name { matched } }, false)
            }
            Self::Name { .. } | Self::Other => (Self::Other, false),
            Self::MediaRange { .. } | Self::OtherMediaRange if matches!(byte, b',' | b' ' | b'\t') => {
                (Self::MediaRange { matched: 0 }, self.is_html())
            }
            Self::MediaRange { matched } if Self::HTML.get(usize::from(matched)) == Some(&byte) => {
                (Self::MediaRange { matched: matched + 1 }, false)
            }
            Self::MediaRange { .. } | Self::OtherMediaRange => (Self::OtherMediaRange, self.is_html() && byte == b';'),
        }
    }
}
