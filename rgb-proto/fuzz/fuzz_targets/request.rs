//! The recogniser of requests, whole and in pieces, on arbitrary bytes and limits.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rgb_proto::{MAX_REQUEST_LEN, Request, RequestDecoder, RequestStatus};

/// Every cut of a request costs a pass over it, so only the first so many are tried.
const CUTS_MAX: usize = 64;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    len_max: Option<u16>,
    request: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let new = || input.len_max.map_or_else(RequestDecoder::new, RequestDecoder::with_limit);
    let limit = input.len_max.map_or(MAX_REQUEST_LEN, |len_max| usize::from(len_max).clamp(1, MAX_REQUEST_LEN));
    let request = input.request;
    let whole = after(new(), &[request], limit);
    // Where the pieces are cut is the network's choice: once all of them are in, it must not show.
    for cut in 0..=request.len().min(CUTS_MAX) {
        let (front, back) = request.split_at(cut);
        assert_eq!(after(new(), &[front, back], limit), whole, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = request.chunks(1).collect();
    assert_eq!(after(new(), &bytes, limit), whole, "byte by byte");
    first_answer_stands_but_for_bare_data(new(), request, whole.0);
});

/// What a decoder says of a request in these pieces: its last status, and how many bytes it took.
fn after(mut decoder: RequestDecoder, pieces: &[&[u8]], limit: usize) -> (RequestStatus, usize) {
    let mut status = decoder.push(&[]);
    let mut len = 0;
    for piece in pieces {
        status = decoder.push(piece);
        len += piece.len();
        assert!(decoder.taken() <= len.min(limit), "took more than came, or than the limit");
        assert!(!decoder.is_over_limit() || decoder.taken() == limit, "cut off before the limit");
        match status {
            RequestStatus::Complete(request) | RequestStatus::MayGrow(request) => {
                assert_eq!(decoder.finish(), Some(request), "the end of the stream changed the request");
            }
            RequestStatus::NeedMore if len == 0 => assert_eq!(decoder.finish(), None),
            RequestStatus::NeedMore => assert!(matches!(decoder.finish(), Some(Request::Http { .. }))),
        }
        if decoder.taken() == limit {
            assert!(matches!(status, RequestStatus::Complete(_)), "a request at the limit is answered");
        }
    }
    (status, decoder.taken())
}

/// A server answers at the first `Complete`. What comes later must not have mattered, with one exception: `GET Data`
/// has no terminator, so it is answered before whatever the rest would have made of it.
fn first_answer_stands_but_for_bare_data(mut decoder: RequestDecoder, request: &[u8], last: RequestStatus) {
    for (index, byte) in request.iter().enumerate() {
        if let RequestStatus::Complete(answered) = decoder.push(std::slice::from_ref(byte)) {
            let bare_data = request[..=index] == *b"GET Data" && answered == Request::Data { name: None };
            assert!(bare_data || last == RequestStatus::Complete(answered), "{answered:?} became {last:?}");
            return;
        }
    }
}
