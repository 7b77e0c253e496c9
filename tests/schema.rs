//! The schema of `--json`: it fits every event and refuses what is none.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::Write;

use harness::bad_client::{ask, connect, idle, is_closed_without_reply, reset};
use harness::bad_server::{BadServer, hold, read_request, reply};
use harness::{Finished, Simulator, rgb_sim, schema};
use serde_json::{Value, json};

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(schema::TEXT).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
}

#[test]
fn events_of_every_kind_of_error_fit() {
    let server = BadServer::start(|number, stream| match number % 8 {
        0 => reply(stream, b""),
        2 => reply(stream, b"x"),
        4 => {
            read_request(&stream);
            reset(stream);
        }
        6 => hold(stream),
        _ => reply(stream, b"1,2,3"),
    });
    let args = format!("client --server {} --count 8 --timeout 400ms --interval 1ms --json", server.addr());
    let mut kinds = kinds(&Finished::run(&args), "error");
    let port = harness::port::ReservedPort::new();
    for server in [port.addr().to_string(), "board.invalid".into()] {
        let run = Finished::run(&format!("client --server {server} --count 1 --timeout 50s --json"));
        kinds.extend(self::kinds(&run, "error"));
    }
    assert_eq!(kinds, names("error_kind"));
}

#[test]
fn events_of_every_kind_of_notice_fit() {
    let mut kinds = BTreeSet::new();

    let (mut server, addr) = Simulator::server("--max-connections 1 --exchange-timeout 300ms");
    let _silent = connect(addr);
    assert!(is_closed_without_reply(&mut connect(addr)));
    // The time-out is the other notice.
    server.events_of("notice", 2);
    kinds.extend(self::kinds(&server.stop(), "notice"));

    let (mut server, addr) = Simulator::server("--max-request 10");
    drop(connect(addr));
    let mut begun = connect(addr);
    begun.write_all(b"GET /").unwrap();
    reset(begun);
    let _ = ask(addr, "GET / HTTP/1.1\r\n");
    let mut unclosed = connect(addr);
    unclosed.write_all(b"GET Data").unwrap();
    server.events_of("notice", 4);
    kinds.extend(self::kinds(&server.stop(), "notice"));

    let (mut server, addr) = Simulator::listening({
        let program = rgb_sim("server --bind 127.0.0.1:0 --no-announce --json");
        let mut few_files = std::process::Command::new("sh");
        few_files.args(["-c", "ulimit -n 30; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
        few_files
    });
    let _silent = idle(addr, 30);
    server.event_of("notice");
    kinds.extend(self::kinds(&server.stop(), "notice"));

    let (mut server, _) = Simulator::listening(rgb_sim("server --bind 127.0.0.1:0 --interface nosuch0 --json"));
    server.event_of("notice");
    kinds.extend(self::kinds(&server.stop(), "notice"));

    let port = harness::port::ReservedPort::new();
    let link = rgb_sim(&format!("link --listen 127.0.0.1:0 --upstream {} --json", port.addr()));
    let (mut link, addr) = Simulator::listening(link);
    assert!(is_closed_without_reply(&mut connect(addr)));
    link.event_of("notice");
    kinds.extend(self::kinds(&link.stop(), "notice"));

    assert_eq!(kinds, names("notice_kind"));
}

#[test]
fn events_of_every_form_of_request_fit() {
    let (mut server, addr) = Simulator::server("");
    for (request, form) in [
        ("GET Data", "data"),
        ("GET Data kitchen\n", "data"),
        ("GET / HTTP/1.1\r\n\r\n", "http"),
        ("GET / HTTP/1.1\r\nAccept: text/html\r\n\r\n", "page"),
        ("GET /status HTTP/1.1\r\n\r\n", "status"),
        ("hello", "other"),
    ] {
        let _ = ask(addr, request);
        assert_eq!(server.event_of("served")["request"], form, "{request}");
    }
}

#[test]
fn ipv6_addresses_fit() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        eprintln!("SKIPPED: this machine has no IPv6");
        return;
    }
    let (mut server, addr) = Simulator::listening(rgb_sim("server --bind [::1]:0 --no-announce --json"));
    let _ = ask(addr, "GET Data");
    assert!(server.event_of("served")["peer"].as_str().unwrap().starts_with("[::1]:"));
}

#[test]
fn a_load_fits() {
    let run = Finished::run("load --count 10 --connections 2 --json");
    let names: Vec<_> = run.events().iter().map(|event| event["event"].clone()).collect();
    assert_eq!(names, ["started", "summary"]);
}

#[test]
fn wrong_objects_are_refused() {
    for (event, change, value) in wrong() {
        let mut object = right(event);
        schema::check(&object).unwrap_or_else(|error| panic!("{event} as it is: {error}"));
        match value {
            Some(value) => *object.pointer_mut(change).unwrap() = value,
            None => drop(object.as_object_mut().unwrap().remove(&change[1..])),
        }
        assert!(schema::check(&object).is_err(), "{event} with another {change}: {object}");
    }
}

