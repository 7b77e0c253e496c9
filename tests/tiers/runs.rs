//! What runs with the firmware print, write and end with.

use harness::Firmware;
use serde_json::Value;

use super::Folder;

const HOLDS: &str = "[[expect]]\nfirst_color_max = \"10s\"\nrecovery_max = \"20s\"\n";

pub(super) fn a_scenario_holds_with_the_firmware_and_repeats(firmware: &'static Firmware) {
    let deauth = "[[event]]\nat = \"6s\"\ndeauth = \"client\"\n";
    let folder = Folder::with_home("12s", 1, &format!("{deauth}{HOLDS}"));
    let run = folder.run_with(firmware, "--tier firmware --json --seed 7");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:#?}");
    let events = run.events();
    let summary = events.last().expect("a summary");
    for (event, name) in [(&events[0], "scenario_started"), (summary, "scenario_summary")] {
        assert_eq!((&event["event"], &event["tier"]), (&name.into(), &"firmware".into()));
    }
    let replay = summary["replay"].as_str().expect("a command");
    assert!(replay.contains("a.toml --seed 7 --tier firmware --firmware "), "{replay}");
    // One that starts takes its time.
    let joined = run.events_of("board").into_iter().find(|event| event["state"] == "joined").expect("it joins");
    assert!(joined["at_us"].as_u64() > Some(1_000_000), "{joined}");
    // To the byte.
    assert_eq!(folder.run_with(firmware, "--tier firmware --json --seed 7").stdout(), run.stdout());
}

pub(super) fn both_kinds_of_boards_are_compared(firmware: &'static Firmware) {
    let outage = "[[event]]\nat = \"8s\"\nap_down = \"Home\"\nfor = \"4s\"\n[[expect]]\nreports = \"link_lost\"\n";
    let folder = Folder::with_home("24s", 2, &format!("{outage}{HOLDS}"));
    let run = folder.run_with(firmware, "--tier both --json");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:#?}");
    let summaries = run.events_of("scenario_summary");
    let tiers: Vec<_> = summaries.iter().map(|summary| &summary["tier"]).collect();
    assert_eq!(tiers, ["simulated", "firmware"]);
    assert_eq!(summaries[0]["seed"], summaries[1]["seed"]);
    let comparisons = run.events_of("comparison");
    let boards: Vec<_> = comparisons.iter().map(|comparison| comparison["board"].as_str()).collect();
    assert_eq!(boards, [Some("client-1"), Some("client-2"), None]);
    for (summary, tier) in summaries.iter().zip(["simulated", "firmware"]) {
        let all = &comparisons[2][tier];
        for figure in ["exchanges", "errors", "errors_by_kind", "latency_us"] {
            assert_eq!(all[figure], summary[figure], "{tier}: {figure}");
        }
        let figure = |board: usize, figure: &str| comparisons[board][tier][figure].as_u64().expect("a number");
        assert_eq!(figure(0, "exchanges") + figure(1, "exchanges"), figure(2, "exchanges"));
        assert_eq!(figure(0, "first_color_us").max(figure(1, "first_color_us")), figure(2, "first_color_us"));
        let recovery = &all["recoveries"][0];
        assert_eq!((&recovery["after"], &recovery["at_us"]), (&"ap_down Home".into(), &12_000_000.into()));
        assert!(recovery["recovery_us"].as_u64().is_some_and(|span| span < 12_000_000), "{tier}: {recovery}");
    }
    // A real board has to start first.
    let first = |tier: &str| comparisons[2][tier]["first_color_us"].as_u64();
    assert!(first("firmware") > first("simulated"));
}

pub(super) fn people_see_both_verdicts_and_the_figures_side_by_side(firmware: &'static Firmware) {
    let folder = Folder::with_home("8s", 2, HOLDS);
    let options = "--tier both --quiet --color never";
    let shown = folder.run_with(firmware, options).stdout();
    for text in ["everything holds: ", "everything holds with firmware: ", "\n  first colour", "of them succeed"] {
        assert_eq!(shown.matches(text).count(), 1, "{text}:\n{shown}");
    }
    let title = shown.lines().find(|line| line.starts_with("all that ask")).expect("a table");
    assert_eq!(title.split_whitespace().collect::<Vec<_>>(), ["all", "that", "ask", "simulated", "firmware"]);
    assert!(!shown.contains("\nclient-1"), "{shown}");
    let each = folder.run_with(firmware, "--tier both --color never").stdout();
    assert!(each.contains("\nclient-1") && each.contains("\nclient-2"), "{each}");
}

pub(super) fn what_does_not_hold_with_the_firmware_ends_with_1(firmware: &'static Firmware) {
    // Simulated boards start at once.
    let folder = Folder::with_home("6s", 1, "[[expect]]\nfirst_color_max = \"2s\"\n");
    let shown = folder.run_with(firmware, "--tier both --color never");
    assert_eq!(shown.code, Some(1), "{shown:#?}");
    let shown = shown.stdout();
    assert!(shown.contains("everything holds: ") && shown.contains("something does not hold with firmware"), "{shown}");
    let replay = shown.lines().filter_map(|line| line.strip_prefix("replay   ")).collect::<Vec<_>>();
    let [replay] = replay[..] else { panic!("one of them is to be seen again:\n{shown}") };
    assert!(replay.contains(" --tier firmware --firmware "), "{replay}");
}

pub(super) fn frames_traces_and_pages_are_written(firmware: &'static Firmware) {
    let folder = Folder::with_home("6s", 1, "");
    let files = "--pcap DIR/a.pcap --trace DIR/a.txt --report DIR/a.html";
    let run = folder.run_with(firmware, &format!("--tier firmware --json {files}"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let [pcap, trace, page] = ["pcap", "txt", "html"].map(|kind| {
        let bytes = std::fs::read(folder.path(&format!("a.{kind}"))).expect("written");
        assert!(!bytes.is_empty());
        String::from_utf8_lossy(&bytes).into_owned()
    });
    assert!(pcap.len() > 1_000);
    assert!(trace.contains("client sends ") && trace.contains("client Joined"), "{trace}");
    let summary: Value = run.events_of("scenario_summary").pop().expect("a summary");
    assert!(page.contains(summary["replay"].as_str().expect("a command")), "{}", summary["replay"]);
}
