//! A server board that makes itself known.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{DaemonEvent, ServiceInfo};
use rgb_proto::discovery::{HostLabel, txt};
use rgb_proto::settings::Role;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::daemon::Daemon;
use super::{DiscoveryError, Interfaces, service_type};
use crate::board::{Server, ServerBoard, StartError};
use crate::event::{Event, NoticeKind};
use crate::threads::Threads;

/// A server board's host name and service on the network, from a thread of their own (DSC-1, DSC-2).
///
/// A board that listens on all addresses is announced on every interface with that interface's address, one that listens on
/// a single address on that address's interface alone. Where another board has the name already, it takes the next one
/// (DSC-4). What comes of it goes where the board's events go, as [`Event::Announced`] and as [`Event::Notice`]s of the kind
/// [`NoticeKind::NotAnnounced`]: a board that cannot be announced serves all the same.
///
/// Dropping it says goodbye and waits for that (DSC-7), which takes a fifth of a second. It says goodbye by itself when the
/// board stops.
pub struct Announcement {
    _thread: Threads,
}

impl Announcement {
    /// Begins to announce this board on those of these interfaces that it listens on.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the system gives no thread. All else that can go wrong becomes a notice.
    pub fn start(board: &ServerBoard, interfaces: Interfaces) -> Result<Self, StartError> {
        let server = board.server();
        let stop = server.stop.child_token();
        let mut thread = Threads::new(stop.clone());
        let announcer = Announcer { server, addr: board.addr(), interfaces, stop };
        thread.spawn(format!("{}-mdns", board.name()), move || announcer.run())?;
        Ok(Self { _thread: thread })
    }
}

struct Announcer {
    server: Arc<Server>,
    addr: SocketAddr,
    interfaces: Interfaces,
    stop: CancellationToken,
}

/// Why a name is announced no longer.
enum End {
    Stopped,
    /// Another board has the name.
    Taken,
}

impl Announcer {
    /// Between two attempts to announce where that fails: a network may come up later.
    const RETRY: Duration = Duration::from_secs(5);
    /// Probing takes a second, two when another board begins with the same name at the same time.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// One network may take a name that another one is about to refuse: there, mdns-sd tells so up to a second later.
    const SETTLE: Duration = Duration::from_secs(1);
    /// So many conflicts in a row slow the next attempt down (RFC 6762, section 8.1).
    const CONFLICTS_MAX: u32 = 15;

