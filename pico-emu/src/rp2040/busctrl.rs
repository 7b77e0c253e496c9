//! BUSCTRL: priorities on the bus (RP2040 datasheet, 2.1.5). Masters do not contend in this model, so that priorities
//! make no difference; the performance counters are not modelled.

use super::block::{Block, Now};

const BUS_PRIORITY: u32 = 0x00;
const BUS_PRIORITY_ACK: u32 = 0x04;

#[derive(Clone, Debug)]
pub(super) struct Busctrl {
    priority: u32,
}

impl Busctrl {
    pub(super) const fn new() -> Self {
        Self { priority: 0 }
    }
}

impl Block for Busctrl {
    fn read(&mut self, offset: u32, _: Now) -> Option<u32> {
        match offset {
            BUS_PRIORITY => Some(self.priority),
            BUS_PRIORITY_ACK => Some(1),
            _ => None,
        }
    }

    fn write(&mut self, offset: u32, value: u32, _: Now) -> Option<()> {
        match offset {
            BUS_PRIORITY => self.priority = value & 0x1111,
            BUS_PRIORITY_ACK => {}
            _ => return None,
        }
        Some(())
    }
}