#[test]
fn further_fields_are_refused() {
    for event in ["link_started", "relayed", "link_summary", "serial", "problem"] {
        let mut object = right(event);
        object["further"] = json!(1);
        assert!(schema::check(&object).is_err(), "{object}");
    }
    for event in ["announced", "found", "discovered", "gone", "discovery_summary"] {
        let mut object = right(event);
        object["further"] = json!(1);
        assert!(schema::check(&object).is_err(), "{object}");
    }
    for event in ["started", "listening", "exchange", "error", "decode", "served", "page", "notice", "summary"] {
        let mut object = right(event);
        object["further"] = json!(1);
        assert!(schema::check(&object).is_err(), "{object}");
    }
    let mut summary = right("summary");
    summary["server"]["further"] = json!(1);
    assert!(schema::check(&summary).is_err(), "{summary}");
    let mut page = right("page");
    page["r"] = json!(1);
    assert!(schema::check(&page).is_err(), "a page has no colour: {page}");
    let mut error = right("error");
    error["offset"] = json!(1);
    assert!(schema::check(&error).is_err(), "only a malformed reply has a place: {error}");
    assert!(schema::check(&json!({ "event": "lunch" })).is_err());
    assert!(schema::check(&json!([])).is_err());
}

/// The kinds of one run's events of this name; each line is checked on the way.
fn kinds(run: &Finished, event: &str) -> BTreeSet<String> {
    run.events_of(event).iter().map(|event| event["kind"].as_str().expect("a kind is a string").to_owned()).collect()
}

/// The names that the schema lists.
fn names(definition: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(schema::TEXT).expect("the schema is JSON");
    serde_json::from_value(schema["$defs"][definition]["enum"].clone()).expect("the definition lists names")
}

/// What to change in an event to make it wrong: another value, or none.
fn wrong() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("started", "/seed", Some(json!(-1))),
        ("started", "/seed", Some(json!("7"))),
        ("started", "/version", Some(json!(""))),
        ("started", "/version", None),
        ("listening", "/addr", Some(json!("localhost"))),
        ("listening", "/board", Some(json!(""))),
        ("announced", "/host", Some(json!("rgb-server"))),
        ("announced", "/service", Some(json!("rgb-server.local"))),
        ("announced", "/taken", None),
        ("announced", "/taken", Some(json!(""))),
        ("found", "/name", Some(json!(""))),
        ("found", "/addr", Some(json!("rgb-server.local"))),
        ("discovered", "/role", Some(json!("lamp"))),
        ("discovered", "/version", None),
        ("discovered", "/latency_us", None),
        ("discovered", "/latency_us", Some(json!(-1))),
        ("discovered", "/host", Some(json!(""))),
        ("gone", "/service", None),
        ("discovery_summary", "/boards", Some(json!(-1))),
        ("discovery_summary", "/elapsed_us", None),
        ("serial", "/text", Some(json!(""))),
        ("serial", "/at_us", Some(json!(-1))),
        ("serial", "/board", None),
        ("problem", "/message", None),
        ("problem", "/at_us", Some(json!("1 s"))),
        ("link_started", "/upstream", Some(json!("board"))),
        ("link_started", "/seed", None),
        ("link_started", "/version", Some(json!("one"))),
        ("relayed", "/connection", Some(json!(0))),
        ("relayed", "/peer", Some(json!(null))),
        ("relayed", "/up_bytes", Some(json!(-1))),
        ("relayed", "/corrupted", None),
        ("relayed", "/end", Some(json!("lost"))),
        ("relayed", "/end", Some(json!("refused"))),
        ("link_summary", "/ends", Some(json!({ "lost": 1 }))),
        ("link_summary", "/ends", Some(json!({ "closed": 0 }))),
        ("link_summary", "/notices_by_kind", Some(json!({ "lunch": 1 }))),
        ("link_summary", "/connections", None),
        ("exchange", "/event", Some(json!("Exchange"))),
        ("exchange", "/r", Some(json!(256))),
        ("exchange", "/g", Some(json!(-1))),
        ("exchange", "/b", Some(json!(1.5))),
        ("exchange", "/b", None),
        ("exchange", "/seq", Some(json!(0))),
        ("exchange", "/elapsed_us", Some(json!(null))),
        ("error", "/kind", Some(json!("refused"))),
        ("error", "/kind", Some(json!("decode"))),
        ("error", "/message", Some(json!(""))),
        ("decode", "/decode_kind", Some(json!("wrong"))),
        ("decode", "/decode_kind", None),
        ("decode", "/offset", None),
        ("decode", "/component", Some(json!("Red"))),
        ("decode", "/kind", Some(json!("timeout"))),
        ("served", "/request", Some(json!("ftp"))),
        ("served", "/request", Some(json!("http"))),
        ("served", "/g", None),
        ("page", "/client", Some(json!("kitchen"))),
        ("page", "/request", Some(json!("data"))),
        ("served", "/client", Some(json!("the kitchen"))),
        ("served", "/client", None),
        ("served", "/peer", Some(json!(null))),
        ("notice", "/kind", Some(json!("limit"))),
        ("notice", "/kind", Some(json!("accept"))),
        ("notice", "/peer", Some(json!(null))),
        ("summary", "/errors", Some(json!(-1))),
        ("summary", "/errors_by_kind", Some(json!({ "lunch": 1 }))),
        ("summary", "/errors_by_kind", Some(json!({ "timeout": 0 }))),
        ("summary", "/latency_us", Some(json!({}))),
        ("summary", "/latency_us", None),
        ("summary", "/exchanges_per_s", Some(json!("fast"))),
        ("summary", "/server/served", Some(json!(null))),
        ("summary", "/server/notices_by_kind", Some(json!({ "lunch": 1 }))),
        ("summary", "/server", None),
    ]
}

