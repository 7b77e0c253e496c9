//! What `rgb_sim::world` costs: next to a bare loop of smoltcp stacks, next to turmoil, with more and more boards, and while
//! somebody listens in.
//!
//! Each round runs all candidates of a table in turn, in changing order, so that a noisy machine disturbs them alike; what
//! counts are the ratios within a round.

mod bare;
mod cells;
mod turmoil_peer;

use std::time::{Duration, Instant};
use std::{env, fs, io};

use bare::Bare;
use cells::Cells;
use rgb_sim::world::Pcap;
use turmoil_peer::TurmoilPeer;

const CLIENTS: [u16; 3] = [1, 10, 100];
/// So many clients share one server, which has four sockets.
const CLIENTS_PER_SERVER: u16 = 3;
/// How often the tutorial's client asks; and as often as a board's settings allow.
const INTERVAL: Duration = Duration::from_millis(200);
const BACK_TO_BACK: Duration = Duration::from_millis(1);
/// The least that the world may reach of what the bare loop does, and of what turmoil does.
const BARE_TARGET: f64 = 0.5;
const TURMOIL_TARGET: f64 = 50.0;
/// Turmoil steps through every millisecond, so its messages' way of up to 100 ms costs most of its time. Swift, they take as
/// long as a frame in the world, or as near to it as its clock comes.
const SWIFT: Duration = Duration::from_millis(1);

/// Boards that ask now and then, one server for nine clients.
const BOARDS: [u16; 4] = [2, 10, 100, 1000];
const BOARDS_PER_SERVER: u16 = 10;
/// How much more an exchange may cost among 1,000 boards than among 10.
const SCALING_TARGET: f64 = 2.0;
/// How much faster than the clock on the wall 1,000 boards must be.
const SPEED_TARGET: f64 = 5.0;

/// The least that a world may reach to which a tap listens of what it does without.
const TAP_TARGET: f64 = 0.9;

/// How much is measured.
struct Effort {
    /// Rounds of one table, and how long each candidate runs in one.
    rounds: usize,
    round: Duration,
    /// Turmoil has a turn in one round of so many, and a longer one, since it gets through few exchanges in one.
    turmoil_every: usize,
    turmoil_round: Duration,
    boards: &'static [u16],
    is_judged: bool,
}

impl Effort {
    const FULL: Self = Self {
        rounds: 21,
        round: Duration::from_millis(100),
        turmoil_every: 5,
        turmoil_round: Duration::from_millis(500),
        boards: &BOARDS,
        is_judged: true,
    };
    /// Enough to see that every candidate works.
    const SMOKE: Self = Self {
        rounds: 1,
        round: Duration::from_millis(10),
        turmoil_every: 1,
        turmoil_round: Duration::from_millis(10),
        boards: &[2, 10],
        is_judged: false,
    };

    const fn verdict(&self, is_reached: bool) -> &'static str {
        match is_reached {
            _ if !self.is_judged => "",
            true => "PASS",
            false => "FAIL",
        }
    }
}

fn main() {
    // What `cargo bench` passes, unless it only lists or tests.
    let is_timed =
        env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    let effort = if is_timed { Effort::FULL } else { Effort::SMOKE };
    // It is the first one, so that it finds no memory which others have given back.
    let crowd = measure_memory(&effort);
    println!("\nmedians of {} interleaved rounds of {:?}, on one core\n", effort.rounds, effort.round);
    compare_with_peers(&effort);
    compare_back_to_back(&effort);
    compare_sizes(&effort, crowd);
    compare_with_tap(&effort);
}

/// The biggest world, whose boards' share of this process's memory is printed where the system tells it.
fn measure_memory(effort: &Effort) -> Cells {
    let boards = *effort.boards.last().expect("one size at least");
    let before = resident_kib();
    let crowd = asking_now_and_then(boards);
    if let (Some(before), Some(after)) = (before, resident_kib()) {
        let each = after.saturating_sub(before) as f64 / f64::from(boards);
        println!("{each:.0} KiB a board, with its share of the air and of the routers, among {boards}");
    }
    crowd
}

