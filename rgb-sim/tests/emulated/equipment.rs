//! Boards with a computer at their USB connector, and boards whose instructions are traced.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rgb_proto::Instant;
use rgb_sim::emulated::{EmulatedBoard, Firmware, FirmwareError, SerialPort};
use rgb_sim::scenario::{BoardPlan, Run, Scenario, ScenarioEvent, Targets, Tier, Verb};

use crate::firmware::{firmware, home, secs, starts};

/// A server that loses its power for a while.
fn power_cut(at: Duration, span: Duration, duration: Duration) -> Scenario {
    let mut scenario = home("");
    let verb = Verb::Crash(Targets(vec!["server".into()]));
    scenario.events = vec![ScenarioEvent { at, span: Some(span), verb }];
    scenario.duration = duration;
    scenario
}

/// Boards with this firmware and a computer at USB.
struct AtUsb(Firmware);

impl Tier for AtUsb {
    type Board = EmulatedBoard;
    type Error = FirmwareError;

    const NAME: &'static str = Firmware::NAME;

    fn board(&self, plan: &BoardPlan, hardware_address: [u8; 6], seed: u64) -> Result<EmulatedBoard, FirmwareError> {
        let mut board = self.0.board(plan, hardware_address, seed)?;
        board.set_serial_port(SerialPort::Usb);
        Ok(board)
    }
}

#[test]
fn a_board_that_gets_its_power_back_is_read_by_usb_again() {
    let Some(firmware) = firmware() else { return };
    let scenario = power_cut(secs(2), secs(1), secs(5));
    let mut run = Run::new(&scenario, scenario.seed, &AtUsb(firmware)).unwrap_or_else(|error| panic!("{error}"));
    run.finish().expect("nobody listens in");
    let seconds: Vec<u64> = starts(&run.recording().boards[0]).iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [0, 3]);
}

/// What is written to any of its clones.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_trace_goes_on_when_the_power_comes_back_and_changes_nothing() {
    let Some(firmware) = firmware() else { return };
    let ms = Duration::from_millis;
    let scenario = power_cut(ms(20), ms(10), ms(60));
    let play = |trace: Option<Shared>| {
        let mut run = Run::new(&scenario, scenario.seed, &firmware).unwrap_or_else(|error| panic!("{error}"));
        if let Some(trace) = trace {
            run.board_mut(0).set_instruction_trace(Box::new(trace), Instant::ORIGIN);
        }
        run.finish().expect("nobody listens in");
        run.board_mut(0).close_instruction_trace().expect("memory takes everything");
        let hashes = [0, 1].map(|board| run.board_mut(board).board().trace_hash());
        (run.recording().clone(), hashes)
    };
    let trace = Shared::default();
    assert_eq!(play(Some(trace.clone())), play(None));
    let text = String::from_utf8(trace.0.lock().expect("nobody writes").clone()).expect("it is text");
    let lives: Vec<&str> = text.split("# ").collect();
    let ["", first, off, second] = &lives[..] else { panic!("the power comes twice and goes once: {}", lives.len()) };
    let [first, second] = [("0.000000 s: power on\n", first), ("0.030000 s: power on\n", second)]
        .map(|(remark, life)| life.strip_prefix(remark).expect("it is told when the power comes"));
    assert_eq!(*off, "0.020000 s: power off\n");
    // What a board does first is the same each time, and the second life here is longer.
    let begin = first.len() / 2;
    assert!(begin > 100_000 && second.len() > first.len() && second[..begin] == first[..begin]);
}
