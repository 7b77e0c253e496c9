//! What can be seen of a board, and connected to it.

use super::Board;
use crate::cyw43439::Cyw43439;
use crate::rp2040::{ADC_INPUTS, GPIO_COUNT, PwmDuty, UartSymbol};
use crate::usb_host::{CdcHost, Status};

/// The pin of the LED on a Pico. On a Pico W it hangs on the radio.
const PICO_LED: usize = 25;
/// The pin of the radio that senses the supply of USB (Pico W datasheet, 2.1).
const USB_SENSE: u8 = 2;
/// The number of the USB port in the trace, behind those of the UARTs.
const USB_PORT: u64 = 2;

/// What is connected to the pins, and how warm it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Inputs {
    levels: [Option<bool>; GPIO_COUNT],
    volts: [Option<f64>; ADC_INPUTS],
    celsius: Option<f64>,
}

impl Inputs {
    /// Connects all of it to a board that has nothing connected.
    pub(super) fn connect(self, board: &mut Board) {
        for (pin, level) in self.levels.into_iter().enumerate() {
            board.set_gpio_input(pin, level);
        }
        for (input, volts) in self.volts.into_iter().enumerate() {
            board.set_adc_input(input, volts);
        }
        if let Some(celsius) = self.celsius {
            board.set_temperature(celsius);
        }
    }
}

impl Board {
    /// Whether the LED on the board is on.
    #[must_use]
    pub fn led(&self) -> bool {
        let chip = self.machine.chip();
        chip.wires().radio().map_or_else(|| chip.gpio_level(PICO_LED), |radio| radio.gpio(Cyw43439::LED))
    }

    /// The level at a pin.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    #[must_use]
    pub fn gpio_level(&self, pin: usize) -> bool {
        self.machine.chip().gpio_level(pin)
    }

    /// Drives a pin from outside, or with `None` lets go of it. The chip wins where both drive.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    pub fn set_gpio_input(&mut self, pin: usize, level: Option<bool>) {
        self.machine.chip_mut().set_gpio_input(pin, level);
        self.inputs.levels[pin] = level;
    }

    /// The duty of a pin while PWM has it and drives it.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    #[must_use]
    pub fn pwm_duty(&self, pin: usize) -> Option<PwmDuty> {
        self.machine.chip().pwm_duty(pin, self.machine.cycle())
    }

    /// Applies a voltage to an input of the ADC, or with `None` nothing: input 0 is GPIO 26, and input 3 is GPIO 29.
    ///
    /// # Panics
    ///
    /// If there is no such input: they are 0 to 3.
    pub fn set_adc_input(&mut self, input: usize, volts: Option<f64>) {
        let cycle = self.machine.cycle();
        self.machine.chip_mut().set_adc_input(input, volts, cycle);
        self.inputs.volts[input] = volts;
    }

    /// Changes the temperature of the chip in degrees Celsius, which is 27 at first.
    pub fn set_temperature(&mut self, celsius: f64) {
        let cycle = self.machine.cycle();
        self.machine.chip_mut().set_temperature(celsius, cycle);
        self.inputs.celsius = Some(celsius);
    }

    /// Takes the characters that a UART has sent since this was last called.
    ///
    /// # Panics
    ///
    /// If there is no such UART: they are 0 and 1.
    pub fn take_uart_output(&mut self, uart: usize) -> Vec<u8> {
        let cycle = self.machine.cycle();
        let output = self.machine.chip_mut().take_uart_output(uart, cycle);
        let characters = output.into_iter().filter_map(|output| match output.symbol {
            UartSymbol::Character(character) => Some(character),
            UartSymbol::Break => None,
        });
        let characters: Vec<u8> = characters.collect();
        self.trace_bytes(uart as u64, &characters);
        characters
    }

    /// Sends characters to a UART, in the format that it is set to.
    ///
    /// # Panics
    ///
    /// If there is no such UART: they are 0 and 1.
    pub fn send_uart(&mut self, uart: usize, characters: &[u8]) {
        let cycle = self.machine.cycle();
        self.machine.chip_mut().send_uart(uart, characters, None, cycle);
    }

    /// Plugs a computer into the USB connector that has a driver for serial ports. Nothing happens if one is there.
    pub fn attach_usb(&mut self) {
        if !self.has_usb {
            self.has_usb = true;
            self.plug_usb();
        }
    }

    /// Pulls the computer out of the USB connector.
    pub fn detach_usb(&mut self) {
        self.has_usb = false;
        self.machine.chip_mut().detach_usb();
        self.sense_usb();
    }

    /// Where the computer at the USB connector stands with the board; `None` if there is no computer, or no power.
    #[must_use]
    pub fn usb_status(&self) -> Option<Status> {
        self.machine.chip().usb_host::<CdcHost>().map(CdcHost::status)
    }

    /// Takes the text that the board has sent by USB since this was last called.
    pub fn take_usb_serial(&mut self) -> Vec<u8> {
        let text = self.machine.chip_mut().usb_host_mut::<CdcHost>().map_or_else(Vec::new, CdcHost::take_received);
        self.trace_bytes(USB_PORT, &text);
        text
    }

    /// Sends text to the board by USB, as soon as it takes some. It is lost if there is no computer, or no power.
    pub fn send_usb_serial(&mut self, text: &[u8]) {
        if let Some(host) = self.machine.chip_mut().usb_host_mut::<CdcHost>() {
            host.send(text);
        }
    }

    /// Plugs the computer in that is there, into a board that has power.
    pub(super) fn plug_usb(&mut self) {
        if self.has_usb && self.is_powered {
            let host = CdcHost::new(self.machine.time());
            self.machine.chip_mut().attach_usb(Box::new(host));
        }
        self.sense_usb();
    }

    fn sense_usb(&mut self) {
        let has_usb = self.has_usb;
        self.machine.chip_mut().change_wires(|wiring| {
            if let Some(radio) = wiring.radio_mut() {
                radio.set_gpio(USB_SENSE, has_usb);
            }
        });
    }

    fn trace_bytes(&mut self, port: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let cycle = self.machine.cycle();
        self.machine.chip_mut().change_wires(|wiring| wiring.trace.bytes(cycle, port, bytes));
    }
}
