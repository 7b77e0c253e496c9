//! The explorer draws what it says it draws, is right about sound boards, and finds what is wrong with others.

use std::net::Ipv4Addr;
use std::num::NonZeroUsize;

use rgb_proto::{Instant, StationConfig};
use rgb_sim::explore::{Explorer, Failure, Finding, check, draw, recovery_max, shrink};
use rgb_sim::scenario::{BoardPlan, Scenario, ScenarioBoard, Simulated, Tier, Verb};
use rgb_sim::world::{Board, BoardEvent, Host, Nic};

#[test]
fn a_seed_always_draws_the_same_and_what_it_draws_is_a_file() {
    for seed in 0..500 {
        let scenario = draw(seed);
        assert_eq!(draw(seed), scenario, "seed {seed}");
        let text = scenario.to_string();
        assert_eq!(Scenario::read(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}")), scenario, "{text}");
        assert!((2..=12).contains(&scenario.boards.len()), "seed {seed}");
    }
}

#[test]
fn every_kind_of_fault_is_drawn() {
    let scenarios: Vec<_> = (0..300).map(draw).collect();
    let drawn =
        |verb: &str| scenarios.iter().flat_map(|scenario| &scenario.events).any(|event| event.verb.name() == verb);
    for verb in Verb::NAMES {
        assert!(drawn(verb), "{verb}");
    }
    assert!(scenarios.iter().any(|scenario| !scenario.links.is_empty()));
}

#[test]
fn boards_recover_from_all_that_is_drawn() {
    for seed in 1..=SEEDS {
        let passed = check(&draw(seed), seed, &Simulated).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
        assert!(passed.recovery.expect("somebody asks") <= recovery_max(), "seed {seed}");
    }
}

/// So many take some seconds when nothing is optimised.
const SEEDS: u64 = 40;

/// What the explorer once found: a router's answer to a host that had lost its address meanwhile held all others back.
#[test]
fn a_router_answers_the_others_when_one_host_cannot_be_reached() {
    let found = r#"
        duration = "6m"

        [[network]]
        ssid = "Home"
        interference = 0
        [network.router]
        address = "192.168.1.1/24"
        lease_time = "30s"
        reservations = { "server1" = "192.168.1.10" }

        [[board]]
        name = "server1"
        ssid = "Home"

        [[board]]
        name = "client2"
        role = "client"
        server = "192.168.1.10"
        ssid = "Home"

        [[event]]
        at = "1m 12s"
        isolate = "Home"
        for = "1m 45s"

        [[event]]
        at = "2m 43s"
        hold = "client2"
        for = "30s"

        [[expect]]
        recovery_max = "1m"
    "#;
    let found = Scenario::read(found).expect("it is a scenario");
    for seed in [6446, 1, 2, 3] {
        check(&found, seed, &Simulated).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
    }
}

#[test]
fn a_seed_plays_the_same_every_time() {
    let trace_hash = |seed| check(&draw(7), seed, &Simulated).expect("it passes").trace_hash;
    assert_eq!(trace_hash(7), trace_hash(7));
    assert_ne!(trace_hash(7), trace_hash(8));
}

#[test]
fn several_threads_find_the_same_in_the_order_of_seeds() {
    let found = |threads| {
        let threads = NonZeroUsize::new(threads).expect("at least one");
        let explorer = Explorer { first_seed: 3, seeds: Some(6), time: None, threads };
        let mut checked = Vec::new();
        explorer.run(
            &Simulated,
            || false,
            |finding| match finding {
                Finding::Checked { seed, outcome, .. } => checked.push((seed, outcome)),
                Finding::Shrunk { seed, .. } => panic!("seed {seed} failed"),
            },
        );
        checked
    };
    let one = found(1);
    assert_eq!(one.iter().map(|(seed, _)| *seed).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
    assert_eq!(found(4), one);
}

#[test]
fn who_is_stopped_explores_nothing_more() {
    let explorer = Explorer { first_seed: 1, seeds: None, time: None, threads: NonZeroUsize::MIN };
    explorer.run(&Simulated, || true, |finding| panic!("{finding:?}"));
}

/// Simulated boards with something wrong.
struct Defective(Defect);

#[derive(Clone, Copy)]
enum Defect {
    /// They wait for ever for joins that never end.
    WaitsForJoins,
    /// They believe in every link.
    BelievesInLinks,
    /// They do nothing any more after so many failures of the network.
    StopsAfter(u64),
    /// They panic then.
    PanicsAfter(u64),
}

struct DefectiveBoard {
    board: Board,
    defect: Defect,
}

impl Tier for Defective {
    type Board = DefectiveBoard;
    type Error = <Simulated as Tier>::Error;

    const NAME: &'static str = "defective";

    fn board(&self, plan: &BoardPlan, address: [u8; 6], seed: u64) -> Result<DefectiveBoard, Self::Error> {
        let mut board = Simulated.board(plan, address, seed)?;
        let (day, sound) = (std::time::Duration::from_secs(24 * 60 * 60), StationConfig::default());
        match self.0 {
            Defect::WaitsForJoins => board.set_station_config(StationConfig { join_timeout: day, ..sound }),
            Defect::BelievesInLinks => board.set_station_config(StationConfig {
                silent_exchanges_max: u16::MAX,
                silent_probes_max: u16::MAX,
                ..sound
            }),
            Defect::StopsAfter(_) | Defect::PanicsAfter(_) => {}
        }
        Ok(DefectiveBoard { board, defect: self.0 })
    }
}

impl Host for DefectiveBoard {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        let failures = self.board.counts().network_failures;
        match self.defect {
            Defect::StopsAfter(most) if failures >= most => {
                nic.discard();
                None
            }
            Defect::PanicsAfter(most) if failures >= most => panic!("too much has failed"),
            _ => self.board.poll(nic),
        }
    }
}

impl ScenarioBoard for DefectiveBoard {
    fn power_off(&mut self) {
        self.board.power_off();
    }

    fn power_on(&mut self) {
        self.board.power_on();
    }

    fn reboot(&mut self) {
        self.board.reboot();
    }

    fn take_events(&mut self) -> Vec<BoardEvent> {
        self.board.take_events()
    }

    fn address(&self) -> Option<Ipv4Addr> {
        self.board.address()
    }

    fn oldest_connection(&self) -> Option<Instant> {
        self.board.oldest_connection()
    }
}

/// The first seed whose scenario fails, of a few.
#[track_caller]
fn caught(defect: Defect) -> (u64, Failure) {
    let failed = (1..=30).find_map(|seed| Some((seed, check(&draw(seed), seed, &Defective(defect)).err()?)));
    failed.expect("one of thirty seeds shows it")
}

/// It is caught, and a small scenario shows it too, in a file that fails as well.
#[track_caller]
fn is_caught_and_shrunk(defect: Defect) {
    let (seed, _) = caught(defect);
    let fails = |scenario: &Scenario| check(scenario, seed, &Defective(defect)).is_err();
    let smaller = shrink(draw(seed), fails);
    let text = smaller.to_string();
    assert!(fails(&Scenario::read(&text).expect("it is a file")), "{text}");
    assert!(smaller.boards.len() <= 3 && smaller.events.len() + smaller.links.len() <= 3, "{text}");
}

#[test]
fn boards_that_wait_for_ever_for_a_join_are_caught() {
    is_caught_and_shrunk(Defect::WaitsForJoins);
}

#[test]
fn boards_that_believe_in_every_link_are_caught() {
    is_caught_and_shrunk(Defect::BelievesInLinks);
}

#[test]
fn boards_that_give_up_are_caught() {
    is_caught_and_shrunk(Defect::StopsAfter(2));
}

#[test]
fn a_panic_is_a_failure_with_its_words_and_its_place() {
    let (_, failure) = caught(Defect::PanicsAfter(1));
    let Failure::Panic(words) = failure else { panic!("{failure}") };
    assert!(words.starts_with("too much has failed (at ") && words.contains("explore.rs"), "{words}");
}

#[test]
fn what_never_fails_when_it_is_smaller_stays_as_it_is() {
    let scenario = draw(1);
    assert_eq!(shrink(scenario.clone(), |_| false), scenario);
}

#[test]
fn what_always_fails_is_made_as_small_as_it_gets_in_bounded_time() {
    let mut trials = 0;
    let smallest = shrink(draw(1), |scenario| {
        trials += 1;
        assert_eq!(Scenario::read(&scenario.to_string()).as_ref(), Ok(scenario));
        true
    });
    assert!(smallest.events.is_empty() && smallest.links.is_empty(), "{smallest}");
    assert!(trials <= 400, "{trials} trials");
}
