//! The page about a run of a scenario, as a browser has it.

mod browser;

use browser::{Look, load, measure, with_script};
use rgb_sim::scenario::{Report, Run, Scenario, Simulated, judge};

const DESKTOP: Look = Look { width: 1600, dark: false };
const PHONE: Look = Look { width: 400, dark: false };

/// Boards at a home whose access point starts anew and whose router gives other addresses, while one of them is carried
/// about. What is demanded of the last one cannot hold: its network is not there.
const SCENARIO: &str = r#"
description = "A home with <b>trouble</b> & one board that has no network"
duration = "90s"

[[network]]
ssid = "Home"
passphrase = "correct horse"

[[board]]
name = "server"

[[board]]
name = "lamp"
role = "client"
count = 20
start = ["0s", "5s"]

[[board]]
name = "walker"
role = "client"

[[board]]
name = "lost"
role = "client"
ssid = "Elsewhere"

[[event]]
at = "20s"
ap_down = "Home"
for = "5s"

[[event]]
at = "40s"
move = "walker"
to_m = 150
over = "10s"
for = "15s"

[[event]]
at = "70s"
renumber = "Home"
address = "10.20.30.1/24"

[[expect]]
boards = "lamp"
first_color_max = "30s"

[[expect]]
boards = "lost"
first_color_max = "30s"
"#;

fn report() -> String {
    let scenario = Scenario::read(SCENARIO).expect("a good scenario");
    let mut run = Run::new(&scenario, scenario.seed, &Simulated).expect("a good scenario");
    run.finish().expect("nobody listens in");
    let verdict = judge(&scenario, run.recording());
    let replay = "rgb-sim scenario run trouble.toml --seed 1";
    let report = Report { name: "trouble", replay, scenario: &scenario, recording: run.recording(), verdict: &verdict };
    report.to_html()
}

#[test]
fn the_browser_shows_everything_and_complains_about_nothing() {
    let Some(loaded) = load(&report(), false) else { return };
    assert_eq!(loaded.console, [""; 0]);
    let dom = loaded.dom;
    for text in [
        "<title>trouble does not hold, seed 1</title>",
        "<h1>trouble</h1>",
        "A home with &lt;b&gt;trouble&lt;/b&gt; &amp; one board that has no network",
        "1 of 7 demands does not hold.",
        "rgb-sim scenario run trouble.toml --seed 1",
        ">lost</a> at 30s: it has got no colour",
        "ap_down Home, from 20s to 25s",
        "move walker to 150 m, from 40s to 1m 5s",
        "renumber Home to 10.20.30.1/24, at 1m 10s",
    ] {
        assert!(dom.contains(text), "{text}");
    }
    let boards =
        ["server", "walker", "lost"].map(str::to_owned).into_iter().chain((1..=20).map(|lamp| format!("lamp-{lamp}")));
    for board in boards {
        assert_eq!(dom.matches(&format!("<title>{board}: ")).count(), 1, "{board} has a row of its own");
        assert!(
            dom.matches(&format!(">{board}</a>")).count() >= 2,
            "{board} is in the time line and among the numbers"
        );
    }
}

#[test]
fn nothing_is_wider_than_the_window_and_the_time_line_scrolls() {
    let html = report();
    for look in [PHONE, Look { width: 800, dark: false }, DESKTOP] {
        let Some(seen) = measure(&html, look) else { return };
        assert_eq!(seen["window"], look.width, "the page has the width that was asked for");
        assert_eq!(seen["page"], look.width, "{seen:#}");
        assert_eq!(seen["outside"], serde_json::json!([]), "at {} px", look.width);
        let width = |of: &str| seen[of][0].as_f64().expect("a width");
        assert_eq!(width("time_line") > width("time_line_box"), look.width < 900, "{seen:#}");
        assert!(width("time_line") >= 800.0, "{seen:#}");
    }
}

#[test]
fn who_prefers_dark_pages_gets_one() {
    let html = report();
    let backgrounds = [false, true].map(|dark| Some(measure(&html, Look { dark, ..DESKTOP })?["background"].clone()));
    let [Some(light), Some(dark)] = backgrounds else { return };
    assert_eq!([light, dark], ["rgb(243, 245, 248)", "rgb(14, 18, 23)"]);
}

#[test]
fn the_page_lets_no_script_run() {
    let Some(loaded) = load(&with_script(&report()), false) else { return };
    assert!(!loaded.dom.contains("id=\"probe\""));
    assert!(loaded.console.iter().any(|line| line.contains("Content Security Policy")), "{:?}", loaded.console);
}
