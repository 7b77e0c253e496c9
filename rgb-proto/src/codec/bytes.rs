//! The codec over the buffers of the `bytes` crate.

use ::bytes::{Buf, BufMut, Bytes};

use super::{DecodeError, Mode, Reply, ReplyDecoder};
use crate::color::Rgb;

impl Rgb {
    /// Appends the reply that carries this colour to `out`.
    ///
    /// # Panics
    ///
    /// Panics, as every `BufMut` method does, when `out` cannot take the reply's 5 to 11 bytes.
    pub fn put(self, out: &mut impl BufMut) {
        out.put_slice(&self.encode());
    }

    /// Takes all of `reply`, however many chunks it has, as one whole reply.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the offset, the component and the kind of the first thing wrong; the chunk it was found in
    /// is then left in `reply`.
    pub fn decode_buf(reply: &mut impl Buf, mode: Mode) -> Result<Self, DecodeError> {
        let mut decoder = ReplyDecoder::new(mode);
        while reply.has_remaining() {
            let chunk = reply.chunk();
            decoder.push(chunk)?;
            let len = chunk.len();
            reply.advance(len);
        }
        decoder.finish()
    }
}

impl From<Reply> for Bytes {
    fn from(reply: Reply) -> Self {
        Self::copy_from_slice(&reply)
    }
}
