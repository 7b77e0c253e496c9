//! A board with embassy's driver: the crate `cyw43` itself over the emulated chip, in virtual time.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use cyw43::{A4, Aligned, Control, NetDriver, SpiBusCyw43};
use embassy_futures::select::{Either, select};
use embassy_net_driver::{Driver, LinkState, RxToken, TxToken};
use embassy_time::{Duration, Instant, MockDriver, Timer};
use embedded_hal::digital::{ErrorType, OutputPin};
use pico_emu::cyw43439::{Cyw43439, LinkEvent, Report};

use crate::air::Air;

/// The radio's address in these tests.
pub(crate) const ADDRESS: [u8; 6] = [0x28, 0xcd, 0xc1, 0x0b, 0x30, 0x67];

static FIRMWARE: &Aligned<A4, [u8]> = &Aligned(*cyw43_firmware::CYW43_43439A0);
static NVRAM: &Aligned<A4, [u8]> = &Aligned(*b"manfid=0x2d0\0boardtype=0x0887\0xtalfreq=37400\0\0\0\0");

/// How the words of a transaction get to the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A whole transaction at once.
    Bulk,
    /// Edge by edge, as embassy's PIO program for the RP2040's usual clock drives the pins.
    Wires,
}

/// The driver has one clock for all boards, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// The chip, the air around it, and what it reported.
pub(crate) struct World {
    chip: Cyw43439,
    pub(crate) air: Air,
    reports: Vec<Report>,
    bus_bits: u64,
}

impl World {
    fn now_us() -> u64 {
        Instant::now().as_micros()
    }

    fn poll(&mut self) {
        self.chip.poll(Self::now_us(), &mut self.air);
        self.reports.extend(std::iter::from_fn(|| self.chip.take_report()));
    }

    fn poll_if_due(&mut self) {
        if self.chip.deadline_us().is_some_and(|due| due <= Self::now_us()) {
            self.poll();
        }
    }

    /// The bus runs at 21 MHz.
    fn spend(&mut self, bits: usize) {
        self.bus_bits += bits as u64;
        let us = self.bus_bits / 21;
        self.bus_bits %= 21;
        MockDriver::get().advance(Duration::from_micros(us));
        self.poll_if_due();
    }

    /// Nothing is left to do at this moment: time passes, to the chip's next or by a millisecond.
    fn idle(&mut self) {
        self.poll();
        let step_us = self.chip.deadline_us().map_or(1000, |due| due.saturating_sub(Self::now_us()).clamp(1, 1000));
        MockDriver::get().advance(Duration::from_micros(step_us));
        assert!(Instant::now().as_secs() < 300, "the test waits for something that does not happen");
    }
}

/// What the test and the driver hold of the board.
#[derive(Clone)]
pub(crate) struct Handle(Rc<RefCell<World>>);

impl Handle {
    pub(crate) fn air<T>(&self, change: impl FnOnce(&mut Air) -> T) -> T {
        change(&mut self.0.borrow_mut().air)
    }

    pub(crate) fn happens(&self, event: LinkEvent) {
        self.air(|air| air.events.push_back(event));
    }

    pub(crate) fn led(&self) -> bool {
        self.0.borrow().chip.gpio(Cyw43439::LED)
    }

    pub(crate) fn set_gpio(&self, pin: u8, level: bool) {
        self.0.borrow_mut().chip.set_gpio(pin, level);
    }

    pub(crate) fn take_reports(&self) -> Vec<Report> {
        std::mem::take(&mut self.0.borrow_mut().reports)
    }

    pub(crate) async fn pass_ms(&self, ms: u64) {
        Timer::after_millis(ms).await;
    }
}

struct Power(Handle);

impl ErrorType for Power {
    type Error = Infallible;
}

impl OutputPin for Power {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.0.borrow_mut().chip.set_power(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.0.borrow_mut().chip.set_power(true);
        Ok(())
    }
}

struct Bus {
    world: Handle,
    way: Way,
}

impl Bus {
    /// The words, then as many as there is room for, and one for the status.
    fn transfer(&self, write: &[u32], read: &mut [u32]) -> u32 {
        let mut world = self.world.0.borrow_mut();
        let mut words = vec![0; read.len() + 1];
        match self.way {
            Way::Bulk => world.chip.transfer(write, &mut words),
            Way::Wires => clock_program(&mut world.chip, write, &mut words),
        }
        world.spend(32 * (write.len() + words.len()));
        let (status, data) = words.split_last().expect("one word at least");
        read.copy_from_slice(data);
        *status
    }
}

