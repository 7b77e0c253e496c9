//! Frames in both directions.

use super::{BUS, CDriver, WLAN, four};

/// An event as this driver takes it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) number: u32,
    pub(crate) status: u32,
    pub(crate) reason: u32,
    pub(crate) flags: u16,
    pub(crate) interface: u8,
    /// From the message's version on.
    pub(crate) message: Vec<u8>,
}

impl Event {
    /// Number, status, reason, flags.
    pub(crate) fn summary(&self) -> (u32, u32, u32, u16) {
        (self.number, self.status, self.reason, self.flags)
    }
}

impl CDriver {
    pub(crate) fn send_ethernet(&mut self, interface: u8, frame: &[u8]) {
        self.send(2, &[&[0, 0, 0x20, 0, interface, 0], frame].concat());
    }

    /// Takes the answer that has come.
    pub(crate) fn take_answer(&mut self) {
        assert!(self.poll_device().is_some(), "no answer has come");
    }

    pub(super) fn send(&mut self, channel: u8, payload: &[u8]) {
        for _ in 0..1000 {
            if self.credit != self.sequence {
                break;
            }
            assert_eq!(self.poll_device(), None, "an answer that nobody asked for");
            self.pass_us(100);
        }
        assert_ne!(self.credit, self.sequence, "the radio gives no credit");
        let len = (12 + payload.len()) as u16;
        let header_len = if channel == 2 { 14 } else { 12 };
        let mut frame = [len.to_le_bytes(), (!len).to_le_bytes()].concat();
        frame.extend([self.next_sequence(), channel, 0, header_len, 0, 0, 0, 0]);
        frame.extend(payload);
        frame.resize(frame.len().next_multiple_of(4), 0);
        self.write_bytes(WLAN, 0, &frame);
    }

    /// Takes the next frame if there is one; answers to ioctls are handed on, the rest is kept.
    pub(super) fn poll_device(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.chip.data() != Some(true) {
                return None;
            }
            let interrupts = self.read(BUS, 0x04, 2);
            assert_eq!(interrupts & !0x20, 0, "a bus error");
            self.write(BUS, 0x04, interrupts, 2);
            let status = self.read(BUS, 0x08, 4);
            if status & 0x100 == 0 {
                return None;
            }
            let len = (status >> 9 & 0x7ff) as usize;
            assert!((1..=1536).contains(&len));
            let frame = self.read_bytes(WLAN, 0, len);
            if let Some(answer) = self.handle_frame(frame) {
                return Some(answer);
            }
        }
    }

    fn handle_frame(&mut self, frame: Vec<u8>) -> Option<Vec<u8>> {
        let len = u16::from_le_bytes([frame[0], frame[1]]);
        assert_eq!(usize::from(len), frame.len());
        assert_eq!(!len, u16::from_le_bytes([frame[2], frame[3]]));
        let &[channel, _, header_len, flow, credit] = &frame[5..10] else { unreachable!("five bytes") };
        assert_eq!(flow, 0, "flow control stops this driver");
        if credit.wrapping_sub(self.credit) <= 20 {
            self.credit = credit;
        }
        // It reads words, or moves events back by two bytes to where they are words.
        assert_eq!(header_len % 4, if channel == 0 || frame.len() == 12 { 0 } else { 2 });
        let payload = &frame[usize::from(header_len)..];
        match channel {
            0 => return Some(frame),
            // Credit alone.
            _ if frame.len() == 12 => {}
            1 => {
                let ethernet = &payload[4 + 4 * usize::from(payload[3])..];
                assert_eq!(ethernet[12..14], [0x88, 0x6c]);
                assert_eq!(ethernet[19..22], [0x00, 0x10, 0x18]);
                let message = ethernet[24..].to_vec();
                let number = |at: usize| u32::from_be_bytes(four(&message[at..at + 4]));
                self.events.push(Event {
                    number: number(4),
                    status: number(8),
                    reason: number(12),
                    flags: u16::from_be_bytes([message[2], message[3]]),
                    interface: message[46],
                    message,
                });
            }
            2 => self.frames.push((payload[2], payload[4 + 4 * usize::from(payload[3])..].to_vec())),
            channel => panic!("a frame on channel {channel}"),
        }
        None
    }
}
