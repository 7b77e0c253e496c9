//! The same once more.

use harness::Firmware;

use crate::lab::{Lab, secs};

/// What a server and a client do from power on to some colours, as three fingerprints: of all that is on the air, and of
/// all that can be seen of each board, to the cycle.
fn play(firmware: &Firmware, seed: u64) -> [u64; 3] {
    let mut lab = Lab::with_seed(firmware, seed);
    let (server, client) = lab.working_pair(&[]);
    lab.run(secs(1));
    let seen = |node| lab.peek(node).board().trace_hash();
    [lab.world.trace_hash(), seen(server), seen(client)]
}

pub(crate) fn one_seed_gives_one_trace_and_another_seed_another(firmware: &Firmware) {
    let first = play(firmware, 1);
    assert_eq!(play(firmware, 1), first);
    assert!(play(firmware, 2).iter().zip(first).all(|(other, one)| *other != one));
}
