//! What a server takes a request for, on inputs that nobody chose.

mod pieces;
mod property;

use pieces::{cuts, pieces};
use proptest::prelude::*;
use rgb_proto::{MAX_REQUEST_LEN, Method, Name, Request, RequestBytes, RequestDecoder, RequestStatus, Resource};

fn names() -> impl Strategy<Value = Name> {
    "[A-Za-z0-9._-]{1,32}".prop_map(|name| name.parse().expect("the pattern gives names"))
}

/// Bytes that are a request, nearly one, or nothing like it.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        3 => Just("GET "),
        3 => Just("Data"),
        2 => Just(" "),
        2 => Just("kitchen"),
        2 => Just("\n"),
        2 => Just("\r\n"),
        1 => Just("\r"),
        2 => Just("/"),
        2 => Just(" HTTP/1.1\r\n"),
        1 => Just("HEAD / HTTP/1.0\n"),
        1 => Just("Host: board"),
        1 => Just("P"),
        1 => Just("h*"),
    ];
    prop_oneof![
        3 => proptest::collection::vec(token, 0..8).prop_map(|tokens| tokens.concat().into_bytes()),
        1 => proptest::option::of(names()).prop_map(|name| RequestBytes::new(name.as_ref()).as_bytes().to_vec()),
        1 => "(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) [/*h][!-~]{0,20} HTTP/1\\.[0-9]\r?\n([!-~]{1,9}: [ -~]{0,9}\r?\n){0,3}\r?\n"
            .prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..60),
        1 => (1000..1050usize).prop_map(|len| [b"GET / HTTP/1.1\r\nX: ", &vec![b'x'; len][..], b"\r\n\r\n"].concat()),
    ]
}

/// The last status after these pieces, and what they ask for.
fn recognise(pieces: &[&[u8]], limit: u16) -> (RequestStatus, Option<Request>, bool) {
    let mut decoder = RequestDecoder::with_limit(limit);
    let mut status = decoder.push(&[]);
    for piece in pieces {
        status = decoder.push(piece);
    }
    (status, decoder.finish(), decoder.is_over_limit())
}

fn whole(request: &[u8]) -> RequestStatus {
    RequestDecoder::new().push(request)
}

proptest! {
    #![proptest_config(property::config())]

    // REQ-3, REQ-4, REQ-7
    #[test]
    fn a_named_request_in_one_piece_is_what_it_is_byte_by_byte(
        request in "GET Data( [A-Za-z0-9._ -]{0,34}\r{0,1}\n{0,1}.{0,2})?",
        limit in 1..60u16,
    ) {
        let (mut whole, mut bytewise) = (RequestDecoder::with_limit(limit), RequestDecoder::with_limit(limit));
        let status = whole.push(request.as_bytes());
        prop_assert_eq!(status, request.bytes().fold(RequestStatus::NeedMore, |_, byte| bytewise.push(&[byte])));
        prop_assert_eq!(whole.finish(), bytewise.finish());
        prop_assert_eq!((whole.taken(), whole.is_over_limit()), (bytewise.taken(), bytewise.is_over_limit()));
    }

    // REQ-5, REQ-6, REQ-7
    #[test]
    fn pieces_are_taken_for_what_the_whole_is(request in requests(), cuts in cuts(), limit in 0..1100u16) {
        let whole = recognise(&[&request], limit);
        prop_assert_eq!(recognise(&pieces(&request, &cuts), limit), whole);
        prop_assert_eq!(recognise(&request.chunks(1).collect::<Vec<_>>(), limit), whole);
    }

    // REQ-6, REQ-8
    #[test]
    fn all_bytes_but_none_ask_for_a_colour(request in requests()) {
        let (status, asked, _) = recognise(&[&request], 1024);
        prop_assert_eq!(asked.is_none(), request.is_empty());
        match status {
            RequestStatus::NeedMore => {
                let head_or_nothing = matches!(asked, None | Some(Request::Http { .. }));
                prop_assert!(head_or_nothing);
            }
            RequestStatus::MayGrow(request) | RequestStatus::Complete(request) => prop_assert_eq!(asked, Some(request)),
        }
    }

    // REQ-7
    #[test]
    fn no_more_than_the_limit_is_taken_and_at_the_limit_the_request_is_complete(
        request in requests(), limit in 1..1100u16,
    ) {
        let limit_len = usize::from(limit).min(MAX_REQUEST_LEN);
        let mut decoder = RequestDecoder::with_limit(limit);
        let status = decoder.push(&request);
        prop_assert!(decoder.taken() <= limit_len);
        if decoder.taken() == limit_len {
            let complete = matches!(status, RequestStatus::Complete(_));
            prop_assert!(complete);
        }
        if decoder.is_over_limit() {
            prop_assert_eq!(decoder.taken(), limit_len);
            // A request that would have been whole there was not cut off.
            let whole_there = matches!(whole(&request[..limit_len]), RequestStatus::Complete(_));
            prop_assert!(limit_len == MAX_REQUEST_LEN || !whole_there);
        }
    }

    // REQ-4
    #[test]
    fn a_named_request_is_recognised_with_its_name(name in names(), cr in any::<bool>()) {
        let end = if cr { "\r\n" } else { "\n" };
        let named = Request::Data { name: Some(name) };
        prop_assert_eq!(whole(format!("GET Data {name}{end}").as_bytes()), RequestStatus::Complete(named));
        prop_assert_eq!(whole(format!("GET Data {name}").as_bytes()), RequestStatus::MayGrow(named));
    }

    // REQ-4
    #[test]
    fn what_is_no_name_makes_a_request_without_one(text in "[ -~]{0,40}") {
        prop_assume!(text.parse::<Name>().is_err());
        let request = format!("GET Data {text}\n");
        prop_assert_eq!(whole(request.as_bytes()), RequestStatus::Complete(Request::Data { name: None }));
    }

    // REQ-1, REQ-2, REQ-4
    #[test]
    fn a_server_recognises_what_a_client_sends(name in proptest::option::of(names())) {
        let request = RequestBytes::new(name.as_ref());
        prop_assert!((8..=42).contains(&request.as_bytes().len()));
        prop_assert_eq!(whole(request.as_bytes()), RequestStatus::Complete(Request::Data { name }));
    }

    // HTTP-2
    #[test]
    fn an_http_request_is_complete_at_its_empty_line_and_not_before(
        method in "(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH)",
        target in "[/*h][!-~]{0,20}",
        fields in proptest::collection::vec("[!-~]{1,9}:[ -~]{0,9}", 0..4),
        crs in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let mut lines = vec![format!("{method} {target} HTTP/1.1")];
        lines.extend(fields);
        lines.push(String::new());
        let ends = crs.iter().map(|cr| if *cr { "\r\n" } else { "\n" });
        let head: String = lines.iter().zip(ends).flat_map(|(line, end)| [line, end]).collect();
        for len in 0..head.len() {
            let complete = matches!(whole(&head.as_bytes()[..len]), RequestStatus::Complete(_));
            prop_assert!(!complete, "complete after {} bytes", len);
        }
        let RequestStatus::Complete(Request::Http { method: recognised, .. }) = whole(head.as_bytes()) else {
            return Err(TestCaseError::fail(format!("{head:?} is not recognised")));
        };
        prop_assert_eq!(recognised.as_str(), method);
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        request in proptest::collection::vec(any::<u8>(), 0..2000), cuts in cuts(), limit in any::<u16>(),
    ) {
        recognise(&pieces(&request, &cuts), limit);
    }
}

