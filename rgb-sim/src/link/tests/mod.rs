//! The link without sockets, in a time of the tests' own.

mod flow;
mod relay;

use std::time::Duration;

use rand::Rng;
use rand::rngs::ChaCha8Rng;
use rgb_proto::Instant;

use super::flow::{Fate, Flow};
use super::rules::{Direction, LinkRules};

const MS: Duration = Duration::from_millis(1);
const NOW: Instant = Instant::from_millis(1_000);

fn flow(rules: &LinkRules, seed: u64, connection: u64, direction: Direction) -> Flow {
    let fate = Fate::draw(rules, seed, connection, NOW);
    Flow::new(rules, fate, seed, connection, direction)
}

fn below(rng: &mut ChaCha8Rng, end: usize) -> usize {
    rng.next_u32() as usize % end
}

fn random_bytes(rng: &mut ChaCha8Rng, len: usize) -> Vec<u8> {
    (0..len).map(|_| rng.next_u32() as u8).collect()
}
