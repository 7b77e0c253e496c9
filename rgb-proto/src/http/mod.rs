//! The HTTP form of a reply (PROTOCOL.md, HTTP clauses).

mod resource;
mod status;

pub use resource::Resource;
pub(crate) use resource::{FieldLine, Path};
pub use status::{AccessPointStatus, BoardStatus, HardwareAddress, Lease};

use crate::codec::MAX_REPLY_LEN;
use crate::color::Rgb;
use crate::request::{Method, Request};

/// The page that a browser gets at `/`: it shows the colour, and asks for the next one and for `/status` by itself.
pub const PAGE: &str = include_str!("page.html");

/// Something else than a colour that answers an HTTP request; its bytes stay with the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Document {
    /// What it is.
    pub content_type: ContentType,
    /// Its length in bytes.
    pub len: usize,
}

/// The media types that boards send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContentType {
    /// `text/plain`: a colour.
    Plain,
    /// `text/html`: the page.
    Html,
    /// `application/json`: the status.
    Json,
}

impl ContentType {
    /// The media type as HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Html => "text/html",
            Self::Json => "application/json",
        }
    }
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: ";
const HEAD_FIELDS: &[u8] = b"\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: ";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// What a server sends in answer to one request, in the form that the request asked for: a whole response with its
/// colour, or the head of a document.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Response {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Response {
    /// Length in bytes of the longest response.
    pub const MAX_LEN: usize = HEAD.len()
        + ContentType::Json.as_str().len()
        + HEAD_FIELDS.len()
        + Self::CONTENT_LENGTH_DIGITS_MAX
        + HEAD_END.len()
        + MAX_REPLY_LEN;

    const CONTENT_LENGTH_DIGITS_MAX: usize = 10;

    const EMPTY: Self = Self { bytes: [0; Self::MAX_LEN], len: 0 };

    /// The response that carries `color` in answer to `request`.
    #[must_use]
    pub fn new(request: &Request, color: Rgb) -> Self {
        let reply = color.encode();
        match request {
            Request::Data { .. } | Request::Other => {
                let mut response = Self::EMPTY;
                response.append(&reply);
                response
            }
            Request::Http { method, .. } => {
                let mut response = Self::head(Document { content_type: ContentType::Plain, len: reply.len() });
                if *method != Method::Head {
                    response.append(&reply);
                }
                response
            }
        }
    }

    /// The head of the response whose body is this document.
    #[must_use]
    pub fn head(document: Document) -> Self {
        let mut response = Self::EMPTY;
        response.append(HEAD);
        response.append(document.content_type.as_str().as_bytes());
        response.append(HEAD_FIELDS);
        response.append_decimal(document.len as u32);
        response.append(HEAD_END);
        response
    }

    /// The response's bytes; they must leave in one write, together with the end of the stream (SRV-2).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn append_decimal(&mut self, number: u32) {
        let mut digits = [0; Self::CONTENT_LENGTH_DIGITS_MAX];
        let mut rest = number;
        let mut count = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.append(digits.get(digits.len() - count..).unwrap_or_default());
    }

    fn append(&mut self, bytes: &[u8]) {
        let free = self.bytes.iter_mut().skip(usize::from(self.len));
        for (slot, byte) in free.zip(bytes) {
            *slot = *byte;
            self.len += 1;
        }
    }
}
