//! The UARTs (RP2040 datasheet, 4.2), at 750,000 baud by 12 MHz: a bit lasts 16 cycles.

use pico_emu::bus::{BusFaultKind, CoreId};
use pico_emu::rp2040::{UartFormat, UartOutput, UartParity, UartSymbol};
use proptest::prelude::*;

use crate::chip::{CLOCKS, Chip, IO_BANK0, RESETS, SET};

const UART0: u32 = 0x4003_4000;
const UART1: u32 = 0x4003_8000;
const DR: u32 = 0x00;
const RSR: u32 = 0x04;
const FR: u32 = 0x18;
const IBRD: u32 = 0x24;
const FBRD: u32 = 0x28;
const LCR_H: u32 = 0x2c;
const CR: u32 = 0x30;
const IFLS: u32 = 0x34;
const IMSC: u32 = 0x38;
const RIS: u32 = 0x3c;
const MIS: u32 = 0x40;
const ICR: u32 = 0x44;

const TXFE: u32 = 1 << 7;
const RXFF: u32 = 1 << 6;
const TXFF: u32 = 1 << 5;
const RXFE: u32 = 1 << 4;
const BUSY: u32 = 1 << 3;
const CTS: u32 = 1 << 0;

const EIGHT_BITS: u32 = 0b11 << 5;
const FIFOS: u32 = 1 << 4;
const TWO_STOP_BITS: u32 = 1 << 3;
const EVEN: u32 = 1 << 2;
const PARITY: u32 = 1 << 1;
const BREAK: u32 = 1;

const LOOPBACK: u32 = 1 << 7;
const RTS_BIT: u32 = 1 << 11;
const RTS_FLOW: u32 = 1 << 14;
const CTS_FLOW: u32 = 1 << 15;
const ON: u32 = 0x301;

const CTS_INTERRUPT: u32 = 1 << 1;
const RECEIVE: u32 = 1 << 4;
const TRANSMIT: u32 = 1 << 5;
const TIMEOUT: u32 = 1 << 6;
const FRAMING: u32 = 1 << 7;
const PARITY_ERROR: u32 = 1 << 8;
const BREAK_ERROR: u32 = 1 << 9;
const OVERRUN: u32 = 1 << 10;

const BIT: u64 = 16;
const CHARACTER: u64 = 10 * BIT;
/// A start bit begins with the next cycle of the baud rate's clock, and a character is there when the stop bit has been
/// read for the third time, behind its middle.
const RECEIVED: u64 = 1 + 9 * BIT + BIT / 2 + 1;

const BAUD: u32 = 750_000;
const FORMAT: UartFormat = UartFormat { baud: BAUD, data_bits: 8, parity: UartParity::None, stop_bits: 1 };

fn with(line_control: u32, control: u32) -> Chip {
    let mut chip = Chip::new();
    chip.run_by_crystal();
    chip.write(CLOCKS + 0x48, 1 << 11);
    chip.write(UART0 + IBRD, 1);
    chip.write(UART0 + LCR_H, line_control);
    chip.write(UART0 + CR, control);
    chip
}

/// Eight bits, no parity, one stop bit, with FIFOs.
fn chip() -> Chip {
    with(EIGHT_BITS | FIFOS, ON)
}

fn output(chip: &mut Chip) -> Vec<UartOutput> {
    chip.rp2040.take_uart_output(0, chip.cycle)
}

fn characters(chip: &mut Chip) -> Vec<u8> {
    let symbols = output(chip).into_iter().map(|output| match output.symbol {
        UartSymbol::Character(character) => character,
        UartSymbol::Break => panic!("a break"),
    });
    symbols.collect()
}

fn send(chip: &mut Chip, characters: &[u8]) {
    chip.rp2040.send_uart(0, characters, None, chip.cycle);
}

/// What a chip gets from a sender with another format, until the line is idle.
fn receive_from(chip: &mut Chip, format: UartFormat, characters: &[u8]) -> Vec<u32> {
    chip.rp2040.send_uart(0, characters, Some(format), chip.cycle);
    chip.cycle += 20 * CHARACTER;
    let mut received = Vec::new();
    while chip.read(UART0 + FR) & RXFE == 0 {
        received.push(chip.read(UART0 + DR));
    }
    received
}

