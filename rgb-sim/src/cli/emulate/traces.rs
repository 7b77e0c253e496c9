//! The files that tell of each instruction that a board executes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rgb_proto::Instant;
use rgb_sim::emulated::EmulatedBoard;
use rgb_sim::scenario::{Run, Tier};
use tokio_util::sync::CancellationToken;

use super::args::{EmulateArgs, TraceSpec};

/// Why there is no instruction trace.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum TraceError {
    #[error("there is no board \"{board}\" to trace the instructions of; the boards are {boards}")]
    UnknownBoard { board: String, boards: String },
    #[error("two traces of the board \"{board}\" are asked for; give --trace-instructions once for each board")]
    SameBoard { board: String },
    #[error("two traces are to be written to {}; give each board a file of its own", path.display())]
    SameFile { path: PathBuf },
    #[error(
        "cannot write the instruction trace {}: {error}; choose a folder that is there and has room, or make the trace \
         shorter with --trace-from and --duration",
        path.display()
    )]
    File { path: PathBuf, error: io::Error },
}

/// The instruction traces of a run, each with the place of its board.
pub(super) struct Traces<'a>(Vec<(usize, &'a Path)>);

impl<'a> Traces<'a> {
    /// Begins those that are asked for. `stop` is cancelled when one of them cannot be written any more.
    pub(super) fn begin<T: Tier<Board = EmulatedBoard>>(
        args: &'a EmulateArgs,
        run: &mut Run<T>,
        stop: &CancellationToken,
    ) -> Result<Self, TraceError> {
        let traces = Self::find(&args.trace_instructions, run)?;
        let from = Instant::ORIGIN + args.trace_from;
        for &(index, path) in &traces.0 {
            let recording = run.recording();
            let (board, seed) = (&recording.boards[index].name, recording.seed);
            let file = TraceFile::begin(path, board, seed, stop).map_err(written(path))?;
            run.board_mut(index).set_instruction_trace(Box::new(file), from);
        }
        Ok(traces)
    }

    /// Which boards are meant.
    fn find<T: Tier>(specs: &'a [TraceSpec], run: &Run<T>) -> Result<Self, TraceError> {
        let names: Vec<&str> = run.recording().boards.iter().map(|board| board.name.as_str()).collect();
        let (mut traces, mut boards, mut files) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for TraceSpec { board, file } in specs {
            let Some(index) = names.iter().position(|name| name == board) else {
                return Err(TraceError::UnknownBoard { board: board.clone(), boards: names.join(", ") });
            };
            if !boards.insert(index) {
                return Err(TraceError::SameBoard { board: board.clone() });
            }
            if !files.insert(file) {
                return Err(TraceError::SameFile { path: file.clone() });
            }
            traces.push((index, file.as_path()));
        }
        Ok(Self(traces))
    }

    /// Ends all of them; tells of the first one that could not be written.
    pub(super) fn close<T: Tier<Board = EmulatedBoard>>(self, run: &mut Run<T>) -> Result<(), TraceError> {
        let close = |(index, path)| run.board_mut(index).close_instruction_trace().map_err(written(path));
        self.0.into_iter().map(close).fold(Ok(()), Result::and)
    }
}

/// What to say of an error in writing to this file.
fn written(path: &Path) -> impl Fn(io::Error) -> TraceError {
    |error| TraceError::File { path: path.to_owned(), error }
}

/// A file whose run ends when it cannot be written, since a trace may fill a disk in no time.
struct TraceFile {
    out: BufWriter<File>,
    stop: CancellationToken,
}

impl TraceFile {
    fn begin(path: &Path, board: &str, seed: u64, stop: &CancellationToken) -> io::Result<Self> {
        let mut file = Self { out: BufWriter::new(File::create(path)?), stop: stop.clone() };
        writeln!(file, "# {board}, seed {seed}: cycle since power on, core, address, function, instruction, changes")?;
        Ok(file)
    }

    fn or_stop<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.inspect_err(|_| self.stop.cancel())
    }
}

impl Write for TraceFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.or_stop(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.or_stop(flushed)
    }
}
