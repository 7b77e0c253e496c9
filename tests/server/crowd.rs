//! Many clients at one time.

use std::time::Duration;

use harness::bad_client::{idle, is_closed_without_reply};
use harness::{Simulator, eventually, timed, tutorial};

// SRV-5
#[test]
fn five_hundred_silent_clients_keep_nobody_waiting() {
    let (server, addr) = Simulator::server("--exchange-timeout 50s");
    let silent = idle(addr, 500);
    for _ in 0..10 {
        let (reply, elapsed) = timed(|| tutorial::client::ask(addr));
        assert!(reply.is_ok(), "{reply:?}");
        // Whoever waited for one of the others would wait for 50 s.
        assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    }
    let (end, elapsed) = timed(|| server.stop());
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    assert_eq!(end.code, Some(0));
    assert_eq!(end.summary()["server"]["served"], 10);
    drop(silent);
}

// SRV-5
#[test]
fn clients_beyond_the_limit_are_turned_away_until_there_is_room() {
    let (mut server, addr) = Simulator::server("--max-connections 10 --exchange-timeout 50s");
    let silent = idle(addr, 10);
    let mut further = idle(addr, 3);
    assert!(further.iter_mut().all(is_closed_without_reply));
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "limit_connections");
    let message = notice["message"].as_str().unwrap();
    assert!(message.contains("10 are open") && message.contains("--max-connections"), "{message}");
    drop(silent);
    eventually("there is room again", || tutorial::client::ask(addr).is_ok());
    let end = server.stop();
    assert!(end.summary()["server"]["notices_by_kind"]["limit_connections"].as_u64() >= Some(3), "{end:#?}");
}

// SRV-5
#[test]
fn ten_connections_of_ten_are_served() {
    let (server, addr) = Simulator::server("--max-connections 10 --exchange-timeout 50s");
    let _silent = idle(addr, 9);
    assert!(tutorial::client::ask(addr).is_ok());
    let end = server.stop();
    assert!(end.summary()["server"]["notices_by_kind"]["limit_connections"].is_null(), "{end:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_connection_is_left_open_whatever_becomes_of_it() {
    use harness::bad_client::{ask, connect, reset};
    use std::io::Write;

    let (server, addr) = Simulator::server("--exchange-timeout 1s");
    let before = server.sockets();
    for _ in 0..20 {
        reset(connect(addr));
        drop(connect(addr));
        let mut begun = connect(addr);
        begun.write_all(b"GET / HT").unwrap();
        reset(begun);
        let _ = ask(addr, "GET Data");
    }
    let silent = idle(addr, 20);
    // The server may open one of its own meanwhile.
    eventually("every socket is closed", || server.sockets() <= before + 1);
    drop(silent);
}
