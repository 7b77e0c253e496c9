//! The protocol's clock over tokio's.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rgb_proto::Instant;
use tokio::time::Sleep;

/// Time as the protocol's state machines count it: microseconds since the clock was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: tokio::time::Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }

    pub(crate) fn now(self) -> Instant {
        Instant::ORIGIN + self.origin.elapsed()
    }

    pub(crate) fn at(self, time: Instant) -> tokio::time::Instant {
        self.origin + Duration::from_micros(time.as_micros())
    }
}

/// The steps of one exchange, each with its deadline, on one timer.
///
/// The time is read only after a step had to wait: the system calls between two waits take microseconds, the deadlines are
/// milliseconds, and where data never runs out tokio's cooperative budget still makes a step wait.
pub(crate) struct Steps<'a> {
    clock: Clock,
    now: Instant,
    timer: Pin<&'a mut Sleep>,
}

impl<'a> Steps<'a> {
    /// The steps of an exchange that starts now.
    ///
    /// To set a timer is dear, to let it go off too early is cheap as long as it is rare. So a timer that would go off before
    /// a deadline is left alone until it does, and may have served earlier exchanges.
    pub(crate) const fn new(clock: Clock, now: Instant, timer: Pin<&'a mut Sleep>) -> Self {
        Self { clock, now, timer }
    }

    /// The time when the last step had waited.
    pub(crate) const fn now(&self) -> Instant {
        self.now
    }

    /// What `step` gives, which it is polled for with the present time, or `None` when the deadline passes first.
    pub(crate) async fn before<T>(
        &mut self,
        deadline: Instant,
        mut step: impl FnMut(&mut Context<'_>, Instant) -> Poll<T>,
    ) -> Option<T> {
        let deadline = self.clock.at(deadline);
        let mut waited = false;
        poll_fn(|cx| {
            if waited {
                self.now = self.clock.now();
            }
            waited = true;
            if let Poll::Ready(output) = step(cx, self.now) {
                return Poll::Ready(Some(output));
            }
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            loop {
                ready!(self.timer.as_mut().poll(cx));
                if self.timer.deadline() == deadline {
                    self.now = self.clock.now();
                    return Poll::Ready(None);
                }
                self.timer.as_mut().reset(deadline);
            }
        })
        .await
    }
}
