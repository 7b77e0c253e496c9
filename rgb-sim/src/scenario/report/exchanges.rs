//! How long exchanges took, and why others failed.

use std::time::Duration;

use rgb_proto::ErrorKind;

use super::chart::{self, Plane};
use super::format::{count, measured, share};
use super::markup::{Attributes, Column, Markup};
use crate::scenario::recording::{BoardRecording, Recording};
use crate::stats::{Latency, Tally};

/// Where buckets begin in each decade; their widths are about even on a logarithmic scale.
const STEPS: [u64; 6] = [10, 15, 20, 30, 50, 70];
/// From ten microseconds on; exchanges last less than a minute and a half.
const DECADES: u32 = 7;

/// Writes the section.
pub(super) fn write(recording: &Recording, page: &mut Markup) {
    let mut tally = Tally::new();
    let mut elapsed_us = Vec::new();
    for (_, elapsed, outcome) in recording.boards.iter().flat_map(BoardRecording::exchanges) {
        match outcome {
            Ok(_) => {
                tally.record_success(elapsed);
                elapsed_us.push(elapsed.as_micros() as u64);
            }
            Err(error) => tally.record_error(error.kind()),
        }
    }
    page.element("section", &[("aria-labelledby", &"exchanges")], |page| {
        page.leaf("h2", &[("id", &"exchanges")], "Exchanges");
        page.element("div", &[("class", &"pair")], |page| {
            page.element("div", &[], |page| {
                page.leaf("h3", &[], "How long successful ones took");
                match tally.latency() {
                    Some(latency) => write_latency(&latency, &buckets(&elapsed_us), page),
                    None => page.leaf("p", &[("class", &"note")], "No exchange succeeded."),
                }
            });
            page.element("div", &[], |page| {
                page.leaf("h3", &[], "Why others failed");
                write_failures(&tally, page);
            });
        });
    });
}

/// A part of the latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bucket {
    from_us: u64,
    until_us: u64,
    count: u64,
}

/// The latencies in buckets, from the lowest that has some to the highest.
fn buckets(elapsed_us: &[u64]) -> Vec<Bucket> {
    let decades = (0..DECADES).flat_map(|decade| STEPS.map(|step| step * 10_u64.pow(decade)));
    let begins: Vec<u64> = [0].into_iter().chain(decades).collect();
    let ends = begins[1..].iter().copied().chain([u64::MAX]);
    let mut buckets: Vec<_> =
        begins.iter().zip(ends).map(|(&from_us, until_us)| Bucket { from_us, until_us, count: 0 }).collect();
    for elapsed_us in elapsed_us {
        // The first one begins at 0, so there is always one before.
        buckets[begins.partition_point(|begin| begin <= elapsed_us) - 1].count += 1;
    }
    let has_some = |bucket: &Bucket| bucket.count > 0;
    let first = buckets.iter().position(has_some).unwrap_or(0);
    let end = buckets.iter().rposition(has_some).map_or(0, |last| last + 1);
    buckets[first..end].to_vec()
}

/// Where a latency is among buckets, as [`Plane::x`] counts.
fn place(elapsed_us: u64, buckets: &[Bucket]) -> f64 {
    let index = buckets.partition_point(|bucket| bucket.until_us <= elapsed_us).min(buckets.len() - 1);
    let Bucket { from_us, until_us, .. } = buckets[index];
    let within = elapsed_us.saturating_sub(from_us) as f64 / (until_us - from_us) as f64;
    index as f64 + within.min(1.0)
}

/// Whether the scale names the beginning of a bucket: the wider the scale, the fewer.
fn is_named(from_us: u64, buckets: usize) -> bool {
    let mut step = from_us;
    while step >= 100 {
        step /= 10;
    }
    match buckets {
        0..=7 => true,
        8..=18 => matches!(step, 10 | 30),
        _ => step == 10,
    }
}

