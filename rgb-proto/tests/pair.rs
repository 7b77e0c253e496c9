//! A client and a server, joined by a network that cuts and delays, on a virtual clock.

mod property;

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;
use rgb_proto::{
    ClientConfig, ClientExchange, ClientStep, ExchangeError, Instant, Name, Request, Rgb, ServeError, Served,
    ServerConfig, ServerExchange, ServerStep,
};

/// What the network does: numbers from 0, used in turn and again from the first.
#[derive(Clone, Debug)]
struct Whims {
    numbers: Vec<u16>,
    next: usize,
}

impl Whims {
    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        let number = self.numbers[self.next % self.numbers.len()];
        self.next += 1;
        usize::from(number) % bound
    }
}

#[derive(Debug)]
enum Parcel {
    Bytes(Vec<u8>),
    End,
}

/// One direction of a connection.
#[derive(Default, Debug)]
struct Pipe {
    parcels: VecDeque<(Instant, Parcel)>,
    arrival: Instant,
    ended: bool,
}

impl Pipe {
    /// Sends a beginning of `bytes` and returns its length.
    fn write(&mut self, bytes: &[u8], now: Instant, whims: &mut Whims) -> usize {
        let len = 1 + whims.below(bytes.len());
        let mut rest = &bytes[..len];
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(1 + whims.below(rest.len()));
            self.send(Parcel::Bytes(piece.to_vec()), now, whims);
            rest = behind;
        }
        len
    }

    fn end(&mut self, now: Instant, whims: &mut Whims) {
        if !self.ended {
            self.ended = true;
            self.send(Parcel::End, now, whims);
        }
    }

    /// Each parcel arrives behind the one before, up to 8 ms later: the longest messages in single bytes stay within
    /// the client's time-out. None arrives at the moment it is sent, when its reader may have been driven already.
    fn send(&mut self, parcel: Parcel, now: Instant, whims: &mut Whims) {
        self.arrival = self.arrival.max(now) + Duration::from_micros(1 + whims.below(8_000) as u64);
        self.parcels.push_back((self.arrival, parcel));
    }

    /// The next parcel, if it has arrived. The end of a stream is read again and again, as from a socket.
    fn read(&mut self, now: Instant) -> Option<Parcel> {
        match self.parcels.front()? {
            (arrival, _) if *arrival > now => None,
            (_, Parcel::End) => Some(Parcel::End),
            _ => self.parcels.pop_front().map(|(_, parcel)| parcel),
        }
    }

    fn next_arrival(&self) -> Option<Instant> {
        self.parcels.front().map(|(arrival, _)| *arrival)
    }
}

struct Pair {
    client: ClientExchange,
    server: Option<ServerExchange>,
    server_config: ServerConfig,
    to_server: Pipe,
    to_client: Pipe,
    /// What the server answers with.
    color: Rgb,
    asked: Option<Request>,
    now: Instant,
    whims: Whims,
    client_outcome: Option<Result<Rgb, ExchangeError>>,
    server_outcome: Option<Result<Served, ServeError>>,
}

impl Pair {
    fn new(client: &ClientConfig, server: &ServerConfig, color: Rgb, numbers: Vec<u16>) -> Self {
        let now = Instant::from_millis(5);
        Self {
            client: ClientExchange::new(client, now),
            server: None,
            server_config: *server,
            to_server: Pipe::default(),
            to_client: Pipe::default(),
            color,
            asked: None,
            now,
            whims: Whims { numbers, next: 0 },
            client_outcome: None,
            server_outcome: None,
        }
    }

    /// Runs both to their ends; the clock jumps from one thing that happens to the next.
    fn run(&mut self) {
        while self.client_outcome.is_none() || self.server_outcome.is_none() {
            let client_wakes = self.drive_client();
            let server_wakes = self.drive_server();
            let wakes = [client_wakes, server_wakes, self.to_server.next_arrival(), self.to_client.next_arrival()];
            // What lies in the past has been looked at and moved nothing.
            if let Some(next) = wakes.into_iter().flatten().filter(|wake| *wake > self.now).min() {
                self.now = next;
            }
        }
    }

    /// Does all that the client can do now, and returns when it wants to be polled again.
    fn drive_client(&mut self) -> Option<Instant> {
        loop {
            match self.client.poll(self.now) {
                ClientStep::Connect { .. } => {
                    self.server = Some(ServerExchange::new(&self.server_config, self.now));
                    self.client.handle_connected();
                }
                ClientStep::Transmit { bytes, .. } => {
                    let len = self.to_server.write(bytes, self.now, &mut self.whims);
                    self.client.handle_sent(len);
                }
                ClientStep::Receive { deadline } => match self.to_client.read(self.now) {
                    Some(Parcel::Bytes(bytes)) => self.client.handle_received(&bytes),
                    Some(Parcel::End) => self.client.handle_eof(),
                    None => return Some(deadline),
                },
                ClientStep::Done(outcome) => {
                    self.client_outcome = Some(outcome);
                    self.to_server.end(self.now, &mut self.whims);
                    return None;
                }
            }
        }
    }

