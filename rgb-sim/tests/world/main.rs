//! Boards, routers and the air between them, in virtual time.

mod determinism;
mod finding;
mod forward;
mod gone;
mod joining;
mod lab;
mod links;
mod power;
mod radios;
mod routers;
mod scale;
mod streams;
mod watching;
