//! The memory as it is on its serial wires: bits in and out, and what it does when it is deselected.

use super::array::{self, PAGE_LEN};
use super::instruction::{ADDRESS_LEN, Instruction};
use super::status::Status;
use super::{LEN, timing};
use crate::memory::Memory;

/// Winbond, W25Q16JV-IQ.
const JEDEC_ID: [u8; 3] = [0xef, 0x40, 0x15];
/// The same as two bytes.
const MANUFACTURER_AND_DEVICE_ID: [u8; 2] = [0xef, 0x14];
/// How many bytes come before the unique number.
const UNIQUE_ID_DUMMIES: usize = 4;
/// How many bytes come before the device id.
const DEVICE_ID_DUMMIES: usize = 3;
/// What is on the wire while the memory does not drive it.
const UNDRIVEN: u8 = 0xff;

#[derive(Clone)]
pub(in crate::rp2040) struct Device {
    unique_id: [u8; 8],
    status: Status,
    powered_down: bool,
    reset_enabled: bool,
    /// Until then it takes no instruction.
    deaf_until_ns: u64,
    /// The byte that is under way, and how many bits of it have passed.
    input: u8,
    output: u8,
    bits: u32,
    phase: Phase,
    /// How many bytes have followed the instruction, the address among them, and what is to be written.
    count: usize,
    address: u32,
    written: [u8; PAGE_LEN],
}

/// Where it is since it was selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The instruction is to come.
    Selected,
    Instructed(Instruction),
    /// The instruction is one that it does not take now.
    Ignoring,
}

impl Device {
    pub(super) const fn new(unique_id: [u8; 8]) -> Self {
        Self {
            unique_id,
            status: Status::new(),
            powered_down: false,
            reset_enabled: false,
            deaf_until_ns: 0,
            input: 0,
            output: UNDRIVEN,
            bits: 0,
            phase: Phase::Selected,
            count: 0,
            address: 0,
            written: [u8::MAX; PAGE_LEN],
        }
    }

    /// Bits each way, the highest one first; `None` if what they ask for is not modelled.
    pub(super) fn exchange(&mut self, frame: u32, bits: u32, memory: &Memory<LEN>, now_ns: u64) -> Option<u32> {
        let mut answer = 0;
        for bit in (0..bits).rev() {
            if self.bits == 0 {
                self.output = self.next_output(memory, now_ns);
            }
            answer = answer << 1 | u32::from(self.output >> 7);
            self.output <<= 1;
            self.input = self.input << 1 | (frame >> bit & 1) as u8;
            self.bits = (self.bits + 1) % u8::BITS;
            if self.bits == 0 {
                self.take(self.input, now_ns)?;
            }
        }
        Some(answer)
    }

    fn next_output(&self, memory: &Memory<LEN>, now_ns: u64) -> u8 {
        let Phase::Instructed(instruction) = self.phase else { return UNDRIVEN };
        let behind = |bytes: usize| self.count.checked_sub(bytes);
        let output = match instruction {
            Instruction::ReadStatus(index) => Some(self.status.read(index, now_ns)),
            Instruction::Read { dummies } => {
                behind(ADDRESS_LEN + dummies).map(|place| memory.load(self.address.wrapping_add(place as u32)))
            }
            Instruction::JedecId => Some(JEDEC_ID[self.count % JEDEC_ID.len()]),
            Instruction::UniqueId => behind(UNIQUE_ID_DUMMIES).map(|place| self.unique_id[place % 8]),
            Instruction::ManufacturerId => {
                behind(ADDRESS_LEN).map(|place| MANUFACTURER_AND_DEVICE_ID[(self.address as usize + place) % 2])
            }
            Instruction::ReleasePowerDown => behind(DEVICE_ID_DUMMIES).map(|_| MANUFACTURER_AND_DEVICE_ID[1]),
            _ => None,
        };
        output.unwrap_or(UNDRIVEN)
    }

    /// Takes a byte; `None` if what it asks for is not modelled.
    fn take(&mut self, byte: u8, now_ns: u64) -> Option<()> {
        match self.phase {
            Phase::Selected => {
                self.phase = self.instruct(Instruction::decode(byte)?, now_ns)?;
                return Some(());
            }
            Phase::Instructed(Instruction::WriteStatus { first, most }) if self.count < most => {
                if !Status::is_modelled(first + self.count, byte) {
                    return None;
                }
                self.written[self.count] = byte;
            }
            Phase::Instructed(Instruction::Program) if self.count >= ADDRESS_LEN => {
                self.written[(self.address as usize + self.count - ADDRESS_LEN) % PAGE_LEN] = byte;
            }
            _ if self.count < ADDRESS_LEN => self.address = self.address << 8 | u32::from(byte),
            _ => {}
        }
        self.count += 1;
        Some(())
    }

    /// What comes of an instruction; `None` if that is not modelled.
    fn instruct(&self, instruction: Instruction, now_ns: u64) -> Option<Phase> {
        let asleep = self.powered_down && instruction != Instruction::ReleasePowerDown;
        if asleep || now_ns < self.deaf_until_ns {
            return Some(Phase::Ignoring);
        }
        match instruction {
            Instruction::ReadStatus(_) => Some(Phase::Instructed(instruction)),
            // What it was writing would be lost.
            Instruction::EnableReset | Instruction::Reset if self.status.is_busy(now_ns) => None,
            _ if self.status.is_busy(now_ns) => Some(Phase::Ignoring),
            _ => Some(Phase::Instructed(instruction)),
        }
    }

    /// It is no longer selected: what changes something is done now, if all of its bytes have come and no bits more.
    pub(super) fn deselect(&mut self, memory: &mut Memory<LEN>, now_ns: u64) {
        if let (Phase::Instructed(instruction), 0) = (self.phase, self.bits) {
            self.execute(instruction, memory, now_ns);
        }
        self.bits = 0;
        self.phase = Phase::Selected;
        self.count = 0;
        self.address = 0;
        self.written = [u8::MAX; PAGE_LEN];
    }

    fn execute(&mut self, instruction: Instruction, memory: &mut Memory<LEN>, now_ns: u64) {
        let reset_enabled = std::mem::take(&mut self.reset_enabled);
        if !instruction.is_complete(self.count) {
            return;
        }
        if let Some(busy_ns) = instruction.busy_ns()
            && !self.status.begin(now_ns, busy_ns)
        {
            return;
        }
        match instruction {
            Instruction::WriteEnable => self.status.enable_write(true),
            Instruction::WriteDisable => self.status.enable_write(false),
            Instruction::WriteStatus { first, .. } => self.status.write(first, &self.written[..self.count]),
            Instruction::Program => array::program(memory, self.address, &self.written),
            Instruction::Erase(extent) => array::erase(memory, self.address, extent.len()),
            Instruction::PowerDown => {
                self.powered_down = true;
                self.deaf_until_ns = now_ns + timing::POWER_NS;
            }
            Instruction::ReleasePowerDown if self.powered_down => {
                self.powered_down = false;
                self.deaf_until_ns = now_ns + timing::POWER_NS;
            }
            Instruction::EnableReset => self.reset_enabled = true,
            Instruction::Reset if reset_enabled => {
                self.status.enable_write(false);
                self.deaf_until_ns = now_ns + timing::RESET_NS;
            }
            _ => {}
        }
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("phase", &self.phase).field("count", &self.count).finish_non_exhaustive()
    }
}
