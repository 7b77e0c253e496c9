//! The frames between driver and firmware, and their credits.

use std::collections::VecDeque;

use crate::cyw43439::bdc;
use crate::cyw43439::event::{Event, EventMask};
use crate::cyw43439::sdpcm::{self, Channel, Credits};

/// So many frames wait for the driver at most; more of them stay with the air.
const WAITING_MAX: usize = 32;

/// Both directions of the link.
#[derive(Clone, Debug)]
pub(super) struct DriverLink {
    received: VecDeque<Vec<u8>>,
    /// The payloads that wait for the driver.
    waiting: VecDeque<(Channel, Vec<u8>)>,
    sequence: u8,
    credits: Credits,
    /// Frames may have been left with the air because there was no room.
    was_full: bool,
    pub(super) mask: EventMask,
}

impl DriverLink {
    /// A frame of a header alone.
    const CREDIT: (Channel, Vec<u8>) = (Channel::Event, Vec::new());

    /// As the firmware starts: with a frame that gives credit.
    pub(super) fn new() -> Self {
        Self {
            received: VecDeque::new(),
            waiting: VecDeque::from([Self::CREDIT]),
            sequence: 0,
            credits: Credits::new(),
            was_full: false,
            mask: EventMask::default(),
        }
    }

    pub(super) fn handle(&mut self, frame: Vec<u8>) {
        self.received.push_back(frame);
    }

    pub(super) fn has_received(&self) -> bool {
        !self.received.is_empty()
    }

    pub(super) fn take_received(&mut self) -> Option<Vec<u8>> {
        self.received.pop_front()
    }

    /// # Errors
    ///
    /// The first sequence number without credit, where the driver had none for this frame.
    pub(super) const fn handle_sequence(&mut self, sequence: u8) -> Result<(), u8> {
        let granted = self.credits.granted();
        if self.credits.handle(sequence) { Ok(()) } else { Err(granted) }
    }

    /// Whether there is something to do at once: frames from the driver, or room again for frames from the air.
    pub(super) fn needs_attention(&self) -> bool {
        self.has_received() || self.was_full && self.waiting.len() < WAITING_MAX
    }

    pub(super) fn has_room(&mut self) -> bool {
        self.was_full = self.waiting.len() >= WAITING_MAX;
        !self.was_full
    }

    pub(super) fn push(&mut self, channel: Channel, payload: Vec<u8>) {
        self.waiting.push_back((channel, payload));
    }

    /// Tells the driver, if it wants to hear of such events.
    pub(super) fn push_event(&mut self, event: &Event, radio: [u8; 6]) {
        if self.mask.contains(event.event_type) {
            self.push(Channel::Event, bdc::encode(0, &event.encode(radio)));
        }
    }

    /// Gives credit with a frame of its own, where no other takes it along.
    pub(super) fn renew_credit(&mut self) {
        if self.waiting.is_empty() && self.credits.is_low() {
            self.waiting.push_back(Self::CREDIT);
        }
    }

    /// The length of the frame that waits for the driver, in bytes.
    pub(super) fn waiting_len(&self) -> Option<usize> {
        self.waiting.front().map(|(channel, payload)| sdpcm::frame_len(*channel, payload))
    }

    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let (channel, payload) = self.waiting.pop_front()?;
        let frame = sdpcm::encode(channel, self.sequence, self.credits.grant(), &payload);
        self.sequence = self.sequence.wrapping_add(1);
        Some(frame)
    }
}
