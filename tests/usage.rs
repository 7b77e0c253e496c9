//! Wrong usage, help, completions and logs.

use std::net::TcpListener;

use harness::Finished;

/// The message for arguments that are refused.
fn refused(args: &str) -> String {
    let run = Finished::run(args);
    assert_eq!(run.code, Some(2), "{args}: {run:#?}");
    assert_eq!(run.stdout(), "", "{args}");
    run.stderr
}

#[test]
fn what_is_out_of_its_range_is_refused_with_the_range() {
    for (args, range) in [
        ("run --interval 0s", "from 1ms to 1day"),
        ("run --interval 25h", "from 1ms to 1day"),
        ("run --timeout 0ms", "from 1ms to 1h"),
        ("run --timeout 61m", "from 1ms to 1h"),
        ("server --exchange-timeout 2h", "from 1ms to 1h"),
        ("run --interval 5", "a number and its unit, such as 200ms"),
        ("run --count 0", "is not in 1.."),
        ("server --count 0", "is not in 1.."),
        ("client --server a --count 0", "is not in 1.."),
        ("load --count 0", "is not in 1.."),
        ("run --clients 0", "1..=1000"),
        ("run --clients 1001", "1..=1000"),
        ("load --connections 0", "1..=10000"),
        ("load --workers 0", "1..=1024"),
        ("server --max-connections 0", "1..=1000000"),
        ("server --max-request 0", "1..=1024"),
        ("server --max-request 1025", "1..=1024"),
        ("client --server board:0", "from 1 to 65535"),
        ("client --server board:65536", "from 1 to 65535"),
        ("client --server http://board/", "without http://"),
        ("run --source blue", "use random, sweep, fixed:R,G,B"),
        ("run --source fixed:1,2,256", "the blue number, at byte 4, is above 255"),
        ("run --source fixed:1,2", "before the blue number"),
        ("server --bind 8080", "0.0.0.0:8080"),
        ("client --server board --name the%20kitchen", "--name"),
        ("run --color sometimes", "auto, always, never"),
        ("server --name living%20room", "--name"),
        ("server --interface ::1", "over IPv4"),
        ("client --interface 192.168.1.0/24", "such as wlan0"),
        ("discover --for 99ms", "from 100ms to 1day"),
        ("discover --for 25h", "from 100ms to 1day"),
        ("discover --for 3", "a number and its unit, such as 200ms"),
        ("link --upstream board --listen 8080", "0.0.0.0:8080"),
        ("link --listen 127.0.0.1:0 --upstream http://board/", "without http://"),
        ("link --listen 127.0.0.1:0 --upstream board --latency 0s", "from 1ms to 1h"),
        ("link --listen 127.0.0.1:0 --upstream board --jitter 5", "a number and its unit, such as 200ms"),
        ("link --listen 127.0.0.1:0 --upstream board --rate 99", "from 100 to 10G bits a second"),
        ("link --listen 127.0.0.1:0 --upstream board --rate fast", "such as 9600, 64k or 1.5M"),
        ("link --listen 127.0.0.1:0 --upstream board --slice 0", "from 1 to 1460 bytes"),
        ("link --listen 127.0.0.1:0 --upstream board --slice 1461", "from 1 to 1460 bytes"),
        ("link --listen 127.0.0.1:0 --upstream board --corrupt 1.1", "from 0 to 1 or from 0% to 100%"),
        ("link --listen 127.0.0.1:0 --upstream board --cut=-1%", "from 0 to 1"),
        ("link --listen 127.0.0.1:0 --upstream board --reset 101%", "such as 0.05 or 5%"),
        ("link --listen 127.0.0.1:0 --upstream board --refuse often", "such as 0.05 or 5%"),
        ("link --listen 127.0.0.1:0 --upstream board --cut-after=-1", "a number of bytes"),
        ("link --listen 127.0.0.1:0 --upstream board --reset-after 1.5", "a number of bytes"),
        ("link --listen 127.0.0.1:0 --upstream board --direction left", "up, down, both"),
        ("link --listen 127.0.0.1:0 --upstream board --from 25h", "from 1ms to 1day"),
        ("link --listen 127.0.0.1:0 --upstream board --from 2s --until 2s", "--until must be later than --from"),
        ("link --listen 127.0.0.1:0 --upstream board --count 0", "is not in 1.."),
        ("link --listen 127.0.0.1:0 --upstream board --max-connections 0", "1..=1000000"),
        ("link --listen 127.0.0.1:0", "--upstream"),
        ("link --upstream board", "--listen"),
    ] {
        let message = refused(args);
        assert!(message.contains(range), "{args}: {message}");
    }
}

