//! Each rule between a client board and a server board.

use std::io::{ErrorKind, Read, Write};
use std::num::NonZeroU16;
use std::time::{Duration, Instant};

use harness::bad_client::{connect, is_closed_without_reply};
use harness::bad_server::{BadServer, reset};
use harness::{eventually, timed};
use rgb_sim::link::{Direction, Link, LinkConfig, LinkEnd, LinkRules, Share};
use rgb_sim::{ErrorKind as Failure, ServerBoard, ServerBoardConfig, ServerConfig};

use super::{ask, ask_within, link, server};

const MS: Duration = Duration::from_millis(1);

#[test]
fn latency_makes_each_way_so_much_longer() {
    let server = server();
    for (direction, least) in [(None, 60_000), (Some(Direction::Up), 30_000), (Some(Direction::Down), 30_000)] {
        let link = link(server.addr(), LinkRules { direction, latency: 30 * MS, ..Default::default() });
        let tally = ask(link.addr(), 3);
        assert_eq!(tally.exchanges(), 3);
        assert!(tally.latency().unwrap().min >= least, "{direction:?}: {:?}", tally.latency());
    }
}

#[test]
fn jitter_makes_some_exchanges_longer_than_others() {
    let server = server();
    let link = link(server.addr(), LinkRules { jitter: 60 * MS, ..Default::default() });
    let tally = ask(link.addr(), 10);
    assert_eq!(tally.exchanges(), 10);
    assert!(tally.latency().unwrap().max >= 60_000, "{:?}", tally.latency());
}

#[test]
fn latency_does_not_limit_what_gets_through() {
    let server = BadServer::start(|_, mut stream| {
        // 200 pieces; one a latency would take 20 s.
        let _ = stream.write_all(&[7; 200 * LinkRules::PIECE_MAX]);
    });
    let link = link(server.addr(), LinkRules { latency: 100 * MS, ..Default::default() });
    let (read, elapsed) = timed(|| {
        let mut read = Vec::new();
        connect(link.addr()).read_to_end(&mut read).unwrap();
        read.len()
    });
    assert_eq!(read, 200 * LinkRules::PIECE_MAX);
    assert!(elapsed >= 100 * MS && elapsed < Duration::from_secs(15), "{elapsed:?}");
}

#[test]
fn a_rate_bounds_what_gets_through() {
    let server = BadServer::start(|_, mut stream| {
        let _ = stream.write_all(&[7; 4000]);
    });
    // 32,000 bits.
    let link = link(server.addr(), LinkRules { rate: Some("64k".parse().unwrap()), ..Default::default() });
    let (read, elapsed) = timed(|| connect(link.addr()).read_to_end(&mut Vec::new()).unwrap());
    assert_eq!(read, 4000);
    assert!(elapsed >= 500 * MS, "{elapsed:?}");
}

#[test]
fn a_reply_in_single_bytes_is_still_a_colour() {
    let server = server();
    let link = link(server.addr(), LinkRules { slice: NonZeroU16::new(1), ..Default::default() });
    let tally = ask(link.addr(), 2);
    assert_eq!(tally.exchanges(), 2);
    // Seven pauses in the request and eight in the reply.
    assert!(tally.latency().unwrap().min >= 75_000, "{:?}", tally.latency());
}

#[test]
fn slices_arrive_one_by_one() {
    let server = BadServer::start(|_, mut stream| {
        let _ = stream.write_all(&[7; 400]);
    });
    let link = link(server.addr(), LinkRules { slice: NonZeroU16::new(4), ..Default::default() });
    let mut stream = connect(link.addr());
    let mut reads = Vec::new();
    while let len @ 1.. = stream.read(&mut [0; 512]).unwrap() {
        reads.push(len);
    }
    assert!(reads.iter().all(|len| len % 4 == 0), "{reads:?}");
    // A slow machine reads some of them together.
    assert!(reads.len() > 5, "{reads:?}");
}

#[test]
fn corrupted_replies_are_reported() {
    let server = server();
    let rules = LinkRules { direction: Some(Direction::Down), corrupt: Share::ALL, ..Default::default() };
    let link = link(server.addr(), rules);
    let tally = ask(link.addr(), 40);
    assert_eq!(tally.attempts(), 40);
    // A flipped bit may also make a digit another digit.
    let errors = tally.errors_by_kind();
    assert!(errors.get(&Failure::Decode) > Some(&10) && errors.len() == 1, "{tally:?}");
    eventually("all are counted", || link.summary().connections == 40);
    assert_eq!(link.stop().corrupted, 40);
}

