//! What lies behind the bus: its registers, the backplane, and the firmware once it runs.

use super::backplane::Backplane;
use super::gspi::{BusRegisters, Command, Function, PacketLevel, Target, WordOrder};
use super::medium::Medium;
use super::report::{Misuse, NotModelled, Report, Reports};
use super::wlan::{Gpio, Wlan};

/// How long after the processor's release the fast clock runs and the firmware takes frames (logs of the Rust driver in
/// embassy-rs/cyw43, issue 75, and of the Go driver in soypat/cyw43439, issue 63).
const FAST_CLOCK_US: u64 = 19_000;
const FIRMWARE_US: u64 = 103_000;

/// All of the chip but its pins.
#[derive(Clone, Debug)]
pub(super) struct Chip {
    address: [u8; 6],
    now_us: u64,
    registers: BusRegisters,
    backplane: Backplane,
    firmware: Firmware,
    gpio: Gpio,
    /// The firmware stopped while it was on the air.
    leaves_air: bool,
    /// How long the frame is that is being read, in bytes.
    frame_len: Option<usize>,
    reports: Reports,
}

#[derive(Clone, Debug)]
enum Firmware {
    /// The processor is in reset, or has nothing that it can run.
    Stopped,
    /// The processor was released since the last poll.
    Released,
    Starting {
        fast_clock_at_us: u64,
        ready_at_us: u64,
    },
    Running(Box<Wlan>),
}

impl Chip {
    pub(super) fn new(address: [u8; 6]) -> Self {
        Self {
            address,
            now_us: 0,
            registers: BusRegisters::new(),
            backplane: Backplane::new(),
            firmware: Firmware::Stopped,
            gpio: Gpio::default(),
            leaves_air: false,
            frame_len: None,
            reports: Reports::default(),
        }
    }

    /// The power is gone. What the board does, and what there is to tell, stays.
    pub(super) fn reset(&mut self) {
        self.stop_firmware();
        self.registers = BusRegisters::new();
        self.backplane = Backplane::new();
        self.frame_len = None;
    }

    fn stop_firmware(&mut self) {
        if let Firmware::Running(wlan) = &self.firmware {
            self.leaves_air |= wlan.is_on_air();
        }
        self.firmware = Firmware::Stopped;
        self.backplane.set_fast_clock(false);
    }

    /// The host released the processor, or put it into reset.
    fn handle_processor(&mut self, was_running: bool) {
        match (was_running, self.backplane.is_processor_running()) {
            (false, true) => match self.backplane.check_image() {
                Ok(()) => self.firmware = Firmware::Released,
                Err(problem) => self.reports.push(Misuse::FirmwareNotStarted(problem)),
            },
            (true, false) => self.stop_firmware(),
            _ => {}
        }
    }

    pub(super) fn poll(&mut self, now_us: u64, medium: &mut dyn Medium) {
        self.now_us = now_us;
        if std::mem::take(&mut self.leaves_air) {
            medium.leave();
        }
        match &mut self.firmware {
            Firmware::Running(wlan) => wlan.poll(now_us, medium, &mut self.reports),
            Firmware::Stopped => Self::ignore(medium),
            Firmware::Released => {
                Self::ignore(medium);
                self.firmware =
                    Firmware::Starting { fast_clock_at_us: now_us + FAST_CLOCK_US, ready_at_us: now_us + FIRMWARE_US };
            }
            Firmware::Starting { fast_clock_at_us, ready_at_us } => {
                Self::ignore(medium);
                let is_ready = *ready_at_us <= now_us;
                self.backplane.set_fast_clock(*fast_clock_at_us <= now_us);
                if is_ready {
                    self.backplane.handle_firmware_start();
                    self.firmware = Firmware::Running(Box::new(Wlan::new(self.address, self.gpio)));
                }
            }
        }
    }

    /// Nobody listens to the air.
    fn ignore(medium: &mut dyn Medium) {
        while medium.take_event().is_some() {}
        while medium.receive().is_some() {}
    }

