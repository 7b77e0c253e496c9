//! Boards with real firmware on the virtual network.

mod debug_info;
mod equipment;
mod firmware;
mod medium;
