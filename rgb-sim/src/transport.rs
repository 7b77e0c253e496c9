//! TCP as the protocol wants it: listeners with room for a rush, and the reply with its FIN in one segment.

use std::io;
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
#[cfg(target_os = "linux")]
use tokio::io::Interest;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Connections that the kernel keeps waiting until they are accepted. The usual 128 makes a rush of 256 clients wait for
/// over a second, until their lost SYN is sent again.
const BACKLOG: i32 = 4096;

/// One listener for each worker on the same address, so that the kernel spreads connections over them.
///
/// With one worker the address is this listener's alone, so that a second server on the same port is refused.
pub(crate) fn listeners(addr: SocketAddr, workers: usize) -> io::Result<Vec<std::net::TcpListener>> {
    let shared_port = workers > 1 && cfg!(target_os = "linux");
    let first = listener(addr, shared_port)?;
    let addr = first.local_addr()?;
    let mut listeners = vec![first];
    while listeners.len() < workers {
        // Elsewhere SO_REUSEPORT does not spread connections; there the workers take them from one queue.
        let next = if shared_port { listener(addr, shared_port)? } else { listeners[0].try_clone()? };
        listeners.push(next);
    }
    Ok(listeners)
}

fn listener(addr: SocketAddr, shared_port: bool) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    #[cfg(unix)]
    {
        // A server that was just stopped leaves connections in TIME-WAIT; they must not keep the next one from starting.
        socket.set_reuse_address(true)?;
        if shared_port {
            socket.set_reuse_port(true)?;
        }
    }
    if addr.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_nonblocking(true)?;
    // Linux hands the listener's options on to the connections it accepts.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Reads, and hands over what has come; nothing is the end of the stream.
///
/// The room for it is made for each read and so takes none in a future, which tokio copies around.
pub(crate) fn poll_read(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    take: impl FnOnce(io::Result<&[u8]>),
) -> Poll<()> {
    let mut space = [MaybeUninit::uninit(); 1024];
    let mut buffer = ReadBuf::uninit(&mut space);
    let read = ready!(Pin::new(stream).poll_read(cx, &mut buffer));
    take(read.map(|()| buffer.filled()));
    Poll::Ready(())
}

/// Writes bytes; gives how many were written. When they are the `last` of the stream and all were written, ends it (SRV-2).
pub(crate) fn poll_write(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    bytes: &[u8],
    last: bool,
) -> Poll<io::Result<usize>> {
    if !last {
        return Pin::new(stream).poll_write(cx, bytes);
    }
    let written = ready!(poll_write_last(stream, cx, bytes))?;
    if written == bytes.len() {
        SockRef::from(&*stream).shutdown(Shutdown::Write)?;
    }
    Poll::Ready(Ok(written))
}

/// Leaves the bytes in the send buffer until the FIN joins them: they go out as one segment.
#[cfg(target_os = "linux")]
fn poll_write_last(stream: &TcpStream, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    let flags = libc::MSG_MORE | libc::MSG_NOSIGNAL;
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match stream.try_io(Interest::WRITABLE, || SockRef::from(stream).send_with_flags(bytes, flags)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            written => return Poll::Ready(written),
        }
    }
}

/// The bytes leave in one segment and the FIN in the next.
#[cfg(not(target_os = "linux"))]
fn poll_write_last(stream: &mut TcpStream, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    stream.set_nodelay(true)?;
    Pin::new(stream).poll_write(cx, bytes)
}