    pub(super) fn deadline_us(&self) -> Option<u64> {
        if self.leaves_air {
            return Some(self.now_us);
        }
        match &self.firmware {
            Firmware::Stopped => None,
            Firmware::Released => Some(self.now_us),
            Firmware::Starting { fast_clock_at_us, .. } if self.now_us < *fast_clock_at_us => Some(*fast_clock_at_us),
            Firmware::Starting { ready_at_us, .. } => Some(*ready_at_us),
            Firmware::Running(wlan) => wlan.deadline_us(self.now_us),
        }
    }

    pub(super) fn interrupt_line(&self) -> bool {
        self.registers.interrupt_line(self.packet_level())
    }

    fn packet_level(&self) -> PacketLevel {
        match &self.firmware {
            Firmware::Running(wlan) => wlan.packet_level(),
            _ => PacketLevel { is_ready: false, waiting: None },
        }
    }

    pub(super) fn gpio(&self, pin: u8) -> bool {
        match &self.firmware {
            Firmware::Running(wlan) => wlan.gpio.level(pin),
            _ => self.gpio.level(pin),
        }
    }

    pub(super) fn set_gpio(&mut self, pin: u8, level: bool) {
        self.gpio.set_input(pin, level);
        if let Firmware::Running(wlan) = &mut self.firmware {
            wlan.gpio.set_input(pin, level);
        }
    }

    pub(super) fn take_report(&mut self) -> Option<Report> {
        self.reports.take()
    }

    fn take_frame(&mut self) -> Option<Vec<u8>> {
        match &mut self.firmware {
            Firmware::Running(wlan) => wlan.take_frame(),
            _ => None,
        }
    }
}

impl Target for Chip {
    fn word_order(&self) -> WordOrder {
        self.registers.word_order()
    }

    fn status_word(&self) -> Option<u32> {
        self.registers.sends_status().then(|| self.registers.status(self.packet_level()))
    }

    fn response_delay(&self, function: Function) -> usize {
        self.registers.response_delay(function)
    }

    fn read(&mut self, command: &Command) -> Vec<u8> {
        match command.function {
            Function::Bus => {
                let level = self.packet_level();
                let (registers, reports) = (&self.registers, &mut self.reports);
                (0..command.len).map(|byte| registers.read(command.address_of(byte), level, reports)).collect()
            }
            Function::Backplane => self.backplane.read(command, &mut self.reports),
            Function::Wlan => {
                let frame = self.take_frame();
                if frame.is_none() {
                    self.registers.raise_data_unavailable();
                }
                self.frame_len = frame.as_ref().map(Vec::len);
                let mut data = frame.unwrap_or_default();
                data.resize(command.len, 0);
                data
            }
            Function::Bluetooth => {
                self.reports.push(NotModelled::Bluetooth);
                vec![0; command.len]
            }
        }
    }

    fn write(&mut self, command: &Command, data: &[u8]) {
        match command.function {
            Function::Bus => {
                for (byte, &value) in data.iter().enumerate() {
                    self.registers.write(command.address_of(byte), value, &mut self.reports);
                }
                if command.address < 4 {
                    self.registers.check_control(&mut self.reports);
                }
            }
            Function::Backplane => {
                let was_running = self.backplane.is_processor_running();
                self.backplane.write(command, data, &mut self.reports);
                self.handle_processor(was_running);
                if self.backplane.take_frame_drop() {
                    self.take_frame();
                }
            }
            Function::Wlan => match &mut self.firmware {
                Firmware::Running(wlan) => wlan.handle_frame(data),
                _ => self.reports.push(Misuse::FunctionNotReady),
            },
            Function::Bluetooth => self.reports.push(NotModelled::Bluetooth),
        }
    }

    fn handle_short_write(&mut self, command: &Command, received: usize) {
        let (function, announced) = (command.function, command.len);
        self.reports.push(Misuse::ShortWrite { function, announced, received });
    }

    fn handle_read(&mut self, command: &Command, read: usize) {
        if command.function == Function::Wlan
            && let Some(len) = self.frame_len.take()
            && read < len
        {
            self.reports.push(Misuse::ShortRead { len, read });
        }
    }
}
