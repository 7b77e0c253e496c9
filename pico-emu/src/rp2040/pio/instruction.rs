//! What the 16 bits of an instruction say (RP2040 datasheet, section 3.4), decoded once, when they are written.

/// An instruction, without what depends on the state machine that executes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub(super) word: u16,
    /// The five bits that `PINCTRL.SIDESET_COUNT` divides among side-set and delay.
    pub(super) delay_side_set: u8,
    pub(super) operation: Operation,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Jmp {
        condition: Condition,
        address: u8,
    },
    WaitGpio {
        polarity: bool,
        gpio: u8,
    },
    WaitPin {
        polarity: bool,
        index: u8,
    },
    WaitIrq {
        polarity: bool,
        flag: Flag,
    },
    In {
        source: Source,
        bits: u8,
    },
    Out {
        destination: Destination,
        bits: u8,
    },
    Push {
        if_full: bool,
        block: bool,
    },
    Pull {
        if_empty: bool,
        block: bool,
    },
    Mov {
        destination: Destination,
        transform: Transform,
        source: Source,
    },
    IrqSet {
        flag: Flag,
        wait: bool,
    },
    IrqClear {
        flag: Flag,
    },
    Set {
        destination: Destination,
        data: u8,
    },
    /// An encoding that the datasheet reserves or does not list.
    Reserved,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Condition {
    Always,
    XZero,
    XNonZeroDecrement,
    YZero,
    YNonZeroDecrement,
    XNotEqualY,
    Pin,
    OsrNotEmpty,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Pins,
    X,
    Y,
    Null,
    Status,
    Isr,
    Osr,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Destination {
    Pins,
    X,
    Y,
    Null,
    PinDirs,
    Pc,
    Isr,
    Osr,
    Exec,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Transform {
    None,
    Invert,
    BitReverse,
}

/// One of the eight IRQ flags, perhaps relative to the state machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    index: u8,
    is_relative: bool,
}

impl Flag {
    /// The flag's bit, for this state machine.
    pub(super) const fn mask(self, machine: u8) -> u8 {
        let index = if self.is_relative { self.index & 4 | (self.index.wrapping_add(machine)) & 3 } else { self.index };
        1 << index
    }

    const fn decode(index: u8) -> Option<Self> {
        if index & 8 != 0 {
            return None;
        }
        Some(Self { index: index & 7, is_relative: index & 0x10 != 0 })
    }
}

impl Instruction {
    pub(super) fn decode(word: u16) -> Self {
        let [operands, high] = word.to_le_bytes();
        Self { word, delay_side_set: high & 0x1f, operation: Operation::decode(high >> 5, operands) }
    }
}

impl Operation {
    /// The major opcode, bits 15 to 13, and bits 7 to 0.
    fn decode(opcode: u8, operands: u8) -> Self {
        let selector = operands >> 5;
        let low = operands & 0x1f;
        // A count of zero stands for 32.
        let bits = if low == 0 { 32 } else { low };
        let decoded = match opcode {
            0 => Some(Self::Jmp { condition: Condition::decode(selector), address: low }),
            1 => Self::decode_wait(selector, low),
            2 => Source::decode_in(selector).map(|source| Self::In { source, bits }),
            3 => Some(Self::Out { destination: Destination::decode_out(selector), bits }),
            4 => Self::decode_push_pull(selector, low),
            5 => Self::decode_mov(selector, low >> 3, low & 7),
            6 => Self::decode_irq(selector, low),
            _ => Destination::decode_set(selector).map(|destination| Self::Set { destination, data: low }),
        };
        decoded.unwrap_or(Self::Reserved)
    }

    fn decode_wait(selector: u8, index: u8) -> Option<Self> {
        let polarity = selector & 4 != 0;
        match selector & 3 {
            0 => Some(Self::WaitGpio { polarity, gpio: index }),
            1 => Some(Self::WaitPin { polarity, index }),
            2 => Flag::decode(index).map(|flag| Self::WaitIrq { polarity, flag }),
            _ => None,
        }
    }

    const fn decode_push_pull(selector: u8, low: u8) -> Option<Self> {
        if low != 0 {
            return None;
        }
        let conditional = selector & 2 != 0;
        let block = selector & 1 != 0;
        Some(if selector & 4 == 0 {
            Self::Push { if_full: conditional, block }
        } else {
            Self::Pull { if_empty: conditional, block }
        })
    }

    fn decode_mov(destination: u8, transform: u8, source: u8) -> Option<Self> {
        let destination = match destination {
            0 => Destination::Pins,
            1 => Destination::X,
            2 => Destination::Y,
            4 => Destination::Exec,
            5 => Destination::Pc,
            6 => Destination::Isr,
            7 => Destination::Osr,
            _ => return None,
        };
        let transform = match transform {
            0 => Transform::None,
            1 => Transform::Invert,
            2 => Transform::BitReverse,
            _ => return None,
        };
        let source = if source == 5 { Source::Status } else { Source::decode_in(source)? };
        Some(Self::Mov { destination, transform, source })
    }

    fn decode_irq(selector: u8, index: u8) -> Option<Self> {
        if selector & 4 != 0 {
            return None;
        }
        let flag = Flag::decode(index)?;
        Some(if selector & 2 != 0 { Self::IrqClear { flag } } else { Self::IrqSet { flag, wait: selector & 1 != 0 } })
    }
}

impl Condition {
    const fn decode(selector: u8) -> Self {
        match selector {
            0 => Self::Always,
            1 => Self::XZero,
            2 => Self::XNonZeroDecrement,
            3 => Self::YZero,
            4 => Self::YNonZeroDecrement,
            5 => Self::XNotEqualY,
            6 => Self::Pin,
            _ => Self::OsrNotEmpty,
        }
    }
}

impl Source {
    const fn decode_in(selector: u8) -> Option<Self> {
        match selector {
            0 => Some(Self::Pins),
            1 => Some(Self::X),
            2 => Some(Self::Y),
            3 => Some(Self::Null),
            6 => Some(Self::Isr),
            7 => Some(Self::Osr),
            _ => None,
        }
    }
}

impl Destination {
    const fn decode_out(selector: u8) -> Self {
        match selector {
            0 => Self::Pins,
            1 => Self::X,
            2 => Self::Y,
            3 => Self::Null,
            4 => Self::PinDirs,
            5 => Self::Pc,
            6 => Self::Isr,
            _ => Self::Exec,
        }
    }

    const fn decode_set(selector: u8) -> Option<Self> {
        match selector {
            0 => Some(Self::Pins),
            1 => Some(Self::X),
            2 => Some(Self::Y),
            4 => Some(Self::PinDirs),
            _ => None,
        }
    }
}
