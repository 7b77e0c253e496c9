//! Whether the style sheet's colours can be told from what they stand on, in both schemes.

use std::collections::BTreeMap;

const SHEET: &str = include_str!("../page.css");

/// The colours by their names: those of the light scheme, and those that the dark one has instead.
fn schemes() -> [BTreeMap<&'static str, [u8; 3]>; 2] {
    let (_, light) = SHEET.split_once(":root {").expect("the light scheme comes first");
    let (light, rest) = light.split_once('}').expect("it ends");
    let (_, dark) = rest.split_once("(prefers-color-scheme: dark)").expect("a dark scheme follows");
    let (dark, _) = dark.split_once("\n}").expect("it ends");
    [light, dark].map(|scheme| {
        let declarations = scheme.split([';', '{', '}']).filter_map(|declaration| declaration.split_once(':'));
        let colors = declarations.filter_map(|(name, value)| {
            let rgb = u32::from_str_radix(value.trim().strip_prefix('#')?, 16).ok()?;
            let [_, r, g, b] = rgb.to_be_bytes();
            Some((name.trim().strip_prefix("--")?, [r, g, b]))
        });
        colors.collect()
    })
}

/// The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |color: [u8; 3]| {
        let linear = color.map(|part| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let [one, other] = [luminance(one), luminance(other)];
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_contrast_of_black_and_white_is_21() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.001);
}

#[test]
fn texts_can_be_read_and_shapes_be_seen_in_both_schemes() {
    for scheme in schemes() {
        for ground in ["page", "panel", "inset"] {
            for text in ["text", "muted", "link", "good", "bad"] {
                let contrast = contrast(scheme[text], scheme[ground]);
                assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
            }
        }
        for shape in ["off", "joining", "joined", "addressed", "working", "bar", "fault", "bad"] {
            let contrast = contrast(scheme[shape], scheme["panel"]);
            assert!(contrast >= 3.0, "{shape}: {contrast:.2}");
        }
    }
}

#[test]
fn the_dark_scheme_has_every_colour_of_the_light_one() {
    let [light, dark] = schemes();
    assert!(light.keys().eq(dark.keys()), "{light:?} {dark:?}");
}
