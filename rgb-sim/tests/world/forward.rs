//! Connections that a router opens for what stands outside of the world.

use std::net::SocketAddrV4;
use std::time::Duration;

use rgb_sim::world::{ConnectionId, ConnectionState, LinkRule, NodeId, Router};

use crate::lab::{Lab, secs};

/// A connection to a port of an address.
fn connect(lab: &mut Lab, ip: [u8; 4], port: u16) -> ConnectionId {
    lab.router_mut().connect(SocketAddrV4::new(ip.into(), port))
}

/// A network with a server board, and its address.
fn served(seed: u64) -> (Lab, NodeId, [u8; 4]) {
    let mut lab = Lab::new(seed);
    let server = lab.board(&[("role", "server")]);
    lab.run_until(secs(30), "the server has an address", |lab| lab.address(server).is_some());
    let ip = lab.address(server).expect("just seen").octets();
    (lab, server, ip)
}

fn state(lab: &mut Lab, id: ConnectionId) -> ConnectionState {
    lab.router_mut().connection_state(id)
}

/// Takes what has come, in pieces of this size.
fn take(lab: &mut Lab, id: ConnectionId, piece: usize) -> Vec<u8> {
    let mut taken = Vec::new();
    let take = |taken: &mut Vec<u8>, bytes: &[u8]| {
        let len = piece.min(bytes.len());
        taken.extend(&bytes[..len]);
        len
    };
    while lab.router_mut().receive(id, |bytes| take(&mut taken, bytes)) > 0 {}
    taken
}

/// Sends a request, ends the stream to the host or not, and receives until the host's stream ends; then closes.
#[track_caller]
fn exchange(lab: &mut Lab, id: ConnectionId, request: &[u8], finish: bool) -> String {
    let (mut rest, mut reply) = (request, Vec::new());
    let limit = lab.world.now() + secs(20);
    while !matches!(state(lab, id), ConnectionState::PeerFinished | ConnectionState::Closed) {
        assert!(lab.world.now() < limit, "{:?}: {}", state(lab, id), String::from_utf8_lossy(&reply));
        let sent = lab.router_mut().send(id, |room| {
            let len = room.len().min(rest.len());
            room[..len].copy_from_slice(&rest[..len]);
            len
        });
        rest = &rest[sent..];
        if finish && rest.is_empty() {
            lab.router_mut().finish(id);
        }
        lab.world.run_for(Duration::from_millis(1));
        reply.extend(take(lab, id, 100));
    }
    lab.router_mut().finish(id);
    lab.router_mut().close(id);
    assert_eq!(state(lab, id), ConnectionState::Closed);
    String::from_utf8(reply).expect("a reply is text")
}

const PAGE: &[u8] = b"GET / HTTP/1.1\r\nHost: server\r\nAccept: text/html\r\n\r\n";

#[test]
fn a_page_comes_whole() {
    let (mut lab, _, ip) = served(90);
    let id = connect(&mut lab, ip, 80);
    let reply = exchange(&mut lab, id, PAGE, false);
    let (head, page) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert_eq!(page, rgb_proto::http::PAGE);
}

#[test]
fn a_stream_that_ended_with_the_request_still_gets_the_reply() {
    let (mut lab, _, ip) = served(91);
    let id = connect(&mut lab, ip, 80);
    let reply = exchange(&mut lab, id, b"GET Data", true);
    assert_eq!(reply.split(',').filter(|part| part.parse::<u8>().is_ok()).count(), 3, "{reply}");
}

#[test]
fn a_stream_that_ended_before_there_was_a_connection_ends_with_it() {
    let (mut lab, _, ip) = served(97);
    let id = connect(&mut lab, ip, 80);
    lab.router_mut().finish(id);
    // The board has nothing to wait for any more.
    lab.run(1);
    assert_eq!(state(&mut lab, id), ConnectionState::Reset);
}

#[test]
fn one_connection_after_the_other_is_answered() {
    let (mut lab, _, ip) = served(92);
    for number in 0..50 {
        let id = connect(&mut lab, ip, 80);
        // Whoever ends its stream first, none of the board's four sockets stays behind.
        assert_eq!(exchange(&mut lab, id, b"GET Data", number % 2 == 0).split(',').count(), 3);
    }
}

#[test]
fn a_port_where_nobody_listens_refuses() {
    let (mut lab, _, ip) = served(93);
    let refused = [81, 0].map(|port| connect(&mut lab, ip, port));
    assert_eq!(state(&mut lab, refused[0]), ConnectionState::Connecting);
    lab.run(1);
    assert_eq!(refused.map(|id| state(&mut lab, id)), [ConnectionState::Refused; 2]);
    lab.router_mut().close(refused[0]);
    assert_eq!(state(&mut lab, refused[0]), ConnectionState::Closed);
}

#[test]
fn a_host_that_is_not_there_has_5_s_to_answer() {
    let (mut lab, ..) = served(94);
    let id = connect(&mut lab, [192, 168, 1, 200], 80);
    lab.world.run_for(Router::CONNECT_TIMEOUT - Duration::from_micros(1));
    assert_eq!(state(&mut lab, id), ConnectionState::Connecting);
    lab.world.run_for(Duration::from_micros(1));
    assert_eq!(state(&mut lab, id), ConnectionState::TimedOut);
}

#[test]
fn a_host_that_falls_silent_is_given_up_after_30_s() {
    let (mut lab, server, ip) = served(95);
    let id = connect(&mut lab, ip, 80);
    lab.world.run_for(Duration::from_millis(50));
    assert_eq!(state(&mut lab, id), ConnectionState::Open);
    lab.board_mut(server).power_off();
    lab.world.run_for(Router::SILENCE_TIMEOUT - secs(1));
    assert_eq!(state(&mut lab, id), ConnectionState::Open);
    lab.run(1);
    assert_eq!(state(&mut lab, id), ConnectionState::Reset);
}

#[test]
fn bytes_stay_in_order_on_a_bad_link() {
    let (mut lab, server, ip) = served(96);
    let jitter = Duration::from_millis(20);
    lab.world.air_mut().add_link_rule(server, LinkRule { loss: 0.1, jitter, duplicate: 0.2, ..Default::default() });
    let id = connect(&mut lab, ip, 80);
    let reply = exchange(&mut lab, id, PAGE, true);
    assert_eq!(reply.split_once("\r\n\r\n").unwrap().1, rgb_proto::http::PAGE);
}