/// What embassy's PIO program does with the pins: the host's bits change while the clock is low, then the host lets the line go,
/// and samples it right before the clock rises.
pub(crate) fn clock_program(chip: &mut Cyw43439, write: &[u32], read: &mut [u32]) {
    chip.set_select(false);
    for word in write {
        for bit in (0..32).rev() {
            let data = word >> bit & 1 != 0;
            chip.set_clock(false, data);
            chip.set_clock(true, data);
        }
    }
    chip.set_clock(false, false);
    for word in read {
        for _ in 0..32 {
            *word = *word << 1 | u32::from(chip.data().unwrap_or(false));
            chip.set_clock(true, false);
            chip.set_clock(false, false);
        }
    }
    chip.set_select(true);
}

impl SpiBusCyw43 for Bus {
    async fn cmd_write(&mut self, write: &[u32]) -> u32 {
        self.transfer(write, &mut [])
    }

    async fn cmd_read(&mut self, write: u32, read: &mut [u32]) -> u32 {
        self.transfer(&[write], read)
    }

    async fn wait_for_event(&mut self) {
        poll_fn(|_| match self.world.0.borrow().chip.data() {
            Some(true) => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
    }
}

/// A board whose driver has started.
pub(crate) struct Radio<'a> {
    pub(crate) control: Control<'a>,
    device: NetDriver<'a>,
    pub(crate) world: Handle,
}

impl Radio<'_> {
    /// Sends an Ethernet frame.
    pub(crate) async fn send(&mut self, frame: &[u8]) {
        poll_fn(|context| match self.device.transmit(context) {
            Some(token) => {
                token.consume(frame.len(), |buffer| buffer.copy_from_slice(frame));
                Poll::Ready(())
            }
            None => Poll::Pending,
        })
        .await;
    }

    /// Waits for an Ethernet frame.
    pub(crate) async fn receive(&mut self) -> Vec<u8> {
        poll_fn(|context| match self.device.receive(context) {
            Some((token, _)) => Poll::Ready(token.consume(|frame| frame.to_vec())),
            None => Poll::Pending,
        })
        .await
    }

    /// The next frame, if one comes within the time.
    pub(crate) async fn receive_within_ms(&mut self, ms: u64) -> Option<Vec<u8>> {
        match select(self.receive(), Timer::after_millis(ms)).await {
            Either::First(frame) => Some(frame),
            Either::Second(()) => None,
        }
    }

    /// What the driver believes of the link.
    pub(crate) fn is_link_up(&mut self) -> bool {
        self.device.link_state(&mut Context::from_waker(Waker::noop())) == LinkState::Up
    }
}

/// Runs a test with a board whose driver has started but not been set up, and demands that nothing was reported that the test
/// did not take.
pub(crate) fn with_started<T>(way: Way, air: Air, test: impl AsyncFnOnce(Radio<'_>) -> T) -> T {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    MockDriver::get().reset();
    let chip = Cyw43439::new(ADDRESS);
    let world = Handle(Rc::new(RefCell::new(World { chip, air, reports: Vec::new(), bus_bits: 0 })));
    let mut state = cyw43::State::new();
    let result = run(&world, async {
        let bus = Bus { world: world.clone(), way };
        let (device, control, runner) = cyw43::new(&mut state, Power(world.clone()), bus, FIRMWARE, NVRAM).await;
        match select(runner.run(), test(Radio { control, device, world: world.clone() })).await {
            Either::First(never) => never,
            Either::Second(result) => result,
        }
    });
    assert_eq!(world.take_reports(), []);
    result
}

/// Runs a test with a board whose driver has been set up.
pub(crate) fn with_radio<T>(air: Air, test: impl AsyncFnOnce(Radio<'_>) -> T) -> T {
    with_started(Way::Bulk, air, async |mut radio| {
        radio.control.init(cyw43_firmware::CYW43_43439A0_CLM).await;
        test(radio).await
    })
}

/// Polls everything whenever anything may have changed.
fn run<T>(world: &Handle, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
        world.0.borrow_mut().idle();
    }
}
