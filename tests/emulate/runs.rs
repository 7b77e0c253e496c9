//! Whole runs.

use harness::simulator::color;
use harness::{Finished, Firmware, Simulator};

use crate::Folder;

/// The arguments for boards of this firmware, which are lucky with their first attempts.
pub(crate) fn boards(firmware: &Firmware) -> String {
    let path = firmware.path().display();
    format!("emulate --seed 7 --server {path} --client {path}")
}

/// What a board has said.
fn words(run: &Finished, board: &str) -> Vec<String> {
    let lines = run.events_of("serial").into_iter().filter(|line| line["board"] == board);
    lines.map(|line| line["text"].as_str().expect("a text").to_owned()).collect()
}

fn said(run: &Finished, board: &str, text: &str) -> bool {
    words(run, board).iter().any(|line| line.contains(text))
}

pub(crate) fn two_boards_exchange_colours_and_do_so_again(firmware: &Firmware) {
    let run = || Finished::run(&format!("{} --count 3 --json", boards(firmware)));
    let first = run();
    assert_eq!(first.code, Some(0), "{first:#?}");
    assert_eq!(first.events()[0]["event"], "started");
    let exchanges = first.events_of("exchange");
    let numbers: Vec<_> = exchanges.iter().map(|exchange| exchange["seq"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
    // What the LED shows is what each board says. The server says so a moment later, which the last one may not see.
    let colors: Vec<_> = exchanges.iter().map(color).collect();
    for (board, colors, verb) in [("client", &colors[..], "Received"), ("server", &colors[..2], "Sent")] {
        for color in colors {
            assert!(said(&first, board, &format!("{verb}: {color}")), "{color}: {first:#?}");
        }
    }
    let summary = first.summary();
    assert_eq!((&summary["exchanges"], &summary["errors"]), (&3.into(), &0.into()));
    assert!(summary["server"]["served"].as_u64() >= Some(2), "{summary}");
    assert_eq!(run().lines, first.lines, "the same seed gives the same run");
}

pub(crate) fn each_of_three_clients_makes_its_attempts(firmware: &Firmware) {
    let run = Finished::run(&format!("{} --clients 3 --count 2 --json", boards(firmware)));
    let (exchanges, errors) = (run.events_of("exchange"), run.events_of("error"));
    for client in ["client-1", "client-2", "client-3"] {
        let attempts = exchanges.iter().chain(&errors).filter(|attempt| attempt["board"] == client);
        assert_eq!(attempts.count(), 2, "{client}: {run:#?}");
    }
    assert_eq!(run.code, Some(i32::from(!errors.is_empty())), "{run:#?}");
}

pub(crate) fn people_see_words_and_colours(firmware: &Firmware) {
    let run = Finished::run(&format!("{} --count 1 --color always", boards(firmware)));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let text = run.stdout();
    // A swatch, dimmed words, and the end.
    for part in ["\u{1b}[48;2;", "\u{1b}[2mjoining the network \"Home\"", "1 exchange", "seed     7"] {
        assert!(text.contains(part), "{part:?}: {text}");
    }
    let quiet = Finished::run(&format!("{} --count 1 --quiet", boards(firmware)));
    assert_eq!(quiet.code, Some(0), "{quiet:#?}");
    assert!(quiet.lines.iter().all(|line| !line.contains("joining") && !line.contains("#1")), "{quiet:#?}");
}

pub(crate) fn settings_of_a_file_and_of_the_line_reach_the_boards(firmware: &Firmware) {
    let folder = Folder::new();
    let file = folder.path("kitchen.uf2");
    let made = Finished::run(
        &folder.args("provision --role server --name kitchen --ssid Loft --open --source sweep --out DIR/kitchen.uf2"),
    );
    assert_eq!(made.code, Some(0), "{made:#?}");
    let settings = format!("--server-settings {} --client-set name=lamp --set interval=1000ms", file.display());
    let run = Finished::run(&format!("{} {settings} --count 3 --json", boards(firmware)));
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(said(&run, "server", "board kitchen") && said(&run, "client", "board lamp"), "{run:#?}");
    assert!(said(&run, "client", "joining the network \"Loft\""), "the clients join the server's network: {run:#?}");
    let times: Vec<_> = run.events_of("exchange").iter().filter_map(|exchange| exchange["at_us"].as_u64()).collect();
    assert!((900_000..1_100_000).contains(&(times[2] - times[1])), "{times:?}");
}

pub(crate) fn a_wrong_passphrase_is_said_in_words(firmware: &Firmware) {
    let args = "--client-set passphrase=wrong-one --count 1 --duration 12s --json";
    let run = Finished::run(&format!("{} {args}", boards(firmware)));
    assert_eq!(run.code, Some(1), "no attempt was made: {run:#?}");
    assert!(said(&run, "client", "the access point refused the passphrase"), "{run:#?}");
    assert!(!said(&run, "server", "the access point refused the passphrase"), "{run:#?}");
    assert_eq!(run.summary()["exchanges"], 0);
}

pub(crate) fn words_and_colours_are_read_by_usb(firmware: &Firmware) {
    let [by_uart, by_usb] = ["uart0", "usb"]
        .map(|port| Finished::run(&format!("{} --serial {port} --count 3 --duration 20s --json", boards(firmware))));
    for run in [&by_uart, &by_usb] {
        assert_eq!((run.code, run.events_of("exchange").len()), (Some(0), 3), "{run:#?}");
    }
    // Until it asks, the client says the same on both.
    let start = |run| words(run, "client").into_iter().take_while(|line| !line.starts_with("signal: "));
    let said: Vec<String> = start(&by_usb).collect();
    assert!(said.iter().any(|line| line.starts_with("ip = ")), "{said:?}");
    assert!(start(&by_uart).eq(said), "{by_uart:#?}\n{by_usb:#?}");
    let silent = Finished::run(&format!("{} --serial uart1 --duration 5s --json", boards(firmware)));
    assert_eq!(silent.events_of("serial").len(), 0, "the firmware uses the other port: {silent:#?}");
}

pub(crate) fn the_first_interrupt_ends_the_run_with_its_summary(firmware: &Firmware) {
    let folder = Folder::new();
    let capture = folder.path("a.pcap");
    let mut run = Simulator::start(&format!("{} --json --pcap {}", boards(firmware), capture.display()));
    run.event_of("exchange");
    let run = run.stop();
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.summary()["exchanges"].as_u64() >= Some(1), "{run:#?}");
    assert!(frames(&std::fs::read(capture).expect("it was written")).len() > 10);
}

pub(crate) fn a_capture_holds_the_frames_of_an_exchange(firmware: &Firmware) {
    let folder = Folder::new();
    let capture = folder.path("a.pcap");
    let run = Finished::run(&format!("{} --count 1 --json --pcap {}", boards(firmware), capture.display()));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let color = color(&run.events_of("exchange")[0]);
    let capture = std::fs::read(capture).expect("it was written");
    for text in ["GET Data client", &color] {
        let has_text = |frame: &&[u8]| frame.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(frames(&capture).iter().any(has_text), "{text}");
    }
}

/// The frames of a capture, which must be whole (the classic format of libpcap).
fn frames(capture: &[u8]) -> Vec<&[u8]> {
    let (head, mut rest) = capture.split_at(24);
    assert_eq!(head[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest[8..12].try_into().expect("four bytes")) as usize;
        frames.push(&rest[16..16 + len]);
        rest = &rest[16 + len..];
    }
    frames
}

pub(crate) fn a_fault_is_told_with_a_backtrace(firmware: &Firmware) {
    let folder = Folder::new();
    let (elf, reset) = broken(firmware);
    folder.write("broken.elf", elf);
    let run = folder.run("--server DIR/broken.elf --client DIR/broken.elf --duration 20ms --json");
    assert_eq!(run.code, Some(1), "{run:#?}");
    let problems = run.events_of("problem");
    // It fails again at each start, and that is told once.
    let [problem] = &problems[..] else { panic!("the server has one: {run:#?}") };
    let message = problem["message"].as_str().expect("a text");
    assert!(message.starts_with("the firmware has failed, and handles that in HardFault"), "{message}");
    assert!(message.contains(&format!("HardFault interrupted\n   1: {reset:#010x} - Reset")), "{message}");
}

/// The ELF file of firmware whose first instruction is none, and the address of that.
pub(crate) fn broken(firmware: &Firmware) -> (Vec<u8>, u32) {
    let mut elf = firmware.elf();
    let vector = place(&elf, RESET_VECTOR);
    let reset = u32::from_le_bytes(elf[vector..][..4].try_into().expect("four bytes")) & !1;
    let entry = place(&elf, reset);
    elf[entry..][..2].copy_from_slice(&UNDEFINED.to_le_bytes());
    (elf, reset)
}

/// Where the address of the first instruction is, behind the second stage of the boot (RP2040 datasheet, 2.8.1.3.1), and an
/// instruction that is none (DDI 0419, A6.7.72).
const RESET_VECTOR: u32 = 0x1000_0104;
const UNDEFINED: u16 = 0xde00;

/// Where in an ELF file the byte for this address is (System V ABI, chapter 5).
fn place(elf: &[u8], address: u32) -> usize {
    let word = |at: usize| u32::from_le_bytes(elf[at..][..4].try_into().expect("four bytes"));
    let half = |at: usize| usize::from(u16::from_le_bytes(elf[at..][..2].try_into().expect("two bytes")));
    let (first, len, count) = (word(28) as usize, half(42), half(44));
    let mut headers = (0..count).map(|index| first + index * len);
    let segment = headers.find(|at| (word(at + 12)..word(at + 12) + word(at + 16)).contains(&address));
    let segment = segment.expect("the address is in the flash memory");
    (word(segment + 4) + address - word(segment + 12)) as usize
}
