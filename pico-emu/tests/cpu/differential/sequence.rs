//! Random sequences of instructions that are valid together, from a seed.

use crate::random::Random;

/// The variables of the driver: the record, then the operands of `SYS_WRITE`.
pub(crate) const STATE: u32 = 0x2000_0000;
/// What is written for each record: the result, and from [`SCRATCH`] on the memory that the instructions may write.
pub(crate) const RESULT: u32 = 0x2000_0100;
pub(crate) const RESULT_LEN: u32 = 0x200;
pub(crate) const SCRATCH: u32 = 0x2000_0200;
/// The records, and the bytes of each.
pub(crate) const TABLE: u32 = 0x400;
pub(crate) const RECORD_LEN: usize = 192;

/// Where a record's instructions begin in it.
const CODE_OFFSET: u32 = 72;
const CODE_LEN_MAX: usize = (RECORD_LEN - CODE_OFFSET as usize) / 2;
/// The highest stack pointer that a sequence begins with.
const STACK: u32 = 0x2000_1f00;

/// The low registers that instructions may write; r6 is a base address in the scratch memory and r7 an offset.
const FREE: u64 = 6;
const SVC: u16 = 0xdf00;

/// A record: registers, flags and instructions.
pub(crate) struct Record {
    pub(crate) words: [u32; 17],
    pub(crate) code: Vec<u16>,
}

impl Record {
    /// The record that lies at `address`.
    pub(crate) fn random(random: &mut Random, address: u32) -> Self {
        let mut words = [0; 17];
        words.fill_with(|| random.interesting_word());
        words[6] = SCRATCH + 4 * random.below(16) as u32;
        words[7] = offset(random);
        words[8] = (address + CODE_OFFSET) | 1;
        words[15] = STACK - 4 * random.below(2) as u32;
        words[16] &= 0xf000_0000;
        Self { words, code: code(random, address + CODE_OFFSET) }
    }

    pub(crate) fn bytes(&self) -> [u8; RECORD_LEN] {
        let mut bytes = [0; RECORD_LEN];
        let words = self.words.iter().flat_map(|word| word.to_le_bytes());
        let padding = [0; CODE_OFFSET as usize - 17 * 4];
        let code = self.code.iter().flat_map(|half| half.to_le_bytes());
        for (place, byte) in bytes.iter_mut().zip(words.chain(padding).chain(code)) {
            *place = byte;
        }
        bytes
    }
}

/// An offset into the scratch memory: now and then one that is not aligned.
fn offset(random: &mut Random) -> u32 {
    let aligned = 4 * random.below(16) as u32;
    match random.below(16) {
        0 => aligned | 2,
        1 => aligned | 1,
        _ => aligned,
    }
}

/// Instructions for `address`, the last of which is an `SVC`. r6 and r7 are to be the base and the offset of their
/// loads and stores.
pub(crate) fn code(random: &mut Random, address: u32) -> Vec<u16> {
    let mut code = Vec::new();
    if random.below(4) == 0 {
        code.extend(to_process_stack());
    }
    let mut stores_of_lists = 0;
    // Room for the longest piece and the SVC.
    while code.len() < CODE_LEN_MAX - 8 && random.below(40) != 0 {
        let here = address + 2 * code.len() as u32;
        match random.below(40) {
            0..=17 => code.push(arithmetic(random)),
            18..=20 => code.push(high_registers(random)),
            21..=29 => code.push(load_or_store(random)),
            30..=31 if stores_of_lists < 2 => {
                stores_of_lists += 1;
                code.push(0xc000 | random.bit(11) | 6 << 8 | list(random));
            }
            30..=32 => code.push(0xb400 | random.bit(8) | list(random)),
            33 => code.push(0xbc00 | list(random)),
            34..=35 => {
                code.push(0xd000 | (random.below(14) as u16) << 8 | random.below(3) as u16);
                code.extend([(); 3].map(|()| arithmetic(random)));
            }
            36 => {
                code.extend([0xf000, 0xf800 | random.below(3) as u16]);
                code.extend([(); 2].map(|()| arithmetic(random)));
            }
            37 => code.extend(special(random)),
            38 => code.extend(jump(random, here)),
            _ if random.below(8) == 0 => code.push(0xde00 | random.below(256) as u16),
            _ => code.push(0x4800 | free(random) << 8 | random.below(20) as u16),
        }
    }
    code.push(SVC | random.below(256) as u16);
    code
}

/// `mov r0, sp`, `subs r0, #128`, `msr psp, r0`, `movs r0, #2`, `msr control, r0`, `isb`.
fn to_process_stack() -> [u16; 9] {
    [0x4668, 0x3880, 0xf380, 0x8809, 0x2002, 0xf380, 0x8814, 0xf3bf, 0x8f6f]
}

fn free(random: &mut Random) -> u16 {
    random.below(FREE) as u16
}

fn low(random: &mut Random) -> u16 {
    random.below(8) as u16
}

/// Some of r0 to r5, at least one.
fn list(random: &mut Random) -> u16 {
    1 + random.below((1 << FREE) - 1) as u16
}

