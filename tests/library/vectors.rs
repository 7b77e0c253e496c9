//! The protocol's conformance vectors over real TCP.

use std::io::Write;

use harness::bad_client::{connect, end_and_read_reply};
use harness::bad_server::{BadServer, reply};
use rgb_sim::{ClientBoard, ClientBoardConfig, ClientConfig, ErrorKind, Event, Mode, Rgb, Script};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{quick_client, server};

// REP-1, REP-2, REP-3, REP-4, END-2, ERR-1
#[test]
fn a_strict_client_takes_and_refuses_what_it_should() {
    assert_outcomes(Mode::Strict, &read(include_str!("../../rgb-proto/vectors/replies-valid.json")));
    assert_outcomes(Mode::Strict, &read(include_str!("../../rgb-proto/vectors/replies-invalid.json")));
}

// LEN-1, LEN-2, LEN-3, LEN-4
#[test]
fn a_lenient_client_takes_and_refuses_what_it_should() {
    assert_outcomes(Mode::Lenient, &read(include_str!("../../rgb-proto/vectors/replies-valid.json")));
    assert_outcomes(Mode::Lenient, &read(include_str!("../../rgb-proto/vectors/replies-lenient.json")));
}

// REQ-6, REQ-8, HTTP-1, HTTP-3, HTTP-4, HTTP-5
#[test]
fn a_server_answers_every_request_as_it_should() {
    let board = server(&[Rgb::BLACK], Default::default());
    for vector in read(include_str!("../../rgb-proto/vectors/requests.json")) {
        if let Some(color) = color(&vector) {
            board.set_source(Box::new(Script::fixed(color)));
        }
        let mut client = connect(board.addr());
        client.write_all(&bytes(&vector["request"])).unwrap();
        let response = end_and_read_reply(client).unwrap();
        // The vectors' responses are those of a server without documents.
        let document = match vector["asks"]["resource"].as_str() {
            Some("page") => Some("text/html"),
            Some("status") => Some("application/json"),
            _ => None,
        };
        let Some(content_type) = document else {
            assert_eq!(response, vector["response"].as_str().unwrap_or(""), "{}", vector["name"]);
            continue;
        };
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Type: {content_type}\r\n")), "{}: {head}", vector["name"]);
        assert_eq!(body.is_empty(), vector["asks"]["method"] == "HEAD", "{}: {body}", vector["name"]);
    }
}

fn assert_outcomes(mode: Mode, vectors: &[Value]) {
    assert!(vectors.len() > 50);
    let replies: Vec<_> = vectors.iter().map(|vector| bytes(&vector["reply"])).collect();
    let server = BadServer::start(move |number, stream| reply(stream, &replies[number]));
    let (events, mut received) = mpsc::channel(vectors.len());
    let quick = quick_client(server.addr());
    let client = ClientBoard::start(ClientBoardConfig {
        client: ClientConfig { mode, ..quick.client },
        count: Some(vectors.len() as u64),
        events: Some(events),
        ..quick
    })
    .expect("the system gives a thread");
    for vector in vectors {
        let event = received.blocking_recv().expect("there is an outcome for each reply");
        let name = &vector["name"];
        match (&event, color(vector)) {
            (Event::Exchange { color, .. }, Some(expected)) => assert_eq!(*color, expected, "{name}"),
            (Event::Error { kind: ErrorKind::Closed, .. }, None) => assert_eq!(vector["reply"], "", "{name}"),
            (Event::Error { kind: ErrorKind::Decode, decode: Some(found), .. }, None) => {
                let expected = &vector["error"];
                assert_eq!(expected["kind"], found.decode_kind, "{name}");
                assert_eq!(expected["offset"], found.offset, "{name}");
                assert_eq!(expected["component"], found.component.as_str(), "{name}");
            }
            _ => panic!("{name}: {event:?}"),
        }
    }
    assert_eq!(client.wait().attempts(), vectors.len() as u64);
}

fn read(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("the vectors are a JSON array")
}

/// The bytes of a vector's string, which stands for them in ISO 8859-1.
fn bytes(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("bytes are a string");
    text.chars().map(|char| u8::try_from(u32::from(char)).expect("a character stands for one byte")).collect()
}

fn color(vector: &Value) -> Option<Rgb> {
    let number = |index: usize| vector["color"][index].as_u64().and_then(|number| u8::try_from(number).ok());
    Some(Rgb::new(number(0)?, number(1)?, number(2)?))
}
