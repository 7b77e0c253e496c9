//! How a run is judged: by recordings that are made to order.

use std::time::Duration;

use rgb_proto::{ExchangeError, Rgb, StationFailure};
use rgb_sim::scenario::{Broken, FaultSpan, Recording, Scenario, Verdict, judge};
use rgb_sim::world::BoardEventKind;

use crate::{home, play, secs};

const COLOR: Rgb = Rgb::new(1, 2, 3);

/// A recording of [`home`] in which nothing has happened but the start.
fn quiet(scenario: &Scenario) -> Recording {
    let mut recording = play(scenario, 1);
    for board in &mut recording.boards {
        board.events = vec![(Duration::ZERO, BoardEventKind::Started)];
        board.strange_colors.clear();
    }
    recording.faults.clear();
    recording
}

/// A recording in which the client's attempts are over then, with a colour or without.
fn with(scenario: &Scenario, outcomes: impl IntoIterator<Item = (u64, bool)>) -> Recording {
    let mut recording = quiet(scenario);
    for (at, is_good) in outcomes {
        let outcome = if is_good { Ok(COLOR) } else { Err(ExchangeError::Refused) };
        let elapsed = Duration::from_millis(5);
        recording.boards[1].events.push((secs(at), BoardEventKind::Exchange { elapsed, outcome }));
    }
    recording
}

fn fault(from: u64, until: Option<u64>) -> FaultSpan {
    FaultSpan { what: "trouble".into(), from: secs(from), until: until.map(secs), boards: vec![1] }
}

/// Where the first demand does not hold.
fn broken(scenario: &Scenario, recording: &Recording) -> Vec<(usize, u64)> {
    let Verdict { demands } = judge(scenario, recording);
    demands[0].broken.iter().map(|Broken { board, at, .. }| (*board, at.as_secs())).collect()
}

const OFTEN: [(u64, bool); 6] = [(10, true), (20, true), (30, true), (40, true), (50, true), (59, true)];

#[test]
fn a_share_is_kept_at_its_bound_and_broken_beyond() {
    let outcomes = [(10, true), (20, false), (30, true), (40, true)];
    for (demand, holds) in [
        ("success_min = 0.75", true),
        ("success_min = 0.76", false),
        ("success_max = 0.75", true),
        ("success_max = 0.74", false),
        ("exchanges_min = 3", true),
        ("exchanges_min = 4", false),
        ("success_min = 1\nfrom = \"21s\"", true),
        ("success_min = 1\nuntil = \"20s\"", false),
        ("success_min = 1\nuntil = \"19s\"", true),
    ] {
        let scenario = home(&format!("[[expect]]\n{demand}"));
        assert_eq!(broken(&scenario, &with(&scenario, outcomes)).is_empty(), holds, "{demand}");
    }
}

#[test]
fn no_attempts_are_no_success_and_no_failure_to_be_expected() {
    let scenario = home("[[expect]]\nsuccess_min = 0.01");
    assert_eq!(broken(&scenario, &quiet(&scenario)), [(1, 60)]);
    let scenario = home("[[expect]]\nsuccess_max = 0");
    assert_eq!(broken(&scenario, &quiet(&scenario)), []);
}

#[test]
fn the_first_colour_comes_in_time_or_does_not() {
    let scenario = home("[[expect]]\nfirst_color_max = \"10s\"");
    assert_eq!(broken(&scenario, &with(&scenario, OFTEN)), []);
    assert_eq!(broken(&scenario, &with(&scenario, [(11, true)])), [(1, 11)]);
    assert_eq!(broken(&scenario, &with(&scenario, [(5, false)])), [(1, 10)]);
    let scenario = home("[[expect]]\nfirst_color_max = \"2m\"");
    assert_eq!(broken(&scenario, &quiet(&scenario)), [], "the time is not up");
}