#[test]
fn after_reset_it_is_idle_and_tells_what_it_is() {
    let mut chip = Chip::new();
    for uart in [UART0, UART1] {
        assert_eq!(
            [DR, RSR, IBRD, FBRD, LCR_H, IMSC, RIS, MIS, 0x20, 0x48].map(|register| chip.read(uart + register)),
            [0; 10]
        );
        assert_eq!(chip.read(uart + FR), TXFE | RXFE | CTS);
        assert_eq!((chip.read(uart + CR), chip.read(uart + IFLS)), (0x300, 0x12));
        let identity = (0..8).map(|register| chip.read(uart + 0xfe0 + 4 * register));
        assert_eq!(identity.collect::<Vec<_>>(), [0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1]);
    }
    assert_eq!(chip.rp2040.uart_format(0), None);
}

#[test]
fn a_character_takes_the_time_of_its_bits() {
    for (line_control, bits) in
        [(EIGHT_BITS | FIFOS, 10), (EIGHT_BITS | FIFOS | PARITY | TWO_STOP_BITS, 12), (FIFOS, 7)]
    {
        let mut chip = with(line_control, ON);
        chip.write(UART0 + DR, 0xb5);
        let end = chip.cycle + 1 + bits * BIT;
        chip.cycle = end - 1;
        assert_eq!(chip.read(UART0 + FR) & (BUSY | TXFE), BUSY | TXFE, "it is in the shift register");
        assert_eq!(output(&mut chip), []);
        chip.cycle = end;
        assert_eq!(chip.read(UART0 + FR) & BUSY, 0);
        let sent = output(&mut chip);
        assert_eq!(sent.iter().map(|sent| sent.cycle).collect::<Vec<_>>(), [end]);
        let expected = if line_control & EIGHT_BITS == 0 { 0x15 } else { 0xb5 };
        assert_eq!(sent[0].symbol, UartSymbol::Character(expected));
        assert_eq!(Some(sent[0].format), chip.rp2040.uart_format(0));
    }
}

#[test]
fn the_baud_rate_comes_from_clk_peri_and_a_divisor_with_64_parts() {
    let mut chip = chip();
    chip.write(UART0 + IBRD, 6);
    chip.write(UART0 + FBRD, 33);
    assert_eq!(chip.rp2040.uart_format(0), Some(FORMAT), "it waits for the line control register");
    chip.write(UART0 + LCR_H, EIGHT_BITS | PARITY | EVEN | TWO_STOP_BITS);
    let format = UartFormat { baud: 115_108, data_bits: 8, parity: UartParity::Even, stop_bits: 2 };
    assert_eq!(chip.rp2040.uart_format(0), Some(format));
    chip.write(UART0 + LCR_H, EIGHT_BITS | FIFOS);
    for _ in 0..32 {
        chip.write(UART0 + DR, 0);
    }
    let start = chip.cycle;
    chip.cycle += 1_000_000;
    let last = output(&mut chip).pop().expect("it has been sent");
    // 32 characters of 160 parts of 417 / 64 cycles each, and up to one part until the first begins.
    let exact = 32 * 160 * 417 / 64;
    assert!((start + exact..=start + exact + 7).contains(&last.cycle), "{}", last.cycle - start);
}

#[test]
fn characters_follow_each_other_and_one_that_finds_no_room_is_lost() {
    let mut chip = chip();
    for character in 0..34 {
        chip.write(UART0 + DR, character);
    }
    assert_eq!(chip.read(UART0 + FR) & (TXFF | TXFE), TXFF);
    let start = chip.cycle + 1;
    chip.cycle += 40 * CHARACTER;
    let sent = output(&mut chip);
    assert_eq!(sent.len(), 33);
    for (number, sent) in sent.iter().enumerate() {
        assert_eq!(sent.symbol, UartSymbol::Character(number as u8));
        assert_eq!(sent.cycle, start + (number as u64 + 1) * CHARACTER);
    }
}

