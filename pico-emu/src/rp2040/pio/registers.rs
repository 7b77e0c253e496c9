//! The registers as the bus sees them (RP2040 datasheet, section 3.7).

use super::fault::RegisterFault;
use super::fifo::Fifo;
use super::forecast::Shifts;
use super::instruction::Instruction;
use super::machine::{ExecControl, PinControl, ShiftControl, StateMachine};
use super::{Pio, STATE_MACHINES};

/// A register, by its offset from the block's base address.
#[derive(Clone, Copy)]
enum Register {
    Ctrl,
    Fstat,
    Fdebug,
    Flevel,
    Txf(usize),
    Rxf(usize),
    Irq,
    IrqForce,
    InputSyncBypass,
    DbgPadout,
    DbgPadoe,
    DbgCfginfo,
    InstrMem(usize),
    Clkdiv(usize),
    Execctrl(usize),
    Shiftctrl(usize),
    Addr(usize),
    Instr(usize),
    Pinctrl(usize),
    Intr,
    Inte(usize),
    Intf(usize),
    Ints(usize),
}

impl Register {
    fn at(offset: u32) -> Option<Self> {
        if !offset.is_multiple_of(4) {
            return None;
        }
        let word = offset as usize / 4;
        Some(match offset {
            0x000 => Self::Ctrl,
            0x004 => Self::Fstat,
            0x008 => Self::Fdebug,
            0x00c => Self::Flevel,
            0x010..0x020 => Self::Txf(word - 4),
            0x020..0x030 => Self::Rxf(word - 8),
            0x030 => Self::Irq,
            0x034 => Self::IrqForce,
            0x038 => Self::InputSyncBypass,
            0x03c => Self::DbgPadout,
            0x040 => Self::DbgPadoe,
            0x044 => Self::DbgCfginfo,
            0x048..0x0c8 => Self::InstrMem(word - 0x12),
            0x0c8..0x128 => {
                let machine = (word - 0x32) / 6;
                match (word - 0x32) % 6 {
                    0 => Self::Clkdiv(machine),
                    1 => Self::Execctrl(machine),
                    2 => Self::Shiftctrl(machine),
                    3 => Self::Addr(machine),
                    4 => Self::Instr(machine),
                    _ => Self::Pinctrl(machine),
                }
            }
            0x128 => Self::Intr,
            0x12c..0x144 => {
                let line = (word - 0x4b) / 3;
                match (word - 0x4b) % 3 {
                    0 => Self::Inte(line),
                    1 => Self::Intf(line),
                    _ => Self::Ints(line),
                }
            }
            _ => return None,
        })
    }
}

/// The twelve interrupts of INTR.
const INTERRUPTS: u32 = 0xfff;
/// `DBG_CFGINFO`: 32 instructions, 4 state machines, FIFOs of 4 words.
const CONFIGURATION: u32 = 32 << 16 | (STATE_MACHINES as u32) << 8 | Fifo::DEPTH as u32;

/// A bit of each state machine, the first one's lowest.
pub(super) fn bits(machines: &[StateMachine], of: impl Fn(&StateMachine) -> bool) -> u32 {
    machines.iter().rev().fold(0, |bits, machine| bits << 1 | u32::from(of(machine)))
}

impl Pio {
    /// Reads a word register, in [`cycle`](Self::cycle). The only one that this changes is RXF, which gives a word up;
    /// a narrow read of it does so too, and a debugger has to leave it alone.
    ///
    /// # Errors
    ///
    /// [`RegisterFault::NoRegister`].
    pub fn read(&mut self, offset: u32) -> Result<u32, RegisterFault> {
        let register = Register::at(offset).ok_or(RegisterFault::NoRegister { offset })?;
        let machines = &self.machines;
        Ok(match register {
            Register::Ctrl => bits(machines, StateMachine::is_enabled),
            Register::Fstat => {
                bits(machines, |machine| machine.rx.is_full())
                    | bits(machines, |machine| machine.rx.is_empty()) << 8
                    | bits(machines, |machine| machine.tx.is_full()) << 16
                    | bits(machines, |machine| machine.tx.is_empty()) << 24
            }
            Register::Fdebug => {
                bits(machines, |machine| machine.debug.rx_stall)
                    | bits(machines, |machine| machine.debug.rx_under) << 8
                    | bits(machines, |machine| machine.debug.tx_over) << 16
                    | bits(machines, |machine| machine.debug.tx_stall) << 24
            }
            Register::Flevel => machines
                .iter()
                .rev()
                .fold(0, |levels, machine| levels << 8 | (machine.rx.level() as u32) << 4 | machine.tx.level() as u32),
            Register::Rxf(machine) => self.pop_rx(machine),
            Register::Irq => self.irq_flags.into(),
            Register::InputSyncBypass => self.inputs.bypass,
            Register::DbgPadout => self.outputs.levels,
            Register::DbgPadoe => self.outputs.enables,
            Register::DbgCfginfo => CONFIGURATION,
            Register::Clkdiv(machine) => machines[machine].clkdiv,
            Register::Execctrl(machine) => {
                machines[machine].exec.word | u32::from(machines[machine].is_exec_stalled()) << 31
            }
            Register::Shiftctrl(machine) => machines[machine].shift.word,
            Register::Addr(machine) => machines[machine].pc.into(),
            Register::Instr(machine) => self.program[usize::from(machines[machine].pc)].word.into(),
            Register::Pinctrl(machine) => machines[machine].pins.word,
            Register::Intr => self.raw_interrupts(),
            Register::Inte(line) => self.interrupt_enable[line],
            Register::Intf(line) => self.interrupt_force[line],
            Register::Ints(line) => self.interrupt_status(self.raw_interrupts(), line),
            Register::Txf(_) | Register::IrqForce | Register::InstrMem(_) => 0,
        })
    }

