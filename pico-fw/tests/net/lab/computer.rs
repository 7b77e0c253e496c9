//! A computer: programs on it use TCP as they like.

use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Ipv4Address, Stack};

use super::leak;

/// Something on the network with an address of its own.
#[derive(Clone, Copy)]
pub(crate) struct Computer {
    pub(crate) stack: Stack<'static>,
    pub(crate) port: usize,
}

impl Computer {
    /// A socket with room for a whole page.
    pub(crate) fn socket(&self) -> TcpSocket<'static> {
        TcpSocket::new(self.stack, leak([0; 8192]), leak([0; 8192]))
    }

    /// A connection to a port.
    pub(crate) async fn connect(&self, host: Ipv4Address, port: u16) -> Result<TcpSocket<'static>, ConnectError> {
        let mut socket = self.socket();
        socket.connect((host, port)).await?;
        Ok(socket)
    }

    /// Sends a request to port 80, reads to the end, and closes: what a well-behaved client does.
    pub(crate) async fn ask(&self, host: Ipv4Address, request: &[u8]) -> Vec<u8> {
        let mut socket = self.connect(host, 80).await.expect("the board takes connections");
        write(&mut socket, request).await;
        let response = read_to_end(&mut socket).await;
        end(socket).await;
        response
    }

    /// Sends a datagram to all hosts or a group of them, and waits until it has left.
    pub(crate) async fn tell(&self, port: u16, message: &[u8], to: (Ipv4Address, u16)) {
        let (mut metas, mut metas_out) = ([PacketMetadata::EMPTY; 1], [PacketMetadata::EMPTY; 1]);
        let (mut bytes, mut bytes_out) = ([0; 512], [0; 512]);
        let mut socket = UdpSocket::new(self.stack, &mut metas, &mut bytes, &mut metas_out, &mut bytes_out);
        socket.bind(port).expect("nothing else listens there");
        socket.send_to(message, to).await.expect("there is a way");
        socket.flush().await;
    }
}

pub(crate) async fn write(socket: &mut TcpSocket<'_>, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let len = socket.write(bytes).await.expect("the connection holds");
        bytes = &bytes[len..];
    }
}

pub(crate) async fn read_to_end(socket: &mut TcpSocket<'_>) -> Vec<u8> {
    let mut response = Vec::new();
    let mut buffer = [0; 512];
    loop {
        match socket.read(&mut buffer).await.expect("the connection holds") {
            0 => return response,
            len => response.extend(&buffer[..len]),
        }
    }
}

/// Closes in order.
pub(crate) async fn end(mut socket: TcpSocket<'_>) {
    socket.close();
    socket.flush().await.expect("the connection holds");
}