/// What Linux says (`proc_pid_status(5)`).
fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn asking_now_and_then(boards: u16) -> Cells {
    let servers = boards.div_ceil(BOARDS_PER_SERVER);
    Cells::new(boards - servers, BOARDS_PER_SERVER - 1, INTERVAL)
}

/// Clients that ask as often as the tutorial's.
fn compare_with_peers(effort: &Effort) {
    println!("exchanges a second of real time, of clients that ask every {INTERVAL:?}");
    println!(
        "clients     world  bare stacks  turmoil  swift turmoil  to bare stacks             to turmoil  to swift turmoil"
    );
    for clients in CLIENTS {
        let mut world = Cells::new(clients, CLIENTS_PER_SERVER, INTERVAL);
        let mut bare = Bare::new(clients, CLIENTS_PER_SERVER, INTERVAL);
        let mut turmoils = [None, Some(SWIFT)].map(|latency| TurmoilPeer::new(clients, INTERVAL, latency));
        // About as many exchanges at a time with each number.
        let span = 10 * INTERVAL / u32::from(clients);
        let (mut rounds, mut turmoil_rounds) = (Vec::new(), Vec::new());
        for number in 0..effort.rounds {
            let rates = race(number, effort, || world.exchanges_within(span), || bare.exchanges_of_a_while());
            let [ours, ..] = rates;
            rounds.push(rates);
            if number % effort.turmoil_every == 0 {
                let [usual, swift] =
                    turmoils.each_mut().map(|turmoil| rate(effort.turmoil_round, || turmoil.exchanges_of_a_while()));
                turmoil_rounds.push([usual, swift, ours / usual, ours / swift]);
            }
        }
        let [ours, bare, to_bare] = medians(&rounds);
        let [turmoil, swift, to_turmoil, to_swift] = medians(&turmoil_rounds);
        let of_bare = effort.verdict(to_bare >= BARE_TARGET);
        let of_turmoil = effort.verdict(to_turmoil >= TURMOIL_TARGET);
        println!(
            "{clients:7}  {ours:8.0}  {bare:11.0}  {turmoil:7.0}  {swift:13.0}  {to_bare:.2} (at least {BARE_TARGET}) {of_bare:4}  \
             {to_turmoil:6.1} (at least {TURMOIL_TARGET}) {of_turmoil:4}  {to_swift:4.1}"
        );
    }
}

/// Clients that do not wait between two exchanges: nothing but frames, and never a look at a clock in the bare loop.
fn compare_back_to_back(effort: &Effort) {
    println!("\nexchanges a second of real time, of clients that ask back to back");
    println!("clients     world  bare stacks  to bare stacks");
    for clients in CLIENTS {
        let mut world = Cells::new(clients, CLIENTS_PER_SERVER, BACK_TO_BACK);
        let mut bare = Bare::new(clients, CLIENTS_PER_SERVER, Duration::ZERO);
        let span = 200 * BACK_TO_BACK / u32::from(clients);
        let rounds: Vec<_> = (0..effort.rounds)
            .map(|number| race(number, effort, || world.exchanges_within(span), || bare.exchanges_of_a_while()))
            .collect();
        let [ours, bare, to_bare] = medians(&rounds);
        println!("{clients:7}  {ours:8.0}  {bare:11.0}  {to_bare:.2}");
    }
}

