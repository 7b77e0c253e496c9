//! Boards with real firmware on the virtual network.

mod firmware;
mod medium;
