//! From a frame to the one that it returns to.

use gimli::{self, BaseAddresses, CfaRule, DebugFrame, RegisterRule, UnwindContext, UnwindSection};

use super::Symbols;
use crate::bus::Bus;
use crate::cpu::{Cpu, Register};

const SP: usize = Register::Sp as usize;
const LR: usize = Register::Lr as usize;
const PC: usize = Register::Pc as usize;
/// It leads to its own value before the function, and behind that the return address.
const FRAME_POINTER: usize = Register::R7 as usize;

/// The words that an exception pushes, from the lowest address on: these registers, and xPSR (DDI 0419, B1.5.6).
const EXCEPTION_FRAME: [usize; 7] = [0, 1, 2, 3, 12, LR, PC];
const EXCEPTION_FRAME_LEN: u32 = 32;
/// xPSR in such a frame: the stack pointer was moved by a word to align it.
const REALIGNED: u32 = 1 << 9;
/// The `EXC_RETURN` that returns to the process stack, and the bits that all of them have.
const TO_THREAD_PROCESS: u32 = 0xffff_fffd;
const EXC_RETURN: u32 = 0xf000_0000;

/// The registers as they are while a frame waits for what it has called, or is interrupted.
pub(super) struct Unwinder<'a, B> {
    memory: &'a B,
    symbols: Option<&'a Symbols>,
    context: UnwindContext<usize>,
    registers: [u32; 16],
    psp: u32,
    /// The exception that is handled in this frame, or 0.
    exception: u8,
    /// The program counter is at the instruction that comes next, as it is where a program was stopped or interrupted.
    /// Elsewhere it is where a call returns to, which may be another line, or beyond the function.
    exact: bool,
}

/// What lies between a frame and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A call.
    Call,
    /// The entry of this exception.
    Exception(u8),
}

impl<'a, B: Bus> Unwinder<'a, B> {
    /// The innermost frame.
    pub(super) fn new(cpu: &Cpu, memory: &'a B, symbols: Option<&'a Symbols>) -> Self {
        let mut registers = Register::ALL.map(|register| cpu.registers().read(register));
        if let Some(pc) = cpu.locked_up_at() {
            registers[PC] = pc;
        }
        let (psp, exception) = (cpu.registers().psp(), cpu.registers().ipsr());
        Self { memory, symbols, context: UnwindContext::new(), registers, psp, exception, exact: true }
    }

    /// The program counter.
    pub(super) const fn pc(&self) -> u32 {
        self.registers[PC]
    }

    /// The address of the instruction that the frame is at, or of one of its bytes.
    pub(super) const fn place(&self) -> u32 {
        if self.exact { self.pc() } else { self.pc().wrapping_sub(1) }
    }

    /// Goes on to the next frame. `None` if there is none, or none that could be found.
    pub(super) fn step(&mut self) -> Option<Step> {
        let before = (self.registers[PC], self.registers[SP]);
        let return_address = self.leave_frame()?;
        if return_address >= EXC_RETURN {
            return self.leave_handler(return_address);
        }
        self.registers[PC] = return_address & !1;
        self.exact = false;
        // Code that does not return has no return address to restore: it seems to call itself.
        let stands_still = (self.registers[PC], self.registers[SP]) == before;
        (!stands_still && self.registers[PC] != 0).then_some(Step::Call)
    }

    /// Restores the registers that the frame has saved. Returns where it returns to.
    fn leave_frame(&mut self) -> Option<u32> {
        let place = self.place();
        let bases = BaseAddresses::default();
        let row = self.symbols.and_then(|symbols| {
            let (frames, context) = (&symbols.frames, &mut self.context);
            frames.unwind_info_for_address(&bases, context, place.into(), DebugFrame::cie_from_offset).ok()
        });
        let Some(row) = row else { return self.leave_unknown_frame() };
        let CfaRule::RegisterAndOffset { register, offset } = row.cfa() else { return None };
        let cfa = self.registers.get(usize::from(register.0))?.wrapping_add_signed(i32::try_from(*offset).ok()?);
        let mut registers = self.registers;
        registers[SP] = cfa;
        for (register, rule) in row.registers() {
            let restored = match rule {
                RegisterRule::SameValue => continue,
                RegisterRule::Offset(offset) => {
                    self.memory.load::<u32>(cfa.wrapping_add_signed(i32::try_from(*offset).ok()?))?
                }
                RegisterRule::Register(gimli::Register(other)) => *self.registers.get(usize::from(*other))?,
                // Nothing else is generated for this processor.
                _ => return None,
            };
            *registers.get_mut(usize::from(register.0))? = restored;
        }
        self.registers = registers;
        Some(self.registers[LR])
    }

    /// The same for code of which nothing is known. What Rust's compiler makes for this processor keeps a chain of frame
    /// pointers, also where the rest of the information was left out, as in its core library.
    fn leave_unknown_frame(&mut self) -> Option<u32> {
        let frame = self.registers[FRAME_POINTER];
        let load = |address| self.memory.load::<u32>(address);
        let saved = load(frame).zip(load(frame.wrapping_add(4))).filter(|_| frame >= self.registers[SP]);
        // A function that was stopped may have called nothing and saved nothing.
        if self.exact && saved.is_none_or(|(_, return_address)| return_address != self.registers[LR]) {
            return Some(self.registers[LR]);
        }
        let (frame_pointer, return_address) = saved?;
        self.registers[FRAME_POINTER] = frame_pointer;
        self.registers[SP] = frame.wrapping_add(8);
        self.registers[LR] = return_address;
        Some(return_address)
    }

    /// Takes the registers from the stack as the return from the handler will.
    fn leave_handler(&mut self, exc_return: u32) -> Option<Step> {
        let handled = self.exception;
        if handled == 0 {
            return None;
        }
        let frame = if exc_return == TO_THREAD_PROCESS { self.psp } else { self.registers[SP] };
        let word = |index: u32| self.memory.load::<u32>(frame.wrapping_add(4 * index));
        let xpsr = word(7)?;
        let mut registers = self.registers;
        for (index, register) in (0..).zip(EXCEPTION_FRAME) {
            registers[register] = word(index)?;
        }
        registers[SP] = frame.wrapping_add(EXCEPTION_FRAME_LEN) | if xpsr & REALIGNED == 0 { 0 } else { 4 };
        self.registers = registers;
        self.exception = (xpsr & 0x3f) as u8;
        self.exact = true;
        Some(Step::Exception(handled))
    }
}