#[test]
fn the_transmit_interrupt_comes_when_the_fifo_falls_to_its_level() {
    let mut chip = chip();
    chip.write(UART0 + IMSC, TRANSMIT);
    assert_eq!(chip.read(UART0 + RIS), 0, "an empty FIFO is no transition");
    // One goes into the shift register, and 17 are one above the level.
    for _ in 0..18 {
        chip.write(UART0 + DR, 0);
    }
    let falls = chip.cycle + 1 + CHARACTER;
    chip.cycle = falls - 1;
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
    assert_eq!(chip.next_event(), falls);
    chip.cycle = falls;
    assert_eq!(chip.interrupts(CoreId::Core0), 1 << 20);
    assert_eq!((chip.read(UART0 + RIS), chip.read(UART0 + MIS)), (TRANSMIT, TRANSMIT));
    chip.write(UART0 + DR, 0);
    assert_eq!(chip.interrupts(CoreId::Core0), 0, "the FIFO is above the level");
    chip.cycle += CHARACTER;
    chip.write(UART0 + ICR, TRANSMIT);
    chip.cycle += 20 * CHARACTER;
    assert_eq!(chip.read(UART0 + RIS), 0, "there was no other transition");
}

#[test]
fn without_fifos_there_is_one_place_for_a_character() {
    let mut chip = with(EIGHT_BITS, ON);
    for character in 1..=3 {
        chip.write(UART0 + DR, character);
    }
    assert_eq!(chip.read(UART0 + FR) & (TXFF | TXFE | BUSY), TXFF | BUSY);
    send(&mut chip, &[4, 5]);
    chip.cycle += 3 * CHARACTER;
    assert_eq!(characters(&mut chip), [1, 2]);
    assert_eq!(chip.read(UART0 + FR) & (RXFF | RXFE), RXFF);
    assert_eq!(chip.read(UART0 + RIS) & (RECEIVE | OVERRUN), RECEIVE | OVERRUN);
    assert_eq!(chip.read(UART0 + DR), 4);
    assert_eq!(chip.read(UART0 + RIS) & RECEIVE, 0);
}

#[test]
fn a_character_is_there_behind_the_middle_of_its_stop_bit() {
    let mut chip = chip();
    send(&mut chip, b"x");
    let there = chip.cycle + RECEIVED;
    assert_eq!(chip.next_event(), there);
    chip.cycle = there - 1;
    assert_eq!(chip.read(UART0 + FR) & RXFE, RXFE);
    chip.cycle = there;
    assert_eq!(chip.read(UART0 + FR) & RXFE, 0);
    assert_eq!(chip.read(UART0 + DR), b'x'.into());
}

#[test]
fn the_receive_interrupt_comes_at_its_level_and_goes_below_it() {
    let mut chip = chip();
    chip.write(UART0 + IFLS, 1 << 3);
    chip.write(UART0 + IMSC, RECEIVE);
    send(&mut chip, &[7; 8]);
    let eighth = chip.cycle + 7 * CHARACTER + RECEIVED;
    chip.cycle = eighth - 1;
    assert_eq!(chip.interrupts(CoreId::Core1), 0);
    chip.cycle = eighth;
    assert_eq!(chip.interrupts(CoreId::Core1), 1 << 20);
    assert_eq!(chip.read(UART0 + DR), 7);
    assert_eq!(chip.interrupts(CoreId::Core1), 0);
}

