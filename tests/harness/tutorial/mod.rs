//! The tutorial's two programs, which know nothing of this project, with the same calls on plain sockets.

pub mod client;
pub mod server;
