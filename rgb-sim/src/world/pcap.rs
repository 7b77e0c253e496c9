//! Frames as a file for Wireshark and tcpdump: classic pcap (draft-ietf-opsawg-pcap, with magic number 0xa1b2c3d4).

use std::io::{self, Write};

use rgb_proto::Instant;

use super::{NodeId, Tap};

/// Writes every frame to a file. Give it to [`Air::set_tap`](super::Air::set_tap).
///
/// Times are microseconds of the world's clock, which begins in 1970 as far as the file is concerned. Each frame is in it
/// once, as it left the card.
#[derive(Debug)]
pub struct Pcap<W> {
    out: W,
    /// What went wrong first; nothing is written after it.
    error: Option<io::Error>,
}

impl<W: Write> Pcap<W> {
    /// Seconds and microseconds, in the byte order of this file.
    const MAGIC: u32 = 0xa1b2_c3d4;
    const VERSION: [u16; 2] = [2, 4];
    /// Longer frames would be cut.
    const SNAP_LEN: u32 = 65_535;
    const LINKTYPE_ETHERNET: u32 = 1;

    /// A file that begins now. It is written in small pieces: put a [`BufWriter`](io::BufWriter) around a real file.
    pub fn new(mut out: W) -> Self {
        let [major, minor] = Self::VERSION;
        let mut header = [0; 24];
        header[..4].copy_from_slice(&Self::MAGIC.to_le_bytes());
        header[4..6].copy_from_slice(&major.to_le_bytes());
        header[6..8].copy_from_slice(&minor.to_le_bytes());
        header[16..20].copy_from_slice(&Self::SNAP_LEN.to_le_bytes());
        header[20..].copy_from_slice(&Self::LINKTYPE_ETHERNET.to_le_bytes());
        let error = out.write_all(&header).err();
        Self { out, error }
    }

    fn write(&mut self, at: Instant, frame: &[u8]) -> io::Result<()> {
        let len = frame.len() as u32;
        let (seconds, micros) = (at.as_micros() / 1_000_000, at.as_micros() % 1_000_000);
        let mut header = [0; 16];
        for (place, word) in header.as_chunks_mut::<4>().0.iter_mut().zip([seconds as u32, micros as u32, len, len]) {
            *place = word.to_le_bytes();
        }
        self.out.write_all(&header)?;
        self.out.write_all(frame)
    }
}

impl<W: Write + Send> Tap for Pcap<W> {
    fn frame(&mut self, at: Instant, _from: NodeId, frame: &[u8]) {
        if self.error.is_none() {
            self.error = self.write(at, frame).err();
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.out.flush(),
        }
    }
}
