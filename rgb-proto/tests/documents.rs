//! A browser gets a page and whoever asks gets the status; everybody else gets a colour.

use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::http::{AccessPointStatus, BoardStatus, ContentType, Document, Lease, PAGE};
use rgb_proto::settings::{Role, SettingsDraft, Ssid};
use rgb_proto::{
    ErrorKind, Instant, Method, Request, RequestDecoder, RequestStatus, Resource, Rgb, Served, ServerConfig,
    ServerExchange, ServerStep,
};

const START: Instant = Instant::ORIGIN;

fn resource(head: &str) -> Resource {
    let mut decoder = RequestDecoder::new();
    match decoder.push(head.as_bytes()) {
        RequestStatus::Complete(Request::Http { resource, .. }) => resource,
        status => panic!("{head:?} is {status:?}"),
    }
}

// HTTP-5
#[test]
fn a_browser_gets_the_page_and_curl_the_colour() {
    let chromium = "GET / HTTP/1.1\r\nHost: board\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n\r\n";
    let lower_case = "GET / HTTP/1.1\r\naccept:application/xml, TEXT/HTML;q=0.9\r\n\r\n";
    for browser in [chromium, lower_case] {
        assert_eq!(resource(browser), Resource::Page, "{browser}");
    }
    for other in [
        "GET / HTTP/1.1\r\nHost: board\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nX-Accept: text/html\r\n\r\n",
        "GET / HTTP/1.1\r\nAccept-Language: text/html\r\n\r\n",
        "GET / HTTP/1.1\r\nAccept: xtext/html, application/text/html\r\n\r\n",
    ] {
        assert_eq!(resource(other), Resource::Color, "{other}");
    }
}

// HTTP-5
#[test]
fn only_the_known_paths_are_documents_and_a_query_does_not_matter() {
    let html = "HTTP/1.1\r\nAccept: text/html\r\n\r\n";
    for (path, expected) in [
        ("/", Resource::Page),
        ("/?x=/status", Resource::Page),
        ("/status", Resource::Status),
        ("/status?pretty", Resource::Status),
        ("/statu", Resource::Color),
        ("/status/", Resource::Color),
        ("/statuses", Resource::Color),
        ("/color", Resource::Color),
        ("/favicon.ico", Resource::Color),
        ("*", Resource::Color),
        ("http://board/status", Resource::Color),
    ] {
        assert_eq!(resource(&format!("GET {path} {html}")), expected, "{path}");
    }
}

proptest! {
    // HTTP-5
    #[test]
    fn the_resource_does_not_depend_on_the_pieces(cut in 0usize..80, path in "/(status|color)?(\\?[a-z]{0,4})?", html in any::<bool>()) {
        let accept = if html { "text/html" } else { "*/*" };
        let head = format!("GET {path} HTTP/1.1\r\nHost: b\r\nAccept: {accept}\r\nX: y\r\n\r\n");
        let cut = cut.min(head.len());
        let mut decoder = RequestDecoder::new();
        decoder.push(&head.as_bytes()[..cut]);
        let status = decoder.push(&head.as_bytes()[cut..]);
        let expected = resource(&head);
        prop_assert_eq!(status, RequestStatus::Complete(Request::Http { method: Method::Get, resource: expected }));
    }
}

/// Drives an exchange whose request is answered by a document, writing at most `chunk` bytes at a time.
fn exchange(request: &str, content_type: ContentType, body: &str, chunk: usize) -> (String, Served) {
    let mut exchange = ServerExchange::new(&ServerConfig::default(), START);
    exchange.handle_received(request.as_bytes(), START);
    let ServerStep::Reply(_) = exchange.poll(START) else { panic!("no request in {request:?}") };
    exchange.reply_document(Document { content_type, len: body.len() });
    let mut sent = Vec::new();
    let mut ended = false;
    loop {
        let len = match exchange.poll(START) {
            ServerStep::Transmit { bytes, last, .. } => {
                let len = bytes.len().min(chunk);
                sent.extend(&bytes[..len]);
                ended = last && len == bytes.len();
                len
            }
            ServerStep::TransmitBody { offset, .. } => {
                let bytes = &body.as_bytes()[offset..];
                assert!(!bytes.is_empty(), "asked to send nothing");
                let len = bytes.len().min(chunk);
                sent.extend(&bytes[..len]);
                ended = len == bytes.len();
                len
            }
            ServerStep::Receive { .. } => break,
            step => panic!("{step:?}"),
        };
        exchange.handle_sent(len, START);
    }
    assert!(ended, "the end of the stream was not announced");
    exchange.handle_eof();
    let ServerStep::Done(Ok(served)) = exchange.poll(START) else { panic!("not done") };
    (String::from_utf8(sent).expect("heads and documents are text"), served)
}

