//! What a board does that can be seen from outside, as one number.

use crate::cyw43439::{AccessPointConfig, LinkEvent, Medium, Network};
use crate::rp2040::Drive;

/// A hash over everything that can be seen, with its cycles: FNV-1a over 64-bit words.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    hash: u64,
    radio_pins: u64,
}

/// What is seen: the first of the words that are hashed for it. No cycle is as late.
#[derive(Clone, Copy)]
#[repr(u64)]
enum Seen {
    RadioPins,
    Pwm,
    Join,
    Leave,
    AccessPoint,
    Sent,
    Received,
    Event,
    Bytes,
}

impl Trace {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    pub(super) const fn new() -> Self {
        Self { hash: Self::OFFSET, radio_pins: 0 }
    }

    pub(super) const fn hash(&self) -> u64 {
        self.hash
    }

    const fn word(&mut self, word: u64) {
        self.hash = (self.hash ^ word).wrapping_mul(Self::PRIME).rotate_left(5);
    }

    const fn see(&mut self, seen: Seen, cycle: u64) {
        self.word(u64::MAX - seen as u64);
        self.word(cycle);
    }

    fn see_bytes(&mut self, seen: Seen, cycle: u64, bytes: &[u8]) {
        self.see(seen, cycle);
        self.word(bytes.len() as u64);
        for &byte in bytes {
            self.word(byte.into());
        }
    }

    /// The chip drives its pins otherwise.
    pub(super) const fn pins(&mut self, cycle: u64, drive: Drive) {
        // By far the most of all, and so without a word that says what it is.
        self.word(cycle);
        self.word((drive.out as u64) << 32 | drive.enable as u64);
    }

    /// A register of PWM is written.
    pub(super) const fn pwm(&mut self, cycle: u64, address: u32, value: u32) {
        self.see(Seen::Pwm, cycle);
        self.word((address as u64) << 32 | value as u64);
    }

    /// The radio drives its own pins like this.
    pub(super) const fn radio_pins(&mut self, cycle: u64, pins: u64) {
        if pins != self.radio_pins {
            self.radio_pins = pins;
            self.see(Seen::RadioPins, cycle);
            self.word(pins);
        }
    }

    /// Bytes that somebody has taken from a serial port.
    pub(super) fn bytes(&mut self, cycle: u64, port: u64, bytes: &[u8]) {
        self.see_bytes(Seen::Bytes, cycle, bytes);
        self.word(port);
    }
}

/// A medium whose use is traced.
pub(super) struct TracedMedium<'a> {
    pub(super) medium: &'a mut dyn Medium,
    pub(super) trace: &'a mut Trace,
    pub(super) cycle: u64,
}

impl Medium for TracedMedium<'_> {
    fn networks(&mut self) -> Vec<Network> {
        self.medium.networks()
    }

    fn join(&mut self, ssid: &[u8], passphrase: Option<&str>) {
        self.trace.see_bytes(Seen::Join, self.cycle, ssid);
        self.medium.join(ssid, passphrase);
    }

    fn leave(&mut self) {
        self.trace.see(Seen::Leave, self.cycle);
        self.medium.leave();
    }

    fn start_access_point(&mut self, config: &AccessPointConfig) {
        self.trace.see_bytes(Seen::AccessPoint, self.cycle, &config.ssid);
        self.medium.start_access_point(config);
    }

    fn send(&mut self, frame: Vec<u8>) {
        self.trace.see_bytes(Seen::Sent, self.cycle, &frame);
        self.medium.send(frame);
    }

    fn receive(&mut self) -> Option<Vec<u8>> {
        let frame = self.medium.receive()?;
        self.trace.see_bytes(Seen::Received, self.cycle, &frame);
        Some(frame)
    }

    fn take_event(&mut self) -> Option<LinkEvent> {
        let event = self.medium.take_event()?;
        self.trace.see(Seen::Event, self.cycle);
        Some(event)
    }

    fn rssi_dbm(&self) -> Option<i16> {
        self.medium.rssi_dbm()
    }
}
