//! Control transfers (USB 2.0, 8.5.3).

use super::error::TransferError;
use super::transaction::Moment;
use crate::rp2040::usb::{DataPid, Reply, Setup, Token};

/// How often in a row a device may leave a token without an answer.
const ATTEMPTS: u8 = 3;
/// How long a transfer may last.
const TIMEOUT_NS: u64 = 5_000_000_000;
const IN: u8 = 0x80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Setup,
    DataIn,
    DataOut,
    /// With an empty packet in the direction opposite to that of the data.
    Status,
}

/// One control transfer, token by token.
#[derive(Clone, Debug)]
pub(super) struct ControlTransfer {
    setup: Setup,
    max_packet: usize,
    deadline_ns: u64,
    stage: Stage,
    pid: DataPid,
    /// What has been received, or is to be sent.
    data: Vec<u8>,
    sent: usize,
    failures: u8,
    /// When the device is asked next, behind a NAK.
    resumes_ns: u64,
}

impl ControlTransfer {
    /// Asks for as many bytes as the request says.
    pub(super) fn read(setup: Setup, max_packet: usize, time_ns: u64) -> Self {
        Self::write(setup, &[], max_packet, time_ns)
    }

    /// Sends data with the request, if there is any.
    pub(super) fn write(setup: Setup, data: &[u8], max_packet: usize, time_ns: u64) -> Self {
        Self {
            setup,
            max_packet,
            deadline_ns: time_ns + TIMEOUT_NS,
            stage: Stage::Setup,
            pid: DataPid::Data1,
            data: data.to_vec(),
            sent: 0,
            failures: 0,
            resumes_ns: 0,
        }
    }

    /// When it goes on.
    pub(super) const fn resumes_ns(&self) -> u64 {
        self.resumes_ns
    }

    /// What is to be sent to endpoint 0.
    pub(super) fn token(&self) -> Token<'_> {
        match self.stage {
            Stage::Setup => Token::Setup(self.setup),
            Stage::DataIn => Token::In,
            Stage::DataOut => Token::Out(self.pid, self.packet()),
            Stage::Status if self.is_read() => Token::Out(DataPid::Data1, &[]),
            Stage::Status => Token::In,
        }
    }

    /// Goes on by the answer. Returns what was received when the transfer is done.
    pub(super) fn handle(&mut self, reply: Reply, moment: Moment) -> Result<Option<Vec<u8>>, TransferError> {
        if matches!(reply, Reply::Nak | Reply::Nothing) {
            self.resumes_ns = moment.frame_ends_ns;
        }
        if matches!(reply, Reply::Nothing) {
            self.failures += 1;
            return if self.failures < ATTEMPTS { Ok(None) } else { Err(TransferError::NoAnswer) };
        }
        self.failures = 0;
        match (self.stage, reply) {
            (_, Reply::Stall) => return Err(TransferError::Stalled),
            (Stage::Setup, Reply::Ack) => {
                self.stage = match (self.is_read(), self.len()) {
                    (_, 0) => Stage::Status,
                    (true, _) => Stage::DataIn,
                    (false, _) => Stage::DataOut,
                };
            }
            (Stage::DataIn, Reply::Data(pid, bytes)) if pid == self.pid => self.take(&bytes)?,
            (Stage::DataOut, Reply::Ack) => {
                self.sent += self.packet().len();
                self.pid = !self.pid;
                if self.sent == self.data.len() {
                    self.stage = Stage::Status;
                }
            }
            (Stage::Status, Reply::Ack) => return Ok(Some(std::mem::take(&mut self.data))),
            (Stage::Status, Reply::Data(DataPid::Data1, bytes)) => {
                return if bytes.is_empty() {
                    Ok(Some(Vec::new()))
                } else {
                    Err(TransferError::Babble { sent: bytes.len(), allowed: 0 })
                };
            }
            // NAK, or a packet that has come before.
            _ => {}
        }
        if moment.now_ns < self.deadline_ns { Ok(None) } else { Err(TransferError::TimedOut(TIMEOUT_NS / 1_000_000)) }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), TransferError> {
        let allowed = self.max_packet.min(self.len() - self.data.len());
        if bytes.len() > allowed {
            return Err(TransferError::Babble { sent: bytes.len(), allowed });
        }
        self.data.extend_from_slice(bytes);
        self.pid = !self.pid;
        if bytes.len() < self.max_packet || self.data.len() == self.len() {
            self.stage = Stage::Status;
        }
        Ok(())
    }

    fn packet(&self) -> &[u8] {
        &self.data[self.sent..self.data.len().min(self.sent + self.max_packet)]
    }

    const fn is_read(&self) -> bool {
        self.setup[0] & IN != 0 && self.len() > 0
    }

    const fn len(&self) -> usize {
        u16::from_le_bytes([self.setup[6], self.setup[7]]) as usize
    }
}
