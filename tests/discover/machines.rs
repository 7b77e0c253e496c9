//! The machines with which a board finds and is found, `rgb_proto::discovery`, among other implementations: Avahi, mdns-sd and
//! resolvers of unicast DNS. The example `mdns_std` drives them.

use std::io::{ErrorKind, PipeWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use harness::{Finished, Machine, Simulator, eventually, timed};
use serde_json::Value;

use super::avahi::Avahi;
use super::{announced, discovered, text};

/// A responder on a machine; killed when dropped, without a goodbye.
struct Board {
    program: Simulator,
    input: PipeWriter,
    /// How many labels it tried that others had.
    taken: usize,
    /// Its label, once it is announced.
    label: String,
}

impl Board {
    /// A board of this name on port 8080, which is not announced yet.
    fn start(machine: &Machine, address: &str, name: &str) -> Self {
        let (output, input) = std::io::pipe().expect("the system has pipes");
        let mut command = machine.command(Command::new(example()).args(["announce", name, address, "8080"]));
        command.stdin(output);
        Self { program: Simulator::spawn(command), input, taken: 0, label: String::new() }
    }

    fn announced(machine: &Machine, address: &str, name: &str) -> Self {
        let mut board = Self::start(machine, address, name);
        board.wait();
        board
    }

    /// Waits until it is announced.
    fn wait(&mut self) {
        loop {
            let line = self.program.line();
            if let Some(rest) = line.strip_prefix("announced ") {
                rest.split('.').next().expect("a split has a first part").clone_into(&mut self.label);
                return;
            }
            assert!(line.starts_with("taken, "), "{line}");
            self.taken += 1;
        }
    }

    /// Says goodbye.
    fn stop(self) -> Finished {
        drop(self.input);
        self.program.finish()
    }
}

/// A browser on a machine; killed when dropped.
struct Search(Simulator);

impl Search {
    fn start(machine: &Machine, address: &str) -> Self {
        Self(Simulator::spawn(machine.command(Command::new(example()).args(["browse", address]))))
    }

    /// The address, the part and the name of the next server that it finds.
    fn found(&mut self) -> [String; 3] {
        let line = self.0.line();
        let words: Vec<_> = line.splitn(4, ' ').map(str::to_owned).collect();
        let [_, found @ ..] = <[String; 4]>::try_from(words).expect("four words");
        found
    }
}

/// The example's program. Only cargo knows where it is, and only a build makes sure that it is up to date.
fn example() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.args(["build", "--quiet", "--example", "mdns_std", "--message-format=json-render-diagnostics"]);
        let output = command.stderr(Stdio::inherit()).output().expect("cargo runs");
        assert!(output.status.success(), "the example does not build: {command:?}");
        let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
        let executable = |line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let is_example = message["target"]["name"] == "mdns_std";
            message["executable"].as_str().filter(|_| is_example).map(PathBuf::from)
        };
        messages.lines().find_map(executable).expect("cargo names the program that it built")
    })
}

const HERE: &str = "10.77.0.1";
const THERE: &str = "10.77.0.2";

// DSC-1, DSC-2, DSC-7
#[test]
fn avahi_finds_a_responder_until_its_goodbye() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    // The first board is announced before the search, the second one behind it.
    let _first = Board::announced(&here, HERE, "Cellar");
    let mut search = Simulator::spawn(Avahi::command(&there, "avahi-browse --parsable _rgb._tcp"));
    assert_eq!(search.line(), "+;net0;IPv4;cellar;_rgb._tcp;local");
    let board = Board::announced(&here, HERE, "Attic_1");
    assert_eq!(search.line(), "+;net0;IPv4;attic-1;_rgb._tcp;local");

    let seen = avahi.run("avahi-browse --resolve --parsable --terminate _rgb._tcp");
    let resolved = seen.lines().find(|line| line.starts_with("=;net0;IPv4;attic-1;")).expect("it is resolved");
    // Avahi prints the last of the text's strings first.
    let said = format!(r#""version={}" "role=server" "name=Attic_1" "txtvers=1""#, env!("CARGO_PKG_VERSION"));
    assert_eq!(resolved, format!("=;net0;IPv4;attic-1;_rgb._tcp;local;attic-1.local;{HERE};8080;{said}"));
    assert_eq!(avahi.run("avahi-resolve -4 -n attic-1.local").trim(), format!("attic-1.local\t{HERE}"));
    // It has no address of the other family, and says so: nobody waits for one.
    let (answer, elapsed) = timed(|| avahi.run("avahi-resolve -6 -n attic-1.local"));
    assert!(answer.is_empty() && elapsed < Duration::from_secs(20), "{answer:?}, {elapsed:?}");

    let end = board.stop();
    assert_eq!((end.code, end.lines.last().map(String::as_str)), (Some(0), Some("taken back")), "{end:#?}");
    assert_eq!(search.line(), "-;net0;IPv4;attic-1;_rgb._tcp;local");
    assert!(avahi.run("avahi-browse -pt _rgb._tcp").contains("cellar"), "the other one is still there");
}

