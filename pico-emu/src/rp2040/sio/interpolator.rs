//! A core's interpolators (RP2040 datasheet, 2.3.1.6).

use crate::rp2040::block::flag;

const ACCUM0: u32 = 0x00;
const ACCUM1: u32 = 0x04;
const BASE0: u32 = 0x08;
const BASE2: u32 = 0x10;
const POP_LANE0: u32 = 0x14;
const POP_FULL: u32 = 0x1c;
const PEEK_LANE0: u32 = 0x20;
const PEEK_FULL: u32 = 0x28;
const CTRL_LANE0: u32 = 0x2c;
const CTRL_LANE1: u32 = 0x30;
const ACCUM0_ADD: u32 = 0x34;
const ACCUM1_ADD: u32 = 0x38;
const BASE_1AND0: u32 = 0x3c;

/// What lanes have in their control registers alike.
const LANE: u32 = 0x1f_ffff;
const BLEND: u32 = 1 << 21;
const CLAMP: u32 = 1 << 22;
const OVERF0: u32 = 1 << 23;
const OVERF1: u32 = 1 << 24;
const OVERF: u32 = 1 << 25;

/// `CTRL_LANE`.
#[derive(Clone, Copy, Debug)]
struct Control(u32);

impl Control {
    const fn field(self, low: u32, bits: u32) -> u32 {
        self.0 >> low & ((1 << bits) - 1)
    }

    const fn shift(self) -> u32 {
        self.field(0, 5)
    }

    /// From `MASK_LSB` to `MASK_MSB`, both included; nothing if they are the wrong way round.
    const fn mask(self) -> u32 {
        let (low, high) = (self.field(5, 5), self.field(10, 5));
        (u32::MAX << low) & (u32::MAX >> (31 - high))
    }

    const fn mask_msb(self) -> u32 {
        self.field(10, 5)
    }

    const fn is_signed(self) -> bool {
        self.field(15, 1) != 0
    }

    const fn cross_input(self) -> bool {
        self.field(16, 1) != 0
    }

    const fn cross_result(self) -> bool {
        self.field(17, 1) != 0
    }

    const fn add_raw(self) -> bool {
        self.field(18, 1) != 0
    }

    /// What is put on bits 29 and 28 of the result for a processor.
    const fn force_msb(self) -> u32 {
        self.field(19, 2) << 28
    }
}

/// What the data path makes of the present state.
#[derive(Clone, Copy, Debug)]
struct Results {
    lanes: [u32; 2],
    full: u32,
    /// OVERF0 and OVERF1.
    overflow: [bool; 2],
}

#[derive(Clone, Debug)]
pub(super) struct Interpolator {
    /// Which of its two features this one has: BLEND or CLAMP.
    feature: u32,
    accumulators: [u32; 2],
    bases: [u32; 3],
    controls: [Control; 2],
}

impl Interpolator {
    /// The two of a core: the first blends, the second clamps.
    pub(super) fn both() -> [Self; 2] {
        [BLEND, CLAMP].map(|feature| Self { feature, accumulators: [0; 2], bases: [0; 3], controls: [Control(0); 2] })
    }

    fn has(&self, feature: u32) -> bool {
        self.controls[0].0 & self.feature & feature != 0
    }

    /// The shifter's output: what goes into `ADD_RAW`, the bits that the mask keeps, and whether it loses any.
    fn shifted(&self, lane: usize) -> (u32, u32, bool) {
        let control = self.controls[lane];
        let input = self.accumulators[if control.cross_input() { 1 - lane } else { lane }];
        let shifted = input >> control.shift();
        let masked = shifted & control.mask();
        let sign = masked >> control.mask_msb() & 1;
        let extended = if control.is_signed() && sign != 0 { masked | u32::MAX << control.mask_msb() } else { masked };
        let beyond = shifted & !(u32::MAX >> (31 - control.mask_msb()));
        (input, extended, beyond != 0)
    }

    fn results(&self) -> Results {
        let (input0, masked0, overflow0) = self.shifted(0);
        let (input1, masked1, overflow1) = self.shifted(1);
        let addend = |lane: usize, input, masked| if self.controls[lane].add_raw() { input } else { masked };
        let mut lanes = [
            self.bases[0].wrapping_add(addend(0, input0, masked0)),
            self.bases[1].wrapping_add(addend(1, input1, masked1)),
        ];
        let mut full = self.bases[2].wrapping_add(masked0).wrapping_add(masked1);
        if self.has(BLEND) {
            let alpha = masked1 & 0xff;
            lanes = [alpha, self.blend(alpha)];
            full = self.bases[2].wrapping_add(masked0);
        } else if self.has(CLAMP) {
            lanes[0] = self.clamp(masked0);
        }
        Results { lanes, full, overflow: [overflow0, overflow1] }
    }

