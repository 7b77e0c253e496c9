//! A scenario that is written reads as what it was.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::{JoinError, StationFailure};
use rgb_sim::scenario::{
    BoardSpec, Expectation, LinkSpec, NetworkSpec, SHIPPED, Scenario, ScenarioEvent, Spread, Targets, Verb,
};
use rgb_sim::world::{AccessPointConfig, Direction, JoinFault, LinkRule, Refusal, RouterConfig};

#[test]
fn the_shipped_ones_are_written_as_what_they_say() {
    for shipped in SHIPPED {
        let scenario = Scenario::read(shipped.text).expect("it is good");
        assert_eq!(Scenario::read(&scenario.to_string()).as_ref(), Ok(&scenario), "{}", shipped.name);
    }
}

fn millis(most: u64) -> impl Strategy<Value = Duration> {
    (0..=most).prop_map(Duration::from_millis)
}

fn targets() -> impl Strategy<Value = Targets> {
    prop_oneof![
        Just(Targets::all()),
        Just(Targets::of("a")),
        Just(Targets::of("b-2")),
        Just(Targets(vec!["a".into(), "b".into()])),
    ]
}

fn verb() -> impl Strategy<Value = Verb> {
    let network = || Just("Net \"1\" \\ ü".to_owned());
    let fault = prop_oneof![
        Just(JoinFault::Hang),
        Just(JoinFault::Fail(Refusal::Full)),
        Just(JoinFault::Fail(Refusal::Failed)),
        Just(JoinFault::Fail(Refusal::WrongPassphrase)),
        Just(JoinFault::Fail(Refusal::NetworkNotFound)),
    ];
    prop_oneof![
        network().prop_map(|network| Verb::Partition("a".into(), network)),
        Just(Verb::Repair("a".into(), "b-1".into())),
        targets().prop_map(Verb::Hold),
        targets().prop_map(Verb::Release),
        targets().prop_map(Verb::Crash),
        targets().prop_map(Verb::Reboot),
        targets().prop_map(Verb::Deauth),
        targets().prop_map(Verb::KillLink),
        (targets(), fault, 1..1000_u32).prop_map(|(boards, fault, times)| Verb::JoinFault { boards, fault, times }),
        (targets(), -1000.0..1000.0, millis(50_000)).prop_map(|(boards, to_m, over)| Verb::Move { boards, to_m, over }),
        network().prop_map(Verb::ApDown),
        network().prop_map(Verb::ApUp),
        network().prop_map(|network| {
            Verb::Renumber { network, address: "10.2.3.4/12".parse().expect("an address with its network") }
        }),
        network().prop_map(Verb::LeaseExpire),
        network().prop_map(Verb::WrongPassword),
        network().prop_map(Verb::Isolate),
    ]
}

fn event() -> impl Strategy<Value = ScenarioEvent> {
    (millis(60_000), verb(), proptest::option::of(1..60_000_u64)).prop_map(|(at, verb, span)| {
        let span = span.filter(|_| verb.lasts()).map(Duration::from_millis);
        ScenarioEvent { at, verb, span }
    })
}

fn link() -> impl Strategy<Value = LinkSpec> {
    let direction = proptest::option::of(prop_oneof![Just(Direction::Up), Just(Direction::Down)]);
    let from = proptest::option::of(millis(30_000));
    let until = proptest::option::of((30_001..60_000_u64).prop_map(Duration::from_millis));
    let rule = (direction, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0, millis(500), millis(500), 100..1_000_000_u64);
    (targets(), from, until, rule).prop_map(|(boards, from, until, rule)| {
        let (direction, loss, duplicate, corrupt, latency, jitter, rate_bps) = rule;
        let rule = LinkRule { direction, loss, latency, jitter, duplicate, corrupt, rate_bps };
        LinkSpec { boards, from, until, rule }
    })
}

fn expectation() -> impl Strategy<Value = Expectation> {
    let reports = proptest::option::of(prop_oneof![
        Just(StationFailure::LinkDead),
        Just(StationFailure::Join(JoinError::WrongPassphrase)),
    ]);
    let share = || proptest::option::of(0.0..=0.5);
    let span = || proptest::option::of((1..60_000_u64).prop_map(Duration::from_millis));
    (share(), share(), 1..1000_u64, span(), span(), reports).prop_map(
        |(min, max, exchanges, first_color_max, recovery_max, reports)| Expectation {
            boards: Some(Targets::of("b")),
            success_min: min,
            success_max: max.map(|max: f64| max + 0.5),
            exchanges_min: Some(exchanges),
            first_color_max,
            recovery_max,
            reports,
            ..Expectation::default()
        },
    )
}

prop_compose! {
    fn scenario()(
        description in "[ -~ä]{0,40}",
        seed in any::<u32>(),
        events in proptest::collection::vec(event(), 0..6),
        links in proptest::collection::vec(link(), 0..3),
        expectations in proptest::collection::vec(expectation(), 0..3),
        isolates in any::<bool>(),
        distances in [-50.0..50.0, -50.0..50.0_f64],
        lease_s in 10..100_000_u64,
    ) -> Scenario {
        let router = RouterConfig { lease_time: Duration::from_secs(lease_s), ..RouterConfig::default() };
        let access_point = |ssid: &str| AccessPointConfig { ssid: ssid.into(), isolates, ..AccessPointConfig::default() };
        let setting = |field: &str, value: &str| (field.to_owned(), value.to_owned());
        Scenario {
            description,
            duration: Duration::from_secs(60),
            seed: seed.into(),
            networks: vec![
                NetworkSpec {
                    access_point: access_point("Net \"1\" \\ ü"),
                    router: Some(router),
                    reservations: BTreeMap::from([("a".to_owned(), [192, 168, 1, 9].into())]),
                },
                NetworkSpec { access_point: access_point("No router"), ..NetworkSpec::default() },
            ],
            boards: vec![
                BoardSpec { name: "a".into(), ..BoardSpec::default() },
                BoardSpec {
                    name: "b".into(),
                    count: 2,
                    distance_m: Spread { first: distances[0], last: distances[1] },
                    start: Spread { first: Duration::ZERO, last: Duration::from_secs(9) },
                    colors: "fixed:1,2,3".parse().ok(),
                    settings: BTreeMap::from([setting("role", "both"), setting("interval", "300ms")]),
                },
            ],
            events,
            links,
            expectations,
        }
    }
}

proptest! {
    #[test]
    fn any_scenario_is_written_as_what_it_says(scenario in scenario()) {
        let text = scenario.to_string();
        let read = Scenario::read(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(read, scenario);
    }
}
