//! The bus to the radio as embassy's driver does it (crate cyw43-pio), in its three variants for slow, fast and faster
//! clocks, with a radio that answers some cycles after an edge.

use std::collections::VecDeque;

use pico_emu::rp2040::pio::{Levels, Outputs, Pins, Pio, Stop};
use pio::Program;

use crate::block::{
    AUTOPULL, AUTOPUSH, Block, CTRL, INPUT_SYNC_BYPASS, INSTR, IRQ, PinMap, SHIFTCTRL, TXF0, of, one, program, wave,
};

const DATA: u32 = 24;
const CLOCK: u32 = 29;

/// Samples while the clock is low, before it rises.
fn slow() -> Program<32> {
    program!(
        ".side_set 1"
        ".wrap_target"
        "lp:"
        "out pins, 1    side 0"
        "jmp x-- lp     side 1"
        "set pindirs, 0 side 0"
        "nop            side 0"
        "lp2:"
        "in pins, 1     side 1"
        "jmp y-- lp2    side 0"
        "wait 1 pin 0   side 0"
        "irq 0          side 0"
        ".wrap"
    )
}

/// Samples while the clock is high.
fn fast() -> Program<32> {
    program!(
        ".side_set 1"
        ".wrap_target"
        "lp:"
        "out pins, 1    side 0"
        "jmp x-- lp     side 1"
        "set pindirs, 0 side 0"
        "nop            side 1"
        "lp2:"
        "in pins, 1     side 0"
        "jmp y-- lp2    side 1"
        "wait 1 pin 0   side 0"
        "irq 0          side 0"
        ".wrap"
    )
}

/// Samples while the clock is low again.
fn faster() -> Program<32> {
    program!(
        ".side_set 1"
        ".wrap_target"
        "lp:"
        "out pins, 1    side 0"
        "jmp x-- lp     side 1"
        "set pindirs, 0 side 0"
        "nop            side 1"
        "nop            side 0"
        "lp2:"
        "in pins, 1     side 1"
        "jmp y-- lp2    side 0"
        "wait 1 pin 0   side 0"
        "irq 0          side 0"
        ".wrap"
    )
}

/// Takes bits where the clock rises, and then drives a bit where it falls; when it has no more, the host's interrupt.
struct Radio {
    bits_to_take: usize,
    taken: Vec<bool>,
    answer: VecDeque<bool>,
    /// How many cycles after the edge a bit is on the line.
    delay: u64,
    outputs: Outputs,
    level: bool,
    upcoming: VecDeque<(u64, bool)>,
    trace: Vec<(u64, Outputs)>,
}

impl Radio {
    fn new(bits_to_take: usize, answer: &[bool], delay: u64) -> Self {
        Self {
            bits_to_take,
            taken: Vec::new(),
            answer: answer.iter().copied().collect(),
            delay,
            outputs: Outputs::default(),
            level: false,
            upcoming: VecDeque::new(),
            trace: Vec::new(),
        }
    }
}

impl Pins for Radio {
    fn levels(&mut self, cycle: u64) -> Levels {
        while let Some(&(_, level)) = self.upcoming.front().filter(|&&(from, _)| from <= cycle) {
            self.level = level;
            self.upcoming.pop_front();
        }
        let driven = self.outputs.levels & self.outputs.enables;
        let data = if self.outputs.enables >> DATA & 1 == 0 { u32::from(self.level) << DATA } else { 0 };
        Levels { pins: driven | data, until: self.upcoming.front().map_or(u64::MAX, |&(from, _)| from) }
    }

    fn drive(&mut self, cycle: u64, outputs: Outputs) {
        let before = std::mem::replace(&mut self.outputs, outputs);
        self.trace.push((cycle, outputs));
        let clock = |outputs: Outputs| outputs.levels >> CLOCK & 1 != 0;
        if !clock(before) && clock(outputs) && self.taken.len() < self.bits_to_take {
            self.taken.push(outputs.levels >> DATA & 1 != 0);
        } else if clock(before) && !clock(outputs) && self.taken.len() == self.bits_to_take {
            self.upcoming.push_back((cycle + self.delay, self.answer.pop_front().unwrap_or(true)));
        }
    }
}

