//! What comes out of a board's serial port: lines, and when they were said.

use std::time::Duration;

use pico_emu::Board;
use rgb_proto::Instant;

/// Where the firmware's log comes out of a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SerialPort {
    /// The first UART, where programs of the Pico SDK write by default.
    #[default]
    Uart0,
    /// The second one.
    Uart1,
    /// A serial port by USB, on a computer that is at the board's USB connector.
    Usb,
}

impl SerialPort {
    /// Takes what has come out since this was last called. What the other UARTs have sent goes unread.
    pub(super) fn take(self, board: &mut Board) -> Vec<u8> {
        let [uart0, uart1] = [0, 1].map(|uart| board.take_uart_output(uart));
        match self {
            Self::Uart0 => uart0,
            Self::Uart1 => uart1,
            Self::Usb => board.take_usb_serial(),
        }
    }
}

/// A line that the firmware has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was said, on the world's clock.
    pub at: Instant,
    /// The line, without its end and without the firmware's own time in front.
    pub text: String,
}

/// Makes lines of bytes.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    /// The line that is arriving, and when it began to.
    arriving: Vec<u8>,
    begun: Instant,
    clock: FirmwareClock,
}

impl LineReader {
    /// A line that is longer is taken apart.
    const LINE_LEN_MAX: usize = 1024;

    /// Takes bytes that have arrived by now; gives the lines that are whole.
    pub(super) fn handle(&mut self, bytes: &[u8], now: Instant) -> Vec<Line> {
        let mut lines = Vec::new();
        for &byte in bytes {
            if byte == b'\n' || self.arriving.len() == Self::LINE_LEN_MAX {
                lines.extend(self.end_line());
            }
            if byte != b'\n' {
                if self.arriving.is_empty() {
                    self.begun = now;
                }
                self.arriving.push(byte);
            }
        }
        lines
    }

    fn end_line(&mut self) -> Option<Line> {
        let bytes = std::mem::take(&mut self.arriving);
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches('\r');
        let (at, text) = match stamped(text) {
            Some((stamp, text)) => (self.clock.time_of(stamp, self.begun), text),
            None => (self.begun, text),
        };
        (!text.is_empty()).then(|| Line { at, text: text.to_owned() })
    }
}

/// The firmware's time in front of a line, and what is behind: `[    12.345] connected`.
fn stamped(line: &str) -> Option<(Duration, &str)> {
    let (stamp, text) = line.strip_prefix('[')?.split_once("] ")?;
    let (seconds, millis) = stamp.trim_start().split_once('.')?;
    let millis: u64 = millis.parse().ok().filter(|_| millis.len() == 3)?;
    Some((Duration::from_secs(seconds.parse().ok()?) + Duration::from_millis(millis), text))
}

/// The firmware's clock, seen from the world's.
///
/// A line comes late: others were before it on the serial line, or a whole buffer goes out before anybody looks. So the time
/// in front of it tells better when it was said, once it is known when the firmware's clock began: at the latest when the
/// line would have been said that came fastest so far.
#[derive(Debug, Default)]
struct FirmwareClock {
    /// Since the world's beginning.
    zero: Option<Duration>,
    last: Duration,
}

impl FirmwareClock {
    /// The firmware writes whole milliseconds and leaves the rest out.
    const PRECISION: Duration = Duration::from_millis(1);

    /// When the line with this time was said, or a moment later; never earlier.
    fn time_of(&mut self, stamp: Duration, arrival: Instant) -> Instant {
        if stamp < self.last {
            // It has begun anew.
            self.zero = None;
        }
        self.last = stamp;
        let latest = arrival.saturating_duration_since(Instant::ORIGIN).saturating_sub(stamp);
        let zero = self.zero.map_or(latest, |zero| zero.min(latest));
        self.zero = Some(zero);
        arrival.min(Instant::ORIGIN + zero + stamp + Self::PRECISION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn us(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_come_in_any_pieces_and_have_the_time_of_their_beginning() {
        let mut reader = LineReader::default();
        assert_eq!(reader.handle(b"one\r\ntw", us(10)), [Line { at: us(10), text: "one".into() }]);
        assert_eq!(reader.handle(b"", us(20)), []);
        let rest = reader.handle(b"o\r\n\r\nthree\n", us(30));
        assert_eq!(texts(&rest), ["two", "three"]);
        assert_eq!((rest[0].at, rest[1].at), (us(10), us(30)));
    }

    #[test]
    fn what_is_no_text_does_no_harm_and_no_line_grows_for_ever() {
        let mut reader = LineReader::default();
        assert_eq!(texts(&reader.handle(b"\xff\xfe\n", us(0))), ["\u{fffd}\u{fffd}"]);
        let lines = reader.handle(&[b'a'; 3000], us(0));
        assert_eq!(lines.iter().map(|line| line.text.len()).collect::<Vec<_>>(), [1024, 1024]);
    }

    #[test]
    fn the_firmwares_time_tells_when_a_late_line_was_said() {
        let mut reader = LineReader::default();
        // The firmware's clock began at 2 s. This line comes 0.3 ms after it was said, at 2.0124 s.
        let first = reader.handle(b"[     0.012] first\r\n", us(2_012_700));
        assert_eq!(first, [Line { at: us(2_012_700), text: "first".into() }]);
        // Two that were said at 3.0005 s and 3.0006 s; the second had to wait for the first.
        let lines = reader.handle(b"[     1.000] second\r\n", us(3_000_800));
        assert_eq!(lines[0].at, us(3_000_800));
        let lines = reader.handle(b"[     1.000] third\r\n", us(3_009_000));
        assert_eq!(lines[0].at, us(3_001_700), "up to the precision, and what the fastest line took");
    }

    #[test]
    fn a_clock_that_begins_anew_is_followed() {
        let mut reader = LineReader::default();
        reader.handle(b"[    30.000] before\r\n", us(30_000_000));
        let after = reader.handle(b"[     0.004] after\r\n", us(31_004_200));
        assert_eq!(after[0].at, us(31_004_200));
    }

    #[test]
    fn only_the_firmwares_way_of_telling_the_time_is_one() {
        assert_eq!(stamped("[     0.004] a"), Some((Duration::from_millis(4), "a")));
        assert_eq!(stamped("[123456.789] a] b"), Some((Duration::from_millis(123_456_789), "a] b")));
        for line in ["", "a", "[1.004]a", "[1.04] a", "[1] a", "[x.004] a", "1.004] a"] {
            assert_eq!(stamped(line), None, "{line}");
        }
    }
}
