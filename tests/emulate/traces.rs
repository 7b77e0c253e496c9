//! Traces of what boards execute.

use std::path::Path;

use harness::{Finished, Firmware, Simulator};
use pico_uf2::Chip;

use crate::runs::{boards, broken};
use crate::{Folder, page};

/// The clock of a board that starts: the ring oscillator (RP2040 datasheet, 2.17.1).
const START_CLOCK_HZ: u64 = 6_500_000;

/// The lines of instructions and exceptions, which must all be whole.
fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("it was written");
    assert!(text.ends_with('\n'), "the last line is whole");
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    for line in &lines {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert!(fields[0].parse::<u64>().is_ok() && fields[1].starts_with("core") && fields.len() >= 4, "{line}");
    }
    lines
}

fn cycle(line: &str) -> u64 {
    line.split_whitespace().next().and_then(|cycle| cycle.parse().ok()).expect("a cycle stands first")
}

pub(crate) fn a_trace_has_functions_and_begins_when_it_was_told(firmware: &Firmware) {
    let folder = Folder::new();
    let trace = |from| {
        let path = folder.path("a.txt");
        let args = format!("--duration 20ms --trace-instructions {} --trace-from {from}", path.display());
        let run = Finished::run(&format!("{} {args}", boards(firmware)));
        assert_eq!(run.code, Some(0), "{run:#?}");
        lines(&path)
    };
    let (all, late) = (trace("0s"), trace("15ms"));
    assert_eq!(cycle(&all[0]), 0);
    assert!(all.iter().any(|line| line.contains(" Reset+0x0 ")), "the functions have names");
    let begin = START_CLOCK_HZ * 15 / 1000;
    assert!((begin..begin + 10).contains(&cycle(&late[0])), "{}", late[0]);
    let rest: Vec<String> = all.into_iter().filter(|line| cycle(line) >= begin).collect();
    assert!(late.len() > 1000 && late == rest, "the rest of the trace is the same");
}

pub(crate) fn a_run_with_traces_is_the_same_as_one_without(firmware: &Firmware) {
    let folder = Folder::new();
    let args = format!("{} --count 2 --json", boards(firmware));
    let run = Finished::run(&args);
    let traced = Finished::run(&folder.args(&format!(
        "{args} --trace-instructions server=DIR/s.txt --trace-instructions client=DIR/c.txt --trace-from 5800ms"
    )));
    assert_eq!((traced.code, traced.lines), (run.code, run.lines));
    for (file, function) in [("s.txt", "pico_fw::server::"), ("c.txt", "pico_fw::client::")] {
        assert!(lines(&folder.path(file)).iter().any(|line| line.contains(function)), "{file}");
    }
}

pub(crate) fn the_trace_of_firmware_that_fails_goes_to_its_handler(firmware: &Firmware) {
    let folder = Folder::new();
    let (elf, reset) = broken(firmware);
    folder.write("broken.elf", elf);
    let run =
        folder.run("--server DIR/broken.elf --client DIR/broken.elf --duration 5ms --trace-instructions DIR/a.txt");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let lines = lines(&folder.path("a.txt"));
    let failed = lines.iter().position(|line| line.contains(&format!(" {reset:08x} Reset+0x0 udf")));
    let [_, entry, handler] = &lines[failed.expect("it is executed")..][..3] else { panic!("it goes on") };
    assert!(entry.contains("(exception)") && entry.ends_with("[HardFault]"), "{entry}");
    assert!(handler.contains(" HardFault"), "{handler}");
}

pub(crate) fn the_trace_is_whole_after_an_interrupt(firmware: &Firmware) {
    let folder = Folder::new();
    let path = folder.path("a.txt");
    let args = format!("--json --trace-instructions client={} --trace-from 5s", path.display());
    let mut run = Simulator::start(&format!("{} {args}", boards(firmware)));
    run.event_of("exchange");
    let run = run.stop();
    assert_eq!(run.code, Some(0), "{run:#?}");
    let text = std::fs::read_to_string(&path).expect("it was written");
    let [head, power] = [0, 1].map(|line| text.lines().nth(line).expect("it is there"));
    assert!(head.starts_with("# client, seed 7: cycle"), "{head}");
    assert_eq!(power, "# 3.000000 s: power on");
    let lines = lines(&path);
    // The last instruction of each core is known when the trace ends.
    let last = lines[lines.len() - 2..].iter().map(|line| line.split_whitespace().nth(1));
    assert!(last.eq([Some("core0"), Some("core1")]), "{:#?}", &lines[lines.len() - 2..]);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn a_full_disk_ends_the_run(_: &Firmware) {}

/// A device that is always full.
#[cfg(target_os = "linux")]
pub(crate) fn a_full_disk_ends_the_run(firmware: &Firmware) {
    // It would go on for a day.
    let run = Finished::run(&format!("{} --trace-instructions /dev/full", boards(firmware)));
    assert_eq!(run.code, Some(2), "{run:#?}");
    let message = "cannot write the instruction trace /dev/full: No space left on device";
    assert!(run.stderr.contains(message) && run.stderr.contains("--trace-from"), "{run:#?}");
}

/// Runs boards without a program, whose arguments are wrong. Returns what is said.
fn refused(args: &str) -> String {
    let folder = Folder::new();
    folder.write("empty.uf2", page(0, Chip::Rp2040));
    let run = folder.run(&format!("--server DIR/empty.uf2 --client DIR/empty.uf2 {args}"));
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{run:#?}");
    run.stderr
}

pub(crate) fn of_an_unknown_board_the_known_ones_are_named() {
    let said = refused("--clients 2 --trace-instructions client=DIR/a.txt");
    assert!(said.contains("no board \"client\"") && said.contains("server, client-1, client-2"), "{said}");
}

pub(crate) fn a_board_has_one_trace_and_a_file_is_one_boards() {
    let said = refused("--trace-instructions DIR/a.txt --trace-instructions server=DIR/b.txt");
    assert!(said.contains("two traces of the board \"server\""), "{said}");
    let said = refused("--trace-instructions DIR/a.txt --trace-instructions client=DIR/a.txt");
    assert!(said.contains("two traces are to be written to") && said.contains("a.txt"), "{said}");
}

pub(crate) fn a_trace_that_cannot_be_begun_is_no_run() {
    let said = refused("--trace-instructions DIR/nowhere/a.txt");
    assert!(said.contains("cannot write the instruction trace") && said.contains("nowhere"), "{said}");
    assert!(said.contains("choose a folder that is there"), "{said}");
}
