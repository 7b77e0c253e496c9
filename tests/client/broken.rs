//! Connections that break.

use std::io::Write;

use harness::bad_server::{BadServer, read_request, reset};

use super::{failure, message};

// ERR-2
#[test]
fn a_reset_instead_of_the_reply_is_one() {
    let server = BadServer::start(|_, stream| {
        read_request(&stream);
        reset(stream);
    });
    let error = failure(server.addr(), "--timeout 30s");
    assert_eq!(error["kind"], "reset");
    assert!(message(&error).contains("broke the connection off"), "{error}");
}

// ERR-2, END-1
#[test]
fn a_reset_within_the_reply_is_one_however_complete_it_looks() {
    for begun in ["1,2", "1,2,3"] {
        let server = BadServer::start(move |_, mut stream| {
            read_request(&stream);
            stream.write_all(begun.as_bytes()).expect("the client reads");
            // The bytes are to be there before the reset, which destroys those on their way.
            std::thread::sleep(std::time::Duration::from_millis(100));
            reset(stream);
        });
        assert_eq!(failure(server.addr(), "--timeout 30s")["kind"], "reset", "behind {begun}");
    }
}

// END-2, ERR-2
#[test]
fn an_end_without_a_reply_is_no_malformed_reply() {
    let server = BadServer::replying("");
    let error = failure(server.addr(), "--timeout 30s");
    assert_eq!(error["kind"], "closed");
    assert!(message(&error).contains("closed the connection without a reply"), "{error}");
}