#[test]
fn a_time_out_comes_32_bits_behind_the_last_character() {
    let mut chip = chip();
    chip.write(UART0 + IMSC, TIMEOUT);
    send(&mut chip, b"ab");
    let comes = chip.cycle + CHARACTER + RECEIVED + 32 * BIT;
    chip.cycle = comes - 1;
    assert_eq!(chip.interrupts(CoreId::Core0), 0);
    assert_eq!(chip.next_event(), comes);
    chip.cycle = comes;
    assert_eq!(chip.interrupts(CoreId::Core0), 1 << 20);
    chip.read(UART0 + DR);
    assert_eq!(chip.read(UART0 + RIS), TIMEOUT, "there is another character");
    chip.write(UART0 + ICR, TIMEOUT);
    chip.cycle += 32 * BIT - 1;
    assert_eq!(chip.read(UART0 + RIS), 0);
    chip.cycle += 1;
    assert_eq!(chip.read(UART0 + RIS), TIMEOUT);
    chip.read(UART0 + DR);
    assert_eq!((chip.read(UART0 + RIS), chip.next_event()), (0, u64::MAX));
}

#[test]
fn what_finds_the_fifo_full_is_lost_and_the_next_character_tells_so() {
    let mut chip = chip();
    let all: Vec<u8> = (0..33).collect();
    send(&mut chip, &all);
    chip.cycle += 34 * CHARACTER;
    assert_eq!(chip.read(UART0 + RIS) & OVERRUN, OVERRUN);
    assert_eq!((chip.read(UART0 + FR) & RXFF, chip.read(UART0 + RSR)), (RXFF, 1 << 3));
    chip.read(UART0 + DR);
    send(&mut chip, &[99]);
    chip.cycle += 2 * CHARACTER;
    for character in 1..32 {
        assert_eq!(chip.read(UART0 + DR), character);
    }
    assert_eq!(chip.read(UART0 + DR), 99 | 1 << 11);
    assert_eq!(chip.read(UART0 + RSR), 1 << 3);
    chip.write(UART0 + RSR, 0);
    assert_eq!(chip.read(UART0 + RSR), 0);
}

#[test]
fn every_format_is_understood_by_itself_and_parity_by_no_other() {
    use UartParity::{Even, Mark, None, Odd, Space};
    let stick = 1 << 7;
    for (bits, parity) in
        [(0, None), (PARITY, Odd), (PARITY | EVEN, Even), (PARITY | stick, Mark), (PARITY | EVEN | stick, Space)]
    {
        let mut chip = with(EIGHT_BITS | FIFOS | bits, ON);
        let format = UartFormat { parity, ..FORMAT };
        assert_eq!(chip.rp2040.uart_format(0), Some(format));
        assert_eq!(receive_from(&mut chip, format, &[0, 1, 0x80, 0xfe, 0xff]), [0, 1, 0x80, 0xfe, 0xff]);
        assert_eq!(chip.read(UART0 + RIS) & (FRAMING | PARITY_ERROR), 0);
        let opposite = match parity {
            None => continue,
            Odd => Even,
            Even => Odd,
            Mark => Space,
            Space => Mark,
        };
        let received = receive_from(&mut chip, UartFormat { parity: opposite, ..FORMAT }, &[0x11]);
        assert_eq!(received, [0x11 | 1 << 9], "{parity:?}");
        assert_eq!((chip.read(UART0 + RSR), chip.read(UART0 + RIS) & PARITY_ERROR), (1 << 1, PARITY_ERROR));
    }
}

#[test]
fn a_sender_at_half_the_baud_rate_is_seen_as_framing_errors() {
    let mut chip = chip();
    let half = UartFormat { baud: BAUD / 2, ..FORMAT };
    // Each of its bits is seen twice: the start bit, and then of 0b0010_0001 the bits 1, 0, 0 and 0, of which the last is
    // taken for the stop bit.
    assert_eq!(receive_from(&mut chip, half, &[0b0010_0001])[0], 0b0000_0110 | 1 << 8);
    assert_eq!(chip.read(UART0 + RIS) & FRAMING, FRAMING);
}

#[test]
fn a_sender_at_twice_the_baud_rate_is_seen_as_other_characters() {
    let mut chip = chip();
    let twice = UartFormat { baud: 2 * BAUD, ..FORMAT };
    // The start bit is sampled in the sender's second bit and the data in the fourth, sixth, eighth and tenth, which is
    // the stop bit. Behind that the line is high.
    assert_eq!(receive_from(&mut chip, twice, &[0b0000_0000]), [0b1111_1000]);
}

