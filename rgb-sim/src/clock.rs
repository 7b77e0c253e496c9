//! The protocol's clock over tokio's.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
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

    /// A timer for [`before`](Self::before); it may serve any number of steps.
    pub(crate) fn timer(self) -> Sleep {
        tokio::time::sleep_until(self.origin)
    }

    /// What `step` gives, or `None` when the deadline passes first.
    ///
    /// A step that is ready at once does not touch the timer, which makes one timer for a whole exchange cheap.
    pub(crate) async fn before<T>(
        self,
        deadline: Instant,
        mut timer: Pin<&mut Sleep>,
        step: impl Future<Output = T>,
    ) -> Option<T> {
        let deadline = self.at(deadline);
        let mut step = pin!(step);
        poll_fn(|cx| {
            if let Poll::Ready(output) = step.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            timer.as_mut().poll(cx).map(|()| None)
        })
        .await
    }
}
