//! An image of the codec.
//!
//! Its functions are called by nobody, so the optimiser can know nothing of their arguments; `cargo xtask embedded`
//! names them to the linker, which drops whatever they do not reach.
#![no_std]
#![no_main]

use probe::rgb_proto::{BufferTooSmall, DecodeError, Mode, Reply, ReplyDecoder, Rgb, Status};

// SAFETY of every `no_mangle`: no other symbol of the image has the function's name, which starts with `codec_`.

/// Encodes into a buffer that the reply owns, and reads it.
#[unsafe(no_mangle)]
pub fn codec_encode(color: Rgb, reply: &mut Reply) -> &[u8] {
    *reply = color.encode();
    reply.as_bytes()
}

/// Encodes into the caller's buffer.
#[unsafe(no_mangle)]
pub fn codec_encode_into(color: Rgb, out: &mut [u8]) -> Result<usize, BufferTooSmall> {
    color.encode_into(out)
}

/// Decodes a whole reply by the strict grammar.
#[unsafe(no_mangle)]
pub fn codec_decode_strict(reply: &[u8]) -> Result<Rgb, DecodeError> {
    Rgb::decode(reply)
}

/// Decodes a whole reply by the lenient grammar.
#[unsafe(no_mangle)]
pub fn codec_decode_lenient(reply: &[u8]) -> Result<Rgb, DecodeError> {
    Rgb::decode_lenient(reply)
}

/// Starts to decode a reply in pieces.
#[unsafe(no_mangle)]
pub fn codec_decoder_new(mode: Mode) -> ReplyDecoder {
    ReplyDecoder::new(mode)
}

/// Decodes the next piece of a reply.
#[unsafe(no_mangle)]
pub fn codec_decoder_push(decoder: &mut ReplyDecoder, bytes: &[u8]) -> Result<Status, DecodeError> {
    decoder.push(bytes)
}

/// Ends a reply that came in pieces.
#[unsafe(no_mangle)]
pub fn codec_decoder_finish(decoder: ReplyDecoder) -> Result<Rgb, DecodeError> {
    decoder.finish()
}
