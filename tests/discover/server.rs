//! What a server announces, and where.

use harness::bad_client::ask;
use harness::{Machine, Simulator, rgb_sim};

use super::{announced, discovered, is_empty, text};

// DSC-1
#[test]
fn a_server_on_all_addresses_is_announced_with_those_of_each_network() {
    let Some([here, there]) = Machine::pair() else { return };
    let (_server, event) = announced(&here, "--bind 0.0.0.0:8080");
    assert_eq!((text(&event, "host"), &event["taken"]), ("rgb-server.local", &serde_json::Value::Null));
    let seen =
        |machine, args| discovered(machine, args, 1).iter().map(|board| text(board, "addr").to_owned()).collect();
    let from_there: Vec<String> = seen(&there, "");
    assert_eq!(from_there, ["10.77.0.1:8080"]);
    let by_loopback: Vec<String> = seen(&here, "--interface 127.0.0.1");
    assert_eq!(by_loopback, ["127.0.0.1:8080"]);
}

// DSC-1
#[test]
fn a_server_on_one_address_is_announced_with_that_one_alone() {
    let Some([here, there]) = Machine::pair() else { return };
    let (_near, _) = announced(&here, "--bind 127.0.0.1:8080 --name near");
    let (_far, _) = announced(&here, "--bind 10.77.0.1:8080 --name far");
    assert_eq!(discovered(&here, "--interface lo", 1)[0]["name"], "near");
    assert_eq!(discovered(&there, "", 1)[0]["name"], "far");
    let addrs = discovered(&here, "", 2).iter().map(|board| text(board, "addr").to_owned()).collect::<Vec<_>>();
    assert_eq!(addrs, ["10.77.0.1:8080", "127.0.0.1:8080"]);
}

#[test]
fn a_server_is_announced_on_the_interface_asked_for_alone() {
    let Some([here, there]) = Machine::pair() else { return };
    let (_server, _) = announced(&here, "--bind 0.0.0.0:8080 --interface net0");
    discovered(&there, "", 1);
    assert!(is_empty(&here, "--interface lo"));
}

#[test]
fn a_server_need_not_be_announced() {
    let Some(machine) = Machine::alone() else { return };
    let mut server = machine.rgb_sim("server --bind 127.0.0.1:0 --no-announce --json");
    server.event_of("listening");
    assert!(is_empty(&machine, ""));
    assert!(server.stop().events_of("announced").is_empty());
}

#[test]
fn a_server_that_cannot_be_announced_says_so_and_serves() {
    let (mut server, addr) = Simulator::listening(rgb_sim("server --bind 127.0.0.1:0 --interface nosuch0 --json"));
    let notice = server.event_of("notice");
    assert_eq!(notice["kind"], "not_announced");
    let message = text(&notice, "message");
    assert!(message.contains("the network interface nosuch0") && message.contains("--server"), "{message}");
    assert!(!ask(addr, "GET Data").is_empty());
    assert_eq!(server.stop().code, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_that_another_program_keeps_for_itself_is_no_failure() {
    let Some(machine) = Machine::alone() else { return };
    let keep = "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 5353)); \
                print('kept', flush=True); sys.stdin.read()";
    let mut python = std::process::Command::new("python3");
    let mut keeper = machine.command(python.args(["-c", keep]));
    keeper.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let Ok(mut child) = keeper.spawn() else { return };
    let mut stdout = std::io::BufReader::new(child.stdout.take().expect("stdout is piped"));
    let _keeper = harness::Process::new(child);
    let mut line = String::new();
    if std::io::BufRead::read_line(&mut stdout, &mut line).is_err() || line != "kept\n" {
        eprintln!("SKIPPED: python3 is not installed");
        return;
    }
    let mut server = machine.rgb_sim("server --bind 127.0.0.1:0 --json");
    let notice = server.event_of("notice");
    assert!(text(&notice, "message").contains("UDP port 5353"), "{notice}");
    assert_eq!(server.stop().code, Some(0));
    let search = machine.rgb_sim("discover").finish();
    assert_eq!(search.code, Some(2));
    assert!(search.stderr.contains("UDP port 5353"), "{}", search.stderr);
}
