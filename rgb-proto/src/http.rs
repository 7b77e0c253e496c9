//! The HTTP form of a reply (PROTOCOL.md, HTTP clauses).

use crate::codec::MAX_REPLY_LEN;
use crate::color::Rgb;
use crate::request::{Method, Request};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\
    Content-Type: text/plain\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n\
    Content-Length: ";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// Everything that a server sends in answer to one request, in the form that the request asked for.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Response {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Response {
    /// Length in bytes of the longest response.
    pub const MAX_LEN: usize = HEAD.len() + 2 + HEAD_END.len() + MAX_REPLY_LEN;

    /// The response that carries `color` in answer to `request`.
    #[must_use]
    pub fn new(request: &Request, color: Rgb) -> Self {
        let reply = color.encode();
        let mut response = Self { bytes: [0; Self::MAX_LEN], len: 0 };
        match request {
            Request::Data { .. } | Request::Other => response.append(&reply),
            Request::Http { method } => {
                response.append(HEAD);
                response.append_decimal(reply.len() as u8);
                response.append(HEAD_END);
                if *method != Method::Head {
                    response.append(&reply);
                }
            }
        }
        response
    }

    /// The response's bytes; they must leave in one write, together with the end of the stream (SRV-2).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Appends a number below 100.
    fn append_decimal(&mut self, number: u8) {
        if number >= 10 {
            self.append(&[b'0' + number / 10]);
        }
        self.append(&[b'0' + number % 10]);
    }

    fn append(&mut self, bytes: &[u8]) {
        let free = self.bytes.iter_mut().skip(usize::from(self.len));
        for (slot, byte) in free.zip(bytes) {
            *slot = *byte;
            self.len += 1;
        }
    }
}
