//! The chip's inside as the host sees it through function 1: a window of 32 KiB onto the backplane, and registers above it.

mod console;
mod cores;
pub(super) mod firmware;
mod function_registers;

use super::gspi::Command;
use super::report::{Misuse, NotModelled, Reports};
use cores::Core;
use firmware::ImageProblem;
use function_registers::FunctionRegisters;

/// Addresses from here on are registers of the function itself.
const FUNCTION_REGISTERS: u32 = 0x1_0000;
/// Where an address lies in the window. The bit above asks for 32-bit accesses inside the chip, which makes no difference to
/// the host.
const WINDOW_MASK: u32 = 0x7fff;
/// The most that one transaction may move, in bytes.
const TRANSFER_MAX: usize = 64;
/// The memory of the WLAN processor, from address 0, in bytes.
const MEMORY_LEN: usize = 512 * 1024;

const CHIP_COMMON: u32 = 0x1800_0000;
/// The chip's number, in decimal its name. Revision and package stand above it; no driver reads those.
const CHIP_ID: u32 = 43439;
/// Save and restore of the memory while the chip sleeps: off.
const SAVE_RESTORE_CONTROL_1: u32 = CHIP_COMMON + 0x508;
/// The bus core's mailbox interrupts and their mask. The firmware raises them for Bluetooth alone.
const MAILBOX_INTERRUPTS: u32 = 0x1800_2020;
const MAILBOX_INTERRUPT_MASK: u32 = 0x1800_2024;
/// Which bank of the memory the next register is about, and what of it is switched off or mapped elsewhere.
const MEMORY_BANK_INDEX: u32 = 0x1800_4010;
const MEMORY_BANK_POWER: u32 = 0x1800_4044;
const WLAN_WRAPPER: u32 = 0x1810_3000;
const MEMORY_WRAPPER: u32 = 0x1810_4000;
const WRAPPER_LEN: u32 = 0x1000;

/// What lies behind function 1.
#[derive(Clone, Debug)]
pub(super) struct Backplane {
    function: FunctionRegisters,
    memory: Vec<u8>,
    mailbox_interrupt_mask: u32,
    memory_bank_index: u32,
    memory_bank_power: u32,
    wlan: Core,
    memory_core: Core,
}

impl Backplane {
    pub(super) fn new() -> Self {
        Self {
            function: FunctionRegisters::new(),
            memory: vec![0; MEMORY_LEN],
            mailbox_interrupt_mask: 0,
            memory_bank_index: 0,
            memory_bank_power: 0,
            wlan: Core::new(),
            memory_core: Core::new(),
        }
    }

    /// Whether the processor runs what lies in its memory.
    pub(super) const fn is_processor_running(&self) -> bool {
        self.wlan.is_running()
    }

    /// # Errors
    ///
    /// Why the processor cannot run what lies in its memory.
    pub(super) fn check_image(&self) -> Result<(), ImageProblem> {
        firmware::check(&self.memory)
    }

    /// The firmware has started.
    pub(super) fn handle_firmware_start(&mut self) {
        console::open(&mut self.memory);
    }

    /// The fast clock runs, or not any more.
    pub(super) const fn set_fast_clock(&mut self, is_available: bool) {
        self.function.set_fast_clock(is_available);
    }

    /// Whether the host has dropped the frame that waits for it, since the last time that this was asked.
    pub(super) const fn take_frame_drop(&mut self) -> bool {
        self.function.take_frame_drop()
    }

    pub(super) fn read(&self, command: &Command, reports: &mut Reports) -> Vec<u8> {
        check_len(command, reports);
        if command.address >= FUNCTION_REGISTERS {
            return (0..command.len).map(|byte| self.function.read(command.address_of(byte), reports)).collect();
        }
        let start = self.absolute(command, 0);
        if let Some(memory) = self.memory_at(start, command) {
            if self.memory_core.is_running() {
                return self.memory[memory].to_vec();
            }
            reports.push(Misuse::MemoryInReset(start));
            return vec![0; command.len];
        }
        let mut data = Vec::with_capacity(command.len + 3);
        let mut byte = 0;
        while byte < command.len {
            let address = self.absolute(command, byte);
            let word = self.register(address & !3).unwrap_or_else(|| {
                reports.push(NotModelled::Backplane(address));
                0
            });
            let offset = address as usize % 4;
            data.extend(&word.to_le_bytes()[offset..]);
            byte += 4 - offset;
        }
        data.truncate(command.len);
        data
    }

