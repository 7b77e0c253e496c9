//! The boot ROM, one of our own with its functions at the documented tables (RP2040 datasheet, 2.8).
//!
//! What starts core 1 is Thumb code. The other functions are a `BKPT` each, at which [`Machine`](super::Machine) does
//! what the function does and lets the time pass that it takes; interrupts that come meanwhile are taken behind it. The
//! floating-point tables are there and lead to functions that are not modelled.
//!
//! Core 0 boots as on the chip: by the watchdog's scratch registers if they say so, otherwise by the first 256 bytes of
//! the flash memory, which are checked, copied to SRAM and run. Every program that is linked for this chip has them.
//! What is reset or missing on the way to USB boot ends the run.

mod bits;
mod boot;
mod bytes;
mod code;
mod flash_functions;
mod function;

pub(super) use self::boot::Boot;
pub use self::function::RomFunction;

use self::function::FLOAT_FUNCTIONS;
use super::chip::{ROM_LEN, Rp2040};
use super::wires::Wires;
use crate::bus::{Access, Bus, BusFault, Operation, Width};
use crate::cpu::{Cpu, Register};

/// Where the code lies, then the functions, and then the tables.
const CODE: u16 = 0x40;
const FUNCTIONS: u16 = 0x100;
const FUNCTION_TABLE: u16 = 0x1000;
const DATA_TABLE: u16 = 0x1100;
const FLOAT_TABLE: u16 = 0x1200;
const DOUBLE_TABLE: u16 = 0x1300;
const COPYRIGHT: u16 = 0x1400;
const GIT_REVISION: u16 = 0x1420;
const FLOAT_TABLE_SIZE: u16 = 0x1424;

/// The initial stack pointer, which a program that starts from flash memory sets again.
const STACK: u32 = 0x2004_1f00;
/// `M`, `u`, the version of the tables, and that of the ROM.
const MAGIC: [u8; 4] = [b'M', b'u', 1, 3];

/// The end of a call of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It returns behind so many nanoseconds or cycles.
    Returned(Duration),
    /// It is to be called again behind so many: its arguments are what is left to do.
    GoesOn(Duration),
    /// It goes on elsewhere, with the registers set.
    Jumped,
    /// The chip is to boot, or to follow its watchdog.
    Boot(Boot),
}

/// How long a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duration {
    Cycles(u64),
    Nanoseconds(u64),
}

/// The content of the ROM.
pub(super) fn image() -> [u8; ROM_LEN] {
    let mut rom = Image([0; ROM_LEN]);
    let start = trap_of(RomFunction::Start) | 1;
    let dead = (CODE + code::DEAD) | 1;
    rom.words(0, &[STACK, u32::from(start), u32::from(dead), u32::from(dead)]);
    rom.bytes(0x10, &MAGIC);
    rom.halfwords(0x14, &[FUNCTION_TABLE, DATA_TABLE, (CODE + code::TABLE_LOOKUP) | 1, 0]);
    rom.halfwords(CODE, &code::CODE);
    for number in 0..=u8::MAX {
        // BKPT, BX LR.
        rom.halfwords(trap(number), &[0xbe00 | u16::from(number), 0x4770]);
    }
    let wait = (*b"WV", (CODE + code::WAIT_FOR_VECTOR) | 1);
    let functions = RomFunction::TABLE.map(|(tag, function)| (tag, trap_of(function) | 1));
    rom.table(FUNCTION_TABLE, functions.into_iter().chain([wait]));
    let data = [
        (*b"GR", GIT_REVISION),
        (*b"CR", COPYRIGHT),
        (*b"SF", FLOAT_TABLE),
        (*b"SD", DOUBLE_TABLE),
        (*b"FZ", FLOAT_TABLE_SIZE),
    ];
    rom.table(DATA_TABLE, data.into_iter());
    for (place, number) in (0..FLOAT_FUNCTIONS).enumerate() {
        let offset = 4 * u16::try_from(place).expect("there are 32");
        rom.words(FLOAT_TABLE + offset, &[u32::from(trap_of(RomFunction::Float { number }) | 1)]);
        rom.words(DOUBLE_TABLE + offset, &[u32::from(trap_of(RomFunction::Double { number }) | 1)]);
    }
    rom.bytes(COPYRIGHT, b"pico-emu's boot ROM\0");
    rom.bytes(FLOAT_TABLE_SIZE, &[4 * FLOAT_FUNCTIONS]);
    rom.0
}

