//! The conditions of a conditional branch (DDI 0419, A6.3).

use std::fmt;

use super::Flags;

/// When a conditional branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Condition {
    /// Equal: Z.
    Eq,
    /// Not equal: not Z.
    Ne,
    /// Carry set, unsigned higher or same: C.
    Cs,
    /// Carry clear, unsigned lower: not C.
    Cc,
    /// Minus: N.
    Mi,
    /// Plus or zero: not N.
    Pl,
    /// Overflow: V.
    Vs,
    /// No overflow: not V.
    Vc,
    /// Unsigned higher: C and not Z.
    Hi,
    /// Unsigned lower or same: not C or Z.
    Ls,
    /// Signed greater or equal: N is V.
    Ge,
    /// Signed less: N is not V.
    Lt,
    /// Signed greater: not Z, and N is V.
    Gt,
    /// Signed less or equal: Z, or N is not V.
    Le,
}

impl Condition {
    /// By encoding.
    pub(super) const ALL: [Self; 14] = [
        Self::Eq,
        Self::Ne,
        Self::Cs,
        Self::Cc,
        Self::Mi,
        Self::Pl,
        Self::Vs,
        Self::Vc,
        Self::Hi,
        Self::Ls,
        Self::Ge,
        Self::Lt,
        Self::Gt,
        Self::Le,
    ];

    /// Whether a branch on this condition is taken.
    #[inline(always)]
    pub(super) const fn holds(self, flags: Flags) -> bool {
        match self {
            Self::Eq => flags.zero(),
            Self::Ne => !flags.zero(),
            Self::Cs => flags.carry,
            Self::Cc => !flags.carry,
            Self::Mi => flags.negative(),
            Self::Pl => !flags.negative(),
            Self::Vs => flags.overflow,
            Self::Vc => !flags.overflow,
            Self::Hi => flags.carry && !flags.zero(),
            Self::Ls => !flags.carry || flags.zero(),
            Self::Ge => flags.negative() == flags.overflow,
            Self::Lt => flags.negative() != flags.overflow,
            Self::Gt => !flags.zero() && flags.negative() == flags.overflow,
            Self::Le => flags.zero() || flags.negative() != flags.overflow,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Cs => "cs",
            Self::Cc => "cc",
            Self::Mi => "mi",
            Self::Pl => "pl",
            Self::Vs => "vs",
            Self::Vc => "vc",
            Self::Hi => "hi",
            Self::Ls => "ls",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Gt => "gt",
            Self::Le => "le",
        })
    }
}
