//! A board with real firmware, as a host of the world.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::time::Duration;

use pico_emu::rp2040::{ImageError, PwmDuty, Stop};
use pico_emu::{Board, BoardConfig};
use rgb_proto::settings::Settings;
use rgb_proto::{Instant, Rgb};

use super::debug_info::{DebugInfo, describe};
use super::instruction_trace::BoardTrace;
use super::light::{ALWAYS, shown_color};
use super::medium::NicMedium;
use super::serial::{Line, SerialPort};
use super::witness::Witness;
use crate::provision::{Chip, settings_uf2};
use crate::scenario::ScenarioBoard;
use crate::world::{BoardEvent, Host, Nic};

/// While a processor is awake, a frame that the firmware sends reaches the air at most so late.
const QUANTUM: Duration = Duration::from_micros(50);
/// What the board does that soon is part of something that goes on, such as a transfer. It is also what the world's clock counts.
const AT_ONCE: Duration = Duration::from_micros(1);

/// A Pico W with real firmware in its flash memory, behind a network card of the world.
///
/// It gets power when it is added to the world.
pub struct EmulatedBoard {
    board: Board,
    power: Power,
    settings: Settings,
    serial_port: SerialPort,
    witness: Witness,
    debug_info: Option<DebugInfo>,
    instruction_trace: Option<BoardTrace>,
    has_stopped: bool,
    /// What the emulation could not do: all of it, and what nobody has asked for yet.
    problems: BTreeSet<String>,
    new_problems: Vec<(Instant, String)>,
}

/// The power that the board is to have.
enum Power {
    On,
    Off,
    /// On, after it was off.
    Restart,
}

impl EmulatedBoard {
    /// A board with this firmware, a UF2 or ELF file, and these settings in its flash memory. The radio has the network
    /// card's address; the seed decides the randomness of the chip.
    ///
    /// # Errors
    ///
    /// [`ImageError`] if the firmware is not for this board.
    pub fn new(firmware: &[u8], settings: &Settings, hardware_address: [u8; 6], seed: u64) -> Result<Self, ImageError> {
        let radio_address = Some(hardware_address);
        let mut board = Board::new(BoardConfig { seed, unique_id: seed.to_be_bytes(), radio_address });
        board.power_off();
        board.load(firmware)?;
        board.load(&settings_uf2(settings, Chip::Rp2040))?;
        Ok(Self {
            board,
            power: Power::Restart,
            serial_port: SerialPort::default(),
            witness: Witness::new(settings.client_config().timeout),
            settings: settings.clone(),
            debug_info: None,
            instruction_trace: None,
            has_stopped: false,
            problems: BTreeSet::new(),
            new_problems: Vec::new(),
        })
    }

    /// From now on reads the firmware's log at this port. For USB a computer is plugged in, which stays when the power goes.
    ///
    /// What comes out of the other ports is for whoever takes it from the [board](Self::board_mut).
    pub fn set_serial_port(&mut self, port: SerialPort) {
        self.serial_port = port;
        if port == SerialPort::Usb {
            self.board.attach_usb();
        }
    }

    /// From now on keeps the lines of the firmware's log, for [`take_lines`](Self::take_lines).
    pub fn record_lines(&mut self) {
        self.witness.record_lines();
    }

    /// The lines of the firmware's log since the last call. Without [`record_lines`](Self::record_lines) there are none.
    pub fn take_lines(&mut self) -> Vec<Line> {
        self.witness.take_lines()
    }

    /// From now on tells when the firmware comes to its handler of a panic or a fault, and where in its source it was. Once.
    pub fn set_debug_info(&mut self, debug_info: DebugInfo) {
        debug_info.watch(&mut self.board);
        self.debug_info = Some(debug_info);
    }

    /// Writes what the board executes from a time of the world on: an [`InstructionTrace`](pico_emu::debug::InstructionTrace),
    /// with the names of what [debug info](Self::set_debug_info) there is by now. Lines that begin with `#` tell when the
    /// power came and went. The board does the same as without it, and the emulation takes longer.
    pub fn set_instruction_trace(&mut self, out: Box<dyn Write + Send>, from: Instant) {
        let symbols = self.debug_info.as_ref().and_then(DebugInfo::symbols);
        let from = from.saturating_duration_since(Instant::ORIGIN);
        self.instruction_trace = Some(BoardTrace::new(out, symbols, from));
    }

    /// Writes what is still to be written to the instruction trace, and ends it.
    ///
    /// # Errors
    ///
    /// The first error that its writer has met. Nothing was written behind it.
    pub fn close_instruction_trace(&mut self) -> io::Result<()> {
        self.instruction_trace.take().map_or(Ok(()), |trace| trace.finish(&self.board))
    }