const fn trap(number: u8) -> u16 {
    FUNCTIONS + 4 * number as u16
}

const fn trap_of(function: RomFunction) -> u16 {
    trap(function.number())
}

/// The function whose `BKPT` is at an address.
pub(super) fn function_at(pc: u32, imm: u8) -> Option<RomFunction> {
    (pc == u32::from(trap(imm))).then(|| RomFunction::from_number(imm)).flatten()
}

/// Does what a function does.
///
/// # Errors
///
/// The access that failed, or `None` if the function is not modelled.
pub(super) fn call<W: Wires>(
    function: RomFunction,
    cpu: &mut Cpu,
    chip: &mut Rp2040<W>,
) -> Result<Done, Option<BusFault>> {
    let [r0, r1, r2] = [Register::R0, Register::R1, Register::R2].map(|register| cpu.registers().read(register));
    let mut caller = Caller { cpu, chip };
    let (result, duration) = match function {
        RomFunction::Start => return Ok(boot::start(&mut caller)),
        RomFunction::ResetToUsbBoot => return Ok(Done::Boot(Boot::Usb)),
        RomFunction::Float { .. } | RomFunction::Double { .. } => return Err(None),
        RomFunction::Popcount32 => bits::popcount32(r0),
        RomFunction::Reverse32 => bits::reverse32(r0),
        RomFunction::Clz32 => bits::clz32(r0),
        RomFunction::Ctz32 => bits::ctz32(r0),
        RomFunction::Memset | RomFunction::Memset4 => bytes::fill(&mut caller, r0, r1 as u8, r2)?,
        RomFunction::Memcpy | RomFunction::Memcpy44 => bytes::copy(&mut caller, r0, r1, r2)?,
        RomFunction::ConnectInternalFlash | RomFunction::FlashExitXip => flash_functions::exit_xip(&mut caller, r0),
        RomFunction::FlashRangeErase => return flash_functions::erase(&mut caller, r0, r1, r2),
        RomFunction::FlashRangeProgram => return flash_functions::program(&mut caller, r0, r1, r2),
        RomFunction::FlashFlushCache | RomFunction::FlashEnterCmdXip => (r0, Duration::Cycles(40)),
    };
    cpu.registers_mut().write(Register::R0, result);
    Ok(Done::Returned(duration))
}

/// The processor that has called a function, and what is around it.
struct Caller<'a, W> {
    cpu: &'a mut Cpu,
    chip: &'a mut Rp2040<W>,
}

impl<W: Wires> Caller<'_, W> {
    fn access(&self, address: u32, operation: Operation) -> Access {
        Access { core: self.cpu.id(), cycle: self.cpu.cycle(), address, width: Width::Byte, operation }
    }

    fn set_arguments<const N: usize>(&mut self, arguments: [(Register, u32); N]) {
        for (register, value) in arguments {
            self.cpu.registers_mut().write(register, value);
        }
    }

    fn load(&mut self, address: u32) -> Result<u8, Option<BusFault>> {
        match self.chip.load::<u8>(address) {
            Some(byte) => Ok(byte),
            None => Ok(self.chip.read(self.access(address, Operation::Read))?.0 as u8),
        }
    }

    fn store(&mut self, address: u32, byte: u8) -> Result<(), Option<BusFault>> {
        if self.chip.store(address, byte).is_none() {
            self.chip.write(self.access(address, Operation::Write), u32::from(byte))?;
        }
        Ok(())
    }
}

struct Image([u8; ROM_LEN]);

impl Image {
    fn bytes(&mut self, offset: u16, bytes: &[u8]) {
        let start = usize::from(offset);
        self.0[start..start + bytes.len()].copy_from_slice(bytes);
    }

    fn halfwords(&mut self, offset: u16, halfwords: &[u16]) {
        for (offset, halfword) in (offset..).step_by(2).zip(halfwords) {
            self.bytes(offset, &halfword.to_le_bytes());
        }
    }

    fn words(&mut self, offset: u16, words: &[u32]) {
        for (offset, word) in (offset..).step_by(4).zip(words) {
            self.bytes(offset, &word.to_le_bytes());
        }
    }

    /// A table of tags and addresses; a zero ends it.
    fn table(&mut self, offset: u16, entries: impl Iterator<Item = ([u8; 2], u16)>) {
        for (offset, (tag, address)) in (offset..).step_by(4).zip(entries) {
            self.halfwords(offset, &[u16::from_le_bytes(tag), address]);
        }
    }
}