/// More and more boards that ask every 200 ms.
fn compare_sizes(effort: &Effort, crowd: Cells) {
    println!("\n boards  ns an exchange  times as fast as the clock on the wall");
    let (_, smaller) = effort.boards.split_last().expect("one size at least");
    let mut worlds: Vec<_> = smaller.iter().map(|boards| asking_now_and_then(*boards)).collect();
    worlds.push(crowd);
    // About as many exchanges at a time in each.
    let spans: Vec<_> = effort.boards.iter().map(|boards| Duration::from_secs(1000) / u32::from(*boards)).collect();
    let mut rounds = vec![Vec::new(); worlds.len()];
    for _ in 0..effort.rounds {
        for ((world, span), rounds) in worlds.iter_mut().zip(&spans).zip(&mut rounds) {
            let before = world.world.now();
            let (started, mut exchanges) = (Instant::now(), 0);
            while started.elapsed() < effort.round {
                exchanges += world.exchanges_within(*span);
            }
            let elapsed = started.elapsed().as_secs_f64();
            let simulated = world.world.now().saturating_duration_since(before).as_secs_f64();
            rounds.push([elapsed * 1e9 / exchanges as f64, simulated / elapsed]);
        }
    }
    let rows: Vec<_> = rounds.iter().map(|rounds| medians(rounds)).collect();
    for (boards, [ns, speed]) in effort.boards.iter().zip(&rows) {
        println!("{boards:7}  {ns:14.0}  {speed:10.1}");
    }
    if let (&[_, [of_10, _], _, [of_1000, speed]], true) = (&*rows, effort.is_judged) {
        let (ratio, verdict) = (of_1000 / of_10, effort.verdict(of_1000 / of_10 <= SCALING_TARGET));
        println!(
            "an exchange among 1,000 boards costs {ratio:.2} of one among 10 (at most {SCALING_TARGET}) {verdict}"
        );
        let verdict = effort.verdict(speed >= SPEED_TARGET);
        println!(
            "1,000 boards are {speed:.1} times as fast as the clock on the wall (at least {SPEED_TARGET}) {verdict}"
        );
    }
}

/// One world, with nobody listening in and with every frame written to nowhere.
fn compare_with_tap(effort: &Effort) {
    let mut world = Cells::new(10, CLIENTS_PER_SERVER, BACK_TO_BACK);
    let mut rounds = Vec::new();
    for number in 0..effort.rounds {
        let mut measure = |is_tapped: bool| {
            world.world.air_mut().take_tap();
            if is_tapped {
                world.world.air_mut().set_tap(Box::new(Pcap::new(io::sink())));
            }
            rate(effort.round, || world.exchanges_within(Duration::from_millis(50)))
        };
        let is_tapped_first = number % 2 == 1;
        let (first, second) = (measure(is_tapped_first), measure(!is_tapped_first));
        let (alone, tapped) = if is_tapped_first { (second, first) } else { (first, second) };
        rounds.push([alone, tapped, tapped / alone]);
    }
    let [alone, tapped, ratio] = medians(&rounds);
    let verdict = effort.verdict(ratio >= TAP_TARGET);
    println!(
        "\nexchanges a second with 10 clients: {alone:.0}, and {tapped:.0} while a `Pcap` writes each frame to nowhere:"
    );
    println!(
        "{ratio:.2} (at least {TAP_TARGET}) {verdict}; without a tap each frame costs one look whether there is any"
    );
}

/// How many of each a second, the one or the other first by the round's number, and the first by the second.
fn race(number: usize, effort: &Effort, ours: impl FnMut() -> u64, theirs: impl FnMut() -> u64) -> [f64; 3] {
    let (ours, theirs) = if number.is_multiple_of(2) {
        let ours = rate(effort.round, ours);
        (ours, rate(effort.round, theirs))
    } else {
        let theirs = rate(effort.round, theirs);
        (rate(effort.round, ours), theirs)
    };
    [ours, theirs, ours / theirs]
}

/// How many a second.
fn rate(round: Duration, mut some: impl FnMut() -> u64) -> f64 {
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < round {
        count += some();
    }
    count as f64 / started.elapsed().as_secs_f64()
}

/// Of each column.
fn medians<const N: usize>(rows: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|column| {
        let mut values: Vec<_> = rows.iter().map(|row| row[column]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}