fn write_latency(latency: &Latency, buckets: &[Bucket], page: &mut Markup) {
    let ends = [("median", latency.median), ("90%", latency.p90), ("99%", latency.p99), ("longest", latency.max)];
    page.element("dl", &[("class", &"facts")], |page| {
        for (name, elapsed_us) in ends {
            page.element("div", &[], |page| {
                page.leaf("dt", &[], name);
                page.leaf("dd", &[], micros(elapsed_us));
            });
        }
    });
    let highest = buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0);
    let top = chart::ceiling(highest);
    // The lines' names have rows of their own above the bars.
    let plane = Plane { bars: buckets.len(), top: 70.0, bottom: 220.0 };
    let description = format!("Of all successful exchanges half took {} or less", micros(latency.median));
    chart::write(245, "Latency histogram, logarithmic scale", &description, page, |page| {
        plane.write_scale(&[0.0, 0.5, 1.0].map(|share| (share, scale_label(share, top))), page);
        for (index, bucket) in buckets.iter().enumerate() {
            let title = format_args!("{}: {}", range(bucket), count(bucket.count));
            plane.write_bar(index, bucket.count as f64 / top as f64, "bar", title, page);
            if is_named(bucket.from_us, buckets.len()) {
                plane.write_label(index as f64, 238.0, micros(bucket.from_us), page);
            }
        }
        for (row, (name, elapsed_us)) in (0..).zip(ends) {
            write_line(plane, place(elapsed_us, buckets), row, name, page);
        }
    });
    page.element("details", &[], |page| {
        page.leaf("summary", &[], "The histogram as a table");
        page.table("Latencies", &[Column::Words("From, to below"), Column::Number("Exchanges")], |page| {
            for bucket in buckets {
                page.element("tr", &[], |page| {
                    page.leaf("th", &[("scope", &"row")], range(bucket));
                    page.leaf("td", &[], count(bucket.count));
                });
            }
        });
    });
}

fn scale_label(share: f64, top: u64) -> String {
    if top == 1 && share == 0.5 { String::new() } else { chart::brief((top as f64 * share) as u64) }
}

/// A line at a place of the histogram, with its name above.
fn write_line(plane: Plane, place: f64, row: u32, name: &str, page: &mut Markup) {
    let y = f64::from(12 + 15 * row);
    let x = plane.x(place);
    let line: &Attributes<'_> =
        &[("class", &"quantile"), ("x1", &x), ("x2", &x), ("y1", &(y - 10.0)), ("y2", &plane.bottom)];
    page.empty("line", line);
    // Beyond the middle the name stands before its line, where there is room.
    let (anchor, dx) = if place * 2.0 > plane.bars as f64 { ("end", -5) } else { ("start", 5) };
    page.leaf("text", &[("x", &x), ("y", &y), ("dx", &dx), ("text-anchor", &anchor)], name);
}

fn range(bucket: &Bucket) -> String {
    match bucket.until_us {
        u64::MAX => format!("{} and more", micros(bucket.from_us)),
        until_us => format!("{} to {}", micros(bucket.from_us), micros(until_us)),
    }
}

fn micros(us: u64) -> String {
    measured(Duration::from_micros(us))
}

fn write_failures(tally: &Tally, page: &mut Markup) {
    if tally.errors() == 0 {
        return page.leaf("p", &[("class", &"note")], "No attempt failed.");
    }
    let columns =
        [Column::Words("Kind"), Column::Words("What happened"), Column::Number("Attempts"), Column::Number("Of all")];
    page.table("Failed attempts by kind", &columns, |page| {
        for (kind, failures) in tally.errors_by_kind() {
            page.element("tr", &[], |page| {
                page.leaf("th", &[("scope", &"row")], kind);
                page.leaf("td", &[("class", &"words")], meaning(kind));
                page.leaf("td", &[], count(failures));
                page.leaf("td", &[], share(failures, tally.attempts()));
            });
        }
    });
}

/// What a kind of failure is, in words.
const fn meaning(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Connect => "no connection: refused, or no way there",
        ErrorKind::Timeout => "the time-out passed",
        ErrorKind::Reset => "the connection broke",
        ErrorKind::Closed => "closed without a reply",
        ErrorKind::Decode => "the reply was no colour",
        ErrorKind::Resolve => "the server's name was not found",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(elapsed_us: &[u64]) -> Vec<(u64, u64)> {
        buckets(elapsed_us).iter().map(|bucket| (bucket.from_us, bucket.count)).collect()
    }

    #[test]
    fn each_latency_is_in_the_bucket_that_holds_it() {
        assert_eq!(counts(&[]), []);
        assert_eq!(counts(&[0]), [(0, 1)]);
        assert_eq!(counts(&[999, 1_000, 1_499, 1_500]), [(700, 1), (1_000, 2), (1_500, 1)]);
        assert_eq!(counts(&[100, 250]), [(100, 1), (150, 0), (200, 1)]);
        assert_eq!(counts(&[u64::MAX]), [(70_000_000, 1)]);
    }

    #[test]
    fn a_latency_stands_within_its_bucket() {
        let buckets = buckets(&[1_000, 1_250, 1_999]);
        assert_eq!([1_000, 1_250, 1_500, 1_750].map(|us| place(us, &buckets)), [0.0, 0.5, 1.0, 1.5]);
        // A histogram's rounding may take the longest out of the last bucket.
        assert_eq!(place(2_001, &buckets), 2.0);
    }

    #[test]
    fn the_wider_the_scale_the_fewer_names() {
        let named = |buckets| STEPS.map(|step| is_named(step * 1_000, buckets)).iter().filter(|named| **named).count();
        assert_eq!([named(7), named(18), named(19)], [6, 2, 1]);
    }
}
