//! Browsers and the like.

use embassy_time::{Duration, Timer};
use pico_fw::source::Sweep;
use rgb_proto::Rgb;
use rgb_proto::http::PAGE;

use crate::lab::{Lab, Segment, end, read_to_end, write};

fn head_and_body(response: &[u8]) -> (String, String) {
    let text = String::from_utf8(response.to_vec()).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head that ends");
    (head.to_owned(), body.to_owned())
}

// HTTP-1, HTTP-3, SRV-2
#[test]
fn curl_gets_a_colour_in_one_segment() {
    let lab = Lab::new();
    let (_, address) = lab.server(|| Rgb::new(12, 0, 255));
    let laptop = lab.computer(50);
    lab.ethernet.take_frames();
    let response =
        lab.run(laptop.ask(address, b"GET / HTTP/1.1\r\nHost: board\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n"));
    let (head, body) = head_and_body(&response);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"), "{head}");
    assert_eq!(body, "12,0,255");
    let segments = Segment::all(&lab.ethernet.take_frames());
    let with_data: Vec<_> =
        segments.iter().filter(|segment| segment.from == 80 && !segment.payload.is_empty()).collect();
    assert!(matches!(with_data[..], [Segment { fin: true, .. }]), "{with_data:?}");
}

// HTTP-5
#[test]
fn a_browser_gets_the_page_whole() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    let request = b"GET / HTTP/1.1\r\nHost: board\r\nAccept: text/html,application/xhtml+xml\r\n\r\n";
    let response = lab.run(laptop.ask(address, request));
    let (head, body) = head_and_body(&response);
    assert!(head.contains("Content-Type: text/html"), "{head}");
    assert!(head.contains(&format!("Content-Length: {}", PAGE.len())), "{head}");
    assert_eq!(body, PAGE);
    lab.run_for(Duration::from_millis(100));
    assert_eq!(server.said("Sent: the page"), 1);
}

// HTTP-4
#[test]
fn a_head_request_gets_the_pages_head_alone() {
    let lab = Lab::new();
    let (_, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    let response = lab.run(laptop.ask(address, b"HEAD / HTTP/1.1\r\nAccept: text/html\r\n\r\n"));
    let (head, body) = head_and_body(&response);
    assert!(head.contains(&format!("Content-Length: {}", PAGE.len())), "{head}");
    assert_eq!(body, "");
}

// HTTP-6
#[test]
fn the_status_is_json_and_counts() {
    let lab = Lab::new();
    let (server, address) = lab.server(|| Rgb::new(1, 2, 3));
    let laptop = lab.computer(50);
    let client = lab.pico(&format!("name=kitchen;role=both;server={address}"), Sweep::new());
    lab.run_for(Duration::from_secs(8));
    let mut documents = [server, client].map(|board| {
        let address = board.board.address().unwrap();
        let response = lab.run(laptop.ask(address, b"GET /status HTTP/1.1\r\n\r\n"));
        let (head, body) = head_and_body(&response);
        assert!(head.contains("Content-Type: application/json"), "{head}");
        // smoltcp asks for one hardware address a second, so the second question would wait.
        lab.run_for(Duration::from_secs(1));
        serde_json::from_str::<serde_json::Value>(&body).unwrap()
    });
    let served = documents[0]["served"].take().as_u64().unwrap();
    assert!(served > 20);
    let exchanges = documents[1]["exchanges"].take().as_u64().unwrap();
    assert!((served + 3..served + 8).contains(&exchanges), "{exchanges} of {served} a second ago");
    for (document, name, role, color) in
        [(&documents[0], "server", "server", None), (&documents[1], "kitchen", "both", Some("1,2,3"))]
    {
        assert_eq!(document["name"], name);
        assert_eq!(document["role"], role);
        assert_eq!(document["color"].as_str(), color);
        assert_eq!(document["rssi_dbm"], -55);
        assert_eq!(document["reset_reason"], "power_on");
        assert!((8..13).contains(&document["uptime_s"].as_u64().unwrap()));
        assert!(!document.to_string().contains("correct horse"));
    }
    assert_eq!(documents[0]["address"], address.to_string());
}

// SRV-3: a body behind the head is read before the connection is closed, so no reset destroys the response.
#[test]
fn a_client_that_posts_a_long_body_gets_its_response() {
    let lab = Lab::new();
    let (_, address) = lab.server(|| Rgb::new(4, 5, 6));
    let laptop = lab.computer(50);
    lab.ethernet.take_frames();
    lab.run(async {
        let mut socket = laptop.connect(address, 80).await.unwrap();
        write(&mut socket, b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n").await;
        let body = [b'x'; 1000];
        for _ in 0..100 {
            write(&mut socket, &body).await;
        }
        assert!(read_to_end(&mut socket).await.ends_with(b"\r\n\r\n4,5,6"));
        end(socket).await;
        Timer::after_millis(50).await;
    });
    assert!(Segment::all(&lab.ethernet.take_frames()).iter().all(|segment| !segment.rst));
}
