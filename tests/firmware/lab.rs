//! What the tests are made in: a network at home, and boards with the firmware.

use std::time::Duration;

use harness::Firmware;
use rgb_proto::settings::{Settings, SettingsDraft};
use rgb_proto::{Instant, Rgb};
use rgb_sim::emulated::EmulatedBoard;
use rgb_sim::scenario::ScenarioBoard;
use rgb_sim::world::{AccessPointConfig, AccessPointId, Machine, NodeId, Placement, Router, RouterConfig, World};

use crate::blink;

/// The longest that a board takes from power on to an address, with a join that has to be tried again.
pub(crate) const ONLINE_MAX: Duration = secs(20);

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The settings of a board at home, unless others are given.
pub(crate) fn settings(fields: &[(&str, &str)]) -> Settings {
    let mut draft = SettingsDraft::new();
    for (field, value) in [("ssid", "Home"), ("passphrase", "correct horse")].iter().chain(fields) {
        draft.set(field, value).expect("a good setting");
    }
    draft.finish().expect("good settings")
}

pub(crate) struct Lab {
    firmware: Vec<u8>,
    seed: u64,
    pub(crate) world: World<Machine<EmulatedBoard>>,
    /// The home's access point and its router.
    pub(crate) access_point: AccessPointId,
    router: NodeId,
    boards: Vec<(NodeId, Transcript)>,
}

/// What a board has said.
#[derive(Default)]
struct Transcript {
    /// The log on its UART.
    lines: Vec<String>,
    /// How many of them a test has waited for.
    lines_read: usize,
    /// The text on its USB port, the log and what its console says.
    usb: String,
    usb_read: usize,
}

impl Lab {
    pub(crate) fn new(firmware: &Firmware) -> Self {
        Self::with_seed(firmware, 1)
    }

    pub(crate) fn with_seed(firmware: &Firmware, seed: u64) -> Self {
        let mut world = World::new(seed);
        let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
        let router = Router::new(RouterConfig::default()).into();
        let router = world.add_wired(hardware_address(0), access_point, router);
        Self { firmware: firmware.uf2(), seed, world, access_point, router, boards: Vec::new() }
    }

    /// A board that gets power now, near the access point.
    pub(crate) fn board(&mut self, fields: &[(&str, &str)]) -> NodeId {
        let number = self.boards.len() as u8 + 1;
        let address = hardware_address(number);
        let seed = self.seed << 8 | u64::from(number);
        let mut board =
            EmulatedBoard::new(&self.firmware, &settings(fields), address, seed).expect("the firmware is for it");
        board.record_lines();
        let node = self.world.add_station(address, Placement { position_m: 3.0 }, Machine::Board(Box::new(board)));
        self.boards.push((node, Transcript::default()));
        node
    }

    /// A server, and a client with these settings that has its first colour.
    #[track_caller]
    pub(crate) fn working_pair(&mut self, client: &[(&str, &str)]) -> (NodeId, NodeId) {
        let server = self.board(&[("role", "server")]);
        let client = self.board(&[&[("role", "client")], client].concat());
        self.says(client, "Received: ", ONLINE_MAX + secs(10));
        self.says(server, "Sent: ", secs(1));
        (server, client)
    }

    pub(crate) fn peek(&self, node: NodeId) -> &EmulatedBoard {
        self.world.host(node).as_board().expect("a board")
    }

    pub(crate) fn board_mut(&mut self, node: NodeId) -> &mut EmulatedBoard {
        self.world.host_mut(node).as_board_mut().expect("a board")
    }

    pub(crate) fn router_mut(&mut self) -> &mut Router {
        self.world.host_mut(self.router).as_router_mut().expect("a router")
    }

    /// The colour that a board's LED shows.
    pub(crate) fn color(&self, node: NodeId) -> Rgb {
        self.peek(node).color()
    }

    /// Types a line at a board's console, on a computer at its USB port.
    pub(crate) fn type_line(&mut self, node: NodeId, line: &str) {
        let board = self.board_mut(node).board_mut();
        board.attach_usb();
        board.send_usb_serial(format!("{line}\r").as_bytes());
    }

    /// Lets a step of time pass.
    pub(crate) fn step(&mut self) {
        self.world.run_for(blink::LOOK);
        for (node, transcript) in &mut self.boards {
            let board = self.world.host_at_rest(*node).as_board_mut().expect("a board");
            let problems = board.take_problems();
            assert!(problems.is_empty(), "{node:?}: {problems:?}");
            transcript.lines.extend(board.take_lines().into_iter().map(|line| line.text));
            transcript.usb += &String::from_utf8_lossy(&board.board_mut().take_usb_serial());
        }
    }

    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.world.now() + span;
        while self.world.now() < end {
            self.step();
        }
    }

    /// Runs until something is so, at most so long; gives what it was waited for.
    #[track_caller]
    pub(crate) fn wait<T>(&mut self, limit: Duration, what: &str, mut is_so: impl FnMut(&mut Self) -> Option<T>) -> T {
        let end = self.world.now() + limit;
        loop {
            if let Some(found) = is_so(self) {
                return found;
            }
            assert!(self.world.now() < end, "not within {limit:?}: {what}\n{}", self.transcripts());
            self.step();
        }
    }

    /// Runs until a board logs a line with these words that no test has waited for; gives it, and the time.
    #[track_caller]
    pub(crate) fn says(&mut self, node: NodeId, words: &str, limit: Duration) -> (String, Instant) {
        self.wait(limit, &format!("{node:?} says {words:?}"), |lab| {
            let now = lab.world.now();
            let Transcript { lines, lines_read, .. } = lab.transcript(node);
            let found = lines[*lines_read..].iter().position(|line| line.contains(words))?;
            *lines_read += found + 1;
            Some((lines[*lines_read - 1].clone(), now))
        })
    }

    /// Runs until these words come on a board's USB port, behind those that a test has waited for.
    #[track_caller]
    pub(crate) fn answers(&mut self, node: NodeId, words: &str, limit: Duration) {
        self.wait(limit, &format!("{node:?} answers {words:?}"), |lab| {
            let Transcript { usb, usb_read, .. } = lab.transcript(node);
            *usb_read += usb[*usb_read..].find(words)? + words.len();
            Some(())
        });
    }

    /// Looks at the LED on a board for so long.
    pub(crate) fn watch(&mut self, node: NodeId, span: Duration) -> Vec<bool> {
        let end = self.world.now() + span;
        let mut looks = Vec::new();
        while self.world.now() < end {
            self.step();
            looks.push(self.peek(node).board().led());
        }
        looks
    }

    /// All that a board has said so far, on both of its ports.
    pub(crate) fn texts(&mut self, node: NodeId) -> String {
        let Transcript { lines, usb, .. } = self.transcript(node);
        lines.join("\n") + usb
    }

    fn transcript(&mut self, node: NodeId) -> &mut Transcript {
        &mut self.boards.iter_mut().find(|(other, _)| *other == node).expect("a board").1
    }

    fn transcripts(&self) -> String {
        let texts = self.boards.iter().map(|(node, Transcript { lines, usb, .. })| {
            format!("{node:?} at its UART:\n{}\n{node:?} at its USB port:\n{usb}\n", lines.join("\n"))
        });
        texts.collect()
    }
}

pub(crate) const fn hardware_address(number: u8) -> [u8; 6] {
    [0x28, 0xcd, 0xc1, 0, 0, number]
}
