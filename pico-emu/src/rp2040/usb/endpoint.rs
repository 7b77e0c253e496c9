//! What the processors tell the controller of an endpoint, in the memory that they share (RP2040 datasheet, 4.1.2.5.2 and
//! 4.1.2.5.3).

use super::bus::DataPid;

/// Where the buffers of endpoint 0 are, which cannot be moved.
const EP0_BUFFER: u32 = 0x100;
const BUFFER_CONTROL: usize = 0x80;

/// One direction of an endpoint, as bits are numbered in `BUFF_STATUS`: IN is even, OUT is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index(usize);

impl Index {
    pub(super) const fn new(endpoint: u8, is_out: bool) -> Self {
        Self(2 * (endpoint as usize & 0xf) + is_out as usize)
    }

    pub(super) const fn bit(self) -> u32 {
        1 << self.0
    }

    pub(super) const fn is_endpoint0(self) -> bool {
        self.0 < 2
    }

    /// Where its control register is, if it is not endpoint 0.
    pub(super) const fn control(self) -> usize {
        4 * self.0
    }

    pub(super) const fn buffer_control(self) -> usize {
        BUFFER_CONTROL + 4 * self.0
    }
}

/// An endpoint control register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Control(pub(super) u32);

impl Control {
    const ENABLE: u32 = 1 << 31;
    const DOUBLE_BUFFERED: u32 = 1 << 30;
    const INTERRUPT_PER_BUFFER: u32 = 1 << 29;
    const INTERRUPT_PER_TWO_BUFFERS: u32 = 1 << 28;
    const INTERRUPT_ON_STALL: u32 = 1 << 17;
    const INTERRUPT_ON_NAK: u32 = 1 << 16;
    const TYPE_ISOCHRONOUS: u32 = 1;

    /// What it would be for endpoint 0, whose bits are in `SIE_CTRL`.
    pub(super) const fn of_endpoint0(sie_ctrl: u32) -> Self {
        let buffers = sie_ctrl & (Self::DOUBLE_BUFFERED | Self::INTERRUPT_PER_BUFFER | Self::INTERRUPT_PER_TWO_BUFFERS);
        Self(Self::ENABLE | buffers | (sie_ctrl >> 31) << 17 | (sie_ctrl >> 27 & 1) << 16 | EP0_BUFFER)
    }

    pub(super) const fn is_enabled(self) -> bool {
        self.0 & Self::ENABLE != 0
    }

    pub(super) const fn is_double_buffered(self) -> bool {
        self.0 & Self::DOUBLE_BUFFERED != 0
    }

    pub(super) const fn tells_of_each_buffer(self) -> bool {
        self.0 & Self::INTERRUPT_PER_BUFFER != 0
    }

    pub(super) const fn tells_of_two_buffers(self) -> bool {
        self.0 & Self::INTERRUPT_PER_TWO_BUFFERS != 0
    }

    pub(super) const fn tells_of_stall(self) -> bool {
        self.0 & Self::INTERRUPT_ON_STALL != 0
    }

    pub(super) const fn tells_of_nak(self) -> bool {
        self.0 & Self::INTERRUPT_ON_NAK != 0
    }

    pub(super) const fn is_isochronous(self) -> bool {
        self.0 >> 26 & 3 == Self::TYPE_ISOCHRONOUS
    }

    /// Where one of its buffers is. Only isochronous endpoints choose how far the second one is behind the first.
    pub(super) const fn buffer(self, buffers: BufferControl, second: bool) -> usize {
        let distance = match (second, self.is_isochronous()) {
            (false, _) => 0,
            (true, false) => 64,
            (true, true) => 128 << (buffers.0 >> 27 & 3),
        };
        (self.0 & 0xffc0) as usize + distance
    }
}

/// A buffer control register: a half for each buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BufferControl(pub(super) u32);

impl BufferControl {
    const FULL: u32 = 1 << 15;
    const LAST: u32 = 1 << 14;
    const DATA1: u32 = 1 << 13;
    const RESET_SELECT: u32 = 1 << 12;
    const STALL: u32 = 1 << 11;
    const AVAILABLE: u32 = 1 << 10;
    const LEN: u32 = 0x3ff;

    pub(super) const fn stalls(self) -> bool {
        self.0 & Self::STALL != 0
    }

    /// Whether the next buffer is the first one, whichever was the last.
    pub(super) const fn resets_select(self) -> bool {
        self.0 & Self::RESET_SELECT != 0
    }

    /// Whether a buffer is ready to be sent, or to be filled.
    pub(super) const fn is_ready(self, second: bool, is_out: bool) -> bool {
        let half = self.half(second);
        half & Self::AVAILABLE != 0 && (half & Self::FULL == 0) == is_out
    }

    pub(super) const fn is_last(self, second: bool) -> bool {
        self.half(second) & Self::LAST != 0
    }

    pub(super) const fn pid(self, second: bool) -> DataPid {
        if self.half(second) & Self::DATA1 != 0 { DataPid::Data1 } else { DataPid::Data0 }
    }

    pub(super) const fn len(self, second: bool) -> usize {
        (self.half(second) & Self::LEN) as usize
    }

    /// The same behind the transfer of a buffer, which then is the processors' again.
    pub(super) const fn done(self, second: bool, received: Option<usize>) -> Self {
        let half = self.half(second) & !(Self::AVAILABLE | Self::FULL);
        let half = match received {
            Some(len) => half & !Self::LEN | Self::FULL | len as u32,
            None => half,
        };
        let shift = 16 * second as u32;
        Self((self.0 & !(0xffff << shift) | half << shift) & !Self::RESET_SELECT)
    }

    const fn half(self, second: bool) -> u32 {
        self.0 >> (16 * second as u32) & 0xffff
    }
}
