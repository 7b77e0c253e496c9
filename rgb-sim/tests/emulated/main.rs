//! Boards with real firmware on the virtual network.

mod debug_info;
mod firmware;
mod medium;
