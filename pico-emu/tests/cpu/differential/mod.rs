//! The processor against another one: QEMU's Cortex-M0, on the same image.
//!
//! Debian's `qemu-system-arm` has a board with that processor, `microbit`. The image holds random sequences of
//! instructions and a program that runs them one after the other and writes what came of each by semihosting. Both must
//! write the same.

mod driver;
mod sequence;

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use pico_emu::cpu::{Register, Stop};

use crate::machine::{Machine, RAM, ROM_LEN};
use crate::random::Random;
pub(crate) use sequence::code;
use sequence::{RECORD_LEN, RESULT, RESULT_LEN, Record, TABLE};

/// As many as fit, with an empty one at the end.
const RECORDS: usize = (ROM_LEN - TABLE as usize) / RECORD_LEN - 1;
/// QEMU takes about a second for an image.
const TIME_OUT: Duration = Duration::from_secs(60);
const SEEDS: std::ops::Range<u64> = 0..4;

#[test]
fn random_sequences_do_what_they_do_on_qemu() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qemu");
    for seed in SEEDS {
        let folder = folder.join(seed.to_string());
        fs::create_dir_all(&folder).unwrap();
        let mut random = Random(seed);
        let records: Vec<Record> =
            (0..RECORDS).map(|place| Record::random(&mut random, TABLE + (place * RECORD_LEN) as u32)).collect();
        let image = image(&records);
        let Some(theirs) = on_qemu(&folder, &image) else {
            eprintln!("SKIPPED: qemu-system-arm is not installed");
            return;
        };
        let ours = on_pico_emu(&image);
        assert_eq!(theirs.len(), RECORDS * RESULT_LEN as usize, "QEMU ran all records of seed {seed}");
        assert_eq!(ours.len(), theirs.len(), "ours ran all records of seed {seed}");
        let results = ours.chunks(RESULT_LEN as usize).zip(theirs.chunks(RESULT_LEN as usize));
        for (place, (record, (ours, theirs))) in records.iter().zip(results).enumerate() {
            assert!(ours == theirs, "seed {seed}, record {place}:\n{}", difference(record, place, ours, theirs));
        }
    }
}

fn image(records: &[Record]) -> Vec<u8> {
    let mut image = vec![0; ROM_LEN];
    let vectors = [0x2000_3000, driver::ENTRY].into_iter().chain([driver::HANDLER; 46]);
    let code = driver::CODE.iter().flat_map(|half| half.to_le_bytes());
    let literals = driver::LITERALS.iter().flat_map(|word| word.to_le_bytes());
    put(&mut image, 0, vectors.flat_map(u32::to_le_bytes));
    put(&mut image, driver::ADDRESS, code.chain(literals));
    put(&mut image, TABLE as usize, records.iter().flat_map(Record::bytes));
    image
}

fn put(image: &mut [u8], place: usize, bytes: impl Iterator<Item = u8>) {
    for (to, from) in image[place..].iter_mut().zip(bytes) {
        *to = from;
    }
}

/// What QEMU writes; `None` if it is not installed.
fn on_qemu(folder: &Path, image: &[u8]) -> Option<Vec<u8>> {
    fs::write(folder.join("image.bin"), image).expect("the target folder can be written");
    let run = Command::new("qemu-system-arm")
        .args(["-machine", "microbit", "-display", "none", "-monitor", "none", "-serial", "none"])
        .args(["-semihosting-config", "enable=on,target=native", "-device", "loader,file=image.bin,addr=0"])
        .current_dir(folder)
        .spawn();
    let mut child = match run {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        run => run.expect("QEMU is executable"),
    };
    let deadline = Instant::now() + TIME_OUT;
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is our child") {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().expect("it is our child");
            break child.wait().expect("it is our child");
        }
        thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "QEMU did not finish the image in {TIME_OUT:?}: {status}");
    Some(fs::read(folder.join("out")).expect("the image opens this file"))
}

/// What our processor writes.
fn on_pico_emu(image: &[u8]) -> Vec<u8> {
    let mut machine = Machine::new(&[]);
    machine.chip.rom.write(0, image);
    machine.cpu.reset(&mut machine.chip);
    let mut written = Vec::new();
    loop {
        let stop = machine.cpu.run(&mut machine.chip, 1 << 40);
        assert_eq!(stop, Stop::Breakpoint { imm: 0xab }, "{:?}", machine.cpu);
        match machine.cpu.registers().read(Register::R0) {
            // SYS_OPEN gives a handle, SYS_WRITE how many bytes are not written.
            0x01 => machine.cpu.registers_mut().write(Register::R0, 1),
            0x05 => {
                let start = (RESULT - RAM) as usize;
                written.extend(&machine.chip.ram.bytes()[start..start + RESULT_LEN as usize]);
                machine.cpu.registers_mut().write(Register::R0, 0);
            }
            0x18 => return written,
            other => panic!("semihosting call {other:#x}"),
        }
        machine.cpu.skip_breakpoint();
    }
}

/// The words that differ, by name, and the instructions.
fn difference(record: &Record, place: usize, ours: &[u8], theirs: &[u8]) -> String {
    const NAMES: [&str; 21] = [
        "r4",
        "r5",
        "r6",
        "r7",
        "r8",
        "r9",
        "r10",
        "r11",
        "exc_return",
        "ipsr",
        "primask",
        "control",
        "msp",
        "r0",
        "r1",
        "r2",
        "r3",
        "r12",
        "lr",
        "pc",
        "xpsr",
    ];
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("a chunk of four"));
    let mut text = String::new();
    for (index, (ours, theirs)) in ours.chunks(4).zip(theirs.chunks(4)).enumerate() {
        if ours != theirs {
            let name = NAMES.get(index).map_or_else(|| format!("result + {:#x}", index * 4), ToString::to_string);
            text += &format!("{name}: ours {:08x}, QEMU's {:08x}\n", word(ours), word(theirs));
        }
    }
    let mut address = TABLE + (place * RECORD_LEN) as u32 + 72;
    text += &format!("before: {:08x?}\n", record.words);
    let mut code = record.code.iter().copied();
    while let Some(first) = code.next() {
        let second = if pico_emu::cpu::Instruction::is_wide(first) { code.next().expect("the second half") } else { 0 };
        let instruction = pico_emu::cpu::Instruction::decode(address, first, second);
        text += &format!("{address:08x}: {}\n", instruction.disassemble(address));
        address += instruction.size();
    }
    text
}
