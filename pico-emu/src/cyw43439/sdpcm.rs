//! SDPCM: the header of every frame between driver and firmware, with its channels and credits.

use thiserror::Error;

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Ioctls and their answers.
    Control,
    /// Events, from the firmware only.
    Event,
    /// Ethernet frames.
    Data,
}

/// Why a frame from the driver is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// It ends within this header.
    #[error("{len} bytes end within its {header} header")]
    Short {
        /// Which header.
        header: &'static str,
        /// How many bytes there are.
        len: usize,
    },
    /// The second 16 bits are not the complement of the length.
    #[error("its length {len:#06x} and the complement {complement:#06x} do not fit")]
    Length {
        /// The length.
        len: u16,
        /// What should be its complement.
        complement: u16,
    },
    /// The length is more than what was sent, or less than the headers.
    #[error("its length is {len} and its header's {header_len}, but {sent} bytes were sent")]
    Bounds {
        /// The length that it states.
        len: u16,
        /// The header's length that it states.
        header_len: u8,
        /// How many bytes there are.
        sent: usize,
    },
    /// It is no Ethernet frame of 14 to 1514 bytes.
    #[error("its Ethernet frame is {0} bytes long, and not 14 to 1514")]
    Ethernet(usize),
    /// The length of an ioctl's data is more than what was sent.
    #[error("its ioctl's data is {announced} bytes long, but {sent} were sent")]
    Data {
        /// The length that it states.
        announced: u32,
        /// How many bytes there are.
        sent: usize,
    },
}

/// The header, without what is used in one direction only.
const HEADER_LEN: usize = 12;

/// A frame from the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received<'a> {
    pub(super) sequence: u8,
    /// The channel's number.
    pub(super) channel: u8,
    pub(super) payload: &'a [u8],
}

/// # Errors
///
/// Why the bytes are no frame.
pub(super) fn decode(frame: &[u8]) -> Result<Received<'_>, FrameError> {
    let Some(&[len_0, len_1, not_0, not_1, sequence, channel, _, header_len]) = frame.first_chunk() else {
        return Err(FrameError::Short { header: "SDPCM", len: frame.len() });
    };
    let (len, complement) = (u16::from_le_bytes([len_0, len_1]), u16::from_le_bytes([not_0, not_1]));
    if len != !complement {
        return Err(FrameError::Length { len, complement });
    }
    let payload = usize::from(header_len)..usize::from(len);
    if payload.start < HEADER_LEN {
        return Err(FrameError::Bounds { len, header_len, sent: frame.len() });
    }
    let payload = frame.get(payload).ok_or(FrameError::Bounds { len, header_len, sent: frame.len() })?;
    Ok(Received { sequence, channel: channel & 0x0f, payload })
}

/// How long the header before a payload for the driver is.
///
/// The C driver reads answers as words where they lie, so they must begin at a multiple of four; and events two bytes
/// behind one, because it moves them back by those two. A frame that only gives credit is its header alone.
const fn header_len(channel: Channel, payload: &[u8]) -> usize {
    match channel {
        Channel::Event | Channel::Data if !payload.is_empty() => HEADER_LEN + 2,
        _ => HEADER_LEN,
    }
}

/// The length of a frame for the driver.
pub(super) const fn frame_len(channel: Channel, payload: &[u8]) -> usize {
    header_len(channel, payload) + payload.len()
}

/// A frame for the driver: up to which sequence number it may send, then the payload.
pub(super) fn encode(channel: Channel, sequence: u8, credit: u8, payload: &[u8]) -> Vec<u8> {
    let header_len = header_len(channel, payload);
    let len = (header_len + payload.len()) as u16;
    let mut frame = Vec::with_capacity(usize::from(len));
    frame.extend(len.to_le_bytes());
    frame.extend((!len).to_le_bytes());
    let number = match channel {
        Channel::Control => 0,
        Channel::Event => 1,
        Channel::Data => 2,
    };
    // No length of a next frame, and no flow control: the C driver stops sending for any.
    frame.extend([sequence, number, 0, header_len as u8, 0, credit]);
    frame.resize(header_len, 0);
    frame.extend(payload);
    frame
}

/// Which of the driver's frames the firmware has taken, and how many more it may send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Credits {
    /// The sequence number that comes next.
    next: u8,
    /// The first sequence number that the driver may not use yet, as far as it was told.
    granted: u8,
}

impl Credits {
    /// How many frames the driver may have under way. The C driver takes a grant of at most 20 at once.
    const WINDOW: u8 = 16;

    /// Before it has heard anything a driver sends one frame.
    pub(super) const fn new() -> Self {
        Self { next: 0, granted: 1 }
    }

    /// Takes note of a frame, and says whether it was sent on credit.
    pub(super) const fn handle(&mut self, sequence: u8) -> bool {
        let is_granted = self.granted.wrapping_sub(sequence).wrapping_sub(1) < 0x80;
        self.next = sequence.wrapping_add(1);
        is_granted
    }

    /// The first sequence number that the driver may not use yet, as far as it was told.
    pub(super) const fn granted(&self) -> u8 {
        self.granted
    }

    /// Whether the driver should hear of more before it runs out.
    pub(super) const fn is_low(&self) -> bool {
        self.granted.wrapping_sub(self.next) <= Self::WINDOW / 2
    }

    /// What to tell the driver now.
    pub(super) const fn grant(&mut self) -> u8 {
        self.granted = self.next.wrapping_add(Self::WINDOW);
        self.granted
    }
}
