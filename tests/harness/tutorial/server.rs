//! The tutorial's server.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use socket2::{Domain, Socket, Type};

use crate::PATIENCE;

/// The tutorial's server on a free port: one client at a time, one read, one write, close. Dropping it stops it.
pub struct Server {
    addr: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to accept; `draw` gives the numbers of each reply.
    ///
    /// # Panics
    ///
    /// When the system gives no port.
    #[must_use]
    pub fn start(mut draw: impl FnMut() -> [u8; 3] + Send + 'static) -> Self {
        let listener = listen().expect("there is a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let stop = Arc::clone(&stop);
            move || {
                while let Ok((client, _)) = listener.accept() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    // On a socket error it closes the client's socket and goes on accepting.
                    let _ = answer(client, draw());
                }
            }
        });
        Self { addr, stop, thread: Some(thread) }
    }

    /// Where it accepts.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes it up.
        let _ = TcpStream::connect(self.addr);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// With the tutorial's backlog of one.
fn listen() -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    socket.listen(1)?;
    Ok(socket.into())
}

fn answer(mut client: TcpStream, [r, g, b]: [u8; 3]) -> io::Result<()> {
    // The tutorial waits for ever; a test must end.
    client.set_read_timeout(Some(PATIENCE))?;
    let mut request = [0; 1024];
    let _ = client.read(&mut request)?;
    client.write_all(format!("{r},{g},{b}").as_bytes())
}
