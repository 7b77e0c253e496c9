//! What happens on the boards, told as it happens.

use std::time::Duration;

use rgb_proto::Instant;
use rgb_sim::emulated::{EmulatedBoard, Line};
use rgb_sim::scenario::{Happening, HappeningKind, Narration, Recording, Run, Tier};
use rgb_sim::world::BoardEventKind;
use rgb_sim::{Event, ServerSummary, Summary, Tally};

/// Tells and counts what happens on emulated boards.
pub(super) struct Watch {
    narration: Narration,
    /// How many attempts of each board are wanted.
    count: Option<u64>,
    boards: Vec<Board>,
    tally: Tally,
    server: ServerSummary,
    has_problem: bool,
    /// A board has stopped for good.
    is_stuck: bool,
}

/// A board, as far as it was watched.
struct Board {
    asks: bool,
    attempts: u64,
    /// So many of its problems have been told.
    problems: usize,
}

/// Something to tell.
enum News {
    Line(usize, Line),
    Happening(Happening),
    Problem(usize, String),
}

impl Watch {
    /// Watches from the beginning, until each board that asks has made so many attempts.
    pub(super) fn new(recording: &Recording, count: Option<u64>) -> Self {
        let boards = recording.boards.iter();
        Self {
            narration: Narration::new("emulate", recording),
            count,
            boards: boards.map(|board| Board { asks: board.role.asks(), attempts: 0, problems: 0 }).collect(),
            tally: Tally::new(),
            server: ServerSummary::default(),
            has_problem: false,
            is_stuck: false,
        }
    }

    /// Whether all attempts that were asked for have been made.
    pub(super) fn is_complete(&self) -> bool {
        let mut asking = self.boards.iter().filter(|board| board.asks);
        self.count.is_some_and(|count| asking.all(|board| board.attempts >= count))
    }

    /// Whether there is nothing more to see: all attempts were made, or a board cannot go on.
    pub(super) fn is_over(&self) -> bool {
        self.is_complete() || self.is_stuck
    }

    /// Tells what has happened since the last look.
    pub(super) fn look<T: Tier<Board = EmulatedBoard>>(&mut self, run: &mut Run<T>, mut tell: impl FnMut(Event)) {
        for (at, news) in self.news(run) {
            let recording = run.recording();
            let (at_us, name) = (at.as_micros() as u64, |board: usize| recording.boards[board].name.clone());
            match news {
                News::Line(board, Line { text, .. }) => tell(Event::Serial { at_us, board: name(board), text }),
                News::Problem(board, message) => {
                    self.has_problem = true;
                    tell(Event::Problem { at_us, board: name(board), message });
                }
                News::Happening(happening) if self.is_wanted(&happening) => {
                    self.narration.happened(recording, &happening).into_iter().for_each(&mut tell);
                    self.count(&happening);
                }
                News::Happening(_) => {}
            }
        }
        self.is_stuck = (0..self.boards.len()).any(|board| run.board_mut(board).has_stopped());
    }

    /// What has happened since the last call, in order. Words come before what they tell.
    fn news<T: Tier<Board = EmulatedBoard>>(&mut self, run: &mut Run<T>) -> Vec<(Duration, News)> {
        let mut news = Vec::new();
        for index in 0..self.boards.len() {
            let lines = run.board_mut(index).take_lines().into_iter();
            news.extend(
                lines.map(|line| (line.at.saturating_duration_since(Instant::ORIGIN), News::Line(index, line))),
            );
        }
        news.extend(run.take_news().into_iter().map(|happening| (happening.at, News::Happening(happening))));
        for (index, (board, recording)) in self.boards.iter_mut().zip(&run.recording().boards).enumerate() {
            let problems = recording.problems[board.problems..].iter();
            news.extend(problems.map(|(at, problem)| (*at, News::Problem(index, problem.clone()))));
            board.problems = recording.problems.len();
        }
        news.sort_by_key(|(at, _)| *at);
        news
    }

    /// A board that has made its attempts goes on while others have not, and that is of no interest.
    fn is_wanted(&self, happening: &Happening) -> bool {
        match happening.kind {
            HappeningKind::Board(board, BoardEventKind::Exchange { .. }) => {
                self.count.is_none_or(|count| self.boards[board].attempts < count)
            }
            _ => true,
        }
    }

    fn count(&mut self, happening: &Happening) {
        let HappeningKind::Board(index, kind) = happening.kind else { return };
        match kind {
            BoardEventKind::Exchange { elapsed, outcome } => {
                match outcome {
                    Ok(_) => self.tally.record_success(elapsed),
                    Err(error) => self.tally.record_error(error.kind()),
                }
                self.boards[index].attempts += 1;
            }
            BoardEventKind::Served { .. } => self.server.served += 1,
            BoardEventKind::ServeFailed(error) => {
                *self.server.notices_by_kind.entry(error.into()).or_default() += 1;
            }
            _ => {}
        }
    }

    /// The numbers, and whether nothing has failed.
    pub(super) fn finish(&self, recording: &Recording) -> (Summary, bool) {
        let summary = Summary::new(recording.seed, recording.elapsed, &self.tally, Some(self.server.clone()));
        let is_flawless = summary.errors == 0 && !self.has_problem;
        (summary, is_flawless)
    }
}
