//! The grammar of replies, on inputs that nobody chose.

mod pieces;
mod property;

use pieces::{cuts, pieces};
use proptest::prelude::*;
use rgb_proto::{
    DecodeError, DecodeErrorKind, MAX_LENIENT_REPLY_LEN, MAX_REPLY_LEN, Mode, ReplyDecoder, Rgb, Status, decode,
};

fn colors() -> impl Strategy<Value = Rgb> {
    any::<[u8; 3]>().prop_map(Rgb::from)
}

fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Strict), Just(Mode::Lenient)]
}

/// Bytes that are a reply, nearly one, or nothing like it.
fn replies() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        8 => any::<u8>().prop_map(|value| value.to_string().into_bytes()),
        8 => Just(b",".to_vec()),
        2 => "[0-9]{1,4}".prop_map(String::into_bytes),
        2 => "[ \t\n\u{b}\u{c}\r]{1,3}".prop_map(String::into_bytes),
        1 => "[-+_.]".prop_map(String::into_bytes),
        1 => any::<char>().prop_map(|character| character.to_string().into_bytes()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop_oneof![
        3 => (number_like(), number_like(), number_like()).prop_map(|(r, g, b)| [r, g, b].join(&b',')),
        2 => proptest::collection::vec(token, 0..9).prop_map(|tokens| tokens.concat()),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => (colors(), any::<proptest::sample::Index>(), any::<u8>()).prop_map(|(color, at, byte)| {
            let mut reply = color.encode().to_vec();
            let at = at.index(reply.len());
            reply[at] = byte;
            reply
        }),
        // Around the longest lenient reply.
        1 => (colors(), 490..530usize, prop_oneof![Just(b' '), Just(b'0'), Just(b'\n')]).prop_map(|(color, len, fill)| {
            let reply = color.encode();
            let mut long = vec![fill; len.saturating_sub(reply.len())];
            long.extend_from_slice(&reply);
            long
        }),
    ]
}

/// What Python's `int()` takes, and a little that it does not.
fn number_like() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => "[ \t\n\u{b}\u{c}\r]{0,2}0{0,3}(25[0-6]|2[0-9]{2}|[0-9]{1,2})[ \t\n\u{b}\u{c}\r]{0,2}",
        1 => "[ \n]{0,1}[-+]{0,2}[0-9]{0,3}(_{0,2}[0-9]{1,2}){0,2}_?[ \n]{0,1}",
    ]
    .prop_map(String::into_bytes)
}

/// A whole decode through the incremental decoder.
fn decode_pieces(pieces: &[&[u8]], mode: Mode) -> Result<Rgb, DecodeError> {
    let mut decoder = ReplyDecoder::new(mode);
    for piece in pieces {
        decoder.push(piece)?;
    }
    decoder.finish()
}

/// Python's `int(part)`, for a `bytes` of ASCII: white space around, a sign, digits with single underscores between.
/// Values above 999 count as 999.
fn python_int(part: &[u8]) -> Option<i32> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r');
    let start = part.iter().position(|byte| !is_space(byte))?;
    let end = part.iter().rposition(|byte| !is_space(byte))? + 1;
    let (sign, digits) = match part[start..end].split_first()? {
        (b'-', digits) => (-1, digits),
        (b'+', digits) => (1, digits),
        _ => (1, &part[start..end]),
    };
    let mut value = 0;
    for group in digits.split(|&byte| byte == b'_') {
        if group.is_empty() || !group.iter().all(u8::is_ascii_digit) {
            return None;
        }
        value = group.iter().fold(value, |value: i32, digit| (value * 10 + i32::from(digit - b'0')).min(999));
    }
    Some(sign * value)
}

/// What the tutorial's client makes of a reply: the parts between commas through `int()`.
fn python_reply(reply: &[u8]) -> Option<[i32; 3]> {
    let parts: Option<Vec<i32>> = reply.split(|&byte| byte == b',').map(python_int).collect();
    parts?.try_into().ok()
}

