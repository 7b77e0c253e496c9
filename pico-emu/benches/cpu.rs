//! Emulated instructions per second, next to the crate `rp2040-emu` and to rp2040js: a loop of about 20 mixed
//! instructions in RAM, the same image for all three.
//!
//! Ours runs with everything on: cycles counted, interrupts and the system timer's deadline watched, and the chip asked
//! every [`SLICE_CYCLES`] what is due. The others run as they come: `rp2040-emu` by its own `run`, rp2040js by
//! `executeInstruction` alone, without its clock.
//!
//! Rounds time each of them in turn, so that a noisy machine disturbs all alike, and each one's fastest round counts.
//! All must come to the same registers.
//!
//! rp2040js is run by `node`. The environment variable `PICO_EMU_RP2040JS` names its folder, as `npm install rp2040js`
//! makes it in `node_modules`; without it, or without node, that row says "not found".

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, io};

use machine::{Machine, RAM};
use pico_emu::cpu::Register;
use rp2040_emu::{Config, Emulator};

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../tests/cpu/machine.rs"]
mod machine;

/// How many times as fast we are to be.
const RP2040_EMU_TARGET: f64 = 4.0;
const RP2040JS_TARGET: f64 = 8.0;

const ROUNDS: usize = 9;
/// How often the loop runs in a round.
const ITERATIONS: u32 = 400_000;
/// Enough to see that everybody works.
const SMOKE_ITERATIONS: u32 = 1000;

/// 10 microseconds on a board.
const SLICE_CYCLES: u64 = 1250;

/// The end of the loop, which is left as often as it is entered: `b .`
const END: u32 = RAM + 0x32;
const STACK: u32 = 0x2004_0000;

/// The image, but for the count of iterations behind it.
#[rustfmt::skip]
const IMAGE: [u16; 32] = [
    0x480e, // ldr r0, [pc, #56]: the data
    0x4f0f, // ldr r7, [pc, #60]: the count of iterations
    0x2101, // movs r1, #1
    0x2203, // movs r2, #3
    // loop:
    0x6803, // ldr r3, [r0, #0]
    0x185b, // adds r3, r3, r1
    0x405a, // eors r2, r3
    0x0154, // lsls r4, r2, #5
    0x0ed5, // lsrs r5, r2, #27
    0x432c, // orrs r4, r5
    0x6044, // str r4, [r0, #4]
    0x7946, // ldrb r6, [r0, #5]
    0x434e, // muls r6, r1, r6
    0x1992, // adds r2, r2, r6
    0x8102, // strh r2, [r0, #8]
    0xb2d5, // uxtb r5, r2
    0x2d80, // cmp r5, #128
    0xd300, // bcc skip
    0x3a11, // subs r2, #17
    // skip:
    0xba14, // rev r4, r2
    0xf000, 0xf804, // bl mix
    0x3101, // adds r1, #1
    0x42b9, // cmp r1, r7
    0xd1ea, // bne loop
    0xe7fe, // b .
    // mix:
    0xb510, // push {r4, lr}
    0x18e4, // adds r4, r4, r3
    0x4163, // adcs r3, r4
    0xbd10, // pop {r4, pc}
    0x1000, 0x2000, // the data
];

fn image(iterations: u32) -> Vec<u16> {
    [&IMAGE[..], &[(iterations & 0xffff) as u16, (iterations >> 16) as u16]].concat()
}

/// What a round came to: how long it took, and r0 to r7 at its end.
struct Round {
    time: Duration,
    registers: [u32; 8],
}

