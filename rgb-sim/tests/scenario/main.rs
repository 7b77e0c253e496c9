//! Scenarios: how files are read and written, how they are played, and how they are judged.

mod judging;
mod playing;
mod reading;
mod shipped;
mod writing;

use std::time::Duration;

use rgb_sim::scenario::{Recording, Run, Scenario, Simulated};

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A server and a client at home, with more of a file behind.
fn home(more: &str) -> Scenario {
    let text = format!(
        r#"
        duration = "60s"
        [[network]]
        ssid = "Home"
        passphrase = "correct horse"
        [[board]]
        name = "server"
        [[board]]
        name = "client"
        role = "client"
        {more}
        "#
    );
    Scenario::read(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// What a run is like.
fn play(scenario: &Scenario, seed: u64) -> Recording {
    let mut run = Run::new(scenario, seed, &Simulated).expect("a scenario that was read can be played");
    run.finish().expect("nobody listens in");
    run.recording().clone()
}
