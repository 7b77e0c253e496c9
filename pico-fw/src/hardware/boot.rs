//! From reset to a board at work.

use core::fmt;

use cyw43::NetDriver;
use embassy_executor::Spawner;
use embassy_futures::join::{join_array, join3};
use embassy_net::{Runner, Stack, StackResources};
use embassy_rp::install_core0_stack_guard;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, Timer};
use pico_fw::access_point::{self, AccessPointBuffers};
use pico_fw::board::{Board, ResetReason};
use pico_fw::client::{ClientBuffers, ask_forever};
use pico_fw::console::GREETING;
use pico_fw::discovery::{self, DiscoveryBuffers, Finder};
use pico_fw::log::Log;
use pico_fw::network;
use pico_fw::server::{SERVERS, ServerBuffers, serve};
use pico_fw::source::{Buttons, Potentiometers, Random, SharedSource, Source, Streams, Sweep, Temperature};
use pico_fw::store::StoreError;
use rgb_proto::http::HardwareAddress;
use rgb_proto::settings::record::RecordError;
use rgb_proto::settings::{Country, Settings, SourceKind, Wifi};
use static_cell::{ConstStaticCell, StaticCell};

use super::analog::Knobs;
use super::desk::{Desk, Reach};
use super::entropy::{self, Numbers};
use super::pins::FreePins;
use super::radio::{self, RadioPins, RadioRunner, SharedControl, StartedRadio, Station};
use super::rgb_led::{self, RgbLed};
use super::serial::LOG;
use super::watchdog::{LastRun, Stage, Watchdog};
use super::{analog, board_led, desk, last_words, pins, serial, watchdog};

/// How often a board that cannot do its work says why.
const REMINDER_INTERVAL: Duration = Duration::from_secs(10);

/// After so many short runs the next one waits: the radio may be too hot, or its supply too weak for now, and whoever looks
/// for the reason needs the time to read the log.
const SHORT_RUNS_MAX: u8 = 3;
/// How long it waits.
const REST: Duration = Duration::from_secs(120);

/// How often the radio's refusals are looked for.
const REFUSAL_INTERVAL: Duration = Duration::from_secs(1);

/// Why spawning cannot fail.
const ONCE: &str = "each task is spawned once";

/// The servers, the client, discovery, the station's probes, and what the stack itself needs: DNS, and DHCP on either side.
const SOCKETS: usize = SERVERS + 1 + 1 + 1 + 2;