#[test]
fn recovery_is_demanded_where_nothing_else_is_wrong() {
    let scenario = home("[[expect]]\nrecovery_max = \"10s\"");
    let judge = |faults: &[FaultSpan], outcomes: &[(u64, bool)]| {
        let mut recording = with(&scenario, outcomes.iter().copied());
        recording.faults = faults.to_vec();
        broken(&scenario, &recording)
    };
    let once = [fault(20, Some(25))];
    assert_eq!(judge(&once, &[(10, true), (35, true)]), []);
    assert_eq!(judge(&once, &[(10, true), (36, true)]), [(1, 36)]);
    assert_eq!(judge(&once, &[(10, true)]), [(1, 35)]);
    assert_eq!(judge(&[fault(20, None)], &[(10, true)]), [], "it is not over");
    assert_eq!(judge(&[fault(20, Some(55))], &[(10, true)]), [], "the run ends before the time is up");
    let overlapping = [fault(20, Some(25)), fault(22, Some(40))];
    assert_eq!(judge(&overlapping, &[(45, true)]), [], "the first one ends while the other one holds");
    assert_eq!(judge(&overlapping, &[(51, true)]), [(1, 51)]);
    let soon_again = [fault(20, Some(25)), fault(30, Some(31))];
    assert_eq!(judge(&soon_again, &[(40, true)]), [], "another one begins before the time is up");
    let late_again = [fault(20, Some(25)), fault(36, Some(37))];
    assert_eq!(judge(&late_again, &[(40, true)]), [(1, 35)]);
}

#[test]
fn a_failure_that_is_expected_must_be_reported_in_time() {
    let scenario = home("[[expect]]\nreports = \"link_dead\"\nfrom = \"10s\"\nuntil = \"20s\"");
    for (at, expected) in [(9, vec![(1, 20)]), (10, vec![]), (20, vec![]), (21, vec![(1, 20)])] {
        let mut recording = quiet(&scenario);
        recording.boards[1].events.push((secs(at), BoardEventKind::NetworkFailed(StationFailure::LinkDead)));
        assert_eq!(broken(&scenario, &recording), expected, "at {at}");
    }
}

/// Of what always holds, what does not.
fn violations(recording: &Recording) -> Vec<String> {
    let verdict = judge(&home(""), recording);
    verdict.demands.into_iter().filter(|demand| !demand.holds()).map(|demand| demand.what).collect()
}

#[test]
fn what_always_holds_is_demanded_of_every_run() {
    let good = with(&home(""), OFTEN);
    assert_eq!(violations(&good), [""; 0]);

    let mut late = good.clone();
    let timeout = late.boards[1].timeout;
    for (over_ms, is_late) in [(10, false), (11, true)] {
        let elapsed = timeout + Duration::from_millis(over_ms);
        let outcome = Err(ExchangeError::Connect);
        late.boards[1].events.push((secs(59), BoardEventKind::Exchange { elapsed, outcome }));
        assert_eq!(!violations(&late).is_empty(), is_late, "{over_ms} ms over");
    }

    let mut strange = good.clone();
    strange.boards[1].strange_colors.push((secs(30), COLOR));
    assert_eq!(violations(&strange), ["every colour shown is one that was sent"]);

    let mut leaked = good;
    leaked.boards[0].leaked_connection = Some(secs(30));
    assert_eq!(violations(&leaked), ["no server keeps a connection beyond its time"]);
    leaked.boards[0].leaked_connection = None;
    leaked.boards[0].leaked_lease = Some(secs(30));
    assert_eq!(violations(&leaked), ["no router keeps two addresses for a board, or one for two"]);
}

#[test]
fn a_board_is_stuck_when_it_has_power_and_does_nothing() {
    let scenario = home("");
    let silent_until = |last: u64, power_cut: Option<u64>| {
        let mut recording = with(&scenario, (1..=last).step_by(10).chain([last]).map(|at| (at, true)));
        recording.elapsed = secs(300);
        recording.boards[1].power_cuts.extend(power_cut.map(secs));
        violations(&recording)
    };
    assert_eq!(silent_until(180, None), [""; 0]);
    assert_eq!(silent_until(179, None), ["no board is stuck"]);
    assert_eq!(silent_until(10, Some(11)), [""; 0], "without power it may be silent");
}

#[test]
fn a_colour_that_nobody_sent_is_seen() {
    // The run itself compares what is shown with what was on the air.
    assert!(play(&home(""), 1).boards[1].strange_colors.is_empty());
    assert!(play(&home(""), 1).boards[1].colors().count() > 200);
}
