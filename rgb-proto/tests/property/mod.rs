//! The settings of every property test here.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use proptest::test_runner::{Config, RngSeed};

/// Writes no files. Each run has a new seed, which a failed test prints; `PROPTEST_RNG_SEED` repeats it.
pub(crate) fn config() -> Config {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().hash_one(()));
    }
    // Shown by the test runner when the test fails.
    eprintln!("repeat this run with PROPTEST_RNG_SEED={}", config.rng_seed);
    config
}
