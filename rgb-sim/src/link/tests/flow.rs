//! What the rules and the seed decide.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rgb_proto::Instant;

use super::{MS, NOW, below, flow, random_bytes};
use crate::link::flow::{Fate, Flow, Verdict};
use crate::link::rules::Direction::{self, Down, Up};
use crate::link::rules::LinkRules;
use crate::link::units::{BitRate, Share};

fn share(share: f64) -> Share {
    Share::new(share).unwrap()
}

#[test]
fn each_piece_is_late_by_the_latency_and_some_of_the_jitter_and_none_overtakes() {
    let rules = LinkRules { latency: 30 * MS, jitter: 50 * MS, ..Default::default() };
    let mut flow = flow(&rules, 1, 1, Up);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let (mut now, mut last) = (NOW, NOW);
    let mut delays = Vec::new();
    for _ in 0..1000 {
        let Verdict::Pass { due, .. } = flow.judge(&mut [0; 10], now) else { panic!("nothing is cut") };
        assert!(due >= last && due >= now + rules.latency);
        assert!(due <= last.max(now + rules.latency + rules.jitter));
        delays.push(due.saturating_duration_since(now));
        last = due;
        now = now + below(&mut rng, 40) as u32 * MS;
    }
    let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
    assert!(*least < 35 * MS && *most > 75 * MS, "{least:?} {most:?}");
}

#[test]
fn a_rate_gives_each_byte_its_time() {
    let rules = LinkRules { rate: Some(BitRate::new(8_000).unwrap()), ..Default::default() };
    let mut flow = flow(&rules, 1, 1, Up);
    let mut due_behind = |len: usize, now| match flow.judge(&mut vec![0; len], now) {
        Verdict::Pass { due, .. } => due.saturating_duration_since(NOW),
        other => panic!("{other:?}"),
    };
    // A byte a millisecond.
    assert_eq!(due_behind(100, NOW), 100 * MS);
    assert_eq!(due_behind(10, NOW), 110 * MS);
    assert_eq!(due_behind(1, NOW + 50 * MS), 111 * MS);
    // What was not used is lost.
    assert_eq!(due_behind(5, NOW + 500 * MS), 505 * MS);
}

#[test]
fn a_corrupted_piece_differs_in_one_bit() {
    let rules = LinkRules { corrupt: share(0.1), ..Default::default() };
    let mut flow = flow(&rules, 1, 1, Down);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut corrupted = 0;
    for _ in 0..10_000 {
        let len = 1 + below(&mut rng, 20);
        let original = random_bytes(&mut rng, len);
        let mut piece = original.clone();
        let Verdict::Pass { is_corrupted, .. } = flow.judge(&mut piece, NOW) else { panic!("nothing is cut") };
        let flipped: u32 = original.iter().zip(&piece).map(|(one, other)| (one ^ other).count_ones()).sum();
        assert_eq!(flipped, u32::from(is_corrupted));
        corrupted += flipped;
    }
    assert!((900..1100).contains(&corrupted), "{corrupted}");
}

#[test]
fn a_reset_comes_before_a_cut_at_the_same_place() {
    let rules = LinkRules { cut: Share::ALL, reset: Share::ALL, ..Default::default() };
    let mut flow = flow(&rules, 1, 1, Up);
    assert_eq!(flow.judge(&mut [1], NOW), Verdict::Reset { due: NOW });
}

#[test]
fn the_rules_hold_within_their_span() {
    let rules = LinkRules {
        latency: 10 * MS,
        refuse: Share::ALL,
        from: 1000 * MS,
        until: Some(2000 * MS),
        ..Default::default()
    };
    for (at, expected) in [(0, false), (999, false), (1000, true), (1999, true), (2000, false)] {
        let now = Instant::from_millis(at);
        let fate = Fate::draw(&rules, 1, 1, now);
        assert_eq!(fate.is_refused, expected, "{at} ms");
        let verdict = Flow::new(&rules, fate, 1, 1, Up).judge(&mut [0], now);
        let delay = if expected { 10 * MS } else { Duration::ZERO };
        assert_eq!(verdict, Verdict::Pass { due: now + delay, is_corrupted: false, pause: Duration::ZERO }, "{at} ms");
    }
}

#[test]
fn nothing_overtakes_what_was_late_when_the_rules_ended() {
    let rules = LinkRules { latency: 500 * MS, until: Some(2000 * MS), ..Default::default() };
    let mut flow = flow(&rules, 1, 1, Up);
    let dues = [1999, 2001].map(|at| match flow.judge(&mut [0], Instant::from_millis(at)) {
        Verdict::Pass { due, .. } => due,
        other => panic!("{other:?}"),
    });
    assert_eq!(dues, [Instant::from_millis(2499); 2]);
}

/// What becomes of pieces of these lengths.
fn verdicts(rules: &LinkRules, seed: u64, connection: u64, direction: Direction) -> Vec<Verdict> {
    let mut flow = flow(rules, seed, connection, direction);
    (1..100).map(|len| flow.judge(&mut vec![0; len], NOW)).collect()
}

#[test]
fn a_seed_and_a_connections_number_decide_and_nothing_else() {
    let rules = LinkRules { jitter: 100 * MS, corrupt: share(0.5), ..Default::default() };
    let first = verdicts(&rules, 1, 1, Up);
    assert_eq!(first, verdicts(&rules, 1, 1, Up));
    for (seed, connection, direction) in [(2, 1, Up), (1, 2, Up), (1, 1, Down)] {
        assert_ne!(first, verdicts(&rules, seed, connection, direction));
    }
}

#[test]
fn no_rule_changes_what_another_one_decides() {
    let corrupted = |rules| -> Vec<bool> {
        let is_corrupted = |verdict: Verdict| matches!(verdict, Verdict::Pass { is_corrupted: true, .. });
        verdicts(&rules, 1, 1, Up).into_iter().map(is_corrupted).collect()
    };
    let alone = LinkRules { corrupt: share(0.3), ..Default::default() };
    let rate = Some(BitRate::new(9600).unwrap());
    let among_others = LinkRules { latency: MS, jitter: 9 * MS, rate, cut: share(0.9), cut_after: 1 << 40, ..alone };
    assert_eq!(corrupted(alone), corrupted(among_others));
}

/// These are part of what a seed promises: a change here breaks everybody's recorded runs.
#[test]
fn seed_7_decides_so_on_every_machine() {
    let rules = LinkRules { refuse: share(0.2), reset: share(0.3), jitter: 100 * MS, ..Default::default() };
    let refused: Vec<_> = (1..=20).filter(|&number| Fate::draw(&rules, 7, number, NOW).is_refused).collect();
    let reset: Vec<_> = (1..=20)
        .filter(|&number| matches!(flow(&rules, 7, number, Up).judge(&mut [0], NOW), Verdict::Reset { .. }))
        .collect();
    assert_eq!(refused, [3, 4, 6, 9, 15]);
    assert_eq!(reset, [2, 4, 5, 8, 13, 14, 15, 16, 20]);
}
