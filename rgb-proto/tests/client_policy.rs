//! When a client asks again, and the limits of its settings.

mod property;

use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::{Backoff, ClientConfig, ClientPolicy, ConfigError, Instant};

const START: Instant = Instant::from_millis(70_000);

/// The draws that give the shortest and the longest wait.
const SHORTEST: u32 = 0;
const LONGEST: u32 = u32::MAX;

fn after(millis: u64) -> Instant {
    START + Duration::from_millis(millis)
}

/// The time from the end of an exchange to the start of the next.
fn wait(policy: &mut ClientPolicy, random: u32) -> Duration {
    let ended = after(1_000_000);
    policy.handle_outcome(false, START, ended, random).saturating_duration_since(ended)
}

fn default_policy() -> ClientPolicy {
    ClientPolicy::new(ClientConfig::default())
}

// POL-1
#[test]
fn exchanges_start_200_ms_apart_from_start_to_start() {
    for took_ms in [0, 1, 30, 199, 200] {
        assert_eq!(default_policy().handle_outcome(true, START, after(took_ms), LONGEST), after(200), "{took_ms} ms");
    }
}

// POL-1
#[test]
fn an_exchange_longer_than_the_interval_is_followed_by_the_next_at_once() {
    let mut policy = default_policy();
    let ended = after(200) + Duration::from_micros(1);
    assert_eq!(policy.handle_outcome(true, START, ended, LONGEST), ended);
    // Three starts were missed; the one behind is an interval later again.
    let ended = after(800);
    let next = policy.handle_outcome(true, START, ended, LONGEST);
    assert_eq!(next, ended);
    assert_eq!(policy.handle_outcome(true, next, next + Duration::from_millis(10), LONGEST), after(1_000));
}

// POL-1
#[test]
fn the_interval_is_the_configs() {
    let mut policy = ClientPolicy::new(ClientConfig { interval: Duration::from_secs(60), ..ClientConfig::default() });
    assert_eq!(policy.handle_outcome(true, START, after(5), LONGEST), after(60_000));
    assert_eq!(policy.handle_outcome(false, START, after(5), SHORTEST), after(60_000));
}

// POL-2
#[test]
fn the_wait_doubles_with_each_failure_up_to_5_s() {
    let mut policy = default_policy();
    for (failures, longest_ms) in [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000].into_iter().enumerate() {
        assert_eq!(policy.consecutive_failures() as usize, failures);
        let longest = Duration::from_millis(longest_ms);
        let wait = wait(&mut policy, LONGEST);
        assert!(wait <= longest && wait + Duration::from_micros(1) >= longest, "{wait:?} is not {longest:?}");
    }
}

// POL-2
#[test]
fn a_success_ends_the_backoff() {
    let mut policy = default_policy();
    for _ in 0..9 {
        wait(&mut policy, LONGEST);
    }
    assert_eq!(policy.handle_outcome(true, START, after(10), LONGEST), after(200));
    assert_eq!(policy.consecutive_failures(), 0);
    assert_eq!(wait(&mut policy, SHORTEST), Duration::from_millis(100));
}

// POL-2: never less than its interval asks.
#[test]
fn a_quick_failure_is_not_followed_by_the_next_exchange_before_the_interval() {
    let mut policy = default_policy();
    assert_eq!(policy.handle_outcome(false, START, after(1), SHORTEST), after(200));
    // The second wait, 200 ms at least, is the longer one.
    assert_eq!(policy.handle_outcome(false, START, after(1), SHORTEST), after(201));
}

// POL-3
#[test]
fn the_wait_is_spread_over_its_upper_half() {
    let first = |random| wait(&mut default_policy(), random);
    assert_eq!(first(0), Duration::from_millis(100));
    assert_eq!(first(1 << 30), Duration::from_millis(125));
    assert_eq!(first(1 << 31), Duration::from_millis(150));
    assert_eq!(first(3 << 30), Duration::from_millis(175));
    assert_eq!(first(u32::MAX), Duration::from_micros(199_999));
}

// POL-3
#[test]
fn where_the_interval_is_longer_it_is_spread_as_the_wait_is() {
    let config = ClientConfig { interval: Duration::from_secs(1), ..ClientConfig::default() };
    let first = |random| ClientPolicy::new(config).handle_outcome(false, START, after(5), random);
    assert_eq!([first(0), first(1 << 31)], [after(1_000), after(1_050)]);
    let mut policy = ClientPolicy::new(config);
    policy.handle_outcome(false, START, after(5), SHORTEST);
    assert_eq!(policy.handle_outcome(false, START, after(5), 1 << 31), after(1_100));
}

// POL-4 (its part of the policy): a next exchange follows every number of failures.
#[test]
fn the_client_goes_on_after_a_million_failures() {
    let mut policy = default_policy();
    for _ in 0..1_000_000 {
        let wait = wait(&mut policy, LONGEST);
        assert!(wait <= Duration::from_secs(5));
    }
    assert_eq!(policy.consecutive_failures(), 1_000_000);
}

