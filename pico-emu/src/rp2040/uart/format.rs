//! What a character looks like on the wire.

/// The bit behind the data bits, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UartParity {
    /// There is none.
    None,
    /// The number of ones is odd.
    Odd,
    /// The number of ones is even.
    Even,
    /// Always 1.
    Mark,
    /// Always 0.
    Space,
}

impl UartParity {
    /// The bit of a character.
    pub(super) const fn bit(self, character: u8) -> Option<bool> {
        let odd = character.count_ones() % 2 == 1;
        match self {
            Self::None => None,
            Self::Odd => Some(!odd),
            Self::Even => Some(odd),
            Self::Mark => Some(true),
            Self::Space => Some(false),
        }
    }
}

/// The format of a UART's characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UartFormat {
    /// Bits per second, rounded to the nearest.
    pub baud: u32,
    /// How many data bits a character has: 5 to 8.
    pub data_bits: u8,
    /// The parity bit.
    pub parity: UartParity,
    /// How many stop bits follow: 1 or 2.
    pub stop_bits: u8,
}

impl UartFormat {
    /// Whether a UART can be set to something like it.
    pub(in crate::rp2040) const fn is_possible(&self) -> bool {
        self.baud != 0 && matches!(self.data_bits, 5..=8) && matches!(self.stop_bits, 1 | 2)
    }

    /// The levels of a character, bit by bit: the start bit, the data with the least significant bit first, parity, and
    /// the stop bits.
    pub(super) fn levels(&self, character: u8) -> impl Iterator<Item = bool> + use<> {
        let data = self.masked(character);
        let bits = (0..self.data_bits).map(move |bit| data & 1 << bit != 0);
        let stop = std::iter::repeat_n(true, self.stop_bits.into());
        std::iter::once(false).chain(bits).chain(self.parity.bit(data)).chain(stop)
    }

    /// The bits of a character from its start bit to its last stop bit.
    pub(super) const fn bits(&self) -> u64 {
        let parity = !matches!(self.parity, UartParity::None) as u64;
        1 + self.data_bits as u64 + parity + self.stop_bits as u64
    }

    /// The data bits of a character.
    pub(super) const fn masked(&self, character: u8) -> u8 {
        character & (u8::MAX >> (8 - self.data_bits))
    }
}

/// What has been on a wire for the time of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UartSymbol {
    /// A character.
    Character(u8),
    /// The line was low for the time of a whole character.
    Break,
}

/// What a UART has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UartOutput {
    /// The cycle of `clk_sys` at which it ended.
    pub cycle: u64,
    /// The character, or a break.
    pub symbol: UartSymbol,
    /// In which format it was sent. Who expects another one would have got something else.
    pub format: UartFormat,
}
