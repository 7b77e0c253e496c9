//! Boards that find each other: multicast DNS messages, the responder, the browser, and all of them on one network.

mod browser;
mod link;
mod message;
#[path = "../property/mod.rs"]
mod property;
mod responder;
mod wire;
