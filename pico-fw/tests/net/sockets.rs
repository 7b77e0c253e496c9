//! A server's sockets come back, whatever clients do.

use embassy_net::Ipv4Address;
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_time::{Duration, Instant, Timer};
use pico_fw::server::SERVERS;
use pico_fw::source::{Random, Source, Sweep};

use crate::lab::{Computer, Lab, write};

async fn connect_all(laptop: Computer, address: Ipv4Address) -> Vec<TcpSocket<'static>> {
    let mut sockets = Vec::new();
    for _ in 0..SERVERS {
        sockets.push(laptop.connect(address, 80).await.expect("a socket listens"));
    }
    sockets
}

/// All sockets take a connection at one time, and answer.
async fn all_listen(laptop: Computer, address: Ipv4Address) {
    for mut socket in connect_all(laptop, address).await {
        write(&mut socket, b"GET Data").await;
        let mut reply = [0; 16];
        assert!(socket.read(&mut reply).await.expect("the board answers") >= 5);
        socket.close();
        socket.flush().await.expect("the board ends its side");
    }
    Timer::after_millis(50).await;
}

// SRV-4, SRV-5
#[test]
fn silent_clients_hold_sockets_no_longer_than_an_exchange_may_take() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    lab.run(async {
        let silent = connect_all(laptop, address).await;
        let started = Instant::now();
        // More than there are sockets for: refused, not left waiting.
        assert_eq!(laptop.connect(address, 80).await.err(), Some(ConnectError::ConnectionReset));
        Timer::at(started + Duration::from_millis(4_900)).await;
        assert_eq!(laptop.connect(address, 80).await.err(), Some(ConnectError::ConnectionReset));
        Timer::at(started + Duration::from_millis(5_100)).await;
        all_listen(laptop, address).await;
        drop(silent);
    });
    assert_eq!(server.said("connection closed: the client took longer than one exchange may"), SERVERS);
}

#[test]
fn every_way_to_leave_gives_the_socket_back() {
    let lab = Lab::new();
    let (_, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    lab.run(async {
        for round in 0..3 {
            // Connects and closes without a word.
            for mut socket in connect_all(laptop, address).await {
                socket.close();
                socket.flush().await.unwrap();
            }
            Timer::after_millis(50).await;
            all_listen(laptop, address).await;
            // Resets, with and without a request.
            for mut socket in connect_all(laptop, address).await {
                if round == 1 {
                    write(&mut socket, b"GET Data").await;
                }
                socket.abort();
                socket.flush().await.unwrap();
            }
            Timer::after_millis(50).await;
            all_listen(laptop, address).await;
            // Reads the reply and never closes: FIN-WAIT-2 at the board.
            let mut open = connect_all(laptop, address).await;
            for socket in &mut open {
                write(socket, b"GET Data").await;
            }
            Timer::after_millis(1_100).await;
            all_listen(laptop, address).await;
            drop(open);
            // Ends its side with the request: CLOSE-WAIT at the board.
            let mut half_closed = connect_all(laptop, address).await;
            for socket in &mut half_closed {
                write(socket, b"GET Data").await;
                socket.close();
            }
            Timer::after_millis(50).await;
            drop(half_closed);
            all_listen(laptop, address).await;
            // Sends more than anybody reads.
            for mut socket in connect_all(laptop, address).await {
                write(&mut socket, &[b'x'; 4000]).await;
                socket.abort();
                socket.flush().await.unwrap();
            }
            Timer::after_millis(50).await;
            all_listen(laptop, address).await;
        }
    });
}

#[test]
fn clients_that_vanish_leave_no_socket_behind() {
    let lab = Lab::new();
    let (_, address) = lab.server(Sweep::new());
    let (gone, laptop) = (lab.computer(50), lab.computer(51));
    let held = lab.run(async {
        let mut held = connect_all(gone, address).await;
        write(&mut held[0], b"GET / HTTP/1.1\r\n").await;
        write(&mut held[1], b"GET Data").await;
        held
    });
    lab.ethernet.set_dead(gone.port, true);
    lab.run_for(Duration::from_millis(5_200));
    lab.run(all_listen(laptop, address));
    drop(held);
}

#[test]
fn a_network_that_goes_away_ends_what_is_open() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    let held = lab.run(connect_all(laptop, address));
    lab.run_for(Duration::from_millis(10));
    lab.ethernet.set_link(server.port, false);
    lab.run_for(Duration::from_millis(500));
    assert_eq!(server.said("connection closed: the client broke the connection off"), SERVERS);
    lab.run_until(Duration::from_secs(10), "the network again", || server.said("ip = 192.168.1.100") == 2);
    drop(held);
    lab.run(all_listen(laptop, address));
}

#[test]
fn a_server_that_nobody_asked_for_long_still_answers() {
    let lab = Lab::new();
    let (_, address) = lab.server(Sweep::new());
    let laptop = lab.computer(50);
    for _ in 0..2 {
        lab.run_for(Duration::from_secs(300));
        lab.run(all_listen(laptop, address));
    }
}

/// Whatever is lost on the way, each colour that arrives is one that was sent, and afterwards all is as before.
#[test]
fn lost_frames_cost_exchanges_but_neither_colours_nor_sockets() {
    let lab = Lab::new();
    let (server, address) = lab.server(Random::new(3));
    let laptop = lab.computer(50);
    let client = lab.pico(&format!("name=kitchen;role=client;server={address}"), Sweep::new());
    lab.run_until(Duration::from_secs(5), "the first colour", || client.board.color().is_some());
    for (percent, least) in [(5, 60), (15, 15), (40, 0)] {
        lab.ethernet.set_loss(percent);
        let before = client.colors("Received:").len();
        lab.run_for(Duration::from_secs(60));
        assert!(client.colors("Received:").len() >= before + least, "at {percent} %: {:?}", client.lines());
    }
    lab.ethernet.set_loss(0);
    lab.run_for(Duration::from_secs(20));
    let mut stream = Random::new(3).stream_for(client.board.settings().name()).unwrap();
    let mut sent = std::iter::from_fn(|| Some(stream.next_color())).take(10_000);
    assert!(client.colors("Received:").into_iter().all(|color| sent.any(|other| other == color)));
    assert!(server.board.address().is_some());
    let before = client.colors("Received:").len();
    lab.run_for(Duration::from_secs(10));
    assert!(client.colors("Received:").len() >= before + 49);
    // Between two of the client's exchanges.
    lab.run_for(Duration::from_millis(20));
    lab.run(all_listen(laptop, address));
}

/// As many boards as a class has, each asking five times a second. A board that finds all sockets busy is refused and comes
/// again.
#[test]
fn a_crowd_of_clients_is_served() {
    let lab = Lab::new();
    let (server, address) = lab.server(Sweep::new());
    let clients: Vec<_> = (0..12)
        .map(|index| {
            // Nobody switches twelve boards on at the same moment.
            lab.run_for(Duration::from_millis(17));
            lab.pico(&format!("name=c{index};role=client;server={address}"), Sweep::new())
        })
        .collect();
    lab.run_for(Duration::from_secs(3));
    let before = clients.iter().map(|client| client.colors("Received:").len()).collect::<Vec<_>>();
    lab.run_for(Duration::from_secs(60));
    for (client, before) in clients.iter().zip(before) {
        assert!(client.colors("Received:").len() - before >= 297, "{:?}", client.lines());
    }
    let received: usize = clients.iter().map(|client| client.colors("Received:").len()).sum();
    assert!(server.colors("Sent:").len() >= received - clients.len());
}
