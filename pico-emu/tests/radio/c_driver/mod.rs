//! A driver that uses the bus as George Robotics' driver in C does: big endian, without a status word, with 16 bytes before
//! what is read over the backplane, and polling. Written from what that driver does, in its order.

mod bus;
pub(crate) mod event;
mod frames;
mod ioctl;
mod start;

use pico_emu::cyw43439::{Cyw43439, LinkEvent, Report};

use crate::air::Air;
use crate::board::{ADDRESS, Way};
pub(crate) use bus::{BACKPLANE, BUS, WLAN, command};
pub(crate) use frames::Event;
pub(crate) use ioctl::{Refused, key};
pub(crate) use start::{MEMORY_WRAPPER, WLAN_WRAPPER};

/// The driver, with the chip and the air.
#[derive(Clone, Debug)]
pub(crate) struct CDriver {
    pub(crate) chip: Cyw43439,
    pub(crate) air: Air,
    pub(crate) now_us: u64,
    way: Way,
    window: u32,
    sequence: u8,
    credit: u8,
    id: u16,
    pub(crate) events: Vec<Event>,
    /// What arrived from the network, with the interface.
    pub(crate) frames: Vec<(u8, Vec<u8>)>,
    /// The last answer's data, whatever its status.
    pub(crate) last_answer: Vec<u8>,
}

impl CDriver {
    /// A driver before anything was done.
    pub(crate) fn new(way: Way, air: Air) -> Self {
        Self {
            chip: Cyw43439::new(ADDRESS),
            air,
            now_us: 0,
            way,
            window: 0,
            sequence: 0,
            credit: 1,
            id: 0,
            events: Vec::new(),
            frames: Vec::new(),
            last_answer: Vec::new(),
        }
    }

    /// A driver that has started the radio and set it up, without reports.
    pub(crate) fn started(air: Air) -> Self {
        let mut driver = Self::new(Way::Bulk, air);
        driver.start_bus();
        driver.upload();
        driver.finish_start();
        driver.set_up();
        assert_eq!(driver.take_reports(), []);
        driver
    }

    pub(crate) fn take_reports(&mut self) -> Vec<Report> {
        std::iter::from_fn(|| self.chip.take_report()).collect()
    }

    /// Lets time pass.
    pub(crate) fn pass_us(&mut self, us: u64) {
        let end_us = self.now_us + us;
        while let Some(due_us) = self.chip.deadline_us().filter(|due| *due <= end_us) {
            self.now_us = self.now_us.max(due_us);
            self.chip.poll(self.now_us, &mut self.air);
        }
        self.now_us = end_us;
    }

    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.pass_us(ms * 1000);
    }

    /// Something happens on the air, and the driver gets to hear of it.
    pub(crate) fn happens(&mut self, event: LinkEvent) {
        self.air.events.push_back(event);
        self.listen();
    }

    /// The radio looks at the air, and the driver takes what the radio has for it.
    pub(crate) fn listen(&mut self) {
        self.chip.poll(self.now_us, &mut self.air);
        assert_eq!(self.poll_device(), None, "an answer that nobody asked for");
    }

    /// Takes what events there were: number, status, reason, flags.
    pub(crate) fn summaries(&mut self) -> Vec<(u32, u32, u32, u16)> {
        self.listen();
        std::mem::take(&mut self.events).iter().map(Event::summary).collect()
    }
}

fn four(bytes: &[u8]) -> [u8; 4] {
    bytes.try_into().expect("four bytes")
}
