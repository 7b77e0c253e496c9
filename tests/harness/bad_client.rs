//! Clients that do not keep the protocol, and one call for those that do.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::PATIENCE;
pub use crate::bad_server::reset;

/// A connection that asks nothing by itself.
///
/// # Panics
///
/// When the server cannot be reached.
#[must_use]
pub fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).expect("the server takes connections");
    // A test must end.
    stream.set_read_timeout(Some(PATIENCE)).expect("the option is known");
    stream.set_write_timeout(Some(PATIENCE)).expect("the option is known");
    stream.set_nodelay(true).expect("the option is known");
    stream
}

/// As many connections that ask nothing.
#[must_use]
pub fn idle(addr: SocketAddr, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| connect(addr)).collect()
}

/// Sends a request in one write, and reads to the end of the stream.
///
/// # Panics
///
/// When the connection breaks, or the reply is no text.
#[must_use]
pub fn ask(addr: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = connect(addr);
    stream.write_all(request.as_ref()).expect("the server takes the request");
    read_reply(&mut stream).expect("the server ends its stream")
}

/// Reads to the end of the stream.
///
/// # Errors
///
/// When the connection breaks, or what comes is no text.
pub fn read_reply(stream: &mut TcpStream) -> io::Result<String> {
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

/// Ends the client's side of the stream, and reads the server's to its end.
///
/// # Errors
///
/// As [`read_reply`].
pub fn end_and_read_reply(mut stream: TcpStream) -> io::Result<String> {
    stream.shutdown(Shutdown::Write)?;
    read_reply(&mut stream)
}

/// Whether the server has closed the connection, in whatever way; waits for what it does.
///
/// # Panics
///
/// When the server neither sends nor closes.
#[must_use]
pub fn is_closed_without_reply(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(len) => len == 0,
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            panic!("the server neither sent nor closed within {PATIENCE:?}")
        }
        Err(_) => true,
    }
}