// HTTP-3, HTTP-5
#[test]
fn a_document_is_sent_behind_its_head_in_any_pieces() {
    let expected = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{PAGE}",
        PAGE.len()
    );
    for chunk in [1, 7, 100, 10_000] {
        let (sent, served) = exchange("GET / HTTP/1.1\r\nAccept: text/html\r\n\r\n", ContentType::Html, PAGE, chunk);
        assert_eq!(sent, expected);
        assert_eq!(served.color, None);
    }
}

// HTTP-4, HTTP-5
#[test]
fn head_gets_a_documents_head_alone() {
    let (sent, _) = exchange("HEAD /status HTTP/1.1\r\n\r\n", ContentType::Json, "{}", 10_000);
    assert!(sent.ends_with(
        "Content-Type: application/json\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
    ));
}

// HTTP-5
#[test]
fn the_page_is_small_and_needs_nothing_else() {
    assert!(PAGE.len() < 2_048, "{} bytes", PAGE.len());
    for outside in ["http:", "https:", "src=", "href=", "@import"] {
        assert!(!PAGE.contains(outside), "{outside}");
    }
    assert!(PAGE.contains("\"/color\"") && PAGE.contains("\"/status\""));
}

fn status() -> BoardStatus {
    BoardStatus {
        name: "kitchen".parse().expect("a good name"),
        role: Role::Both,
        address: Some([192, 168, 1, 7].into()),
        rssi_dbm: Some(-61),
        access_point: None,
        uptime: Duration::from_millis(61_999),
        color: Some(Rgb::new(1, 2, 3)),
        served: 4,
        exchanges: 5,
        failures: [1, 2, 3, 4, 5, 6],
        reset_reason: "watchdog",
    }
}

// HTTP-6
#[test]
fn the_status_is_the_object_that_the_protocol_describes() {
    let object: serde_json::Value = serde_json::from_str(&status().to_string()).unwrap();
    assert_eq!(
        object,
        serde_json::json!({
            "name": "kitchen", "role": "both", "address": "192.168.1.7", "rssi_dbm": -61, "access_point": null,
            "uptime_s": 61, "color": "1,2,3", "served": 4, "exchanges": 5, "reset_reason": "watchdog",
            "failures": {"connect": 1, "timeout": 2, "reset": 3, "closed": 4, "decode": 5, "resolve": 6},
        })
    );
}

// HTTP-6
#[test]
fn a_board_without_a_network_has_nulls_in_its_status() {
    let status = BoardStatus { address: None, rssi_dbm: None, color: None, ..status() };
    let object: serde_json::Value = serde_json::from_str(&status.to_string()).unwrap();
    for field in ["address", "rssi_dbm", "access_point", "color"] {
        assert!(object[field].is_null(), "{field}");
    }
    assert_eq!(ErrorKind::ALL.len(), object["failures"].as_object().unwrap().len());
}

fn ssid(text: &str) -> Ssid {
    let mut draft = SettingsDraft::new();
    draft.set("ssid", text).expect("a good name");
    *draft.finish().expect("settings that fit together").networks()[0].ssid()
}

// HTTP-6
#[test]
fn an_access_point_tells_its_network_and_who_is_on_it() {
    let lease =
        |last| Lease { address: [192, 168, 4, last].into(), hardware_address: [0x28, 0xcd, 0xc1, 0, 0xa, last] };
    let mut leases = [None; AccessPointStatus::LEASES_MAX];
    leases[0] = Some(lease(2));
    leases[1] = Some(lease(3));
    let access_point = AccessPointStatus { ssid: ssid("Lamps"), channel: 6, stations: 1, leases };
    let status = BoardStatus { rssi_dbm: None, access_point: Some(access_point), ..status() };
    let object: serde_json::Value = serde_json::from_str(&status.to_string()).unwrap();
    assert_eq!(
        object["access_point"],
        serde_json::json!({
            "ssid": "Lamps", "channel": 6, "stations": 1,
            "leases": [
                {"address": "192.168.4.2", "hardware_address": "28:cd:c1:00:0a:02"},
                {"address": "192.168.4.3", "hardware_address": "28:cd:c1:00:0a:03"},
            ],
        })
    );
}

proptest! {
    // HTTP-6
    #[test]
    fn any_networks_name_comes_through_the_status(name in "[\\PC\"\\\\\\x00-\\x1f\\x7f]{1,8}") {
        let leases = [None; AccessPointStatus::LEASES_MAX];
        let access_point = Some(AccessPointStatus { ssid: ssid(&name), channel: 1, stations: 0, leases });
        let object: serde_json::Value = serde_json::from_str(&BoardStatus { access_point, ..status() }.to_string()).unwrap();
        prop_assert_eq!(&object["access_point"]["ssid"], &serde_json::json!(name));
        prop_assert_eq!(&object["access_point"]["leases"], &serde_json::json!([]));
    }
}
