//! The tutorial's programs, other programs, and the simulator.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use embassy_time::{Duration, Timer};
use pico_fw::led::Indication;
use pico_fw::source::Sweep;
use rgb_proto::Rgb;
use rgb_sim::{Script, ServerBoard, ServerBoardConfig};

use crate::lab::{Lab, Segment, end, read_to_end, write};

// SRV-2
#[test]
fn the_tutorials_client_gets_the_whole_reply_with_its_one_read() {
    let lab = Lab::new();
    let (_, address) = lab.server(|| Rgb::new(255, 254, 253));
    let laptop = lab.computer(50);
    lab.ethernet.take_frames();
    lab.run(async {
        let mut socket = laptop.connect(address, 80).await.unwrap();
        socket.write(b"GET Data").await.unwrap();
        let mut buffer = [0; 512];
        let len = socket.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..len], b"255,254,253");
        end(socket).await;
    });
    let segments = Segment::all(&lab.ethernet.take_frames());
    let from_server = segments.iter().filter(|segment| segment.from == 80);
    let with_data_or_end: Vec<_> = from_server.filter(|segment| segment.fin || !segment.payload.is_empty()).collect();
    let [reply] = with_data_or_end[..] else { panic!("more than one segment: {with_data_or_end:?}") };
    assert_eq!(reply.payload, b"255,254,253");
    assert!(reply.fin, "the end of the stream is in the reply's segment");
}

// REQ-2, END-1
#[test]
fn the_tutorials_server_is_understood() {
    let lab = Lab::new();
    let laptop = lab.computer(50);
    lab.spawn(async move {
        let mut socket = laptop.socket();
        loop {
            socket.accept(80).await.unwrap();
            let mut buffer = [0; 1024];
            let len = socket.read(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..len], b"GET Data kitchen\n");
            write(&mut socket, b"0,10,200").await;
            socket.close();
            // MicroPython closes both sides at once.
            let _ = socket.flush().await;
            socket.abort();
            let _ = socket.flush().await;
        }
    });
    let client = lab.pico("name=kitchen;role=client;server=192.168.1.50", Sweep::new());
    lab.run_for(Duration::from_secs(10));
    assert!(client.said("Received: 0,10,200") > 35, "{:?}", client.lines());
    assert_eq!(client.lines().iter().filter(|line| line.starts_with("no colour")).count(), 0);
}

// CLI-3
#[test]
fn a_reply_in_single_bytes_is_taken() {
    let lab = Lab::new();
    let laptop = lab.computer(50);
    lab.spawn(async move {
        let mut socket = laptop.socket();
        loop {
            socket.accept(80).await.unwrap();
            socket.read(&mut [0; 1024]).await.unwrap();
            for byte in b"10,20,30" {
                write(&mut socket, &[*byte]).await;
                Timer::after_millis(20).await;
            }
            socket.close();
            read_to_end(&mut socket).await;
            socket.flush().await.unwrap();
        }
    });
    let client = lab.pico("role=client;server=192.168.1.50", Sweep::new());
    lab.run_until(Duration::from_secs(5), "a colour", || client.board.color() == Some(Rgb::new(10, 20, 30)));
}

// CLI-4, ERR-2
#[test]
fn servers_that_send_no_colour_are_named_for_what_they_do() {
    let lab = Lab::new();
    let laptop = lab.computer(50);
    lab.spawn(async move {
        let mut socket = laptop.socket();
        let replies: [Option<&[u8]>; 4] = [Some(b"1,2,256"), Some(b""), Some(b"1,2,3\n"), None];
        for reply in replies.into_iter().cycle() {
            socket.accept(80).await.unwrap();
            let _ = socket.read(&mut [0; 1024]).await;
            match reply {
                Some(reply) => {
                    write(&mut socket, reply).await;
                    socket.close();
                    let _ = socket.read(&mut [0; 16]).await;
                }
                // Never answers.
                None => Timer::after_secs(1).await,
            }
            socket.abort();
            let _ = socket.flush().await;
        }
    });
    let client = lab.pico("role=client;server=192.168.1.50", Sweep::new());
    lab.run_for(Duration::from_secs(40));
    for line in [
        "no colour: the server's reply is not a colour: the blue number, at byte 4, is above 255",
        "no colour: the server closed the connection without a reply",
        "no colour: time-out: connected and asked, but no reply came",
    ] {
        assert!(client.said(line) > 0, "{line}: {:?}", client.lines());
    }
    assert_eq!(client.board.indication(), Indication::Failing);
    // STA-5: all of these are signs of life.
    assert_eq!(lab.calls(), ["join"]);
}

// SRV-3
#[test]
fn a_client_that_ends_its_side_at_once_gets_its_reply() {
    let lab = Lab::new();
    let (server, address) = lab.server(|| Rgb::new(1, 2, 3));
    let laptop = lab.computer(50);
    lab.ethernet.take_frames();
    lab.run(async {
        let mut socket = laptop.connect(address, 80).await.unwrap();
        write(&mut socket, b"GET Data").await;
        socket.close();
        assert_eq!(read_to_end(&mut socket).await, b"1,2,3");
        Timer::after_millis(50).await;
    });
    assert!(Segment::all(&lab.ethernet.take_frames()).iter().all(|segment| !segment.rst));
    assert_eq!(server.said("Sent: 1,2,3"), 1);
}

/// The firmware's server and the simulator's give the same bytes for the same bytes.
#[test]
fn the_simulators_server_answers_alike() {
    let requests: [&[u8]; 14] = [
        b"GET Data",
        b"GET Data kitchen\n",
        b"GET Data kitchen",
        b"GET Data living room\n",
        b"GE",
        b"anything else",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: board\r\n\r\n",
        b"GET /color HTTP/1.0\n\n",
        b"HEAD / HTTP/1.1\r\n\r\n",
        b"GET /favicon.ico HTTP/1.1\r\nAccept: text/html\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"GET / HTTP/2.0\r\n\r\n",
        &[b'x'; 5000],
    ];
    let color = Rgb::new(255, 0, 7);
    let lab = Lab::new();
    let (_, address) = lab.server(move || color);
    let laptop = lab.computer(50);
    let simulated =
        ServerBoard::start(ServerBoardConfig { source: Box::new(Script::fixed(color)), ..Default::default() }).unwrap();
    for request in requests {
        let firmware = lab.run(laptop.ask(address, request));
        let mut stream = TcpStream::connect(simulated.addr()).unwrap();
        stream.write_all(request).unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        let _ = stream.shutdown(Shutdown::Both);
        assert!(!response.is_empty());
        assert_eq!(
            String::from_utf8_lossy(&firmware),
            String::from_utf8_lossy(&response),
            "to {}",
            request.escape_ascii()
        );
    }
}
