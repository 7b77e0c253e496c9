//! The conformance vectors, and that they cover what they should.

use std::collections::BTreeSet;

use rgb_proto::{
    DecodeError, DecodeErrorKind, MAX_REQUEST_LEN, Mode, ReplyDecoder, Request, RequestDecoder, RequestStatus,
    Resource, Response, Rgb, Status, decode,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const PROTOCOL: &str = include_str!("../PROTOCOL.md");
const VALID: &str = include_str!("../vectors/replies-valid.json");
const INVALID: &str = include_str!("../vectors/replies-invalid.json");
const LENIENT: &str = include_str!("../vectors/replies-lenient.json");
const REQUESTS: &str = include_str!("../vectors/requests.json");

#[derive(Deserialize)]
struct Entry<T> {
    name: String,
    clauses: Vec<String>,
    #[serde(flatten)]
    content: T,
}

#[derive(Deserialize)]
struct Reply {
    reply: Bytes,
    color: Option<[u8; 3]>,
    error: Option<Error>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct Error {
    kind: String,
    component: String,
    offset: usize,
    byte: Option<u8>,
}

#[derive(Deserialize)]
struct RequestEntry {
    request: Bytes,
    status: String,
    asks: Option<Asks>,
    #[serde(default)]
    cut_off: bool,
    color: Option<[u8; 3]>,
    response: Option<Bytes>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asks {
    form: String,
    name: Option<String>,
    method: Option<String>,
    resource: Option<String>,
}

/// A string of characters up to U+00FF, each a byte.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Bytes(Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = std::char::TryFromCharError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.chars().map(u8::try_from).collect::<Result<_, _>>().map(Self)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let byte = match error.kind() {
            DecodeErrorKind::UnexpectedByte(byte) => Some(byte),
            _ => None,
        };
        Self {
            kind: error.kind().as_str().into(),
            component: error.component().as_str().into(),
            offset: error.offset(),
            byte,
        }
    }
}

impl From<Request> for Asks {
    fn from(request: Request) -> Self {
        let (form, name, http) = match request {
            Request::Data { name } => ("data", name.map(|name| name.to_string()), None),
            Request::Http { method, resource } => ("http", None, Some((method, resource))),
            Request::Other => ("other", None, None),
        };
        let resource = http.map(|(_, resource)| match resource {
            Resource::Color => "color".to_string(),
            Resource::Page => "page".to_string(),
            Resource::Status => "status".to_string(),
        });
        Self { form: form.into(), name, method: http.map(|(method, _)| method.as_str().to_string()), resource }
    }
}

fn entries<T: DeserializeOwned>(json: &str) -> Vec<Entry<T>> {
    serde_json::from_str(json).expect("a vector file is a JSON array of entries of its kind")
}

/// The end of `reply` when it comes in these pieces.
fn decode_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, mode: Mode) -> Result<Rgb, DecodeError> {
    let mut decoder = ReplyDecoder::new(mode);
    let mut last = Status::NeedMore;
    for piece in pieces {
        last = decoder.push(piece)?;
    }
    let end = decoder.finish();
    assert_eq!(end.is_ok(), matches!(last, Status::Complete(color) if Ok(color) == end));
    end
}

/// Decodes `reply` whole, byte by byte and in every two pieces.
fn check_reply(name: &str, reply: &[u8], mode: Mode, expected: &Result<Rgb, Error>) {
    let check = |end: Result<Rgb, DecodeError>, how: &str| {
        assert_eq!(end.map_err(Error::from), *expected, "{name:?}, {mode:?}, {how}");
    };
    check(decode(reply, mode), "whole");
    check(decode_pieces([reply], mode), "in one piece");
    check(decode_pieces(reply.chunks(1), mode), "byte by byte");
    for at in 0..=reply.len() {
        let (front, back) = reply.split_at(at);
        check(decode_pieces([front, back], mode), &format!("cut at {at}"));
    }
}

// REP-1, REP-2, REP-3, LEN-3
#[test]
fn valid_replies_are_taken_by_both_grammars_and_encoded_alike() {
    for Entry { name, content, .. } in entries::<Reply>(VALID) {
        let color = Rgb::from(content.color.unwrap());
        assert!(content.error.is_none(), "{name:?}");
        check_reply(&name, &content.reply.0, Mode::Strict, &Ok(color));
        check_reply(&name, &content.reply.0, Mode::Lenient, &Ok(color));
        assert_eq!(&color.encode()[..], &content.reply.0[..], "{name:?}");
    }
}

// REP-1, REP-2, REP-3, REP-4, ERR-1
#[test]
fn invalid_replies_are_refused_with_kind_component_and_offset() {
    for Entry { name, content, .. } in entries::<Reply>(INVALID) {
        assert!(content.color.is_none(), "{name:?}");
        check_reply(&name, &content.reply.0, Mode::Strict, &Err(content.error.unwrap()));
    }
}

