//! How a link ends, and what it prints.

use std::io::Read;

use harness::bad_client::{connect, idle};
use harness::bad_server::{BadServer, hold};
use harness::{Simulator, eventually, rgb_sim, timed, tutorial};
use rgb_sim::link::{Link, LinkConfig, LinkEnd};

use super::{server, start, summary};

#[test]
fn ctrl_c_closes_all_connections_and_prints_the_summary() {
    let server = BadServer::start(|_, stream| hold(stream));
    let (link, addr) = start(server.addr(), "--seed 3");
    let mut open = idle(addr, 3);
    eventually("all are open", || server.accepted() == 3);
    let (end, elapsed) = timed(|| link.stop());
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    assert!(elapsed.as_secs() < 20, "{elapsed:?}");
    for stream in &mut open {
        assert!(stream.read(&mut [0]).is_ok_and(|len| len == 0));
    }
    assert_eq!(end.events_of("relayed").len(), 3);
    let summary = summary(&end);
    assert_eq!((&summary["ends"]["stopped"], &summary["connections"]), (&3.into(), &3.into()));
    assert_eq!(summary["seed"], 3);
}

#[test]
fn it_ends_by_itself_behind_as_many_connections_as_asked_for() {
    let server = server();
    let (link, addr) = start(server.addr(), "--count 3");
    for _ in 0..3 {
        tutorial::client::ask(addr).unwrap();
    }
    let end = link.finish();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    let relayed = end.events_of("relayed");
    assert_eq!(relayed.len(), 3);
    for relayed in relayed {
        assert_eq!((&relayed["up_bytes"], &relayed["down_bytes"]), (&8.into(), &9.into()));
        assert_eq!((&relayed["end"], &relayed["corrupted"]), (&"closed".into(), &0.into()));
    }
    assert_eq!((&summary(&end)["up_bytes"], &summary(&end)["down_bytes"]), (&24.into(), &27.into()));
}

#[test]
fn the_last_connection_is_relayed_to_its_end() {
    let server = BadServer::start(|_, stream| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        harness::bad_server::reply(stream, b"1,2,3");
    });
    let (link, addr) = start(server.addr(), "--count 1");
    assert_eq!(tutorial::client::ask(addr).unwrap(), [1, 2, 3]);
    assert_eq!(summary(&link.finish())["ends"]["closed"], 1);
}

#[test]
fn quiet_leaves_the_beginning_and_the_summary() {
    let server = server();
    let (link, addr) = start(server.addr(), "--count 1 --quiet");
    tutorial::client::ask(addr).unwrap();
    let events = link.finish().events();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["link_started", "listening", "link_summary"]);
}

#[test]
fn people_get_a_line_for_each_connection() {
    let server = server();
    let args = format!("link --listen 127.0.0.1:0 --upstream {} --count 1 --seed 7 --corrupt 100%", server.addr());
    let mut link = Simulator::spawn(rgb_sim(&args));
    let title = link.line();
    assert!(title.contains(&format!("link to {}", server.addr())) && title.contains("--seed 7"), "{title}");
    let (_, addr) =
        link.line().split_once("listening on ").map(|(name, addr)| (name.to_owned(), addr.to_owned())).unwrap();
    let _ = tutorial::client::ask_once(addr.parse().unwrap());
    let text = link.finish().stdout();
    assert!(text.contains("closed") && text.contains("8 B up") && text.contains("9 B down"), "{text}");
    assert!(text.contains("2 pieces corrupted") && text.contains("1 connection in "), "{text}");
    assert!(text.ends_with("seed     7"), "{text}");
}

#[test]
fn neither_stop_nor_drop_waits_for_the_peers() {
    let server = BadServer::start(|_, stream| hold(stream));
    let (_, elapsed) = timed(|| {
        let link = Link::start(LinkConfig::new(server.addr())).unwrap();
        let _client = connect(link.addr());
        eventually("the server has the connection", || server.accepted() == 1);
        assert_eq!(link.stop().ends, [(LinkEnd::Stopped, 1)].into());
        drop(Link::start(LinkConfig::new(server.addr())).unwrap());
    });
    assert!(elapsed.as_secs() < 20, "{elapsed:?}");
}

#[test]
fn events_that_nobody_reads_do_not_hold_the_end_back() {
    let server = server();
    let (events, _unread) = tokio::sync::mpsc::channel(1);
    let link = Link::start(LinkConfig { events: Some(events), ..LinkConfig::new(server.addr()) }).unwrap();
    assert_eq!(super::ask(link.addr(), 5).exchanges(), 5);
    let (_, elapsed) = timed(|| link.stop());
    assert!(elapsed.as_secs() < 10, "{elapsed:?}");
}