#[test]
fn the_ends_of_the_ranges_are_taken() {
    for args in [
        "run --count 1 --interval 1ms",
        "run --count 1 --interval 1day",
        "run --count 1 --timeout 1h --exchange-timeout 1h",
        "run --count 1 --max-connections 1000000 --max-request 1",
        "load --count 1 --connections 1 --workers 1024",
    ] {
        assert_eq!(Finished::run(args).code, Some(0), "{args}");
    }
}

#[test]
fn unknown_options_and_commands_are_refused() {
    for args in ["--bogus", "run --bogus", "bogus", "server --clients 2", "load --count 1 --duration 1s"] {
        let message = refused(args);
        assert!(message.starts_with("error: ") && message.contains("--help"), "{args}: {message}");
    }
}

#[test]
fn a_port_in_use_is_refused_with_a_hint() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let run = Finished::run(&format!("server --bind {addr}"));
    assert_eq!(run.code, Some(2));
    let expected = format!("rgb-sim: cannot listen on {addr}: ");
    assert!(run.stderr.starts_with(&expected) && run.stderr.contains("port 0 is any free one"), "{}", run.stderr);
}

#[test]
fn an_address_of_another_machine_is_refused_with_a_hint() {
    // TEST-NET-1 is nobody's.
    let run = Finished::run("server --bind 192.0.2.1:8080");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("this machine has no such address"), "{}", run.stderr);
}

#[test]
fn every_help_has_examples() {
    for command in ["", "run", "server", "client", "load", "link", "discover", "completions"] {
        for option in ["--help", "-h"] {
            let run = Finished::run(&format!("{command} {option}"));
            assert_eq!((run.code, &*run.stderr), (Some(0), ""));
            let text = run.stdout();
            let (_, examples) = text.split_once("Examples:").unwrap_or_else(|| panic!("{command}: {text}"));
            assert!(examples.contains(format!("rgb-sim {command}").trim_end()), "{command}: {text}");
        }
    }
}

#[test]
fn the_version_is_the_crates() {
    let run = Finished::run("--version");
    assert_eq!((run.code, run.stdout()), (Some(0), format!("rgb-sim {}", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = Finished::run(&format!("completions {shell}"));
        assert_eq!((run.code, &*run.stderr), (Some(0), ""));
        let script = run.stdout();
        for word in ["server", "exchange-timeout", "completions"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
    assert!(refused("completions cmd").contains("bash"));
}

#[test]
fn logs_go_to_stderr_alone() {
    let run = Finished::run("run --count 1 --json -v");
    assert_eq!(run.events().len(), 4);
    assert!(run.stderr.contains("listening"), "{}", run.stderr);
    let chatty = Finished::run("run --count 1 --json -vv");
    assert!(chatty.stderr.contains("DEBUG") && chatty.events().len() == 4, "{}", chatty.stderr);
    assert_eq!(Finished::run("run --count 1 --json").stderr, "");
}

#[test]
fn logs_in_a_pipe_have_no_colours() {
    assert!(!Finished::run("run --count 1 -vv").stderr.contains('\u{1b}'));
    assert!(Finished::run("run --count 1 -vv --color always").stderr.contains('\u{1b}'));
}
