//! The board's clock, as the state machines want it, and waiting by it.

use core::pin::Pin;

use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use rgb_proto::{Instant, TransportError};

/// The time since the board started.
pub(crate) fn now() -> Instant {
    Instant::from_micros(embassy_time::Instant::now().as_micros())
}

/// Waits until then.
pub(crate) async fn sleep_until(until: Instant) {
    Timer::at(embassy_time::Instant::from_micros(until.as_micros())).await;
}

/// What came of `future`, if it is over by the deadline. What is not over then is dropped.
pub(crate) async fn before<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    match select(future, sleep_until(deadline)).await {
        Either::First(output) => Some(output),
        Either::Second(()) => None,
    }
}

/// What came of an attempt to read, write or connect, if it is over before the deadline. It fails when `network_lost` is over
/// first.
pub(crate) async fn attempt<T, E>(
    deadline: Instant,
    network_lost: Pin<&mut impl Future<Output = ()>>,
    attempt: impl Future<Output = Result<T, E>>,
    error: impl FnOnce(E) -> TransportError,
) -> Option<Result<T, TransportError>> {
    let result = match before(deadline, select(attempt, network_lost)).await? {
        Either::First(result) => result.map_err(error),
        Either::Second(()) => Err(TransportError::Reset),
    };
    // Other tasks may have kept the executor busy until it was too late.
    (now() < deadline).then_some(result)
}
