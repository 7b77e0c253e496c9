//! All that happens in a run, as text.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rgb_sim::scenario::{Happening, HappeningKind, Recording};
use rgb_sim::world::{NodeId, Tap};
use smoltcp::wire::{EthernetFrame, PrettyPrinter};

/// Frames that wait to be written with what happened at their time.
type Frames = Arc<Mutex<Vec<(Duration, NodeId, String)>>>;

/// Collects frames.
pub(super) struct FrameTap(Frames);

impl Tap for FrameTap {
    fn frame(&mut self, at: rgb_proto::Instant, from: NodeId, frame: &[u8]) {
        let lines = PrettyPrinter::<EthernetFrame<&[u8]>>::new("", &frame).to_string();
        let layers: Vec<_> = lines.lines().map(|line| line.trim_start_matches([' ', '\\'])).collect();
        let line = format!("{} bytes: {}", frame.len(), layers.join(" | "));
        let frames = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frames.push((Duration::from_micros(at.as_micros()), from, line));
    }
}

/// Writes a trace: a line for each frame and each thing that happens, by time.
pub(super) struct Trace<W> {
    out: W,
    frames: Frames,
}

impl<W: Write> Trace<W> {
    /// A trace of a run from its beginning, and what must listen to the air for it.
    pub(super) fn new(mut out: W, name: &str, seed: u64) -> io::Result<(Self, FrameTap)> {
        writeln!(out, "# scenario {name}, seed {seed}: seconds, who, what")?;
        let frames = Frames::default();
        Ok((Self { out, frames: frames.clone() }, FrameTap(frames)))
    }

    /// Writes what has happened since the last call.
    pub(super) fn write(
        &mut self,
        recording: &Recording,
        news: &[Happening],
        host: impl Fn(NodeId) -> String,
    ) -> io::Result<()> {
        let frames = std::mem::take(&mut *self.frames.lock().unwrap_or_else(PoisonError::into_inner));
        let mut lines: Vec<_> = frames
            .into_iter()
            .map(|(at, from, frame)| (at, format!("{} sends {frame}", host(from))))
            .chain(news.iter().map(|happening| (happening.at, describe(recording, happening))))
            .collect();
        lines.sort_by_key(|(at, _)| *at);
        lines.iter().try_for_each(|(at, line)| writeln!(self.out, "{:.6} {line}", at.as_secs_f64()))
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn describe(recording: &Recording, happening: &Happening) -> String {
    match happening.kind {
        HappeningKind::Board(board, kind) => format!("{} {kind:?}", recording.boards[board].name),
        HappeningKind::Fault(fault) => format!("fault {}", recording.faults[fault].what),
        HappeningKind::FaultEnd(fault) => format!("end of fault {}", recording.faults[fault].what),
    }
}
