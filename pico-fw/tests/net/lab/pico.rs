//! A board as the firmware's binary makes it, all in one task, but for the hardware.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embassy_futures::join::{join_array, join3};
use embassy_net::{Stack, StackResources};
use pico_fw::access_point::{AccessPointBuffers, keep_open};
use pico_fw::board::{Board, ResetReason};
use pico_fw::client::{ClientBuffers, ask_forever};
use pico_fw::discovery::{self, DiscoveryBuffers, Finder};
use pico_fw::log::Log;
use pico_fw::network::{keep_up, stack_config};
use pico_fw::server::{SERVERS, ServerBuffers, serve};
use pico_fw::source::{SharedSource, Source, Streams};
use rgb_proto::Rgb;
use rgb_proto::settings::{Settings, SettingsDraft, Wifi};

use super::air::{Air, SimulatedRadio};
use super::ethernet::Nic;
use super::time::World;
use super::{leak, run_stack};

/// The settings of these fields and values, `field=value` with semicolons between, on the network of the lab.
pub(crate) fn settings(text: &str) -> Settings {
    let mut draft = SettingsDraft::new();
    let network = "ssid=Home;passphrase=correct horse;";
    for pair in [network, text].concat().split(';').filter(|pair| !pair.is_empty()) {
        let (field, value) = pair.split_once('=').expect("a field and its value");
        draft.set(field, value).expect("a value that fits");
    }
    draft.finish().expect("settings that fit together")
}

/// One board.
#[derive(Clone, Copy)]
pub(crate) struct Pico {
    pub(crate) board: &'static Board,
    pub(crate) log: &'static Lines,
    pub(crate) finder: &'static Finder,
    pub(crate) port: usize,
}

/// Everything that a board has said.
#[derive(Default)]
pub(crate) struct Lines(RefCell<Vec<String>>);

impl Log for Lines {
    fn line(&self, args: fmt::Arguments<'_>) {
        self.0.borrow_mut().push(args.to_string());
    }
}

impl Pico {
    pub(super) fn start(
        world: &World,
        nic: Nic,
        air: &Rc<Air>,
        settings: Settings,
        source: impl Source + 'static,
    ) -> Self {
        let port = nic.port();
        let radio = SimulatedRadio::new(nic.ethernet(), port, Rc::clone(air));
        let config = stack_config(&settings);
        let resources = leak(StackResources::<{ SERVERS + 5 }>::new());
        let (stack, runner): (Stack<'static>, _) = embassy_net::new(nic, config, resources, port as u64);
        let board: &Board = leak(Board::new(settings, ResetReason::PowerOn));
        let log: &Lines = leak(Lines::default());
        let streams: &mut Streams<_> = leak(Streams::new(source));
        let source: &SharedSource<'_> = leak(SharedSource::new(streams));
        world.spawn(run_stack(runner));
        let finder: &Finder = leak(Finder::new());
        world.spawn(async move {
            let buffers = leak(DiscoveryBuffers::new());
            discovery::run(stack, board, finder, log, buffers, numbers(port)).await;
        });
        let serving = async move {
            if board.settings().role().serves() {
                let buffers = leak([const { ServerBuffers::new() }; SERVERS]);
                join_array(buffers.each_mut().map(|buffers| serve(stack, board, source, log, buffers))).await;
            }
        };
        let asking = async move {
            if board.settings().role().asks() {
                ask_forever(stack, board, finder, log, leak(ClientBuffers::new()), numbers(port)).await;
            }
        };
        let network = async move {
            match board.settings().wifi() {
                Wifi::Station => keep_up(radio, stack, board, log, numbers(port)).await,
                Wifi::AccessPoint => keep_open(radio, stack, board, log, leak(AccessPointBuffers::new())).await,
            };
        };
        world.spawn(async move {
            join3(network, serving, asking).await;
        });
        Self { board, log, finder, port }
    }

    /// How often the board has said exactly this.
    pub(crate) fn said(&self, line: &str) -> usize {
        self.log.0.borrow().iter().filter(|said| *said == line).count()
    }

    /// All that the board has said.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log.0.borrow().clone()
    }

    /// What the board says when it is asked how it is doing.
    pub(crate) fn status(&self) -> Vec<String> {
        let mut text = String::new();
        self.board.write_status(&mut text).expect("a text takes everything");
        text.lines().map(str::to_owned).collect()
    }

    /// The colours in the lines that begin so.
    pub(crate) fn colors(&self, beginning: &str) -> Vec<Rgb> {
        let lines = self.log.0.borrow();
        lines.iter().filter_map(|line| line.strip_prefix(beginning)?.trim().parse().ok()).collect()
    }
}

/// Numbers that look random enough, another sequence for each board.
fn numbers(seed: usize) -> impl FnMut() -> u32 {
    let mut state = seed as u32;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    }
}