/// A block with one of the programs, set up as the driver does it, and told how many bits to send and to take.
fn host(program: &Program<32>, send: u32, take: u32) -> Block {
    let mut block = Block::with(program);
    block.map(PinMap { out: (DATA, 1), set: (DATA, 1), input: DATA, side_set: CLOCK });
    block.write(INPUT_SYNC_BYPASS, 1 << DATA);
    block.write(of(0, SHIFTCTRL), AUTOPULL | AUTOPUSH);
    let side_set_pindirs = 1 << 29;
    block.set(of(0, crate::block::EXECCTRL), side_set_pindirs);
    block.force(0, one!("nop") | 1 << 12);
    let execctrl = block.read(of(0, crate::block::EXECCTRL));
    block.write(of(0, crate::block::EXECCTRL), execctrl & !side_set_pindirs);
    for (count, out) in [(send, one!("out x, 32")), (take, one!("out y, 32"))] {
        block.write(TXF0, count - 1);
        block.write(of(0, INSTR), out.into());
        block.run(2);
    }
    block.force(0, one!("set pindirs, 1"));
    block.force(0, one!("jmp 0"));
    block
}

const fn bits(word: u32) -> [bool; 32] {
    let mut bits = [false; 32];
    let mut index = 0;
    while index < 32 {
        bits[index] = word << index >> 31 != 0;
        index += 1;
    }
    bits
}

/// The clock and the data line from the cycle on in which four bits, 1010, are to be sent and four to be taken.
fn four_bits(program: &Program<32>, delay: u64) -> (String, String, u32) {
    let mut block = host(program, 4, 4);
    block.write(TXF0, 0b1010 << 28);
    let mut radio = Radio::new(4, &[true, true, false, true], delay);
    radio.outputs = block.pio.outputs();
    radio.trace = block.trace().to_vec();
    let start = block.pio.cycle();
    block.enable(1);
    while block.pio.run(start + 23, &mut radio) == Ok(Stop::Signal) {}
    let lines = [CLOCK, DATA].map(|gpio| wave(&radio.trace, gpio, start..start + 23));
    let [clock, data] = lines;
    (clock, data, block.isr())
}

#[test]
fn the_slow_program_on_the_wires() {
    let (clock, data, taken) = four_bits(&slow(), 0);
    //                bits out         bits in
    assert_eq!(clock, "___#_#_#_#__#_#_#_#____");
    assert_eq!(data, "__##__##__.............");
    assert_eq!(taken, 0b1101);
}

#[test]
fn the_fast_program_on_the_wires() {
    for delay in [0, 1] {
        let (clock, data, taken) = four_bits(&fast(), delay);
        assert_eq!(clock, "___#_#_#_#_#_#_#_#_#___");
        assert_eq!(data, "__##__##__.............");
        assert_eq!(taken, 0b1101);
    }
}

#[test]
fn the_faster_program_on_the_wires() {
    for delay in [1, 2] {
        let (clock, data, taken) = four_bits(&faster(), delay);
        assert_eq!(clock, "___#_#_#_#_#_#_#_#_#___");
        assert_eq!(data, "__##__##__.............");
        assert_eq!(taken, 0b1101);
    }
}

/// Feeds and drains the FIFOs as DMA channels would, until the program has raised its interrupt.
fn transfer(pio: &mut Pio, radio: &mut Radio, send: &[u32], take: usize) -> Vec<u32> {
    let mut to_send = send.iter();
    let mut taken = Vec::new();
    let deadline = pio.cycle() + 100_000;
    loop {
        while pio.is_tx_ready(0) {
            let Some(&word) = to_send.next() else { break };
            pio.push_tx(0, word);
        }
        while pio.is_rx_ready(0) {
            taken.push(pio.pop_rx(0));
        }
        if pio.read(IRQ).is_ok_and(|flags| flags & 1 != 0) {
            assert_eq!(taken.len(), take);
            return taken;
        }
        assert_eq!(pio.run(deadline, radio), Ok(Stop::Signal), "nothing comes any more");
    }
}

#[test]
fn words_go_out_and_come_in() {
    for (program, delay) in [(slow(), 0), (fast(), 1), (faster(), 2)] {
        let send = [0xdead_beef, 0x0123_4567, 0x8000_0001];
        let answer = [0xfeed_f00d, 0x7654_3210];
        let mut block = host(&program, 96, 64);
        let mut radio = Radio::new(96, &answer.map(bits).concat(), delay);
        radio.outputs = block.pio.outputs();
        block.enable(1);
        let taken = transfer(&mut block.pio, &mut radio, &send, 2);
        assert_eq!(taken, answer);
        assert_eq!(radio.taken, send.map(bits).concat());
        // The program is back at its first instruction and waits for more to send.
        block.write(IRQ, 1);
        assert_eq!(block.pio.run(block.pio.cycle() + 1000, &mut radio), Ok(Stop::Deadline));
        assert_eq!((block.pc(0), block.read(CTRL)), (0, 1));
        assert_eq!(block.pio.next_change(), None);
    }
}
