//! Where a client board's server is, found out and kept (DSC-5, DSC-6).

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tracing::debug;

use crate::address::{Host, ServerAddr, ServerChoice};
use crate::discovery::{Browser, DiscoveryError, HostSearch, Interfaces, Sighting};

/// Finds a server's address and keeps it. Shared by those who ask the same server, so that one look-up serves all.
pub(crate) struct Locator {
    server: ServerChoice,
    interfaces: Interfaces,
    looked_ahead: OnceCell<()>,
    state: Mutex<State>,
}

/// Where the server is.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// At least one.
    pub(crate) addrs: Arc<[SocketAddr]>,
    /// What the server calls itself, where it was found by its announcement.
    pub(crate) board: Option<Arc<str>>,
    /// Counts the look-ups, from 1.
    number: u64,
}

/// Why the server's address is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocateError {
    #[error("the name has no address")]
    NotFound,
    #[error(
        "no server has announced itself: start one, such as with `rgb-sim server`, check that both are on the same \
         network, or say where it is with --server"
    )]
    NotAnnounced,
    #[error("{0}; or say where the server is by its address, with --server")]
    Discovery(#[from] DiscoveryError),
}

#[derive(Default)]
struct State {
    known: Option<Location>,
    look_ups: u64,
    /// A look-up that outlives its attempt serves the next one. The system's cannot even be cancelled: a name service that
    /// hangs costs one thread and not one an attempt.
    pending: Option<LookUp>,
}

enum LookUp {
    System(JoinHandle<io::Result<Vec<SocketAddr>>>),
    Host { search: HostSearch, port: u16, started: Instant },
    Service { browser: Browser, started: Instant },
}

impl Locator {
    /// Who has not answered within this time is not there now. Most answer at once; but a board is silent for a second while
    /// it makes sure of its name, and for a second behind each answer (RFC 6762, sections 6 and 8.1).
    pub(crate) const PATIENCE: Duration = Duration::from_millis(3500);
    /// A search asks ever more rarely. From then on a new one asks afresh, so that who is missed once is found soon.
    const AFRESH: Duration = Duration::from_secs(10);

    pub(crate) fn new(server: ServerChoice, interfaces: Interfaces) -> Arc<Self> {
        Arc::new(Self { server, interfaces, looked_ahead: OnceCell::new(), state: Mutex::default() })
    }

    pub(crate) const fn server(&self) -> &ServerChoice {
        &self.server
    }

    /// The server's address, when it is one and no name.
    pub(crate) const fn fixed(&self) -> Option<SocketAddr> {
        match &self.server {
            ServerChoice::At(addr) => match addr.host() {
                Host::Ip(ip) => Some(SocketAddr::new(*ip, addr.port())),
                Host::Name(_) => None,
            },
            ServerChoice::FirstAnnounced => None,
        }
    }

    /// Looks for a server that announces itself before the first exchange, which has less time. Whether it was found, the
    /// exchange will tell.
    pub(crate) async fn look_ahead(&self) {
        let is_multicast = match &self.server {
            ServerChoice::At(addr) => local_name(addr).is_some(),
            ServerChoice::FirstAnnounced => true,
        };
        if is_multicast {
            self.looked_ahead.get_or_init(async || drop(self.locate(None, Self::PATIENCE).await)).await;
        }
    }

    /// Where the server is, from a look-up that began behind that of `failed`, if that is given. A search by multicast goes
    /// on for no longer than `patience`.
    pub(crate) async fn locate(&self, failed: Option<&Location>, patience: Duration) -> Result<Location, LocateError> {
        let mut state = self.state.lock().await;
        let failed = failed.map_or(0, |location| location.number);
        if let Some(known) = state.known.as_ref().filter(|known| known.number > failed) {
            return Ok(known.clone());
        }
        state.known = None;
        let (addrs, board) = self.look_up(&mut state.pending, patience).await?;
        state.look_ups += 1;
        let location = Location { addrs: addrs.into(), board: board.map(Into::into), number: state.look_ups };
        state.known = Some(location.clone());
        Ok(location)
    }

