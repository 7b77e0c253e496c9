//! A browser without a window: Debian's Chromium.

use std::fs;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Tells what a page looks like, behind its end. Everything is unfolded first, so that all of it is laid out. What is in a
/// box that scrolls may be wider than the window.
const PROBE: &str = r#"<script>
document.querySelectorAll("details").forEach(details => details.open = true);
const outside = [];
for (const element of document.querySelectorAll("body *")) {
    if (element.parentElement.closest(".scroll, pre")) continue;
    const box = element.getBoundingClientRect();
    if (box.left < -0.5 || box.right > innerWidth + 0.5) outside.push(element.outerHTML.slice(0, 120));
}
const size = selector => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return [box.width, box.height];
};
const probe = document.createElement("pre");
probe.id = "probe";
probe.textContent = JSON.stringify({
    window: innerWidth,
    page: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
    time_line: size(".time-line"),
    time_line_box: size(".scroll"),
    outside,
});
parent.document.body.append(probe);
</script>"#;

/// A page as the browser has it when it is loaded.
pub(super) struct Loaded {
    /// The document, written out again.
    pub(super) dom: String,
    /// What the browser's console says, which is nothing when all is well.
    pub(super) console: Vec<String>,
}

/// How a page is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// The width that the page has, in pixels.
    pub(super) width: u32,
    /// Whether the user prefers dark pages.
    pub(super) dark: bool,
}

/// Lets the browser load a page, whose user may prefer dark ones. Where there is no browser, says so and gives `None`.
pub(super) fn load(html: &str, dark: bool) -> Option<Loaded> {
    let scheme =
        if dark { "--blink-settings=preferredColorScheme=0" } else { "--blink-settings=preferredColorScheme=1" };
    let directory = tempfile::tempdir().expect("temporary files can be written");
    let file = directory.path().join("report.html");
    fs::write(&file, html).expect("temporary files can be written");
    let mut command = Command::new("chromium");
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.arg(format!("--user-data-dir={}", directory.path().join("profile").display()));
    command.args(["--window-size=1600,2000", scheme]);
    command.args(["--enable-logging=stderr", "--dump-dom"]).arg(format!("file://{}", file.display()));
    let output = match command.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: there is no chromium on this machine");
            return None;
        }
        output => output.expect("chromium can be started"),
    };
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "chromium: {}\n{complaints}", output.status);
    let console = complaints.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned);
    let dom = String::from_utf8(output.stdout).expect("a document is UTF-8");
    Some(Loaded { dom, console: console.collect() })
}

/// Measures a page. The probe is a script, so the copy that is measured does without the policy that forbids them. It is
/// in a frame, which can be narrower than the browser's windows.
pub(super) fn measure(html: &str, look: Look) -> Option<Value> {
    let (before, rest) = html.split_once("<meta http-equiv=").expect("the page has a policy");
    let (_policy, after) = rest.split_once("/>").expect("its element ends");
    let probed = with_script(&format!("{before}{after}")).replace('&', "&amp;").replace('"', "&quot;");
    let Look { width, dark } = look;
    // A frame has the scheme of the page around it.
    let frame = format!(
        "<!DOCTYPE html><meta charset=utf-8><meta name=color-scheme content='light dark'>\
         <iframe style='width: {width}px; height: 2000px; border: 0' srcdoc=\"{probed}\"></iframe>"
    );
    let Loaded { dom, console } = load(&frame, dark)?;
    assert_eq!(console, [""; 0]);
    let (_, probe) = dom.rsplit_once("<pre id=\"probe\">").expect("the probe tells what it saw");
    let (probe, _) = probe.split_once("</pre>").expect("its element ends");
    let probe = probe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some(serde_json::from_str(&probe).expect("the probe writes JSON"))
}

/// The page with the probe at its end.
pub(super) fn with_script(html: &str) -> String {
    html.replace("</body>", &format!("{PROBE}</body>"))
}
