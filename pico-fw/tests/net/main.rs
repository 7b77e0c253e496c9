//! Boards on an in-memory Ethernet, in virtual time: a router with DHCP and DNS, access points that boards join, boards that
//! are access points, and computers with programs that are not ours.

mod access_point;
mod discovery;
mod exchange;
mod foreign;
mod http;
mod lab;
mod sockets;
mod station;
