//! What joins the controller to the rest of the chip, and to what is outside.

use std::any::Any;

use super::super::address_map::Peripheral;
use super::super::chip::Rp2040;
use super::super::io_bank::Function;
use super::super::wires::Wires;
use super::Host;
use crate::bus::{Access, BusFault};

/// Where the controller's memory is. It takes narrow writes as they are, and has no atomic aliases.
const DPRAM: std::ops::Range<u32> = 0x5010_0000..0x5011_0000;
/// The pins that tell of VBUS when they have the function USB (2.19.2): 1, 4, 7 and so on.
const VBUS_DETECT_PINS: u32 = 0x1249_2492;

impl<W: Wires> Rp2040<W> {
    /// Plugs a host into the USB connector. Another one that is there is pulled out.
    pub fn attach_usb(&mut self, host: Box<dyn Host>) {
        self.detach_usb();
        self.usb.attach(host);
        self.plan();
    }

    /// Pulls the host out of the USB connector.
    pub fn detach_usb(&mut self) -> Option<Box<dyn Host>> {
        self.usb.set_time(self.time.count(self.cycle));
        let host = self.usb.detach();
        self.plan();
        host
    }

    /// The host at the USB connector, if there is one and it is of this kind.
    #[must_use]
    pub fn usb_host<H: Host>(&self) -> Option<&H> {
        let host: &dyn Any = self.usb.host()?;
        host.downcast_ref()
    }

    /// The same, to tell it what to do.
    pub fn usb_host_mut<H: Host>(&mut self) -> Option<&mut H> {
        let host: &mut dyn Any = self.usb.host_mut()?;
        host.downcast_mut()
    }

    /// Tells the controller the level of its pin.
    pub(in super::super) fn carry_vbus(&mut self) {
        let level = self.io_bank0.inputs_of(Function::Usb) & VBUS_DETECT_PINS != 0;
        if self.usb.vbus_pin() != level {
            self.usb.set_time(self.time.count(self.cycle));
            self.usb.set_vbus_pin(level);
            self.plan();
        }
    }

    /// The cycle at which something happens on the bus next.
    pub(in super::super) fn next_usb_event(&mut self) -> u64 {
        let Some(time_ns) = self.usb.next_event_ns() else { return u64::MAX };
        let planned = self.usb.planned.filter(|(planned_ns, _)| *planned_ns == time_ns);
        let (_, cycle) = *self.usb.planned.insert(planned.unwrap_or_else(|| (time_ns, self.time.cycle_of(time_ns))));
        cycle
    }

    /// Lets happen what is to happen on the bus until a cycle.
    pub(in super::super) fn advance_usb(&mut self, cycle: u64) {
        if self.next_usb_event() <= cycle {
            self.usb.advance(self.time.count(cycle));
        }
    }

    /// Whether an address is one of the controller's memory.
    pub(in super::super) fn is_usb_dpram(address: u32) -> bool {
        DPRAM.contains(&address)
    }

    pub(in super::super) fn read_usb_dpram(&self, access: Access) -> Result<u32, BusFault> {
        let is_held = self.resets.held() & Peripheral::Usb.reset_bit() != 0;
        let word = self.usb.read_dpram((access.address - DPRAM.start) as usize);
        word.filter(|_| !is_held).ok_or_else(|| access.not_modelled())
    }

    pub(in super::super) fn write_usb_dpram(&mut self, access: Access, value: u32) -> Result<(), BusFault> {
        self.read_usb_dpram(access)?;
        let offset = (access.address - DPRAM.start) as usize;
        self.usb.write_dpram(offset, access.width, value).ok_or_else(|| access.not_modelled())
    }
}
