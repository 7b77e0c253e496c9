//! The firmware's own image on emulated boards.
//!
//! `cargo xtask firmware` builds the image. Without it these tests say so and check nothing.

use std::time::Duration;

use pico_uf2::{Chip, Segment};
use rgb_sim::emulated::{Firmware, FirmwareError};
use rgb_sim::scenario::{
    BoardRecording, Recording, Run, Scenario, ScenarioEvent, Simulated, Spread, Targets, Tier, Verb, judge,
};
use rgb_sim::world::BoardEventKind;
use rgb_sim::{Rgb, SourceSpec};

const IMAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/firmware/pico-fw-rp2040.uf2");

const RED: Rgb = Rgb::new(255, 0, 0);

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn firmware() -> Option<Firmware> {
    match std::fs::read(IMAGE) {
        Ok(file) => Some(Firmware::new(file)),
        Err(error) => {
            eprintln!("not checked: there is no firmware ({IMAGE}: {error}); `cargo xtask firmware` builds it");
            None
        }
    }
}

/// Plays a scenario, and demands that everything holds.
fn play(scenario: &Scenario, tier: &impl Tier) -> Recording {
    let mut run = Run::new(scenario, scenario.seed, tier).unwrap_or_else(|error| panic!("{error}"));
    run.finish().expect("nobody listens in");
    let verdict = judge(scenario, run.recording());
    assert!(verdict.holds(), "{verdict:#?}");
    run.recording().clone()
}

/// A server and a client at home, with more of a file behind.
pub(crate) fn home(more: &str) -> Scenario {
    let text = format!(
        r#"
        duration = "12s"
        [[network]]
        ssid = "Home"
        passphrase = "correct horse"
        [[board]]
        name = "server"
        [[board]]
        name = "client"
        role = "client"
        {more}
        "#
    );
    Scenario::read(&text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn starts(board: &BoardRecording) -> Vec<Duration> {
    board.events.iter().filter(|(_, kind)| *kind == BoardEventKind::Started).map(|(at, _)| *at).collect()
}

#[test]
fn two_boards_exchange_colours_and_show_them() {
    let Some(firmware) = firmware() else { return };
    let scenario = home("[[expect]]\nfirst_color_max = \"10s\"\nexchanges_min = 5");
    let recording = play(&scenario, &firmware);
    let [server, client] = &recording.boards[..] else { panic!("two boards") };
    let sent = server.events.iter().filter_map(|(_, kind)| match kind {
        BoardEventKind::Served { color } => *color,
        _ => None,
    });
    let (sent, shown): (Vec<_>, Vec<_>) = (sent.collect(), client.colors().map(|(_, color)| color).collect());
    // The words for the last one may be on their way.
    let said = shown.len().min(sent.len());
    assert_eq!(shown[..said], sent[..said]);
    assert!(shown.len().abs_diff(sent.len()) <= 1);
    assert!(client.exchanges().all(|(_, elapsed, _)| elapsed > Duration::ZERO));
    assert_eq!(play(&scenario, &firmware), recording, "the same seed gives the same run");
    play(&scenario, &Simulated);
}

#[test]
fn boards_start_when_they_get_power_and_start_anew_when_they_lose_it() {
    let Some(firmware) = firmware() else { return };
    let mut scenario = home("");
    scenario.boards[0].start = Spread::all(secs(1));
    let verb = |at, span, verb| ScenarioEvent { at: secs(at), span, verb };
    let boards = |name: &str| Targets(vec![name.to_owned()]);
    scenario.events =
        vec![verb(4, Some(secs(2)), Verb::Crash(boards("server"))), verb(5, None, Verb::Reboot(boards("client")))];
    scenario.duration = secs(8);
    let recording = play(&scenario, &firmware);
    let [server, client] = &recording.boards[..] else { panic!("two boards") };
    let seconds = |board| starts(board).iter().map(Duration::as_secs).collect::<Vec<_>>();
    assert_eq!((seconds(server), seconds(client)), (vec![1, 6], vec![0, 5]));
}

#[test]
fn an_image_without_a_program_is_said_to_be_none() {
    let scenario = home("");
    let firmware = Firmware::new(vec![0; 256]);
    let mut run = Run::new(&scenario, 1, &firmware).expect("bytes are an image");
    run.finish().expect("nobody listens in");
    let verdict = judge(&scenario, run.recording());
    let broken: Vec<_> = verdict.demands.iter().flat_map(|demand| &demand.broken).collect();
    let [server, client] =
        [0, 1].map(|board| broken.iter().find(|broken| broken.board == board).expect("it is broken"));
    for broken in [server, client] {
        assert!(broken.message.starts_with("the board cannot go on: there is no program"), "{broken:?}");
    }
}

#[test]
fn files_that_are_no_firmware_for_this_board_are_refused() {
    let rp2350 = pico_uf2::encode(&[Segment { address: 0x1000_0000, bytes: &[1; 256] }], Chip::Rp2350);
    let firmware = Firmware::new(rp2350.expect("a page"));
    let error = Run::new(&home(""), 1, &firmware).err().expect("another chip's");
    assert!(
        error.to_string().contains("the board \"server\" cannot be made: the firmware cannot be loaded"),
        "{error}"
    );
}

#[test]
fn colours_come_from_the_firmwares_own_sources_alone() {
    let firmware = Firmware::new(vec![0; 256]);
    let mut scenario = home("");
    for (colors, is_known) in [(SourceSpec::Random, true), (SourceSpec::Sweep, true), (SourceSpec::Fixed(RED), false)] {
        scenario.boards[0].colors = Some(colors.clone());
        let error = Run::new(&scenario, 1, &firmware).err();
        let expected = (!is_known).then_some(FirmwareError::Colors { colors });
        assert_eq!(
            error.map(|error| error.to_string()),
            expected.map(|error| { format!("the board \"server\" cannot be made: {error}") })
        );
    }
}
