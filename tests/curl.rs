//! curl, a foreign HTTP client, with our server. Without curl these tests say so and are skipped.
#![cfg(unix)]

use std::io::ErrorKind;
use std::process::Command;

use harness::Simulator;

/// What curl prints for these arguments, separated by spaces; `None` where there is no curl.
fn curl(args: &str) -> Option<String> {
    // No configuration, no proxy, and an end in any case.
    let mut command = Command::new("curl");
    command.args("--disable --silent --show-error --noproxy * --max-time 60".split(' '));
    let output = match command.args(args.split(' ')).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: curl is not installed");
            return None;
        }
        output => output.expect("curl runs"),
    };
    assert!(output.status.success(), "curl {args}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("curl prints what it gets, which is text"))
}

fn server() -> (Simulator, String) {
    let (server, addr) = Simulator::server("--source fixed:1,2,3");
    (server, format!("http://{addr}/"))
}

// HTTP-1
#[test]
fn a_get_prints_the_colour() {
    let (mut server, url) = server();
    let Some(body) = curl(&url) else { return };
    assert_eq!(body, "1,2,3");
    assert_eq!(server.event_of("served")["request"], "http");
    assert_eq!(curl(&format!("{url}any/target?at=all")).as_deref(), Some("1,2,3"));
}

// HTTP-1, HTTP-3
#[test]
fn the_head_says_what_the_body_is() {
    let (_server, url) = server();
    let Some(response) = curl(&format!("--include {url}")) else { return };
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "1,2,3");
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("HTTP/1.1 200 OK"));
    let mut fields: Vec<_> = lines.map(str::to_ascii_lowercase).collect();
    fields.sort_unstable();
    let expected = ["cache-control: no-store", "connection: close", "content-length: 5", "content-type: text/plain"];
    assert_eq!(fields, expected);
}

// HTTP-4
#[test]
fn head_has_the_same_head_and_no_body() {
    let (_server, url) = server();
    let Some(response) = curl(&format!("--head {url}")) else { return };
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("Content-Length: 5\r\n") && response.ends_with("\r\n\r\n"), "{response}");
}

// HTTP-1
#[test]
fn every_method_is_answered() {
    let (_server, url) = server();
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let Some(body) = curl(&format!("--request {method} {url}")) else { return };
        assert_eq!(body, "1,2,3", "{method}");
    }
}

// SRV-3
#[test]
fn a_post_with_a_body_is_answered() {
    let (_server, url) = server();
    for len in [5, 900, 5_000, 60_000] {
        let Some(body) = curl(&format!("--data {} {url}", "x".repeat(len))) else { return };
        assert_eq!(body, "1,2,3", "a body of {len} bytes");
    }
}

// HTTP-1
#[test]
fn http_1_0_is_answered() {
    let (_server, url) = server();
    let Some(response) = curl(&format!("--http1.0 --include {url}")) else { return };
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\n1,2,3"), "{response}");
}

// HTTP-3, SRV-1
#[test]
fn a_client_that_would_keep_its_connection_opens_another() {
    let (mut server, url) = server();
    let Some(bodies) = curl(&format!("-H Connection:keep-alive -w ;%{{num_connects}}; {url} {url}")) else { return };
    assert_eq!(bodies, "1,2,3;1;1,2,3;1;");
    let peers: Vec<_> = server.events_of("served", 2).iter().map(|served| served["peer"].clone()).collect();
    assert_ne!(peers[0], peers[1]);
}

// HTTP-2, REQ-7
#[test]
fn a_browsers_head_is_answered_below_and_beyond_1024_bytes() {
    for len in [700, 900, 1000, 1100, 3000, 8000] {
        let (server, url) = server();
        let cookie = "x".repeat(len);
        let Some(body) = curl(&format!("-H Cookie:{cookie} -A Mozilla/5.0 {url}")) else { return };
        assert_eq!(body, "1,2,3", "a cookie of {len} bytes");
        let notices = &server.stop().summary()["server"]["notices_by_kind"];
        let expected = if len > 1000 { serde_json::json!({ "limit_request": 1 }) } else { serde_json::json!({}) };
        // The rest of the head, about 100 bytes, decides where a cookie is near the limit.
        assert!(*notices == expected || len == 1000, "a cookie of {len} bytes: {notices}");
    }
}

// HTTP-5
#[test]
fn a_browser_gets_a_page_that_asks_for_the_colour_by_itself() {
    let (mut server, url) = server();
    let Some(response) = curl(&format!("--include -H Accept:text/html,*/*;q=0.8 {url}")) else { return };
    let (head, page) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("Content-Type: text/html"), "{head}");
    assert!(head.contains(&format!("Content-Length: {}", page.len())), "{head}: {}", page.len());
    assert!(page.contains("/color") && page.contains("/status") && page.trim_end().ends_with("</script>"), "{page}");
    assert_eq!(server.event_of("served")["request"], "page");
    assert_eq!(curl(&format!("-H Accept:text/html {url}color")).as_deref(), Some("1,2,3"));
}

// HTTP-5, HTTP-6
#[test]
fn the_status_is_json() {
    let (mut server, url) = server();
    let Some(_) = curl(&url) else { return };
    for query in ["", "?at=all"] {
        let response = curl(&format!("--include {url}status{query}")).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Content-Type: application/json"), "{head}");
        let status: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&status["name"], &status["role"]), (&"rgb-server".into(), &"server".into()), "{status}");
        assert_eq!((&status["address"], &status["rssi_dbm"]), (&"127.0.0.1".into(), &serde_json::Value::Null));
        assert!(status["served"].as_u64() >= Some(1) && status["uptime_s"].is_u64(), "{status}");
        let mut kinds: Vec<_> = status["failures"].as_object().unwrap().keys().map(String::as_str).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["closed", "connect", "decode", "reset", "resolve", "timeout"]);
    }
    assert_eq!(server.events_of("served", 3)[2]["request"], "status");
}

// HTTP-4, HTTP-5
#[test]
fn head_of_a_document_has_no_body() {
    let (_server, url) = server();
    let Some(response) = curl(&format!("--head -H Accept:text/html {url}")) else { return };
    assert!(response.contains("Content-Type: text/html") && response.ends_with("\r\n\r\n"), "{response}");
    assert!(!response.contains("Content-Length: 0"), "{response}");
}
