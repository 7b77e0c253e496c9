//! How fast two emulated boards run the firmware: from power on to the client's first colour, and while they exchange.
//!
//! The peer is a real board, which takes a second for each second. Rounds are whole runs of the same scenario, on one core.

use std::env;
use std::time::{Duration, Instant};

use rgb_sim::emulated::Firmware;
use rgb_sim::scenario::{HappeningKind, Run, Scenario};
use rgb_sim::world::BoardEventKind;

/// The tutorial's two boards, which exchange every 200 ms.
const SCENARIO: &str = r#"
duration = "2m"

[[network]]
ssid = "Home"
passphrase = "correct horse"

[[board]]
name = "server"
role = "server"
distance_m = 3

[[board]]
name = "client"
role = "client"
distance_m = 5
"#;
const SEED: u64 = 1;

/// How long the boards may take at most to the first colour, of real time, and how often it is looked whether it is there.
const BOOT_TARGET: Duration = Duration::from_millis(1500);
const LOOK: Duration = Duration::from_millis(50);
/// How much faster than a real board they have to be while they exchange.
const SPEED_TARGET: f64 = 30.0;

/// How much is measured.
struct Effort {
    rounds: usize,
    exchanging: Duration,
    is_judged: bool,
}

impl Effort {
    const FULL: Self = Self { rounds: 7, exchanging: Duration::from_secs(60), is_judged: true };
    /// Enough to see that it works.
    const SMOKE: Self = Self { rounds: 1, exchanging: Duration::from_secs(1), is_judged: false };

    const fn verdict(&self, is_reached: bool) -> &'static str {
        match is_reached {
            _ if !self.is_judged => "",
            true => "PASS",
            false => "FAIL",
        }
    }
}

/// One run.
struct Round {
    /// From power on to the first colour, of the boards' time and of real time.
    virtual_boot: Duration,
    boot: Duration,
    /// The real time of the exchanges behind it, and how many there were.
    exchanging: Duration,
    exchanges: usize,
    trace_hash: u64,
}

fn main() {
    // What `cargo bench` passes, unless it only lists or tests.
    let is_timed =
        env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    let effort = if is_timed { Effort::FULL } else { Effort::SMOKE };
    let firmware = match harness::firmware() {
        Ok(firmware) => Firmware::new(firmware.uf2()),
        Err(why) => return println!("nothing is measured, because the firmware cannot be built here: {why}"),
    };
    let rounds: Vec<_> = (0..effort.rounds).map(|_| play(&firmware, effort.exchanging)).collect();
    let first = &rounds[0];
    assert!(rounds.iter().all(|round| round.trace_hash == first.trace_hash), "each run does the same");
    let boot = median(rounds.iter().map(|round| round.boot));
    let exchanging = median(rounds.iter().map(|round| round.exchanging));
    let speed = effort.exchanging.as_secs_f64() / exchanging.as_secs_f64();
    println!(
        "\ntwo boards, medians of {} runs of seed {SEED} with the trace hash {:016x}",
        effort.rounds, first.trace_hash
    );
    println!(
        "boot to the first colour: {boot:.2?} (at most {BOOT_TARGET:?}) for {:.2?} of the boards' {}",
        first.virtual_boot,
        effort.verdict(boot <= BOOT_TARGET)
    );
    println!(
        "{} exchanges in {:?} of the boards': {exchanging:.2?}, {speed:.1} times as fast as real ones (at least \
         {SPEED_TARGET}) {}",
        first.exchanges,
        effort.exchanging,
        effort.verdict(speed >= SPEED_TARGET)
    );
}

fn play(firmware: &Firmware, exchanging: Duration) -> Round {
    let scenario = Scenario::read(SCENARIO).expect("a good scenario");
    let mut run = Run::new(&scenario, SEED, firmware).expect("boards with the firmware");
    let started = Instant::now();
    let mut virtual_boot = Duration::ZERO;
    while colors(&mut run) == 0 {
        assert!(!run.is_over(), "the boards exchange");
        virtual_boot += LOOK;
        run.advance(virtual_boot);
    }
    let boot = started.elapsed();
    let started = Instant::now();
    run.advance(virtual_boot + exchanging);
    let elapsed = started.elapsed();
    let exchanges = colors(&mut run);
    Round { virtual_boot, boot, exchanging: elapsed, exchanges, trace_hash: run.recording().trace_hash }
}

/// How many colours have come since the last call.
fn colors(run: &mut Run<Firmware>) -> usize {
    let is_color =
        |kind: &HappeningKind| matches!(kind, HappeningKind::Board(_, BoardEventKind::Exchange { outcome: Ok(_), .. }));
    run.take_news().iter().filter(|happening| is_color(&happening.kind)).count()
}

fn median(durations: impl Iterator<Item = Duration>) -> Duration {
    let mut durations: Vec<_> = durations.collect();
    durations.sort();
    durations[durations.len() / 2]
}
