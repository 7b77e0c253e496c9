//! Programs of this computer reach an emulated board.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use harness::{Firmware, PATIENCE, Simulator, eventually};
use serde_json::Value;

fn ask(addr: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

pub(crate) fn a_forwarded_port_leads_to_the_emulated_board(firmware: &Firmware) {
    assert_leads_to_the_server(firmware, "");
}

/// As with firmware of others. Nothing is written to that UART.
pub(crate) fn a_board_is_reached_that_does_not_say_its_address(firmware: &Firmware) {
    assert_leads_to_the_server(firmware, "--serial uart1");
}

fn assert_leads_to_the_server(firmware: &Firmware, args: &str) {
    let path = firmware.path().display();
    let mut run = Simulator::start(&format!("emulate --server {path} --client {path} --forward 0:80 --json {args}"));
    let listening = run.event_of("listening");
    assert_eq!(listening["board"], "server");
    let addr = listening["addr"].as_str().expect("an address").parse().expect("an address");
    let mut status = String::new();
    eventually("the board has an address and answers", || {
        ask(addr, "GET /status HTTP/1.1\r\nHost: board\r\n\r\n").is_ok_and(|reply| {
            status = reply;
            status.contains("\r\n\r\n")
        })
    });
    let (_, body) = status.split_once("\r\n\r\n").expect("a head and a body");
    let status: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((&status["name"], &status["role"]), (&"server".into(), &"server".into()));
    drop(run.stop());
}
