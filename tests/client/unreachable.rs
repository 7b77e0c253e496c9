//! No connection at all.

use harness::port::ReservedPort;

use super::{failure, message};

// ERR-2
#[test]
fn a_refused_connection_is_one() {
    let port = ReservedPort::new();
    let error = failure(port.addr(), "--timeout 30s");
    assert_eq!(error["kind"], "connect");
    assert!(message(&error).contains("connection refused") && message(&error).contains("start the server"), "{error}");
    assert!(message(&error).starts_with(&port.addr().to_string()), "{error}");
}

// ERR-2
#[test]
fn a_name_without_an_address_is_reported_as_such() {
    let run = harness::Finished::run("client --server board.invalid --timeout 50s --count 1 --json");
    assert_eq!(run.code, Some(1));
    let error = &run.events_of("error")[0];
    assert_eq!(error["kind"], "resolve");
    assert!(
        message(error).starts_with("board.invalid:80: ") && message(error).contains("check its spelling"),
        "{error}"
    );
}
