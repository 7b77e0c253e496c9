//! The watchdog: what it ended last time, and who feeds it.

use embassy_rp::pac;
use embassy_rp::peripherals::WATCHDOG;
use embassy_rp::{Peri, watchdog};
use embassy_time::{Duration, Instant, Timer};
use pico_fw::board::{Board, ResetReason};
use pico_fw::log::Log;

use super::last_words;
use super::serial::LOG;

/// After so long without food the watchdog resets the chip. The RP2040's counts down from 2^24 - 1 in steps of two a
/// microsecond (RP2040 data sheet, RP2040-E1): this is the most it can.
const PERIOD: Duration = Duration::from_micros((1 << 23) - 1);

/// How often the supervisor looks: often enough that one late look does not matter.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How long the board's progress may stand still. It moves within [`Board::PROGRESS_SPAN_MAX`] whatever the network and the
/// peers do, the longest legal step being a join; half of that on top is for a radio that answers slowly. A board that hangs
/// starts again after this and the watchdog's own period.
const STANDSTILL_MAX: Duration = Duration::from_secs(Board::PROGRESS_SPAN_MAX.as_secs() * 3 / 2);

/// A run that worked for so long was not a short one.
const SHORT_RUN: Duration = Duration::from_secs(60);

/// How far the firmware has come; the next start finds it in a register that survives a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before the radio.
    Beginning,
    /// While the radio starts, which the driver does not always live through.
    StartingRadio,
    /// The board does its work.
    Working,
}

/// Why the board started, and what happened before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastRun {
    /// Why it ended.
    pub(crate) reason: ResetReason,
    /// Where it was then, unless the power was gone.
    pub(crate) stage: Option<Stage>,
    /// How many runs in a row ended by themselves before they had worked for a while.
    pub(crate) short_runs: u8,
}

/// The watchdog, running.
pub(crate) struct Watchdog {
    watchdog: watchdog::Watchdog,
    short_runs: u8,
}

impl Watchdog {
    /// Starts it, and tells about the last run.
    pub(crate) fn start(peripheral: Peri<'static, WATCHDOG>) -> (Self, LastRun) {
        let mut watchdog = watchdog::Watchdog::new(peripheral);
        let by_watchdog = watchdog.reset_reason();
        // A debugger that halts the chip must not be punished for it.
        watchdog.pause_on_debug(true);
        watchdog.start(PERIOD);
        choose_what_to_reset();

        let reason = match by_watchdog {
            Some(watchdog::ResetReason::TimedOut) => ResetReason::Watchdog,
            Some(watchdog::ResetReason::Forced) if last_words::are_kept() => ResetReason::Panic,
            Some(watchdog::ResetReason::Forced) => ResetReason::Requested,
            None => chip_reset_reason(),
        };
        let kept = by_watchdog.and_then(|_| Kept::read());
        let short_runs = match (reason, kept) {
            (ResetReason::Watchdog | ResetReason::Panic, Some(kept)) => kept.short_runs.saturating_add(1),
            _ => 0,
        };
        let mut this = Self { watchdog, short_runs };
        this.reached(Stage::Beginning);
        (this, LastRun { reason, stage: kept.map(|kept| kept.stage), short_runs })
    }

    /// Another period of patience.
    pub(crate) fn feed(&mut self) {
        self.watchdog.feed(PERIOD);
    }

    /// Waits, and feeds meanwhile: where nothing but a person can help.
    pub(crate) async fn feed_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.feed();
            Timer::at(end.min(Instant::now() + LOOK_INTERVAL)).await;
        }
        self.feed();
    }

    /// The firmware has come this far.
    pub(crate) fn reached(&mut self, stage: Stage) {
        Kept { stage, short_runs: self.short_runs }.write();
        self.feed();
    }
}

