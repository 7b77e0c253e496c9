//! One transaction, from the moment when the chip is selected.

use super::{Command, Target, WordOrder};

/// What the host clocked so far, and what it gets.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    order: WordOrder,
    phase: Phase,
}

#[derive(Clone, Debug)]
enum Phase {
    /// The host sends the command.
    Command,
    /// The host sends data.
    Write { command: Command, data: Vec<u8> },
    /// The chip drives the line with these bytes, and after them not any more.
    Drive { read: Option<Command>, bytes: Vec<u8>, bits_clocked: usize },
}

impl Transaction {
    /// The chip is selected. What the transaction changes in the bus counts from the next one on.
    pub(crate) fn begin(target: &impl Target) -> Self {
        Self { order: target.word_order(), phase: Phase::Command }
    }

    /// Whether the host drives the line.
    pub(crate) const fn takes_input(&self) -> bool {
        !matches!(self.phase, Phase::Drive { .. })
    }

    /// The host sent a word, its first bit on the wire the highest.
    pub(crate) fn handle_word(&mut self, word: u32, target: &mut impl Target) {
        let value = self.order.convert(word);
        match &mut self.phase {
            Phase::Command => {
                let command = Command::decode(value);
                self.phase = if command.is_write {
                    Phase::Write { command, data: Vec::with_capacity(command.wire_len()) }
                } else {
                    self.answer(command, target)
                };
            }
            Phase::Write { command, data } => {
                data.extend(value.to_le_bytes());
                if data.len() == command.wire_len() {
                    target.write(command, &data[..command.len]);
                    let mut bytes = Vec::new();
                    self.push_status(target, &mut bytes);
                    self.phase = Phase::Drive { read: None, bytes, bits_clocked: 0 };
                }
            }
            Phase::Drive { .. } => {}
        }
    }

    /// All that the chip sends after a command that reads.
    fn answer(&self, command: Command, target: &mut impl Target) -> Phase {
        let mut data = target.read(&command);
        data.resize(command.wire_len(), 0);
        let mut bytes = vec![0; target.response_delay(command.function)];
        bytes.reserve(data.len() + 4);
        for word in data.chunks_exact(4) {
            let value = u32::from_le_bytes(word.try_into().expect("chunks of four bytes"));
            bytes.extend(self.order.convert(value).to_be_bytes());
        }
        self.push_status(target, &mut bytes);
        Phase::Drive { read: Some(command), bytes, bits_clocked: 0 }
    }

    fn push_status(&self, target: &impl Target, bytes: &mut Vec<u8>) {
        if let Some(status) = target.status_word() {
            bytes.extend(self.order.convert(status).to_be_bytes());
        }
    }

    /// The bit that the chip drives now.
    pub(crate) fn driven_bit(&self) -> Option<bool> {
        let Phase::Drive { bytes, bits_clocked, .. } = &self.phase else { return None };
        let byte = bytes.get(bits_clocked / 8)?;
        Some(byte >> (7 - bits_clocked % 8) & 1 != 0)
    }

    /// The host has seen the bit.
    pub(crate) const fn handle_bit_clocked(&mut self) {
        if let Phase::Drive { bits_clocked, .. } = &mut self.phase {
            *bits_clocked += 1;
        }
    }

    /// The next 32 bits at once; nothing reads as zero.
    pub(crate) fn take_word(&mut self) -> u32 {
        let Phase::Drive { bytes, bits_clocked, .. } = &mut self.phase else { return 0 };
        let at = *bits_clocked / 8;
        *bits_clocked += 32;
        u32::from_be_bytes(std::array::from_fn(|byte| bytes.get(at + byte).copied().unwrap_or(0)))
    }

    /// The chip is no longer selected.
    pub(crate) fn end(&self, target: &mut impl Target) {
        match &self.phase {
            Phase::Command | Phase::Drive { read: None, .. } => {}
            Phase::Write { command, data } => target.handle_short_write(command, data.len()),
            Phase::Drive { read: Some(command), bits_clocked, .. } => {
                let delay = target.response_delay(command.function);
                target.handle_read(command, (bits_clocked / 8).saturating_sub(delay).min(command.len));
            }
        }
    }
}
