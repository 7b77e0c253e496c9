//! Which colour an RGB LED shows.

use rgb_proto::Rgb;
use rgb_proto::settings::LedPolarity;

/// A pin that is always high, of its time.
pub const ALWAYS: u16 = u16::MAX;

/// The colour that an RGB LED shows whose pins for red, green and blue are high for these shares of the time, of
/// [`ALWAYS`]. A pin that nobody drives leaves its LED dark.
///
/// An eye sees CIE 1931 lightness: a component is the one of 255 that looks most like the LED.
#[must_use]
pub fn shown_color(high: [Option<u16>; 3], polarity: LedPolarity) -> Rgb {
    let [r, g, b] = high.map(|high| match (high, polarity) {
        (None, _) => 0,
        (Some(high), LedPolarity::CommonCathode) => component(high),
        (Some(high), LedPolarity::CommonAnode) => component(ALWAYS - high),
    });
    Rgb::new(r, g, b)
}

/// The component whose luminance is nearest to this.
fn component(luminance: u16) -> u8 {
    let above = LUMINANCES.partition_point(|known| *known < luminance);
    let nearest =
        [above.saturating_sub(1), above.min(255)].into_iter().min_by_key(|at| LUMINANCES[*at].abs_diff(luminance));
    nearest.unwrap_or(above) as u8
}

/// The luminance of each component, of [`ALWAYS`]: `Y / Yn` from `L*` (CIE 15:2018, 8.2.1.1), where 255 is an `L*` of 100.
const LUMINANCES: [u16; 256] = {
    let mut table = [0; 256];
    let mut component = 0;
    while component < table.len() {
        let lightness = component as f64 / 2.55;
        let root = (lightness + 16.0) / 116.0;
        let luminance = if lightness <= 8.0 { lightness / 903.3 } else { root * root * root };
        table[component] = (luminance * ALWAYS as f64 + 0.5) as u16;
        component += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_component_is_seen_as_itself() {
        for component in 0..=u8::MAX {
            let high = LUMINANCES[usize::from(component)];
            let expected = Rgb::new(component, 0, 255);
            assert_eq!(shown_color([Some(high), Some(0), Some(ALWAYS)], LedPolarity::CommonCathode), expected);
            let low = [Some(ALWAYS - high), Some(ALWAYS), Some(0)];
            assert_eq!(shown_color(low, LedPolarity::CommonAnode), expected);
        }
    }

    #[test]
    fn half_the_light_looks_three_quarters_as_bright() {
        // L* = 116 * 0.5^(1/3) - 16 = 76.07.
        assert_eq!(component(ALWAYS / 2), 194);
    }

    #[test]
    fn between_two_components_it_is_the_nearer_one() {
        let (lower, upper) = (LUMINANCES[100], LUMINANCES[101]);
        let middle = lower + (upper - lower) / 2;
        assert_eq!((component(middle - 1), component(middle + 2)), (100, 101));
        assert_eq!((component(1), component(ALWAYS - 1)), (0, 255));
    }

    #[test]
    fn a_pin_that_nobody_drives_is_dark() {
        for polarity in [LedPolarity::CommonCathode, LedPolarity::CommonAnode] {
            assert_eq!(shown_color([None; 3], polarity), Rgb::new(0, 0, 0));
        }
    }
}
