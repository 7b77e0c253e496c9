//! Servers that do not keep the protocol.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::SockRef;

use crate::PATIENCE;

/// A server that does with each connection what a test says. Dropping it stops it.
pub struct BadServer {
    addr: SocketAddr,
    accepted: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl BadServer {
    /// Starts on a free port. `behave` gets each connection, in a thread of its own, with its number from 0.
    ///
    /// # Panics
    ///
    /// When the system gives no port.
    #[must_use]
    pub fn start(behave: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let accepted = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let behave = Arc::new(behave);
        let thread = std::thread::spawn({
            let (accepted, stop) = (Arc::clone(&accepted), Arc::clone(&stop));
            move || {
                while let Ok((stream, _)) = listener.accept() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    stream.set_read_timeout(Some(PATIENCE)).expect("the option is known");
                    stream.set_nodelay(true).expect("the option is known");
                    let number = accepted.fetch_add(1, Ordering::Relaxed);
                    let behave = Arc::clone(&behave);
                    std::thread::spawn(move || behave(number, stream));
                }
            }
        });
        Self { addr, accepted, stop, thread: Some(thread) }
    }

    /// A server that answers every request with these bytes.
    #[must_use]
    pub fn replying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, stream| reply(stream, &bytes))
    }

    /// Where it accepts.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many connections it has taken.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for BadServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it up.
        let _ = TcpStream::connect(self.addr);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads the request as the tutorial's server does, with one read.
pub fn read_request(mut stream: &TcpStream) -> Vec<u8> {
    let mut request = [0; 1024];
    let len = stream.read(&mut request).unwrap_or(0);
    request[..len].to_vec()
}

/// Reads the request, sends these bytes in one write, and closes.
pub fn reply(mut stream: TcpStream, bytes: &[u8]) {
    read_request(&stream);
    // A client that has seen enough is gone.
    let _ = stream.write_all(bytes);
}

/// Reads the request, sends these bytes one by one with a pause before each, and closes.
pub fn reply_in_single_bytes(mut stream: TcpStream, bytes: &[u8], pause: Duration) {
    read_request(&stream);
    for byte in bytes {
        std::thread::sleep(pause);
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
    }
}

/// Reads the request, sends these bytes over and over until the client has gone.
pub fn reply_without_end(mut stream: TcpStream, bytes: &[u8]) {
    read_request(&stream);
    while stream.write_all(bytes).is_ok() {}
}

/// Reads what comes until the client has gone.
pub fn hold(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).is_ok_and(|len| len > 0) {}
}

/// Closes with a reset instead of an end of the stream.
pub fn reset(stream: TcpStream) {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("the option is known");
    drop(stream);
}
