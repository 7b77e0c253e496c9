//! What exceptions are called (DDI 0419, B1.5.2).

use std::fmt;

/// The number of an exception, which as text has its name.
pub(super) struct Exception(pub(super) u8);

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            2 => f.write_str("NMI"),
            3 => f.write_str("HardFault"),
            11 => f.write_str("SVCall"),
            14 => f.write_str("PendSV"),
            15 => f.write_str("SysTick"),
            number @ 16.. => write!(f, "interrupt {}", number - 16),
            number => write!(f, "exception {number}"),
        }
    }
}
