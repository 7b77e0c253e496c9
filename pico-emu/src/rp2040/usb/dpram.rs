//! The controller's 4 KiB of memory, which both it and the processors read and write (RP2040 datasheet, 4.1.2.5).

use crate::bus::Width;

/// Its size in bytes.
pub(super) const LEN: usize = 4096;

#[derive(Clone)]
pub(super) struct Dpram(Box<[u8; LEN]>);

impl Dpram {
    pub(super) fn new() -> Self {
        Self(Box::new([0; LEN]))
    }

    /// The word that holds an offset.
    pub(super) fn word(&self, offset: usize) -> u32 {
        let start = offset & !3;
        u32::from_le_bytes([self.0[start], self.0[start + 1], self.0[start + 2], self.0[start + 3]])
    }

    /// Writes as much as the width says. The offset is a multiple of that.
    pub(super) fn write(&mut self, offset: usize, width: Width, value: u32) {
        let bytes = value.to_le_bytes();
        let len = match width {
            Width::Byte => 1,
            Width::Halfword => 2,
            Width::Word => 4,
        };
        self.0[offset..offset + len].copy_from_slice(&bytes[..len]);
    }

    /// What is in a buffer. One that reaches beyond the end goes on at the beginning.
    pub(super) fn buffer(&self, offset: usize, len: usize) -> Vec<u8> {
        (offset..offset + len).map(|at| self.0[at % LEN]).collect()
    }

    /// Fills a buffer. One that reaches beyond the end goes on at the beginning.
    pub(super) fn fill(&mut self, offset: usize, bytes: &[u8]) {
        for (at, byte) in (offset..).zip(bytes) {
            self.0[at % LEN] = *byte;
        }
    }
}
