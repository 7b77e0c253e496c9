//! USB: the controller (RP2040 datasheet, 4.1), and the host that takes it for a serial port.

mod device;
mod rig;

mod controller;
mod double_buffering;
mod enumeration;
mod line;
mod serial;
mod transactions;
