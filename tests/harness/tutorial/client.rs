//! The tutorial's client.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::PATIENCE;

/// What the tutorial's client sends.
pub const REQUEST: &[u8; 8] = b"GET Data";

/// One turn of its loop: connects, sends, reads once, splits at the commas, converts each part, closes.
///
/// # Errors
///
/// The socket's error, or [`io::ErrorKind::InvalidData`] where Python's `int()` or the unpacking would raise.
pub fn ask(addr: SocketAddr) -> io::Result<[i64; 3]> {
    let reply = ask_once(addr)?;
    let text = String::from_utf8_lossy(&reply);
    let raised = || io::Error::new(io::ErrorKind::InvalidData, format!("no three numbers: {text:?}"));
    let numbers: Result<Vec<i64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    numbers.map_err(|_| raised())?.try_into().map_err(|_| raised())
}

/// The bytes that its one read gives.
///
/// # Errors
///
/// The socket's error.
pub fn ask_once(addr: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = TcpStream::connect(addr)?;
    // The tutorial waits for ever; a test must end.
    socket.set_read_timeout(Some(PATIENCE))?;
    // One write, however small: that is what the tutorial's `send` does.
    let sent = socket.write(REQUEST)?;
    assert_eq!(sent, REQUEST.len(), "eight bytes always fit into an empty send buffer");
    let mut buffer = [0; 512];
    let len = socket.read(&mut buffer)?;
    Ok(buffer[..len].to_vec())
}
