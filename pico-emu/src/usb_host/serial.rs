//! A serial port in use: text by its bulk endpoints.

use std::collections::VecDeque;

use super::control::ControlTransfer;
use super::descriptor::EndpointDescriptor;
use super::enumeration::{DeviceInfo, SerialPort, setup};
use super::error::TransferError;
use super::transaction::{Moment, Transaction};
use crate::rp2040::usb::{DataPid, Reply, Token};

/// How often in a row a device may leave a token without an answer.
const ATTEMPTS: u8 = 3;
const FRAME_NS: u64 = 1_000_000;
/// How soon an endpoint is polled again that has been busy in this frame and now says NAK: as long as a driver takes for
/// its next packet.
const BUSY_NS: u64 = 25_000;
const TO_ENDPOINT: u8 = 0x02;
const CLEAR_FEATURE: u8 = 1;
const ENDPOINT_HALT: u16 = 0;
const IN: u8 = 0x80;

/// What passes between the port and whoever uses it.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) received: Vec<u8>,
    pub(super) to_send: VecDeque<u8>,
}

/// One direction of one endpoint.
#[derive(Clone, Copy, Debug)]
struct Pipe {
    endpoint: EndpointDescriptor,
    is_in: bool,
    pid: DataPid,
    /// When it is polled next, behind a NAK.
    resumes_ns: u64,
    /// The end of the frame in which data passed.
    busy_frame_ns: u64,
    failures: u8,
}

impl Pipe {
    const fn new(endpoint: EndpointDescriptor, is_in: bool) -> Self {
        Self { endpoint, is_in, pid: DataPid::Data0, resumes_ns: 0, busy_frame_ns: 0, failures: 0 }
    }

    /// Data has passed.
    fn advance(&mut self, moment: Moment) {
        self.pid = !self.pid;
        self.busy_frame_ns = moment.frame_ends_ns;
    }
}

const OUTPUT: usize = 0;
const INPUT: usize = 1;

/// The serial port, transaction by transaction.
#[derive(Clone, Debug)]
pub(super) struct Serial {
    port: SerialPort,
    /// For output, for input, and for notifications, if there are any.
    pipes: Vec<Pipe>,
    /// The pipe of the last transaction.
    last: usize,
    /// Clears the halt of that pipe, which the device has told by a stall.
    recovery: Option<ControlTransfer>,
    /// How much the last transaction sent.
    sent: usize,
}

impl Serial {
    pub(super) fn new(port: SerialPort) -> Self {
        let mut pipes = vec![Pipe::new(port.interface.bulk_out, false), Pipe::new(port.interface.bulk_in, true)];
        pipes.extend(port.interface.notifications.map(|endpoint| Pipe::new(endpoint, true)));
        Self { port, pipes, last: INPUT, recovery: None, sent: 0 }
    }

    pub(super) const fn info(&self) -> &DeviceInfo {
        &self.port.info
    }

    /// When there is something to be done.
    pub(super) fn resumes_ns(&self, text: &Text) -> u64 {
        if let Some(transfer) = &self.recovery {
            return transfer.resumes_ns();
        }
        let pipes = self.pipes.iter().skip(usize::from(text.to_send.is_empty()));
        pipes.map(|pipe| pipe.resumes_ns).min().unwrap_or(u64::MAX)
    }

    /// What is to be done, if there is anything by now.
    pub(super) fn transaction<'a>(&'a mut self, now_ns: u64, text: &'a mut Text) -> Option<Transaction<'a>> {
        let (address, max_packet) = (self.port.address, self.port.max_packet);
        if let Some(transfer) = &self.recovery {
            return Some(Transaction { address, endpoint: 0, token: transfer.token(), max_packet });
        }
        let turns = (1..=self.pipes.len()).map(|turn| (self.last + turn) % self.pipes.len());
        let has_work =
            |&pipe: &usize| now_ns >= self.pipes[pipe].resumes_ns && (pipe != OUTPUT || !text.to_send.is_empty());
        self.last = { turns }.find(has_work)?;
        let Pipe { endpoint, is_in, pid, .. } = self.pipes[self.last];
        self.sent = text.to_send.len().min(endpoint.max_packet);
        let token = if is_in { Token::In } else { Token::Out(pid, &text.to_send.make_contiguous()[..self.sent]) };
        Some(Transaction { address, endpoint: endpoint.number, token, max_packet: endpoint.max_packet })
    }

    /// Goes on by the answer.
    pub(super) fn handle(&mut self, reply: Reply, moment: Moment, text: &mut Text) -> Result<(), TransferError> {
        let Some(transfer) = &mut self.recovery else { return self.handle_pipe(reply, moment, text) };
        if transfer.handle(reply, moment)?.is_some() {
            self.pipes[self.last].pid = DataPid::Data0;
            self.recovery = None;
        }
        Ok(())
    }

    fn handle_pipe(&mut self, reply: Reply, moment: Moment, text: &mut Text) -> Result<(), TransferError> {
        let pipe = &mut self.pipes[self.last];
        let failures = std::mem::take(&mut pipe.failures);
        match reply {
            Reply::Data(_, bytes) if bytes.len() > pipe.endpoint.max_packet => {
                return Err(TransferError::Babble { sent: bytes.len(), allowed: pipe.endpoint.max_packet });
            }
            Reply::Data(pid, bytes) => {
                // Otherwise it has come before.
                if pid == pipe.pid {
                    pipe.advance(moment);
                    // Notifications are taken, so that the device can go on, and nobody asks for them.
                    if self.last == INPUT {
                        text.received.extend(bytes);
                    }
                }
            }
            Reply::Ack => {
                pipe.advance(moment);
                text.to_send.drain(..self.sent);
            }
            Reply::Nak if self.last > INPUT => {
                let interval = u64::from(pipe.endpoint.interval.max(1));
                pipe.resumes_ns = moment.frame_ends_ns + (interval - 1) * FRAME_NS;
            }
            Reply::Nak => {
                let is_busy = pipe.busy_frame_ns == moment.frame_ends_ns;
                pipe.resumes_ns = if is_busy { moment.now_ns + BUSY_NS } else { moment.frame_ends_ns };
            }
            Reply::Stall => {
                let address = pipe.endpoint.number | if pipe.is_in { IN } else { 0 };
                let request = setup(TO_ENDPOINT, CLEAR_FEATURE, ENDPOINT_HALT, u16::from(address), 0);
                self.recovery = Some(ControlTransfer::read(request, self.port.max_packet, moment.now_ns));
            }
            Reply::Nothing => {
                pipe.failures = failures + 1;
                pipe.resumes_ns = moment.frame_ends_ns;
                if pipe.failures == ATTEMPTS {
                    return Err(TransferError::NoAnswer);
                }
            }
        }
        Ok(())
    }
}
