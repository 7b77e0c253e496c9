//! Well-known programs on the wires, cycle by cycle. `#` is high, `_` low, `.` not driven.

use crate::block::{
    AUTOPULL, AUTOPUSH, Block, CLKDIV, CTRL, EXECCTRL, FJOIN_RX, FJOIN_TX, IN_RIGHT, INPUT_SYNC_BYPASS, IRQ, OUT_RIGHT,
    PinMap, RXF0, SHIFTCTRL, TXF0, of, one, program, script, stretched, thresholds,
};

#[test]
fn a_square_wave() {
    let mut block = Block::with(&program!("set pindirs, 1" "again:" "set pins, 1 [1]" "set pins, 0" "jmp again"));
    block.map(PinMap { set: (15, 1), ..PinMap::default() });
    block.enable(1);
    block.run(18);
    assert_eq!(block.wave(15, 0..18), "._##__##__##__##__");
}

#[test]
fn a_square_wave_as_fast_as_it_gets() {
    let mut block = Block::with(&program!("set pindirs, 1" ".wrap_target" "set pins, 1" "set pins, 0" ".wrap"));
    block.map(PinMap { set: (15, 1), ..PinMap::default() });
    block.enable(1);
    block.run(12);
    assert_eq!(block.wave(15, 0..12), "._#_#_#_#_#_");
}

#[test]
fn a_square_wave_with_a_clock_divided_by_two_and_a_half() {
    let mut block = Block::with(&program!("set pindirs, 1" ".wrap_target" "set pins, 1" "set pins, 0" ".wrap"));
    block.map(PinMap { set: (15, 1), ..PinMap::default() });
    block.write(of(0, CLKDIV), 2 << 16 | 128 << 8);
    block.write(CTRL, 0x101);
    block.run(22);
    // The periods end in cycles 1, 3, 6, 8, 11, 13, 16, 18 and 21.
    assert_eq!(block.wave(15, 0..22), "..__###__###__###__###");
}

#[test]
fn ws2812() {
    let mut block = Block::with(&program!(
        ".side_set 1"
        ".wrap_target"
        "bitloop:"
        "out x, 1       side 0 [2]"
        "jmp !x do_zero side 1 [1]"
        "do_one:"
        "jmp  bitloop   side 1 [4]"
        "do_zero:"
        "nop            side 0 [4]"
        ".wrap"
    ));
    block.map(PinMap { side_set: 16, set: (16, 1), ..PinMap::default() });
    block.write(of(0, SHIFTCTRL), FJOIN_TX | AUTOPULL | thresholds(24, 32));
    block.force(0, one!("set pindirs, 1"));
    // Green 0xa5, red 0x00, blue 0xf1.
    block.write(TXF0, 0xa5_00_f1 << 8);
    block.enable(1);
    let start = block.pio.cycle();
    block.run(250);
    const ONE: &str = "___#######";
    const ZERO: &str = "___##_____";
    let colour = [
        ONE, ZERO, ONE, ZERO, ZERO, ONE, ZERO, ONE, // green
        ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, // red
        ONE, ONE, ONE, ONE, ZERO, ZERO, ZERO, ONE, // blue
    ]
    .concat();
    // It is low while it waits, a cycle for the first word and then for a second one.
    assert_eq!(block.wave(16, start..start + 250), "__".to_owned() + &colour + "________");
}

#[test]
fn uart_tx() {
    let mut block = Block::with(&program!(
        ".side_set 1 opt"
        "pull       side 1 [7]"
        "set x, 7   side 0 [7]"
        "bitloop:"
        "out pins, 1"
        "jmp x-- bitloop   [6]"
    ));
    block.map(PinMap { side_set: 4, out: (4, 1), set: (4, 1), ..PinMap::default() });
    block.write(of(0, SHIFTCTRL), FJOIN_TX | OUT_RIGHT);
    block.force(0, one!("set pins, 1"));
    block.force(0, one!("set pindirs, 1"));
    block.write(TXF0, b'K'.into());
    block.write(TXF0, b'!'.into());
    block.enable(1);
    let start = block.pio.cycle() + 1;
    block.run(300);
    // Idle, and twice start bit, eight bits from the lowest on, and stop bit.
    let line = "#_##_#__#_#_#____#__####";
    assert_eq!(block.wave(4, start..start + 8 * 24), stretched(line, 8));
}