proptest! {
    #![proptest_config(property::config())]

    // REP-1, REP-4, LEN-3
    #[test]
    fn decoding_undoes_encoding(color in colors(), mode in modes()) {
        prop_assert_eq!(decode(&color.encode(), mode), Ok(color));
        prop_assert_eq!(color.to_string().parse(), Ok(color));
    }

    // REP-1, REP-2, REP-3, REP-4
    #[test]
    fn what_the_strict_grammar_takes_is_exactly_what_encoding_gives(reply in replies()) {
        if let Ok(color) = Rgb::decode(&reply) {
            prop_assert_eq!(&color.encode()[..], &reply[..]);
            prop_assert_eq!(Rgb::try_from(&reply[..]), Ok(color));
        }
    }

    // LEN-3
    #[test]
    fn what_the_strict_grammar_takes_the_lenient_one_takes_for_the_same_colour(reply in replies()) {
        if let Ok(color) = Rgb::decode(&reply) {
            prop_assert_eq!(Rgb::decode_lenient(&reply), Ok(color));
        }
    }

    // LEN-1, LEN-2, LEN-3, LEN-4
    #[test]
    fn the_lenient_grammar_takes_what_python_takes_but_for_signs_underscores_and_length(reply in replies()) {
        let restricted = reply.iter().any(|byte| b"+-_".contains(byte)) || reply.len() > MAX_LENIENT_REPLY_LEN;
        let python = python_reply(&reply).and_then(|[r, g, b]| {
            Some(Rgb::new(u8::try_from(r).ok()?, u8::try_from(g).ok()?, u8::try_from(b).ok()?))
        });
        prop_assert_eq!(Rgb::decode_lenient(&reply).ok(), python.filter(|_| !restricted));
    }

    // CLI-3, END-1
    #[test]
    fn pieces_end_as_the_whole_does(reply in replies(), cuts in cuts(), mode in modes()) {
        let whole = decode(&reply, mode);
        prop_assert_eq!(decode_pieces(&pieces(&reply, &cuts), mode), whole);
        prop_assert_eq!(decode_pieces(&reply.chunks(1).collect::<Vec<_>>(), mode), whole);
    }

    // END-1: after any bytes the status tells what a stream that ends there carries.
    #[test]
    fn the_status_is_complete_where_the_stream_may_end(reply in replies(), mode in modes()) {
        let mut decoder = ReplyDecoder::new(mode);
        for (index, byte) in reply.iter().enumerate() {
            let Ok(status) = decoder.push(&[*byte]) else { break };
            prop_assert_eq!(decoder.taken(), index + 1);
            let expected = decode(&reply[..=index], mode).map_or(Status::NeedMore, Status::Complete);
            prop_assert_eq!(status, expected);
        }
    }

    // CLI-3: no refusal comes too late.
    #[test]
    fn a_strict_beginning_that_is_not_refused_can_still_become_a_reply(reply in replies()) {
        let mut decoder = ReplyDecoder::new(Mode::Strict);
        if decoder.push(&reply).is_ok() {
            let endings: [&[u8]; 6] = [b"", b"0", b",0", b"0,0", b",0,0", b"0,0,0"];
            let can_end = endings.iter().any(|ending| Rgb::decode(&[&reply[..], ending].concat()).is_ok());
            prop_assert!(can_end);
        }
    }

    // ERR-1
    #[test]
    fn an_error_stays(reply in replies(), more in replies(), mode in modes()) {
        let mut decoder = ReplyDecoder::new(mode);
        if let Err(error) = decoder.push(&reply) {
            let taken = decoder.taken();
            prop_assert_eq!(decoder.push(&more), Err(error));
            prop_assert_eq!(decoder.push(&[]), Err(error));
            prop_assert_eq!(decoder.taken(), taken);
            prop_assert_eq!(decoder.finish(), Err(error));
        }
    }

    // ERR-1
    #[test]
    fn an_error_points_into_the_reply(reply in replies(), mode in modes()) {
        let Err(error) = decode(&reply, mode) else { return Ok(()) };
        let at_offset = reply.get(error.offset()).copied();
        match error.kind() {
            DecodeErrorKind::UnexpectedByte(byte) => prop_assert_eq!(at_offset, Some(byte)),
            DecodeErrorKind::MissingNumber | DecodeErrorKind::ExtraNumber => prop_assert_eq!(at_offset, Some(b',')),
            DecodeErrorKind::LeadingZero => {
                prop_assert_eq!(at_offset, Some(b'0'));
                prop_assert_eq!(mode, Mode::Strict);
            }
            DecodeErrorKind::OutOfRange => prop_assert!(at_offset.is_some_and(|byte| byte.is_ascii_digit())),
            DecodeErrorKind::UnexpectedEnd => prop_assert_eq!(error.offset(), reply.len()),
            DecodeErrorKind::TooLong => {
                prop_assert_eq!(error.offset(), MAX_LENIENT_REPLY_LEN);
                prop_assert!(reply.len() > MAX_LENIENT_REPLY_LEN);
            }
        }
        let commas = reply[..error.offset()].iter().filter(|&&byte| byte == b',').count();
        let in_number = error.component() as usize;
        match error.kind() {
            // The number that is missing may be the one behind the next comma, which did not come.
            DecodeErrorKind::UnexpectedEnd => prop_assert!((commas..=commas + 1).contains(&in_number)),
            _ => prop_assert_eq!(in_number, commas),
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(reply in proptest::collection::vec(any::<u8>(), 0..1200), cuts in cuts(), mode in modes()) {
        let whole = decode(&reply, mode);
        prop_assert_eq!(decode_pieces(&pieces(&reply, &cuts), mode), whole);
        if reply.len() > MAX_REPLY_LEN {
            prop_assert!(Rgb::decode(&reply).is_err());
        }
    }

    #[test]
    fn a_reply_is_written_whole_or_not_at_all(color in colors(), len in 0..16usize) {
        let reply = color.encode();
        let mut buffer = vec![b'#'; len];
        match color.encode_into(&mut buffer) {
            Ok(written) => {
                prop_assert_eq!(written, reply.len());
                prop_assert_eq!(&buffer[..written], &reply[..]);
                prop_assert!(buffer[written..].iter().all(|&byte| byte == b'#'));
            }
            Err(error) => {
                prop_assert_eq!((error.needed, error.available), (reply.len(), len));
                prop_assert!(len < reply.len());
                prop_assert!(buffer.iter().all(|&byte| byte == b'#'));
            }
        }
    }
}

// END-1: `12,0,25` looks whole, and is not.
#[test]
fn a_reply_that_looks_whole_may_still_grow() {
    let mut decoder = ReplyDecoder::new(Mode::Strict);
    assert_eq!(decoder.push(b"12,0,2"), Ok(Status::Complete(Rgb::new(12, 0, 2))));
    assert_eq!(decoder.push(b"5"), Ok(Status::Complete(Rgb::new(12, 0, 25))));
    assert_eq!(decoder.push(b"5"), Ok(Status::Complete(Rgb::new(12, 0, 255))));
    assert_eq!(decoder.finish(), Ok(Rgb::new(12, 0, 255)));
}

// REP-4: strict is what one gets without asking.
#[test]
fn strict_is_the_default() {
    assert_eq!(Mode::default(), Mode::Strict);
    assert_eq!(Rgb::decode(b"1,2,3\n"), decode(b"1,2,3\n", Mode::Strict));
    assert_eq!("1,2,3\n".parse::<Rgb>(), decode(b"1,2,3\n", Mode::Strict));
}

// CLI-3: each of these is refused with its last byte, and not before.
#[test]
fn a_refusal_comes_with_the_first_byte_that_allows_it() {
    for (mode, reply) in [
        (Mode::Strict, &b"00"[..]),
        (Mode::Strict, b"256"),
        (Mode::Strict, b"1000"),
        (Mode::Strict, b"1,2,3,"),
        (Mode::Strict, b"1,,"),
        (Mode::Strict, b"1,2,3\n"),
        (Mode::Lenient, b"0000256"),
        (Mode::Lenient, b"1 2"),
        (Mode::Lenient, b"1,2,3 ,"),
    ] {
        let (last, front) = reply.split_last().unwrap();
        let mut decoder = ReplyDecoder::new(mode);
        assert!(decoder.push(front).is_ok(), "{reply:?}");
        assert!(decoder.push(&[*last]).is_err(), "{reply:?}");
    }
}

// LEN-4
#[test]
fn a_lenient_reply_of_512_bytes_is_taken_and_one_of_513_is_not() {
    for (len, taken) in [(511, true), (512, true), (513, false)] {
        let mut reply = b"1,2,3".to_vec();
        reply.resize(len, b'\n');
        assert_eq!(Rgb::decode_lenient(&reply).is_ok(), taken, "{len} bytes");
    }
}
