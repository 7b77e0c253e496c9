//! BDC: the header before Ethernet frames and events.

use super::sdpcm::FrameError;

const HEADER_LEN: usize = 4;
/// Version 2, in the upper half of the first byte.
const VERSION: u8 = 0x20;

/// The interface and the Ethernet frame of a payload on the data channel.
///
/// # Errors
///
/// The payload ends within the header.
pub(super) fn decode(payload: &[u8]) -> Result<(u8, &[u8]), FrameError> {
    let short = FrameError::Short { header: "BDC", len: payload.len() };
    let &[_, _, interface, words] = payload.first_chunk::<HEADER_LEN>().ok_or(short)?;
    let frame = payload.get(HEADER_LEN + 4 * usize::from(words)..).ok_or(short)?;
    Ok((interface & 0x0f, frame))
}

/// A payload on the data or event channel.
pub(super) fn encode(interface: u8, frame: &[u8]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(HEADER_LEN + frame.len());
    payload.extend([VERSION, 0, interface, 0]);
    payload.extend(frame);
    payload
}
