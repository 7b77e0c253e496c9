//! What instructions do, and how long they take (DDI 0419, A6.7; DDI 0484, table 3-1).

use super::access::{self, AccessError, ISSUE_CYCLES};
use super::core::Core;
use super::multiple;
use super::{Instruction, Register};
use crate::bus::Bus;

/// A branch that is taken, with the cycle that refills the pipeline.
const BRANCH_CYCLES: u64 = 2;

/// Why instructions are no longer executed one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Exit {
    /// The block is over, and there is no next one.
    End,
    /// What the processor does next may have changed.
    Attention,
    /// The instruction at the program counter concerns more than registers and data, and is still to be executed.
    System(Instruction),
    /// An exception return by this value. The program counter is at the instruction.
    Return(u32),
    /// The data access of the instruction at the program counter failed. The registers are as they were before it, but
    /// for those that it loads.
    Failed(Instruction, AccessError),
}

/// Executes the block at the program counter, and then the next ones, until there is an exit. The next block is asked
/// for by program counter and cycle.
#[inline(always)]
pub(super) fn execute<'a, B: Bus>(
    core: &mut Core,
    bus: &mut B,
    block: &'a [Instruction],
    mut next: impl FnMut(u32, u64) -> Option<&'a [Instruction]>,
) -> Exit {
    // These are kept at hand from block to block.
    let mut pc = core.registers.pc;
    let mut cycle = core.cycle;
    let mut flags = core.registers.flags;
    let mut rest = block.iter();
    let mut begun = block.len();
    let mut instruction;

    macro_rules! r {
        ($register:expr) => {
            core.registers.core[$register as usize]
        };
    }
    macro_rules! set_result {
        ($register:expr, $value:expr) => {{
            let value = $value;
            r!($register) = flags.set_result(value);
        }};
    }
    macro_rules! exit_at {
        ($pc:expr, $exit:expr) => {{
            pc = $pc;
            break $exit;
        }};
    }
    // An access that has left memory ends the run of instructions behind its own.
    macro_rules! finish_access {
        ($done:expr) => {{
            let done = $done;
            cycle += done.cycles;
            if done.attention {
                cycle += ISSUE_CYCLES;
                exit_at!(pc.wrapping_add(2), Exit::Attention);
            }
        }};
    }
    macro_rules! load {
        ($t:expr, $unit:ty, $address:expr, $extend:expr) => {{
            match access::load::<B, $unit>(core, bus, $address, cycle) {
                Ok(done) => {
                    r!($t) = $extend(done.value);
                    finish_access!(done);
                }
                Err(error) => break Exit::Failed(*instruction, error),
            }
        }};
    }
    macro_rules! store {
        ($t:expr, $unit:ty, $address:expr) => {{
            match access::store::<B, $unit>(core, bus, $address, r!($t), cycle) {
                Ok(done) => finish_access!(done),
                Err(error) => break Exit::Failed(*instruction, error),
            }
        }};
    }
    macro_rules! transfer_list {
        ($list:expr, $base:expr, $new_base:expr) => {{
            match $list {
                Ok(done) => {
                    r!($base) = $new_base;
                    finish_access!(done);
                }
                Err(error) => break Exit::Failed(*instruction, error),
            }
        }};
    }
    // A branch is the last instruction of its block.
    macro_rules! branch {
        ($target:expr, $cycles:expr) => {{
            pc = $target;
            cycle += $cycles;
            continue;
        }};
    }
    macro_rules! interwork {
        ($target:expr, $attention:expr) => {{
            let target: u32 = $target;
            core.registers.thumb = target & 1 != 0;
            if $attention || !core.registers.thumb {
                exit_at!(target & !1, Exit::Attention);
            }
            branch!(target & !1, 0);
        }};
    }
    macro_rules! interwork_or_return {
        ($target:expr, $attention:expr) => {{
            let target: u32 = $target;
            if target >> 28 == 0xf && core.registers.in_handler_mode() {
                break Exit::Return(target);
            }
            interwork!(target, $attention);
        }};
    }

    let exit = loop {
        let Some(first) = rest.next() else {
            let Some(block) = next(pc, cycle) else { break Exit::End };
            rest = block.iter();
            begun += block.len();
            continue;
        };
        instruction = first;
        match *instruction {
            Instruction::LslImmediate { d, m, imm } => r!(d) = flags.shift_left(r!(m), u32::from(imm)),
            Instruction::LsrImmediate { d, m, imm } => r!(d) = flags.shift_right(r!(m), u32::from(imm)),
            Instruction::AsrImmediate { d, m, imm } => r!(d) = flags.shift_right_signed(r!(m), u32::from(imm)),
            Instruction::Movs { d, m } => set_result!(d, r!(m)),
            Instruction::Add { d, n, m } => r!(d) = flags.add(r!(n), r!(m)),
            Instruction::Sub { d, n, m } => r!(d) = flags.sub(r!(n), r!(m)),
            Instruction::AddImmediate { d, n, imm } => r!(d) = flags.add(r!(n), u32::from(imm)),
            Instruction::SubImmediate { d, n, imm } => r!(d) = flags.sub(r!(n), u32::from(imm)),
            Instruction::MovImmediate { d, imm } => set_result!(d, u32::from(imm)),
            Instruction::CmpImmediate { n, imm } => _ = flags.sub(r!(n), u32::from(imm)),
            Instruction::And { dn, m } => set_result!(dn, r!(dn) & r!(m)),
            Instruction::Eor { dn, m } => set_result!(dn, r!(dn) ^ r!(m)),
            Instruction::Lsl { dn, m } => r!(dn) = flags.shift_left(r!(dn), r!(m) & 0xff),
            Instruction::Lsr { dn, m } => r!(dn) = flags.shift_right(r!(dn), r!(m) & 0xff),
            Instruction::Asr { dn, m } => r!(dn) = flags.shift_right_signed(r!(dn), r!(m) & 0xff),
            Instruction::Adc { dn, m } => r!(dn) = flags.add_with_carry(r!(dn), r!(m)),
            Instruction::Sbc { dn, m } => r!(dn) = flags.add_with_carry(r!(dn), !r!(m)),
            Instruction::Ror { dn, m } => r!(dn) = flags.rotate_right(r!(dn), r!(m) & 0xff),
            Instruction::Tst { n, m } => _ = flags.set_result(r!(n) & r!(m)),
            Instruction::Rsb { d, n } => r!(d) = flags.sub(0, r!(n)),
            Instruction::Cmp { n, m } => _ = flags.sub(r!(n), r!(m)),
            Instruction::Cmn { n, m } => _ = flags.add(r!(n), r!(m)),
            Instruction::Orr { dn, m } => set_result!(dn, r!(dn) | r!(m)),
            Instruction::Mul { dm, n } => set_result!(dm, r!(dm).wrapping_mul(r!(n))),
            Instruction::Bic { dn, m } => set_result!(dn, r!(dn) & !r!(m)),
            Instruction::Mvn { d, m } => set_result!(d, !r!(m)),
            Instruction::AddAny { dn, m } => {
                r!(Register::Pc) = pc.wrapping_add(4);
                r!(dn) = r!(dn).wrapping_add(r!(m));
                r!(Register::Sp) &= !3;
            }
            Instruction::MovAny { d, m } => {
                r!(Register::Pc) = pc.wrapping_add(4);
                r!(d) = r!(m);
                r!(Register::Sp) &= !3;
            }
            Instruction::AddPc { m } => branch!(pc.wrapping_add(4).wrapping_add(r!(m)) & !1, BRANCH_CYCLES),
            Instruction::MovPc { m } => branch!(r!(m) & !1, BRANCH_CYCLES),
            Instruction::Adr { d, address } => r!(d) = address,
            Instruction::AddSpImmediate { d, imm } => r!(d) = r!(Register::Sp).wrapping_add(u32::from(imm)),
            Instruction::IncrementSp { imm } => {
                r!(Register::Sp) = r!(Register::Sp).wrapping_add(u32::from(imm));
            }
            Instruction::DecrementSp { imm } => {
                r!(Register::Sp) = r!(Register::Sp).wrapping_sub(u32::from(imm));
            }
            Instruction::LdrLiteral { t, address } => load!(t, u32, address, u32::from),
            Instruction::Ldr { t, n, m } => load!(t, u32, r!(n).wrapping_add(r!(m)), u32::from),
            Instruction::Ldrh { t, n, m } => load!(t, u16, r!(n).wrapping_add(r!(m)), u32::from),
            Instruction::Ldrb { t, n, m } => load!(t, u8, r!(n).wrapping_add(r!(m)), u32::from),
            Instruction::Ldrsh { t, n, m } => load!(t, u16, r!(n).wrapping_add(r!(m)), sign_extend_halfword),
            Instruction::Ldrsb { t, n, m } => load!(t, u8, r!(n).wrapping_add(r!(m)), sign_extend_byte),
            Instruction::LdrImmediate { t, n, imm } => load!(t, u32, r!(n).wrapping_add(u32::from(imm)), u32::from),
            Instruction::LdrhImmediate { t, n, imm } => load!(t, u16, r!(n).wrapping_add(u32::from(imm)), u32::from),
            Instruction::LdrbImmediate { t, n, imm } => load!(t, u8, r!(n).wrapping_add(u32::from(imm)), u32::from),
            Instruction::Str { t, n, m } => store!(t, u32, r!(n).wrapping_add(r!(m))),
            Instruction::Strh { t, n, m } => store!(t, u16, r!(n).wrapping_add(r!(m))),
            Instruction::Strb { t, n, m } => store!(t, u8, r!(n).wrapping_add(r!(m))),
            Instruction::StrImmediate { t, n, imm } => store!(t, u32, r!(n).wrapping_add(u32::from(imm))),
            Instruction::StrhImmediate { t, n, imm } => store!(t, u16, r!(n).wrapping_add(u32::from(imm))),
            Instruction::StrbImmediate { t, n, imm } => store!(t, u8, r!(n).wrapping_add(u32::from(imm))),
            Instruction::Sxth { d, m } => r!(d) = sign_extend_halfword(r!(m)),
            Instruction::Sxtb { d, m } => r!(d) = sign_extend_byte(r!(m)),
            Instruction::Uxth { d, m } => r!(d) = r!(m) & 0xffff,
            Instruction::Uxtb { d, m } => r!(d) = r!(m) & 0xff,
            Instruction::Rev { d, m } => r!(d) = r!(m).swap_bytes(),
            Instruction::Rev16 { d, m } => r!(d) = r!(m).swap_bytes().rotate_right(16),
            Instruction::Revsh { d, m } => r!(d) = sign_extend_halfword(r!(m).swap_bytes() >> 16),
            Instruction::Push { registers } => {
                let base = r!(Register::Sp).wrapping_sub(multiple::size(registers));
                transfer_list!(multiple::store(core, bus, base, registers, cycle), Register::Sp, base);
            }
            Instruction::Pop { registers } => {
                let base = r!(Register::Sp);
                let end = base.wrapping_add(multiple::size(registers));
                transfer_list!(multiple::load(core, bus, base, registers, cycle), Register::Sp, end);
            }
            Instruction::PopPc { registers } => {
                let base = r!(Register::Sp);
                match multiple::load(core, bus, base, registers, cycle) {
                    Ok(done) => {
                        cycle += 1 + BRANCH_CYCLES + done.cycles;
                        r!(Register::Sp) = base.wrapping_add(multiple::size(registers));
                        interwork_or_return!(r!(Register::Pc), done.attention);
                    }
                    Err(error) => break Exit::Failed(*instruction, error),
                }
            }
            Instruction::Stm { n, registers } => {
                let base = r!(n);
                let end = base.wrapping_add(multiple::size(registers));
                transfer_list!(multiple::store(core, bus, base, registers, cycle), n, end);
            }
            Instruction::Ldm { n, registers } => {
                let base = r!(n);
                let list = multiple::load(core, bus, base, registers, cycle);
                let loads_base = registers & 1 << n as u16 != 0;
                let end = if loads_base { r!(n) } else { base.wrapping_add(multiple::size(registers)) };
                if list.is_err() {
                    r!(n) = base;
                }
                transfer_list!(list, n, end);
            }
            Instruction::BranchIf { condition, target } => {
                if condition.holds(flags) {
                    branch!(target, BRANCH_CYCLES);
                }
            }
            Instruction::Branch { target } => branch!(target, BRANCH_CYCLES),
            Instruction::Bl { target } => {
                r!(Register::Lr) = pc.wrapping_add(4) | 1;
                branch!(target, 1 + BRANCH_CYCLES);
            }
            Instruction::Bx { m } => {
                cycle += BRANCH_CYCLES;
                interwork_or_return!(r!(m), false);
            }
            Instruction::Blx { m } => {
                let target = r!(m);
                r!(Register::Lr) = pc.wrapping_add(2) | 1;
                cycle += BRANCH_CYCLES;
                interwork!(target, false);
            }
            Instruction::Nop | Instruction::Yield => {}
            system => break Exit::System(system),
        }
        pc = pc.wrapping_add(2);
        cycle += 1;
    };

    let abandoned = usize::from(matches!(exit, Exit::System(_) | Exit::Failed(..)));
    core.instructions += (begun - rest.len() - abandoned) as u64;
    core.registers.pc = pc;
    core.registers.flags = flags;
    core.cycle = cycle;
    exit
}

#[inline(always)]
const fn sign_extend_byte(value: u32) -> u32 {
    ((value << 24).cast_signed() >> 24).cast_unsigned()
}

#[inline(always)]
const fn sign_extend_halfword(value: u32) -> u32 {
    ((value << 16).cast_signed() >> 16).cast_unsigned()
}
