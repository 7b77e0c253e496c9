//! What a client asks, and how a server recognises it (PROTOCOL.md, REQ clauses).

use crate::http::{FieldLine, Path, Resource};
use crate::name::Name;

/// The most bytes of a request that a server reads before it answers (REQ-7).
pub const MAX_REQUEST_LEN: usize = 1024;

/// What the peer asked for. Every request is answered with a colour; they differ in form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Request {
    /// `GET Data`, as the tutorial's client sends it, perhaps with the asking board's name (REQ-1, REQ-4).
    Data {
        /// Who asks, when it says so.
        name: Option<Name>,
    },
    /// An HTTP/1.x request, answered in HTTP (HTTP-1).
    Http {
        /// Its method.
        method: Method,
        /// What it asks for; before the end of its head what it has asked for so far.
        resource: Resource,
    },
    /// Anything else, answered like `GET Data` (REQ-6).
    Other,
}

impl Request {
    /// Who asks, when the request says so (REQ-4).
    #[must_use]
    pub const fn name(&self) -> Option<&Name> {
        match self {
            Self::Data { name } => name.as_ref(),
            Self::Http { .. } | Self::Other => None,
        }
    }
}

/// The methods of RFC 9110 section 9 and RFC 5789; a server distinguishes only HEAD (HTTP-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[expect(missing_docs, reason = "each is the method of its name")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
}

impl Method {
    const ALL: [Self; 9] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Delete,
        Self::Connect,
        Self::Options,
        Self::Trace,
        Self::Patch,
    ];

    /// The method as it stands in a request, in upper case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Patch => "PATCH",
        }
    }
}

/// The request that a client sends: `GET Data`, or with a name `GET Data <name>` and a line feed (REQ-1, REQ-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RequestBytes {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl RequestBytes {
    const DATA: &[u8] = b"GET Data";
    const MAX_LEN: usize = Self::DATA.len() + 1 + Name::MAX_LEN + 1;

    /// The request of a client of this name, or of none.
    #[must_use]
    pub fn new(name: Option<&Name>) -> Self {
        let mut request = Self { bytes: [0; Self::MAX_LEN], len: 0 };
        request.append(Self::DATA);
        if let Some(name) = name {
            request.append(b" ");
            request.append(name.as_bytes());
            request.append(b"\n");
        }
        request
    }

    /// There is room for the longest request.
    fn append(&mut self, text: &[u8]) {
        let room = self.bytes.get_mut(usize::from(self.len)..).unwrap_or_default();
        for (slot, byte) in room.iter_mut().zip(text) {
            *slot = *byte;
        }
        self.len += text.len() as u8;
    }

    /// The request's bytes, 8 to 42; they must leave in one write (REQ-2).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What a [`RequestDecoder`] knows after the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RequestStatus {
    /// No bytes yet, or the head of an HTTP request that is still coming: wait (HTTP-2).
    NeedMore,
    /// The beginning of something longer, or a whole request of a peer that sends no terminator: wait for a moment,
    /// then answer this (REQ-5).
    MayGrow(Request),
    /// A whole request: answer at once (REQ-3).
    Complete(Request),
}

/// Recognises a request that arrives in pieces, without keeping its bytes.
///
/// ```
/// use rgb_proto::{Request, RequestDecoder, RequestStatus};
///
/// let mut decoder = RequestDecoder::new();
/// assert_eq!(decoder.push(b"GET Data"), RequestStatus::Complete(Request::Data { name: None }));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestDecoder {
    place: Place,
    len: u16,
    len_max: u16,
    over_limit: bool,
}

/// Where in the request the next byte falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    /// In the first word, which matches a method's first `matched` bytes.
    Method {
        matched: u8,
        candidates: Candidates,
    },
    /// Behind the method and its space.
    TargetStart {
        method: Method,
    },
    /// In `Data`, behind `GET `.
    Data {
        matched: u8,
    },
    /// Behind `GET Data`.
    DataEnd,
    /// In the name, behind `GET Data `.
    Name {
        name: Name,
    },
    /// Behind the carriage return of `GET Data[ name]`.
    DataCr {
        name: Option<Name>,
    },
    /// In an HTTP target.
    Target {
        method: Method,
        path: Path,
    },
    /// In `HTTP/1.x` and its line end.
    Version {
        method: Method,
        path: Path,
        matched: u8,
    },
    /// In the rest of a head whose request line is HTTP's.
    Head {
        method: Method,
        path: Path,
        line: FieldLine,
        takes_html: bool,
    },
    Done(Request),
}

