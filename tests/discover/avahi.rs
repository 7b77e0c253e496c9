//! Avahi, an independent multicast DNS, with our boards. Without it these tests say so and are skipped.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::{Machine, Process, eventually};

use super::{announced, discovered, text};

const BUS: &str = r#"<busconfig>
  <listen>unix:path=/run/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
  </policy>
</busconfig>
"#;

const AVAHI: &str = "\
[server]
host-name=foreign
use-ipv6=no
[publish]
publish-workstation=no
publish-hinfo=no
";

/// Avahi's daemon on a machine; stopped when dropped.
pub(super) struct Avahi<'a> {
    machine: &'a Machine,
    _daemons: [Process; 2],
    _configuration: Configuration,
}

/// A directory of a test's own, removed when dropped.
struct Configuration(PathBuf);

impl Configuration {
    fn write() -> Self {
        let directory = std::env::temp_dir().join(format!("rgb-boards-avahi-{}", process_and_thread()));
        std::fs::create_dir_all(&directory).expect("temporary files can be written");
        std::fs::write(directory.join("bus.conf"), BUS).expect("temporary files can be written");
        std::fs::write(directory.join("avahi.conf"), AVAHI).expect("temporary files can be written");
        Self(directory)
    }
}

impl Drop for Configuration {
    fn drop(&mut self) {
        // Nobody needs it any more, and the system cleans up as well.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn process_and_thread() -> String {
    format!("{}-{:?}", std::process::id(), std::thread::current().id()).replace(['(', ')'], "")
}

impl<'a> Avahi<'a> {
    pub(super) fn start(machine: &'a Machine) -> Option<Self> {
        for program in ["dbus-daemon", "avahi-daemon", "avahi-browse"] {
            if Command::new(program).arg("--version").output().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
                eprintln!("SKIPPED: {program} is not installed");
                return None;
            }
        }
        let configuration = Configuration::write();
        let file = |name: &str| configuration.0.join(name).display().to_string();
        let bus = Self::spawn(machine, &format!("dbus-daemon --nofork --nopidfile --config-file={}", file("bus.conf")));
        let avahi = format!("avahi-daemon --no-drop-root --no-rlimits --no-chroot --file={}", file("avahi.conf"));
        let is_there = |path: &str| machine.command(Command::new("test").args(["-S", path])).status();
        eventually("the bus listens", || is_there("/run/bus").is_ok_and(|status| status.success()));
        let daemon = Self::spawn(machine, &avahi);
        let avahi = Self { machine, _daemons: [daemon, bus], _configuration: configuration };
        eventually("avahi answers", || avahi.run("avahi-resolve -n foreign.local").contains("10.77."));
        Some(avahi)
    }

    fn spawn(machine: &Machine, command: &str) -> Process {
        Process::new(Self::command(machine, command).spawn().expect("the program runs"))
    }

    /// A command, its words separated by spaces, that knows the machine's bus.
    pub(super) fn command(machine: &Machine, command: &str) -> Command {
        let mut words = command.split(' ');
        let mut inside = Command::new(words.next().expect("a command has a name"));
        inside.args(words).env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/bus");
        let mut inside = machine.command(&inside);
        inside.stdout(Stdio::null()).stderr(Stdio::null());
        inside
    }

    /// What a command prints.
    pub(super) fn run(&self, command: &str) -> String {
        // Where a service goes while it is resolved, avahi-browse never ends.
        let mut command = Self::command(self.machine, &format!("timeout 20 {command}"));
        let output = command.stdout(Stdio::piped()).output().expect("the program runs");
        String::from_utf8(output.stdout).expect("avahi prints UTF-8")
    }

    /// Publishes another name with an address, until it is dropped.
    pub(super) fn publish_address(&self, address: &str) -> Process {
        Self::spawn(self.machine, &format!("avahi-publish --no-reverse -a {address}"))
    }

    /// Publishes until it is dropped.
    pub(super) fn publish(&self, service: &str) -> Process {
        Self::spawn(self.machine, &format!("avahi-publish -s {service}"))
    }
}

// DSC-1, DSC-2, DSC-7
#[test]
fn avahi_finds_our_server_until_it_stops() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    let (server, _) = announced(&here, "--bind 0.0.0.0:8080 --name Attic");
    let mut seen = String::new();
    eventually("avahi has found the service", || {
        seen = avahi.run("avahi-browse --resolve --parsable --terminate _rgb._tcp");
        seen.contains("\n=;")
    });
    let resolved = seen.lines().find(|line| line.starts_with('=')).unwrap();
    assert!(resolved.starts_with("=;net0;IPv4;attic;_rgb._tcp;local;attic.local;10.77.0.1;8080;"), "{resolved}");
    // Avahi prints the last of these first.
    let said = format!(r#""version={}" "role=server" "name=Attic" "txtvers=1""#, env!("CARGO_PKG_VERSION"));
    assert!(resolved.ends_with(&said), "{resolved}");
    assert_eq!(avahi.run("avahi-resolve -n attic.local").trim(), "attic.local\t10.77.0.1");
    assert_eq!(server.stop().code, Some(0));
    eventually("avahi has heard the goodbye", || avahi.run("avahi-browse -pt _rgb._tcp").is_empty());
}

// DSC-2
#[test]
fn we_find_what_avahi_publishes() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    let mut search = here.rgb_sim("discover --for 1day --json");
    let published = avahi.publish("lamp(1.5) _rgb._tcp 8080 txtvers=1 role=both else=x");
    let board = search.event_of("discovered");
    assert_eq!((text(&board, "name"), text(&board, "addr")), ("lamp(1.5)", "10.77.0.2:8080"));
    assert_eq!((text(&board, "role"), text(&board, "host")), ("both", "foreign.local"));
    assert!(board["version"].is_null() && board["latency_us"].is_null(), "nobody serves there: {board}");
    drop(published);
    assert_eq!(search.event_of("gone")["service"], board["service"]);
}

// DSC-5, DSC-6
#[test]
fn a_client_uses_what_avahi_publishes_and_keeps_it_while_it_works() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    let mut server = there.rgb_sim("server --bind 0.0.0.0:8080 --no-announce --source fixed:1,2,3 --json");
    server.event_of("listening");
    let published = avahi.publish("lamp _rgb._tcp 8080");
    let mut clients =
        ["", "--server foreign.local:8080"].map(|args| here.rgb_sim(&format!("client --timeout 10s --json {args}")));
    for client in &mut clients {
        client.event_of("exchange");
    }
    // Nobody knows of the server any more, but it is still there.
    drop((published, avahi));
    for mut client in clients {
        client.events_of("exchange", 10);
        let end = client.stop();
        assert_eq!(end.code, Some(0), "{end:#?}");
    }
}

// DSC-4
#[test]
fn our_server_gives_way_to_a_name_that_avahi_has() {
    let Some([here, there]) = Machine::pair() else { return };
    let Some(avahi) = Avahi::start(&there) else { return };
    let _published = avahi.publish("rgb-server _rgb._tcp 8080");
    eventually("avahi has published", || avahi.run("avahi-browse -pt _rgb._tcp").contains("rgb-server"));
    let (_server, event) = announced(&here, "--bind 0.0.0.0:8080");
    assert_eq!((text(&event, "host"), text(&event, "taken")), ("rgb-server-2.local", "rgb-server.local"));
    // The name of a host, without a service, is another one's as well.
    let (_server, event) = announced(&here, "--bind 10.77.0.1:8081 --name foreign");
    assert_eq!((text(&event, "host"), text(&event, "taken")), ("foreign-2.local", "foreign.local"));
    discovered(&here, "--interface net0", 3);
}
