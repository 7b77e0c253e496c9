//! Virtual time and the one executor that runs in it.

use std::cell::RefCell;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use embassy_time::{Duration, Instant, MockDriver};

/// Who has it owns the process's clock.
static CLOCK: Mutex<()> = Mutex::new(());

/// All tasks of one test. When none can go on, time jumps.
///
/// Tasks are polled in the order of their start, so every run of a test is the same.
pub(crate) struct World {
    tasks: RefCell<Vec<Task>>,
    _clock: MutexGuard<'static, ()>,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    wakeup: Wakeup,
}

/// A task's waker, and whether it was woken.
struct Wakeup {
    flag: Arc<Flag>,
    waker: Waker,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Wakeup {
    fn new() -> Self {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        Self { waker: Arc::clone(&flag).into(), flag }
    }

    fn poll_if_woken<F: Future + ?Sized>(&self, future: Pin<&mut F>) -> Option<Poll<F::Output>> {
        let is_woken = self.flag.0.swap(false, Ordering::Relaxed);
        is_woken.then(|| future.poll(&mut Context::from_waker(&self.waker)))
    }
}

impl World {
    /// How far time jumps at once: the mock clock does not say when the next timer is due.
    const TICK: Duration = Duration::from_micros(500);

    /// A world at the beginning of time.
    pub(crate) fn new() -> Self {
        // A test that failed leaves nothing behind but the time, which starts anew.
        let clock = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
        MockDriver::get().reset();
        Self { tasks: RefCell::default(), _clock: clock }
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().push(Task { future: Box::pin(task), wakeup: Wakeup::new() });
    }

    /// Runs all tasks until `script` is over.
    pub(crate) fn run<T>(&self, script: impl Future<Output = T>, limit: Duration) -> T {
        /// So many rounds without a jump are a busy loop.
        const ROUNDS_MAX: u32 = 10_000;
        let mut script = pin!(script);
        let wakeup = Wakeup::new();
        let end = Instant::now() + limit;
        loop {
            for round in 0.. {
                assert!(round < ROUNDS_MAX, "the tasks run without waiting, at {} ms", Instant::now().as_millis());
                let script = wakeup.poll_if_woken(script.as_mut());
                if let Some(Poll::Ready(output)) = script {
                    return output;
                }
                if !self.poll_tasks() && script.is_none() {
                    break;
                }
            }
            assert!(Instant::now() < end, "the test's script does not end");
            MockDriver::get().advance(Self::TICK);
        }
    }

    /// Polls the tasks that were woken; whether there were any.
    fn poll_tasks(&self) -> bool {
        // A task may spawn others.
        let mut tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        let mut any = false;
        tasks.retain_mut(|task| match task.wakeup.poll_if_woken(task.future.as_mut()) {
            Some(poll) => {
                any = true;
                poll.is_pending()
            }
            None => true,
        });
        let mut spawned = self.tasks.borrow_mut();
        tasks.append(&mut spawned);
        *spawned = tasks;
        any
    }
}