// POL-1, POL-2
#[test]
fn the_defaults_are_the_protocols() {
    let config = ClientConfig::default();
    assert_eq!(config.interval, Duration::from_millis(200));
    assert_eq!(config.backoff, Backoff { first: Duration::from_millis(200), longest: Duration::from_secs(5) });
    assert_eq!(config.name, None);
    assert_eq!(config.check(), Ok(()));
}

#[test]
fn each_setting_is_checked_at_both_of_its_limits() {
    type Set = fn(&mut ClientConfig, Duration);
    let day = Duration::from_secs(86_400);
    let hour = Duration::from_secs(3_600);
    let fields: [(&str, Duration, Set); 4] = [
        ("interval", day, |config, span| config.interval = span),
        ("timeout", hour, |config, span| config.timeout = span),
        ("backoff.first", day, |config, span| config.backoff.first = span),
        ("backoff.longest", day, |config, span| config.backoff.longest = span),
    ];
    let min = Duration::from_millis(1);
    let step = Duration::from_nanos(1);
    for (field, max, set) in fields {
        let check = |span| {
            let mut config = ClientConfig::default();
            set(&mut config, span);
            config.check()
        };
        let refused = |span| Err(ConfigError { field, span, min, max });
        assert_eq!(check(min), Ok(()));
        assert_eq!(check(max), Ok(()));
        for span in [Duration::ZERO, min - step, max + step, Duration::MAX] {
            assert_eq!(check(span), refused(span));
        }
    }
}

#[test]
fn the_first_setting_that_is_wrong_is_the_one_named() {
    let zero = Duration::ZERO;
    let backoff = Backoff { first: zero, longest: zero };
    let mut config = ClientConfig { interval: zero, timeout: zero, backoff, ..ClientConfig::default() };
    let field = |config: &ClientConfig| config.check().map_err(|error| error.field);
    assert_eq!(field(&config), Err("interval"));
    config.interval = Duration::from_secs(1);
    assert_eq!(field(&config), Err("timeout"));
    config.timeout = Duration::from_secs(1);
    assert_eq!(field(&config), Err("backoff.first"));
    config.backoff.first = Duration::from_secs(1);
    assert_eq!(field(&config), Err("backoff.longest"));
}

fn spans() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        2 => (0..2_000_000u64).prop_map(Duration::from_nanos),
        4 => (0..100_000u64).prop_map(Duration::from_millis),
        1 => any::<u64>().prop_map(Duration::from_secs),
    ]
}

fn configs() -> impl Strategy<Value = ClientConfig> {
    (spans(), spans(), spans()).prop_map(|(interval, first, longest)| ClientConfig {
        interval,
        backoff: Backoff { first, longest },
        ..ClientConfig::default()
    })
}

proptest! {
    #![proptest_config(property::config())]

    // POL-1, POL-2: and so never a busy loop, whatever the settings.
    #[test]
    fn no_exchange_starts_before_its_interval_or_the_end_of_the_one_before(
        config in configs(), outcomes in proptest::collection::vec((any::<bool>(), spans(), any::<u32>()), 1..80),
    ) {
        let mut policy = ClientPolicy::new(config);
        let mut started = Instant::ORIGIN;
        for (success, took, random) in outcomes {
            let ended = started + took;
            let next = policy.handle_outcome(success, started, ended, random);
            prop_assert!(next >= started + config.interval);
            prop_assert!(next >= started + ClientConfig::SPAN_MIN);
            prop_assert!(next >= ended);
            if success {
                prop_assert_eq!(policy.consecutive_failures(), 0);
                prop_assert_eq!(next, ended.max(started + config.interval.max(ClientConfig::SPAN_MIN)));
            }
            started = next;
        }
    }

    // POL-2, POL-3
    #[test]
    fn the_wait_lies_in_the_upper_half_of_the_doubled_first_wait(
        first_ms in 1..10_000u64, longest_ms in 1..100_000u64, failures in 0..40u32, random in any::<u32>(),
    ) {
        let backoff = Backoff { first: Duration::from_millis(first_ms), longest: Duration::from_millis(longest_ms) };
        let mut policy = ClientPolicy::new(ClientConfig { backoff, ..ClientConfig::default() });
        for _ in 0..failures {
            wait(&mut policy, random);
        }
        let doubled_ms = u128::from(first_ms) << failures;
        let whole_us = 1_000 * doubled_ms.min(longest_ms.max(first_ms).into());
        let wait_us = wait(&mut policy, random).as_micros();
        prop_assert!((whole_us / 2..=whole_us).contains(&wait_us), "{} of {}", wait_us, whole_us);
    }

    // POL-3
    #[test]
    fn a_larger_draw_never_gives_a_shorter_wait(failures in 0..9u32, draws in any::<[u32; 2]>()) {
        let [low, high] = [draws[0].min(draws[1]), draws[0].max(draws[1])];
        let mut policy = default_policy();
        for _ in 0..failures {
            wait(&mut policy, 0);
        }
        prop_assert!(wait(&mut policy.clone(), low) <= wait(&mut policy, high));
    }
}
