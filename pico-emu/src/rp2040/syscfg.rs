//! SYSCFG: settings of the processors' surroundings (RP2040 datasheet, 2.21).

use super::block::{Block, Now, masked};
use crate::bus::CoreId;

const PROC0_NMI_MASK: u32 = 0x00;
const PROC1_NMI_MASK: u32 = 0x04;
const PROC_CONFIG: u32 = 0x08;
const PROC_IN_SYNC_BYPASS: u32 = 0x0c;
const PROC_IN_SYNC_BYPASS_HI: u32 = 0x10;
const MEMPOWERDOWN: u32 = 0x18;

/// The debug ports' instance numbers.
const DAP_INSTID: u32 = 0xff00_0000;

#[derive(Clone, Debug)]
pub(super) struct Syscfg {
    nmi_masks: [u32; CoreId::COUNT],
    proc_config: u32,
    /// Which pins reach the processors without the two flip-flops, whose delay is not modelled.
    sync_bypass: [u32; 2],
}

impl Syscfg {
    pub(super) const fn new() -> Self {
        Self { nmi_masks: [0; CoreId::COUNT], proc_config: 0x1000_0000, sync_bypass: [0; 2] }
    }

    /// The interrupts that are non-maskable for a core.
    pub(super) const fn nmi_mask(&self, core: CoreId) -> u32 {
        self.nmi_masks[core.index()]
    }
}

impl Block for Syscfg {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            PROC0_NMI_MASK | PROC1_NMI_MASK => Some(self.nmi_masks[offset as usize / 4]),
            PROC_CONFIG => Some(self.proc_config),
            PROC_IN_SYNC_BYPASS | PROC_IN_SYNC_BYPASS_HI => {
                Some(self.sync_bypass[usize::from(offset == PROC_IN_SYNC_BYPASS_HI)])
            }
            MEMPOWERDOWN => Some(0),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            PROC0_NMI_MASK | PROC1_NMI_MASK => self.nmi_masks[offset as usize / 4] = value,
            PROC_CONFIG => self.proc_config = masked(self.proc_config, DAP_INSTID, value),
            PROC_IN_SYNC_BYPASS => self.sync_bypass[0] = value & 0x3fff_ffff,
            PROC_IN_SYNC_BYPASS_HI => self.sync_bypass[1] = value & 0x3f,
            // Memory that loses its content is not modelled.
            MEMPOWERDOWN if value & 0xff == 0 => {}
            _ => return None,
        }
        Some(())
    }
}
