//! The multicast DNS of this process: mdns-sd, told which interfaces to use, and asked whether it can.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mdns_sd::{IfKind, IfPredicate, ServiceDaemon};
use rgb_proto::discovery::GROUP;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::time::timeout;

use super::{DiscoveryError, Interfaces};

/// A thread that speaks multicast DNS; ended when dropped.
///
/// What it has heard is its own, so a new one answers from the network alone.
pub(super) struct Daemon(ServiceDaemon);

impl Daemon {
    /// How long its thread may take for what it does at once.
    const PATIENCE: Duration = Duration::from_secs(2);
    /// Behind a goodbye, until it has been said once more for whoever missed the first.
    const GOODBYE: Duration = Duration::from_millis(150);

    /// Starts on these interfaces, or on those of them that have this address as well.
    pub(super) async fn start(interfaces: &Interfaces, addr: Option<Ipv4Addr>) -> Result<Self, DiscoveryError> {
        // The thread itself says nothing when it gets no socket.
        try_port().map_err(DiscoveryError::Port)?;
        let daemon = Self(ServiceDaemon::new()?);
        let (any_asked, any_used) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let unwanted = {
            let (interfaces, bound) = (interfaces.clone(), addr.map_or(Interfaces::All, Interfaces::Addr));
            let (any_asked, any_used) = (Arc::clone(&any_asked), Arc::clone(&any_used));
            // Asked again whenever the machine's addresses change.
            move |name: &str, ip: IpAddr| {
                let asked = interfaces.include(name, ip);
                let used = asked && bound.include(name, ip);
                any_asked.fetch_or(asked, Ordering::Relaxed);
                any_used.fetch_or(used, Ordering::Relaxed);
                !used
            }
        };
        let unwanted = IfPredicate::new(move |interface| unwanted(&interface.name, interface.ip()));
        daemon.0.disable_interface(IfKind::Predicate(unwanted))?;
        let status = daemon.0.status()?;
        if !matches!(timeout(Self::PATIENCE, status.recv_async()).await, Ok(Ok(_))) {
            return Err(DiscoveryError::Failed("its thread does not answer".into()));
        }
        let interfaces = interfaces.clone();
        match addr {
            _ if any_used.load(Ordering::Relaxed) => Ok(daemon),
            Some(addr) if any_asked.load(Ordering::Relaxed) => Err(DiscoveryError::Elsewhere { interfaces, addr }),
            _ => Err(DiscoveryError::NoInterface(interfaces)),
        }
    }

    pub(super) const fn mdns(&self) -> &ServiceDaemon {
        &self.0
    }

    /// Takes a service back that was announced (DSC-7).
    pub(super) async fn say_goodbye(&self, service: &str) {
        let Ok(unregistered) = self.0.unregister(service) else { return };
        if let Ok(Ok(_)) = timeout(Self::PATIENCE, unregistered.recv_async()).await {
            tokio::time::sleep(Self::GOODBYE).await;
        }
    }

    /// Makes it end without a goodbye: the names are another board's.
    pub(super) fn fall_silent(&self) {
        // A thread that is gone is silent too.
        let _ = self.0.disable_interface(IfKind::All);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.shutdown();
    }
}

/// Whether multicast DNS's port can be shared with whoever has it already.
fn try_port() -> std::io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, GROUP.port())).into())
}
