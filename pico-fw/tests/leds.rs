//! What the LEDs do.

use std::time::Duration;

use pico_fw::led::{Blink, Indication, levels, luminance};
use proptest::prelude::*;
use proptest::test_runner::Config;
use rgb_proto::Rgb;
use rgb_proto::settings::LedPolarity;

/// CIE 15: lightness to relative luminance, in floating point.
fn cie_luminance(component: u8) -> f64 {
    let lightness = f64::from(component) * 100.0 / 255.0;
    if lightness <= 8.0 { lightness / 903.3 } else { ((lightness + 16.0) / 116.0).powi(3) }
}

#[test]
fn the_table_is_cies() {
    for component in 0..=255 {
        let off = f64::from(luminance(component)) - cie_luminance(component) * 65535.0;
        assert!(off.abs() <= 0.51, "{component}: {off}");
    }
    assert_eq!((luminance(0), luminance(255)), (0, 65535));
    assert!((1..=255).all(|component| luminance(component) > luminance(component - 1)));
}

#[test]
fn either_polarity_has_its_whole_range() {
    let color = Rgb::new(0, 255, 128);
    let [r, g, b] = levels(color, 10_000, LedPolarity::CommonCathode);
    assert_eq!((r, g), (0, 10_000));
    assert!((1_800..1_900).contains(&b), "half as bright is 18 % of the light: {b}");
    assert_eq!(levels(color, 10_000, LedPolarity::CommonAnode), [10_000, 0, 10_000 - b]);
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn levels_keep_their_range_and_order(components in any::<[u8; 3]>(), top in 1u16..) {
        let [r, g, b] = components;
        let lit = levels(Rgb::new(r, g, b), top, LedPolarity::CommonCathode);
        let dark = levels(Rgb::new(r, g, b), top, LedPolarity::CommonAnode);
        for ((component, level), inverse) in components.into_iter().zip(lit).zip(dark) {
            prop_assert!(level <= top);
            prop_assert_eq!(level + inverse, top);
            prop_assert_eq!(level == 0, component == 0);
            prop_assert!(component < 255 || level == top);
        }
    }
}

#[test]
fn every_indication_looks_different() {
    let blinks = Indication::ALL.map(Indication::blink);
    for (index, blink) in blinks.iter().enumerate() {
        assert!(!blinks[..index].contains(blink), "{blink:?}");
        let phases: Vec<_> = blink.phases().collect();
        assert_eq!(phases.iter().map(|(_, span)| *span).sum::<Duration>(), blink.round());
        assert!(!blink.round().is_zero(), "whoever shows it in a loop must wait");
        assert_eq!(phases.iter().filter(|(lit, _)| *lit).count(), usize::from(blink.count));
        assert!(phases.windows(2).all(|pair| pair[0].0 != pair[1].0), "{phases:?}");
    }
    assert!(Blink::STEADY.phases().all(|(lit, _)| lit));
}

#[test]
fn flashes_can_be_counted() {
    let phases: Vec<_> = Blink::flashes(2).phases().map(|(lit, span)| (lit, span.as_millis())).collect();
    assert_eq!(phases, [(true, 150), (false, 250), (true, 150), (false, 1500)]);
}
