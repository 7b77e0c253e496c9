//! The processor: by a suite of instructions, against QEMU, against itself, and rule by rule.

mod code;
mod decoding;
mod differential;
mod equivalence;
mod exceptions;
mod instructions;
mod machine;
mod random;
mod stops;
mod tracing;
