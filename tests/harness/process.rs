//! A child process that does not outlive its test.

use std::process::{Child, ExitStatus};
use std::time::Instant;

use crate::PATIENCE;

/// A child process; killed when dropped.
pub struct Process(Child);

impl Process {
    /// Takes care of this child.
    #[must_use]
    pub const fn new(child: Child) -> Self {
        Self(child)
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends SIGINT, as Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    /// Sends SIGTERM, as service managers do.
    #[cfg(unix)]
    pub fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, signal).expect("a child that was not waited for takes signals");
    }

    /// How it ended, if it has.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("the child is ours to wait for")
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it does not end within [`PATIENCE`].
    pub fn wait(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.exited() {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "the program did not end within {PATIENCE:?}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// How many sockets it has open.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn sockets(&self) -> usize {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", self.0.id())).expect("the child runs");
        let is_socket = |path: std::path::PathBuf| {
            // One that is closed meanwhile is none.
            std::fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
        };
        descriptors.filter(|entry| entry.as_ref().is_ok_and(|entry| is_socket(entry.path()))).count()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
