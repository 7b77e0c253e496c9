//! A small chip around the processor, for tests and the benchmark.

use pico_emu::bus::{Access, Bus, BusFault, CoreId, Signals, StaleCode, Stored, Timing, Unit};
use pico_emu::cpu::{Cpu, Register, Stop};
use pico_emu::memory::Memory;

/// Where RAM begins, and its size.
pub(crate) const RAM: u32 = 0x2000_0000;
const RAM_LEN: usize = 0x4_0000;

/// Where ROM begins, and its size.
pub(crate) const ROM: u32 = 0;
pub(crate) const ROM_LEN: usize = 0x4_0000;

/// Two words that read as the cycle of the access.
pub(crate) const TIMER: u32 = 0x4005_4000;
const TIMER_END: u32 = TIMER + 4;
/// The interrupt lines, to be written.
pub(crate) const LINES: u32 = 0x4006_0000;
/// The cycle at which the lines of [`ALARM_LINES`] are asserted.
pub(crate) const ALARM: u32 = 0x4006_0004;
/// What [`ALARM`] asserts.
pub(crate) const ALARM_LINES: u32 = 0x4006_0008;
/// The cycle of an event that somebody else than the chip sees to.
pub(crate) const EVENT: u32 = 0x4006_0010;
/// A word behind the bus, with two wait states.
pub(crate) const SLOW: u32 = 0x4006_000c;
/// A word behind the single-cycle port.
pub(crate) const PORT: u32 = 0xd000_0000;
/// Nothing is there.
pub(crate) const HOLE: u32 = 0x3000_0000;
/// Some code that nobody has modelled.
pub(crate) const ALIAS: u32 = 0x2100_0000;
/// Something is there that nobody has modelled.
pub(crate) const UNKNOWN: u32 = 0x5000_0000;

/// The chip.
#[derive(Clone)]
pub(crate) struct Chip {
    pub(crate) rom: Memory<ROM_LEN>,
    /// How much of the ROM answers.
    pub(crate) rom_len: u32,
    pub(crate) ram: Memory<RAM_LEN>,
    pub(crate) lines: u32,
    pub(crate) nmi: bool,
    pub(crate) alarm: u64,
    pub(crate) alarm_lines: u32,
    pub(crate) event: u64,
    pub(crate) slow: u32,
    pub(crate) port: u32,
    /// Which processors have still to hear of a `SEV`.
    pub(crate) events: [bool; 2],
}

impl Chip {
    pub(crate) fn new() -> Self {
        Self {
            rom: Memory::new(),
            rom_len: ROM_LEN as u32,
            ram: Memory::new(),
            lines: 0,
            nmi: false,
            alarm: u64::MAX,
            alarm_lines: 0,
            event: u64::MAX,
            slow: 0,
            port: 0,
            events: [false; 2],
        }
    }

    /// Does what is due at `cycle`.
    pub(crate) fn advance(&mut self, cycle: u64) {
        if cycle >= self.alarm {
            self.alarm = u64::MAX;
            self.lines |= self.alarm_lines;
        }
    }
}

impl Bus for Chip {
    #[inline(always)]
    fn load<U: Unit>(&self, address: u32) -> Option<U> {
        if address.wrapping_sub(RAM) < RAM_LEN as u32 {
            Some(self.ram.load(address))
        } else if address < self.rom_len {
            Some(self.rom.load(address))
        } else {
            None
        }
    }

    #[inline(always)]
    fn store<U: Unit>(&mut self, address: u32, value: U) -> Option<Stored> {
        (address.wrapping_sub(RAM) < RAM_LEN as u32).then(|| self.ram.store(address, value))
    }

    fn read(&mut self, access: Access) -> Result<(u32, Timing), BusFault> {
        self.advance(access.cycle);
        match access.address {
            TIMER..=TIMER_END => Ok((access.cycle as u32, Timing::NO_WAIT)),
            LINES => Ok((self.lines, Timing::NO_WAIT)),
            SLOW => Ok((self.slow, Timing::Ahb { wait_cycles: 2 })),
            PORT => Ok((self.port, Timing::SingleCycle)),
            UNKNOWN..0x6000_0000 => Err(access.not_modelled()),
            _ => Err(access.bus_error()),
        }
    }

    fn write(&mut self, access: Access, value: u32) -> Result<Timing, BusFault> {
        self.advance(access.cycle);
        match access.address {
            LINES => self.lines = value,
            ALARM => self.alarm = u64::from(value),
            EVENT => self.event = u64::from(value),
            ALARM_LINES => self.alarm_lines = value,
            SLOW => {
                self.slow = value;
                return Ok(Timing::Ahb { wait_cycles: 2 });
            }
            PORT => {
                self.port = value;
                return Ok(Timing::SingleCycle);
            }
            UNKNOWN..0x6000_0000 => return Err(access.not_modelled()),
            _ => return Err(access.bus_error()),
        }
        Ok(Timing::NO_WAIT)
    }

