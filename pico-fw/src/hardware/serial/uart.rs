//! The UART: 115,200 baud, 8 data bits, no parity, on GPIO 0.

use embassy_rp::Peri;
use embassy_rp::peripherals::{DMA_CH1, PIN_0, UART0};
use embassy_rp::uart::{Config, UartTx};

use super::LOG;
use crate::hardware::interrupts::Irqs;

/// Sends the log.
#[embassy_executor::task]
pub(crate) async fn run(uart: Peri<'static, UART0>, pin: Peri<'static, PIN_0>, dma: Peri<'static, DMA_CH1>) -> ! {
    // 115,200 baud and 8N1 are the default.
    let mut uart = UartTx::new(uart, pin, dma, Irqs, Config::default());
    let mut buffer = [0; 64];
    loop {
        let len = LOG.uart.next(&mut buffer).await;
        // Sending has no way to fail; only receiving has.
        let _ = uart.write(buffer.get(..len).unwrap_or_default()).await;
    }
}
