//! A server's limits for one exchange.

use core::time::Duration;

use crate::request::MAX_REQUEST_LEN;

/// What one client may cost a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ServerConfig {
    /// The most that one exchange may take, from accepting the connection to closing it (SRV-4). 5 s unless set.
    pub timeout: Duration,
    /// How long a request that may be whole or not is given to grow (REQ-5). 100 ms unless set.
    pub settle: Duration,
    /// How long the client is given to close its side after the reply (SRV-3). 1 s unless set.
    pub linger: Duration,
    /// The most bytes of a request before it is answered as it is, 1 to 1024 (REQ-7). 1024 unless set.
    pub request_len_max: u16,
    /// The most bytes that are read and dropped after the request (SRV-3). 2 MiB unless set: above the bodies that HTTP
    /// clients send without asking first.
    pub drain_len_max: u32,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            settle: Duration::from_millis(100),
            linger: Duration::from_secs(1),
            request_len_max: MAX_REQUEST_LEN as u16,
            drain_len_max: 2 * 1024 * 1024,
        }
    }
}
