//! What one board knows, and its tasks share.

use core::cell::RefCell;
use core::fmt;
use core::net::Ipv4Addr;

use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::signal::Signal;
use embassy_sync::watch::Watch;
use rgb_proto::http::{AccessPointStatus, BoardStatus, HardwareAddress, Lease};
use rgb_proto::settings::{Settings, Ssid};
use rgb_proto::{
    ErrorKind, ExchangeError, Instant, JoinError, Phase, Rgb, Station, StationConfig, StationFailure, StationStep,
};

use crate::clock;
pub use crate::led::Indication;
use crate::log::Quoted;

/// The state of one board, shared by its tasks: make one, keep it in a `StaticCell`, and lend it to every task.
pub struct Board {
    settings: Settings,
    reset_reason: ResetReason,
    state: Mutex<NoopRawMutex, RefCell<State>>,
    color_changed: Signal<NoopRawMutex, Rgb>,
    station_changed: Signal<NoopRawMutex, ()>,
    /// The address, while the network works.
    network: Watch<NoopRawMutex, Option<Ipv4Addr>, { Board::TASKS_MAX }>,
}

struct State {
    station: Station,
    /// The network that is joined, or was tried last.
    network: Option<Ssid>,
    rssi_dbm: Option<i8>,
    access_point: Option<AccessPointStatus>,
    color: Option<Rgb>,
    served: u32,
    exchanges: u32,
    failures: [u32; ErrorKind::ALL.len()],
    /// Failures since the last success, and the last of them.
    failing: Option<(u32, ExchangeError)>,
    /// The parts that have made a step in this round.
    moved: u8,
    rounds: u32,
}

/// Why the board started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetReason {
    /// It got power.
    PowerOn,
    /// Its RUN pin was pulled low, such as by a reset button.
    ResetPin,
    /// The watchdog: the firmware did not go on.
    Watchdog,
    /// The firmware stopped at a mistake of its own.
    Panic,
    /// A debugger, or the firmware itself on purpose.
    Requested,
    /// The chip does not say.
    Unknown,
}

impl ResetReason {
    /// The word for it in `/status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PowerOn => "power_on",
            Self::ResetPin => "reset_pin",
            Self::Watchdog => "watchdog",
            Self::Panic => "panic",
            Self::Requested => "requested",
            Self::Unknown => "unknown",
        }
    }
}

/// What makes progress, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Station = 1,
    Client = 2,
    Server = 4,
}

impl Board {
    /// How many tasks can wait for the network at one time; further ones are not told when it goes away.
    pub const TASKS_MAX: usize = 16;

    /// While all is well, and also while the network or a peer is not, [`progress`](Self::progress) moves within this time. A
    /// join takes up to 15 s (STA-1); nothing takes longer.
    pub const PROGRESS_SPAN_MAX: embassy_time::Duration = embassy_time::Duration::from_secs(20);

    /// The longest text of [`write_status`](Self::write_status), that of an access point with all its leases, in bytes.
    pub const STATUS_LEN_MAX: usize = 960;

    /// How long a part waits without a step that shows that it is alive.
    const STEP_SPAN_MAX: core::time::Duration = core::time::Duration::from_secs(2);

    /// A board that has just started. Nothing runs yet: its tasks borrow it.
    #[must_use]
    pub fn new(settings: Settings, reset_reason: ResetReason) -> Self {
        let station = Station::new(station_config(&settings), clock::now());
        Self {
            settings,
            reset_reason,
            state: Mutex::new(RefCell::new(State {
                station,
                network: None,
                rssi_dbm: None,
                access_point: None,
                color: None,
                served: 0,
                exchanges: 0,
                failures: [0; ErrorKind::ALL.len()],
                failing: None,
                moved: 0,
                rounds: 0,
            })),
            color_changed: Signal::new(),
            station_changed: Signal::new(),
            network: Watch::new_with(None),
        }
    }

