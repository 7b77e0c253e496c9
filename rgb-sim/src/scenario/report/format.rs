//! Numbers for people.

use std::time::Duration;

use crate::scenario::quantity::span;

/// A measured span, as exactly as it matters: `850 µs`, `3.25 ms`, `12.5 s`, `2m 5s`.
pub(super) fn measured(span_of_time: Duration) -> String {
    let us = span_of_time.as_micros();
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..60_000_000 => {
            let (value, unit) = if us < 1_000_000 { (us as f64 / 1e3, "ms") } else { (us as f64 / 1e6, "s") };
            let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
            let value = format!("{value:.decimals$}");
            let value = if decimals > 0 { value.trim_end_matches('0').trim_end_matches('.') } else { &value };
            format!("{value} {unit}")
        }
        _ => span(Duration::from_secs((us as f64 / 1e6).round() as u64)),
    }
}

/// A time of the run, to the millisecond: `1m 2s 345ms`.
pub(super) fn time(at: Duration) -> String {
    span(Duration::from_millis(at.as_millis() as u64))
}

/// How much of a whole a part is: `99.5%`. It says 0 and 100 only of nothing and all.
pub(super) fn share(part: u64, whole: u64) -> String {
    let percent = percent(part, whole);
    match part {
        0 => "0%".to_owned(),
        _ if part == whole => "100%".to_owned(),
        _ if percent < 0.1 => "under 0.1%".to_owned(),
        _ if percent > 99.9 => "over 99.9%".to_owned(),
        _ => format!("{percent:.1}%"),
    }
}

/// How many of a hundred.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64 * 100.0
}

/// A number with its thousands apart: `12,345`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_about_three_digits() {
        for (us, text) in [
            (0, "0 µs"),
            (999, "999 µs"),
            (1_000, "1 ms"),
            (12_345, "12.3 ms"),
            (245_678, "246 ms"),
            (1_500_000, "1.5 s"),
            (12_345_678, "12.3 s"),
            (125_000_000, "2m 5s"),
        ] {
            assert_eq!(measured(Duration::from_micros(us)), text);
        }
    }

    #[test]
    fn a_share_is_all_or_nothing_only_when_it_is() {
        for (part, whole, text) in [
            (0, 0, "0%"),
            (0, 9, "0%"),
            (9, 9, "100%"),
            (1, 3, "33.3%"),
            (1, 10_000, "under 0.1%"),
            (9_999, 10_000, "over 99.9%"),
        ] {
            assert_eq!(share(part, whole), text);
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
    }
}
