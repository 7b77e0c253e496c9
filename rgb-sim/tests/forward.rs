//! Virtual boards reached from this computer, in real time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rgb_proto::settings::SettingsDraft;
use rgb_sim::forward::{Forward, ForwardError, Forwarder, Network};
use rgb_sim::world::{AccessPointConfig, Board, Machine, NodeId, Placement, Router, RouterConfig, World};

/// A world with a server board.
struct Home {
    world: World<Machine>,
    router: NodeId,
    server: NodeId,
}

impl Home {
    fn new() -> Self {
        let mut world = World::new(1);
        let access_point = world.air_mut().add_access_point(AccessPointConfig::default());
        let router = world.add_wired([2, 0, 0, 0, 0, 1], access_point, Router::new(RouterConfig::default()).into());
        let mut settings = SettingsDraft::new();
        for (field, value) in [("role", "server"), ("ssid", "Home"), ("passphrase", "correct horse")] {
            settings.set(field, value).expect("a good setting");
        }
        let server = Board::new(settings.finish().expect("good settings"), 1);
        let server = world.add_station([2, 0, 0, 0, 0, 2], Placement { position_m: 3.0 }, server.into());
        Self { world, router, server }
    }

    /// One whose board has its address.
    fn settled() -> Self {
        let mut home = Self::new();
        home.world.run_for(Duration::from_secs(10));
        home
    }
}

impl Network for Home {
    fn locate(&self, board: &str) -> Option<(NodeId, Ipv4Addr)> {
        let board = (board == "server").then_some(self.server)?;
        Some((self.router, self.world.host(board).as_board()?.address()?))
    }

    fn router_mut(&mut self, router: NodeId) -> &mut Router {
        self.world.host_mut(router).as_router_mut().expect("a router")
    }
}

/// A world that follows the clock on the wall, in a thread of its own, until it is dropped.
struct Running {
    addrs: Vec<SocketAddr>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(mut home: Home, forwards: &[&str]) -> Self {
        let forwards = forwards.iter().map(|text| text.parse().expect("a good forward"));
        let mut forwarder = Forwarder::start(forwards).expect("a free port");
        let addrs = forwarder.addrs().collect();
        let stop = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let (start, begin) = (Instant::now(), home.world.now());
            while !is_stopped.load(Ordering::Relaxed) {
                forwarder.wait(Instant::now() + Duration::from_millis(20));
                home.world.run_until(begin + start.elapsed());
                forwarder.pump(&mut home);
            }
        });
        Self { addrs, stop, thread: Some(thread) }
    }

    fn server() -> Self {
        Self::start(Home::settled(), &["0:server:80"])
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addrs[0]).expect("the port is forwarded");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out of a minute");
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it is joined once");
        assert!(thread.join().is_ok() || std::thread::panicking(), "the world panicked");
    }
}

fn reply(mut stream: TcpStream) -> io::Result<String> {
    let mut reply = String::new();
    stream.read_to_string(&mut reply).map(|_| reply)
}

#[track_caller]
fn assert_color(reply: &str) {
    let parts: Vec<_> = reply.split(',').map(str::parse::<u8>).collect();
    assert!(parts.len() == 3 && parts.iter().all(Result::is_ok), "{reply}");
}

#[test]
fn a_colour_comes_and_then_the_end() {
    let running = Running::server();
    let mut stream = running.connect();
    stream.write_all(b"GET Data").unwrap();
    assert_color(&reply(stream).unwrap());
}

#[test]
fn a_program_that_has_ended_its_stream_still_gets_its_colour() {
    let running = Running::server();
    let mut stream = running.connect();
    stream.write_all(b"GET Data").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_color(&reply(stream).unwrap());
}

/// What curl prints for this path; nothing where there is no curl.
fn curl(running: &Running, path: &str) -> Option<String> {
    let mut command = Command::new("curl");
    command.args("--disable --silent --show-error --noproxy * --max-time 60 -H Accept:text/html".split(' '));
    let output = match command.arg(format!("http://{}{path}", running.addrs[0])).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: curl is not installed");
            return None;
        }
        output => output.expect("curl runs"),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("the board sends text"))
}

#[test]
fn curl_gets_the_page_the_status_and_colours() {
    let running = Running::server();
    let Some(page) = curl(&running, "/") else { return };
    assert_eq!(page, rgb_proto::http::PAGE);
    for _ in 0..10 {
        assert_color(&curl(&running, "/color").unwrap());
    }
    let status: serde_json::Value = serde_json::from_str(&curl(&running, "/status").unwrap()).unwrap();
    // The page counts as well.
    assert_eq!((&status["role"], &status["served"]), (&"server".into(), &11.into()), "{status}");
}

#[test]
fn a_port_where_nobody_listens_breaks_off() {
    let running = Running::start(Home::settled(), &["0:server:81"]);
    let begin = Instant::now();
    assert_eq!(reply(running.connect()).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

#[test]
fn a_board_that_starts_is_waited_for() {
    let running = Running::start(Home::new(), &["0:server:80"]);
    let mut stream = running.connect();
    stream.write_all(b"GET Data").unwrap();
    assert_color(&reply(stream).unwrap());
}

#[test]
fn a_board_that_gets_no_address_is_given_up_after_5_s() {
    let running = Running::start(Home::settled(), &["0:nobody:80"]);
    let begin = Instant::now();
    assert_eq!(reply(running.connect()).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(begin.elapsed() >= Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn programs_that_go_away_leave_nothing_behind() {
    let running = Running::server();
    for number in 0..20 {
        let mut stream = running.connect();
        if number % 2 == 0 {
            stream.write_all(b"GET ").unwrap();
        }
    }
    // The board refuses while all its sockets are taken.
    let mut replies = (0..50).filter_map(|_| {
        let mut stream = running.connect();
        stream.write_all(b"GET Data").and_then(|()| reply(stream)).ok()
    });
    assert_color(&replies.next().expect("the board is free again"));
}

#[test]
fn of_a_rush_each_is_answered_or_refused() {
    let running = Running::server();
    let streams: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = running.connect();
            stream.write_all(b"GET Data").map(|()| stream)
        })
        .collect();
    let mut answered = 0;
    for stream in streams {
        match stream.and_then(reply) {
            Ok(color) => {
                assert_color(&color);
                answered += 1;
            }
            Err(error) => {
                assert!([ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()), "{error}");
            }
        }
    }
    assert!(answered >= 4, "{answered}");
}

#[test]
fn several_ports_lead_where_they_are_to() {
    let running = Running::start(Home::settled(), &["0:server:81", "0.0.0.0:0:server:80"]);
    let [one, other] = running.addrs[..] else { panic!("two ports: {:?}", running.addrs) };
    assert_eq!([one.ip(), other.ip()], [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED]);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, other.port())).unwrap();
    stream.write_all(b"GET Data").unwrap();
    assert_color(&reply(stream).unwrap());
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let forward: Forward = format!("{}:server:80", taken.local_addr().unwrap().port()).parse().unwrap();
    let Err(error) = Forwarder::start([forward]) else { panic!("the port is taken") };
    assert!(error.to_string().contains("take another port"), "{error}");
    assert!(matches!(error, ForwardError::Listen { forward: told, .. } if told == forward));
}
