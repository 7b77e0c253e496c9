//! The registers that hold what was written to them (RP2040 datasheet, 4.1.4).

pub(super) const ADDR_ENDP: u32 = 0x00;
pub(super) const ADDR_ENDP1: u32 = 0x04;
pub(super) const ADDR_ENDP15: u32 = 0x3c;
pub(super) const MAIN_CTRL: u32 = 0x40;
pub(super) const SIE_CTRL: u32 = 0x4c;
pub(super) const INT_EP_CTRL: u32 = 0x54;
pub(super) const EP_ABORT: u32 = 0x60;
pub(super) const EP_STALL_ARM: u32 = 0x68;
pub(super) const NAK_POLL: u32 = 0x6c;
pub(super) const USB_MUXING: u32 = 0x74;
pub(super) const USB_PWR: u32 = 0x78;
pub(super) const USBPHY_DIRECT: u32 = 0x7c;
pub(super) const USBPHY_DIRECT_OVERRIDE: u32 = 0x80;
pub(super) const USBPHY_TRIM: u32 = 0x84;
pub(super) const INTE: u32 = 0x90;
pub(super) const INTF: u32 = 0x94;

/// `MAIN_CTRL`: the controller is enabled. As a host, or with the timing of a simulation, it is not modelled.
const CONTROLLER_EN: u32 = 1 << 0;
/// `SIE_CTRL`: the bits of endpoint 0, and those that follow. It does not wake the host, nor drive the bus directly, and the
/// others are a host's.
const EP0: u32 = 0xf800_0000;
const TRANSCEIVER_PD: u32 = 1 << 18;
const RPU_OPT: u32 = 1 << 17;
const PULLUP_EN: u32 = 1 << 16;
/// `USB_MUXING`: another transceiver, or pins, instead of the chip's own transceiver are not modelled.
const SOFTCON: u32 = 1 << 3;
const TO_PHY: u32 = 1 << 0;
/// `USB_PWR`.
const VBUS_DETECT_OVERRIDE_EN: u32 = 1 << 3;
const VBUS_DETECT: u32 = 1 << 2;
/// `USBPHY_DIRECT` and its override: of the signals that it can take away from the controller the pull-ups of D+ are
/// modelled.
const DP_PULLUP_EN: u32 = 1 << 1;
const DP_PULLUP_EN_OVERRIDE_EN: u32 = 1 << 2;
const DP_PULLUP_OVERRIDES: u32 = 0b101;
/// The interrupts of `INTE` and `INTF`.
const INTERRUPTS: u32 = 0xf_ffff;

const COUNT: usize = 0x9c / 4;

/// By their offsets. Those that do something else have a place that is not used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registers([u32; COUNT]);

impl Registers {
    pub(super) const fn new() -> Self {
        let mut registers = Self([0; COUNT]);
        registers.0[NAK_POLL as usize / 4] = 0x0010_0010;
        registers.0[USBPHY_TRIM as usize / 4] = 0x1f1f;
        registers
    }

    /// The bits that a register holds and those that may not be set, because what they do is not modelled. `None` if it is
    /// no register that holds anything.
    const fn bits(offset: u32) -> Option<(u32, u32)> {
        Some(match offset {
            ADDR_ENDP => (0x000f_007f, 0),
            // These four are used by a host alone.
            ADDR_ENDP1..=ADDR_ENDP15 => (0x060f_007f, 0),
            INT_EP_CTRL => (0xfffe, 0),
            NAK_POLL => (0x03ff_03ff, 0),
            USBPHY_TRIM => (0x1f1f, 0),
            MAIN_CTRL => (CONTROLLER_EN, 0x8000_0002),
            SIE_CTRL => (EP0 | TRANSCEIVER_PD | RPU_OPT | PULLUP_EN, 0x0700_bf5f),
            EP_ABORT => (u32::MAX, 0),
            EP_STALL_ARM => (0b11, 0),
            USB_MUXING => (SOFTCON | TO_PHY, 0b0110),
            USB_PWR => (0x3f, 0),
            USBPHY_DIRECT => (0xff77, 0),
            USBPHY_DIRECT_OVERRIDE => (DP_PULLUP_OVERRIDES, 0x9ffa),
            INTE | INTF => (INTERRUPTS, 0),
            _ => return None,
        })
    }

