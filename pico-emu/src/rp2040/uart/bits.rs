//! The bits of the registers that others than the register block look at (RP2040 datasheet, 4.2.8).

/// The bits of `UARTLCR_H`.
pub(super) mod line_control {
    pub(in crate::rp2040::uart) const BREAK: u32 = 1 << 0;
    pub(in crate::rp2040::uart) const PARITY: u32 = 1 << 1;
    pub(in crate::rp2040::uart) const EVEN: u32 = 1 << 2;
    pub(in crate::rp2040::uart) const TWO_STOP_BITS: u32 = 1 << 3;
    pub(in crate::rp2040::uart) const FIFOS: u32 = 1 << 4;
    pub(in crate::rp2040::uart) const STICK: u32 = 1 << 7;
}

/// The bits of UARTCR.
pub(super) mod control {
    pub(in crate::rp2040::uart) const ENABLE: u32 = 1 << 0;
    pub(in crate::rp2040::uart) const LOOPBACK: u32 = 1 << 7;
    pub(in crate::rp2040::uart) const TRANSMIT: u32 = 1 << 8;
    pub(in crate::rp2040::uart) const RECEIVE: u32 = 1 << 9;
    pub(in crate::rp2040::uart) const DTR: u32 = 1 << 10;
    pub(in crate::rp2040::uart) const RTS: u32 = 1 << 11;
    pub(in crate::rp2040::uart) const OUT1: u32 = 1 << 12;
    pub(in crate::rp2040::uart) const OUT2: u32 = 1 << 13;
    pub(in crate::rp2040::uart) const RTS_ENABLE: u32 = 1 << 14;
    pub(in crate::rp2040::uart) const CTS_ENABLE: u32 = 1 << 15;
}

/// The modem inputs in UARTFR.
pub(super) mod modem {
    pub(in crate::rp2040::uart) const CTS: u32 = 1 << 0;
    pub(in crate::rp2040::uart) const DSR: u32 = 1 << 1;
    pub(in crate::rp2040::uart) const DCD: u32 = 1 << 2;
    pub(in crate::rp2040::uart) const RI: u32 = 1 << 8;
}

/// The bits of UARTIMSC, UARTRIS, UARTMIS and UARTICR.
pub(super) mod interrupt {
    pub(in crate::rp2040::uart) const RI: u32 = 1 << 0;
    pub(in crate::rp2040::uart) const CTS: u32 = 1 << 1;
    pub(in crate::rp2040::uart) const DCD: u32 = 1 << 2;
    pub(in crate::rp2040::uart) const DSR: u32 = 1 << 3;
    pub(in crate::rp2040::uart) const RECEIVE: u32 = 1 << 4;
    pub(in crate::rp2040::uart) const TRANSMIT: u32 = 1 << 5;
    pub(in crate::rp2040::uart) const TIMEOUT: u32 = 1 << 6;
    /// Framing, parity, break, overrun.
    pub(in crate::rp2040::uart) const ERRORS: u32 = 0xf << 7;
    pub(in crate::rp2040::uart) const ALL: u32 = 0x7ff;
}

/// The bits of UARTDMACR.
pub(super) mod dma {
    pub(in crate::rp2040::uart) const RECEIVE: u32 = 1 << 0;
    pub(in crate::rp2040::uart) const TRANSMIT: u32 = 1 << 1;
    pub(in crate::rp2040::uart) const NOT_ON_ERROR: u32 = 1 << 2;
}
