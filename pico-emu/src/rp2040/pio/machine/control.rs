//! The registers that configure a state machine: EXECCTRL, SHIFTCTRL and PINCTRL, each taken apart when it is written.

use crate::rp2040::pio::pins::{PinWrite, Target};

/// `bits` bits of `word` from `low` on.
const fn field(word: u32, low: u32, bits: u32) -> u32 {
    word >> low & ((1 << bits) - 1)
}

const fn flag(word: u32, bit: u32) -> bool {
    word >> bit & 1 != 0
}

/// `SMx_EXECCTRL`.
#[derive(Clone, Debug)]
pub(in crate::rp2040::pio) struct ExecControl {
    /// The register, without `EXEC_STALLED`.
    pub(in crate::rp2040::pio) word: u32,
    side_set_enable: bool,
    side_set_target: Target,
    pub(super) jmp_pin: u32,
    /// The bit of the data that enables an OUT, if `INLINE_OUT_EN` is set.
    pub(super) inline_out_enable: Option<u32>,
    pub(super) out_sticky: bool,
    pub(super) wrap_top: u8,
    pub(super) wrap_bottom: u8,
    pub(super) status_source: StatusSource,
    pub(super) status_level: usize,
}

/// What `MOV x, STATUS` compares.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatusSource {
    TxLevel,
    RxLevel,
}

impl ExecControl {
    pub(super) const RESET: u32 = 0x0001_f000;
    /// `EXEC_STALLED` cannot be written, and bits 6 and 5 do not exist.
    const MASK: u32 = 0x7fff_ff9f;

    pub(in crate::rp2040::pio) fn decode(word: u32) -> Self {
        let word = word & Self::MASK;
        Self {
            word,
            side_set_enable: flag(word, 30),
            side_set_target: if flag(word, 29) { Target::Enables } else { Target::Levels },
            jmp_pin: field(word, 24, 5),
            inline_out_enable: flag(word, 18).then(|| 1 << field(word, 19, 5)),
            out_sticky: flag(word, 17),
            wrap_top: field(word, 12, 5) as u8,
            wrap_bottom: field(word, 7, 5) as u8,
            status_source: if flag(word, 4) { StatusSource::RxLevel } else { StatusSource::TxLevel },
            status_level: field(word, 0, 4) as usize,
        }
    }
}

/// `SMx_SHIFTCTRL`.
#[derive(Clone, Debug)]
pub(in crate::rp2040::pio) struct ShiftControl {
    /// The register.
    pub(in crate::rp2040::pio) word: u32,
    pub(super) join: Join,
    /// 1 to 32 bits.
    pub(super) pull_threshold: u8,
    /// 1 to 32 bits.
    pub(super) push_threshold: u8,
    pub(super) out_right: bool,
    pub(super) in_right: bool,
    pub(super) autopull: bool,
    pub(super) autopush: bool,
}

/// How the storage of the two FIFOs is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) tx: bool,
    pub(super) rx: bool,
}

impl ShiftControl {
    pub(super) const RESET: u32 = 0x000c_0000;
    const MASK: u32 = 0xffff_0000;

    pub(in crate::rp2040::pio) const fn decode(word: u32) -> Self {
        Self {
            word: word & Self::MASK,
            join: Join { rx: flag(word, 31), tx: flag(word, 30) },
            pull_threshold: Self::threshold(field(word, 25, 5)),
            push_threshold: Self::threshold(field(word, 20, 5)),
            out_right: flag(word, 19),
            in_right: flag(word, 18),
            autopull: flag(word, 17),
            autopush: flag(word, 16),
        }
    }

    /// 1 to 32 bits.
    pub(in crate::rp2040::pio) const fn pull_threshold(&self) -> u8 {
        self.pull_threshold
    }

    /// 1 to 32 bits.
    pub(in crate::rp2040::pio) const fn push_threshold(&self) -> u8 {
        self.push_threshold
    }

    const fn threshold(field: u32) -> u8 {
        if field == 0 { 32 } else { field as u8 }
    }
}

/// `SMx_PINCTRL`.
#[derive(Clone, Debug)]
pub(in crate::rp2040::pio) struct PinControl {
    /// The register.
    pub(in crate::rp2040::pio) word: u32,
    pub(super) out: PinGroup,
    pub(super) set: PinGroup,
    pub(super) in_base: u32,
    side_set: PinGroup,
}

/// Consecutive GPIOs. GPIO 0 follows upon 31 (RP2040 datasheet, section 3.5.6).
#[derive(Clone, Copy, Debug)]
pub(super) struct PinGroup {
    base: u32,
    /// At most 32.
    count: u32,
}

impl PinGroup {
    /// A write of `data`, the least significant bit to the first pin.
    pub(super) const fn write(self, target: Target, data: u32) -> PinWrite {
        let mask = ((1_u64 << self.count) - 1) as u32;
        PinWrite { target, mask: mask.rotate_left(self.base), value: data.rotate_left(self.base) }
    }
}

impl PinControl {
    pub(super) const RESET: u32 = 0x1400_0000;

    /// # Errors
    ///
    /// The name of the field that is beyond its range.
    pub(in crate::rp2040::pio) fn decode(word: u32) -> Result<Self, &'static str> {
        let group = |name, base, low, bits, most| {
            let count = field(word, low, bits);
            if count <= most { Ok(PinGroup { base: field(word, base, 5), count }) } else { Err(name) }
        };
        Ok(Self {
            word,
            out: group("OUT_COUNT", 0, 20, 6, 32)?,
            set: group("SET_COUNT", 5, 26, 3, 5)?,
            in_base: field(word, 15, 5),
            side_set: group("SIDESET_COUNT", 10, 29, 3, 5)?,
        })
    }

    /// What the five bits of an instruction say: the pins to write, and the cycles to wait (RP2040 datasheet, section
    /// 3.5.1).
    #[inline]
    pub(super) const fn side_set_and_delay(&self, control: &ExecControl, bits: u8) -> (Option<PinWrite>, u8) {
        let mut pins = self.side_set;
        let delay_bits = 5 - pins.count;
        let delay = bits & ((1 << delay_bits) - 1);
        if pins.count == 0 {
            return (None, delay);
        }
        if control.side_set_enable {
            if bits & 0x10 == 0 {
                return (None, delay);
            }
            pins.count -= 1;
        }
        (Some(pins.write(control.side_set_target, (bits >> delay_bits) as u32)), delay)
    }
}
