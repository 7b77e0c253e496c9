//! Where colours come from.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use embassy_time::{Duration, MockDriver};
use pico_fw::source::{
    Buttons, Colors, Potentiometers, Random, SharedSource, Source, Streams, Sweep, Temperature, millicelsius,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use rgb_proto::{Name, Rgb};

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn take(source: &mut impl Source, count: usize) -> Vec<Rgb> {
    (0..count).map(|_| source.next_color()).collect()
}

/// The process's one clock.
fn clock() -> MutexGuard<'static, ()> {
    static CLOCK: Mutex<()> = Mutex::new(());
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_seed_gives_the_same_colours_each_time() {
    let colors = take(&mut Random::new(7), 8);
    assert_eq!(colors, take(&mut Random::new(7), 8));
    assert_ne!(colors, take(&mut Random::new(8), 8));
}

#[test]
fn random_components_are_even() {
    let mut random = Random::new(1);
    let mut counts = [[0u32; 256]; 3];
    let draws = 256 * 400;
    for color in take(&mut random, draws) {
        for (component, counts) in [color.r, color.g, color.b].into_iter().zip(&mut counts) {
            counts[usize::from(component)] += 1;
        }
    }
    for counts in counts {
        // Chi squared with 255 degrees of freedom: 99.99 % lie below 347.
        let chi_squared: f64 = counts.iter().map(|&count| (f64::from(count) - 400.0).powi(2) / 400.0).sum();
        assert!((170.0..347.0).contains(&chi_squared), "{chi_squared}");
    }
}

// REQ-4
#[test]
fn each_name_has_its_own_stream_whatever_the_others_ask() {
    let mut alone: Streams<_> = Streams::new(Random::new(1));
    let expected: Vec<_> = (0..8).map(|_| alone.next_color(Some(&name("kitchen")))).collect();
    let mut streams: Streams<_> = Streams::new(Random::new(1));
    let shared = SharedSource::new(&mut streams);
    for color in expected {
        shared.next_color(Some(&name("attic")));
        shared.next_color(None);
        assert_eq!(shared.next_color(Some(&name("kitchen"))), color);
    }
}

#[test]
fn names_beyond_the_limit_share_one_stream() {
    let mut streams: Streams<_, 2> = Streams::new(Sweep::new());
    let [red, next] = take(&mut Sweep::new(), 2)[..] else { panic!() };
    assert_eq!(streams.next_color(Some(&name("a"))), red);
    assert_eq!(streams.next_color(Some(&name("b"))), red);
    assert_eq!(streams.next_color(Some(&name("c"))), red);
    assert_eq!(streams.next_color(Some(&name("d"))), next);
    assert_eq!(streams.next_color(Some(&name("a"))), next);
}

#[test]
fn a_source_without_streams_is_one_for_all() {
    let mut count = 0;
    let mut streams: Streams<_> = Streams::new(move || {
        count += 1;
        Rgb::new(count, 0, 0)
    });
    assert_eq!(streams.next_color(Some(&name("a"))), Rgb::new(1, 0, 0));
    assert_eq!(streams.next_color(None), Rgb::new(2, 0, 0));
    assert_eq!(streams.next_color(Some(&name("b"))), Rgb::new(3, 0, 0));
}

#[test]
fn the_sweep_is_the_simulators() {
    let mut simulated = rgb_sim::Sweep::new();
    let expected: Vec<_> = (0..200).map(|_| rgb_sim::Source::next_color(&mut simulated)).collect();
    assert_eq!(take(&mut Sweep::new(), 200), expected);
}

#[test]
fn a_knob_turned_all_the_way_gives_every_value_in_order() {
    let raw = Cell::new(0);
    let mut knobs = Potentiometers::new(|| [raw.get(), 4095 - raw.get(), 2048]);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for place in 0..=4095 {
        raw.set(place);
        let color = knobs.next_color();
        up.push(color.r);
        down.push(color.g);
        assert_eq!(color.b, 128);
    }
    assert!(up.is_sorted());
    assert!(down.is_sorted_by(|a, b| a >= b));
    assert_eq!((up[0], up[4095], down[0], down[4095]), (0, 255, 255, 0));
    let seen: BTreeSet<_> = up.into_iter().collect();
    assert!(seen.len() > 200, "{} values", seen.len());
}

/// A potentiometer's noise, as far as the converter's own goes, and single readings that are far off.
#[test]
fn a_knob_at_rest_gives_one_value() {
    for place in (0..=4095).step_by(13) {
        let mut noise = 1u32;
        let mut readings = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let shift = i32::try_from(noise >> 24).unwrap() % 17 - 8;
            let far_off = if noise >> 16 & 15 == 0 { 500 } else { 0 };
            let raw = (place + shift + far_off).clamp(0, 4095) as u16;
            [raw; 3]
        };
        let mut knobs = Potentiometers::new(&mut readings);
        let first = knobs.next_color();
        for _ in 0..50 {
            let color = knobs.next_color();
            assert!(color.r.abs_diff(first.r) <= 1, "at {place}: {first}, then {color}");
        }
        let settled = knobs.next_color();
        let changes = (0..200).filter(|_| knobs.next_color() != settled).count();
        assert_eq!(changes, 0, "at {place}");
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_knob_is_never_far_from_where_it_stands(places in prop::collection::vec(0u16..=4095, 1..50)) {
        let raw = Cell::new(0);
        let mut knobs = Potentiometers::new(|| [raw.get(); 3]);
        for place in places {
            raw.set(place);
            let value = i32::from(knobs.next_color().r);
            let exact = (i32::from(place) - 32).clamp(0, 4031) * 255 / 4031;
            prop_assert!((value - exact).abs() <= 2, "{place}: {value} for {exact}");
        }
    }

    #[test]
    fn a_temperature_is_a_colour(raw in 0u16..=4095) {
        let color = Temperature::new(move || raw).next_color();
        prop_assert_eq!((color.g, color.r.checked_add(color.b)), (0, Some(255)));
    }
}

#[test]
fn buttons_give_0_or_255_at_once_and_do_not_bounce() {
    let _clock = clock();
    let pressed = Cell::new([false; 3]);
    let mut buttons = Buttons::new(|| pressed.get());
    assert_eq!(buttons.next_color(), Rgb::BLACK);
    pressed.set([true, false, true]);
    assert_eq!(buttons.next_color(), Rgb::new(255, 0, 255));
    for bounce in [false, true, false] {
        MockDriver::get().advance(Duration::from_millis(5));
        pressed.set([bounce, false, bounce]);
        assert_eq!(buttons.next_color(), Rgb::new(255, 0, 255));
    }
    // Another button is not held up by it.
    pressed.set([true; 3]);
    assert_eq!(buttons.next_color(), Rgb::WHITE);
    pressed.set([false, true, false]);
    MockDriver::get().advance(Duration::from_micros(4_999));
    assert_eq!(buttons.next_color(), Rgb::WHITE);
    MockDriver::get().advance(Duration::from_micros(1));
    assert_eq!(buttons.next_color(), Rgb::new(0, 255, 0));
}

/// The data sheet: 0.706 V at 27 °C, 1.721 mV less for each degree more.
#[test]
fn the_chips_temperature_is_the_data_sheets() {
    let raw = |volts: f64| (volts * 4096.0 / 3.3).round() as u16;
    for (volts, celsius) in [(0.706, 27.0), (0.706 - 0.01721, 37.0), (0.706 + 0.01721, 17.0)] {
        let off = f64::from(millicelsius(raw(volts))) / 1000.0 - celsius;
        assert!(off.abs() < 0.3, "{volts} V: {off}");
    }
    for (celsius, color) in [
        (0.0, Rgb::new(0, 0, 255)),
        (15.0, Rgb::new(0, 0, 255)),
        (45.5, Rgb::new(255, 0, 0)),
        (80.0, Rgb::new(255, 0, 0)),
    ] {
        let raw = raw(0.706 - (celsius - 27.0) * 0.001_721);
        let shown = Temperature::new(move || raw).next_color();
        assert!(shown.r.abs_diff(color.r) <= 3, "{celsius}: {shown}");
    }
}

#[test]
fn a_temperature_follows_slowly_and_arrives() {
    let raw = Cell::new(880);
    let mut temperature = Temperature::new(|| raw.get());
    let warm = temperature.next_color();
    raw.set(860);
    let next = temperature.next_color();
    assert!(next.r > warm.r && next.r - warm.r < 20, "{warm} {next}");
    let arrived = take(&mut temperature, 100)[99];
    assert!(arrived.r.abs_diff(Temperature::new(|| 860).next_color().r) <= 1);
}