/// Brings the board up and runs it.
#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let chip = embassy_rp::init(embassy_rp::config::Config::default());
    let (mut dog, last_run) = Watchdog::start(chip.WATCHDOG);
    // A stack that grows into the data ends the run at once. It fails only where a debugger has set up the guard already.
    let _ = install_core0_stack_guard();

    let mut store = desk::store(chip.FLASH);
    static SETTINGS: StaticCell<Settings> = StaticCell::new();
    let settings = store.load().map(|stored| &*SETTINGS.init(stored.settings));
    let name = settings.as_ref().map_or("new", |settings| settings.name().as_str());
    static REACH: StaticCell<Reach> = StaticCell::new();
    let reach: &'static Reach = REACH.init_with(Reach::default);
    spawner.spawn(serial::run_uart(chip.UART0, chip.PIN_0, chip.DMA_CH1).expect(ONCE));
    spawner.spawn(serial::run_usb(chip.USB, name, settings.ok(), Desk::new(store, reach)).expect(ONCE));
    greet(name, last_run);

    // The potentiometers need the pins with a converter; without them these are pins like any other.
    let analog_pins = (chip.PIN_26, chip.PIN_27, chip.PIN_28);
    let (knob_pins, spare_pins) = match settings.as_ref().map(|settings| settings.source()) {
        Ok(SourceKind::Potentiometers) => (Some(analog_pins), [None, None, None]),
        _ => (None, [Some(analog_pins.0.into()), Some(analog_pins.1.into()), Some(analog_pins.2.into())]),
    };
    let digital_pins = [
        chip.PIN_1.into(),
        chip.PIN_2.into(),
        chip.PIN_3.into(),
        chip.PIN_4.into(),
        chip.PIN_5.into(),
        chip.PIN_6.into(),
        chip.PIN_7.into(),
        chip.PIN_8.into(),
        chip.PIN_9.into(),
        chip.PIN_10.into(),
        chip.PIN_11.into(),
        chip.PIN_12.into(),
        chip.PIN_13.into(),
        chip.PIN_14.into(),
        chip.PIN_15.into(),
        chip.PIN_16.into(),
        chip.PIN_17.into(),
        chip.PIN_18.into(),
        chip.PIN_19.into(),
        chip.PIN_20.into(),
        chip.PIN_21.into(),
        chip.PIN_22.into(),
    ];
    let mut free_pins = FreePins::new(digital_pins, spare_pins);
    // Dark from now on, whichever way it is wired.
    let led = settings.as_ref().ok().map(|settings| RgbLed::new(free_pins.take(settings.led_pins()), settings.led()));

    if last_run.short_runs >= SHORT_RUNS_MAX {
        LOG.line(format_args!("{} short runs: the next one waits for {} s", last_run.short_runs, REST.as_secs()));
        LOG.line(format_args!("does the supply bear 0.5 A?"));
        dog.feed_for(REST).await;
    }
    let mut radio_pins = RadioPins { power: chip.PIN_23, data: chip.PIN_24, select: chip.PIN_25, clock: chip.PIN_29 };
    dog.feed();
    while !radio::finds_radio(&mut radio_pins).await {
        LOG.line(format_args!("no radio answers: this firmware is for a board with WiFi, a Pico W or Pico 2 W"));
        dog.feed();
        board_led::blink_no_radio(radio_pins.select.reborrow()).await;
        dog.feed();
    }
    dog.reached(Stage::StartingRadio);
    let country = settings.as_ref().map_or(Country::WORLDWIDE, |settings| settings.country());
    let StartedRadio { runner, device, mut control } = radio::start(radio_pins, chip.PIO0, chip.DMA_CH0, country).await;
    dog.feed();
    spawner.spawn(run_radio(runner).expect(ONCE));
    // An access point that sleeps hears no station.
    let may_sleep = settings.as_ref().is_ok_and(|settings| settings.power_save() && settings.wifi() == Wifi::Station);
    radio::set_up(&mut control, may_sleep).await;
    LOG.line(format_args!("the radio runs; its address is {}", HardwareAddress(control.address().await)));
    dog.reached(Stage::Working);
    static CONTROL: StaticCell<SharedControl> = StaticCell::new();
    let control: &'static SharedControl = CONTROL.init_with(|| Mutex::new(control));
    reach.control.set(Some(control));
    spawner.spawn(tell_refusals().expect(ONCE));

    let settings = match settings {
        Ok(settings) => settings,
        Err(why) => {
            spawner.spawn(board_led::blink(control, None).expect(ONCE));
            match why {
                StoreError::Record(RecordError::Absent) => remind(&mut dog, format_args!("{GREETING}")).await,
                why => {
                    remind(&mut dog, format_args!("the settings cannot be used: {why}; type help for new ones")).await
                }
            }
        }
    };
    static BOARD: StaticCell<Board> = StaticCell::new();
    let board: &'static Board = BOARD.init_with(|| Board::new(settings.clone(), last_run.reason));
    spawner.spawn(board_led::blink(control, Some(board)).expect(ONCE));
    if let Some(led) = led {
        spawner.spawn(rgb_led::show_colors(led, board).expect(ONCE));
    }

    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    let resources = RESOURCES.init_with(StackResources::new);
    let (stack, stack_runner) = embassy_net::new(device, network::stack_config(settings), resources, entropy::seed());
    spawner.spawn(run_stack(stack_runner).expect(ONCE));

    static FINDER: StaticCell<Finder> = StaticCell::new();
    let finder: &'static Finder = FINDER.init_with(Finder::new);
    spawner.spawn(discover(stack, board, finder).expect(ONCE));
    reach.board.set(Some((board, finder)));
    spawner.spawn(watchdog::supervise(dog, board).expect(ONCE));

    let serving = async {
        if !settings.role().serves() {
            return;
        }
        match settings.source() {
            SourceKind::Random => serve_all(stack, board, Random::new(entropy::seed())).await,
            SourceKind::Sweep => serve_all(stack, board, Sweep::new()).await,
            SourceKind::Buttons => {
                let buttons = pins::buttons(free_pins.take(settings.button_pins()));
                serve_all(stack, board, Buttons::new(buttons)).await
            }
            SourceKind::Temperature => {
                let thermometer = analog::thermometer(chip.ADC, chip.ADC_TEMP_SENSOR);
                serve_all(stack, board, Temperature::new(thermometer)).await
            }
            SourceKind::Potentiometers => {
                if let Some((red, green, blue)) = knob_pins {
                    serve_all(stack, board, Potentiometers::new(Knobs::new(chip.ADC, red, green, blue))).await;
                }
            }
        }
    };
    let asking = async {
        static BUFFERS: ConstStaticCell<ClientBuffers> = ConstStaticCell::new(ClientBuffers::new());
        if settings.role().asks() {
            let mut numbers = Numbers::new(entropy::seed());
            ask_forever(stack, board, finder, &LOG, BUFFERS.take(), || numbers.draw()).await;
        }
    };
    let networking = async {
        let radio = Station::new(control);
        match settings.wifi() {
            Wifi::Station => {
                let mut numbers = Numbers::new(entropy::seed());
                network::keep_up(radio, stack, board, &LOG, || numbers.draw()).await
            }
            Wifi::AccessPoint => {
                static BUFFERS: ConstStaticCell<AccessPointBuffers> = ConstStaticCell::new(AccessPointBuffers::new());
                access_point::keep_open(radio, stack, board, &LOG, BUFFERS.take()).await
            }
        }
    };
    join3(networking, serving, asking).await;
}