    fn fetch(&mut self, access: Access) -> Result<u16, BusFault> {
        if access.address.wrapping_sub(RAM) < RAM_LEN as u32 {
            Ok(self.ram.fetch(access.core, access.address))
        } else if access.address < self.rom_len {
            Ok(self.rom.fetch(access.core, access.address))
        } else if access.address == ALIAS {
            Err(access.not_modelled())
        } else {
            Err(access.bus_error())
        }
    }

    fn take_stale_code(&mut self, core: CoreId) -> Option<StaleCode> {
        self.ram.take_stale_code(core, RAM).or_else(|| self.rom.take_stale_code(core, ROM))
    }

    fn signals(&mut self, core: CoreId, cycle: u64) -> Signals {
        self.advance(cycle);
        let event = std::mem::take(&mut self.events[core.index()]);
        Signals { interrupts: self.lines, nmi: self.nmi, event, next_event: self.alarm.min(self.event) }
    }

    fn send_event(&mut self, core: CoreId) {
        self.events[1 - core.index()] = true;
    }
}

/// Where the handler of exception 0 would lie; the others follow, each with room for 32 halfwords.
const HANDLERS: u32 = 0x1000;
const HANDLER_LEN: u32 = 64;

/// `b .`
pub(crate) const STAY: u16 = 0xe7fe;

/// A chip with one processor.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) cpu: Cpu,
    pub(crate) chip: Chip,
}

impl Machine {
    /// With code at the beginning of RAM, the stack at its end, and handlers in ROM that stay where they are.
    pub(crate) fn new(code: &[u16]) -> Self {
        let mut chip = Chip::new();
        chip.ram.write(0, &bytes(code));
        let mut cpu = Cpu::new(CoreId::Core0);
        cpu.start(ROM, RAM + RAM_LEN as u32, RAM | 1);
        let mut machine = Self { cpu, chip };
        for number in 1..48 {
            machine.set_handler(number, &[STAY]);
        }
        machine
    }

    /// Replaces the handler of an exception.
    pub(crate) fn set_handler(&mut self, number: u8, code: &[u16]) {
        let address = handler(number);
        self.chip.rom.write(address, &bytes(code));
        self.chip.rom.write(4 * u32::from(number), &(address | 1).to_le_bytes());
    }

    pub(crate) fn run(&mut self, until: u64) -> Stop {
        self.cpu.run(&mut self.chip, until)
    }

    /// Executes one instruction, or half of an exception entry.
    pub(crate) fn step(&mut self) -> Stop {
        self.run(self.cpu.cycle() + 1)
    }

    pub(crate) fn steps(&mut self, count: usize) {
        for _ in 0..count {
            assert_eq!(self.step(), Stop::Deadline, "{}", self.cpu.registers());
        }
    }

    pub(crate) fn read(&self, register: Register) -> u32 {
        self.cpu.registers().read(register)
    }

    pub(crate) fn write(&mut self, register: Register, value: u32) {
        self.cpu.registers_mut().write(register, value);
    }

    pub(crate) fn pc(&self) -> u32 {
        self.read(Register::Pc)
    }

    /// The number of the exception that is handled.
    pub(crate) fn ipsr(&self) -> u8 {
        self.cpu.registers().ipsr()
    }

    /// A word of RAM.
    pub(crate) fn word(&self, address: u32) -> u32 {
        self.chip.ram.load(address - RAM)
    }

    pub(crate) fn set_word(&mut self, address: u32, value: u32) {
        self.chip.ram.write(address - RAM, &value.to_le_bytes());
    }

    /// Has the processor store a word, as a program would, and go on where it was.
    pub(crate) fn store(&mut self, address: u32, value: u32) {
        // str r1, [r0]
        self.aside(0x6001, address, value);
    }

    /// Has the processor load a word.
    pub(crate) fn load(&mut self, address: u32) -> u32 {
        // ldr r1, [r0]
        self.aside(0x6801, address, 0)
    }

    fn aside(&mut self, instruction: u16, r0: u32, r1: u32) -> u32 {
        const PLACE: u32 = RAM + 0x3_0000;
        let before = self.cpu.registers().clone();
        self.chip.ram.write(PLACE - RAM, &instruction.to_le_bytes());
        self.write(Register::R0, r0);
        self.write(Register::R1, r1);
        self.write(Register::Pc, PLACE);
        self.steps(1);
        let result = self.read(Register::R1);
        *self.cpu.registers_mut() = before;
        result
    }
}

/// Where the handler of an exception lies.
pub(crate) fn handler(number: u8) -> u32 {
    HANDLERS + HANDLER_LEN * u32::from(number)
}

fn bytes(code: &[u16]) -> Vec<u8> {
    code.iter().flat_map(|half| half.to_le_bytes()).collect()
}
