//! What goes out of a connection, for what comes in.

use std::num::NonZeroU16;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rgb_proto::Instant;

use super::{MS, NOW, below, flow, random_bytes};
use crate::link::flow::Fate;
use crate::link::lane::{Ending, Intake, Lane, Output};
use crate::link::relay::{End, Relay};
use crate::link::rules::Direction::{self, Down, Up};
use crate::link::rules::LinkRules;
use crate::link::summary::LinkEnd;
use crate::link::units::Share;

fn relay(rules: &LinkRules) -> Relay {
    Relay::new(rules, Fate::draw(rules, 1, 1, NOW), 1, 1)
}

/// What the relay sends this way until then; an ending ends it.
fn send_all(relay: &mut Relay, direction: Direction, now: Instant) -> (Vec<u8>, Option<Ending>) {
    let mut bytes = Vec::new();
    while let Some((due, output)) = relay.next(direction) {
        if due > now {
            break;
        }
        match output {
            Output::Bytes(piece) => {
                bytes.extend_from_slice(piece);
                let len = piece.len();
                relay.handle_sent(direction, len, now);
            }
            Output::Ending(ending) => {
                relay.handle_sent(direction, 0, now);
                return (bytes, Some(ending));
            }
        }
    }
    (bytes, None)
}

#[test]
fn without_rules_any_bytes_pass_at_once_and_unchanged() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..100 {
        let mut relay = relay(&LinkRules::default());
        let (mut read, mut sent) = (Vec::new(), Vec::new());
        for _ in 0..below(&mut rng, 50) {
            let len = 1 + below(&mut rng, relay.lane(Up).room(NOW));
            let bytes = random_bytes(&mut rng, len);
            relay.handle_received(Up, &bytes, NOW);
            read.extend(bytes);
            // The peer takes some of it.
            for _ in 0..below(&mut rng, 4) {
                let Some((due, Output::Bytes(piece))) = relay.next(Up) else { break };
                assert_eq!(due, NOW);
                let len = 1 + below(&mut rng, piece.len());
                sent.extend_from_slice(&piece[..len]);
                relay.handle_sent(Up, len, NOW);
            }
        }
        relay.handle_eof(Up, NOW);
        let (rest, ending) = send_all(&mut relay, Up, NOW);
        sent.extend(rest);
        assert_eq!((sent.len(), ending), (read.len(), Some(Ending::Fin)));
        assert!(sent == read);
        assert_eq!(relay.lane(Up).sent_bytes, read.len() as u64);
    }
}

#[test]
fn a_slice_bounds_the_pieces_and_holds_them_apart() {
    let rules = LinkRules { slice: NonZeroU16::new(3), ..Default::default() };
    let mut relay = relay(&rules);
    relay.handle_received(Up, b"GET Data", NOW);
    let mut now = NOW;
    for expected in ["GET", " Da", "ta"] {
        let (due, output) = relay.next(Up).unwrap();
        assert_eq!((due, output), (now, Output::Bytes(expected.as_bytes())));
        relay.handle_sent(Up, expected.len(), now);
        now = now + LinkRules::SLICE_PAUSE;
    }
}

#[test]
fn as_many_bytes_as_given_get_through_before_a_cut_or_a_reset() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..500 {
        let after = below(&mut rng, 5000) as u64;
        let is_reset = rng.next_u32() & 1 == 0;
        let rules = if is_reset {
            LinkRules { reset: Share::ALL, reset_after: after, ..Default::default() }
        } else {
            LinkRules { cut: Share::ALL, cut_after: after, ..Default::default() }
        };
        let mut relay = relay(&rules);
        let payload = random_bytes(&mut rng, 6000);
        let mut sent = Vec::new();
        let mut rest = &payload[..];
        while !rest.is_empty() && relay.lane(Down).intake == Intake::Open {
            let (read, behind) = rest.split_at(rest.len().min(1 + below(&mut rng, LinkRules::PIECE_MAX)));
            relay.handle_received(Down, read, NOW);
            let (bytes, ending) = send_all(&mut relay, Down, NOW);
            sent.extend(bytes);
            assert!(ending.is_none() || ending == Some(Ending::Reset));
            rest = behind;
        }
        assert!(sent == payload[..after as usize], "{} of {after}", sent.len());
        let end = is_reset.then_some(End { is_reset: true, kind: LinkEnd::Reset });
        assert_eq!((relay.end(), relay.is_cut()), (end, !is_reset));
    }
}

#[test]
fn the_end_of_a_stream_counts_as_what_comes_behind_its_bytes() {
    let rules = LinkRules { cut: Share::ALL, cut_after: 5, ..Default::default() };
    let mut cut = relay(&rules);
    cut.handle_received(Down, b"1,2,3", NOW);
    cut.handle_eof(Down, NOW);
    assert_eq!(send_all(&mut cut, Down, NOW), (b"1,2,3".to_vec(), None));
    assert!(cut.is_cut());

    let mut reset = relay(&LinkRules { reset: Share::ALL, reset_after: 5, ..Default::default() });
    reset.handle_received(Down, b"1,2,3", NOW);
    reset.handle_eof(Down, NOW);
    assert_eq!(send_all(&mut reset, Down, NOW), (b"1,2,3".to_vec(), Some(Ending::Reset)));

    let mut shorter = relay(&LinkRules { cut_after: 6, ..rules });
    shorter.handle_received(Down, b"1,2,3", NOW);
    shorter.handle_eof(Down, NOW);
    assert_eq!(send_all(&mut shorter, Down, NOW), (b"1,2,3".to_vec(), Some(Ending::Fin)));
}

