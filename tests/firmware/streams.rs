//! Several clients of one server.

use harness::Firmware;
use rgb_proto::Rgb;

use crate::lab::{Lab, ONLINE_MAX, secs};

/// So many colours of each client are looked at.
const COLORS: u16 = 8;

pub(crate) fn four_named_clients_get_streams_of_their_own(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    lab.board(&[("role", "server"), ("source", "sweep")]);
    let clients = ["one", "two", "three", "four"].map(|name| lab.board(&[("role", "client"), ("name", name)]));
    for step in 0..COLORS {
        for client in clients {
            let (line, _) = lab.says(client, "Received: ", ONLINE_MAX + secs(10));
            // From one stream for all, each would get every fourth colour.
            assert!(line.ends_with(&format!(": {}", Rgb::on_wheel(step))), "{client:?}, step {step}: {line}");
        }
    }
}
