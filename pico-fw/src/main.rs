//! The firmware of a board: the hardware around the library of this package.
//!
//! On a computer this program only says what it is. What it does on a board begins in `hardware/boot.rs`.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod hardware;

// These touch no hardware, and their tests run on a computer.
#[cfg(test)]
#[path = "hardware/serial/backlog.rs"]
mod backlog;
#[cfg(test)]
#[path = "hardware/radio/frames.rs"]
mod frames;
#[cfg(test)]
#[path = "hardware/serial/line.rs"]
mod line;

#[cfg(all(target_os = "none", feature = "rp2040", feature = "rp2350"))]
compile_error!("a firmware is for one chip: for the Pico 2 W add --no-default-features to --features rp2350");
#[cfg(all(target_os = "none", not(any(feature = "rp2040", feature = "rp2350"))))]
compile_error!("a firmware is for one chip: choose --features rp2040 (Pico W) or rp2350 (Pico 2 W)");

/// Says what this is.
#[cfg(not(target_os = "none"))]
fn main() -> std::process::ExitCode {
    eprintln!(
        "This is a firmware and does nothing on a computer. Run \"cargo xtask firmware\" and copy the UF2 file that it names \
         to the Pico W."
    );
    std::process::ExitCode::FAILURE
}
