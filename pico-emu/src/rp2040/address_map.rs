//! Which block is at an address (RP2040 datasheet, 2.2).

/// A block on the APB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peripheral {
    Sysinfo,
    Syscfg,
    Clocks,
    Resets,
    Psm,
    IoBank0,
    IoQspi,
    PadsBank0,
    PadsQspi,
    Xosc,
    PllSys,
    PllUsb,
    Busctrl,
    Uart0,
    Uart1,
    Adc,
    Pwm,
    Timer,
    Watchdog,
    Rtc,
    Rosc,
    VregAndChipReset,
    Tbman,
    Usb,
    Dma,
    Pio0,
    Pio1,
}

impl Peripheral {
    /// Those that [`RESETS`](super::resets) can hold, each by its bit.
    pub(super) const RESETTABLE: [(Self, u32); 20] = [
        (Self::Adc, 0),
        (Self::Busctrl, 1),
        (Self::Dma, 2),
        (Self::IoBank0, 5),
        (Self::IoQspi, 6),
        (Self::PadsBank0, 8),
        (Self::PadsQspi, 9),
        (Self::Pio0, 10),
        (Self::Pio1, 11),
        (Self::PllSys, 12),
        (Self::PllUsb, 13),
        (Self::Pwm, 14),
        (Self::Rtc, 15),
        (Self::Syscfg, 18),
        (Self::Sysinfo, 19),
        (Self::Tbman, 20),
        (Self::Timer, 21),
        (Self::Uart0, 22),
        (Self::Uart1, 23),
        (Self::Usb, 24),
    ];

    /// The block at an address; `None` if there is none that is modelled.
    pub(super) const fn at(address: u32) -> Option<Self> {
        Some(match address & !0x3fff {
            0x4000_0000 => Self::Sysinfo,
            0x4000_4000 => Self::Syscfg,
            0x4000_8000 => Self::Clocks,
            0x4000_c000 => Self::Resets,
            0x4001_0000 => Self::Psm,
            0x4001_4000 => Self::IoBank0,
            0x4001_8000 => Self::IoQspi,
            0x4001_c000 => Self::PadsBank0,
            0x4002_0000 => Self::PadsQspi,
            0x4002_4000 => Self::Xosc,
            0x4002_8000 => Self::PllSys,
            0x4002_c000 => Self::PllUsb,
            0x4003_0000 => Self::Busctrl,
            0x4003_4000 => Self::Uart0,
            0x4003_8000 => Self::Uart1,
            0x4004_c000 => Self::Adc,
            0x4005_0000 => Self::Pwm,
            0x4005_4000 => Self::Timer,
            0x4005_8000 => Self::Watchdog,
            0x4005_c000 => Self::Rtc,
            0x4006_0000 => Self::Rosc,
            0x4006_4000 => Self::VregAndChipReset,
            0x4006_c000 => Self::Tbman,
            0x5000_0000 => Self::Dma,
            0x5011_0000 => Self::Usb,
            0x5020_0000 => Self::Pio0,
            0x5030_0000 => Self::Pio1,
            _ => return None,
        })
    }

    /// The block's bit in the registers of RESETS, or 0.
    pub(super) fn reset_bit(self) -> u32 {
        Self::RESETTABLE.iter().find(|(peripheral, _)| *peripheral == self).map_or(0, |(_, bit)| 1 << bit)
    }

    /// Whether it has a part in how fast the clocks run.
    pub(super) const fn makes_clocks(self) -> bool {
        matches!(
            self,
            Self::Clocks | Self::Xosc | Self::Rosc | Self::PllSys | Self::PllUsb | Self::Resets | Self::Watchdog
        )
    }

    /// Whether it has a part in the levels of pins.
    pub(super) const fn moves_pins(self) -> bool {
        let drives = matches!(self, Self::Pio0 | Self::Pio1 | Self::Pwm | Self::Uart0 | Self::Uart1);
        drives || matches!(self, Self::IoBank0 | Self::IoQspi | Self::PadsBank0 | Self::PadsQspi | Self::Resets)
    }
}

/// How a peripheral's register is written: plainly, or by one of the atomic aliases (2.1.2).
pub(super) const fn combine(address: u32, old: u32, value: u32) -> u32 {
    match address >> 12 & 3 {
        0 => value,
        1 => old ^ value,
        2 => old | value,
        _ => old & !value,
    }
}
