//! Programs of this computer reach boards of a scenario.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use harness::{PATIENCE, Simulator, eventually};
use serde_json::Value;

fn ask(addr: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

#[test]
fn a_forwarded_port_leads_to_the_board() {
    let mut run = Simulator::start("scenario run two-boards --forward 0:server:80 --json");
    let addr = run.event_of("listening")["addr"].as_str().expect("an address").parse().expect("an address");
    let mut reply = String::new();
    eventually("the board has an address and answers", || {
        ask(addr, "GET Data").is_ok_and(|color| {
            reply = color;
            !reply.is_empty()
        })
    });
    let numbers: Vec<u8> = reply.split(',').map(|number| number.parse().expect("a number")).collect();
    assert_eq!(numbers.len(), 3, "{reply}");
    let status = ask(addr, "GET /status HTTP/1.1\r\nHost: board\r\n\r\n").expect("it answers");
    let (_, body) = status.split_once("\r\n\r\n").expect("a head and a body");
    let status: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((&status["name"], &status["role"]), (&"server".into(), &"server".into()));
    assert_eq!(run.stop().code, Some(1));
}