#[test]
fn a_cut_of_both_directions_withholds_everything_but_ends_with_its_peers() {
    let mut relay = relay(&LinkRules { cut: Share::ALL, cut_after: 4, ..Default::default() });
    relay.handle_received(Up, b"GET Data", NOW);
    relay.handle_received(Down, b"1", NOW);
    assert_eq!(send_all(&mut relay, Up, NOW), (b"GET ".to_vec(), None));
    assert_eq!(send_all(&mut relay, Down, NOW), (Vec::new(), None));
    relay.handle_eof(Up, NOW);
    assert_eq!((relay.next(Up), relay.end()), (None, None), "the upstream knows nothing of it");
    relay.handle_receive_error(Down, NOW);
    assert_eq!(relay.end(), Some(End { is_reset: false, kind: LinkEnd::Cut }));
}

#[test]
fn a_cut_of_one_direction_leaves_the_other() {
    let rules = LinkRules { direction: Some(Down), cut: Share::ALL, ..Default::default() };
    let mut relay = relay(&rules);
    relay.handle_received(Down, b"1,2,3", NOW);
    relay.handle_received(Up, b"GET Data", NOW);
    relay.handle_eof(Up, NOW);
    assert_eq!(send_all(&mut relay, Down, NOW), (Vec::new(), None));
    assert_eq!(send_all(&mut relay, Up, NOW), (b"GET Data".to_vec(), Some(Ending::Fin)));
}

#[test]
fn one_side_may_end_while_the_other_goes_on() {
    let mut relay = relay(&LinkRules::default());
    relay.handle_received(Up, b"GET Data", NOW);
    relay.handle_eof(Up, NOW);
    assert_eq!(send_all(&mut relay, Up, NOW), (b"GET Data".to_vec(), Some(Ending::Fin)));
    relay.handle_received(Down, b"1,2,3", NOW);
    assert_eq!(send_all(&mut relay, Down, NOW), (b"1,2,3".to_vec(), None));
    assert_eq!(relay.end(), None);
    relay.handle_eof(Down, NOW);
    assert_eq!(send_all(&mut relay, Down, NOW).1, Some(Ending::Fin));
    assert_eq!(relay.end(), Some(End { is_reset: false, kind: LinkEnd::Closed }));
}

#[test]
fn what_came_before_a_broken_connection_is_passed_on_before_it() {
    let rules = LinkRules { latency: 10 * MS, ..Default::default() };
    let broken_off = Some(End { is_reset: true, kind: LinkEnd::Broken });

    let mut by_reading = relay(&rules);
    by_reading.handle_received(Down, b"1,2", NOW);
    by_reading.handle_receive_error(Down, NOW);
    let sent = send_all(&mut by_reading, Down, NOW + 10 * MS);
    assert_eq!((sent, by_reading.end()), ((b"1,2".to_vec(), Some(Ending::Broken)), broken_off));

    // The upstream takes no more, which only a write has told; its own end is none in order then.
    let mut by_writing = relay(&rules);
    by_writing.handle_received(Down, b"1,2", NOW);
    by_writing.handle_eof(Down, NOW);
    by_writing.handle_received(Up, b"more", NOW);
    by_writing.handle_send_error(Up);
    assert_eq!(by_writing.next(Up), None);
    let sent = send_all(&mut by_writing, Down, NOW + 10 * MS);
    assert_eq!((sent, by_writing.end()), ((b"1,2".to_vec(), Some(Ending::Broken)), broken_off));

    // The client has had the upstream's end already.
    let mut behind_the_end = relay(&LinkRules::default());
    behind_the_end.handle_eof(Down, NOW);
    assert_eq!(send_all(&mut behind_the_end, Down, NOW).1, Some(Ending::Fin));
    behind_the_end.handle_received(Up, b"more", NOW);
    behind_the_end.handle_send_error(Up);
    assert_eq!(behind_the_end.end(), broken_off);
}

#[test]
fn what_waits_is_bounded() {
    for slice in [None, NonZeroU16::new(1), NonZeroU16::new(700)] {
        let rules = LinkRules { latency: 1000 * MS, slice, ..Default::default() };
        let mut lane = Lane::new(flow(&rules, 1, 1, Up));
        let mut read = 0;
        loop {
            let room = lane.room(NOW);
            if room == 0 {
                break;
            }
            lane.take(&vec![0; room], NOW);
            read += room;
            assert!(read <= Lane::COST_MAX, "{slice:?}: {read}");
        }
        let least = if slice == NonZeroU16::new(1) { 1_000 } else { Lane::COST_MAX / 2 };
        assert!(read > least, "{slice:?}: {read}");
        let (_, Output::Bytes(piece)) = lane.next().unwrap() else { panic!("bytes wait") };
        let len = piece.len();
        lane.handle_sent(len, NOW);
        assert!(lane.room(NOW) > 0, "{slice:?}");
    }
}