#[test]
fn a_break_is_one_character_of_zeros() {
    let mut chip = chip();
    chip.rp2040.send_uart_break(0, chip.cycle);
    chip.cycle += 3 * CHARACTER;
    send(&mut chip, b"x");
    chip.cycle += 2 * CHARACTER;
    assert_eq!(chip.read(UART0 + RIS) & (BREAK_ERROR | FRAMING), BREAK_ERROR | FRAMING);
    assert_eq!(chip.read(UART0 + DR), 1 << 10 | 1 << 8);
    assert_eq!(chip.read(UART0 + RSR), 1 << 2 | 1);
    assert_eq!(chip.read(UART0 + DR), b'x'.into());
    assert_eq!(chip.read(UART0 + RSR), 0);
    chip.write(UART0 + ICR + SET, BREAK_ERROR);
    assert_eq!(chip.read(UART0 + RIS) & (BREAK_ERROR | FRAMING), FRAMING);
}

#[test]
fn a_break_is_sent_behind_the_character_that_is_on_the_line() {
    let mut chip = chip();
    chip.write(IO_BANK0 + 4, 2);
    chip.write(UART0 + DR, 1);
    chip.write(UART0 + DR, 2);
    let start = chip.cycle + 1;
    chip.write(UART0 + LCR_H, EIGHT_BITS | FIFOS | BREAK);
    assert!(chip.rp2040.gpio_level(0));
    chip.cycle = start + CHARACTER;
    chip.read(UART0 + FR);
    assert!(!chip.rp2040.gpio_level(0), "the line is low");
    chip.cycle += 5 * CHARACTER;
    chip.write(UART0 + LCR_H, EIGHT_BITS | FIFOS);
    assert!(chip.rp2040.gpio_level(0));
    chip.cycle += 2 * CHARACTER;
    let sent: Vec<_> = output(&mut chip).into_iter().map(|sent| sent.symbol).collect();
    assert_eq!(sent, [UartSymbol::Character(1), UartSymbol::Break, UartSymbol::Character(2)]);
}

#[test]
fn loopback_carries_characters_breaks_and_modem_lines() {
    let mut chip = with(EIGHT_BITS | FIFOS, ON | LOOPBACK);
    send(&mut chip, b"lost");
    chip.write(UART0 + DR, 0x5a);
    chip.cycle += 2 * CHARACTER;
    assert_eq!((chip.read(UART0 + DR), chip.read(UART0 + FR) & RXFE), (0x5a, RXFE));
    chip.write(UART0 + LCR_H, EIGHT_BITS | FIFOS | BREAK);
    chip.cycle += 2 * CHARACTER;
    assert_eq!(chip.read(UART0 + DR) & 1 << 10, 1 << 10);
    chip.write(UART0 + ICR, 0x7ff);
    for (output, input, interrupt) in
        [(RTS_BIT, CTS, CTS_INTERRUPT), (1 << 10, 1 << 1, 1 << 3), (1 << 12, 1 << 2, 1 << 2), (1 << 13, 1 << 8, 1)]
    {
        chip.write(UART0 + CR, ON | LOOPBACK | output);
        assert_eq!(chip.read(UART0 + FR) & (0x107), input);
        assert_eq!(chip.read(UART0 + RIS), interrupt);
        chip.write(UART0 + CR, ON | LOOPBACK);
        chip.write(UART0 + ICR, 0x7ff);
    }
}

#[test]
fn with_flow_control_it_sends_while_cts_is_low() {
    let mut chip = with(EIGHT_BITS | FIFOS, ON | CTS_FLOW);
    chip.write(IO_BANK0 + 8 * 2 + 4, 2);
    chip.rp2040.set_gpio_input(2, Some(true));
    chip.write(UART0 + DR, 1);
    chip.cycle += 2 * CHARACTER;
    assert_eq!((chip.read(UART0 + FR) & (BUSY | CTS), characters(&mut chip)), (BUSY, vec![]));
    assert_eq!(chip.read(UART0 + RIS), CTS_INTERRUPT);
    chip.rp2040.set_gpio_input(2, Some(false));
    chip.cycle += 2 * CHARACTER;
    assert_eq!((chip.read(UART0 + FR) & (BUSY | CTS), characters(&mut chip)), (CTS, vec![1]));
}

