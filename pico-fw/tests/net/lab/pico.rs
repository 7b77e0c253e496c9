//! A board as the firmware's binary makes it, all in one task, but for the hardware.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embassy_futures::join::{join_array, join3};
use embassy_net::{Stack, StackResources};
use embassy_time::Timer;
use pico_fw::board::{Board, ResetReason};
use pico_fw::client::{ClientBuffers, ask_forever};
use pico_fw::log::Log;
use pico_fw::network::{dhcp_config, keep_up};
use pico_fw::radio::{JoinError, Radio};
use pico_fw::server::{SERVERS, ServerBuffers, serve};
use pico_fw::source::{SharedSource, Source, Streams};
use rgb_proto::Rgb;
use rgb_proto::settings::{Network, Settings, SettingsDraft};

use super::ethernet::{Ethernet, Nic};
use super::time::World;
use super::{AccessPoint, leak, run_stack};

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
        access_point: &Rc<RefCell<AccessPoint>>,
        settings: Settings,
        source: impl Source + 'static,
    ) -> Self {
        let port = nic.port();
        let radio = SimulatedRadio { ethernet: nic.ethernet(), port, access_point: Rc::clone(access_point) };
        let config = dhcp_config(&settings);
        let resources = leak(StackResources::<{ SERVERS + 3 }>::new());
        let (stack, runner): (Stack<'static>, _) = embassy_net::new(nic, config, resources, port as u64);
        let board: &Board = leak(Board::new(settings, ResetReason::PowerOn));
        let log: &Lines = leak(Lines::default());
        let streams: &mut Streams<_> = leak(Streams::new(source));
        let source: &SharedSource<'_> = leak(SharedSource::new(streams));
        world.spawn(run_stack(runner));
        let serving = async move {
            if board.settings().role().serves() {
                let buffers = leak([const { ServerBuffers::new() }; SERVERS]);
                join_array(buffers.each_mut().map(|buffers| serve(stack, board, source, log, buffers))).await;
            }
        };
        let asking = async move {
            if board.settings().role().asks() {
                ask_forever(stack, board, log, leak(ClientBuffers::new()), numbers(port)).await;
            }
        };
        world.spawn(async move {
            join3(keep_up(radio, stack, board, log, numbers(port)), serving, asking).await;
        });
        Self { board, log, port }
    }

    /// How often the board has said exactly this.
    pub(crate) fn said(&self, line: &str) -> usize {
        self.log.0.borrow().iter().filter(|said| *said == line).count()
    }

    /// All that the board has said.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log.0.borrow().clone()
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

/// A radio that is as touchy as the real one: it panics where that one would.
struct SimulatedRadio {
    ethernet: Rc<Ethernet>,
    port: usize,
    access_point: Rc<RefCell<AccessPoint>>,
}

impl Radio for SimulatedRadio {
    async fn join(&mut self, network: &Network) -> Result<(), JoinError> {
        assert!(!self.ethernet.is_link_up(self.port), "joined while associated");
        self.access_point.borrow_mut().calls.push("join");
        Timer::after_millis(800).await;
        let (hangs, outcome) = {
            let access_point = self.access_point.borrow();
            let passphrase = network.passphrase().map_or("", |passphrase| passphrase.reveal());
            let outcome = if network.ssid().as_str() != access_point.ssid {
                Err(JoinError::NetworkNotFound)
            } else if passphrase != access_point.passphrase {
                Err(JoinError::WrongPassphrase)
            } else {
                Ok(())
            };
            (access_point.hangs, outcome)
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        if outcome.is_ok() {
            self.ethernet.set_link(self.port, true);
        }
        outcome
    }

    async fn leave(&mut self) {
        self.access_point.borrow_mut().calls.push("leave");
        Timer::after_millis(50).await;
        self.ethernet.set_link(self.port, false);
        // A fresh link is a live one.
        self.ethernet.set_dead(self.port, false);
    }

    async fn rssi(&mut self) -> Option<i32> {
        assert!(self.ethernet.is_link_up(self.port), "asked for the signal without a link");
        Timer::after_millis(1).await;
        Some(self.access_point.borrow().rssi_dbm)
    }

    async fn start_access_point(&mut self, _network: &Network, _channel: u8) {
        panic!("the lab has an access point of its own")
    }

    fn stations(&mut self) -> u8 {
        0
    }
}