    /// Whether its emulation could not go on. Then it is without power until it is given some again.
    #[must_use]
    pub const fn has_stopped(&self) -> bool {
        self.has_stopped
    }

    /// The colour that the LED shows.
    #[must_use]
    pub fn color(&self) -> Rgb {
        self.witness.color()
    }

    /// The board itself, to be looked at.
    #[must_use]
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// The board itself, to connect something to it. Its power and its serial log are taken care of here.
    pub const fn board_mut(&mut self) -> &mut Board {
        &mut self.board
    }

    /// Runs the board until now, and sees what it does.
    fn run(&mut self, nic: &mut Nic<'_>) {
        let now = nic.now();
        loop {
            let stop = self.run_program(nic);
            if stop == Stop::Deadline {
                break;
            }
            self.handle_problem(describe(stop, &self.board, self.debug_info.as_ref()), now);
            // Where the program handles its own failure it goes on with that.
            if !matches!(stop, Stop::Reached { .. }) {
                self.has_stopped = true;
                self.power = Power::Off;
                break;
            }
        }
        let pins = self.settings.led_pins().map(|pin| self.board.pwm_duty(usize::from(pin)).as_ref().map(high));
        self.witness.handle_light(shown_color(pins, self.settings.led()), now);
        let bytes = self.serial_port.take(&mut self.board);
        self.witness.handle_serial(&bytes, now);
        while let Some(report) = self.board.take_report() {
            self.handle_problem(report.to_string(), now);
        }
    }

    fn run_program(&mut self, nic: &mut Nic<'_>) -> Stop {
        let now = nic.now();
        let Self { board, witness, instruction_trace, .. } = self;
        let mut medium = NicMedium::new(nic, |frame: &[u8]| witness.handle_sent(frame, now));
        let time = now.saturating_duration_since(Instant::ORIGIN);
        let mut run = |medium: &mut NicMedium<'_, '_, _>| match instruction_trace {
            Some(trace) => trace.run_until(board, time, medium),
            None => board.run_until(time, medium),
        };
        let mut stop = run(&mut medium);
        if stop == Stop::Deadline {
            medium.listen();
            stop = run(&mut medium);
        }
        stop
    }

    fn handle_problem(&mut self, problem: String, now: Instant) {
        if self.problems.insert(problem.clone()) {
            self.new_problems.push((now, problem));
        }
    }

    /// Gives and takes power as is wanted.
    fn switch(&mut self, nic: &mut Nic<'_>) {
        if let Power::Off | Power::Restart = self.power
            && self.board.is_powered()
        {
            nic.power_off();
            self.remark("power off");
            self.board.power_off();
            self.witness.handle_power_lost(nic.now());
        }
        if let Power::Restart = self.power {
            self.board.power_on();
            self.remark("power on");
            self.has_stopped = false;
            self.power = Power::On;
        }
    }

    /// Says in the instruction trace what happens to the board.
    fn remark(&mut self, what: &str) {
        if let Some(trace) = &mut self.instruction_trace {
            trace.remark(what, &self.board);
        }
    }
}

/// How much of the time a pin is high.
fn high(duty: &PwmDuty) -> u16 {
    (duty.fraction() * f64::from(ALWAYS) + 0.5) as u16
}

impl Host for EmulatedBoard {
    fn poll(&mut self, nic: &mut Nic<'_>) -> Option<Instant> {
        self.run(nic);
        self.switch(nic);
        let next = self.board.next_event()?;
        // The board may be some cycles ahead.
        if next <= self.board.time() + AT_ONCE {
            return Some(nic.now() + QUANTUM);
        }
        let next_us = next.as_nanos().div_ceil(AT_ONCE.as_nanos());
        Some(Instant::from_micros(u64::try_from(next_us).unwrap_or(u64::MAX)))
    }
}

impl ScenarioBoard for EmulatedBoard {
    fn power_off(&mut self) {
        self.power = Power::Off;
    }

    fn power_on(&mut self) {
        if let Power::Off = self.power {
            self.power = Power::Restart;
        }
    }

    fn reboot(&mut self) {
        self.power = Power::Restart;
    }

    fn take_events(&mut self) -> Vec<BoardEvent> {
        self.witness.take_events()
    }

    fn take_problems(&mut self) -> Vec<(Instant, String)> {
        std::mem::take(&mut self.new_problems)
    }

    fn address(&self) -> Option<Ipv4Addr> {
        self.witness.address()
    }

    /// From outside nobody can tell.
    fn oldest_connection(&self) -> Option<Instant> {
        None
    }
}
