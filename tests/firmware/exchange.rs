//! Colours from one board to another.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use harness::Firmware;
use rgb_proto::{Instant, Rgb};
use rgb_sim::world::{NodeId, Tap};

use crate::lab::{Lab, ONLINE_MAX, secs};

/// Protocols in IPv4 (IANA, protocol numbers).
const TCP: u8 = 6;
const UDP: u8 = 17;

/// The colour at the end of a line, such as `Sent: 1,2,3`.
fn color(line: &str) -> Rgb {
    let (_, color) = line.split_once(": ").expect("a line with a colour");
    color.parse().expect("a colour")
}

/// Keeps every frame.
#[derive(Clone, Default)]
struct Frames(Arc<Mutex<Vec<Frame>>>);

struct Frame {
    from: NodeId,
    bytes: Vec<u8>,
}

impl Tap for Frames {
    fn frame(&mut self, _: Instant, from: NodeId, frame: &[u8]) {
        self.0.lock().expect("nobody panics with it").push(Frame { from, bytes: frame.to_vec() });
    }
}

impl Frames {
    /// The place of the first frame of a host that is one of these.
    fn first(&self, from: NodeId, is_one: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let frames = self.0.lock().expect("nobody panics with it");
        frames.iter().position(|frame| frame.from == from && is_one(&frame.bytes))
    }
}

/// An ARP request for this address.
fn is_arp_request(frame: &[u8], address: Ipv4Addr) -> bool {
    frame[12..22] == [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1] && frame[38..42] == address.octets()
}

/// An IPv4 packet of this protocol with these bytes in it.
fn has(frame: &[u8], protocol: u8, bytes: &[u8]) -> bool {
    const TYPE: [u8; 2] = [0x08, 0];
    frame[12..14] == TYPE && frame[23] == protocol && frame.windows(bytes.len()).any(|window| window == bytes)
}

pub(crate) fn a_client_shows_what_a_server_sends_over_radio_dhcp_arp_and_tcp(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let frames = Frames::default();
    lab.world.air_mut().set_tap(Box::new(frames.clone()));
    let server = lab.board(&[("role", "server")]);
    let client = lab.board(&[("role", "client")]);
    let [address, _] = [server, client].map(|node| {
        for words in ["pico-fw ", "reason of this start: power on", "the radio runs; its address is 28:cd:c1:00:00:0"] {
            lab.says(node, words, secs(5));
        }
        assert_eq!(lab.color(node), Rgb::new(0, 0, 0));
        lab.says(node, "joining the network \"Home\"", secs(1));
        lab.says(node, "connected", ONLINE_MAX);
        let (line, _) = lab.says(node, "ip = ", ONLINE_MAX);
        line["ip = ".len()..].parse().expect("an address")
    });
    for _ in 0..5 {
        let (received, _) = lab.says(client, "Received: ", secs(5));
        let (sent, _) = lab.says(server, "Sent: ", secs(5));
        assert_eq!(color(&sent), color(&received));
        lab.wait(secs(1), "the LED shows the colour", |lab| (lab.color(client) == color(&received)).then_some(()));
    }
    let (sent, _) = lab.says(server, "Sent: ", secs(5));
    lab.run(secs(1));
    let steps = [
        // An option of DHCP: this is a DHCPDISCOVER.
        frames.first(client, |frame| has(frame, UDP, &[53, 1, 1])).expect("it asks for an address"),
        frames.first(client, |frame| is_arp_request(frame, address)).expect("it looks for the server's radio"),
        frames.first(client, |frame| has(frame, TCP, b"GET Data")).expect("it asks for a colour"),
        frames.first(server, |frame| has(frame, TCP, color(&sent).to_string().as_bytes())).expect("it gets one"),
    ];
    assert!(steps.is_sorted(), "{steps:?}");
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
