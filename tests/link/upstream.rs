//! An upstream that is not there.

use std::io::{ErrorKind, Read};

use harness::bad_client::connect;
use harness::port::ReservedPort;
use harness::{Finished, rgb_sim, timed};
use rgb_sim::ServerBoardConfig;
use rgb_sim::link::{Link, LinkConfig, LinkStartError};

use super::{ask, start, summary};

#[test]
fn the_client_is_reset_and_people_are_told_what_to_check() {
    let port = ReservedPort::new();
    let (mut link, addr) = start(port.addr(), "");
    assert_eq!(connect(addr).read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let notice = link.event_of("notice");
    assert_eq!(notice["kind"], "upstream");
    let message = notice["message"].as_str().unwrap();
    let begin = format!("upstream {}: connection refused", port.addr());
    assert!(message.starts_with(&begin) && message.contains("check the port"), "{message}");
    assert_eq!(link.event_of("relayed")["end"], "unreachable");
    let end = link.stop();
    assert_eq!(end.code, Some(1));
    assert_eq!(summary(&end)["ends"]["unreachable"], 1);
}

#[test]
fn it_is_reached_again_when_it_comes_back() {
    let port = ReservedPort::new();
    let link = Link::start(LinkConfig::new(port.addr())).unwrap();
    assert_eq!(ask(link.addr(), 2).errors(), 2);
    let config = ServerBoardConfig { bind: port.addr(), ..Default::default() };
    let _server = rgb_sim::ServerBoard::start(config).unwrap();
    assert_eq!(ask(link.addr(), 2).exchanges(), 2);
}

#[test]
fn a_name_that_is_unknown_is_reported() {
    let command = rgb_sim("link --listen 127.0.0.1:0 --upstream board.invalid --json --count 1");
    let (mut link, addr) = harness::Simulator::listening(command);
    assert_eq!(connect(addr).read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let message = link.event_of("notice")["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("upstream board.invalid:80: ") && message.contains("--upstream"), "{message}");
    assert_eq!(link.finish().code, Some(1));
}

#[test]
fn one_that_does_not_answer_does_not_hold_the_end_back() {
    let port = ReservedPort::new();
    let _waiting = port.listen_and_fill();
    let (link, addr) = start(port.addr(), "");
    let _client = connect(addr);
    std::thread::sleep(std::time::Duration::from_millis(100));
    let (end, elapsed) = timed(|| link.stop());
    assert_eq!((end.code, &summary(&end)["ends"]["stopped"]), (Some(0), &1.into()));
    assert!(elapsed.as_secs() < 4, "{elapsed:?}");
}

#[test]
fn a_link_is_not_its_own_upstream() {
    let port = ReservedPort::new();
    let listen = port.addr();
    let error = Link::start(LinkConfig { listen, ..LinkConfig::new(listen) }).err().unwrap();
    assert!(matches!(error, LinkStartError::Loop { addr } if addr == listen), "{error}");
    let any = format!("link --listen 0.0.0.0:{0} --upstream 127.0.0.1:{0}", ReservedPort::new().addr().port());
    let run = Finished::run(&any);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("is the link itself"), "{}", run.stderr);
}

#[test]
fn a_port_in_use_is_refused_with_a_hint() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let run = Finished::run(&format!("link --listen {addr} --upstream 127.0.0.1:1"));
    assert_eq!(run.code, Some(2));
    let expected = format!("rgb-sim: cannot listen on {addr}: ");
    assert!(run.stderr.starts_with(&expected) && run.stderr.contains("another program listens"), "{}", run.stderr);
}
