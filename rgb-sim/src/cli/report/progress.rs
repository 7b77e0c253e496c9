//! How far a long run is, on stderr, where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

#[derive(Clone)]
pub(in crate::cli) struct Progress(ProgressBar);

impl Progress {
    /// A bar that is full at `len`; invisible where stderr is no terminal.
    pub(in crate::cli) fn start(len: u64) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta} left  {msg}")
            .expect("the template is a constant that indicatif takes");
        Self(ProgressBar::new(len).with_style(style))
    }

    pub(in crate::cli) fn show(&self, position: u64, message: String) {
        self.0.set_position(position);
        self.0.set_message(message);
    }

    /// Takes the bar off the screen while something else is printed.
    pub(super) fn make_room<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Takes the bar off the screen.
    pub(in crate::cli) fn finish(self) {
        self.0.finish_and_clear();
    }
}