// DSC-4
#[test]
fn a_responder_gives_way_to_a_name_that_avahi_has() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    // A service, an address, and the machine's own name.
    let _service = avahi.publish("attic _rgb._tcp 8080");
    let _address = avahi.publish_address(&format!("cellar.local {THERE}"));
    eventually("avahi has published the service", || avahi.run("avahi-browse -pt _rgb._tcp").contains("attic"));
    eventually("avahi has published the address", || avahi.run("avahi-resolve -n cellar.local").contains(THERE));
    for name in ["attic", "cellar", "foreign"] {
        let board = Board::announced(&here, HERE, name);
        assert_eq!((board.label, board.taken), (format!("{name}-2"), 1));
    }
}

// DSC-4
#[test]
fn avahi_gives_way_to_a_name_that_a_responder_has() {
    let Some([here, there]) = Machine::pair() else { return };
    let attic = Board::announced(&here, HERE, "attic");
    // The machine's name, which avahi would have.
    let foreign = Board::announced(&here, HERE, "foreign");
    let Some(avahi) = Avahi::start(&there) else { return };
    eventually("avahi takes another name", || avahi.run("avahi-resolve -n foreign-2.local").contains(THERE));
    let _service = avahi.publish("attic _rgb._tcp 8081");
    eventually("avahi's service takes another name", || {
        avahi
            .run("avahi-browse -prt _rgb._tcp")
            .contains(r";attic\032\0352;_rgb._tcp;local;foreign-2.local;10.77.0.2;8081;")
    });
    assert_eq!(avahi.run("avahi-resolve -n foreign.local").trim(), format!("foreign.local\t{HERE}"));
    for board in [attic, foreign] {
        let end = board.stop();
        assert_eq!(end.lines.len(), 2, "it was disturbed: {end:#?}");
    }
}

// DSC-4
#[test]
fn a_responder_and_avahi_that_start_together_end_with_two_names() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    for name in ["attic", "cellar", "hall"] {
        let service = avahi.publish(&format!("{name} _rgb._tcp 8081"));
        let mut board = Board::start(&here, HERE, name);
        board.wait();
        let expected = if board.taken > 0 {
            [
                format!(";{name}-2;_rgb._tcp;local;{name}-2.local;{HERE};8080;"),
                format!(";{name};_rgb._tcp;local;foreign.local;"),
            ]
        } else {
            let other = format!(r";{name}\032\0352;_rgb._tcp;local;foreign.local;{THERE};8081;");
            [format!(";{name};_rgb._tcp;local;{name}.local;{HERE};8080;"), other]
        };
        eventually("both are there", || {
            let seen = avahi.run("avahi-browse -prt _rgb._tcp");
            expected.iter().all(|service| seen.contains(service))
        });
        assert_eq!(board.stop().code, Some(0));
        drop(service);
        eventually("both are gone", || avahi.run("avahi-browse -pt _rgb._tcp").is_empty());
    }
}

// DSC-2
#[test]
fn a_browser_finds_what_avahi_publishes() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    // One is there already, and nothing but what DSC-2 asks for is known of the other.
    let _whole = avahi.publish("lamp(1.5) _rgb._tcp 8080 txtvers=1 role=both name=Lamp");
    eventually("avahi has published", || avahi.run("avahi-browse -pt _rgb._tcp").contains("lamp"));
    let mut search = Search::start(&here, HERE);
    assert_eq!(search.found(), [&format!("{THERE}:8080"), "both", "Lamp"]);
    let bare = avahi.publish("bare _rgb._tcp 8081");
    assert_eq!(search.found(), [&format!("{THERE}:8081"), "server", "bare"]);
    // Gone and back, it is found again; a client is nobody's server.
    drop(bare);
    eventually("avahi has taken it back", || !avahi.run("avahi-browse -pt _rgb._tcp").contains("bare"));
    let _client = avahi.publish("asks _rgb._tcp 8082 role=client");
    eventually("avahi has published", || avahi.run("avahi-browse -pt _rgb._tcp").contains("asks"));
    let _back = avahi.publish("bare _rgb._tcp 8083");
    assert_eq!(search.found(), [&format!("{THERE}:8083"), "server", "bare"]);
}