#[test]
fn rts_is_a_bit_or_follows_the_level_of_the_fifo() {
    let mut chip = chip();
    chip.write(IO_BANK0 + 8 * 3 + 4, 2);
    assert!(chip.rp2040.gpio_level(3) && chip.rp2040.gpio_is_output(3));
    chip.write(UART0 + CR + SET, RTS_BIT);
    assert!(!chip.rp2040.gpio_level(3));
    chip.write(UART0 + CR, ON | RTS_FLOW);
    chip.write(UART0 + IFLS, 0);
    assert!(!chip.rp2040.gpio_level(3));
    send(&mut chip, &[0; 4]);
    chip.cycle += 5 * CHARACTER;
    chip.interrupts(CoreId::Core0);
    assert!(chip.rp2040.gpio_level(3), "four characters are the level");
    chip.read(UART0 + DR);
    assert!(!chip.rp2040.gpio_level(3));
}

#[test]
fn the_pins_of_a_uart_come_in_groups_of_four() {
    for (pin, uart) in [(0, 0), (4, 1), (8, 1), (12, 0), (16, 0), (20, 1), (24, 1), (28, 0)] {
        let mut chip = Chip::new();
        chip.write(IO_BANK0 + 8 * pin + 4, 2);
        assert!(chip.rp2040.gpio_level(pin as usize), "TX is high");
        chip.write([UART0, UART1][uart] + CR, 0x301);
        assert_eq!(chip.rp2040.uart_format(uart), None);
    }
    let mut chip = chip();
    chip.write(IO_BANK0 + 8 * 8 + 4, 2);
    chip.write(IO_BANK0 + 8 * 12 + 4, 2);
    chip.write(UART0 + LCR_H, EIGHT_BITS | FIFOS | BREAK);
    assert_eq!((chip.rp2040.gpio_level(8), chip.rp2040.gpio_level(12)), (true, false));
}

#[test]
fn switched_off_it_completes_what_it_is_at_and_misses_what_comes() {
    let mut chip = chip();
    chip.write(UART0 + DR, 1);
    chip.write(UART0 + DR, 2);
    send(&mut chip, &[3, 4]);
    chip.cycle += CHARACTER / 2;
    chip.write(UART0 + CR, 0x300);
    send(&mut chip, &[5]);
    chip.cycle += 5 * CHARACTER;
    assert_eq!(characters(&mut chip), [1]);
    assert_eq!((chip.read(UART0 + DR), chip.read(UART0 + FR) & (RXFE | BUSY)), (3, RXFE | BUSY));
    chip.write(UART0 + CR, ON);
    chip.cycle += 2 * CHARACTER;
    assert_eq!(characters(&mut chip), [2]);
    assert_eq!(chip.read(UART0 + FR) & RXFE, RXFE);
}

#[test]
fn a_change_of_its_clock_during_a_character_is_carried_over() {
    let mut chip = chip();
    chip.write(UART0 + DR, 1);
    let start = chip.cycle + 1;
    chip.cycle = start + CHARACTER / 2;
    // clk_peri by the ring oscillator of 6.5 MHz.
    chip.write(CLOCKS + 0x48, 1 << 11 | 3 << 5);
    chip.cycle += 10 * CHARACTER;
    let end = start + CHARACTER / 2 + (CHARACTER / 2 * 120).div_ceil(65);
    assert_eq!(output(&mut chip).first().map(|sent| sent.cycle), Some(end));
}

#[test]
fn what_waits_for_the_clock_is_sent_when_it_comes() {
    let mut chip = chip();
    chip.write(CLOCKS + 0x48, 0);
    chip.write(UART0 + DR, 7);
    chip.cycle += 10 * CHARACTER;
    assert_eq!((chip.read(UART0 + FR) & BUSY, characters(&mut chip)), (BUSY, vec![]));
    chip.write(CLOCKS + 0x48, 1 << 11);
    chip.cycle += 1 + CHARACTER;
    assert_eq!(characters(&mut chip), [7]);
}

