//! A serial port, driven by hand: what a driver in firmware does by its interrupts.

use std::collections::VecDeque;
use std::time::Duration;

use pico_emu::usb_host::{CdcHost, Status};

use super::rig::*;
use crate::chip::{Chip, RESETS, SET};

const DEVICE: [u8; 18] = [18, 1, 0, 2, 0xef, 2, 1, 64, 0xfe, 0xca, 0x34, 0x12, 0, 1, 1, 2, 3, 1];
/// Where the interface's class and the address of its input endpoint are in the configuration.
pub(super) const CLASS_AT: usize = 9 + 5;
const CONFIGURATION: [u8; 67] = [
    9, 2, 67, 0, 2, 1, 0, 0x80, 50, // The configuration: two interfaces.
    9, 4, 0, 0, 1, 2, 2, 0, 0, // Communications, ACM.
    5, 0x24, 0, 0x10, 1, // Header.
    5, 0x24, 1, 0, 1, // Call management.
    4, 0x24, 2, 2, // ACM.
    5, 0x24, 6, 0, 1, // Union.
    7, 5, 0x81, 3, 8, 0, 16, // Notifications.
    9, 4, 1, 0, 2, 0x0a, 0, 0, 0, // Data.
    7, 5, 0x82, 2, 64, 0, 0, // In.
    7, 5, 0x02, 2, 64, 0, 0, // Out.
];
const STRINGS: [&str; 3] = ["Maker", "Gadget", "0042"];
const INPUT: u32 = 0x180;
const OUTPUT: u32 = 0x1c0;

/// How the device behaves.
#[derive(Clone, Debug)]
pub(super) struct Behaviour {
    pub(super) descriptor: Vec<u8>,
    pub(super) configuration: Vec<u8>,
    /// It answers no request.
    pub(super) is_dumb: bool,
    pub(super) has_strings: bool,
    /// It takes text from the host.
    pub(super) takes: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            descriptor: DEVICE.to_vec(),
            configuration: CONFIGURATION.to_vec(),
            is_dumb: false,
            has_strings: true,
            takes: true,
        }
    }
}

/// The chip, its driver, and a host.
pub(super) struct Device {
    pub(super) chip: Chip,
    pub(super) behaviour: Behaviour,
    /// The requests that have come.
    pub(super) requests: Vec<[u8; 8]>,
    /// The data of the last one.
    pub(super) request_data: Vec<u8>,
    pub(super) resets: u32,
    /// What is to be sent to the host, and what it has sent.
    pub(super) to_send: VecDeque<u8>,
    pub(super) received: Vec<u8>,
    control: VecDeque<u8>,
    control_pid: u32,
    new_address: Option<u8>,
    input_pid: u32,
    output_pid: u32,
    is_sending: bool,
    is_receiving: bool,
    /// How many events there were.
    pub(super) events: u64,
}

impl Device {
    pub(super) fn new(behaviour: Behaviour) -> Self {
        let mut chip = Chip::with_ticks();
        start_clock(&mut chip);
        let mut device = Self {
            chip,
            behaviour,
            requests: Vec::new(),
            request_data: Vec::new(),
            resets: 0,
            to_send: VecDeque::new(),
            received: Vec::new(),
            control: VecDeque::new(),
            control_pid: 0,
            new_address: None,
            input_pid: 0,
            output_pid: 0,
            is_sending: false,
            is_receiving: false,
            events: 0,
        };
        device.start();
        device
    }

    /// Starts the controller anew, as after a reset of the chip.
    pub(super) fn start(&mut self) {
        self.chip.write(RESETS + SET, 1 << 24);
        self.chip.write(RESETS + crate::chip::CLR, 1 << 24);
        start_controller(&mut self.chip);
        self.chip.write(INTE, 1 << 4 | 1 << 12 | 1 << 16);
    }

    pub(super) fn attach(&mut self) {
        let time = Duration::from_nanos(self.chip.rp2040.time_ns(self.chip.cycle));
        self.chip.rp2040.attach_usb(Box::new(CdcHost::new(time)));
    }

    pub(super) fn host(&mut self) -> &mut CdcHost {
        self.chip.rp2040.usb_host_mut().expect("it is attached")
    }

    pub(super) fn status(&mut self) -> Status {
        self.host().status()
    }

    /// Goes from event to event for a time, and serves the interrupts.
    pub(super) fn run_ms(&mut self, ms: u64) {
        let end = self.chip.cycle + ms * self.chip.rp2040.sys_hz() / 1_000;
        loop {
            let next = self.chip.next_event();
            if next > end {
                break;
            }
            self.events += 1;
            self.chip.cycle = next;
            while self.chip.interrupts(pico_emu::bus::CoreId::Core0) & 1 << 5 != 0 {
                self.serve();
            }
        }
        self.chip.cycle = end;
    }

    /// Runs until the host can use the port.
    pub(super) fn open(&mut self) {
        self.attach();
        for _ in 0..1_000 {
            if matches!(self.status(), Status::Ready(_)) {
                return;
            }
            self.run_ms(1);
        }
        panic!("{}", self.status());
    }