/// The fuller of the two well-known receivers, at GPIO 5, so many system clock cycles for each of its own.
fn uart_rx(divisor: u32) -> Block {
    let mut block = Block::with(&program!(
        "start:"
        "wait 0 pin 0"
        "set x, 7    [10]"
        "bitloop:"
        "in pins, 1"
        "jmp x-- bitloop [6]"
        "jmp pin good_stop"
        "irq 4 rel"
        "wait 1 pin 0"
        "jmp start"
        "good_stop:"
        "push"
    ));
    block.map(PinMap { input: 5, ..PinMap::default() });
    block.set(of(0, EXECCTRL), 5 << 24);
    block.write(of(0, SHIFTCTRL), FJOIN_RX | IN_RIGHT);
    block.write(of(0, CLKDIV), divisor << 16);
    block
}

#[test]
fn uart_rx_takes_bytes_in_a_row() {
    for divisor in [1, 3] {
        let mut block = uart_rx(divisor);
        // K and ! as above, without a pause.
        let line = stretched("####_##_#__#_#_#____#__####", 8 * divisor as usize);
        block.wires.script = script(&line, 5, 0);
        block.run(20);
        block.enable(1);
        block.run_to(line.len() as u64);
        let bytes = [block.read(RXF0) >> 24, block.read(RXF0) >> 24];
        assert_eq!((bytes, block.pio.is_rx_ready(0), block.read(IRQ)), ([u32::from(b'K'), u32::from(b'!')], false, 0));
    }
}

#[test]
fn uart_rx_throws_a_byte_without_stop_bit_away() {
    let mut block = uart_rx(1);
    // The stop bit of K is missing; ! comes once the line has been idle.
    let line = stretched("####_##_#__#____####_#____#__####", 8);
    block.wires.script = script(&line, 5, 0);
    block.run(20);
    block.enable(1);
    block.run_to(line.len() as u64);
    assert_eq!((block.read(RXF0) >> 24, block.pio.is_rx_ready(0)), (b'!'.into(), false));
    assert_eq!(block.read(IRQ), 1 << 4);
}

const SCK: u32 = 18;
const MOSI: u32 = 19;
const MISO: u32 = 16;

/// An SPI host that sends 0xa5, with a peer that answers with this wave from a cycle on; eight bits in a word.
fn spi(program: &pio::Program<32>, miso: &str, from: u64) -> Block {
    let mut block = Block::with(program);
    block.map(PinMap { set: (SCK, 2), ..PinMap::default() });
    block.force(0, one!("set pindirs, 3"));
    block.map(PinMap { out: (MOSI, 1), side_set: SCK, input: MISO, ..PinMap::default() });
    block.write(of(0, SHIFTCTRL), AUTOPULL | AUTOPUSH | thresholds(8, 8));
    block.write(INPUT_SYNC_BYPASS, 1 << MISO);
    block.wires.script = script(miso, MISO, block.pio.cycle() + from);
    block.write(TXF0, 0xa5 << 24);
    block
}

#[test]
fn spi_cpha0() {
    let program = program!(".side_set 1" "out pins, 1 side 0 [1]" "in pins, 1  side 1 [1]");
    // The data is there before the clock rises, and changes where it falls; 0x3c comes back.
    let sck = "__".to_owned() + "__##__##__##__##__##__##__##__##____";
    let mosi = "__".to_owned() + "####____####________####____########";
    let miso = "________################________";
    let mut block = spi(&program, miso, 2);
    let start = block.pio.cycle();
    block.enable(1);
    block.run(38);
    assert_eq!(block.wave(SCK, start..start + 38), sck);
    assert_eq!(block.wave(MOSI, start..start + 38), mosi);
    assert_eq!(block.read(RXF0), 0x3c);
}

#[test]
fn spi_cpha1() {
    let program = program!(".side_set 1" "out x, 1    side 0" "mov pins, x side 1 [1]" "in pins, 1  side 0");
    // The data changes where the clock rises, and is taken where it falls; 0x3c comes back.
    let sck = "___".to_owned() + "##__##__##__##__##__##__##__##______";
    let mosi = "___".to_owned() + "####____####________####____########";
    let miso = "________################________";
    let mut block = spi(&program, miso, 3);
    let start = block.pio.cycle();
    block.enable(1);
    block.run(39);
    assert_eq!(block.wave(SCK, start..start + 39), sck);
    assert_eq!(block.wave(MOSI, start..start + 39), mosi);
    assert_eq!(block.read(RXF0), 0x3c);
}
