//! The USB port: a serial port (CDC-ACM) that shows the log.

use embassy_futures::join::join3;
use embassy_futures::select::select;
use embassy_rp::Peri;
use embassy_rp::peripherals::USB;
use embassy_rp::rom_data::reset_to_usb_boot;
use embassy_rp::usb::Driver;
use embassy_usb::class::cdc_acm::{CdcAcmClass, ControlChanged, Receiver, Sender, State};
use embassy_usb::{Builder, Config};

use super::LOG;
use crate::hardware::interrupts::Irqs;

/// The ids under which Raspberry Pi's SDK presents a Pico's serial port: hosts know them.
const VENDOR: u16 = 0x2e8a;
const PRODUCT: u16 = 0x000a;

/// A full speed bulk packet (USB 2.0, 5.8.3).
const PACKET_LEN: u16 = 64;

/// Whoever opens the port at this speed and closes it wants the boot loader, so that a new firmware can be written without
/// a hand at the button. Arduino's boards began this, and the Pico SDK's do the same.
const BOOT_LOADER_BAUD: u32 = 1200;

/// Runs the port. The name tells several boards at one computer apart.
#[embassy_executor::task]
pub(crate) async fn run(usb: Peri<'static, USB>, board_name: &'static str) -> ! {
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
    join3(device.run(), send(sender, control), ignore(receiver)).await.0
}

/// Sends the log while a program has the port open.
async fn send<'d>(mut sender: Sender<'d, Driver<'d, USB>>, control: ControlChanged<'d>) -> ! {
    // Never a full packet: the host would wait for the next one before it shows it.
    let mut buffer = [0; PACKET_LEN as usize - 1];
    let mut was_open = false;
    loop {
        if !control.dtr() {
            if was_open && sender.line_coding().data_rate() == BOOT_LOADER_BAUD {
                // No LED for its activity, and both of its interfaces.
                reset_to_usb_boot(0, 0);
            }
            was_open = false;
            control.control_changed().await;
            continue;
        }
        was_open = true;
        let write = async {
            let len = LOG.usb.next(&mut buffer).await;
            if sender.write_packet(buffer.get(..len).unwrap_or_default()).await.is_err() {
                // Unplugged. What was in the packet is lost.
                sender.wait_connection().await;
            }
        };
        select(write, control.control_changed()).await;
    }
}

/// Takes what a terminal sends, so that it does not wait.
async fn ignore<'d>(mut receiver: Receiver<'d, Driver<'d, USB>>) -> ! {
    let mut buffer = [0; PACKET_LEN as usize];
    loop {
        if receiver.read_packet(&mut buffer).await.is_err() {
            receiver.wait_connection().await;
        }
    }
}
