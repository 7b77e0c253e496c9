//! The condition flags, and the arithmetic that sets them.

/// N, Z, C and V of the APSR.
///
/// N and Z are kept as the result that they describe, so that setting both is one move.
#[derive(Clone, Copy, Debug)]
pub struct Flags {
    /// Negative says N. Z is that the low 32 bits are zero: both at once, which no result gives, can be written by
    /// `MSR`.
    result: i64,
    /// C: the carry out, or for a subtraction that there was no borrow.
    pub carry: bool,
    /// V: the signed result does not fit.
    pub overflow: bool,
}

impl Flags {
    /// N: the result is negative.
    #[inline(always)]
    #[must_use]
    pub const fn negative(self) -> bool {
        self.result < 0
    }

    /// Z: the result is zero.
    #[inline(always)]
    #[must_use]
    pub const fn zero(self) -> bool {
        self.result & 0xffff_ffff == 0
    }

    /// The flags in bits 31 to 28 of an APSR; the other bits are ignored.
    #[must_use]
    pub const fn from_apsr(apsr: u32) -> Self {
        let low = if apsr & 1 << 30 == 0 { 1 } else { 0 };
        let high = if apsr & 1 << 31 == 0 { 0 } else { i64::MIN };
        Self { result: high | low, carry: apsr & 1 << 29 != 0, overflow: apsr & 1 << 28 != 0 }
    }

    /// The flags as bits 31 to 28 of an APSR; the other bits are zero.
    #[must_use]
    pub const fn apsr(self) -> u32 {
        (self.negative() as u32) << 31
            | (self.zero() as u32) << 30
            | (self.carry as u32) << 29
            | (self.overflow as u32) << 28
    }

    /// Sets N and Z.
    #[inline(always)]
    pub(super) const fn set_result(&mut self, result: u32) -> u32 {
        self.result = result.cast_signed() as i64;
        result
    }

    /// `AddWithCarry` with a carry of 0.
    #[inline(always)]
    pub(super) const fn add(&mut self, x: u32, y: u32) -> u32 {
        let (result, carry) = x.overflowing_add(y);
        self.carry = carry;
        self.overflow = x.cast_signed().overflowing_add(y.cast_signed()).1;
        self.set_result(result)
    }

    /// `AddWithCarry` of the complement with a carry of 1.
    #[inline(always)]
    pub(super) const fn sub(&mut self, x: u32, y: u32) -> u32 {
        self.carry = x >= y;
        self.overflow = x.cast_signed().overflowing_sub(y.cast_signed()).1;
        self.set_result(x.wrapping_sub(y))
    }

    /// `AddWithCarry` with the present carry.
    #[inline(always)]
    pub(super) const fn add_with_carry(&mut self, x: u32, y: u32) -> u32 {
        let sum = x as u64 + y as u64 + self.carry as u64;
        let result = (sum & 0xffff_ffff) as u32;
        self.carry = sum >> 32 != 0;
        self.overflow = (!(x ^ y) & (x ^ result)) >> 31 != 0;
        self.set_result(result)
    }

    /// A shift left by 0 to 255. The bit shifted out last is the carry; a shift by 0 leaves it.
    #[inline(always)]
    pub(super) fn shift_left(&mut self, value: u32, amount: u32) -> u32 {
        // By 33 everything is out, and so is the carry.
        let wide = u64::from(value) << amount.min(33);
        if amount != 0 {
            self.carry = wide >> 32 & 1 != 0;
        }
        self.set_result((wide & 0xffff_ffff) as u32)
    }

    /// A logical shift right by 0 to 255, likewise.
    #[inline(always)]
    pub(super) fn shift_right(&mut self, value: u32, amount: u32) -> u32 {
        let wide = u64::from(value) << 32 >> amount.min(33);
        if amount != 0 {
            self.carry = wide >> 31 & 1 != 0;
        }
        self.set_result((wide >> 32) as u32)
    }

    /// An arithmetic shift right by 0 to 255, likewise.
    #[inline(always)]
    pub(super) fn shift_right_signed(&mut self, value: u32, amount: u32) -> u32 {
        // From 32 on it is the sign that is shifted out.
        let wide = i64::from(value.cast_signed()) << 32 >> amount.min(32);
        if amount != 0 {
            self.carry = wide >> 31 & 1 != 0;
        }
        self.set_result((wide.cast_unsigned() >> 32) as u32)
    }

    /// A rotation right by 0 to 255, likewise.
    #[inline(always)]
    pub(super) const fn rotate_right(&mut self, value: u32, amount: u32) -> u32 {
        let result = value.rotate_right(amount & 31);
        if amount != 0 {
            self.carry = result >> 31 != 0;
        }
        self.set_result(result)
    }
}

impl Default for Flags {
    fn default() -> Self {
        Self::from_apsr(0)
    }
}

impl PartialEq for Flags {
    fn eq(&self, other: &Self) -> bool {
        self.apsr() == other.apsr()
    }
}

impl Eq for Flags {}
