//! Ctrl-C, SIGTERM, and readers that stop reading.
#![cfg(unix)]

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use harness::port::ReservedPort;
use harness::{Finished, Process, Simulator, eventually, rgb_sim, timed};

#[test]
fn the_first_ctrl_c_ends_a_run_with_a_summary() {
    let mut run = Simulator::start("run --json");
    run.events_of("exchange", 2);
    let end = run.stop();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    assert!(end.summary()["exchanges"].as_u64() >= Some(2));
}

#[test]
fn sigterm_ends_a_run_with_a_summary() {
    let mut run = Simulator::start("run --json");
    run.events_of("exchange", 2);
    run.terminate();
    let end = run.finish();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    assert!(end.summary()["exchanges"].as_u64() >= Some(2));
}

#[test]
fn the_exit_status_of_an_interrupted_run_tells_of_its_failures() {
    let port = ReservedPort::new();
    let mut client = Simulator::start(&format!("client --server {} --json", port.addr()));
    client.event_of("error");
    assert_eq!(client.stop().code, Some(1));
}

#[test]
fn ctrl_c_does_not_wait_for_the_next_exchange() {
    let mut run = Simulator::start("run --interval 1day --json");
    run.event_of("exchange");
    let (end, elapsed) = timed(|| run.stop());
    assert_eq!(end.code, Some(0));
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
}

#[test]
fn a_second_ctrl_c_ends_what_cannot_end_in_order() {
    let port = ReservedPort::new();
    // Nobody reads: the program cannot print its summary.
    let (_reader, writer) = full_pipe();
    let mut command = rgb_sim(&format!("server --bind {} --no-announce --json", port.addr()));
    let mut server = Process::new(command.stdout(writer).stderr(Stdio::null()).spawn().unwrap());
    drop(command);
    eventually("the server listens", || TcpStream::connect(port.addr()).is_ok());
    server.interrupt();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(server.exited(), None, "the summary cannot have been printed");
    let mut status = None;
    eventually("the program has ended", || {
        status = server.exited();
        if status.is_none() {
            // Again and again: a machine that was slow to tell the program of the first may take two for one.
            server.interrupt();
            std::thread::sleep(Duration::from_millis(100));
        }
        status.is_some()
    });
    assert_eq!(status.and_then(|status| status.code()), Some(130));
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_run_quietly() {
    for args in ["run --interval 1ms --json", "run --interval 1ms", "run --interval 1ms --clients 5 --json"] {
        let mut child = rgb_sim(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let mut process = Process::new(child);
        for _ in 0..3 {
            assert!(stdout.read_line(&mut String::new()).unwrap() > 0);
        }
        drop(stdout);
        assert_eq!(process.wait().code(), Some(0), "{args}");
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(said, "", "{args}");
    }
}

#[test]
fn a_reader_that_reads_nothing_is_no_failure() {
    for args in ["run --count 1 --json", "--help", "completions bash", "completions fish"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = rgb_sim(args).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]), "{args}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    for args in ["run --count 1 --json", "run --count 1", "load --count 1 --json", "completions bash"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = rgb_sim(args).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        assert!(said.starts_with("rgb-sim: cannot write the output: ") && said.lines().count() == 1, "{args}: {said}");
    }
}

#[test]
fn ctrl_c_ends_a_load_with_a_report() {
    let mut load = Simulator::start("load --duration 1h --connections 4 --json");
    load.event_of("started");
    std::thread::sleep(Duration::from_millis(300));
    let end = load.stop();
    assert_eq!((end.code, &*end.stderr), (Some(0), ""));
    let summary = end.summary();
    assert!(summary["elapsed_us"].as_u64() < Some(60_000_000), "{summary}");
}

#[test]
fn a_run_that_was_interrupted_before_anything_failed_has_succeeded() {
    let (server, _) = Simulator::server("");
    let end: Finished = server.stop();
    assert_eq!(end.code, Some(0));
}

/// A pipe into which nothing more fits.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("the system gives a pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("a pipe takes it");
    while writer.write(b"x").is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).expect("a pipe takes it");
    (reader, writer)
}
