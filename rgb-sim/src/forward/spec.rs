//! What is forwarded where, as people type it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use rgb_proto::Name;

/// A port of this computer that leads to a board's: `8080:server:80`, `0.0.0.0:8080:server:80`, `[::1]:8080:server:80`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Where to listen; port 0 is any free one. This computer alone reaches it unless another address is given.
    pub listen: SocketAddr,
    /// The board's name.
    pub board: Name,
    /// The board's port, not 0.
    pub port: u16,
}

/// A text that is no `[ADDR:]PORT:BOARD:PORT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForwardSpecError {
    /// Not enough colons.
    #[error("write PORT:BOARD:PORT, such as 8080:server:80: this computer's port, the board's name, and its port")]
    Form,
    /// What this computer is to listen on is neither a port nor an address with one.
    #[error(
        "this computer's port must be a number up to 65535 (0 is any free one), with an IP address before it or \
         without, such as 8080, 0.0.0.0:8080 or [::1]:8080"
    )]
    Listen,
    /// No name that a board can have.
    #[error("the board's name must be 1 to 32 letters, digits, dots, hyphens and underscores")]
    Board,
    /// A board's port that is no number from 1 to 65535.
    #[error("the board's port must be a number from 1 to 65535, such as 80")]
    Port,
}

impl FromStr for Forward {
    type Err = ForwardSpecError;

    fn from_str(text: &str) -> Result<Self, ForwardSpecError> {
        let (rest, port) = text.rsplit_once(':').ok_or(ForwardSpecError::Form)?;
        let (listen, board) = rest.rsplit_once(':').ok_or(ForwardSpecError::Form)?;
        let listen = match listen.parse() {
            Ok(port) => (Ipv4Addr::LOCALHOST, port).into(),
            Err(_) => listen.parse().map_err(|_| ForwardSpecError::Listen)?,
        };
        let board = board.parse().map_err(|_| ForwardSpecError::Board)?;
        match port.parse() {
            Ok(0) | Err(_) => Err(ForwardSpecError::Port),
            Ok(port) => Ok(Self { listen, board, port }),
        }
    }
}

impl fmt::Display for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.listen, self.board, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_this_computers_own() {
        for (text, shown) in [
            ("8080:server:80", "127.0.0.1:8080:server:80"),
            ("0:lamp_1.a-b:65535", "127.0.0.1:0:lamp_1.a-b:65535"),
            ("0.0.0.0:8080:server:80", "0.0.0.0:8080:server:80"),
            ("[::1]:8080:server:80", "[::1]:8080:server:80"),
        ] {
            let forward = text.parse::<Forward>().map(|forward| forward.to_string());
            assert_eq!(forward, Ok(shown.to_owned()), "{text}");
            assert_eq!(shown.parse(), text.parse::<Forward>(), "{shown}");
        }
    }

    #[test]
    fn what_is_no_forward_is_refused_with_the_reason() {
        for (text, error) in [
            ("", ForwardSpecError::Form),
            ("8080", ForwardSpecError::Form),
            ("8080:80", ForwardSpecError::Form),
            (":server:80", ForwardSpecError::Listen),
            ("65536:server:80", ForwardSpecError::Listen),
            ("server:80:8080", ForwardSpecError::Listen),
            ("localhost:8080:server:80", ForwardSpecError::Listen),
            ("::1:server:80", ForwardSpecError::Listen),
            ("8080::80", ForwardSpecError::Board),
            ("8080:two words:80", ForwardSpecError::Board),
            ("8080:server:", ForwardSpecError::Port),
            ("8080:server:0", ForwardSpecError::Port),
            ("8080:server:http", ForwardSpecError::Port),
        ] {
            assert_eq!(text.parse::<Forward>(), Err(error), "{text}");
        }
    }
}
