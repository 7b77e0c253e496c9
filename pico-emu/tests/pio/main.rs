//! The PIO block: each instruction and rule by name, well-known programs on the wires, and what holds for any program.

mod any_program;
mod autopull;
mod autopush;
mod block;
mod clock;
mod exec;
mod fifos;
mod gspi;
mod in_out;
mod irq;
mod jmp;
mod mov;
mod pins;
mod programs;
mod push_pull;
mod registers;
mod skipping;
mod wait;