    async fn look_up(
        &self,
        pending: &mut Option<LookUp>,
        patience: Duration,
    ) -> Result<(Vec<SocketAddr>, Option<String>), LocateError> {
        if pending.as_ref().is_some_and(|look_up| look_up.started().is_some_and(|at| at.elapsed() > Self::AFRESH)) {
            *pending = None;
        }
        let look_up = match pending {
            Some(look_up) => look_up,
            None => pending.insert(self.start().await?),
        };
        let outcome = match look_up {
            LookUp::System(task) => match task.await {
                Ok(Ok(addrs)) if !addrs.is_empty() => Ok((addrs, None)),
                Ok(Ok(_)) => Err(LocateError::NotFound),
                Ok(Err(error)) => {
                    debug!(%error, "name look-up failed");
                    Err(LocateError::NotFound)
                }
                Err(failure) => match failure.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Err(LocateError::NotFound),
                },
            },
            LookUp::Host { search, port, .. } => match timeout(patience, search.found()).await {
                Ok(found) => found
                    .map(|ips| (ips.into_iter().map(|ip| SocketAddr::new(ip, *port)).collect(), None))
                    .map_err(Into::into),
                Err(_) => return Err(LocateError::NotFound),
            },
            LookUp::Service { browser, .. } => match timeout(patience, first_server(browser)).await {
                Ok(found) => found.map_err(Into::into),
                Err(_) => return Err(LocateError::NotAnnounced),
            },
        };
        // It has its answer; the next one must not come from what this one has heard.
        *pending = None;
        outcome
    }

    async fn start(&self) -> Result<LookUp, DiscoveryError> {
        let started = Instant::now();
        Ok(match &self.server {
            ServerChoice::FirstAnnounced => {
                LookUp::Service { browser: Browser::start(&self.interfaces).await?, started }
            }
            ServerChoice::At(addr) => match local_name(addr) {
                // The system's own way often knows nothing of these.
                Some(name) => LookUp::Host {
                    search: HostSearch::start(name, &self.interfaces).await?,
                    port: addr.port(),
                    started,
                },
                None => {
                    let text = addr.to_string();
                    LookUp::System(tokio::task::spawn_blocking(move || Ok(text.to_socket_addrs()?.collect())))
                }
            },
        })
    }
}

impl LookUp {
    /// When it began to ask, for one that asks again.
    const fn started(&self) -> Option<Instant> {
        match self {
            Self::System(_) => None,
            Self::Host { started, .. } | Self::Service { started, .. } => Some(*started),
        }
    }
}

/// The address's host where multicast DNS is to look for it.
fn local_name(addr: &ServerAddr) -> Option<&str> {
    let Host::Name(name) = addr.host() else { return None };
    let (label, domain) = name.strip_suffix('.').unwrap_or(name).rsplit_once('.')?;
    (!label.is_empty() && domain.eq_ignore_ascii_case("local")).then_some(name)
}

/// A client board of the simulator does not serve, so no server is itself.
async fn first_server(browser: &mut Browser) -> Result<(Vec<SocketAddr>, Option<String>), DiscoveryError> {
    loop {
        match browser.next().await? {
            Sighting::Found(board) if board.role.serves() => return Ok((board.addrs, Some(board.name))),
            Sighting::Found(_) | Sighting::Gone { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // DSC-5
    #[test]
    fn names_in_local_are_looked_up_by_multicast() {
        for (addr, expected) in [
            ("rgb-server.local", true),
            ("RGB-Server.LOCAL.:8080", true),
            ("board.invalid", false),
            ("local", false),
            (".local", false),
            ("local.example", false),
            ("192.168.1.7", false),
        ] {
            assert_eq!(local_name(&addr.parse().unwrap()).is_some(), expected, "{addr}");
        }
    }

    // DSC-5
    #[tokio::test]
    async fn an_address_is_kept_until_it_fails() {
        let locator = Locator::new(ServerChoice::At("localhost:80".parse().unwrap()), Interfaces::All);
        let patience = Locator::PATIENCE;
        let first = locator.locate(None, patience).await.unwrap();
        assert_eq!(locator.locate(None, patience).await.unwrap().number, first.number);
        let second = locator.locate(Some(&first), patience).await.unwrap();
        assert!(second.number > first.number);
        // Another asker, whom the first address failed as well, gets what was found since.
        assert_eq!(locator.locate(Some(&first), patience).await.unwrap().number, second.number);
    }
}