#[test]
fn a_client_times_out_on_a_connection_that_falls_silent_and_goes_on() {
    let exchange = ServerConfig { timeout: 300 * MS, ..Default::default() };
    let server = ServerBoard::start(ServerBoardConfig { exchange, ..Default::default() }).unwrap();
    let until = 1000 * MS;
    let falls_silent = |direction, cut_after| {
        let rules = LinkRules { direction, cut: Share::ALL, cut_after, until: Some(until), ..Default::default() };
        let begin = Instant::now();
        let link = link(server.addr(), rules);
        let mut errors = Vec::new();
        loop {
            let tally = ask_within(link.addr(), 1, 200 * MS);
            if tally.errors() == 0 {
                break;
            }
            errors.extend(tally.errors_by_kind().into_keys());
        }
        assert!(begin.elapsed() >= until, "{direction:?}: the rules still held");
        assert!(!errors.is_empty() && errors.iter().all(|&kind| kind == Failure::Timeout), "{direction:?}: {errors:?}");
        // The server gives up what it hears nothing of.
        eventually("all have ended", || link.summary().connections as usize == errors.len() + 1);
        assert!(link.stop().ends.contains_key(&LinkEnd::Cut), "{direction:?}");
    };
    std::thread::scope(|scope| {
        for (direction, cut_after) in [(None, 0), (Some(Direction::Up), 0), (Some(Direction::Down), 4)] {
            let falls_silent = &falls_silent;
            scope.spawn(move || falls_silent(direction, cut_after));
        }
    });
}

#[test]
fn a_silent_connection_stays_open_for_the_other_peer() {
    let server = BadServer::start(|_, mut stream| {
        // The client's end does not come through: what comes next is the test's end.
        stream.set_read_timeout(Some(300 * MS)).unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).unwrap();
        let silence = stream.read(&mut [0]).unwrap_err();
        assert!(matches!(silence.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
        reset(stream);
    });
    let link = link(server.addr(), LinkRules { cut: Share::ALL, cut_after: 8, ..Default::default() });
    let mut stream = connect(link.addr());
    stream.write_all(b"GET Data").unwrap();
    drop(stream);
    eventually("both have gone", || link.summary().connections == 1);
    let summary = link.stop();
    assert_eq!((summary.up_bytes, summary.ends), (8, [(LinkEnd::Cut, 1)].into()));
}

#[test]
fn a_reset_is_one_for_both_peers() {
    let server = server();
    for (direction, reset_after) in [(None, 0), (Some(Direction::Up), 7), (Some(Direction::Down), 0)] {
        let rules = LinkRules { direction, reset: Share::ALL, reset_after, ..Default::default() };
        let link = link(server.addr(), rules);
        let tally = ask(link.addr(), 3);
        assert_eq!(tally.errors_by_kind(), [(Failure::Reset, 3)].into(), "{direction:?}");
        assert_eq!(link.stop().ends, [(LinkEnd::Reset, 3)].into(), "{direction:?}");
    }
    let server = BadServer::start(|_, mut stream| {
        stream.read_exact(&mut [0; 4]).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    });
    let link = link(server.addr(), LinkRules { reset: Share::ALL, reset_after: 4, ..Default::default() });
    let mut stream = connect(link.addr());
    stream.write_all(b"GET Data").unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_share_of_connections_is_reset_and_the_rest_is_not() {
    let server = server();
    let rules = LinkRules { reset: Share::new(0.5).unwrap(), ..Default::default() };
    let link = link(server.addr(), rules);
    let tally = ask(link.addr(), 100);
    assert!((30..70).contains(&tally.exchanges()), "{tally:?}");
    assert_eq!(tally.errors_by_kind().keys().collect::<Vec<_>>(), [&Failure::Reset]);
}

#[test]
fn refused_connections_never_reach_the_upstream() {
    let server = server();
    let link = link(server.addr(), LinkRules { refuse: Share::ALL, ..Default::default() });
    let tally = ask(link.addr(), 5);
    // Which of the two depends on whether the request was there already.
    assert!(tally.errors_by_kind().keys().all(|kind| matches!(kind, Failure::Reset | Failure::Closed)), "{tally:?}");
    assert_eq!((tally.errors(), link.stop().ends), (5, [(LinkEnd::Refused, 5)].into()));
    assert_eq!(server.stop().served, 0);
}

#[test]
fn rules_begin_when_they_are_to() {
    let server = server();
    let rules = LinkRules { refuse: Share::ALL, from: 800 * MS, ..Default::default() };
    let begin = Instant::now();
    let link = link(server.addr(), rules);
    while ask(link.addr(), 1).errors() == 0 {
        std::thread::sleep(10 * MS);
    }
    assert!(begin.elapsed() >= 800 * MS);
    assert_eq!(ask(link.addr(), 3).errors(), 3);
}

#[test]
fn connections_beyond_the_limit_are_turned_away() {
    let server = BadServer::start(|_, stream| harness::bad_server::hold(stream));
    let config = LinkConfig { connections_max: 2, ..LinkConfig::new(server.addr()) };
    let link = Link::start(config).unwrap();
    let open = harness::bad_client::idle(link.addr(), 2);
    eventually("two are open", || server.accepted() == 2);
    assert!(is_closed_without_reply(&mut connect(link.addr())));
    drop(open);
    eventually("they have ended", || link.summary().connections == 2);
    let notices = link.stop().notices_by_kind;
    assert_eq!(notices, [(rgb_sim::NoticeKind::LimitConnections, 1)].into());
}
