//! The USB port: a serial port (CDC-ACM) with the log and the console.

use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use embassy_futures::join::join3;
use embassy_futures::select::{Either, Either3, select, select3};
use embassy_futures::yield_now;
use embassy_rp::Peri;
use embassy_rp::peripherals::USB;
use embassy_rp::rom_data::reset_to_usb_boot;
use embassy_rp::usb::Driver;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embassy_sync::signal::Signal;
use embassy_usb::class::cdc_acm::{CdcAcmClass, ControlChanged, Receiver, Sender, State};
use embassy_usb::{Builder, Config};
use pico_fw::console::{self, Terminal, Typing};
use rgb_proto::settings::Settings;

use super::LOG;
use crate::hardware::desk::Desk;
use crate::hardware::interrupts::Irqs;

/// The ids under which Raspberry Pi's SDK presents a Pico's serial port: hosts know them.
const VENDOR: u16 = 0x2e8a;
const PRODUCT: u16 = 0x000a;

/// A full speed bulk packet (USB 2.0, 5.8.3).
const PACKET_LEN: u16 = 64;

/// Whoever opens the port at this speed and closes it wants the boot loader, so that a new firmware can be written without
/// a hand at the button. Arduino's boards began this, and the Pico SDK's do the same.
const BOOT_LOADER_BAUD: u32 = 1200;

/// What the console says, on its way.
static ANSWERS: Pipe<CriticalSectionRawMutex, 256> = Pipe::new();
/// Whoever was at the port has closed it; the next one does not finish their line.
static CLOSED: Signal<CriticalSectionRawMutex, ()> = Signal::new();
/// The log waits while somebody types.
static TYPING: Typing = Typing::new();

/// Runs the port. The name tells several boards at one computer apart; `settings` are those that the console shows.
#[embassy_executor::task]
pub(crate) async fn run(
    usb: Peri<'static, USB>,
    board_name: &'static str,
    settings: Option<&'static Settings>,
    mut desk: Desk,
) -> ! {
    let mut config = Config::new(VENDOR, PRODUCT);
    config.manufacturer = Some("rgb-boards");
    config.product = Some("RGB board");
    config.serial_number = Some(board_name);

    let mut config_descriptor = [0; 128];
    let mut bos_descriptor = [0; 16];
    let mut control_buffer = [0; 64];
    let mut state = State::new();
    let mut builder = Builder::new(
        Driver::new(usb, Irqs),
        config,
        &mut config_descriptor,
        &mut bos_descriptor,
        &mut [],
        &mut control_buffer,
    );
    let (sender, receiver, control) = CdcAcmClass::new(&mut builder, &mut state, PACKET_LEN).split_with_control();
    let mut device = builder.build();
    let mut keyboard = Keyboard(receiver);
    let device = pin!(device.run());
    let console = pin!(console::run(settings, &mut desk, &mut keyboard, &TYPING));
    join3(Apart(device), send(sender, control), Apart(console)).await.0
}

/// A future whose code stays in a function of its own: several in one would take more flash memory.
struct Apart<'a, F>(Pin<&'a mut F>);

impl<F: Future> Future for Apart<'_, F> {
    type Output = F::Output;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}

/// Sends the console's answers and, while nobody types, the log's lines, as long as a program has the port open.
async fn send<'d>(mut sender: Sender<'d, Driver<'d, USB>>, control: ControlChanged<'d>) -> ! {
    // Never a full packet: the host would wait for the next one before it shows it.
    let mut packet = [0; PACKET_LEN as usize - 1];
    let mut was_open = false;
    let mut is_within_line = false;
    loop {
        if !control.dtr() {
            if was_open && sender.line_coding().data_rate() == BOOT_LOADER_BAUD {
                // No LED for its activity, and both of its interfaces.
                reset_to_usb_boot(0, 0);
            }
            if was_open {
                CLOSED.signal(());
            }
            was_open = false;
            control.control_changed().await;
            continue;
        }
        was_open = true;
        let mut len = 0;
        if !is_within_line {
            let quiet = async {
                TYPING.ended().await;
                LOG.usb.pending().await;
            };
            match select3(control.control_changed(), ANSWERS.read(&mut packet), quiet).await {
                Either3::First(()) => continue,
                Either3::Second(answer) => len = answer,
                Either3::Third(()) => {}
            }
        }
        if len == 0 {
            // The log says whole lines. The rest of one is there as soon as its beginning is.
            len = LOG.usb.backlog.lock(|backlog| backlog.borrow_mut().take(&mut packet));
            is_within_line = len > 0 && !packet.get(..len).unwrap_or_default().ends_with(b"\n");
        }
        // A packet that cannot be sent is lost.
        let packet = packet.get(..len).unwrap_or_default();
        select(sender.write_packet(packet), control.control_changed()).await;
    }
}

/// What is typed at the port, and the way back.
struct Keyboard<'d>(Receiver<'d, Driver<'d, USB>>);

impl Terminal for Keyboard<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> usize {
        loop {
            match select(self.0.read_packet(buffer), CLOSED.wait()).await {
                // An empty packet ends a transfer of full ones and says nothing itself.
                Either::First(Ok(0)) => {}
                Either::First(Ok(len)) => return len,
                // The driver has no error that a packet of this length could meet.
                Either::First(Err(_)) => yield_now().await,
                Either::Second(()) => return 0,
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let len = ANSWERS.write(rest).await;
            rest = rest.get(len..).unwrap_or_default();
        }
    }
}
