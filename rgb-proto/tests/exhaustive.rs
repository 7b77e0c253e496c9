//! All colours, and all numbers near the edge of the range.

use std::thread;

use rgb_proto::{Component, DecodeErrorKind, MAX_REPLY_LEN, MIN_REPLY_LEN, Mode, ReplyDecoder, Rgb};

/// Calls `check` with each value of the first component, on every thread there is.
fn for_every_red(check: impl Fn(u8) + Sync) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for first in 0..threads {
            let check = &check;
            scope.spawn(move || (0..=255).skip(first).step_by(threads).for_each(check));
        }
    });
}

// REP-1, REP-2, REP-3
#[test]
fn all_colours_encode_as_three_decimal_numbers() {
    let decimal: Vec<String> = (0..=255).map(|value: u8| value.to_string()).collect();
    for_every_red(|r| {
        let mut expected = Vec::with_capacity(MAX_REPLY_LEN);
        for g in 0..=255 {
            for b in 0..=255 {
                expected.clear();
                expected.extend_from_slice(decimal[usize::from(r)].as_bytes());
                expected.push(b',');
                expected.extend_from_slice(decimal[usize::from(g)].as_bytes());
                expected.push(b',');
                expected.extend_from_slice(decimal[usize::from(b)].as_bytes());
                assert_eq!(&Rgb::new(r, g, b).encode()[..], &expected[..]);
            }
        }
    });
}

// REP-1, REP-4, LEN-3
#[test]
fn all_colours_come_back_from_their_replies_in_both_grammars() {
    for_every_red(|r| {
        for g in 0..=255 {
            for b in 0..=255 {
                let color = Rgb::new(r, g, b);
                let reply = color.encode();
                assert!((MIN_REPLY_LEN..=MAX_REPLY_LEN).contains(&reply.len()));
                assert_eq!(Rgb::decode(&reply), Ok(color));
                assert_eq!(Rgb::decode_lenient(&reply), Ok(color));
            }
        }
    });
}

// REP-1, CLI-3
#[test]
fn all_colours_come_back_from_the_incremental_decoder_in_two_pieces() {
    for_every_red(|r| {
        for g in 0..=255 {
            for b in 0..=255 {
                let color = Rgb::new(r, g, b);
                let reply = color.encode();
                let (front, back) = reply.split_at(usize::from(b) % (reply.len() + 1));
                let mut decoder = ReplyDecoder::new(Mode::Strict);
                assert!(decoder.push(front).is_ok() && decoder.push(back).is_ok());
                assert_eq!(decoder.finish(), Ok(color));
            }
        }
    });
}

// REP-1, REP-2, LEN-2, ERR-1
#[test]
fn all_numbers_below_100_000_are_judged_alike_in_every_place() {
    for number in 0..100_000u32 {
        for zeros in 0..=3 {
            let text = format!("{}{number}", "0".repeat(zeros));
            for component in Component::ALL {
                let (reply, offset) = match component {
                    Component::Red => (format!("{text},20,30"), 0),
                    Component::Green => (format!("10,{text},30"), 3),
                    Component::Blue => (format!("10,20,{text}"), 6),
                };
                let fault = |kind| Err((kind, component, offset));
                let value = |number| Ok::<u8, (DecodeErrorKind, Component, usize)>(number);
                let strict = if zeros > 0 {
                    fault(DecodeErrorKind::LeadingZero)
                } else {
                    u8::try_from(number).map_or(fault(DecodeErrorKind::OutOfRange), value)
                };
                let lenient = u8::try_from(number).map_or(fault(DecodeErrorKind::OutOfRange), value);
                for (mode, expected) in [(Mode::Strict, strict), (Mode::Lenient, lenient)] {
                    let decoded = rgb_proto::decode(reply.as_bytes(), mode);
                    let got = decoded
                        .map(|color| color.component(component))
                        .map_err(|error| (error.kind(), error.component(), error.offset()));
                    assert_eq!(got, expected, "{reply:?} {mode:?}");
                }
            }
        }
    }
}
