//! Listening in.

use std::io;

use rgb_proto::Instant;

use super::NodeId;

/// Sees every frame that leaves a card, in the order of time.
pub trait Tap: Send {
    /// This frame leaves this host's card now, whether it gets anywhere or not.
    fn frame(&mut self, at: Instant, from: NodeId, frame: &[u8]);

    /// There are no more frames.
    ///
    /// # Errors
    ///
    /// What went wrong first since the tap was made.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Several taps, of which each sees every frame.
impl Tap for Vec<Box<dyn Tap>> {
    fn frame(&mut self, at: Instant, from: NodeId, frame: &[u8]) {
        for tap in self {
            tap.frame(at, from, frame);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.iter_mut().try_for_each(|tap| tap.finish())
    }
}