    /// What the board is.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The last colour that was shown; it stays when exchanges fail (POL-4).
    ///
    /// A board that asks shows what it got. A board that only serves shows what it sent last, so that knobs and buttons
    /// light up at both ends.
    #[must_use]
    pub fn color(&self) -> Option<Rgb> {
        self.with(|state| state.color)
    }

    /// Waits for the next colour to show. Of several since the last call it gives the last. For one task alone.
    pub async fn color_changed(&self) -> Rgb {
        self.color_changed.wait().await
    }

    /// What the LED on the board should tell now.
    #[must_use]
    pub fn indication(&self) -> Indication {
        /// So many failures in a row are trouble; fewer happen on any WiFi.
        const FAILURES_SHOWN: u32 = 3;
        let is_running = self.address().is_some();
        self.with(|state| {
            if is_running {
                return match state.failing {
                    Some((FAILURES_SHOWN.., error)) => match error {
                        ExchangeError::Resolve
                        | ExchangeError::Unreachable
                        | ExchangeError::Connect
                        | ExchangeError::TimedOut(Phase::Connecting | Phase::Sending) => Indication::ServerNotFound,
                        ExchangeError::Refused
                        | ExchangeError::TimedOut(Phase::AwaitingReply | Phase::Receiving)
                        | ExchangeError::Reset
                        | ExchangeError::Closed
                        | ExchangeError::Decode(_) => Indication::Failing,
                    },
                    _ => Indication::Working,
                };
            }
            match state.station.last_failure() {
                Some(failure) if state.station.failures() > 0 => match failure {
                    StationFailure::Join(JoinError::NetworkNotFound) => Indication::NetworkNotFound,
                    StationFailure::Join(JoinError::WrongPassphrase) => Indication::WrongPassphrase,
                    StationFailure::NoAddress => Indication::NoAddress,
                    StationFailure::Join(JoinError::Other)
                    | StationFailure::JoinTimedOut
                    | StationFailure::LinkLost
                    | StationFailure::LinkDead => Indication::Joining,
                },
                _ => Indication::Joining,
            }
        })
    }

    /// How the board is doing, as `/status` says it.
    #[must_use]
    pub fn status(&self, now: Instant) -> BoardStatus<Ipv4Addr> {
        let address = self.address();
        self.with(|state| BoardStatus {
            name: *self.settings.name(),
            role: self.settings.role(),
            address,
            rssi_dbm: state.rssi_dbm,
            access_point: state.access_point,
            uptime: now.saturating_duration_since(Instant::ORIGIN),
            color: state.color.filter(|_| self.settings.role().asks()),
            served: state.served,
            exchanges: state.exchanges,
            failures: state.failures,
            reset_reason: self.reset_reason.as_str(),
        })
    }

