//! What a trace says.

use pico_emu::cpu::{Step, Tracer};

use crate::code::NOP;
use crate::machine::{Machine, RAM, STAY};

struct Lines(Vec<String>);

impl Tracer for Lines {
    fn instruction(&mut self, step: &Step<'_>) {
        self.0.push(step.to_string());
    }
}

#[test]
fn a_line_has_cycle_core_address_instruction_and_registers() {
    // movs r1, #5
    let mut machine = Machine::new(&[0x2105, NOP, STAY]);
    let mut lines = Lines(Vec::new());
    machine.cpu.run_traced(&mut machine.chip, 3, &mut lines);
    let fields: Vec<Vec<&str>> = lines.0.iter().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(fields[0][..6], ["0", "core0", "20000000:", "movs", "r1,", "#5"]);
    assert_eq!(fields[1][..4], ["1", "core0", "20000002:", "nop"]);
    assert!(fields[1].contains(&"r1=00000005") && fields[1].contains(&"pc=20000002"), "{:?}", fields[1]);
    assert_eq!(fields[2][..5], ["2", "core0", "20000004:", "b", &format!("{:#x}", RAM + 4)]);
    assert_eq!(fields.len(), 3);
}