    /// As [`drive_client`](Self::drive_client), for the server.
    fn drive_server(&mut self) -> Option<Instant> {
        let server = self.server.as_mut()?;
        loop {
            match server.poll(self.now) {
                ServerStep::Receive { deadline } => {
                    if self.asked.is_some() {
                        // The response is out: the end of the stream follows it.
                        self.to_client.end(self.now, &mut self.whims);
                    }
                    match self.to_server.read(self.now) {
                        Some(Parcel::Bytes(bytes)) => server.handle_received(&bytes, self.now),
                        Some(Parcel::End) => server.handle_eof(),
                        None => return Some(deadline),
                    }
                }
                ServerStep::Reply(request) => {
                    assert!(self.asked.replace(request).is_none(), "asked for a second colour");
                    server.reply(self.color);
                }
                ServerStep::Transmit { bytes, .. } => {
                    let len = self.to_client.write(bytes, self.now, &mut self.whims);
                    server.handle_sent(len, self.now);
                }
                ServerStep::TransmitBody { .. } => panic!("no document was given"),
                ServerStep::Done(outcome) => {
                    self.server_outcome = Some(outcome);
                    self.to_client.end(self.now, &mut self.whims);
                    return None;
                }
            }
        }
    }
}

fn whims() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 1..80)
}

fn colors() -> impl Strategy<Value = Rgb> {
    any::<[u8; 3]>().prop_map(Rgb::from)
}

fn names() -> impl Strategy<Value = Option<Name>> {
    proptest::option::of("[A-Za-z0-9._-]{1,32}".prop_map(|name| name.parse().expect("the pattern gives names")))
}

proptest! {
    #![proptest_config(property::config())]

    // CLI-2, CLI-3, END-1, SRV-1, REQ-3
    #[test]
    fn both_sides_always_end_with_the_same_colour(color in colors(), name in names(), whims in whims()) {
        let config = ClientConfig { name, ..ClientConfig::default() };
        let mut pair = Pair::new(&config, &ServerConfig::default(), color, whims);
        pair.run();
        prop_assert_eq!(pair.client_outcome, Some(Ok(color)));
        let served = pair.server_outcome.unwrap().unwrap();
        prop_assert_eq!((served.color, served.abandoned, served.request_over_limit), (Some(color), false, false));
        prop_assert_eq!(Some(served.request), pair.asked);
    }

    // CLI-4, SRV-4, REQ-5
    #[test]
    fn a_client_without_the_time_fails_and_the_server_still_ends(
        color in colors(), name in names(), whims in whims(), timeout_ms in 1..60u64,
    ) {
        let config = ClientConfig { name, timeout: Duration::from_millis(timeout_ms), ..ClientConfig::default() };
        let mut pair = Pair::new(&config, &ServerConfig::default(), color, whims);
        pair.run();
        match pair.client_outcome {
            Some(Ok(received)) => prop_assert_eq!(received, color),
            Some(Err(ExchangeError::TimedOut(_))) => {}
            outcome => prop_assert!(false, "{:?}", outcome),
        }
        prop_assert!(pair.server_outcome.is_some());
    }

    // REQ-7, REQ-8, SRV-3: whatever the server's limits, both ends are reached.
    #[test]
    fn a_server_of_any_limits_gives_the_colour_or_an_error(
        color in colors(), name in names(), whims in whims(),
        spans_ms in any::<[u8; 3]>(), request_len_max in any::<u16>(), drain_len_max in 0..50u32,
    ) {
        let [timeout, settle, linger] = spans_ms.map(|millis| Duration::from_millis(millis.into()));
        let server = ServerConfig { timeout, settle, linger, request_len_max, drain_len_max };
        let config = ClientConfig { name, ..ClientConfig::default() };
        let mut pair = Pair::new(&config, &server, color, whims);
        pair.run();
        match (pair.client_outcome.unwrap(), pair.server_outcome.unwrap()) {
            (Ok(received), Ok(served)) => prop_assert_eq!((Some(received), served.color), (Some(color), Some(color))),
            (Ok(_), Err(error)) => prop_assert!(false, "a colour without a server: {:?}", error),
            // A reply cut off by the server's time-out can be a beginning, or nothing at all.
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => prop_assert!(false, "a reply that the client did not take: {:?}", error),
        }
    }
}

// REQ-4: in one piece and without delay, the name reaches the server.
#[test]
fn the_server_is_told_who_asks() {
    let name: Name = "kitchen".parse().unwrap();
    let config = ClientConfig { name: Some(name), ..ClientConfig::default() };
    let mut request = ClientExchange::new(&config, Instant::ORIGIN);
    request.handle_connected();
    let ClientStep::Transmit { bytes, .. } = request.poll(Instant::ORIGIN) else { panic!("nothing to send") };
    let mut server = ServerExchange::new(&ServerConfig::default(), Instant::ORIGIN);
    server.handle_received(bytes, Instant::ORIGIN);
    assert_eq!(server.poll(Instant::ORIGIN), ServerStep::Reply(Request::Data { name: Some(name) }));
}
