//! A program on a pseudoterminal.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::Process;

/// A new pseudoterminal: the side of whoever sits at it, and the program's.
///
/// # Panics
///
/// When the system gives none.
#[must_use]
pub fn open() -> (File, File) {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("the system gives a pseudoterminal");
    grantpt(&controller).expect("the pseudoterminal is ours");
    unlockpt(&controller).expect("the pseudoterminal is ours");
    let path = ptsname(&controller, Vec::new()).expect("a pseudoterminal has a name");
    let path = path.to_str().expect("its name is ASCII");
    let terminal = OpenOptions::new().read(true).write(true).open(path).expect("the pseudoterminal can be opened");
    (File::from(controller), terminal)
}

/// Runs a command to its end with its stdout on a terminal, and gives what it wrote there. Its stderr is the test's.
///
/// # Panics
///
/// When the system gives no terminal, or the program does not end.
#[must_use]
pub fn run(mut command: Command) -> String {
    let (mut controller, terminal) = open();
    let child = command.stdout(terminal).spawn().expect("the program runs");
    // The command keeps the terminal open, and with it the reading below.
    drop(command);
    let reader = std::thread::spawn(move || {
        let mut written = Vec::new();
        // Linux reports the end of the last program on a terminal as an error.
        let _ = controller.read_to_end(&mut written);
        String::from_utf8(written).expect("the program writes UTF-8")
    });
    Process::new(child).wait();
    reader.join().expect("the terminal was read")
}
