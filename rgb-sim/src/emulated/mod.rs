//! Boards with real firmware on the virtual network: a [`pico_emu`] board behind each radio.
//!
//! What happens on such a board is told as somebody sees it who stands beside it: from the lines on its serial port, the
//! light of its LED and the frames on the air, never from its memory. A colour that it says it has received is told as the
//! one that its LED shows then.
//!
//! ```text
//!  Nic ◀── NicMedium ──▶ pico_emu::Board ──▶ UART or USB: lines ─▶ words ──▶ BoardEvent, Line
//!             └── frames that it sends ──────────────▶ attempts ──▶   how long each took
//!                                    └──▶ PWM: duties ─▶ light ──▶    the colour that is shown
//! ```
//!
//! [`EmulatedBoard`] is a [`Host`](crate::world::Host) of any world. Scenarios are played by such boards with [`Firmware`]:
//!
//! ```no_run
//! use rgb_sim::emulated::Firmware;
//! use rgb_sim::scenario::{Run, SHIPPED, Scenario, judge};
//!
//! let firmware = Firmware::new(std::fs::read("pico-fw-rp2040.uf2")?);
//! let scenario = Scenario::read(SHIPPED[0].text)?;
//! let mut run = Run::new(&scenario, scenario.seed, &firmware)?;
//! run.finish()?;
//! assert!(judge(&scenario, run.recording()).holds());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attempts;
mod board;
mod debug_info;
mod instruction_trace;
mod light;
mod medium;
mod serial;
mod tier;
mod witness;
mod words;

pub use board::EmulatedBoard;
pub use debug_info::{DebugInfo, DebugInfoError};
pub use light::{ALWAYS, shown_color};
pub use medium::NicMedium;
pub use serial::{Line, SerialPort};
pub use tier::{Firmware, FirmwareError};
pub use words::read_words;