    async fn run(self) {
        let Some(bound) = Bound::of(self.addr.ip()) else {
            let reason = format!("it listens on {}, and boards find each other over IPv4", self.addr);
            return self.not_announced(&reason).await;
        };
        let mut number = 1;
        let mut told = false;
        while !self.stop.is_cancelled() {
            let pause = match self.announce_as(number, bound).await {
                Ok(End::Stopped) => return,
                Ok(End::Taken) => {
                    number += 1;
                    if number <= Self::CONFLICTS_MAX { Duration::ZERO } else { Self::RETRY }
                }
                Err(error) => {
                    debug!(board = %self.server.name(), %error, "not announced");
                    if !std::mem::replace(&mut told, true) {
                        self.not_announced(&error.to_string()).await;
                    }
                    Self::RETRY
                }
            };
            self.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// Announces the board under the label of this number until it is stopped or the label turns out to be taken.
    async fn announce_as(&self, number: u32, bound: Bound) -> Result<End, DiscoveryError> {
        let label = label(self.server.name(), number);
        let daemon = Daemon::start(&self.interfaces, bound.addr()).await?;
        let happened = daemon.mdns().monitor()?;
        let service = self.service(&label, bound)?;
        let full_name = service.get_fullname().to_owned();
        daemon.mdns().register(service)?;
        let settle =
            if bound == Bound::All && self.interfaces == Interfaces::All { Self::SETTLE } else { Duration::ZERO };
        let mut announced = false;
        let mut next = Some((Instant::now() + Self::PATIENCE, Report::Silence));
        loop {
            let event = tokio::select! {
                () = self.stop.cancelled() => {
                    daemon.say_goodbye(&full_name).await;
                    return Ok(End::Stopped);
                }
                event = happened.recv_async() => event,
                report = due(next) => {
                    next = None;
                    match report {
                        Report::Announced => self.announced(&label, number).await,
                        Report::Silence => self.not_announced("no network takes it").await,
                    }
                    continue;
                }
            };
            match event {
                Ok(DaemonEvent::Announce(..)) => {
                    if !std::mem::replace(&mut announced, true) {
                        next = Some((Instant::now() + settle, Report::Announced));
                    }
                }
                Ok(DaemonEvent::NameChange(change)) => {
                    // mdns-sd would go on with names of its own making, and with different ones for host and service.
                    info!(board = %self.server.name(), label, record = %change.rr_type, "another board has the name");
                    if announced {
                        daemon.say_goodbye(&full_name).await;
                    } else {
                        daemon.fall_silent();
                    }
                    return Ok(End::Taken);
                }
                Ok(DaemonEvent::Error(error)) => return Err(error.into()),
                Ok(event) => debug!(board = %self.server.name(), ?event),
                Err(_) => return Err(DiscoveryError::Failed("its thread has ended".into())),
            }
        }
    }

    fn service(&self, label: &str, bound: Bound) -> Result<ServiceInfo, DiscoveryError> {
        let properties = [
            (txt::TXTVERS, txt::VERSION),
            (txt::NAME, self.server.name().as_str()),
            (txt::ROLE, Role::Server.as_str()),
            (txt::SOFTWARE, env!("CARGO_PKG_VERSION")),
        ];
        let (kind, host, port) = (service_type(), format!("{label}.local."), self.addr.port());
        let service = match bound {
            // The loopback interface shows one of its many addresses, and never another one.
            Bound::Loopback(ip) => ServiceInfo::new(&kind, label, &host, IpAddr::V4(ip), port, &properties[..])?,
            // The address of each interface that is used, also of one that comes up later.
            Bound::All | Bound::Addr(_) => {
                ServiceInfo::new(&kind, label, &host, (), port, &properties[..])?.enable_addr_auto()
            }
        };
        Ok(service)
    }

    async fn announced(&self, label: &str, number: u32) {
        let name = self.server.name();
        let (host, service) = (format!("{label}.local"), format!("{label}.{}", rgb_proto::discovery::SERVICE_TYPE));
        info!(board = %name, host, service, "announced");
        let taken = (number > 1).then(|| format!("{}.local", self::label(name, number - 1)));
        let report = self.server.emit(|board| Event::Announced { board, host, service, taken });
        self.stop.run_until_cancelled(report).await;
    }

    async fn not_announced(&self, reason: &str) {
        let message = format!("not announced: {reason}; clients must be told this board's address (--server)");
        let report = self.server.notice(NoticeKind::NotAnnounced, None, message);
        self.stop.run_until_cancelled(report).await;
    }
}

/// The label to try: the name's own, then with `-2` behind it, then `-3` (DSC-3, DSC-4).
fn label(name: &rgb_proto::Name, number: u32) -> String {
    let label = HostLabel::new(name);
    if number == 1 { label.to_string() } else { format!("{label}-{number}") }
}

/// Where a board takes connections from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    All,
    Loopback(Ipv4Addr),
    Addr(Ipv4Addr),
}

impl Bound {
    /// `None` where that is none of IPv4.
    const fn of(ip: IpAddr) -> Option<Self> {
        match ip {
            // An IPv6 listener on all addresses takes IPv4 too.
            _ if ip.is_unspecified() => Some(Self::All),
            IpAddr::V4(ip) if ip.is_loopback() => Some(Self::Loopback(ip)),
            IpAddr::V4(ip) => Some(Self::Addr(ip)),
            IpAddr::V6(_) => None,
        }
    }

    const fn addr(self) -> Option<Ipv4Addr> {
        match self {
            Self::All => None,
            Self::Loopback(ip) | Self::Addr(ip) => Some(ip),
        }
    }
}

/// What there is to tell once a time has come.
#[derive(Clone, Copy)]
enum Report {
    Announced,
    Silence,
}

async fn due(next: Option<(Instant, Report)>) -> Report {
    match next {
        Some((time, report)) => {
            tokio::time::sleep_until(time).await;
            report
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // DSC-3, DSC-4
    #[test]
    fn a_taken_label_gets_a_number() {
        let name = "Living_Room".parse().unwrap();
        assert_eq!([1, 2, 3].map(|number| label(&name, number)), ["living-room", "living-room-2", "living-room-3"]);
    }

    // DSC-1
    #[test]
    fn a_board_is_announced_where_it_listens() {
        let bound = |ip: &str| Bound::of(ip.parse().unwrap());
        assert_eq!([bound("0.0.0.0"), bound("::")], [Some(Bound::All); 2]);
        assert_eq!(bound("127.0.0.2"), Some(Bound::Loopback(Ipv4Addr::new(127, 0, 0, 2))));
        assert_eq!(bound("192.168.1.7"), Some(Bound::Addr(Ipv4Addr::new(192, 168, 1, 7))));
        assert_eq!(bound("fd00::2"), None);
    }
}