    /// Writes how the board is doing for people, up to [`STATUS_LEN_MAX`](Self::STATUS_LEN_MAX) bytes: a line for each thing,
    /// each with its `\n`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_status(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let status = self.status(clock::now());
        writeln!(out, "name: {}\nrole: {}", status.name, status.role.as_str())?;
        if let Some(access_point) = status.access_point {
            let AccessPointStatus { ssid, channel, stations, .. } = access_point;
            let ssid = Quoted(ssid.as_str());
            writeln!(out, "access point: {ssid}, channel {channel}\nstations: {stations}")?;
            for Lease { address, hardware_address } in access_point.leases() {
                writeln!(out, "lease: {address} for {}", HardwareAddress(*hardware_address))?;
            }
        } else if let Some(network) = self.with(|state| state.network) {
            writeln!(out, "network: {}", Quoted(network.as_str()))?;
        }
        match status.address {
            Some(address) => writeln!(out, "address: {address}")?,
            None => out.write_str("address: none\n")?,
        }
        if let Some(failure) = self.last_failure().filter(|_| status.address.is_none()) {
            writeln!(out, "last failure: {failure}")?;
        }
        if let Some(dbm) = status.rssi_dbm {
            writeln!(out, "signal: {dbm} dBm")?;
        }
        if let Some(color) = self.color() {
            writeln!(out, "colour: {color}")?;
        }
        let seconds = status.uptime.as_secs();
        let [hours, minutes, seconds] = [seconds / 3600, seconds / 60 % 60, seconds % 60];
        writeln!(out, "uptime: {hours} h {minutes} min {seconds} s\nstarted by: {}", status.reset_reason)?;
        if status.role.serves() {
            writeln!(out, "served: {}", status.served)?;
        }
        if status.role.asks() {
            write!(out, "exchanges: {}\nfailures:", status.exchanges)?;
            for (kind, count) in ErrorKind::ALL.into_iter().zip(status.failures) {
                write!(out, " {kind} {count}")?;
            }
            out.write_str("\n")?;
        }
        Ok(())
    }

    /// The board's address, while the network works.
    #[must_use]
    pub fn address(&self) -> Option<Ipv4Addr> {
        self.network.try_get().flatten()
    }

    /// A count that moves as long as every part of the board does: the station, and the client and the server where the role
    /// has them. It says nothing about success. See [`PROGRESS_SPAN_MAX`](Self::PROGRESS_SPAN_MAX).
    #[must_use]
    pub fn progress(&self) -> u32 {
        self.with(|state| state.rounds)
    }

    /// A part has made a step.
    pub(crate) fn moved(&self, part: Part) {
        let role = self.settings.role();
        let parts = [(Part::Station, true), (Part::Client, role.asks()), (Part::Server, role.serves())];
        let all = parts.iter().filter(|(_, runs)| *runs).fold(0, |all, (part, _)| all | *part as u8);
        self.with(|state| {
            state.moved |= part as u8;
            if state.moved & all == all {
                state.moved = 0;
                state.rounds = state.rounds.wrapping_add(1);
            }
        });
    }

    /// Waits for `future`, and shows meanwhile that the part is alive.
    pub(crate) async fn await_alive<F: Future>(&self, part: Part, future: F) -> F::Output {
        let mut future = core::pin::pin!(future);
        loop {
            self.moved(part);
            if let Some(output) = clock::before(clock::now() + Self::STEP_SPAN_MAX, future.as_mut()).await {
                self.moved(part);
                return output;
            }
        }
    }

    /// The station begins now; the radio may have taken its time to start.
    pub(crate) fn start_station(&self) {
        let config = station_config(&self.settings);
        self.with(|state| state.station = Station::new(config, clock::now()));
    }

    /// What the station does next.
    pub(crate) fn poll_station(&self, random: u32) -> StationStep {
        self.with(|state| state.station.poll(clock::now(), random))
    }

    /// Tells the station of something.
    pub(crate) fn tell_station(&self, tell: impl FnOnce(&mut Station, Instant)) {
        self.with(|state| tell(&mut state.station, clock::now()));
    }

    /// Why the station joins again.
    pub(crate) fn last_failure(&self) -> Option<StationFailure> {
        self.with(|state| state.station.last_failure())
    }

    /// Waits until another task has told the station of something.
    pub(crate) async fn station_changed(&self) {
        self.station_changed.wait().await;
    }

    /// The network works and gave this address, or it does not work.
    pub(crate) fn set_address(&self, address: Option<Ipv4Addr>) {
        self.network.sender().send_if_modified(|known| {
            let is_new = known.flatten() != address;
            *known = Some(address);
            is_new
        });
    }

    /// Waits until the network works; gives the board's address.
    pub(crate) async fn network_up(&self) -> Ipv4Addr {
        loop {
            if let Some(mut receiver) = self.network.receiver()
                && let Some(address) = receiver.get_and(Option::is_some).await
            {
                return address;
            }
            // As many tasks wait as can: look now and then instead.
            clock::sleep_until(clock::now() + Self::STEP_SPAN_MAX).await;
        }
    }

    /// Waits until the board's address is not this one any more.
    pub(crate) async fn address_changed(&self, from: Option<Ipv4Addr>) {
        match self.network.receiver() {
            Some(mut receiver) => {
                receiver.get_and(|address| *address != from).await;
            }
            None => core::future::pending().await,
        }
    }

    /// The board joins this network now.
    pub(crate) fn set_network(&self, network: Ssid) {
        self.with(|state| state.network = Some(network));
    }

    /// What the board is an access point of, and for whom.
    pub(crate) fn set_access_point(&self, status: AccessPointStatus) {
        self.with(|state| state.access_point = Some(status));
    }

    pub(crate) fn set_rssi(&self, rssi_dbm: Option<i32>) {
        let rssi_dbm = rssi_dbm.map(|dbm| dbm.clamp(i8::MIN.into(), i8::MAX.into()) as i8);
        self.with(|state| state.rssi_dbm = rssi_dbm);
    }

    /// Whether the last exchange failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.with(|state| state.failing.is_some())
    }

    /// The server has answered a request, with this colour if with one.
    pub(crate) fn handle_served(&self, color: Option<Rgb>) {
        self.with(|state| {
            state.served = state.served.wrapping_add(1);
            state.station.handle_sign_of_life(clock::now());
        });
        if let Some(color) = color
            && !self.settings.role().asks()
        {
            self.show(color);
        }
    }

    /// One of the client's exchanges is over.
    pub(crate) fn handle_exchange(&self, outcome: Result<Rgb, ExchangeError>) {
        self.with(|state| {
            match outcome {
                Ok(_) => {
                    state.exchanges = state.exchanges.wrapping_add(1);
                    state.failing = None;
                }
                Err(error) => {
                    for (count, kind) in state.failures.iter_mut().zip(ErrorKind::ALL) {
                        if kind == error.kind() {
                            *count = count.wrapping_add(1);
                        }
                    }
                    let before = state.failing.map_or(0, |(count, _)| count);
                    state.failing = Some((before.saturating_add(1), error));
                }
            }
            state.station.handle_exchange(outcome.map(drop), clock::now());
        });
        match outcome {
            Ok(color) => self.show(color),
            // It may have been the one that makes the station join again.
            Err(_) => self.station_changed.signal(()),
        }
    }

    fn show(&self, color: Rgb) {
        self.with(|state| state.color = Some(color));
        self.color_changed.signal(color);
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        self.state.lock(|state| look(&mut state.borrow_mut()))
    }
}

