//! Colours from one board to another.

use std::sync::{Arc, Mutex};

use harness::Firmware;
use rgb_proto::{Instant, Rgb};
use rgb_sim::world::{NodeId, Tap};

use crate::lab::{Lab, ONLINE_MAX, secs};

/// The colour at the end of a line, such as `Sent: 1,2,3`.
fn color(line: &str) -> Rgb {
    let (_, color) = line.split_once(": ").expect("a line with a colour");
    color.parse().expect("a colour")
}

/// Keeps every frame, and who sent it.
#[derive(Clone, Default)]
struct Frames(Arc<Mutex<Vec<(NodeId, Vec<u8>)>>>);

impl Tap for Frames {
    fn frame(&mut self, _: Instant, from: NodeId, frame: &[u8]) {
        self.0.lock().expect("nobody panics with it").push((from, frame.to_vec()));
    }
}

impl Frames {
    /// Where the first frame of a host is in which these bytes are.
    fn first(&self, from: NodeId, kind: &[u8]) -> Option<usize> {
        let has = |frame: &[u8]| frame.windows(kind.len()).any(|bytes| bytes == kind);
        self.0.lock().expect("nobody panics with it").iter().position(|(sender, frame)| *sender == from && has(frame))
    }
}

pub(crate) fn a_client_shows_what_a_server_sends_over_radio_dhcp_arp_and_tcp(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let frames = Frames::default();
    lab.world.air_mut().set_tap(Box::new(frames.clone()));
    let server = lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client")]);
    for node in [server, client] {
        for words in ["pico-fw ", "reason of this start: power on", "the radio runs; its address is 28:cd:c1:00:00:0"] {
            lab.says(node, words, secs(5));
        }
        assert_eq!(lab.color(node), Rgb::new(0, 0, 0));
        for words in ["joining the network \"Home\"", "connected", "ip = 192.168.1."] {
            lab.says(node, words, ONLINE_MAX);
        }
    }
    for _ in 0..5 {
        let (received, _) = lab.says(client, "Received: ", secs(5));
        let (sent, _) = lab.says(server, "Sent: ", secs(5));
        assert_eq!(color(&sent), color(&received));
        lab.wait(secs(1), "the LED shows the colour", |lab| (lab.color(client) == color(&received)).then_some(()));
    }
    // DHCPDISCOVER, ARP's question, the request, and its reply: each is seen on the air, in this order.
    let dhcp = frames.first(client, &[53, 1, 1]).expect("it asks for an address");
    let arp = frames.first(client, &[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1]).expect("it asks whose address that is");
    let request = frames.first(client, b"GET Data").expect("it asks for a colour");
    let (reply, _) = lab.says(server, "Sent: ", secs(5));
    lab.run(secs(1));
    let reply = frames.first(server, color(&reply).to_string().as_bytes()).expect("it replies");
    assert!(dhcp < arp && arp < request && request < reply);
}

pub(crate) fn boards_of_both_roles_serve_and_ask_each_other(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let boards = ["one", "other"].map(|name| lab.board(&[("role", "both"), ("name", name)]));
    for node in boards {
        lab.says(node, "found the server ", ONLINE_MAX + secs(10));
        lab.says(node, "Sent: ", secs(5));
        lab.says(node, "Received: ", secs(5));
    }
}
