//! The command word that begins each transaction.

/// What on the chip a transaction is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// The bus itself: function 0.
    Bus,
    /// Registers and memory of the chip: function 1.
    Backplane,
    /// Frames from and to the WiFi firmware: function 2.
    Wlan,
    /// Bluetooth: function 3.
    Bluetooth,
}

/// A command word, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) is_write: bool,
    /// Whether each following word has the next address.
    pub(crate) increments: bool,
    pub(crate) function: Function,
    /// 17 bits.
    pub(crate) address: u32,
    /// In bytes, 1 to 2048.
    pub(crate) len: usize,
}

impl Command {
    /// The length's 11 bits stand for 2048 when they are zero.
    const LEN_MAX: usize = 2048;

    pub(crate) const fn decode(word: u32) -> Self {
        let len = (word & 0x7ff) as usize;
        Self {
            is_write: word >> 31 != 0,
            increments: word >> 30 & 1 != 0,
            function: match word >> 28 & 3 {
                0 => Function::Bus,
                1 => Function::Backplane,
                2 => Function::Wlan,
                _ => Function::Bluetooth,
            },
            address: word >> 11 & 0x1_ffff,
            len: if len == 0 { Self::LEN_MAX } else { len },
        }
    }

    /// How many bytes the data takes on the wire.
    pub(super) const fn wire_len(&self) -> usize {
        self.len.next_multiple_of(4)
    }

    /// The address of this byte of the data.
    pub(crate) const fn address_of(&self, byte: usize) -> u32 {
        let offset = if self.increments { byte } else { byte % 4 };
        (self.address + offset as u32) & 0x1_ffff
    }
}