    pub(super) fn write(&mut self, command: &Command, data: &[u8], reports: &mut Reports) {
        check_len(command, reports);
        if command.address >= FUNCTION_REGISTERS {
            for (byte, &value) in data.iter().enumerate() {
                self.function.write(command.address_of(byte), value, reports);
            }
            return;
        }
        let start = self.absolute(command, 0);
        if let Some(memory) = self.memory_at(start, command) {
            if self.memory_core.is_running() {
                self.memory[memory].copy_from_slice(data);
            } else {
                reports.push(Misuse::MemoryInReset(start));
            }
            return;
        }
        let mut byte = 0;
        while byte < data.len() {
            let address = self.absolute(command, byte);
            let offset = address as usize % 4;
            let len = (4 - offset).min(data.len() - byte);
            let old = self.register(address & !3).unwrap_or(0);
            let mut word = old.to_le_bytes();
            word[offset..offset + len].copy_from_slice(&data[byte..byte + len]);
            if self.set_register(address & !3, u32::from_le_bytes(word)).is_none() {
                reports.push(NotModelled::Backplane(address));
            }
            byte += len;
        }
    }

    /// The address on the backplane of this byte of a transfer.
    const fn absolute(&self, command: &Command, byte: usize) -> u32 {
        self.function.window() | command.address_of(byte) & WINDOW_MASK
    }

    /// Where a transfer lies in the memory, if it lies there as one piece.
    fn memory_at(&self, start: u32, command: &Command) -> Option<std::ops::Range<usize>> {
        let range = start as usize..start as usize + command.len;
        let is_one_piece = command.increments && self.absolute(command, command.len - 1) as usize == range.end - 1;
        (is_one_piece && range.end <= self.memory.len()).then_some(range)
    }

    fn register(&self, address: u32) -> Option<u32> {
        Some(match address {
            CHIP_COMMON => CHIP_ID,
            SAVE_RESTORE_CONTROL_1 | MAILBOX_INTERRUPTS => 0,
            MAILBOX_INTERRUPT_MASK => self.mailbox_interrupt_mask,
            MEMORY_BANK_INDEX => self.memory_bank_index,
            MEMORY_BANK_POWER => self.memory_bank_power,
            WLAN_WRAPPER.. if address < WLAN_WRAPPER + WRAPPER_LEN => self.wlan.register(address - WLAN_WRAPPER)?,
            MEMORY_WRAPPER.. if address < MEMORY_WRAPPER + WRAPPER_LEN => {
                self.memory_core.register(address - MEMORY_WRAPPER)?
            }
            _ => return None,
        })
    }

    fn set_register(&mut self, address: u32, value: u32) -> Option<()> {
        match address {
            // Interrupts that are not pending are cleared.
            MAILBOX_INTERRUPTS => {}
            MAILBOX_INTERRUPT_MASK => self.mailbox_interrupt_mask = value,
            MEMORY_BANK_INDEX => self.memory_bank_index = value,
            MEMORY_BANK_POWER => self.memory_bank_power = value,
            WLAN_WRAPPER.. if address < WLAN_WRAPPER + WRAPPER_LEN => {
                self.wlan.set_register(address - WLAN_WRAPPER, value)?;
            }
            MEMORY_WRAPPER.. if address < MEMORY_WRAPPER + WRAPPER_LEN => {
                self.memory_core.set_register(address - MEMORY_WRAPPER, value)?;
            }
            _ => return None,
        }
        Some(())
    }
}

fn check_len(command: &Command, reports: &mut Reports) {
    if command.len > TRANSFER_MAX {
        reports.push(Misuse::TransferTooLong(command.len));
    }
}
