//! The two grammars of a reply, whole and in pieces, on arbitrary bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rgb_proto::{DecodeError, DecodeErrorKind, MAX_LENIENT_REPLY_LEN, Mode, ReplyDecoder, Rgb, Status, decode};

/// Every cut and prefix of a reply costs a pass over it, so only the first so many are tried.
const CUTS_MAX: usize = 64;

fuzz_target!(|reply: &[u8]| {
    strict_is_a_subset_of_lenient(reply);
    for mode in [Mode::Strict, Mode::Lenient] {
        let whole = decode(reply, mode);
        if let Err(error) = whole {
            assert!(error.offset() <= reply.len().min(MAX_LENIENT_REPLY_LEN), "{error:?} lies outside the reply");
            assert!(!error.to_string().is_empty());
        }
        for cut in 0..=reply.len().min(CUTS_MAX) {
            let (front, back) = reply.split_at(cut);
            assert_eq!(in_pieces(&[front, back], mode), whole, "{mode:?}, cut at {cut}");
        }
        let bytes: Vec<&[u8]> = reply.chunks(1).collect();
        assert_eq!(in_pieces(&bytes, mode), whole, "{mode:?}, byte by byte");
        status_is_what_the_stream_would_be_if_it_ended(reply, mode);
    }
});

fn strict_is_a_subset_of_lenient(reply: &[u8]) {
    let lenient = Rgb::decode_lenient(reply);
    if let Ok(color) = Rgb::decode(reply) {
        assert_eq!(lenient, Ok(color), "the grammars disagree");
        assert_eq!(&color.encode()[..], reply, "a valid strict reply is not what a server sends for its colour");
    }
    if let Ok(color) = lenient {
        assert_eq!(Rgb::decode(&color.encode()), Ok(color), "the colour does not survive the wire");
    }
}

fn in_pieces(pieces: &[&[u8]], mode: Mode) -> Result<Rgb, DecodeError> {
    let mut decoder = ReplyDecoder::new(mode);
    let mut failure = None;
    for piece in pieces {
        let result = decoder.push(piece);
        if failure.is_some() {
            assert_eq!(result.err(), failure, "an error must stay");
        }
        failure = result.err();
    }
    assert!(decoder.taken() <= MAX_LENIENT_REPLY_LEN);
    let outcome = decoder.finish();
    if failure.is_some() {
        assert_eq!(outcome.err(), failure, "the end of the stream changed the error");
    }
    outcome
}

fn status_is_what_the_stream_would_be_if_it_ended(reply: &[u8], mode: Mode) {
    let mut decoder = ReplyDecoder::new(mode);
    for (index, byte) in reply.iter().enumerate().take(CUTS_MAX) {
        let prefix = &reply[..=index];
        match (decoder.push(std::slice::from_ref(byte)), decode(prefix, mode)) {
            (Ok(Status::Complete(color)), ended) => assert_eq!(ended, Ok(color), "{prefix:?}"),
            (Ok(Status::NeedMore), ended) => {
                assert_eq!(ended.map_err(DecodeError::kind), Err(DecodeErrorKind::UnexpectedEnd), "{prefix:?}");
            }
            (Err(error), ended) => assert_eq!(ended, Err(error), "{prefix:?}"),
        }
    }
}
