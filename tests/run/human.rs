//! What people read, where it is no terminal.

use harness::{Finished, Simulator, rgb_sim};

const ESCAPE: char = '\u{1b}';

#[test]
fn each_exchange_is_a_line_with_its_colour() {
    let run = Finished::run("run --count 2 --seed 7 --source fixed:255,128,0");
    assert_eq!(run.code, Some(0));
    let exchanges: Vec<_> = run.lines.iter().filter(|line| line.starts_with("client-1")).collect();
    assert_eq!(exchanges.len(), 2, "{run:#?}");
    for (exchange, number) in exchanges.iter().zip(["#1", "#2"]) {
        assert!(
            exchange.contains("255,128,  0") && exchange.contains(" ms") && exchange.ends_with(number),
            "{exchange}"
        );
    }
    assert!(run.lines[0].contains("seed 7") && run.lines[0].contains("--seed 7"), "{run:#?}");
    let text = run.stdout();
    assert!(text.contains("2 exchanges in ") && text.contains("no errors") && text.contains("latency  min "), "{text}");
    assert!(text.contains("2 requests answered"), "{text}");
}

#[test]
fn errors_are_summed_up_by_kind() {
    let port = harness::port::ReservedPort::new();
    let run = Finished::run(&format!("client --server {} --count 2", port.addr()));
    assert_eq!(run.code, Some(1));
    let text = run.stdout();
    assert!(text.contains("✗ connect") && text.contains("connection refused"), "{text}");
    assert!(text.contains("0 exchanges in ") && text.contains("2 errors: 2 connect"), "{text}");
}

#[test]
fn a_pipe_gets_no_colours() {
    let run = Finished::run("run --count 1");
    assert!(!run.stdout().contains(ESCAPE), "{run:#?}");
}

#[test]
fn colours_can_be_asked_for() {
    let run = Finished::run("run --count 1 --color always --source fixed:255,128,0");
    // A background of 24 bits.
    assert!(run.stdout().contains("\u{1b}[48;2;255;128;0m"), "{run:#?}");
    let mut despite = rgb_sim("run --count 1 --color always");
    despite.env("NO_COLOR", "1");
    assert!(Simulator::spawn(despite).finish().stdout().contains(ESCAPE));
}

#[test]
fn json_has_no_colours_even_when_asked_for() {
    let run = Finished::run("run --count 1 --json --color always");
    assert_eq!(run.events().len(), 4);
}

#[test]
fn quiet_leaves_the_exchanges_out() {
    let run = Finished::run("run --count 2 --interval 1ms --quiet");
    assert!(!run.lines.iter().any(|line| line.starts_with("client-1")), "{run:#?}");
    assert!(run.stdout().contains("2 exchanges in "), "{run:#?}");
}