/// Answers so many clients at one time with the colours of this source.
async fn serve_all<S: Source>(stack: Stack<'static>, board: &'static Board, source: S) {
    static BUFFERS: ConstStaticCell<[ServerBuffers; SERVERS]> =
        ConstStaticCell::new([const { ServerBuffers::new() }; SERVERS]);
    let mut streams = Streams::<S>::new(source);
    let source = SharedSource::new(&mut streams);
    join_array(BUFFERS.take().each_mut().map(|buffers| serve(stack, board, &source, &LOG, buffers))).await;
}

/// Says what runs, and how the last run ended.
fn greet(name: &str, last_run: LastRun) {
    LOG.line(format_args!("{} {}, board {name}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
    let what = match last_run.reason {
        ResetReason::PowerOn => "power on",
        ResetReason::ResetPin => "the RUN pin",
        ResetReason::Watchdog => "the watchdog, because the firmware did not go on",
        ResetReason::Panic => "a mistake of the firmware",
        ResetReason::Requested => "a request",
        ResetReason::Unknown => "unknown",
    };
    LOG.line(format_args!("reason of this start: {what}"));
    if last_run.stage == Some(Stage::StartingRadio) {
        LOG.line(format_args!("the last run ended while the radio started"));
    }
    last_words::tell(&LOG);
}

/// Says for ever what keeps the board from its work.
async fn remind(dog: &mut Watchdog, why: fmt::Arguments<'_>) -> ! {
    loop {
        LOG.line(why);
        dog.feed_for(REMINDER_INTERVAL).await;
    }
}

/// Announces the board and finds others.
#[embassy_executor::task]
async fn discover(stack: Stack<'static>, board: &'static Board, finder: &'static Finder) -> ! {
    static BUFFERS: ConstStaticCell<DiscoveryBuffers> = ConstStaticCell::new(DiscoveryBuffers::new());
    let mut numbers = Numbers::new(entropy::seed());
    discovery::run(stack, board, finder, &LOG, BUFFERS.take(), || numbers.draw()).await
}

/// Moves frames between the radio and its driver.
#[embassy_executor::task]
async fn run_radio(runner: RadioRunner) -> ! {
    runner.run().await
}

/// Moves packets between the driver and the sockets.
#[embassy_executor::task]
async fn run_stack(mut runner: Runner<'static, NetDriver<'static>>) -> ! {
    runner.run().await
}

/// Says which commands the radio refused.
#[embassy_executor::task]
async fn tell_refusals() -> ! {
    loop {
        if let Some(refusal) = radio::take_refusal() {
            LOG.line(format_args!("the radio refused command {} ({})", refusal.command, refusal.status));
        }
        Timer::after(REFUSAL_INTERVAL).await;
    }
}