    /// Between BASE0 and BASE1, by alpha in 256ths. Lane 1 says whether they are signed.
    fn blend(&self, alpha: u32) -> u32 {
        let wide = |value: u32| {
            if self.controls[1].is_signed() { i64::from(value.cast_signed()) } else { i64::from(value) }
        };
        let (from, to) = (wide(self.bases[0]), wide(self.bases[1]));
        (from + (((to - from) * i64::from(alpha)) >> 8)) as u32
    }

    /// No less than BASE0 and no more than BASE1. Lane 0 says whether they are signed.
    fn clamp(&self, value: u32) -> u32 {
        let [low, high, _] = self.bases;
        if self.controls[0].is_signed() {
            let value = value.cast_signed();
            let (low, high) = (low.cast_signed(), high.cast_signed());
            if value < low { low } else { value.min(high) }.cast_unsigned()
        } else if value < low {
            low
        } else {
            value.min(high)
        }
    }

    /// One of the three results, as a processor reads it.
    fn result(&self, results: &Results, which: u32) -> u32 {
        match which {
            0 | 4 => {
                let lane = which as usize / 4;
                results.lanes[lane] | self.controls[lane].force_msb()
            }
            _ => results.full,
        }
    }

    /// A read of a POP register writes the lanes' results back to the accumulators.
    fn pop(&mut self, results: &Results) {
        for lane in 0..2 {
            let from = if self.controls[lane].cross_result() { 1 - lane } else { lane };
            self.accumulators[lane] = results.lanes[from];
        }
    }

    pub(super) fn read(&mut self, offset: u32) -> u32 {
        match offset {
            ACCUM0 | ACCUM1 => self.accumulators[offset as usize / 4],
            BASE0..=BASE2 => self.bases[(offset - BASE0) as usize / 4],
            POP_LANE0..=POP_FULL => {
                let results = self.results();
                self.pop(&results);
                self.result(&results, offset - POP_LANE0)
            }
            PEEK_LANE0..=PEEK_FULL => self.result(&self.results(), offset - PEEK_LANE0),
            CTRL_LANE0 => {
                let [overflow0, overflow1] = self.results().overflow;
                let either = flag(overflow0 || overflow1, OVERF);
                self.controls[0].0 | flag(overflow0, OVERF0) | flag(overflow1, OVERF1) | either
            }
            CTRL_LANE1 => self.controls[1].0,
            // The raw shifted and masked value of the lane (2.3.1.7).
            ACCUM0_ADD => self.shifted(0).1,
            ACCUM1_ADD => self.shifted(1).1,
            _ => 0,
        }
    }

    pub(super) fn write(&mut self, offset: u32, value: u32) {
        match offset {
            ACCUM0 | ACCUM1 => self.accumulators[offset as usize / 4] = value,
            BASE0..=BASE2 => self.bases[(offset - BASE0) as usize / 4] = value,
            CTRL_LANE0 => self.controls[0] = Control(value & (LANE | self.feature)),
            CTRL_LANE1 => self.controls[1] = Control(value & LANE),
            ACCUM0_ADD | ACCUM1_ADD => {
                let accumulator = &mut self.accumulators[usize::from(offset == ACCUM1_ADD)];
                *accumulator = accumulator.wrapping_add(value & 0xff_ffff);
            }
            BASE_1AND0 => self.write_halves(value),
            _ => {}
        }
    }

    /// The low half goes to BASE0 and the high one to BASE1, each sign-extended if its lane is signed. While blending,
    /// lane 1 says so for both.
    fn write_halves(&mut self, value: u32) {
        let halves = [value as u16, (value >> 16) as u16];
        for (lane, half) in halves.into_iter().enumerate() {
            let lane_of_sign = if self.has(BLEND) { 1 } else { lane };
            self.bases[lane] = if self.controls[lane_of_sign].is_signed() {
                i32::from(half.cast_signed()).cast_unsigned()
            } else {
                u32::from(half)
            };
        }
    }
}