fn station_config(settings: &Settings) -> StationConfig {
    StationConfig { networks: settings.networks().len() as u8, ..StationConfig::default() }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use rgb_proto::settings::SettingsDraft;

    use super::*;

    #[test]
    fn the_longest_status_for_people_is_known() {
        let mut draft = SettingsDraft::new();
        let name = "n".repeat(rgb_proto::Name::MAX_LEN);
        for (field, value) in
            [("name", &*name), ("role", "both"), ("ssid", &"\u{1}".repeat(32)), ("passphrase", "12345678")]
        {
            draft.set(field, value).unwrap();
        }
        let board = Board::new(draft.finish().unwrap(), ResetReason::ResetPin);
        let ssid = *board.settings().networks()[0].ssid();
        let lease = Some(Lease { address: Ipv4Addr::new(192, 168, 4, 111), hardware_address: [0xff; 6] });
        let leases = [lease; AccessPointStatus::LEASES_MAX];
        board.set_access_point(AccessPointStatus { ssid, channel: 11, stations: 10, leases });
        board.set_rssi(Some(-100));
        board.with(|state| {
            state.color = Some(Rgb::WHITE);
            (state.served, state.exchanges) = (u32::MAX, u32::MAX);
            state.failures = [u32::MAX; ErrorKind::ALL.len()];
            state.station.handle_join_failed(JoinError::Other, Instant::ORIGIN);
        });
        let mut text = String::new();
        board.write_status(&mut text).unwrap();
        // The address, and a hundred years.
        let len = text.len() + "255.255.255.255".len() + 5;
        assert!((Board::STATUS_LEN_MAX - 64..=Board::STATUS_LEN_MAX).contains(&len), "{len} bytes: {text}");
    }
}
