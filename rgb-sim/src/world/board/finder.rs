//! Where the client's server is (DSC-5, DSC-6).

use std::net::SocketAddrV4;

use rgb_proto::TransportError;
use rgb_proto::settings::ServerHost;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::dns::{GetQueryResultError, QueryHandle, Socket};
use smoltcp::wire::{DnsQueryType, IpAddress};

use super::discovery::Discovery;
use super::event::BoardEventKind;
use super::record::Record;
use crate::world::stack::Stack;

/// Looks for the server, one search at a time.
pub(super) struct Finder {
    names: SocketHandle,
    search: Search,
}

enum Search {
    None,
    /// A name is looked up.
    Name(QueryHandle),
    /// The first server that announces itself is taken.
    Service,
}

impl Finder {
    pub(super) fn new(stack: &mut Stack) -> Self {
        let mut names = Socket::new(&[], Vec::new());
        // As all that a board says by multicast DNS (RFC 6762, section 11, has it for answers); a router takes it as well.
        names.set_hop_limit(Some(255));
        Self { names: stack.add(names), search: Search::None }
    }

    pub(super) const fn is_searching(&self) -> bool {
        !matches!(self.search, Search::None)
    }

    /// Where the server is, if that is known by now. The first call begins the search. A name that ends in `.local` is asked
    /// of everybody (RFC 6762), another one of the router.
    pub(super) fn find(
        &mut self,
        stack: &mut Stack,
        discovery: &mut Discovery,
        record: &mut Record,
    ) -> Option<Result<SocketAddrV4, TransportError>> {
        let port = record.settings.port();
        let found = match (record.settings.server(), &self.search) {
            (Some(ServerHost::Ip(address)), _) => return Some(Ok(SocketAddrV4::new(*address, port))),
            (Some(ServerHost::Name(name)), Search::None) => {
                let servers = stack.name_servers().to_vec();
                let (socket, context) = stack.socket_with_context::<Socket<'_>>(self.names);
                socket.update_servers(&servers);
                match socket.start_query(context, name.as_str(), DnsQueryType::A) {
                    Ok(query) => {
                        stack.touch_others();
                        self.search = Search::Name(query);
                        return None;
                    }
                    Err(_) => Err(TransportError::NameNotFound),
                }
            }
            (Some(ServerHost::Name(_)), Search::Name(query)) => {
                let addresses = match stack.socket::<Socket<'_>>(self.names).get_query_result(*query) {
                    Err(GetQueryResultError::Pending) => return None,
                    Err(GetQueryResultError::Failed) => None,
                    Ok(addresses) => addresses.first().copied(),
                };
                addresses.map_or(Err(TransportError::NameNotFound), |IpAddress::Ipv4(address)| {
                    Ok(SocketAddrV4::new(address, port))
                })
            }
            (None, Search::Service) => Ok(discovery.take_found()?),
            (Some(ServerHost::Name(_)), Search::Service) | (None, Search::None | Search::Name(_)) => {
                // One that was found when nobody waited any more is as good.
                if let Some(found) = discovery.take_found() {
                    Ok(found)
                } else {
                    let own = record.address.map(|address| SocketAddrV4::new(address, port));
                    discovery.start_search(own, record.now);
                    self.search = Search::Service;
                    return None;
                }
            }
        };
        self.search = Search::None;
        if let Ok(server) = found {
            record.tell(BoardEventKind::Found(server));
        }
        Some(found)
    }

    /// Nobody waits for the answer any more.
    pub(super) fn give_up(&mut self, stack: &mut Stack) {
        if let Search::Name(query) = self.search {
            stack.socket::<Socket<'_>>(self.names).cancel_query(query);
        }
        self.search = Search::None;
    }
}
