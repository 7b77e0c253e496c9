//! How long the memory takes, typically (W25Q16JV data sheet, 9.6).

/// To program a page, tPP.
pub(in crate::rp2040) const PAGE_PROGRAM_NS: u64 = 400_000;
/// To erase a sector of 4 KiB, tSE.
pub(in crate::rp2040) const SECTOR_ERASE_NS: u64 = 45_000_000;
/// To erase a block of 32 KiB, tBE1.
pub(super) const HALF_BLOCK_ERASE_NS: u64 = 120_000_000;
/// To erase a block of 64 KiB, tBE2.
pub(in crate::rp2040) const BLOCK_ERASE_NS: u64 = 150_000_000;
/// To erase everything, tCE.
pub(super) const CHIP_ERASE_NS: u64 = 5_000_000_000;
/// To write the status registers, tW.
pub(super) const WRITE_STATUS_NS: u64 = 10_000_000;
/// To power down, tDP, and to come back, tRES1.
pub(super) const POWER_NS: u64 = 3_000;
/// To be reset, tRST.
pub(super) const RESET_NS: u64 = 30_000;
