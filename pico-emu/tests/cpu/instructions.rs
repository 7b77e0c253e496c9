//! The instruction suite, `tests/data/instructions.txt`.

use std::collections::BTreeSet;
use std::mem::discriminant;

use pico_emu::cpu::{Flags, Instruction, Register, Stop};

use crate::machine::{Machine, RAM};

const SUITE: &str = include_str!("../data/instructions.txt");

#[test]
fn the_suite_passes() {
    let failures: Vec<String> =
        cases().filter_map(|case| case.run().err().map(|why| format!("{}\n  {why}", case.line))).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_suite_has_every_instruction() {
    let in_suite: Vec<_> = cases().map(|case| discriminant(&case.instruction())).collect();
    let missing: BTreeSet<String> = (0..=u16::MAX)
        .flat_map(|first| {
            [0x8000, 0x8800, 0x8f4f, 0xa000, 0xf800].map(|second| Instruction::decode(RAM, first, second))
        })
        .filter(|instruction| !in_suite.contains(&discriminant(instruction)))
        .map(|instruction| format!("{instruction:?}").split_whitespace().next().unwrap().to_owned())
        .collect();
    // What sleeps and what stops is tested with the exceptions.
    assert_eq!(Vec::from_iter(&missing), ["Bkpt", "Wfe", "Wfi"]);
}

fn cases() -> impl Iterator<Item = Case<'static>> {
    SUITE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut columns = line.split('|').map(str::trim);
        let mut next = || columns.next().unwrap_or_else(|| panic!("five columns: {line}"));
        let (text, code, before, after, cycles) = (next(), next(), next(), next(), next());
        Case { line, text, code: code.split(' ').map(|half| hex(half) as u16).collect(), before, after, cycles }
    })
}

fn hex(text: &str) -> u32 {
    u32::from_str_radix(text, 16).unwrap_or_else(|_| panic!("hexadecimal: {text}"))
}

struct Case<'a> {
    line: &'a str,
    text: &'a str,
    code: Vec<u16>,
    before: &'a str,
    after: &'a str,
    cycles: &'a str,
}

impl Case<'_> {
    fn instruction(&self) -> Instruction {
        Instruction::decode(RAM, self.code[0], self.code.get(1).copied().unwrap_or(0))
    }

    fn run(&self) -> Result<(), String> {
        let text = self.instruction().disassemble(RAM).to_string();
        same("text", text.as_str(), self.text)?;
        let mut machine = self.machine();
        let mut expected = machine.clone();
        let stop = machine.step();
        same("stop", &stop, &Stop::Deadline)?;
        match self.after {
            "fault" => return entered(&mut machine, 3, RAM),
            "exception=11" => return entered(&mut machine, 11, RAM + self.instruction().size()),
            _ => {}
        }
        expected.write(Register::Pc, RAM + self.instruction().size());
        let primask = set(&mut expected, self.after);
        same("cycles", &machine.cpu.cycle().to_string(), &self.cycles.to_owned())?;
        for register in Register::ALL {
            same(&register.to_string(), &machine.read(register), &expected.read(register))?;
        }
        let (ours, theirs) = (machine.cpu.registers(), expected.cpu.registers());
        same("flags", &ours.flags().apsr(), &theirs.flags().apsr())?;
        same("primask", &ours.primask(), &primask)?;
        if machine.chip.ram.bytes() != expected.chip.ram.bytes() {
            return Err("the memory differs".to_owned());
        }
        Ok(())
    }

    fn machine(&self) -> Machine {
        let mut machine = Machine::new(&self.code);
        for (number, register) in (0..13).zip(Register::ALL) {
            machine.write(register, number * 0x1111_1111);
        }
        machine.write(Register::Sp, 0x2000_1000);
        machine.write(Register::Lr, 0xeeee_eeee);
        set(&mut machine, self.before);
        machine
    }
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, is: &T, should: &T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:x?}, and should be {should:x?}")) }
}

/// An exception has been entered by the next step, with this return address.
fn entered(machine: &mut Machine, number: u8, return_address: u32) -> Result<(), String> {
    while machine.ipsr() == 0 {
        same("stop", &machine.step(), &Stop::Deadline)?;
    }
    same("exception", &machine.ipsr(), &number)?;
    // With the stack where nothing is, the frame is there neither.
    let frame = machine.read(Register::Sp);
    if frame < 0x3000_0000 - 64 { same("return address", &machine.word(frame + 24), &return_address) } else { Ok(()) }
}

/// Sets registers, flags and memory; tells whether PRIMASK is to be set, which nothing but the instructions can.
fn set(machine: &mut Machine, values: &str) -> bool {
    let mut primask = false;
    for (name, value) in values.split_whitespace().map(|value| value.split_once('=').expect("name=value")) {
        if name == "flags" {
            let bits = "NZCV"
                .chars()
                .zip(value.chars())
                .zip(28..)
                .map(|((set, flag), place)| u32::from(set == flag) << (59 - place));
            machine.cpu.registers_mut().set_flags(Flags::from_apsr(bits.sum()));
        } else if name == "primask" {
            primask = value == "1";
        } else if let Some(address) = name.strip_prefix('[') {
            machine.set_word(hex(address.trim_end_matches(']')), hex(value));
        } else {
            let register = Register::ALL.into_iter().find(|register| register.to_string() == name);
            machine.write(register.expect(name), hex(value));
        }
    }
    primask
}
