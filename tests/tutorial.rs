//! The tutorial's two programs, unchanged, with ours.
#![cfg(unix)]

use harness::simulator::color;
use harness::{Finished, Simulator, tutorial};
use rgb_sim::{Rgb, Script, ServerBoard, ServerBoardConfig};

// REQ-1, REQ-3, REP-1, SRV-2
#[test]
fn the_tutorials_client_understands_our_server() {
    let (mut server, addr) = Simulator::server("--seed 7");
    for _ in 0..20 {
        let reply = tutorial::client::ask(addr).unwrap();
        let served = server.event_of("served");
        assert_eq!(reply.map(|number| number.to_string()).join(","), color(&served));
        assert_eq!(served["request"], "data");
    }
    let end = server.stop();
    assert_eq!((end.code, &end.summary()["server"]["served"]), (Some(0), &20.into()));
}

// CLI-2, END-1
#[test]
fn our_client_understands_the_tutorials_server() {
    let mut number = 0;
    let server = tutorial::server::Server::start(move || {
        number += 1;
        [number, 255 - number, 0]
    });
    let args = format!("client --server {} --count 20 --interval 1ms --timeout 30s --json", server.addr());
    let run = Finished::run(&args);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:#?}");
    let colors: Vec<_> = run.events_of("exchange").iter().map(color).collect();
    let expected: Vec<_> = (1..=20).map(|number| format!("{number},{},0", 255 - number)).collect();
    assert_eq!(colors, expected);
}

// REQ-4
#[test]
fn our_client_may_give_its_name_to_the_tutorials_server() {
    let server = tutorial::server::Server::start(|| [1, 2, 3]);
    let args = format!("client --server {} --name kitchen --count 3 --timeout 30s --json", server.addr());
    let run = Finished::run(&args);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(
        run.events_of("exchange").iter().all(|exchange| exchange["board"] == "kitchen" && color(exchange) == "1,2,3")
    );
}

// SRV-2, SRV-3
#[test]
fn one_read_gives_the_whole_reply_each_time() {
    let colors: Vec<_> = (0..200).map(|number| Rgb::new(number, 255, 255 - number)).collect();
    let source = Box::new(Script::new(colors.clone()).unwrap());
    let board = ServerBoard::start(ServerBoardConfig { source, ..Default::default() }).unwrap();
    for color in colors {
        let reply = tutorial::client::ask_once(board.addr()).unwrap();
        assert_eq!(String::from_utf8(reply).unwrap(), color.to_string());
    }
    assert_eq!(board.stop().served, 200);
}

// SRV-5
#[test]
fn tutorial_clients_at_the_same_time_are_all_answered() {
    let (server, addr) = Simulator::server("");
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..10 {
                    tutorial::client::ask(addr).unwrap();
                }
            });
        }
    });
    assert_eq!(server.stop().summary()["server"], serde_json::json!({ "served": 160, "notices_by_kind": {} }));
}
