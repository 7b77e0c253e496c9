//! The CYW43439 WiFi radio on a Pico W's PIO bus.

mod bus;
mod frames;
mod nvram;
mod probe;
mod station;

use cyw43::{A4, Aligned, Control, NetDriver, PowerManagementMode, Runner, SpiBus};
use cyw43_pio::{PioSpi, RM2_CLOCK_DIVIDER};
use embassy_rp::Peri;
use embassy_rp::dma;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::{DMA_CH0, PIN_23, PIN_24, PIN_25, PIN_29, PIO0};
use embassy_rp::pio::Pio;
use pico_fw::discovery;
use rgb_proto::settings::Country;
use static_cell::StaticCell;

pub(crate) use bus::take_refusal;
pub(crate) use probe::finds_radio;
pub(crate) use station::{LED, SharedControl, Station};

use super::interrupts::Irqs;
use bus::MendingBus;

/// The radio's own program, which it loses with its power.
static FIRMWARE: &Aligned<A4, [u8]> = &Aligned(*cyw43_firmware::CYW43_43439A0);

/// The pins between chip and radio (Pico W data sheet, 2.1).
pub(crate) struct RadioPins {
    /// WL_ON.
    pub(crate) power: Peri<'static, PIN_23>,
    /// WL_D: data in both directions, and the radio's interrupt.
    pub(crate) data: Peri<'static, PIN_24>,
    /// WL_CS.
    pub(crate) select: Peri<'static, PIN_25>,
    /// WL_CLK.
    pub(crate) clock: Peri<'static, PIN_29>,
}

/// The driver's part that runs for ever.
pub(crate) type RadioRunner = Runner<'static, SpiBus<Output<'static>, MendingBus<PioSpi<'static, PIO0, 0>>>>;

/// A radio that runs its program, and is not set up yet.
pub(crate) struct StartedRadio {
    /// Run it in a task of its own before anything else is done.
    pub(crate) runner: RadioRunner,
    /// The network stack's way to the air.
    pub(crate) device: NetDriver<'static>,
    /// For [`set_up`].
    pub(crate) control: Control<'static>,
}

/// Powers the radio up and loads its program. It may hang or panic where the radio does not behave.
pub(crate) async fn start(
    pins: RadioPins,
    pio: Peri<'static, PIO0>,
    dma: Peri<'static, DMA_CH0>,
    country: Country,
) -> StartedRadio {
    static STATE: StaticCell<cyw43::State> = StaticCell::new();

    let power = Output::new(pins.power, Level::Low);
    let select = Output::new(pins.select, Level::High);
    let mut pio = Pio::new(pio, Irqs);
    // A third of the system's clock moves the bus at 21 MHz on the RP2040 and 25 MHz on the RP2350. The radio takes 50, but
    // some boards lose words already at half the system's clock, and a colour needs no speed.
    let bus = PioSpi::new(
        &mut pio.common,
        pio.sm0,
        RM2_CLOCK_DIVIDER,
        pio.irq0,
        select,
        pins.data,
        pins.clock,
        dma::Channel::new(dma, Irqs),
    );
    let bus = MendingBus::new(bus, country);
    let (device, control, runner) =
        cyw43::new(STATE.init_with(cyw43::State::new), power, bus, FIRMWARE, nvram::IMAGE).await;
    StartedRadio { runner, device, control }
}

/// Gives the radio its limits, its power management, and an ear for those who look for the board.
pub(crate) async fn set_up(control: &mut Control<'static>, may_sleep: bool) {
    control.init(cyw43_firmware::CYW43_43439A0_CLM).await;
    let power_management = if may_sleep { PowerManagementMode::PowerSave } else { PowerManagementMode::None };
    control.set_power_management(power_management).await;
    // It fails only where the radio has too many such addresses, and this is the first.
    let _ = control.add_multicast_address(discovery::GROUP_HARDWARE_ADDRESS).await;
}
