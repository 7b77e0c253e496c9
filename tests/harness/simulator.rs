//! rgb-sim as a child process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::ops::Deref;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::schema::read_event;
use crate::{PATIENCE, Process, rgb_sim};

/// An rgb-sim that runs; killed when dropped.
pub struct Simulator {
    process: Process,
    stdout: Receiver<String>,
    stderr: JoinHandle<String>,
    read: Vec<String>,
}

impl Simulator {
    /// Starts rgb-sim with these arguments, separated by spaces.
    #[must_use]
    pub fn start(args: &str) -> Self {
        Self::spawn(rgb_sim(args))
    }

    /// Starts what is an rgb-sim in the end.
    ///
    /// # Panics
    ///
    /// When the command cannot be run.
    #[must_use]
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                // A test that is over reads no more.
                let _ = sender.send(line.expect("the program writes UTF-8"));
            }
        });
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("the program writes UTF-8");
            text
        });
        Self { process: Process::new(child), stdout: lines, stderr, read: Vec::new() }
    }

    /// Starts `rgb-sim server` on a free port of this machine, with `--json` and these arguments, and waits until it
    /// takes connections. Nobody else is told of it.
    #[must_use]
    pub fn server(args: &str) -> (Self, SocketAddr) {
        Self::listening(rgb_sim(&format!("server --bind 127.0.0.1:0 --no-announce --json {args}")))
    }

    /// Starts a command whose program listens, and tells where.
    ///
    /// # Panics
    ///
    /// When it does not begin to listen.
    #[must_use]
    pub fn listening(command: Command) -> (Self, SocketAddr) {
        let mut server = Self::spawn(command);
        let listening = server.event_of("listening");
        let addr = listening["addr"].as_str().expect("an address is a string");
        let addr = addr.parse().expect("an address can be connected to");
        (server, addr)
    }

    /// The next line that it prints.
    ///
    /// # Panics
    ///
    /// When none comes within [`PATIENCE`], or the program ends.
    pub fn line(&mut self) -> String {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.read.push(line.clone());
                line
            }
            Err(RecvTimeoutError::Timeout) => panic!("no further line within {PATIENCE:?} behind {:#?}", self.read),
            Err(RecvTimeoutError::Disconnected) => panic!("no further line, but the end, behind {:#?}", self.read),
        }
    }

    /// The next line, as an event.
    ///
    /// # Panics
    ///
    /// As [`line`](Self::line), and when the line is not as the schema says.
    pub fn event(&mut self) -> Value {
        read_event(&self.line())
    }

    /// The next event of this name, such as `exchange`; those before it are left out.
    ///
    /// # Panics
    ///
    /// As [`event`](Self::event).
    pub fn event_of(&mut self, name: &str) -> Value {
        loop {
            let event = self.event();
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The next so many events of this name.
    ///
    /// # Panics
    ///
    /// As [`event`](Self::event).
    pub fn events_of(&mut self, name: &str, count: usize) -> Vec<Value> {
        (0..count).map(|_| self.event_of(name)).collect()
    }

    /// Ends it as Ctrl-C does, and waits for its end.
    ///
    /// # Panics
    ///
    /// As [`finish`](Self::finish).
    #[cfg(unix)]
    #[must_use]
    pub fn stop(self) -> Finished {
        self.process.interrupt();
        self.finish()
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it does not end within [`PATIENCE`].
    #[must_use]
    pub fn finish(mut self) -> Finished {
        let status = self.process.wait();
        self.read.extend(self.stdout.iter());
        let stderr = self.stderr.join().expect("the program's stderr was read");
        Finished { code: status.code(), lines: self.read, stderr }
    }
}

impl Deref for Simulator {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

/// An rgb-sim that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit status; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All that it printed.
    pub lines: Vec<String>,
    /// All that it wrote to stderr.
    pub stderr: String,
}

impl Finished {
    /// Runs rgb-sim with these arguments, separated by spaces, to its end.
    #[must_use]
    pub fn run(args: &str) -> Self {
        Simulator::start(args).finish()
    }

    /// All that it printed, as one text.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.lines.join("\n")
    }

    /// Every line as an event.
    ///
    /// # Panics
    ///
    /// When a line is not as the schema says.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        self.lines.iter().map(|line| read_event(line)).collect()
    }

    /// The events of this name, such as `exchange`.
    ///
    /// # Panics
    ///
    /// As [`events`](Self::events).
    #[must_use]
    pub fn events_of(&self, name: &str) -> Vec<Value> {
        self.events().into_iter().filter(|event| event["event"] == name).collect()
    }

    /// The summary, which must be the last event and the only one of its kind.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[must_use]
    pub fn summary(&self) -> Value {
        let events = self.events();
        let is_summary = |event: &&Value| event["event"] == "summary";
        assert_eq!(events.iter().filter(is_summary).count(), 1, "{self:#?}");
        let last = events.last().expect("there is an event");
        assert!(is_summary(&last), "{self:#?}");
        last.clone()
    }
}

/// The colour of an event, as `r,g,b`.
///
/// # Panics
///
/// When the event has none.
#[must_use]
pub fn color(event: &Value) -> String {
    let number = |key: &str| event[key].as_u64().unwrap_or_else(|| panic!("no colour: {event}")).to_string();
    ["r", "g", "b"].map(number).join(",")
}