/// The methods that the bytes so far may still become, a bit each in the order of [`Method::ALL`].
type Candidates = u16;

impl Default for RequestDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl RequestDecoder {
    /// A decoder at the start of a request.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_limit(MAX_REQUEST_LEN as u16)
    }

    /// A decoder that takes at most so many bytes, 1 to 1024; values outside count as the nearest inside.
    #[must_use]
    pub const fn with_limit(len_max: u16) -> Self {
        const MAX: u16 = MAX_REQUEST_LEN as u16;
        let len_max = match len_max {
            0 => 1,
            1..=MAX => len_max,
            _ => MAX,
        };
        Self { place: Place::Start, len: 0, len_max, over_limit: false }
    }

    /// Takes the next bytes of the request. Bytes behind a complete request are ignored.
    pub fn push(&mut self, bytes: &[u8]) -> RequestStatus {
        if matches!(self.place, Place::Start)
            && usize::from(self.len_max) > bytes.len()
            && let Some(place) = Place::behind_whole(bytes)
        {
            (self.place, self.len) = (place, bytes.len() as u16);
            return self.status();
        }
        for &byte in bytes {
            if matches!(self.place, Place::Done(_)) {
                break;
            }
            self.place = self.place.after(byte);
            self.len += 1;
            if self.len >= self.len_max
                && let Some(request) = self.finish()
            {
                self.over_limit = !matches!(self.status(), RequestStatus::Complete(_));
                self.place = Place::Done(request);
            }
        }
        self.status()
    }

    /// What the bytes so far ask for when no more will come; nothing when there were none (REQ-8).
    #[must_use]
    pub const fn finish(&self) -> Option<Request> {
        match self.place {
            Place::Start => None,
            Place::Done(request) => Some(request),
            Place::DataEnd => Some(Request::Data { name: None }),
            Place::DataCr { name } => Some(Request::Data { name }),
            Place::Name { name } => Some(Request::Data { name: if name.is_empty() { None } else { Some(name) } }),
            Place::Head { method, path, takes_html, .. } => {
                Some(Request::Http { method, resource: Resource::of(path, takes_html) })
            }
            Place::Method { .. }
            | Place::TargetStart { .. }
            | Place::Data { .. }
            | Place::Target { .. }
            | Place::Version { .. } => Some(Request::Other),
        }
    }

    /// How many bytes have been taken as the request's, 0 to 1024.
    #[must_use]
    pub const fn taken(&self) -> usize {
        self.len as usize
    }

    /// Whether the request was cut off at the limit: it reached it without being whole.
    #[must_use]
    pub const fn is_over_limit(&self) -> bool {
        self.over_limit
    }

    fn status(&self) -> RequestStatus {
        match (self.place, self.finish()) {
            (_, None) | (Place::Head { .. }, _) => RequestStatus::NeedMore,
            // The tutorial's client sends nothing behind `GET Data` (REQ-3).
            (Place::Done(_) | Place::DataEnd, Some(request)) => RequestStatus::Complete(request),
            (_, Some(request)) => RequestStatus::MayGrow(request),
        }
    }
}

impl Place {
    /// Where nearly every request ends: it comes in one piece and is what [`RequestBytes`] are. The way byte by byte comes to
    /// the same. Small targets take it for names, since they have more time than flash memory.
    fn behind_whole(request: &[u8]) -> Option<Self> {
        let rest = request.strip_prefix(RequestBytes::DATA)?;
        if rest.is_empty() {
            return Some(Self::DataEnd);
        }
        if cfg!(not(target_pointer_width = "64")) {
            return None;
        }
        let mut name = Name::EMPTY;
        for &byte in rest.strip_prefix(b" ")?.strip_suffix(b"\n")? {
            name.push(byte).ok()?;
        }
        (!name.is_empty()).then_some(Self::Done(Request::Data { name: Some(name) }))
    }

