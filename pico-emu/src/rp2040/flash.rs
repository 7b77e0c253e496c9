//! The flash memory behind the SSI: a W25Q16JV, as on a Pico (Winbond W25Q16JV data sheet).

use crate::memory::Memory;

/// Its size in bytes: 2 MiB.
pub(super) const LEN: usize = 2 << 20;

const WRITE_STATUS: u8 = 0x01;
const READ_STATUS_1: u8 = 0x05;
const WRITE_ENABLE: u8 = 0x06;
const READ_STATUS_2: u8 = 0x35;
const READ_UNIQUE_ID: u8 = 0x4b;
const READ_JEDEC_ID: u8 = 0x9f;

/// Winbond, W25Q16JV-IQ.
const JEDEC_ID: [u8; 3] = [0xef, 0x40, 0x15];
/// How many bytes come before the unique number.
const UNIQUE_ID_DUMMIES: usize = 4;
/// Status register 2: QE.
const QUAD_ENABLE: u8 = 1 << 1;

#[derive(Clone)]
pub(super) struct Flash {
    pub(super) memory: Memory<LEN>,
    unique_id: [u8; 8],
    status_2: u8,
    /// The command since the chip was selected, and how many bytes have followed it.
    command: Option<(u8, usize)>,
}

impl Flash {
    /// Erased, with quad mode enabled, which a Pico's memory is since its first start.
    pub(super) fn new(unique_id: [u8; 8]) -> Self {
        let mut memory = Memory::new();
        memory.write(0, &vec![0xff; LEN]);
        Self { memory, unique_id, status_2: QUAD_ENABLE, command: None }
    }

    /// The chip is no longer selected.
    pub(super) const fn deselect(&mut self) {
        self.command = None;
    }

    /// One byte each way on the serial wires; `None` if the command is not modelled.
    pub(super) fn exchange(&mut self, byte: u8) -> Option<u8> {
        let Some((command, position)) = &mut self.command else {
            self.command = Some((byte, 0));
            let known = [WRITE_STATUS, READ_STATUS_1, WRITE_ENABLE, READ_STATUS_2, READ_UNIQUE_ID, READ_JEDEC_ID];
            return known.contains(&byte).then_some(0xff);
        };
        let at = *position;
        *position += 1;
        Some(match *command {
            READ_STATUS_1 => 0,
            READ_STATUS_2 => self.status_2,
            READ_JEDEC_ID => JEDEC_ID[at % JEDEC_ID.len()],
            READ_UNIQUE_ID if at >= UNIQUE_ID_DUMMIES => self.unique_id[(at - UNIQUE_ID_DUMMIES) % 8],
            WRITE_STATUS if at == 1 => {
                self.status_2 = byte;
                0xff
            }
            _ => 0xff,
        })
    }
}

impl std::fmt::Debug for Flash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flash").field("command", &self.command).finish_non_exhaustive()
    }
}