// DSC-1, DSC-2
#[test]
fn a_browser_finds_the_simulators_server_and_a_responder() {
    let Some([here, there]) = Machine::pair() else { return };
    let _server = announced(&there, "--bind 0.0.0.0:8080 --interface net0 --name Hall");
    let mut search = Search::start(&here, HERE);
    assert_eq!(search.found(), [&format!("{THERE}:8080"), "server", "Hall"]);
    // On its own machine.
    let _board = Board::announced(&here, HERE, "attic");
    assert_eq!(search.found(), [&format!("{HERE}:8080"), "server", "attic"]);
}

// DSC-1, DSC-2, DSC-7
#[test]
fn the_simulator_finds_a_responder_until_its_goodbye() {
    let Some([here, there]) = Machine::pair() else { return };
    let board = Board::announced(&here, HERE, "Attic_1");
    let mut search = there.rgb_sim("discover --for 1day --json --interface net0");
    let found = search.event_of("discovered");
    assert_eq!((text(&found, "name"), text(&found, "host")), ("Attic_1", "attic-1.local"));
    assert_eq!((text(&found, "addr"), text(&found, "role")), ("10.77.0.1:8080", "server"));
    assert_eq!(board.stop().code, Some(0));
    assert_eq!(search.event_of("gone")["service"], found["service"]);
}

// DSC-4
#[test]
fn of_a_responder_and_the_simulators_server_the_first_keeps_the_name() {
    let Some([here, there]) = Machine::pair() else { return };
    let first = Board::announced(&here, HERE, "attic");
    let (_server, event) = announced(&there, "--bind 0.0.0.0:8081 --interface net0 --name attic");
    assert_eq!((text(&event, "host"), text(&event, "taken")), ("attic-2.local", "attic.local"));
    let third = Board::announced(&there, THERE, "attic");
    assert_eq!((&*third.label, third.taken), ("attic-3", 2));
    discovered(&there, "--interface net0", 3);
    assert_eq!(first.stop().lines.len(), 2, "it was not disturbed");
}

// DSC-1
#[test]
fn dig_is_answered() {
    let Some([here, there]) = Machine::pair() else { return };
    if Command::new("dig").arg("-v").output().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        eprintln!("SKIPPED: dig is not installed");
        return;
    }
    let _board = Board::announced(&here, HERE, "attic");
    let dig = |args: &str| {
        let mut command = Command::new("dig");
        // What it sends to all it wants answered by all, so it asks the board alone.
        command.arg(format!("@{HERE}")).args(["-p", "5353"]).args(args.split(' '));
        let output = there.command(&command).output().expect("dig runs");
        String::from_utf8(output.stdout).expect("dig prints UTF-8").trim().to_owned()
    };
    assert_eq!(dig("+short attic.local A"), HERE);
    assert_eq!(dig("+short +noedns +norecurse ATTIC.local A"), HERE);
    assert_eq!(dig("+short _rgb._tcp.local PTR"), "attic._rgb._tcp.local.");
    assert_eq!(dig("+short attic._rgb._tcp.local SRV"), "0 0 8080 attic.local.");
    let text = format!(r#""txtvers=1" "name=attic" "role=server" "version={}""#, env!("CARGO_PKG_VERSION"));
    assert_eq!(dig("+short attic._rgb._tcp.local TXT"), text);
    let whole = dig("attic.local A");
    assert!(whole.contains("flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1"), "{whole}");
    let mut lines = whole.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert!(lines.any(|words| words == ["attic.local.", "10", "IN", "NSEC", "attic.local.", "A"]), "{whole}");
}

// DSC-1. RFC 6762, section 6.7: from a port of its own, as resolvers of unicast DNS ask.
#[test]
fn who_asks_all_from_a_port_of_its_own_is_answered_alone() {
    const ASK: &str = r"
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('10.77.0.2'))
s.settimeout(20)
question = b'\x05attic\x05local\x00\x00\x01\x00\x01'
s.sendto(b'\x12\x67\x01\x00\x00\x01' + bytes(6) + question, ('224.0.0.251', 5353))
answer, (address, port) = s.recvfrom(1500)
print(address, port, answer[:12].hex(), answer[12:12 + len(question)] == question, answer[12 + len(question):].hex())
";
    let Some([here, there]) = Machine::pair() else { return };
    let _board = Board::announced(&here, HERE, "attic");
    let mut python = Command::new("python3");
    let output = there.command(python.args(["-c", ASK])).output().expect("nsenter runs where unshare does");
    if String::from_utf8_lossy(&output.stderr).contains("No such file") {
        eprintln!("SKIPPED: python3 is not installed");
        return;
    }
    let printed = String::from_utf8(output.stdout).expect("python prints UTF-8");
    let words: Vec<_> = printed.split_whitespace().collect();
    assert_eq!(words[..4], [HERE, "5353", "126784000001000100000001", "True"], "its number and its question again");
    assert!(words[4].starts_with("c00c000100010000000a00040a4d0001"), "the address, for ten seconds: {printed}");
}
