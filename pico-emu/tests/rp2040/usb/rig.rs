//! A chip with its controller switched on, at a bus that the test drives packet by packet.

use pico_emu::bus::{CoreId, Width};
use pico_emu::rp2040::usb::{DataPid, Host, Port, Reply, Token};

use crate::chip::{CLOCKS, Chip};

pub(super) const DPRAM: u32 = 0x5010_0000;
pub(super) const USB: u32 = 0x5011_0000;
pub(super) const ADDR_ENDP: u32 = USB;
pub(super) const MAIN_CTRL: u32 = USB + 0x40;
pub(super) const SOF_RD: u32 = USB + 0x48;
pub(super) const SIE_CTRL: u32 = USB + 0x4c;
pub(super) const SIE_STATUS: u32 = USB + 0x50;
pub(super) const BUFF_STATUS: u32 = USB + 0x58;
pub(super) const BUFF_CPU_SHOULD_HANDLE: u32 = USB + 0x5c;
pub(super) const EP_ABORT: u32 = USB + 0x60;
pub(super) const EP_ABORT_DONE: u32 = USB + 0x64;
pub(super) const EP_STALL_ARM: u32 = USB + 0x68;
pub(super) const EP_STATUS_STALL_NAK: u32 = USB + 0x70;
pub(super) const MUXING: u32 = USB + 0x74;
pub(super) const PWR: u32 = USB + 0x78;
pub(super) const INTR: u32 = USB + 0x8c;
pub(super) const INTE: u32 = USB + 0x90;

pub(super) const PULLUP_EN: u32 = 1 << 16;
pub(super) const EP0_INT_1BUF: u32 = 1 << 29;

/// Bits of `SIE_STATUS`.
pub(super) const DATA_SEQ_ERROR: u32 = 1 << 31;
pub(super) const ACK_REC: u32 = 1 << 30;
pub(super) const BUS_RESET: u32 = 1 << 19;
pub(super) const TRANS_COMPLETE: u32 = 1 << 18;
pub(super) const SETUP_REC: u32 = 1 << 17;
pub(super) const CONNECTED: u32 = 1 << 16;
pub(super) const RESUME: u32 = 1 << 11;
pub(super) const SUSPENDED: u32 = 1 << 4;
pub(super) const VBUS_DETECTED: u32 = 1;

/// Bits of a buffer control register.
pub(super) const FULL: u32 = 1 << 15;
pub(super) const LAST: u32 = 1 << 14;
pub(super) const DATA1: u32 = 1 << 13;
pub(super) const RESET_SELECT: u32 = 1 << 12;
pub(super) const STALL: u32 = 1 << 11;
pub(super) const AVAILABLE: u32 = 1 << 10;

/// Bits of an endpoint control register.
pub(super) const ENABLE: u32 = 1 << 31;
pub(super) const DOUBLE_BUFFERED: u32 = 1 << 30;
pub(super) const PER_BUFFER: u32 = 1 << 29;
pub(super) const PER_TWO_BUFFERS: u32 = 1 << 28;
pub(super) const ISOCHRONOUS: u32 = 1 << 26;
pub(super) const ON_STALL: u32 = 1 << 17;
pub(super) const ON_NAK: u32 = 1 << 16;

/// Where the control registers of an endpoint are, IN before OUT.
pub(super) const fn endpoint_control(endpoint: u32, is_out: bool) -> u32 {
    DPRAM + 8 * endpoint + 4 * is_out as u32
}

pub(super) const fn buffer_control(endpoint: u32, is_out: bool) -> u32 {
    DPRAM + 0x80 + 8 * endpoint + 4 * is_out as u32
}

/// Starts the PLL that gives the controller its 48 MHz.
pub(super) fn start_clock(chip: &mut Chip) {
    const PLL_USB: u32 = 0x4002_c000;
    chip.write(PLL_USB + 8, 40);
    chip.write(PLL_USB + 4, 0);
    chip.write(PLL_USB + 12, 5 << 16 | 2 << 12);
    chip.write(CLOCKS + 0x54, 1 << 11);
}

/// Switches the controller on, as drivers do, with its pull-up.
pub(super) fn start_controller(chip: &mut Chip) {
    chip.write(MUXING, 0b1001);
    chip.write(PWR, 0b1100);
    chip.write(MAIN_CTRL, 1);
    chip.write(SIE_CTRL, EP0_INT_1BUF | PULLUP_EN);
}

/// What a host does at a time.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Reset,
    Resume,
    Idle,
    StartOfFrame(u16),
    Setup([u8; 8]),
    In(u8),
    Out(u8, DataPid, Vec<u8>),
}

/// A host that does one thing at a time.
#[derive(Clone, Debug, Default)]
struct Script {
    next: Option<(u64, Act)>,
    address: u8,
    reply: Option<(Reply, u64)>,
    was_connected: bool,
}

