//! A passphrase from a person at a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};

use harness::{Process, eventually, terminal};
use pico_uf2::Chip;
use rustix::termios::{LocalModes, tcgetattr};

use crate::{Folder, on_board, settings};

/// A program on a terminal of its own that somebody types at.
struct Terminal {
    process: Process,
    pid: u32,
    controller: File,
    shown: Arc<Mutex<String>>,
}

impl Terminal {
    fn start(command: &Command) -> Self {
        let (controller, terminal) = terminal::open();
        let again = |terminal: &File| terminal.try_clone().expect("a file can be had twice");
        // A session of its own, and the terminal is the one that it asks at.
        let mut session = Command::new("setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args());
        session.current_dir(command.get_current_dir().expect("it runs in a test's folder"));
        session.stdin(again(&terminal)).stdout(again(&terminal)).stderr(terminal);
        let child = session.spawn().expect("util-linux has setsid");
        let pid = child.id();
        let shown = Arc::new(Mutex::new(String::new()));
        std::thread::spawn({
            let (mut reader, shown) = (again(&controller), shown.clone());
            move || {
                let mut bytes = [0; 1024];
                // Linux reports the end of the last program on a terminal as an error.
                while let Ok(len @ 1..) = reader.read(&mut bytes) {
                    shown.lock().expect("nobody panics with it").push_str(&String::from_utf8_lossy(&bytes[..len]));
                }
            }
        });
        Self { process: Process::new(child), pid, controller, shown }
    }

    fn shown(&self) -> String {
        self.shown.lock().expect("nobody panics with it").clone()
    }

    fn echoes(&self) -> bool {
        tcgetattr(&self.controller).expect("the terminal is there").local_modes.contains(LocalModes::ECHO)
    }

    /// Waits for the prompt of this network, and types.
    fn answer(&mut self, ssid: &str, text: &str) {
        let prompt = format!("Passphrase of \"{ssid}\" (not shown): ");
        eventually(&prompt, || self.shown().ends_with(&prompt) && !self.echoes());
        self.controller.write_all(text.as_bytes()).expect("the terminal takes what is typed");
    }

    /// How it ended, what it has shown, and whether it left the terminal as it was.
    fn finish(mut self, last_words: &str) -> (Option<i32>, String) {
        let status = self.process.wait();
        eventually(last_words, || self.shown().contains(last_words));
        assert!(self.echoes(), "the terminal still hides what is typed");
        (status.code(), self.shown())
    }
}

fn start(folder: &Folder, args: &str) -> Terminal {
    let args = format!("--role server --out board.uf2 {args}");
    Terminal::start(&folder.provision(args.split_whitespace()))
}

#[test]
fn each_network_without_a_passphrase_is_asked_for_by_its_name() {
    let folder = Folder::new();
    let mut terminal = start(&folder, "--ssid Home --ssid Cafe --open --ssid Work");
    terminal.answer("Home", "correct horse\n");
    terminal.answer("Work", "battery stapel\x7f\x7fle\n");
    let (code, shown) = terminal.finish("delete it afterwards.");
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("correct") && !shown.contains("battery"), "{shown}");
    let fields = [
        ("ssid", "Home"),
        ("passphrase", "correct horse"),
        ("ssid2", "Cafe"),
        ("ssid3", "Work"),
        ("passphrase3", "battery staple"),
    ];
    assert_eq!(on_board(&folder.read("board.uf2"), Chip::Rp2040), settings(&fields));
}

#[test]
fn what_was_typed_is_not_among_the_arguments() {
    let folder = Folder::new();
    let mut terminal = start(&folder, "--ssid Home --ssid Cafe");
    terminal.answer("Home", "correct horse\n");
    eventually("the second prompt", || terminal.shown().contains("Cafe") && !terminal.echoes());
    let arguments = std::fs::read(format!("/proc/{}/cmdline", terminal.pid)).unwrap();
    let arguments = String::from_utf8(arguments).unwrap();
    assert!(arguments.contains("Home") && !arguments.contains("correct"), "{arguments}");
}

#[test]
fn nothing_typed_is_refused_with_a_hint() {
    // Enter alone, and Ctrl-D.
    for typed in ["\n", "\x04"] {
        let folder = Folder::new();
        let mut terminal = start(&folder, "--ssid Home");
        terminal.answer("Home", typed);
        let hint = "rgb-sim: no passphrase was typed for \"Home\"; give --open behind this --ssid";
        let (code, shown) = terminal.finish(hint);
        assert!(code == Some(2) && shown.contains(&format!("\n{hint}")), "{shown}");
        assert!(folder.names().is_empty());
    }
}

#[test]
fn a_passphrase_that_cannot_be_is_refused_unseen() {
    let folder = Folder::new();
    let mut terminal = start(&folder, "--ssid Home");
    terminal.answer("Home", "correct\n");
    let (code, shown) = terminal.finish("rgb-sim: passphrase: must have 8 to 63 bytes");
    assert!(code == Some(2) && !shown.contains("correct"), "{shown}");
    assert!(folder.names().is_empty());
}

#[test]
fn ctrl_c_ends_it_and_the_terminal_shows_again_what_is_typed() {
    let folder = Folder::new();
    let mut terminal = start(&folder, "--ssid Home");
    terminal.answer("Home", "corr\x03");
    let (code, shown) = terminal.finish("interrupted");
    assert!(code == Some(2) && !shown.contains("corr"), "{shown}");
    assert!(folder.names().is_empty());
}

#[test]
fn nobody_is_asked_when_something_else_is_wrong() {
    for (wrong, words) in [("--port 0", "rgb-sim: port: "), ("--led-pins 1,2,2", "rgb-sim: led_pins: ")] {
        let folder = Folder::new();
        let (code, shown) = start(&folder, &format!("--ssid Home {wrong}")).finish(words);
        assert!(code == Some(2) && !shown.contains("Passphrase"), "{shown}");
    }
}
