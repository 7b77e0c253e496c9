//! CDC: the header of ioctls and their answers.

use super::report::Kind;
use super::sdpcm::FrameError;

const HEADER_LEN: usize = 16;
/// Flags: whether it sets, that it failed, and the interface.
const FLAG_ERROR: u16 = 1 << 0;
const FLAG_SET: u16 = 1 << 1;
const INTERFACE_SHIFT: u32 = 12;

/// An ioctl from the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) kind: Kind,
    pub(super) command: u32,
    pub(super) interface: u8,
    /// What carries the answer back to the question.
    id: u16,
    flags: u16,
    /// What it carries; the answer is as long.
    pub(super) data: Vec<u8>,
}

/// # Errors
///
/// Why the payload is no ioctl.
pub(super) fn decode(payload: &[u8]) -> Result<Request, FrameError> {
    let Some((header, data)) = payload.split_first_chunk::<HEADER_LEN>() else {
        return Err(FrameError::Short { header: "CDC", len: payload.len() });
    };
    let &[c0, c1, c2, c3, l0, l1, _, _, f0, f1, i0, i1, ..] = header;
    let announced = u16::from_le_bytes([l0, l1]);
    let Some(data) = data.get(..usize::from(announced)) else {
        return Err(FrameError::Data { announced: announced.into(), sent: data.len() });
    };
    let flags = u16::from_le_bytes([f0, f1]);
    Ok(Request {
        kind: if flags & FLAG_SET != 0 { Kind::Set } else { Kind::Get },
        command: u32::from_le_bytes([c0, c1, c2, c3]),
        interface: (flags >> INTERFACE_SHIFT) as u8,
        id: u16::from_le_bytes([i0, i1]),
        flags,
        data: data.to_vec(),
    })
}

impl Request {
    /// The answer: the status, and as much of the data as the driver has room for. Zeros fill the rest, for the C driver takes
    /// what the answer lacks for an answer too, and that is its own question.
    pub(super) fn answer(&self, result: Result<&[u8], Status>) -> Vec<u8> {
        let (flags, status, data) = match result {
            Ok(data) => (self.flags, 0, data),
            Err(status) => (self.flags | FLAG_ERROR, status as i32, &[][..]),
        };
        let len = self.data.len();
        let mut answer = Vec::with_capacity(HEADER_LEN + len);
        answer.extend(self.command.to_le_bytes());
        answer.extend((len as u32).to_le_bytes());
        answer.extend(flags.to_le_bytes());
        answer.extend(self.id.to_le_bytes());
        answer.extend(status.to_le_bytes());
        answer.extend(&data[..data.len().min(len)]);
        answer.resize(HEADER_LEN + len, 0);
        answer
    }
}

/// Why the firmware did not do what it was asked for; the numbers are the vendor's (`bcmerror.h` in brcmfmac and elsewhere).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum Status {
    /// `BCME_ERROR`.
    Error = -1,
    /// `BCME_BADARG`.
    BadArgument = -2,
    /// `BCME_NOTUP`.
    NotUp = -4,
    /// `BCME_BUFTOOSHORT`.
    BufferTooShort = -14,
    /// `BCME_NOTASSOCIATED`.
    NotAssociated = -17,
    /// `BCME_BADSSIDLEN`.
    BadSsidLength = -18,
    /// `BCME_BADCHAN`.
    BadChannel = -20,
    /// `BCME_UNSUPPORTED`.
    Unsupported = -23,
    /// `BCME_NOTFOUND`.
    NotFound = -30,
}
