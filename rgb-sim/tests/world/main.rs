//! Boards, routers and the air between them, in virtual time.

mod determinism;
mod finding;
mod joining;
mod lab;
mod links;
mod power;
mod routers;
mod scale;
mod troubles;
mod watching;
