//! `rgb-sim server` and clients that do not keep the protocol.
#![cfg(unix)]

mod broken;
mod crowd;
mod end;
mod long;
mod named;
mod slow;
