//! Boards on an in-memory Ethernet, in virtual time: a router with DHCP and DNS, an access point that boards join, and
//! computers with programs that are not ours.

mod exchange;
mod foreign;
mod http;
mod lab;
mod sockets;
mod station;
