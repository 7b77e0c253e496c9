//! How a board was, from moment to moment.

use std::time::Duration;

use rgb_proto::Rgb;

use crate::scenario::recording::BoardRecording;
use crate::world::BoardEventKind;

/// How far a board is on its way to a colour, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Its exchanges succeed; a board that does not ask can be asked.
    Working,
    /// It has an address, and no attempt has begun with it.
    Addressed,
    /// It is with an access point and has no address.
    Joined,
    /// Its attempts fail.
    Failing,
    /// It has power and no network.
    Joining,
    /// It has no power.
    Off,
}

impl State {
    /// Every state, in the order in which a board comes through them.
    pub(super) const ALL: [Self; 6] =
        [Self::Off, Self::Joining, Self::Joined, Self::Addressed, Self::Working, Self::Failing];

    /// The state for people.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "exchanging",
            Self::Addressed => "has an address",
            Self::Joined => "joined, no address",
            Self::Failing => "attempts fail",
            Self::Joining => "joining",
            Self::Off => "off",
        }
    }

    const fn has_address(self) -> bool {
        matches!(self, Self::Working | Self::Addressed | Self::Failing)
    }
}

/// A part of the time in which something was one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span<T> {
    pub(super) from: Duration,
    pub(super) until: Duration,
    pub(super) value: T,
}

/// What a board was like over the whole run, of which nothing is left out.
pub(super) struct History {
    pub(super) states: Vec<Span<State>>,
    /// The colours that it showed; of one that does not ask, those that it sent.
    pub(super) colors: Vec<Span<Option<Rgb>>>,
    /// The ends of attempts that failed; of a board that does not ask, of clients that got no reply.
    pub(super) failures: Vec<Duration>,
}

impl History {
    /// The history of a board up to the end of the run.
    pub(super) fn of(board: &BoardRecording, end: Duration) -> Self {
        let asks = board.role.asks();
        let (mut states, mut colors) = (Turns::new(State::Off), Turns::new(None));
        let mut failures = Vec::new();
        let mut cuts = board.power_cuts.iter().copied().peekable();
        for (at, kind) in &board.events {
            while let Some(cut) = cuts.next_if(|cut| cut <= at) {
                states.turn(cut, State::Off);
                colors.turn(cut, None);
            }
            match kind {
                BoardEventKind::Started => {
                    states.turn(*at, State::Joining);
                    colors.turn(*at, None);
                }
                BoardEventKind::Joining(_) | BoardEventKind::NetworkFailed(_) => states.turn(*at, State::Joining),
                BoardEventKind::Joined | BoardEventKind::AccessPointOpen(_) => states.turn(*at, State::Joined),
                BoardEventKind::Address(_) => states.turn(*at, if asks { State::Addressed } else { State::Working }),
                BoardEventKind::AddressLost if states.last().has_address() => states.turn(*at, State::Joined),
                BoardEventKind::Exchange { elapsed, outcome } => {
                    if states.last().has_address() {
                        let state = if outcome.is_ok() { State::Working } else { State::Failing };
                        states.turn(at.saturating_sub(*elapsed), state);
                    }
                    match outcome {
                        Ok(color) => colors.turn(*at, Some(*color)),
                        Err(_) => failures.push(*at),
                    }
                }
                BoardEventKind::Served { color: Some(color) } if !asks => colors.turn(*at, Some(*color)),
                BoardEventKind::ServeFailed(_) if !asks => failures.push(*at),
                _ => {}
            }
        }
        for cut in cuts {
            states.turn(cut, State::Off);
            colors.turn(cut, None);
        }
        Self { states: states.spans(end), colors: colors.spans(end), failures }
    }
}

/// Something that turns from one value to another.
struct Turns<T>(Vec<(Duration, T)>);

impl<T: Copy + PartialEq> Turns<T> {
    fn new(value: T) -> Self {
        Self(vec![(Duration::ZERO, value)])
    }

    fn last(&self) -> T {
        self.0.last().expect("the first value stays").1
    }

    /// It has this value from then on, or from the last turn on if that came later.
    fn turn(&mut self, at: Duration, value: T) {
        if self.last() != value {
            let last = self.0.last().map_or(at, |(last, _)| at.max(*last));
            self.0.push((last, value));
        }
    }