/// An event as it should be.
fn right(event: &str) -> Value {
    match event {
        "started" => json!({ "event": "started", "version": "0.1.0", "seed": 7 }),
        "listening" => json!({ "event": "listening", "board": "server", "addr": "127.0.0.1:80" }),
        "announced" => json!({
            "event": "announced", "board": "rgb-server", "host": "rgb-server-2.local",
            "service": "rgb-server-2._rgb._tcp.local", "taken": "rgb-server.local"
        }),
        "found" => json!({ "event": "found", "board": "client", "name": "My lamp (2)", "addr": "192.168.1.7:80" }),
        "discovered" => json!({
            "event": "discovered", "name": "rgb-server", "addr": "192.168.1.7:80", "role": "server", "version": "0.1.0",
            "latency_us": 1, "host": "rgb-server.local", "service": "rgb-server._rgb._tcp.local"
        }),
        "gone" => json!({ "event": "gone", "name": "rgb-server", "service": "rgb-server._rgb._tcp.local" }),
        "discovery_summary" => json!({ "event": "discovery_summary", "boards": 1, "elapsed_us": 1 }),
        "serial" => json!({ "event": "serial", "at_us": 1, "board": "server", "text": "connected" }),
        "problem" => json!({ "event": "problem", "at_us": 1, "board": "client-1", "message": "m\n   0: 0x10000000" }),
        "link_started" => {
            json!({ "event": "link_started", "version": "0.1.0", "seed": 7, "upstream": "board.local:80" })
        }
        "relayed" => json!({
            "event": "relayed", "board": "link", "connection": 1, "peer": "127.0.0.1:50000", "up_bytes": 8,
            "down_bytes": 5, "corrupted": 1, "elapsed_us": 1, "end": "closed"
        }),
        "link_summary" => json!({
            "event": "link_summary", "seed": 7, "elapsed_us": 1, "connections": 1, "ends": { "closed": 1 },
            "up_bytes": 8, "down_bytes": 5, "corrupted": 1, "notices_by_kind": { "upstream": 1 }
        }),
        "exchange" => {
            json!({ "event": "exchange", "board": "client-1", "seq": 1, "r": 0, "g": 128, "b": 255, "elapsed_us": 1 })
        }
        "error" => {
            json!({ "event": "error", "board": "a", "seq": 1, "kind": "timeout", "elapsed_us": 1, "message": "m" })
        }
        "decode" => json!({
            "event": "error", "board": "a", "seq": 1, "kind": "decode", "elapsed_us": 1,
            "decode_kind": "leading_zero", "offset": 0, "component": "red", "message": "m"
        }),
        "served" => json!({
            "event": "served", "board": "server", "peer": "[::1]:50000", "request": "data", "client": "kitchen",
            "r": 0, "g": 128, "b": 255, "elapsed_us": 1
        }),
        "page" => json!({
            "event": "served", "board": "server", "peer": "127.0.0.1:50000", "request": "page", "client": null,
            "elapsed_us": 1
        }),
        "notice" => {
            json!({ "event": "notice", "board": "server", "peer": "127.0.0.1:1", "kind": "reset", "message": "m" })
        }
        "summary" => json!({
            "event": "summary", "seed": 7, "elapsed_us": 1, "exchanges": 1, "errors": 1,
            "errors_by_kind": { "timeout": 1 },
            "latency_us": { "min": 1, "median": 1, "p90": 1, "p99": 1, "p999": 1, "max": 1 },
            "exchanges_per_s": 1.5, "server": { "served": 1, "notices_by_kind": { "reset": 1 } }
        }),
        other => panic!("no event: {other}"),
    }
}
