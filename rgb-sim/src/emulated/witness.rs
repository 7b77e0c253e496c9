//! What happens on a board, as somebody sees it who stands beside it: by what it says, shows and sends.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::time::Duration;

use rgb_proto::{ExchangeError, Instant, Rgb};

use super::attempts::Attempts;
use super::serial::{Line, LineReader};
use super::words::read_words;
use crate::world::{BoardEvent, BoardEventKind};

/// Knows of a board what can be told from outside.
#[derive(Debug)]
pub(super) struct Witness {
    /// How long one of the board's attempts may take.
    timeout: Duration,
    serial: LineReader,
    attempts: Attempts,
    /// The colours that the LED has shown of late, each from then on; the last is shown now.
    shown: VecDeque<(Instant, Rgb)>,
    address: Option<Ipv4Addr>,
    last: Instant,
    events: Vec<BoardEvent>,
    /// None where nobody wants them.
    lines: Option<Vec<Line>>,
}

impl Witness {
    /// A colour is shown at once, and the words for it come at most so much later.
    const WORDS_LATE_MAX: Duration = Duration::from_secs(1);
    const DARK: Rgb = Rgb::new(0, 0, 0);

    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            serial: LineReader::default(),
            attempts: Attempts::default(),
            shown: VecDeque::new(),
            address: None,
            last: Instant::ORIGIN,
            events: Vec::new(),
            lines: None,
        }
    }

    pub(super) fn record_lines(&mut self) {
        self.lines.get_or_insert_default();
    }

    pub(super) fn take_lines(&mut self) -> Vec<Line> {
        self.lines.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn take_events(&mut self) -> Vec<BoardEvent> {
        std::mem::take(&mut self.events)
    }

    pub(super) const fn address(&self) -> Option<Ipv4Addr> {
        self.address
    }

    /// The colour that the LED shows.
    pub(super) fn color(&self) -> Rgb {
        self.shown.back().map_or(Self::DARK, |(_, color)| *color)
    }

    /// The board has lost its power.
    pub(super) fn handle_power_lost(&mut self, now: Instant) {
        self.serial = LineReader::default();
        self.attempts.clear();
        self.address = None;
        self.handle_light(Self::DARK, now);
    }

    /// The board sends a frame now.
    pub(super) fn handle_sent(&mut self, frame: &[u8], now: Instant) {
        self.attempts.handle_sent(frame, now);
    }

    /// The LED shows this colour now.
    pub(super) fn handle_light(&mut self, color: Rgb, now: Instant) {
        if color == self.color() {
            return;
        }
        let is_old = |at: Instant| now.saturating_duration_since(at) > Self::WORDS_LATE_MAX;
        // A colour was shown until the next one came.
        while self.shown.get(1).is_some_and(|(next, _)| is_old(*next)) {
            self.shown.pop_front();
        }
        self.shown.push_back((now, color));
    }

    /// These bytes have come out of the serial port by now.
    pub(super) fn handle_serial(&mut self, bytes: &[u8], now: Instant) {
        for line in self.serial.handle(bytes, now) {
            if let Some(kind) = read_words(&line.text) {
                self.handle_words(kind, line.at);
            }
            if let Some(lines) = &mut self.lines {
                lines.push(line);
            }
        }
    }

    fn handle_words(&mut self, kind: BoardEventKind, at: Instant) {
        match kind {
            BoardEventKind::Exchange { outcome, .. } => {
                let elapsed = match (self.attempts.end(at), outcome) {
                    (Some(began), _) => at.saturating_duration_since(began),
                    // Nothing of it was on the air: it looked for a server, until the time was up.
                    (None, Err(ExchangeError::TimedOut(_))) => self.timeout,
                    (None, _) => Duration::ZERO,
                };
                let outcome = outcome.map(|said| self.shown_for(said, at));
                self.tell(BoardEventKind::Exchange { elapsed, outcome }, at);
            }
            BoardEventKind::NetworkFailed(_) => {
                self.tell(kind, at);
                if self.address.take().is_some() {
                    self.tell(BoardEventKind::AddressLost, at);
                }
            }
            BoardEventKind::Address(address) => {
                self.address = Some(address);
                self.tell(kind, at);
            }
            BoardEventKind::AddressLost => {
                self.address = None;
                self.tell(kind, at);
            }
            BoardEventKind::Started => {
                self.address = None;
                self.attempts.clear();
                self.tell(kind, at);
            }
            _ => self.tell(kind, at),
        }
    }

    /// The colour that the board shows when it says this one: the same, unless something is wrong with the board.
    fn shown_for(&self, said: Rgb, at: Instant) -> Rgb {
        let until = self.shown.iter().skip(1).map(|(next, _)| Some(*next)).chain([None]);
        let mut since = self.shown.iter().zip(until).filter(|(_, until)| until.is_none_or(|until| until >= at));
        if since.any(|((_, color), _)| *color == said) { said } else { self.color() }
    }

    fn tell(&mut self, kind: BoardEventKind, at: Instant) {
        self.last = self.last.max(at);
        self.events.push(BoardEvent { at: self.last, kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rgb_proto::{Phase, StationFailure};

    const RED: Rgb = Rgb::new(255, 0, 0);
    const BLUE: Rgb = Rgb::new(0, 0, 255);

    const fn ms(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    fn witness() -> Witness {
        Witness::new(Duration::from_millis(900))
    }

    fn told(witness: &mut Witness) -> Vec<BoardEventKind> {
        witness.take_events().into_iter().map(|event| event.kind).collect()
    }

    fn outcomes(witness: &mut Witness) -> Vec<Result<Rgb, ExchangeError>> {
        let outcomes = told(witness).into_iter().filter_map(|kind| match kind {
            BoardEventKind::Exchange { outcome, .. } => Some(outcome),
            _ => None,
        });
        outcomes.collect()
    }

    #[test]
    fn a_life_is_told_in_order() {
        let mut witness = witness();
        let log = "pico-fw 0.1.0, board lamp\r\njoining the network \"Home\"\r\nconnected\r\nip = 192.168.1.50\r\n\
                   Sent: 1,2,3\r\nnetwork connection failed: the link to the access point was lost\r\n";
        witness.handle_serial(log.as_bytes(), ms(5));
        let [started, BoardEventKind::Joining(ssid), joined, address, served, failed, lost] = &told(&mut witness)[..]
        else {
            panic!("seven events")
        };
        assert_eq!(ssid.as_str(), "Home");
        assert_eq!([*started, *joined], [BoardEventKind::Started, BoardEventKind::Joined]);
        assert_eq!(*address, BoardEventKind::Address(Ipv4Addr::new(192, 168, 1, 50)));
        assert_eq!(*served, BoardEventKind::Served { color: Some(Rgb::new(1, 2, 3)) });
        assert_eq!(*failed, BoardEventKind::NetworkFailed(StationFailure::LinkLost));
        assert_eq!(*lost, BoardEventKind::AddressLost);
        assert_eq!(witness.address(), None);
    }

    #[test]
    fn a_colour_that_is_said_and_shown_is_told() {
        let mut witness = witness();
        witness.handle_light(RED, ms(100));
        witness.handle_serial(b"Received: 255,0,0\r\n", ms(103));
        assert_eq!(outcomes(&mut witness), [Ok(RED)]);
    }

    #[test]
    fn words_may_come_when_the_next_colour_is_shown_already() {
        let mut witness = witness();
        witness.handle_serial(b"[     0.090] ip = 192.168.1.50\r\n", ms(90));
        witness.handle_light(RED, ms(100));
        witness.handle_light(BLUE, ms(150));
        witness.handle_serial(b"[     0.100] Received: 255,0,0\r\n[     0.150] Received: 0,0,255\r\n", ms(160));
        assert_eq!(outcomes(&mut witness), [Ok(RED), Ok(BLUE)]);
    }

    #[test]
    fn a_colour_that_is_said_and_not_shown_is_not_told() {
        let mut witness = witness();
        witness.handle_light(RED, ms(100));
        witness.handle_light(BLUE, ms(150));
        // It was shown before, and not when it was said.
        witness.handle_serial(b"Received: 255,0,0\r\n", ms(200));
        witness.handle_serial(b"Received: 1,2,3\r\n", ms(300));
        assert_eq!(outcomes(&mut witness), [Ok(BLUE), Ok(BLUE)]);
    }

    #[test]
    fn a_search_that_ends_with_the_time_has_taken_it() {
        let mut witness = witness();
        let timed_out = ExchangeError::TimedOut(Phase::Connecting);
        witness.handle_serial(format!("no colour: {timed_out}\r\n").as_bytes(), ms(5000));
        let elapsed = Duration::from_millis(900);
        assert_eq!(told(&mut witness), [BoardEventKind::Exchange { elapsed, outcome: Err(timed_out) }]);
    }

    #[test]
    fn a_board_without_power_is_dark_and_nowhere() {
        let mut witness = witness();
        witness.handle_light(RED, ms(1));
        witness.handle_serial(b"ip = 192.168.1.50\r\nhalf a li", ms(2));
        witness.handle_power_lost(ms(3));
        assert_eq!((witness.color(), witness.address()), (Rgb::new(0, 0, 0), None));
        witness.record_lines();
        witness.handle_serial(b"pico-fw 0.1.0, board lamp\r\n", ms(4));
        assert_eq!(witness.take_lines(), [Line { at: ms(4), text: "pico-fw 0.1.0, board lamp".into() }]);
    }

    #[test]
    fn colours_of_long_ago_are_forgotten() {
        let mut witness = witness();
        for at in 0..10_000 {
            witness.handle_light(Rgb::new((at % 255) as u8, 1, 2), ms(at));
        }
        assert!(witness.shown.len() < 1_100);
    }
}
