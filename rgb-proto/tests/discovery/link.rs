//! Responders and browsers on one network that loses, delays and repeats, on a virtual clock.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::Instant;
use rgb_proto::discovery::message::{Message, Section};
use rgb_proto::discovery::{Browser, BrowserStep, GROUP, MESSAGE_LEN_MAX, Responder, ResponderStep, Service};
use rgb_proto::settings::Role;

use crate::property;
use crate::wire::{A, ANY, IN, PTR, TOP, TYPE, at, message, micros, query, question, record};

/// Numbers that look drawn, the same for the same seed.
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 32) as u32
    }

    fn below(&mut self, bound: u64) -> u64 {
        (u64::from(self.next()) * bound) >> 32
    }
}

/// What the network does to a datagram on its way to each host.
#[derive(Clone, Copy, Debug)]
struct Link {
    lost_percent: u64,
    repeated_percent: u64,
    delay_micros_max: u64,
    /// Whether a host hears its own multicasts.
    loops: bool,
}

/// A host with a responder, a browser or both.
#[derive(Debug)]
struct Host {
    address: SocketAddrV4,
    responder: Option<Responder>,
    browser: Option<Browser>,
    announced: bool,
    found: BTreeSet<(SocketAddrV4, String)>,
}

#[derive(Debug)]
struct Network {
    link: Link,
    random: Random,
    now: Instant,
    hosts: Vec<Host>,
    /// When, to which host, from where, what.
    flying: Vec<(Instant, usize, SocketAddrV4, Vec<u8>)>,
    /// When something was multicast by a responder, and by which.
    multicasts: Vec<(Instant, usize, Vec<u8>)>,
}

impl Network {
    fn new(link: Link, seed: u64) -> Self {
        let random = Random(seed);
        Self { link, random, now: at(0), hosts: Vec::new(), flying: Vec::new(), multicasts: Vec::new() }
    }

