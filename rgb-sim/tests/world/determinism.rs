//! The same seed gives the same world.

use std::time::Duration;

use rgb_sim::world::{BoardEvent, LinkRule, Machine, Placement, World};

use crate::lab::Lab;

/// A short, troubled life: its fingerprint, and what the boards told.
fn life(seed: u64) -> (u64, Vec<Vec<BoardEvent>>) {
    let mut lab = Lab::new(seed);
    let (server, client) = lab.working_pair();
    let other = lab.board(&[("role", "client")]);
    let jitter = Duration::from_millis(5);
    lab.world.air_mut().add_link_rule(client, LinkRule { loss: 0.05, jitter, duplicate: 0.1, ..Default::default() });
    lab.run(20);
    lab.world.air_mut().deauthenticate(server);
    lab.world.air_mut().place(other, Placement { position_m: 60.0 });
    lab.run(20);
    lab.board_mut(client).reboot();
    lab.run(20);
    (lab.world.trace_hash(), [server, client, other].map(|board| lab.timed_events(board)).into())
}

#[test]
fn the_same_seed_gives_the_same_world() {
    assert_eq!(life(7), life(7));
}

#[test]
fn another_seed_gives_another_world() {
    assert_ne!(life(7).0, life(8).0);
}

#[test]
fn looking_on_changes_nothing() {
    let run = |step: Duration| {
        let mut lab = Lab::new(9);
        lab.board(&[("role", "server")]);
        lab.board(&[("role", "client")]);
        while lab.world.now().as_micros() < 30_000_000 {
            lab.world.run_for(step);
        }
        lab.world.trace_hash()
    };
    assert_eq!(run(Duration::from_secs(30)), run(Duration::from_micros(500)));
}

#[test]
fn a_world_can_live_in_any_thread() {
    const fn is_send<T: Send>() {}
    is_send::<World<Machine>>();
}
