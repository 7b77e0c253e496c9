//! The registers and their bits (RP2040 datasheet, 4.10.13).

pub(super) const CTRLR0: u32 = 0x00;
pub(super) const CTRLR1: u32 = 0x04;
pub(super) const SSIENR: u32 = 0x08;
pub(super) const SER: u32 = 0x10;
pub(super) const BAUDR: u32 = 0x14;
pub(super) const TXFTLR: u32 = 0x18;
pub(super) const RXFTLR: u32 = 0x1c;
pub(super) const TXFLR: u32 = 0x20;
pub(super) const RXFLR: u32 = 0x24;
pub(super) const SR: u32 = 0x28;
pub(super) const IMR: u32 = 0x2c;
pub(super) const ISR: u32 = 0x30;
pub(super) const RISR: u32 = 0x34;
pub(super) const TXOICR: u32 = 0x38;
pub(super) const RXOICR: u32 = 0x3c;
pub(super) const RXUICR: u32 = 0x40;
pub(super) const MSTICR: u32 = 0x44;
pub(super) const ICR: u32 = 0x48;
pub(super) const DMACR: u32 = 0x4c;
pub(super) const IDR: u32 = 0x58;
pub(super) const SSI_VERSION_ID: u32 = 0x5c;
pub(super) const DR0: u32 = 0x60;
/// The last of its 36 aliases.
pub(super) const DR35: u32 = 0xec;
pub(super) const RX_SAMPLE_DLY: u32 = 0xf0;
pub(super) const SPI_CTRLR0: u32 = 0xf4;
pub(super) const TXD_DRIVE_EDGE: u32 = 0xf8;

/// What IDR and `SSI_VERSION_ID` hold.
pub(super) const IDENTIFICATION: u32 = 0x5153_5049;
pub(super) const VERSION: u32 = 0x3430_312a;

/// `SPI_CTRLR0` after reset.
pub(super) const SPI_CTRLR0_RESET: u32 = 0x0300_0000;

/// The bits that can be written. The lowest one of BAUDR is always 0.
pub(super) const CTRLR1_BITS: u32 = 0xffff;
pub(super) const BAUDR_BITS: u32 = 0xfffe;
pub(super) const RX_SAMPLE_DLY_BITS: u32 = 0xff;
pub(super) const SPI_CTRLR0_BITS: u32 = 0xff07_fbff;
pub(super) const TXD_DRIVE_EDGE_BITS: u32 = 0xff;

/// SR.
pub(super) const RFF: u32 = 1 << 4;
pub(super) const RFNE: u32 = 1 << 3;
pub(super) const TFE: u32 = 1 << 2;
pub(super) const TFNF: u32 = 1 << 1;
pub(super) const BUSY: u32 = 1 << 0;

/// RISR.
pub(super) const RXFIR: u32 = 1 << 4;
pub(super) const RXOIR: u32 = 1 << 3;
pub(super) const TXOIR: u32 = 1 << 1;
pub(super) const TXEIR: u32 = 1 << 0;