fn arithmetic(random: &mut Random) -> u16 {
    let d = free(random);
    let m = low(random) << 3;
    match random.below(7) {
        // Shifts by an immediate, then adding and subtracting three registers or a small immediate.
        0 => (random.below(3) as u16) << 11 | (random.below(32) as u16) << 6 | m | d,
        1 => 0x1800 | (random.below(4) as u16) << 9 | low(random) << 6 | m | d,
        // MOVS, CMP, ADDS, SUBS with an immediate of eight bits.
        2 => 0x2000 | (random.below(4) as u16) << 11 | d << 8 | random.below(256) as u16,
        // SXTH, SXTB, UXTH, UXTB.
        3 => 0xb200 | (random.below(4) as u16) << 6 | m | d,
        // REV, REV16, REVSH.
        4 => [0xba00, 0xba40, 0xbac0][random.below(3) as usize] | m | d,
        // Everything with two registers; shifts by a register twice as often, by 0 to 63.
        _ => 0x4000 | (random.below(16) as u16) << 6 | m | d,
    }
}

/// ADD, CMP and MOV with a high register, the program counter as a source among them.
fn high_registers(random: &mut Random) -> u16 {
    let high = 8 + random.below(5) as u16;
    let d = free(random);
    let to_low = (8 + random.below(8) as u16) << 3 | d;
    let to_high = 1 << 7 | low(random) << 3 | high & 7;
    match random.below(5) {
        0 => 0x4400 | to_low,
        1 => 0x4400 | to_high,
        2 => 0x4500 | to_high,
        3 => 0x4600 | to_low,
        _ => 0x4600 | to_high,
    }
}

fn load_or_store(random: &mut Random) -> u16 {
    let t = free(random);
    match random.below(6) {
        0..=1 => 0x5000 | (random.below(8) as u16) << 9 | 7 << 6 | 6 << 3 | t,
        // STR, LDR, STRB, LDRB with an offset, then STRH and LDRH.
        2..=3 => 0x6000 | (random.below(4) as u16) << 11 | (random.below(32) as u16) << 6 | 6 << 3 | t,
        4 => 0x8000 | random.bit(11) | (random.below(32) as u16) << 6 | 6 << 3 | t,
        // Relative to the stack pointer, and its address.
        _ => {
            let imm = random.below(16) as u16;
            [0x9000 | t << 8, 0x9800 | t << 8, 0xa800 | t << 8, 0xa000 | t << 8, 0xb000, 0xb080]
                [random.below(6) as usize]
                | imm
        }
    }
}

/// Special registers, PRIMASK, barriers, hints.
fn special(random: &mut Random) -> Vec<u16> {
    let d = free(random);
    match random.below(7) {
        0 => vec![0xf3ef, 0x8000 | d << 8 | [0, 1, 2, 3, 5, 6, 7][random.below(7) as usize]],
        1 => vec![0xf3ef, 0x8000 | d << 8 | [8, 9, 16, 20][random.below(4) as usize]],
        // lsrs d, m, #28; lsls d, d, #28; msr apsr, d: QEMU keeps the Q flag, which ARMv6-M does not have.
        2 => vec![0x0f00 | low(random) << 3 | d, 0x0700 | d << 3 | d, 0xf380 | d, 0x8800],
        3 => vec![0xf380 | low(random), 0x8810],
        4 => vec![[0xb662, 0xb672][random.below(2) as usize]],
        5 => vec![0xf3bf, [0x8f4f, 0x8f5f, 0x8f6f][random.below(3) as usize]],
        _ => vec![[0xbf00, 0xbf10, 0xbf40][random.below(3) as usize]],
    }
}

/// A jump over two halfwords by an address in a register, now and then without the Thumb bit.
fn jump(random: &mut Random, here: u32) -> Vec<u16> {
    // ADR gives multiples of four.
    let mut code = if here.is_multiple_of(4) { vec![] } else { vec![0xbf00] };
    let r = free(random);
    let thumb = if random.below(5) == 0 { 0xbf00 } else { 0x3001 | r << 8 };
    let adr = 0xa000 | r << 8;
    match random.below(5) {
        // adr r, target; adds r, #1; bx r or blx r; nop; nop; target:
        0 => code.extend([adr | 2, thumb, 0x4700 | r << 3, 0xde01, 0xde02, 0xbf00]),
        1 => code.extend([adr | 2, thumb, 0x4780 | r << 3, 0xde01, 0xde02, 0xbf00]),
        // mov pc, r
        2 => code.extend([adr | 2, thumb, 0x4687 | r << 3, 0xde01, 0xde02, 0xbf00]),
        // movs r, #2; add pc, r; two halfwords; target:
        3 => code.extend([0x2002 | r << 8, 0x4487 | r << 3, 0xde01, 0xde02]),
        // adr r, target; adds r, #1; push {r}; pop {pc}; two halfwords; target:
        _ if r < 6 => code.extend([adr | 2, thumb, 0xb400 | 1 << r, 0xbd00, 0xde01, 0xde02]),
        _ => {}
    }
    code
}