    fn join(&mut self, service: Option<Service>, browses: bool) {
        let last = self.hosts.len() as u8 + 1;
        let address = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, last), 5353);
        let responder = service.map(|service| {
            let mut responder = Responder::new(service);
            responder.handle_address(Some(*address.ip()), self.now);
            responder
        });
        let browser = browses.then(|| Browser::new(None, self.now));
        self.hosts.push(Host { address, responder, browser, announced: false, found: BTreeSet::new() });
    }

    fn send(&mut self, from: SocketAddrV4, to: SocketAddrV4, bytes: &[u8]) {
        assert!(Message::parse(bytes).is_some(), "sends what it would not read");
        for (index, host) in self.hosts.iter().enumerate() {
            let meant = if to == GROUP { host.address != from || self.link.loops } else { host.address == to };
            let copies = 1 + usize::from(self.random.below(100) < self.link.repeated_percent);
            for _ in 0..if meant { copies } else { 0 } {
                if self.random.below(100) >= self.link.lost_percent {
                    let delay = Duration::from_micros(self.random.below(self.link.delay_micros_max + 1));
                    self.flying.push((self.now + delay, index, from, bytes.to_vec()));
                }
            }
        }
    }

    /// Polls every machine until all wait, and tells when the first of them is to be polled again.
    fn settle(&mut self) -> Option<Instant> {
        let mut deadline: Option<Instant> = None;
        let mut wait_until = |until: Instant| deadline = Some(deadline.map_or(until, |deadline| deadline.min(until)));
        let mut sent = Vec::new();
        for (index, host) in self.hosts.iter_mut().enumerate() {
            let mut buffer = [0; MESSAGE_LEN_MAX];
            if let Some(responder) = &mut host.responder {
                for steps in 0.. {
                    assert!(steps < 50, "a responder never waits");
                    match responder.poll(self.now, self.random.next(), &mut buffer) {
                        ResponderStep::Transmit { len, to } => {
                            if to == GROUP {
                                self.multicasts.push((self.now, index, buffer[..len].to_vec()));
                            }
                            sent.push((host.address, to, buffer[..len].to_vec()));
                        }
                        ResponderStep::Renamed => host.announced = false,
                        ResponderStep::Announced => host.announced = true,
                        ResponderStep::Wait { until } => {
                            until.into_iter().for_each(&mut wait_until);
                            break;
                        }
                        ResponderStep::Stopped => break,
                    }
                }
            }
            if let Some(browser) = &mut host.browser {
                for steps in 0.. {
                    assert!(steps < 50, "a browser never waits");
                    match browser.poll(self.now, self.random.next(), &mut buffer) {
                        BrowserStep::Transmit { len } => sent.push((host.address, GROUP, buffer[..len].to_vec())),
                        BrowserStep::Found(server) => {
                            host.found.insert((server.address, server.label.to_string()));
                        }
                        BrowserStep::Wait { until } => {
                            wait_until(until);
                            break;
                        }
                    }
                }
            }
        }
        for (from, to, bytes) in sent {
            self.send(from, to, &bytes);
        }
        deadline
    }

    fn run_until(&mut self, end: Instant) {
        loop {
            let deadline = self.settle();
            let arrival = self.flying.iter().map(|flying| flying.0).min();
            let next = [deadline, arrival].into_iter().flatten().min().unwrap_or(end).max(self.now);
            if next >= end {
                self.now = end;
                return;
            }
            self.now = next;
            let (arrived, flying): (Vec<_>, _) = self.flying.drain(..).partition(|flying| flying.0 <= next);
            self.flying = flying;
            for (_, index, from, bytes) in arrived {
                let random = self.random.next();
                let host = &mut self.hosts[index];
                if let Some(responder) = &mut host.responder {
                    responder.handle_message(&bytes, from, next, random);
                }
                if let Some(browser) = &mut host.browser {
                    browser.handle_message(&bytes, from, next);
                }
            }
        }
    }

    fn labels(&self) -> Vec<String> {
        self.hosts.iter().filter_map(|host| Some(host.responder.as_ref()?.host_label().to_string())).collect()
    }
}

fn service(port: u16) -> Service {
    Service { name: "rgb-server".parse().expect("a name"), role: Role::Server, port, software: "1" }
}

fn link() -> impl Strategy<Value = Link> {
    (0..40_u64, 0..30_u64, 0..60_000_u64, any::<bool>()).prop_map(|(lost_percent, repeated_percent, delay, loops)| {
        Link { lost_percent, repeated_percent, delay_micros_max: delay, loops }
    })
}