// REQ-1, REQ-3
#[test]
fn the_tutorials_request_is_complete_with_its_last_byte() {
    assert_eq!(whole(b"GET Data"), RequestStatus::Complete(Request::Data { name: None }));
    assert_eq!(whole(b"GET Dat"), RequestStatus::MayGrow(Request::Other));
    assert_eq!(RequestBytes::new(None).as_bytes(), b"GET Data");
}

// REQ-4
#[test]
fn a_name_is_sent_behind_a_space_and_before_a_line_feed() {
    let name: Name = "kitchen".parse().unwrap();
    assert_eq!(RequestBytes::new(Some(&name)).as_bytes(), b"GET Data kitchen\n");
    let longest: Name = "n".repeat(Name::MAX_LEN).parse().unwrap();
    assert_eq!(RequestBytes::new(Some(&longest)).as_bytes().len(), 42);
}

// REQ-4
#[test]
fn a_name_has_1_to_32_letters_digits_dots_hyphens_and_underscores() {
    for byte in 0..=127u8 {
        let allowed = byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        assert_eq!(char::from(byte).to_string().parse::<Name>().is_ok(), allowed, "{byte:#04x}");
    }
    for (len, allowed) in [(0, false), (1, true), (32, true), (33, false)] {
        assert_eq!("a".repeat(len).parse::<Name>().is_ok(), allowed, "{len} characters");
    }
    assert!("küche".parse::<Name>().is_err());
}

// REQ-7
#[test]
fn a_whole_request_that_ends_at_the_limit_is_not_cut_off() {
    for (request, limit, over) in [
        (&b"GET Data"[..], 8, false),
        (b"GET Data", 7, true),
        (b"GET Data a\n", 11, false),
        (b"GET Data a\n", 10, true),
        (b"GET / HTTP/1.1\n\n", 16, false),
        (b"GET / HTTP/1.1\n\n", 15, true),
    ] {
        let mut decoder = RequestDecoder::with_limit(limit);
        assert!(matches!(decoder.push(request), RequestStatus::Complete(_)));
        assert_eq!(decoder.is_over_limit(), over, "{:?}, limit {limit}", request.escape_ascii().to_string());
    }
}

// REQ-7
#[test]
fn limits_outside_1_to_1024_count_as_the_nearest_inside() {
    let taken = |limit: u16| {
        let mut decoder = RequestDecoder::with_limit(limit);
        decoder.push(&[b"GET /", &[b'x'; 2000][..]].concat());
        decoder.taken()
    };
    assert_eq!(
        [taken(0), taken(1), taken(1023), taken(1024), taken(1025), taken(u16::MAX)],
        [1, 1, 1023, 1024, 1024, 1024]
    );
    let mut default = RequestDecoder::default();
    default.push(&[b"GET /", &[b'x'; 2000][..]].concat());
    assert_eq!(default.taken(), MAX_REQUEST_LEN);
}

// SRV-1
#[test]
fn bytes_behind_a_complete_request_are_ignored() {
    let mut decoder = RequestDecoder::new();
    let first = decoder.push(b"GET Data kitchen\n");
    assert_eq!(decoder.push(b"HEAD / HTTP/1.1\r\n\r\n"), first);
    assert_eq!(decoder.taken(), 17);
}

// HTTP-1
#[test]
fn every_method_is_recognised() {
    let methods = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Delete,
        Method::Connect,
        Method::Options,
        Method::Trace,
        Method::Patch,
    ];
    for method in methods {
        let request = format!("{} / HTTP/1.1\r\n\r\n", method.as_str());
        assert_eq!(
            whole(request.as_bytes()),
            RequestStatus::Complete(Request::Http { method, resource: Resource::Color })
        );
    }
}
