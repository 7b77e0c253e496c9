//! Ctrl-C: the first ends the run in order, the second at once.

use std::io;

use tokio_util::sync::CancellationToken;

/// What the first Ctrl-C (or SIGTERM) cancels.
pub(super) struct Interrupt {
    token: CancellationToken,
}

impl Interrupt {
    /// The exit status of a program that a second Ctrl-C ended, as shells count: 128 and SIGINT's number.
    const SECOND_EXIT_STATUS: i32 = 130;

    /// Listens from a thread of its own, so that a second Ctrl-C works whatever the rest of the program waits for.
    pub(super) fn listen() -> io::Result<Self> {
        let token = CancellationToken::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut signals = {
            let _context = runtime.enter();
            Signals::new()?
        };
        std::thread::Builder::new().name("interrupt".into()).spawn({
            let token = token.clone();
            move || {
                runtime.block_on(async {
                    signals.next().await;
                    token.cancel();
                    signals.next().await;
                    std::process::exit(Self::SECOND_EXIT_STATUS);
                });
            }
        })?;
        Ok(Self { token })
    }

    /// Cancelled by the first Ctrl-C, and by whoever else wants the run to end.
    pub(super) fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
