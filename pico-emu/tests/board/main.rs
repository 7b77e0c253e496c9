//! The board as a whole: programs that use several of its parts, its power, its time.

// The same air as around the radio alone, and the same way to write programs as for the microcontroller alone.
#[path = "../radio/air.rs"]
#[allow(dead_code)]
mod air;
#[path = "../rp2040/program.rs"]
#[allow(dead_code)]
mod program;
mod script;

mod power;
mod radio;
mod time;
mod wires;