/// Feeds the watchdog as long as the board makes progress, and not a moment longer.
#[embassy_executor::task]
pub(crate) async fn supervise(mut watchdog: Watchdog, board: &'static Board) -> ! {
    let mut seen = board.progress();
    let mut moved = Instant::now();
    let mut is_told = false;
    let settled = Instant::now() + SHORT_RUN;
    loop {
        if watchdog.short_runs > 0 && Instant::now() >= settled {
            watchdog.short_runs = 0;
            watchdog.reached(Stage::Working);
        }
        let progress = board.progress();
        if progress != seen {
            (seen, moved, is_told) = (progress, Instant::now(), false);
        }
        if moved.elapsed() < STANDSTILL_MAX {
            watchdog.feed();
        } else if !is_told {
            is_told = true;
            LOG.line(format_args!("no progress for {} s: the board will start again", STANDSTILL_MAX.as_secs()));
        }
        Timer::after(LOOK_INTERVAL).await;
    }
}

/// Resets the whole chip, except its oscillators, at once.
pub(crate) fn reset_chip() -> ! {
    choose_what_to_reset();
    loop {
        pac::WATCHDOG.ctrl().write(|w| {
            w.set_enable(true);
            w.set_trigger(true);
        });
    }
}

/// The oscillators, alone of all parts, go on through the watchdog's reset: the other parts need them to come up.
fn choose_what_to_reset() {
    // RP2040 data sheet, 2.13, PSM: WDSEL; the oscillators are bits 0 and 1 of 17.
    #[cfg(feature = "rp2040")]
    const ALL_BUT_OSCILLATORS: u32 = 0x0001_fffc;
    // RP2350 data sheet, 7.4, PSM: WDSEL; the oscillators are bits 2 and 3 of 25.
    #[cfg(feature = "rp2350")]
    const ALL_BUT_OSCILLATORS: u32 = 0x01ff_fff3;
    pac::PSM.wdsel().write_value(pac::psm::regs::Wdsel(ALL_BUT_OSCILLATORS));
}

/// What scratch register 0 keeps. The boot ROM uses 4 to 7 (RP2040 data sheet, 2.8.1.1).
#[derive(Clone, Copy)]
struct Kept {
    stage: Stage,
    short_runs: u8,
}

impl Kept {
    const MAGIC: [u8; 2] = *b"RG";

    fn read() -> Option<Self> {
        let [stage, short_runs, magic @ ..] = pac::WATCHDOG.scratch0().read().to_le_bytes();
        let stage = match stage {
            0 => Stage::Beginning,
            1 => Stage::StartingRadio,
            2 => Stage::Working,
            _ => return None,
        };
        (magic == Self::MAGIC).then_some(Self { stage, short_runs })
    }

    fn write(self) {
        let [high, low] = Self::MAGIC;
        let word = u32::from_le_bytes([self.stage as u8, self.short_runs, high, low]);
        pac::WATCHDOG.scratch0().write_value(word);
    }
}

/// Why the chip started, where it was not the watchdog.
fn chip_reset_reason() -> ResetReason {
    // RP2040 data sheet, 2.12: CHIP_RESET.
    #[cfg(feature = "rp2040")]
    let (power_on, pin, debugger) = {
        let reset = pac::VREG_AND_CHIP_RESET.chip_reset().read();
        (reset.had_por(), reset.had_run(), reset.had_psm_restart())
    };
    // RP2350 data sheet, 6.4, POWMAN: CHIP_RESET.
    #[cfg(feature = "rp2350")]
    let (power_on, pin, debugger) = {
        let reset = pac::POWMAN.chip_reset().read();
        (reset.had_por(), reset.had_run_low(), reset.had_dp_reset_req() || reset.had_rescue())
    };
    match (pin, power_on, debugger) {
        (true, ..) => ResetReason::ResetPin,
        (_, true, _) => ResetReason::PowerOn,
        (.., true) => ResetReason::Requested,
        _ => ResetReason::Unknown,
    }
}
