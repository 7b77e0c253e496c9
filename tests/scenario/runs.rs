//! What a run prints, writes and ends with.

use harness::Simulator;

use super::{Folder, home};

const HOLDS: &str = "[[expect]]\nfirst_color_max = \"10s\"\n";
const BREAKS: &str = "[[event]]\nat = \"20s\"\nap_down = \"Home\"\n[[expect]]\nsuccess_min = 1\n[[expect]]\nfrom = \"30s\"\nexchanges_min = 1\n";

#[test]
fn what_holds_ends_with_0_and_tells_a_fingerprint() {
    let folder = Folder::with(&home("30s", HOLDS));
    let run = folder.run("run DIR/a.toml --json --seed 7");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let events = run.events();
    assert_eq!((&events[0]["event"], &events[0]["seed"]), (&"scenario_started".into(), &7.into()));
    let summary = events.last().expect("a summary");
    assert_eq!(summary["event"], "scenario_summary");
    assert_eq!((&summary["holds"], &summary["complete"]), (&true.into(), &true.into()));
    assert_eq!(summary["exchanges"], run.events_of("exchange").len());
    assert!(run.events_of("demand").iter().all(|demand| demand["holds"] == true));
    assert_eq!(run.events_of("demand").len(), 6);
    let times: Vec<_> = events.iter().filter_map(|event| event["at_us"].as_u64()).collect();
    assert!(times.is_sorted() && times.len() > 100);
    // To the byte.
    assert_eq!(folder.run("run DIR/a.toml --json --seed 7").stdout(), run.stdout());
    assert_ne!(folder.run("run DIR/a.toml --json --seed 8").stdout(), run.stdout());
}

#[test]
fn what_does_not_hold_ends_with_1_and_is_explained() {
    let folder = Folder::with(&home("1m", BREAKS));
    let run = folder.run("run DIR/a.toml --json");
    assert_eq!((run.code, &*run.stderr), (Some(1), ""));
    let broken: Vec<_> = run.events_of("demand").into_iter().filter(|demand| demand["holds"] == false).collect();
    assert_eq!(broken.len(), 2, "{broken:#?}");
    assert_eq!(broken[0]["broken"][0]["board"], "client");
    let faults = run.events_of("fault");
    assert_eq!((&faults[0]["fault"], &faults[0]["phase"]), (&"ap_down Home".into(), &"begin".into()));

    let shown = folder.run("run DIR/a.toml --seed 3 --color never").stdout();
    assert!(shown.contains("20.000 s  ! ap_down Home"), "{shown}");
    assert!(shown.contains("✗ each client from 30s gets 1 colours or more (at least 0)"), "{shown}");
    assert!(shown.contains("60.000 s  client  it got 0"), "{shown}");
    let replay = shown.lines().find_map(|line| line.strip_prefix("replay   ")).expect("how to see it again");
    assert!(replay.starts_with("rgb-sim scenario run ") && replay.ends_with("a.toml --seed 3"), "{replay}");
    assert!(!shown.contains(" ms  #"), "exchanges are shown when asked for:\n{shown}");
    assert!(folder.run("run DIR/a.toml --exchanges").stdout().contains(" ms  #"));
    let quiet = folder.run("run DIR/a.toml --quiet").stdout();
    assert!(!quiet.contains("ap_down") && quiet.contains("✗"), "{quiet}");
}

#[test]
fn many_seeds_are_played_and_only_what_breaks_is_told() {
    let folder = Folder::with(&home("30s", HOLDS));
    let run = folder.run("run DIR/a.toml --seeds 3 --seed 5 --color never");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let seeds: Vec<_> = run.stdout().lines().filter(|line| line.starts_with("seed")).map(str::to_owned).collect();
    assert_eq!(seeds, ["seed     5", "seed     6", "seed     7"]);
    let summaries = folder.run("run DIR/a.toml --seeds 3 --json").events_of("scenario_summary");
    let hashes: std::collections::BTreeSet<_> = summaries.iter().map(|run| run["trace_hash"].to_string()).collect();
    assert_eq!(hashes.len(), 3);
    let breaks = Folder::with(&home("1m", BREAKS)).run("run DIR/a.toml --seeds 2 --color never");
    assert_eq!(breaks.code, Some(1));
    assert_eq!(breaks.stdout().matches("replay ").count(), 2, "{breaks:#?}");
}

#[test]
fn frames_traces_and_pages_are_written_and_repeat() {
    let folder = Folder::with(&home("20s", "[[event]]\nat = \"10s\"\ndeauth = \"client\"\n"));
    let write = |number: u8| {
        let args = format!("--pcap DIR/{number}.pcap --trace DIR/{number}.txt --report DIR/{number}.html");
        assert_eq!(folder.run(&format!("run DIR/a.toml {args}")).code, Some(0));
        ["pcap", "txt", "html"].map(|kind| std::fs::read(folder.path(&format!("{number}.{kind}"))).expect("written"))
    };
    let [pcap, trace, page] = write(1);
    assert_eq!(pcap[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    let trace_text = String::from_utf8(trace.clone()).expect("text");
    let times: Vec<f64> = trace_text
        .lines()
        .skip(1)
        .map(|line| line.split(' ').next().expect("a time").parse().expect("seconds"))
        .collect();
    assert!(times.is_sorted() && times.len() > 300);
    assert!(trace_text.contains("10.000000 fault deauth client"), "{trace_text}");
    assert!(trace_text.contains("client sends "), "{trace_text}");
    assert!(String::from_utf8(page.clone()).expect("text").contains("</html>"));
    assert_eq!(write(2), [pcap, trace, page]);
}

#[test]
fn ctrl_c_ends_a_run_with_what_it_has() {
    let folder = Folder::with(&home("1h", HOLDS));
    let path = |name: &str| folder.path(name).display().to_string();
    let args = format!("scenario run {} --speed real --json --trace {}", path("a.toml"), path("t.txt"));
    let mut run = Simulator::start(&args);
    run.event_of("exchange");
    let end = run.stop();
    assert_eq!((end.code, &*end.stderr), (Some(1), ""), "a run that is not whole has not held");
    let summary = end.events().last().expect("a summary").clone();
    assert_eq!((&summary["complete"], &summary["holds"]), (&false.into(), &true.into()));
    assert!(std::fs::read_to_string(folder.path("t.txt")).expect("written").lines().count() > 20);
}
