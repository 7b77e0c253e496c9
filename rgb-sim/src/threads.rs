//! The threads that boards and loads run on.

use std::thread::JoinHandle;

use tokio_util::sync::CancellationToken;

use crate::board::StartError;

/// Threads with a single-threaded runtime each. Dropping them tells their work to stop and waits for its end.
pub(crate) struct Threads {
    stop: CancellationToken,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    /// No threads yet; those to come end when `stop` is cancelled.
    pub(crate) const fn new(stop: CancellationToken) -> Self {
        Self { stop, handles: Vec::new() }
    }

    /// Runs one more piece of work.
    pub(crate) fn spawn<F: Future<Output = ()>>(
        &mut self,
        name: String,
        work: impl FnOnce() -> F + Send + 'static,
    ) -> Result<(), StartError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Resources)?;
        let handle = std::thread::Builder::new()
            .name(name)
            .spawn(move || {
                runtime.block_on(work());
                // A name look-up that hangs must not hold the end back.
                runtime.shutdown_background();
            })
            .map_err(StartError::Resources)?;
        self.handles.push(handle);
        Ok(())
    }

    /// Tells the work to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether all work has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.handles.iter().all(JoinHandle::is_finished)
    }

    /// Waits for the end of all work; a thread's panic goes on here.
    pub(crate) fn join(&mut self) {
        for handle in self.handles.drain(..) {
            if let Err(panic) = handle.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop();
        for handle in self.handles.drain(..) {
            // The thread's panic has been printed already, and a drop must not panic itself.
            let _ = handle.join();
        }
    }
}