fn main() {
    // What `cargo bench` passes, unless it only lists or tests.
    let timed = env::args().any(|arg| arg == "--bench") && !env::args().any(|arg| arg == "--test" || arg == "--list");
    let (rounds, iterations) = if timed { (ROUNDS, ITERATIONS) } else { (1, SMOKE_ITERATIONS) };

    let mut instructions = 0;
    let [mut ours, mut rp2040_emu, mut rp2040js] = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let (round, executed) = run_ours(iterations);
        instructions = executed;
        ours.push(round);
        rp2040_emu.push(run_rp2040_emu(iterations));
        rp2040js.extend(run_rp2040js(iterations));
    }
    for round in ours.iter().chain(&rp2040_emu).chain(&rp2040js) {
        assert_eq!(round.registers, ours[0].registers, "everybody computes the same");
    }

    println!(
        "millions of instructions a second: the fastest of {rounds} interleaved rounds of {instructions} instructions\n"
    );
    let mips = |rounds: &[Round]| {
        rounds.iter().map(|round| instructions as f64 / round.time.as_secs_f64() / 1e6).reduce(f64::max)
    };
    let ours = mips(&ours).expect("there is a round at least");
    println!("{:12} {ours:6.1}", "pico-emu");
    for (name, theirs, target) in
        [("rp2040-emu", mips(&rp2040_emu), RP2040_EMU_TARGET), ("rp2040js", mips(&rp2040js), RP2040JS_TARGET)]
    {
        let Some(theirs) = theirs else {
            println!("{name:12} not found");
            continue;
        };
        let ratio = ours / theirs;
        // A smoke run's figures mean nothing.
        let verdict = match ratio >= target {
            _ if !timed => "",
            true => "PASS",
            false => "FAIL",
        };
        println!("{name:12} {theirs:6.1}  pico-emu is {ratio:.2} times as fast (at least {target}) {verdict}");
    }
}

/// Also tells how many instructions were executed.
fn run_ours(iterations: u32) -> (Round, u64) {
    let mut machine = Machine::new(&image(iterations));
    let started = Instant::now();
    while machine.pc() != END {
        machine.run(machine.cpu.cycle() + SLICE_CYCLES);
    }
    let time = started.elapsed();
    let registers = std::array::from_fn(|number| machine.read(Register::ALL[number]));
    (Round { time, registers }, machine.cpu.instructions())
}

fn run_rp2040_emu(iterations: u32) -> Round {
    let bytes: Vec<u8> = image(iterations).iter().flat_map(|half| half.to_le_bytes()).collect();
    let mut emulator = Emulator::new(Config::default());
    emulator.reset();
    emulator.load_image(RAM, &bytes);
    let registers = &mut emulator.cores[0].regs;
    registers.msp = STACK;
    registers.r[13] = STACK;
    registers.set_pc(RAM);
    let started = Instant::now();
    while emulator.cores[0].regs.pc() != END {
        emulator.run(SLICE_CYCLES).expect("the serial model cannot fail");
    }
    let time = started.elapsed();
    let registers = std::array::from_fn(|number| emulator.cores[0].reg(number));
    Round { time, registers }
}

/// `None` if node or rp2040js is not there.
fn run_rp2040js(iterations: u32) -> Option<Round> {
    const PROGRAM: &str = "
        const [, path, ...numbers] = process.argv;
        const [end, ...code] = numbers.map(Number);
        const { RP2040 } = await import(path);
        function run() {
            const chip = new RP2040();
            chip.sram.set(new Uint8Array(Uint16Array.from(code).buffer));
            const core = chip.core;
            core.SP = 0x20040000;
            core.PC = 0x20000000;
            const started = process.hrtime.bigint();
            while (core.PC !== end) {
                core.executeInstruction();
            }
            return [process.hrtime.bigint() - started, ...core.registers.slice(0, 8)];
        }
        // The first run is for the compiler.
        run();
        console.log(run().join(' '));
    ";
    let path = PathBuf::from(env::var_os("PICO_EMU_RP2040JS")?).join("dist/esm/index.js").canonicalize().ok()?;
    let run = Command::new("node")
        .args(["--input-type=module", "--eval", PROGRAM, "--"])
        .arg(path)
        .arg(END.to_string())
        .args(image(iterations).iter().map(u16::to_string))
        .output();
    let output = match run {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        run => run.expect("node is executable"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("numbers");
    let numbers: Vec<u64> = text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    let registers = std::array::from_fn(|number| u32::try_from(numbers[1 + number]).expect("a register has 32 bits"));
    Some(Round { time: Duration::from_nanos(numbers[0]), registers })
}