// LEN-1, LEN-2, LEN-3, LEN-4, ERR-1
#[test]
fn lenient_replies_are_taken_or_refused_as_the_vectors_say() {
    for Entry { name, content, .. } in entries::<Reply>(LENIENT) {
        let expected = match (content.color, content.error) {
            (Some(color), None) => Ok(Rgb::from(color)),
            (None, Some(error)) => Err(error),
            _ => panic!("{name:?} has not exactly one of color and error"),
        };
        check_reply(&name, &content.reply.0, Mode::Lenient, &expected);
    }
}

// REQ-1, REQ-3, REQ-4, REQ-5, REQ-6, REQ-7, REQ-8, HTTP-1, HTTP-2, HTTP-5
#[test]
fn requests_are_recognised_in_any_pieces() {
    for Entry { name, content, .. } in entries::<RequestEntry>(REQUESTS) {
        let request = &content.request.0;
        let check = |pieces: &[&[u8]], how: &str| {
            let mut decoder = RequestDecoder::new();
            let mut last = decoder.push(&[]);
            for piece in pieces {
                last = decoder.push(piece);
            }
            let (status, asked) = match last {
                RequestStatus::NeedMore => ("need_more", decoder.finish()),
                RequestStatus::MayGrow(request) => ("may_grow", Some(request)),
                RequestStatus::Complete(request) => ("complete", Some(request)),
            };
            assert_eq!(asked, decoder.finish(), "{name:?}, {how}");
            assert_eq!(asked.map(Asks::from), content.asks, "{name:?}, {how}");
            assert_eq!(status, content.status, "{name:?}, {how}");
            assert_eq!(decoder.is_over_limit(), content.cut_off, "{name:?}, {how}");
            assert!(decoder.taken() <= request.len().min(MAX_REQUEST_LEN), "{name:?}, {how}");
        };
        check(&[request], "whole");
        check(&request.chunks(1).collect::<Vec<_>>(), "byte by byte");
        for at in 0..=request.len() {
            let (front, back) = request.split_at(at);
            check(&[front, back], &format!("cut at {at}"));
        }
    }
}

// REP-1, REQ-6, HTTP-1, HTTP-3, HTTP-4
#[test]
fn responses_have_the_bytes_of_the_vectors() {
    for Entry { name, content, .. } in entries::<RequestEntry>(REQUESTS) {
        let mut decoder = RequestDecoder::new();
        decoder.push(&content.request.0);
        let Some(request) = decoder.finish() else {
            assert!(content.color.is_none() && content.response.is_none(), "{name:?}");
            continue;
        };
        let response = Response::new(&request, content.color.unwrap().into());
        let expected = content.response.unwrap();
        assert_eq!(response.as_bytes().escape_ascii().to_string(), expected.0.escape_ascii().to_string(), "{name:?}");
        assert!(response.as_bytes().len() <= Response::MAX_LEN);
    }
}

#[test]
fn every_entry_has_a_unique_name_and_clauses_that_exist() {
    fn check<T: DeserializeOwned>(file: &str, json: &str) {
        let mut names = BTreeSet::new();
        for Entry { name, clauses, .. } in entries::<T>(json) {
            assert!(!clauses.is_empty(), "{file}: {name:?} cites no clause");
            for clause in clauses {
                assert!(PROTOCOL.contains(&format!("- **{clause}** ")), "{file}: {name:?} cites {clause:?}");
            }
            assert!((1..=60).contains(&name.len()), "{file}: {name:?}");
            assert!(names.insert(name.clone()), "{file}: {name:?} is there twice");
        }
    }
    check::<Reply>("replies-valid.json", VALID);
    check::<Reply>("replies-invalid.json", INVALID);
    check::<Reply>("replies-lenient.json", LENIENT);
    check::<RequestEntry>("requests.json", REQUESTS);
}

#[test]
fn the_vectors_cover_every_kind_of_fault_in_every_number() {
    let faults = |json: &str| -> BTreeSet<(String, String)> {
        let errors = entries::<Reply>(json).into_iter().filter_map(|entry| entry.content.error);
        errors.map(|error| (error.kind, error.component)).collect()
    };
    let expected = |kinds: &[&str]| -> BTreeSet<(String, String)> {
        let pairs = kinds.iter().flat_map(|kind| ["red", "green", "blue"].map(|component| (*kind, component)));
        // Only the third number can be followed by one too many.
        let pairs = pairs.chain([("extra_number", "blue")]);
        pairs.map(|(kind, component)| (kind.to_string(), component.to_string())).collect()
    };
    let everywhere = ["unexpected_byte", "missing_number", "out_of_range", "unexpected_end"];
    assert_eq!(faults(INVALID), expected(&[&everywhere[..], &["leading_zero"]].concat()));
    assert_eq!(faults(LENIENT), expected(&[&everywhere[..], &["too_long"]].concat()));
}
