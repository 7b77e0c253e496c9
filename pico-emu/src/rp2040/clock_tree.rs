//! From the oscillators to `clk_ref` and `clk_sys`.

use super::clocks::{Clocks, Oscillators};
use super::pll::Pll;
use super::rosc::Rosc;
use super::xosc::Xosc;

/// The blocks that make clocks.
#[derive(Clone, Debug)]
pub(super) struct ClockTree {
    pub(super) xosc: Xosc,
    pub(super) rosc: Rosc,
    pub(super) pll_sys: Pll,
    pub(super) pll_usb: Pll,
    pub(super) clocks: Clocks,
}

impl ClockTree {
    pub(super) fn new(seed: u64) -> Self {
        let mut tree = Self {
            xosc: Xosc::new(),
            rosc: Rosc::new(seed),
            pll_sys: Pll::new(),
            pll_usb: Pll::new(),
            clocks: Clocks::new(),
        };
        tree.update();
        tree
    }

    /// Carries a change of one block to the others.
    pub(super) fn update(&mut self) {
        let xosc_hz = self.xosc.hz();
        self.clocks.set_oscillators(Oscillators {
            xosc_hz,
            rosc_hz: self.rosc.hz(),
            pll_sys_hz: self.pll_sys.hz(xosc_hz),
            pll_usb_hz: self.pll_usb.hz(xosc_hz),
        });
    }
}
