//! A network that a board makes itself.

use harness::Firmware;

use crate::lab::{Lab, ONLINE_MAX, secs};

pub(crate) fn boards_without_a_router_meet_on_a_board_that_is_the_access_point(firmware: &Firmware) {
    const NETWORK: [(&str, &str); 2] = [("ssid", "Lamp"), ("passphrase", "battery staple")];
    let mut lab = Lab::new(firmware);
    let server = lab.board(&[("role", "server"), ("wifi", "access_point"), NETWORK[0], NETWORK[1]]);
    lab.says(server, "the access point is open: join the network \"Lamp\" with its passphrase", ONLINE_MAX);
    let client = lab.board(&[("role", "client"), NETWORK[0], NETWORK[1]]);
    lab.says(client, "ip = 192.168.4.2", ONLINE_MAX);
    lab.says(server, "gave 192.168.4.2 to 28:cd:c1:00:00:02", secs(1));
    lab.says(client, "Received: ", secs(10));
    lab.says(server, "Sent: ", secs(1));
}