    fn serve(&mut self) {
        let status = self.chip.read(USB + 0x98);
        if status & 1 << 12 != 0 {
            self.chip.write(SIE_STATUS, BUS_RESET);
            self.chip.write(ADDR_ENDP, 0);
            self.resets += 1;
            for endpoint in 1..3 {
                self.chip.write(endpoint_control(endpoint, false), 0);
                self.chip.write(endpoint_control(endpoint, true), 0);
            }
        }
        if status & 1 << 4 != 0 {
            let done = self.chip.read(BUFF_STATUS);
            self.chip.write(BUFF_STATUS, done);
            self.serve_buffers(done);
        }
        if status & 1 << 16 != 0 {
            self.chip.write(SIE_STATUS, SETUP_REC);
            let bytes = self.content(0, 8);
            let setup = bytes.try_into().expect("these are 8 bytes");
            self.requests.push(setup);
            if !self.behaviour.is_dumb {
                self.serve_setup(setup);
            }
        }
    }

    fn serve_buffers(&mut self, done: u32) {
        if done & 1 != 0 {
            if let Some(address) = self.new_address.take() {
                self.chip.write(ADDR_ENDP, u32::from(address));
            }
            self.continue_control();
        }
        if done & 1 << 1 != 0 {
            let len = self.chip.read(buffer_control(0, true)) & 0x3ff;
            if len > 0 {
                self.request_data = self.content(0x100, len);
                self.send(0, 0x100, &[], DATA1);
            }
        }
        if done & 1 << 4 != 0 {
            self.is_sending = false;
            self.pump();
        }
        if done & 1 << 5 != 0 {
            let len = self.chip.read(buffer_control(2, true)) & 0x3ff;
            let bytes = self.content(OUTPUT, len);
            self.received.extend(bytes);
            self.is_receiving = false;
            self.pump();
        }
    }

    fn serve_setup(&mut self, setup: [u8; 8]) {
        let len = usize::from(u16::from_le_bytes([setup[6], setup[7]]));
        match (setup[0], setup[1]) {
            (0x80, 6) => match self.descriptor(setup[3], setup[2]) {
                Some(descriptor) => {
                    self.control = descriptor.into_iter().take(len).collect();
                    self.control_pid = DATA1;
                    self.chip.write(buffer_control(0, true), AVAILABLE | DATA1);
                    self.continue_control();
                }
                None => {
                    self.chip.write(EP_STALL_ARM, 0b11);
                    self.chip.write(buffer_control(0, false), STALL);
                }
            },
            (0x00, 9) => {
                self.open_endpoints();
                self.send(0, 0x100, &[], DATA1);
            }
            (0x02, 1) => {
                let is_out = setup[4] & 0x80 == 0;
                self.chip.write(buffer_control(2, is_out), 0);
                (self.input_pid, self.output_pid) = if is_out { (self.input_pid, 0) } else { (0, self.output_pid) };
                (self.is_sending, self.is_receiving) = (self.is_sending && is_out, self.is_receiving && !is_out);
                self.send(0, 0x100, &[], DATA1);
                self.pump();
            }
            (0x00, 5) => {
                self.new_address = Some(setup[2]);
                self.send(0, 0x100, &[], DATA1);
            }
            _ if len > 0 => self.chip.write(buffer_control(0, true), AVAILABLE | DATA1 | 64),
            _ => self.send(0, 0x100, &[], DATA1),
        }
    }

    fn open_endpoints(&mut self) {
        self.chip.write(endpoint_control(2, false), ENABLE | PER_BUFFER | 2 << 26 | INPUT);
        self.chip.write(endpoint_control(2, true), ENABLE | PER_BUFFER | 2 << 26 | OUTPUT);
        self.chip.write(endpoint_control(1, false), ENABLE | PER_BUFFER | 3 << 26 | 0x240);
        for is_out in [false, true] {
            self.chip.write(buffer_control(2, is_out), 0);
        }
        (self.input_pid, self.output_pid, self.is_sending, self.is_receiving) = (0, 0, false, false);
        self.pump();
    }

    fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        let string = |units: Vec<u16>| {
            let content: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
            [vec![2 + content.len() as u8, 3], content].concat()
        };
        match (kind, index) {
            (1, _) => Some(self.behaviour.descriptor.clone()),
            (2, _) => Some(self.behaviour.configuration.clone()),
            (3, _) if !self.behaviour.has_strings => None,
            (3, 0) => Some(string(vec![0x0409])),
            (3, _) => Some(string(STRINGS[usize::from(index) - 1].encode_utf16().collect())),
            _ => None,
        }
    }

    fn continue_control(&mut self) {
        if self.control.is_empty() {
            return;
        }
        let packet: Vec<u8> = self.control.drain(..self.control.len().min(64)).collect();
        self.send(0, 0x100, &packet, self.control_pid);
        self.control_pid ^= DATA1;
    }

    /// Sends and receives as much as it can.
    pub(super) fn pump(&mut self) {
        if !self.is_sending && !self.to_send.is_empty() {
            let packet: Vec<u8> = self.to_send.drain(..self.to_send.len().min(64)).collect();
            self.send(2, INPUT, &packet, self.input_pid);
            self.input_pid ^= DATA1;
            self.is_sending = true;
        }
        if !self.is_receiving && self.behaviour.takes {
            self.chip.write(buffer_control(2, true), AVAILABLE | self.output_pid | 64);
            self.output_pid ^= DATA1;
            self.is_receiving = true;
        }
    }

    fn send(&mut self, endpoint: u32, buffer: u32, bytes: &[u8], pid: u32) {
        fill(&mut self.chip, buffer, bytes);
        let control = FULL | pid | bytes.len() as u32;
        self.chip.write(buffer_control(endpoint, false), control);
        self.chip.write(buffer_control(endpoint, false), control | AVAILABLE);
    }

    fn content(&mut self, offset: u32, len: u32) -> Vec<u8> {
        content(&mut self.chip, offset, len)
    }
}