    /// Whether the register at an offset is one of these.
    pub(super) const fn holds(offset: u32) -> bool {
        Self::bits(offset).is_some()
    }

    pub(super) const fn read(&self, offset: u32) -> u32 {
        self.0[offset as usize / 4]
    }

    /// Writes a register. `None` if what is written is not modelled.
    pub(super) const fn write(&mut self, offset: u32, value: u32) -> Option<()> {
        match Self::bits(offset) {
            Some((held, refused)) if value & refused == 0 => {
                self.0[offset as usize / 4] = value & held;
                Some(())
            }
            _ => None,
        }
    }

    /// A SETUP packet ends a stall of endpoint 0.
    pub(super) const fn disarm_stalls(&mut self) {
        self.0[EP_STALL_ARM as usize / 4] = 0;
    }

    const fn has(&self, offset: u32, bit: u32) -> bool {
        self.read(offset) & bit != 0
    }

    /// The address at which the device answers.
    pub(super) const fn address(&self) -> u8 {
        (self.read(ADDR_ENDP) & 0x7f) as u8
    }

    /// Whether the controller is on and has a transceiver.
    pub(super) const fn is_on(&self) -> bool {
        self.has(MAIN_CTRL, CONTROLLER_EN) && self.has(USB_MUXING, TO_PHY) && !self.has(SIE_CTRL, TRANSCEIVER_PD)
    }

    /// Whether D+ is pulled up.
    pub(super) const fn pulls_up(&self) -> bool {
        let is_overridden = self.has(USBPHY_DIRECT_OVERRIDE, DP_PULLUP_EN_OVERRIDE_EN);
        let by_controller = self.has(SIE_CTRL, PULLUP_EN) && self.has(USB_MUXING, TO_PHY);
        if is_overridden { self.has(USBPHY_DIRECT, DP_PULLUP_EN) } else { by_controller }
    }

    /// Whether there is power on the bus, if a pin says so or not.
    pub(super) const fn detects_vbus(&self, pin: bool) -> bool {
        if self.has(USB_PWR, VBUS_DETECT_OVERRIDE_EN) { self.has(USB_PWR, VBUS_DETECT) } else { pin }
    }
}

/// The bits of `SIE_STATUS`.
pub(super) mod sie_status {
    pub(in super::super) const DATA_SEQ_ERROR: u32 = 1 << 31;
    pub(in super::super) const ACK_REC: u32 = 1 << 30;
    pub(in super::super) const BUS_RESET: u32 = 1 << 19;
    pub(in super::super) const TRANS_COMPLETE: u32 = 1 << 18;
    pub(in super::super) const SETUP_REC: u32 = 1 << 17;
    pub(in super::super) const CONNECTED: u32 = 1 << 16;
    pub(in super::super) const RESUME: u32 = 1 << 11;
    pub(in super::super) const SUSPENDED: u32 = 1 << 4;
    pub(in super::super) const VBUS_DETECTED: u32 = 1 << 0;
}

/// The bits of `INTR` and its like.
pub(super) mod interrupt {
    pub(in super::super) const EP_STALL_NAK: u32 = 1 << 19;
    pub(in super::super) const ABORT_DONE: u32 = 1 << 18;
    pub(in super::super) const DEV_SOF: u32 = 1 << 17;
    pub(in super::super) const SETUP_REQ: u32 = 1 << 16;
    pub(in super::super) const DEV_RESUME_FROM_HOST: u32 = 1 << 15;
    pub(in super::super) const DEV_SUSPEND: u32 = 1 << 14;
    pub(in super::super) const DEV_CONN_DIS: u32 = 1 << 13;
    pub(in super::super) const BUS_RESET: u32 = 1 << 12;
    pub(in super::super) const VBUS_DETECT: u32 = 1 << 11;
    pub(in super::super) const ERROR_DATA_SEQ: u32 = 1 << 5;
    pub(in super::super) const BUFF_STATUS: u32 = 1 << 4;
    pub(in super::super) const TRANS_COMPLETE: u32 = 1 << 3;
}
