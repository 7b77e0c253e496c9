//! How the controller answers, and what it tells the processors (RP2040 datasheet, 4.1.2.6).

use super::Usb;
use super::bus::{DataPid, Reply, Setup, Token};
use super::endpoint::{BufferControl, Control, Index};
use super::registers::{EP_ABORT, EP_STALL_ARM, SIE_CTRL, sie_status};
use crate::bus::Width;

/// What becomes of a transaction, for the processors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Setup(Setup),
    Sent,
    Received(Vec<u8>),
    /// Data that has come before: its acknowledgement has got lost.
    WrongPid,
    Nak,
    Stall,
    /// Nothing that they are told.
    Nothing,
}

/// A transaction that is on the bus.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    end_ns: u64,
    index: Index,
    outcome: Outcome,
}

impl Usb {
    /// How a token is answered, and what becomes of the transaction.
    pub(super) fn answer(&self, address: u8, endpoint: u8, token: Token<'_>) -> (Reply, Index, Outcome) {
        let index = Index::new(endpoint, !matches!(token, Token::In));
        let control = self.control(index);
        let is_addressed = self.listens() && self.controller.is_connected;
        if !is_addressed || address != self.controller.registers.address() || !control.is_enabled() {
            return (Reply::Nothing, index, Outcome::Nothing);
        }
        let (reply, outcome) = match token {
            Token::Setup(setup) if index.is_endpoint0() => (Reply::Ack, Outcome::Setup(setup)),
            Token::Setup(_) => (Reply::Nothing, Outcome::Nothing),
            _ if self.is_stalled(index) => (Reply::Stall, Outcome::Stall),
            Token::In => self.answer_in(index, control),
            Token::Out(pid, bytes) => self.answer_out(index, control, pid, bytes),
        };
        let outcome = match outcome {
            Outcome::Nak if !control.tells_of_nak() => Outcome::Nothing,
            Outcome::Stall if !control.tells_of_stall() => Outcome::Nothing,
            outcome => outcome,
        };
        match reply {
            Reply::Ack | Reply::Nak if control.is_isochronous() => (Reply::Nothing, index, outcome),
            reply => (reply, index, outcome),
        }
    }

    fn answer_in(&self, index: Index, control: Control) -> (Reply, Outcome) {
        let (buffers, second) = self.next_buffer(index, control);
        if self.is_aborted(index) || !buffers.is_ready(second, false) {
            return (Reply::Nak, Outcome::Nak);
        }
        let bytes = self.dpram.buffer(control.buffer(buffers, second), buffers.len(second));
        (Reply::Data(buffers.pid(second), bytes), Outcome::Sent)
    }

    fn answer_out(&self, index: Index, control: Control, pid: DataPid, bytes: &[u8]) -> (Reply, Outcome) {
        let (buffers, second) = self.next_buffer(index, control);
        if self.is_aborted(index) || !buffers.is_ready(second, true) {
            (Reply::Nak, Outcome::Nak)
        } else if buffers.pid(second) == pid {
            (Reply::Ack, Outcome::Received(bytes.to_vec()))
        } else {
            (Reply::Ack, Outcome::WrongPid)
        }
    }

    /// The transaction is on the bus, for so long.
    pub(super) fn begin(&mut self, index: Index, outcome: Outcome, duration_ns: u64) {
        self.end_idleness();
        assert!(self.controller.in_flight.is_none(), "a host begins a transaction while another one is on the bus");
        if outcome != Outcome::Nothing {
            self.controller.in_flight = Some(InFlight { end_ns: self.time_ns + duration_ns, index, outcome });
        }
    }

    /// When the transaction ends that is on the bus, if the processors are told of it.
    pub(super) fn completion_ns(&self) -> Option<u64> {
        self.controller.in_flight.as_ref().map(|in_flight| in_flight.end_ns)
    }

    /// The transaction ends.
    pub(super) fn complete(&mut self) {
        let Some(InFlight { index, outcome, .. }) = self.controller.in_flight.take() else { return };
        let control = self.control(index);
        match outcome {
            Outcome::Setup(setup) => {
                self.dpram.fill(0, &setup);
                self.controller.registers.disarm_stalls();
                self.controller.status |= sie_status::SETUP_REC;
            }
            Outcome::Sent => {
                if !control.is_isochronous() {
                    self.controller.status |= sie_status::ACK_REC;
                }
                self.finish_buffer(index, control, None);
            }
            Outcome::Received(bytes) => self.finish_buffer(index, control, Some(&bytes)),
            Outcome::WrongPid => self.controller.status |= sie_status::DATA_SEQ_ERROR,
            Outcome::Nak | Outcome::Stall => self.controller.stall_nak |= index.bit(),
            Outcome::Nothing => {}
        }
        self.abort_idle(self.controller.registers.read(EP_ABORT) & index.bit());
    }

    /// Endpoints are to be aborted: each of them is as soon as it is idle.
    pub(super) fn abort_idle(&mut self, indices: u32) {
        let busy = self.controller.in_flight.as_ref().map_or(0, |in_flight| in_flight.index.bit());
        self.controller.abort_done |= indices & !busy;
    }

    fn finish_buffer(&mut self, index: Index, control: Control, received: Option<&[u8]>) {
        let (buffers, second) = self.next_buffer(index, control);
        if let Some(bytes) = received {
            self.dpram.fill(control.buffer(buffers, second), bytes);
        }
        let done = buffers.done(second, received.map(<[u8]>::len));
        self.dpram.write(index.buffer_control(), Width::Word, done.0);
        if buffers.is_last(second) {
            self.controller.status |= sie_status::TRANS_COMPLETE;
        }
        self.controller.buffers.finish(index, control, second);
    }

    fn control(&self, index: Index) -> Control {
        if index.is_endpoint0() {
            Control::of_endpoint0(self.controller.registers.read(SIE_CTRL))
        } else {
            Control(self.dpram.word(index.control()))
        }
    }

    /// The buffers, and whether it is the second one's turn.
    fn next_buffer(&self, index: Index, control: Control) -> (BufferControl, bool) {
        let buffers = BufferControl(self.dpram.word(index.buffer_control()));
        let second = !buffers.resets_select() && self.controller.buffers.is_second_next(index, control);
        (buffers, second)
    }

    fn is_aborted(&self, index: Index) -> bool {
        self.controller.registers.read(EP_ABORT) & index.bit() != 0
    }

    /// A stall of endpoint 0 has to be armed as well.
    fn is_stalled(&self, index: Index) -> bool {
        let is_armed = !index.is_endpoint0() || self.controller.registers.read(EP_STALL_ARM) & index.bit() != 0;
        is_armed && BufferControl(self.dpram.word(index.buffer_control())).stalls()
    }
}
