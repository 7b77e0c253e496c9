//! Panics as values, with where they happened.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// The words of the thread's last panic; none while nobody catches.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs it; if it panics, what the panic said and where, which is not printed then. Panics elsewhere are as before.
pub(super) fn catch<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            let is_caught =
                CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|words| *words = describe(info)).is_some());
            if !is_caught {
                before(info);
            }
        }));
    });
    CAUGHT.set(Some(String::new()));
    // What was half done is dropped with the run.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let words = CAUGHT.take().unwrap_or_default();
    outcome.map_err(|_| words)
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let words =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let words = words.unwrap_or("no words");
    info.location().map_or_else(|| words.to_owned(), |at| format!("{words} (at {at})"))
}