impl Host for Script {
    fn next_poll_ns(&self) -> Option<u64> {
        self.next.as_ref().map(|(time_ns, _)| *time_ns)
    }

    fn poll(&mut self, _: u64, port: &mut Port<'_>) {
        let (_, act) = self.next.take().expect("it is polled when it has something to do");
        self.was_connected = port.is_connected();
        self.reply = match act {
            Act::Reset => {
                port.reset();
                None
            }
            Act::Resume => {
                port.resume();
                None
            }
            Act::Idle => {
                port.idle();
                None
            }
            Act::StartOfFrame(number) => {
                port.start_of_frame(number);
                None
            }
            Act::Setup(setup) => Some(port.transact(self.address, 0, Token::Setup(setup))),
            Act::In(endpoint) => Some(port.transact(self.address, endpoint, Token::In)),
            Act::Out(endpoint, pid, bytes) => Some(port.transact(self.address, endpoint, Token::Out(pid, &bytes))),
        };
    }

    fn clone_boxed(&self) -> Box<dyn Host> {
        Box::new(self.clone())
    }
}

/// The chip and its bus.
pub(super) struct Rig {
    pub(super) chip: Chip,
}

impl Rig {
    /// The controller is on, and at the other end of the cable is a host that has done nothing yet.
    pub(super) fn plugged_in() -> Self {
        let mut chip = Chip::with_ticks();
        start_clock(&mut chip);
        start_controller(&mut chip);
        chip.rp2040.attach_usb(Box::new(Script::default()));
        Self { chip }
    }

    /// The same behind a reset of the bus, which the driver has seen.
    pub(super) fn new() -> Self {
        let mut rig = Self::plugged_in();
        rig.act(Act::Reset);
        rig.act(Act::Idle);
        rig.chip.write(SIE_STATUS, BUS_RESET | CONNECTED);
        rig
    }

    fn script(&mut self) -> &mut Script {
        self.chip.rp2040.usb_host_mut().expect("it has been plugged in")
    }

    /// The address that the host uses.
    pub(super) fn set_address(&mut self, address: u8) {
        self.script().address = address;
    }

    /// Lets something happen now.
    pub(super) fn act(&mut self, act: Act) {
        let now_ns = self.chip.rp2040.time_ns(self.chip.cycle);
        self.script().next = Some((now_ns, act));
        // An access makes the chip plan, and with the next one it carries that out.
        self.chip.read(SIE_CTRL);
        self.chip.read(SIE_CTRL);
        assert!(self.script().next.is_none(), "the host has not been polled");
    }

    /// Begins a transaction. Returns the answer, and for how many cycles it lasts.
    pub(super) fn begin(&mut self, act: Act) -> (Reply, u64) {
        self.act(act);
        let (reply, duration_ns) = self.script().reply.take().expect("it was a transaction");
        let end_ns = self.chip.rp2040.time_ns(self.chip.cycle) + duration_ns;
        (reply, self.chip.rp2040.cycle_of_time_ns(end_ns) - self.chip.cycle)
    }

    /// Has a transaction, to its end.
    pub(super) fn transact(&mut self, act: Act) -> Reply {
        let (reply, cycles) = self.begin(act);
        self.chip.cycle += cycles;
        reply
    }

    /// Whether the host has found D+ pulled up all the time, when it last did something.
    pub(super) fn was_connected(&mut self) -> bool {
        self.script().was_connected
    }

    pub(super) fn pass_ms(&mut self, ms: u64) {
        self.chip.cycle += ms * self.chip.rp2040.sys_hz() / 1_000;
    }

    pub(super) fn interrupts(&mut self) -> bool {
        self.chip.interrupts(CoreId::Core0) & 1 << 5 != 0
    }

    /// The bits that are set of some bits of `SIE_STATUS`.
    pub(super) fn status(&mut self, bits: u32) -> u32 {
        self.chip.read(SIE_STATUS) & bits
    }

    pub(super) fn fill(&mut self, offset: u32, bytes: &[u8]) {
        fill(&mut self.chip, offset, bytes);
    }

    pub(super) fn content(&mut self, offset: u32, len: u32) -> Vec<u8> {
        content(&mut self.chip, offset, len)
    }
}

/// Fills memory of the controller.
pub(super) fn fill(chip: &mut Chip, offset: u32, bytes: &[u8]) {
    for (at, byte) in (DPRAM + offset..).zip(bytes) {
        chip.try_write(CoreId::Core0, at, Width::Byte, u32::from(*byte)).expect("it is there");
    }
}

/// What is in memory of the controller.
pub(super) fn content(chip: &mut Chip, offset: u32, len: u32) -> Vec<u8> {
    let mut byte = |at| chip.try_read(CoreId::Core0, at, Width::Byte).expect("it is there") as u8;
    (DPRAM + offset..DPRAM + offset + len).map(&mut byte).collect()
}