    /// Writes a word register, in [`cycle`](Self::cycle), as it is told, without an alias that sets, clears or toggles.
    /// Registers that can only be read stay as they are.
    ///
    /// # Errors
    ///
    /// [`RegisterFault`].
    pub fn write(&mut self, offset: u32, value: u32) -> Result<(), RegisterFault> {
        let register = Register::at(offset).ok_or(RegisterFault::NoRegister { offset })?;
        let out_of_range = |field| RegisterFault::OutOfRange { offset, value, field };
        match register {
            Register::Txf(machine) => {
                self.push_tx(machine, value);
                return Ok(());
            }
            Register::Ctrl => self.control(value),
            Register::Fdebug => self.clear_debug(value),
            Register::Irq => self.irq_flags &= !(value as u8),
            Register::IrqForce => self.irq_flags |= value as u8,
            Register::InputSyncBypass => self.inputs.bypass = value,
            Register::InstrMem(address) => {
                self.program[address] = Instruction::decode(value as u16);
                self.shifts = Shifts::of(&self.program);
            }
            Register::Clkdiv(machine) => {
                let (integer, fraction) = (value >> 16, value >> 8 & 0xff);
                if integer == 0 && fraction != 0 {
                    return Err(out_of_range("FRAC, with an INT of 0"));
                }
                let machine = &mut self.machines[machine];
                machine.clkdiv = value & 0xffff_ff00;
                machine.divider.set(self.cycle, if integer == 0 { 0x1_0000 } else { integer }, fraction);
            }
            Register::Execctrl(machine) => self.machines[machine].set_exec_control(ExecControl::decode(value)),
            Register::Shiftctrl(machine) => self.machines[machine].set_shift_control(ShiftControl::decode(value)),
            Register::Instr(machine) => self.machines[machine].force(Instruction::decode(value as u16)),
            Register::Pinctrl(machine) => {
                self.machines[machine].pins = PinControl::decode(value).map_err(out_of_range)?;
            }
            Register::Inte(line) => self.interrupt_enable[line] = value & INTERRUPTS,
            Register::Intf(line) => self.interrupt_force[line] = value & INTERRUPTS,
            Register::Fstat
            | Register::Flevel
            | Register::Rxf(_)
            | Register::DbgPadout
            | Register::DbgPadoe
            | Register::DbgCfginfo
            | Register::Addr(_)
            | Register::Intr
            | Register::Ints(_) => {}
        }
        for machine in &mut self.machines {
            machine.schedule(self.cycle);
        }
        Ok(())
    }

    /// Writes CTRL.
    fn control(&mut self, value: u32) {
        for (index, machine) in self.machines.iter_mut().enumerate() {
            let bit = |low: usize| value >> (low + index) & 1 != 0;
            machine.set_enabled(bit(0));
            if bit(4) {
                machine.restart();
            }
            if bit(8) {
                machine.divider.restart(self.cycle);
            }
        }
    }

    /// Writes FDEBUG.
    fn clear_debug(&mut self, value: u32) {
        for (index, machine) in self.machines.iter_mut().enumerate() {
            let is_kept = |low: usize| value >> (low + index) & 1 == 0;
            let debug = &mut machine.debug;
            debug.rx_stall &= is_kept(0);
            debug.rx_under &= is_kept(8);
            debug.tx_over &= is_kept(16);
            debug.tx_stall &= is_kept(24);
        }
    }
}