proptest! {
    #![proptest_config(property::config())]

    // DSC-4
    #[test]
    fn boards_of_one_name_end_with_names_of_their_own(
        link in link(),
        seed in any::<u64>(),
        starts in proptest::collection::vec(0..3_000_u64, 2..=5),
        ports in proptest::collection::vec(80..83_u16, 5),
    ) {
        let mut network = Network::new(link, seed);
        let count = starts.len();
        for (start, port) in starts.into_iter().zip(ports) {
            let now = network.now;
            network.run_until(now + Duration::from_millis(start));
            network.join(Some(service(port)), false);
        }
        // What was lost shows when somebody asks, and somebody asks again and again.
        network.join(None, true);
        network.run_until(at(400_000));
        // Who has met nobody yet, because everything was lost, meets them now.
        network.link.lost_percent = 0;
        for label in ["rgb-server", "rgb-server-2", "rgb-server-3", "rgb-server-4", "rgb-server-5"] {
            let ask = query(&[question(&format!("{label}.local"), A, IN)]);
            let asker = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 99), 5353);
            network.send(asker, GROUP, &ask);
            let now = network.now;
            network.run_until(now + Duration::from_secs(30));
        }
        let labels = network.labels();
        prop_assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), count, "{:?}", labels);
        prop_assert!(network.hosts.iter().all(|host| host.responder.is_none() || host.announced));
        prop_assert!(labels.iter().all(|label| label == "rgb-server" || label.starts_with("rgb-server-")));
    }

    // DSC-6
    #[test]
    fn a_browser_finds_every_board_that_serves(
        link in link(),
        seed in any::<u64>(),
        count in 1..=4_u16,
        browser_first in any::<bool>(),
    ) {
        let mut network = Network::new(link, seed);
        if browser_first {
            network.join(None, true);
        }
        for index in 0..count {
            let name = ["kitchen", "hall", "attic", "garden"][usize::from(index)].parse().unwrap();
            network.join(Some(Service { name, ..service(80 + index) }), false);
        }
        if !browser_first {
            network.run_until(at(5000));
            network.join(None, true);
        }
        network.run_until(at(300_000));
        // Chance may have lost all of it.
        network.link.lost_percent = 0;
        network.run_until(at(500_000));
        let expected: BTreeSet<_> = network
            .hosts
            .iter()
            .filter_map(|host| Some((*host.address.ip(), host.responder.as_ref()?.host_label().to_string())))
            .collect();
        let browser = network.hosts.iter().find(|host| host.browser.is_some()).unwrap();
        let found: BTreeSet<_> = browser.found.iter().map(|(address, label)| (*address.ip(), label.clone())).collect();
        prop_assert_eq!(found, expected);
    }

    // RFC 6762, sections 6 and 8.1.
    #[test]
    fn a_responder_multicasts_no_more_than_so_much_whatever_it_hears(
        seed in any::<u64>(),
        messages in proptest::collection::vec((0..9_usize, 0..40_000_u64, any::<bool>()), 1..400),
    ) {
        let mut random = Random(seed);
        let mut responder = Responder::new(service(80));
        let own = Ipv4Addr::new(10, 0, 0, 7);
        responder.handle_address(Some(own), at(0));
        let mut now = at(0);
        let mut multicasts = Vec::new();
        let mut unicasts = 0_usize;
        let mut probes = Vec::new();
        for (what, gap, legacy) in &messages {
            let host = format!("{}.local", responder.host_label());
            let instance = format!("{}.{TYPE}", responder.host_label());
            let foreign = record(&host, A, IN | TOP, 120, &[10, 0, 0, 9]);
            let bytes = match what {
                0 => query(&[question(&host, ANY, IN)]),
                1 => query(&[question(&host, A, IN | TOP)]),
                2 => query(&[question(TYPE, PTR, IN), question(&instance, ANY, IN)]),
                3 => query(&[question(TYPE, PTR, IN | TOP)]),
                4 => message(0x8400, [&[], &[foreign], &[], &[]]),
                5 => message(0, [&[question(&host, ANY, IN | TOP)], &[], &[foreign], &[]]),
                6 => message(0x0200, [&[question(TYPE, PTR, IN)], &[], &[], &[]]),
                7 => query(&[question(&host, 28, IN)]),
                _ => (0..random.below(200)).map(|_| random.next() as u8).collect(),
            };
            let from = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), if *legacy { 4000 } else { 5353 });
            responder.handle_message(&bytes, from, now, random.next());
            let mut buffer = [0; MESSAGE_LEN_MAX];
            for steps in 0.. {
                prop_assert!(steps < 50, "a responder never waits");
                match responder.poll(now, random.next(), &mut buffer) {
                    ResponderStep::Transmit { len, to } if to == GROUP => {
                        let sent = Message::parse(&buffer[..len]).expect("well-formed");
                        if sent.is_response() {
                            multicasts.push((now, buffer[..len].to_vec()));
                        } else {
                            probes.push(now);
                        }
                    }
                    ResponderStep::Transmit { len, .. } => {
                        prop_assert!(Message::parse(&buffer[..len]).is_some());
                        unicasts += 1;
                    }
                    ResponderStep::Wait { .. } => break,
                    _ => {}
                }
            }
            now = now + Duration::from_micros(*gap);
        }
        prop_assert!(unicasts <= messages.len(), "more answers than questions");
        // A record, which its name and type tell, is multicast at most every 250 ms.
        let mut last = std::collections::BTreeMap::new();
        for (when, bytes) in &multicasts {
            for record in Message::parse(bytes).expect("well-formed").records() {
                prop_assert!(record.section != Section::Authority);
                let key = (record.name.labels().map(<[u8]>::to_vec).collect::<Vec<_>>(), record.kind);
                if let Some(before) = last.insert(key, *when) {
                    prop_assert!(when.saturating_duration_since(before) >= Duration::from_millis(250));
                }
            }
        }
        // Seven records; 15 hasty probes and four in a second of the others.
        for (index, start) in multicasts.iter().map(|multicast| multicast.0).enumerate() {
            let within = multicasts[index..].iter().filter(|(when, _)| *when <= start + Duration::from_secs(1)).count();
            prop_assert!(within <= 7 * 5, "{} answers in a second", within);
        }
        for (index, start) in probes.iter().enumerate() {
            let within = probes[index..].iter().filter(|when| **when <= *start + Duration::from_secs(1)).count();
            prop_assert!(within <= 15 + 5, "{} probes in a second", within);
        }
    }

    #[test]
    fn no_bytes_harm_either_machine(
        datagrams in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..80), 0..2_000_000_u64), 1..30),
    ) {
        let mut responder = Responder::new(service(80));
        responder.handle_address(Some(Ipv4Addr::new(10, 0, 0, 7)), at(0));
        let mut browser = Browser::new(None, at(0));
        let from = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 5353);
        let mut now = at(0);
        for (bytes, gap) in datagrams {
            responder.handle_message(&bytes, from, now, 0);
            browser.handle_message(&bytes, from, now);
            let mut buffer = [0; MESSAGE_LEN_MAX];
            while !matches!(responder.poll(now, 0, &mut buffer), ResponderStep::Wait { .. }) {}
            while !matches!(browser.poll(now, 0, &mut buffer), BrowserStep::Wait { .. }) {}
            now = now + Duration::from_micros(gap);
        }
    }
}