    fn after(self, byte: u8) -> Self {
        const OTHER: Place = Place::Done(Request::Other);
        match (self, byte) {
            (Self::Start, _) => match_method(0, Candidates::MAX, byte),
            (Self::Method { matched, candidates }, _) => match_method(matched, candidates, byte),
            (Self::TargetStart { method: Method::Get }, b'D') => Self::Data { matched: 1 },
            // The four forms of RFC 9112 section 3.2, but for `authority-form`, which only CONNECT to a proxy has.
            (Self::TargetStart { method }, b'/' | b'*' | b'h' | b'H') => {
                Self::Target { method, path: Path::START.after(byte) }
            }
            (Self::Data { matched }, _) => match (b"Data".get(usize::from(matched)), matched) {
                (Some(&expected), 3) if expected == byte => Self::DataEnd,
                (Some(&expected), _) if expected == byte => Self::Data { matched: matched + 1 },
                _ => OTHER,
            },
            (Self::DataEnd, b' ') => Self::Name { name: Name::EMPTY },
            (Self::DataEnd, b'\n') => Self::Done(Request::Data { name: None }),
            (Self::DataEnd, b'\r') => Self::DataCr { name: None },
            (Self::Name { name }, b'\n') if !name.is_empty() => Self::Done(Request::Data { name: Some(name) }),
            (Self::Name { name }, b'\r') if !name.is_empty() => Self::DataCr { name: Some(name) },
            (Self::Name { mut name }, _) => match name.push(byte) {
                Ok(()) => Self::Name { name },
                // A name that is none: still a request for data, from nobody in particular (REQ-4).
                Err(_) => Self::Done(Request::Data { name: None }),
            },
            (Self::DataCr { name }, b'\n') => Self::Done(Request::Data { name }),
            // A name with a carriage return inside is none (REQ-4).
            (Self::DataCr { name: Some(_) }, _) => Self::Done(Request::Data { name: None }),
            (Self::Target { method, path }, b' ') => Self::Version { method, path: path.end(), matched: 0 },
            (Self::Target { method, path }, b'!'..=b'~' | 0x80..) => Self::Target { method, path: path.after(byte) },
            (Self::Version { method, path, matched }, _) => match_version(method, path, matched, byte),
            (Self::Head { method, path, line, takes_html }, b'\n') if line.is_empty() => {
                Self::Done(Request::Http { method, resource: Resource::of(path, takes_html) })
            }
            (Self::Head { method, path, line, takes_html }, b'\n') => {
                let takes_html = takes_html || line.is_html();
                Self::Head { method, path, line: FieldLine::START, takes_html }
            }
            // A lone line feed ends a line too (RFC 9112 section 2.2), so a carriage return is no part of one.
            (Self::Head { .. }, b'\r') => self,
            (Self::Head { method, path, line, takes_html }, _) => {
                let (line, is_html) = line.after(byte);
                Self::Head { method, path, line, takes_html: takes_html || is_html }
            }
            (done @ Self::Done(_), _) => done,
            (Self::DataEnd | Self::DataCr { name: None } | Self::TargetStart { .. } | Self::Target { .. }, _) => OTHER,
        }
    }
}

fn match_method(matched: u8, candidates: Candidates, byte: u8) -> Place {
    let mut left: Candidates = 0;
    for (index, method) in Method::ALL.into_iter().enumerate() {
        let bit: Candidates = 1 << index;
        if candidates & bit == 0 {
            continue;
        }
        match method.as_str().as_bytes().get(usize::from(matched)) {
            None if byte == b' ' => return Place::TargetStart { method },
            Some(&expected) if expected == byte => left |= bit,
            _ => {}
        }
    }
    if left == 0 { Place::Done(Request::Other) } else { Place::Method { matched: matched + 1, candidates: left } }
}

fn match_version(method: Method, path: Path, matched: u8, byte: u8) -> Place {
    let version = b"HTTP/1.";
    let index = usize::from(matched);
    let further = Place::Version { method, path, matched: matched + 1 };
    match version.get(index) {
        Some(&expected) if expected == byte => further,
        None if index == version.len() && byte.is_ascii_digit() => further,
        None if index == version.len() + 1 && byte == b'\r' => further,
        None if index > version.len() && byte == b'\n' => {
            Place::Head { method, path, line: FieldLine::START, takes_html: false }
        }
        _ => Place::Done(Request::Other),
    }
}
