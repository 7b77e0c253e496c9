//! The time in columns: as fine as a screen shows, and no finer than the page can hold.

use std::ops::Range;
use std::time::Duration;

use super::states::Span;

/// The whole time of a run, in columns of one length.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    count: u32,
    duration: Duration,
}

impl Columns {
    /// The width of a drawing, in its own units, and the most columns.
    pub(super) const WIDTH: u32 = 1500;
    /// Fewer would show nothing.
    const COUNT_MIN: u32 = 10;
    /// The columns of all boards together, which bound the page's size.
    const TOTAL: usize = 60_000;

    /// Columns for a run of this length with so many boards. Each is a whole number of units wide.
    pub(super) fn new(boards: usize, duration: Duration) -> Self {
        let fits = |count: &u32| Self::WIDTH.is_multiple_of(*count) && *count as usize * boards <= Self::TOTAL;
        let count = (Self::COUNT_MIN..=Self::WIDTH).rev().find(fits).unwrap_or(Self::COUNT_MIN);
        Self { count, duration }
    }

    /// How wide a column is.
    pub(super) const fn unit(self) -> u32 {
        Self::WIDTH / self.count
    }

    /// How long a column lasts.
    pub(super) fn length(self) -> Duration {
        self.duration / self.count
    }

    /// The column of a time; that of the end is the last one.
    fn at(self, at: Duration) -> u32 {
        let column = at.as_micros() * u128::from(self.count) / self.duration.as_micros().max(1);
        u32::try_from(column).unwrap_or(u32::MAX).min(self.count - 1)
    }

    /// The columns that a span of time touches, as places.
    fn touched(self, from: Duration, until: Duration) -> Range<usize> {
        let last = until.saturating_sub(Duration::from_micros(1)).max(from);
        self.at(from) as usize..self.at(last) as usize + 1
    }

    /// Spans that follow each other, as columns of one value. Where several fall into a column, `pick` decides between
    /// an earlier one and a later one.
    pub(super) fn bin<T: Copy + PartialEq>(self, spans: &[Span<T>], pick: impl Fn(T, T) -> T) -> Vec<(Range<u32>, T)> {
        let mut cells = vec![None; self.count as usize];
        for span in spans {
            for cell in &mut cells[self.touched(span.from, span.until)] {
                *cell = Some(cell.map_or(span.value, |earlier| pick(earlier, span.value)));
            }
        }
        let mut binned: Vec<(Range<u32>, T)> = Vec::new();
        for (column, cell) in (0..).zip(cells) {
            match (binned.last_mut(), cell) {
                (Some((columns, value)), Some(cell)) if *value == cell => columns.end = column + 1,
                (_, Some(cell)) => binned.push((column..column + 1, cell)),
                (_, None) => {}
            }
        }
        binned
    }

    /// The columns in which one of these times is, which are in order.
    pub(super) fn marks(self, times: &[Duration]) -> Vec<u32> {
        let mut columns: Vec<_> = times.iter().map(|at| self.at(*at)).collect();
        columns.dedup();
        columns
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Ten columns of a second.
    const TEN: Columns = Columns { count: 10, duration: s(10) };

    /// Spans without a gap between these milliseconds, numbered.
    fn spans(ends_ms: &[u64]) -> Vec<Span<usize>> {
        let begins = [0].iter().chain(ends_ms);
        let spans = begins.zip(ends_ms).enumerate().map(|(value, (from, until))| Span {
            from: Duration::from_millis(*from),
            until: Duration::from_millis(*until),
            value,
        });
        spans.collect()
    }

    #[test]
    fn a_span_that_ends_with_a_column_does_not_touch_the_next() {
        assert_eq!(TEN.bin(&spans(&[3000, 10_000]), |_, later| later), [(0..3, 0), (3..10, 1)]);
        assert_eq!(TEN.bin(&spans(&[3001, 10_000]), |earlier, _| earlier), [(0..4, 0), (4..10, 1)]);
    }

    #[test]
    fn of_several_in_a_column_one_is_picked() {
        let several = spans(&[2100, 2200, 2300, 10_000]);
        assert_eq!(TEN.bin(&several, |_, later| later), [(0..2, 0), (2..10, 3)]);
        assert_eq!(TEN.bin(&several, |earlier, _| earlier), [(0..3, 0), (3..10, 3)]);
        assert_eq!(TEN.bin(&several, |a, b| if b == 2 { b } else { a }), [(0..2, 0), (2..3, 2), (3..10, 3)]);
    }

    #[test]
    fn columns_of_one_value_are_one() {
        let mut same = spans(&[2500, 5500, 10_000]);
        same.iter_mut().for_each(|span| span.value = 7);
        assert_eq!(TEN.bin(&same, |_, later| later), [(0..10, 7)]);
    }

    #[test]
    fn failures_in_one_column_are_one_mark_and_the_end_is_in_the_last_column() {
        assert_eq!(TEN.marks(&[s(1), Duration::from_millis(1999), s(2), s(10)]), [1, 2, 9]);
    }

    #[test]
    fn many_boards_have_coarser_columns_of_whole_units() {
        for (boards, count) in [(1, 1500), (40, 1500), (41, 750), (1_000, 60), (10_000, 10)] {
            let columns = Columns::new(boards, s(60));
            assert_eq!((columns.count, columns.unit()), (count, 1500 / count), "{boards} boards");
        }
    }

    proptest! {
        #[test]
        fn columns_cover_the_time_without_gaps_and_neighbours_differ(
            lengths_ms in proptest::collection::vec(1..4_000_u64, 1..60), values in proptest::collection::vec(0..3_usize, 60),
        ) {
            let ends: Vec<_> = lengths_ms.iter().scan(0, |end, length| { *end += length; Some(*end) }).collect();
            let columns = Columns { count: 25, duration: Duration::from_millis(ends[ends.len() - 1]) };
            let mut spans = spans(&ends);
            spans.iter_mut().zip(&values).for_each(|(span, value)| span.value = *value);
            let binned = columns.bin(&spans, usize::max);
            prop_assert_eq!((binned[0].0.start, binned[binned.len() - 1].0.end), (0, 25));
            for pair in binned.windows(2) {
                prop_assert_eq!(pair[0].0.end, pair[1].0.start);
                prop_assert_ne!(pair[0].1, pair[1].1);
            }
            // Each column has the worst of what touches it.
            for (range, value) in &binned {
                for column in range.clone() {
                    let touching = spans.iter().filter(|span| columns.touched(span.from, span.until).contains(&(column as usize)));
                    prop_assert_eq!(touching.map(|span| span.value).max(), Some(*value));
                }
            }
        }
    }
}