// The property above can fail: boards that hear nothing of each other keep the name that all of them have.
#[test]
fn boards_that_hear_nothing_of_each_other_keep_one_name_until_they_do() {
    let link = Link { lost_percent: 100, repeated_percent: 0, delay_micros_max: 0, loops: false };
    let mut network = Network::new(link, 1);
    for _ in 0..2 {
        network.join(Some(service(80)), false);
    }
    network.run_until(at(30_000));
    assert_eq!(network.labels(), ["rgb-server", "rgb-server"]);
    // What they announced is enough to tell, once it comes through.
    network.link.lost_percent = 0;
    network.send(network.hosts[0].address, GROUP, &query(&[question("rgb-server.local", A, IN)]));
    network.run_until(at(60_000));
    let mut labels = network.labels();
    labels.sort();
    assert_eq!(labels, ["rgb-server", "rgb-server-2"]);
}

// DSC-4
#[test]
fn of_five_boards_switched_on_together_each_gets_a_name() {
    let link = Link { lost_percent: 0, repeated_percent: 0, delay_micros_max: 2000, loops: true };
    let mut network = Network::new(link, 1);
    for _ in 0..5 {
        network.join(Some(service(80)), false);
    }
    network.run_until(at(30_000));
    let mut labels = network.labels();
    labels.sort();
    assert_eq!(labels, ["rgb-server", "rgb-server-2", "rgb-server-3", "rgb-server-4", "rgb-server-5"]);
    assert!(network.hosts.iter().all(|host| host.announced));
    let last = network.multicasts.iter().map(|multicast| multicast.0).max();
    assert!(last.is_some_and(|last| last < micros(25_000_000)), "they come to rest");
}
