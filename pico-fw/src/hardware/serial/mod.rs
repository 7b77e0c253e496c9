//! What the board says, on its USB port and on its UART alike, and what is typed at the USB port.

mod backlog;
mod line;
mod uart;
mod usb;

use core::cell::RefCell;
use core::fmt;

use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::Instant;
use pico_fw::log::Log;

pub(crate) use uart::run as run_uart;
pub(crate) use usb::run as run_usb;

use backlog::Backlog;
use line::Line;

/// A line, its time and its end included.
const LINE_LEN: usize = 192;
/// The lines of the last minutes: a reader comes to the USB port when something is wrong already.
const USB_LEN: usize = 4096;
/// The UART is always read, or never.
const UART_LEN: usize = 1024;

/// The board's one log.
pub(crate) static LOG: SerialLog = SerialLog { usb: Port::new(), uart: Port::new() };

/// A log that nothing ever waits for: where nobody reads, lines are lost, the oldest first.
pub(crate) struct SerialLog {
    usb: Port<USB_LEN>,
    uart: Port<UART_LEN>,
}

impl Log for SerialLog {
    fn line(&self, args: fmt::Arguments<'_>) {
        let millis = Instant::now().as_millis();
        let mut line = Line::<LINE_LEN>::new();
        line.push(format_args!("[{:>6}.{:03}] ", millis / 1000, millis % 1000));
        line.push(args);
        line.end();
        self.usb.push(line.as_bytes());
        self.uart.push(line.as_bytes());
    }
}

/// What one port still has to say.
struct Port<const N: usize> {
    backlog: Mutex<CriticalSectionRawMutex, RefCell<Backlog<N>>>,
    pushed: Signal<CriticalSectionRawMutex, ()>,
}

impl<const N: usize> Port<N> {
    const fn new() -> Self {
        Self { backlog: Mutex::new(RefCell::new(Backlog::new())), pushed: Signal::new() }
    }

    fn push(&self, line: &[u8]) {
        self.backlog.lock(|backlog| backlog.borrow_mut().push(line));
        self.pushed.signal(());
    }

    /// Waits until there is something to say.
    async fn pending(&self) {
        while self.backlog.lock(|backlog| backlog.borrow().is_empty()) {
            self.pushed.wait().await;
        }
    }

    /// Waits for something to say; gives how many bytes of the buffer it fills.
    async fn next(&self, buffer: &mut [u8]) -> usize {
        loop {
            let len = self.backlog.lock(|backlog| backlog.borrow_mut().take(buffer));
            if len > 0 {
                return len;
            }
            self.pushed.wait().await;
        }
    }
}
