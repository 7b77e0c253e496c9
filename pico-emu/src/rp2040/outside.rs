//! What is around the chip: voltages at its inputs, what is on its serial lines, what its PWM makes of a pin.

use super::adc::ADC_INPUTS;
use super::chip::{GPIO_COUNT, Rp2040};
use super::io_bank::Function;
use super::pwm::PwmDuty;
use super::uart::{self, UART_COUNT, UartFormat, UartOutput};
use super::wires::Wires;

impl<W: Wires> Rp2040<W> {
    /// The duty of a pin of bank 0 at a cycle, while PWM has the pin and drives it.
    ///
    /// # Panics
    ///
    /// If there is no such pin: they are 0 to 29.
    #[must_use]
    pub fn pwm_duty(&self, pin: usize, cycle: u64) -> Option<PwmDuty> {
        assert!(pin < GPIO_COUNT, "there is no GPIO {pin}");
        let drives = self.io_bank0.selected(Function::Pwm) & self.pwm.drive().enable & 1 << pin != 0;
        drives.then(|| self.pwm.duty(pin, cycle))
    }

    /// Applies a voltage to the pin of an ADC input: input 0 is GPIO 26, and input 3 is GPIO 29. With `None` nothing is
    /// applied: the converter gets 3.3 V if the pin is driven or pulled high, and 0 V otherwise.
    ///
    /// # Panics
    ///
    /// If there is no such input: they are 0 to 3.
    pub fn set_adc_input(&mut self, input: usize, volts: Option<f64>, cycle: u64) {
        assert!(input < ADC_INPUTS, "there is no ADC input {input} on a pin");
        self.adc.set_volts(cycle, input, volts);
    }

    /// Changes the temperature of the chip in degrees Celsius, which is 27 at first, for the sensor of the ADC.
    pub fn set_temperature(&mut self, celsius: f64, cycle: u64) {
        self.adc.set_celsius(cycle, celsius);
    }

    /// Takes what a UART has sent until a cycle since this was last called.
    ///
    /// # Panics
    ///
    /// If there is no such UART: they are 0 and 1.
    pub fn take_uart_output(&mut self, uart: usize, cycle: u64) -> Vec<UartOutput> {
        self.uart(uart).take_output(cycle)
    }

    /// The format in which a UART sends and receives; `None` while it has no baud rate.
    ///
    /// # Panics
    ///
    /// If there is no such UART: they are 0 and 1.
    #[must_use]
    pub fn uart_format(&self, uart: usize) -> Option<UartFormat> {
        assert!(uart < UART_COUNT, "there is no UART {uart}");
        self.uarts[uart].format()
    }

    /// Sends characters to a UART from a cycle on, one behind the other, in a format or, with `None`, in the UART's own.
    /// It gets what it makes of a format that is not its own, with the errors that there are on a wire. What is sent
    /// while it does not listen is lost.
    ///
    /// # Panics
    ///
    /// If there is no such UART, or no such format.
    pub fn send_uart(&mut self, uart: usize, characters: &[u8], format: Option<UartFormat>, cycle: u64) {
        assert!(format.is_none_or(|format| format.is_possible()), "no UART sends in this format: {format:?}");
        self.uart(uart).send(cycle, characters, format);
        self.plan();
    }

    /// Sends a break to a UART from a cycle on, for the time of two of its characters.
    ///
    /// # Panics
    ///
    /// If there is no such UART: they are 0 and 1.
    pub fn send_uart_break(&mut self, uart: usize, cycle: u64) {
        self.uart(uart).send_break(cycle);
        self.plan();
    }

    fn uart(&mut self, uart: usize) -> &mut uart::Uart {
        assert!(uart < UART_COUNT, "there is no UART {uart}");
        &mut self.uarts[uart]
    }

    /// Lets these blocks do what they have to do until a cycle, and carries it to the pins that they have.
    pub(super) fn advance_io(&mut self, cycle: u64) {
        for uart in &mut self.uarts {
            uart.advance(cycle);
        }
        self.pwm.advance(cycle);
        self.adc.advance(cycle);
        self.rtc.advance(cycle);
        self.refresh_pins();
    }

    /// The cycle at which one of these blocks has something to do next.
    pub(super) fn next_io_event(&self) -> u64 {
        let [uart0, uart1] = &self.uarts;
        let pwm = self.pwm.next_event(self.io_bank0.watched(Function::Pwm));
        let events = [uart0.next_event(), uart1.next_event(), pwm, self.adc.next_event(), self.rtc.next_event()];
        events.into_iter().flatten().min().unwrap_or(u64::MAX)
    }

    /// Carries the levels that change by themselves to the pins, if there are any.
    pub(super) fn refresh_pins(&mut self) {
        if self.drives_pins() {
            self.update_pins();
        }
    }

    /// The present levels of these blocks, for the pins that they have.
    pub(super) fn drive_io_pins(&mut self) {
        if self.drives_pins() {
            self.pwm.advance(self.cycle);
            self.bank0.set(Function::Pwm, self.pwm.drive());
            self.bank0.set(Function::Uart, uart::drive(&self.uarts));
        }
    }

    /// Tells these blocks the levels at the pins.
    pub(super) fn carry_io_inputs(&mut self) {
        self.pwm.set_inputs(self.io_bank0.inputs_of(Function::Pwm), self.cycle);
        uart::set_inputs(&mut self.uarts, self.io_bank0.inputs_of(Function::Uart), self.cycle);
        self.adc.set_levels(self.pads_bank0.levels(), self.cycle);
    }

    /// The level of a pin at the present cycle, while PWM drives it.
    pub(super) fn pwm_level(&self, pin: usize) -> Option<bool> {
        let drives = self.io_bank0.selected(Function::Pwm) & 1 << pin != 0 && self.gpio_is_output(pin);
        drives.then(|| self.io_bank0.overridden(pin, self.pwm.level(pin, self.cycle)))
    }

    fn drives_pins(&self) -> bool {
        self.io_bank0.selected(Function::Pwm) | self.io_bank0.selected(Function::Uart) != 0
    }
}