    fn spans(self, end: Duration) -> Vec<Span<T>> {
        let ends = self.0.iter().skip(1).map(|(at, _)| *at).chain([end]);
        let spans = self.0.iter().zip(ends).map(|((from, value), until)| Span { from: *from, until, value: *value });
        spans.filter(|span| span.from < span.until).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rgb_proto::settings::Role;
    use rgb_proto::{ExchangeError, JoinError, StationFailure};

    use super::*;
    use crate::scenario::report::tests::board;

    const RED: Rgb = Rgb::new(255, 0, 0);
    const BLUE: Rgb = Rgb::new(0, 0, 255);

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const fn exchange(outcome: Result<Rgb, ExchangeError>) -> BoardEventKind {
        BoardEventKind::Exchange { elapsed: s(1), outcome }
    }

    const ADDRESS: BoardEventKind = BoardEventKind::Address(Ipv4Addr::new(10, 0, 0, 2));

    fn states(board: &BoardRecording) -> Vec<(u64, State)> {
        let spans = History::of(board, s(100)).states;
        assert!(spans.windows(2).all(|pair| pair[0].until == pair[1].from), "{spans:?}");
        assert_eq!((spans[0].from, spans[spans.len() - 1].until), (Duration::ZERO, s(100)));
        spans.iter().map(|span| (span.from.as_secs(), span.value)).collect()
    }

    #[test]
    fn a_client_comes_through_every_state() {
        let client = board(
            "client",
            Role::Client,
            &[
                (s(2), BoardEventKind::Started),
                (s(5), BoardEventKind::Joined),
                (s(7), ADDRESS),
                (s(10), exchange(Ok(RED))),
                (s(12), exchange(Ok(BLUE))),
                (s(20), exchange(Err(ExchangeError::Refused))),
                (s(30), exchange(Ok(RED))),
            ],
        );
        assert_eq!(
            states(&client),
            [
                (0, State::Off),
                (2, State::Joining),
                (5, State::Joined),
                (7, State::Addressed),
                (9, State::Working),
                (19, State::Failing),
                (29, State::Working),
            ]
        );
    }

    #[test]
    fn an_attempt_that_ends_without_a_network_leaves_the_board_joining() {
        let client = board(
            "client",
            Role::Client,
            &[
                (s(0), BoardEventKind::Started),
                (s(1), BoardEventKind::Joined),
                (s(2), ADDRESS),
                (s(4), exchange(Ok(RED))),
                (s(10), BoardEventKind::AddressLost),
                (s(10), BoardEventKind::NetworkFailed(StationFailure::LinkLost)),
                (s(10), exchange(Err(ExchangeError::Reset))),
                (s(20), BoardEventKind::NetworkFailed(StationFailure::Join(JoinError::Other))),
            ],
        );
        assert_eq!(
            states(&client),
            [(0, State::Joining), (1, State::Joined), (2, State::Addressed), (3, State::Working), (10, State::Joining),]
        );
        assert_eq!(History::of(&client, s(100)).failures, [s(10)]);
    }

    #[test]
    fn an_address_that_is_lost_leaves_the_board_joined() {
        let client = board(
            "client",
            Role::Client,
            &[
                (s(0), BoardEventKind::Started),
                (s(1), BoardEventKind::Joined),
                (s(2), ADDRESS),
                (s(10), BoardEventKind::AddressLost),
            ],
        );
        assert_eq!(states(&client)[2..], [(2, State::Addressed), (10, State::Joined)]);
    }

    #[test]
    fn without_power_a_board_is_off_and_shows_nothing() {
        let mut client = board(
            "client",
            Role::Client,
            &[
                (s(0), BoardEventKind::Started),
                (s(1), BoardEventKind::Joined),
                (s(2), ADDRESS),
                (s(4), exchange(Ok(RED))),
                (s(20), BoardEventKind::Started),
            ],
        );
        client.power_cuts = vec![s(10), s(50)];
        assert_eq!(
            states(&client)[3..],
            [(3, State::Working), (10, State::Off), (20, State::Joining), (50, State::Off),]
        );
        let colors = History::of(&client, s(100)).colors;
        assert_eq!(colors[1], Span { from: s(4), until: s(10), value: Some(RED) });
        assert_eq!(colors[2], Span { from: s(10), until: s(100), value: None });
    }

    #[test]
    fn a_server_that_has_an_address_works_and_has_the_colours_that_it_sent() {
        let served = |color| BoardEventKind::Served { color };
        let server = board(
            "server",
            Role::Server,
            &[
                (s(0), BoardEventKind::Started),
                (s(1), BoardEventKind::Joined),
                (s(2), ADDRESS),
                (s(10), served(Some(RED))),
                (s(20), served(None)),
            ],
        );
        assert_eq!(states(&server)[2..], [(2, State::Working)]);
        let colors = History::of(&server, s(100)).colors;
        assert_eq!(colors[1], Span { from: s(10), until: s(100), value: Some(RED) });
    }
}
