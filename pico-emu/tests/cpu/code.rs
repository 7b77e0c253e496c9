//! Halfwords that tests put together.

pub(crate) const NOP: u16 = 0xbf00;
pub(crate) const WFE: u16 = 0xbf20;
pub(crate) const WFI: u16 = 0xbf30;
pub(crate) const SEV: u16 = 0xbf40;
pub(crate) const CPSIE: u16 = 0xb662;
pub(crate) const CPSID: u16 = 0xb672;
pub(crate) const SVC: u16 = 0xdf00;
pub(crate) const UDF: u16 = 0xde00;
pub(crate) const BKPT_5: u16 = 0xbe05;
/// `bx lr`
pub(crate) const RETURN: u16 = 0x4770;
/// `bx r0`
pub(crate) const BX_R0: u16 = 0x4700;
/// `str r1, [r0]`
pub(crate) const STORE: u16 = 0x6001;
/// `ldr r1, [r0]`
pub(crate) const LOAD: u16 = 0x6801;
/// `adds r2, #1`, which tests count by.
pub(crate) const COUNT: u16 = 0x3201;
