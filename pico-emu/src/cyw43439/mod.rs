//! The CYW43439, the Pico W's WiFi radio, behind its pins.
//!
//! A [`Cyw43439`] is what a driver on the host can tell from a real one: the bus, the registers behind it, the upload of the
//! firmware, and what that firmware does then. The firmware itself is not run; its behaviour is modelled, for embassy's driver
//! `cyw43` and for George Robotics' driver in C. What they ask for beyond the model becomes a [`Report`], never a silent zero.
//!
//! # How it is driven
//!
//! The pins are driven edge by edge with [`set_power`](Cyw43439::set_power), [`set_select`](Cyw43439::set_select) and
//! [`set_clock`](Cyw43439::set_clock), or a whole transaction at once with [`transfer`](Cyw43439::transfer), which comes to the
//! same. The radio reads no clock and draws no number: [`poll`](Cyw43439::poll) tells it the time and lets it act on the
//! [`Medium`], and it is due whenever [`deadline_us`](Cyw43439::deadline_us) has come, which a transaction may have moved, and
//! whenever the medium has something for the radio. After that and after each transaction there may be reports to take, and
//! the data line may have changed.
//!
//! ```
//! use pico_emu::cyw43439::Cyw43439;
//!
//! let mut radio = Cyw43439::new([0x28, 0xcd, 0xc1, 0, 0, 1]);
//! radio.set_power(true);
//! // After power-up the halves of each word are swapped. Four bytes of bus register 0x14: the test pattern.
//! let mut word = [0];
//! radio.transfer(&[0x4000_a004_u32.rotate_left(16)], &mut word);
//! assert_eq!(word[0].rotate_left(16), 0xfeed_bead);
//! ```
//!
//! # Where to start reading
//!
//! `gspi` is the bus, `backplane` what lies behind function 1, `sdpcm`, `cdc`, `bdc` and `event` are the frames of function 2,
//! and `wlan` is what the firmware does with them.

mod backplane;
mod bdc;
mod cdc;
mod chip;
mod event;
mod gspi;
mod medium;
mod pins;
mod report;
mod sdpcm;
mod wlan;

pub use backplane::firmware::ImageProblem;
pub use gspi::Function;
pub use medium::{AccessPointConfig, Farewell, JoinFailure, LinkEvent, Medium, Network, Security};
pub use pins::Cyw43439;
pub use report::{Kind, Misuse, NotModelled, Report};
pub use sdpcm::FrameError;