#[test]
fn a_reset_forgets_everything_but_what_was_sent() {
    let mut chip = chip();
    chip.write(UART0 + DR, 1);
    chip.cycle += 2 * CHARACTER;
    chip.write(UART0 + DR, 2);
    chip.write(RESETS + SET, 1 << 22);
    chip.write(RESETS, 0);
    assert_eq!((chip.read(UART0 + LCR_H), chip.read(UART0 + FR)), (0, TXFE | RXFE | CTS));
    assert_eq!(characters(&mut chip), [1]);
    assert_eq!(chip.rp2040.uart_format(0), None);
}

#[test]
fn infrared_and_reserved_levels_are_not_modelled() {
    assert_eq!(chip().write_fault(UART0 + CR, ON | 2), BusFaultKind::NotModelled);
    assert_eq!(chip().write_fault(UART0 + IFLS, 5), BusFaultKind::NotModelled);
    assert_eq!(chip().write_fault(UART0 + 0x80, 0), BusFaultKind::NotModelled);
}

#[derive(Clone, Debug)]
enum Step {
    Write(u32, u32),
    Read,
    Send(Vec<u8>, Option<u32>),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<u8>().prop_map(|character| Step::Write(DR, character.into())),
        any::<u8>().prop_map(|line_control| Step::Write(LCR_H, line_control.into())),
        (0_u32..4).prop_map(|bits| Step::Write(CR, bits << 8 | 1)),
        Just(Step::Write(CR, ON | LOOPBACK)),
        Just(Step::Write(CR, ON)),
        (0_u32..0x800).prop_map(|interrupts| Step::Write(ICR, interrupts)),
        (1_u32..3).prop_map(|divisor| Step::Write(IBRD, divisor)),
        (0_u32..64).prop_map(|divisor| Step::Write(FBRD, divisor)),
        Just(Step::Read),
        (prop::collection::vec(any::<u8>(), 1..8), prop::option::of(600_000_u32..900_000))
            .prop_map(|(characters, baud)| Step::Send(characters, baud)),
        (0_u64..3_000).prop_map(Step::Wait),
        (0_u64..3_000).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn a_sender_within_five_per_cent_is_understood(character: u8, percent in 95_u32..=105) {
        let mut chip = chip();
        let format = UartFormat { baud: BAUD / 100 * percent, ..FORMAT };
        prop_assert_eq!(receive_from(&mut chip, format, &[character]), [u32::from(character)]);
    }

    #[test]
    fn what_is_looked_at_now_and_then_is_as_looked_at_all_the_time(
        steps in prop::collection::vec(step(), 1..40),
        interval in 1_u64..40,
    ) {
        let (mut now_and_then, mut always) = (chip(), chip());
        for step in steps {
            for chip in [&mut now_and_then, &mut always] {
                match &step {
                    Step::Write(register, value) => chip.write(UART0 + register, *value),
                    Step::Read => {
                        chip.read(UART0 + DR);
                    }
                    Step::Send(characters, baud) => {
                        let format = baud.map(|baud| UartFormat { baud, ..FORMAT });
                        chip.rp2040.send_uart(0, characters, format, chip.cycle);
                    }
                    Step::Wait(_) => {}
                }
            }
            if let Step::Wait(cycles) = step {
                now_and_then.cycle += cycles;
                let end = now_and_then.cycle;
                while always.cycle < end {
                    always.cycle = end.min(always.cycle + interval);
                    always.read(UART0 + FR);
                }
            }
            for register in [FR, RIS, RSR] {
                prop_assert_eq!(now_and_then.read(UART0 + register), always.read(UART0 + register));
            }
            prop_assert_eq!(now_and_then.next_event(), always.next_event());
            prop_assert_eq!(output(&mut now_and_then), output(&mut always));
        }
    }
}
