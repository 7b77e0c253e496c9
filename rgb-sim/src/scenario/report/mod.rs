//! A run as a page that people look at: one HTML file that fetches nothing, runs nothing, and is read without a script.
//!
//! | section | file |
//! |---|---|
//! | what was played, and whether everything holds | `header.rs` |
//! | what is demanded, and where it does not hold | `demands.rs` |
//! | what every board did, beside what went wrong | `timeline/` |
//! | how long exchanges took, and why others failed | `exchanges.rs` |
//! | where the signal was too weak | `signal.rs` |
//! | each board in numbers | `boards.rs` |

mod boards;
mod chart;
mod demands;
mod exchanges;
mod format;
mod header;
mod markup;
mod signal;
#[cfg(test)]
mod tests;
mod timeline;

use super::Scenario;
use super::judge::Verdict;
use super::recording::Recording;
use markup::Markup;

/// A run, for a page about it.
///
/// ```
/// use rgb_sim::scenario::{Report, Run, Scenario, Simulated, judge};
///
/// let scenario = Scenario::read("duration = \"5s\"\n[[network]]\nssid = \"Home\"\n[[board]]\nname = \"server\"")?;
/// let mut run = Run::new(&scenario, scenario.seed, &Simulated)?;
/// run.finish()?;
/// let report = Report {
///     name: "quiet",
///     replay: "rgb-sim scenario run quiet.toml --seed 1",
///     scenario: &scenario,
///     recording: run.recording(),
///     verdict: &judge(&scenario, run.recording()),
/// };
/// assert!(report.to_html().contains("<h1>quiet</h1>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What the scenario is called.
    pub name: &'a str,
    /// The command that plays the run again.
    pub replay: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What the run was like.
    pub recording: &'a Recording,
    /// What came of it.
    pub verdict: &'a Verdict,
}

impl Report<'_> {
    /// The page. The same run gives the same bytes.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = Markup::document();
        page.element("html", &[("lang", &"en")], |page| {
            page.element("head", &[], |page| self.write_head(page));
            page.element("body", &[], |page| {
                header::write(self, page);
                page.element("main", &[], |page| {
                    demands::write(self, page);
                    timeline::write(self, page);
                    exchanges::write(self.recording, page);
                    signal::write(self.recording, page);
                    boards::write(self.recording, page);
                    self.write_scenario(page);
                });
            });
        });
        page.finish()
    }

    fn write_head(&self, page: &mut Markup) {
        /// Whatever the page's texts are, no browser fetches or runs anything for it.
        const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
        page.empty("meta", &[("charset", &"utf-8")]);
        page.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &POLICY)]);
        page.empty("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
        page.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
        let outcome = if self.verdict.holds() { "holds" } else { "does not hold" };
        page.leaf("title", &[], format_args!("{} {outcome}, seed {}", self.name, self.recording.seed));
        page.style(include_str!("page.css"));
    }

    fn write_scenario(&self, page: &mut Markup) {
        page.element("section", &[("aria-labelledby", &"scenario")], |page| {
            page.leaf("h2", &[("id", &"scenario")], "Scenario");
            page.element("details", &[], |page| {
                page.leaf("summary", &[], "The file that was played");
                page.leaf("pre", &[("tabindex", &0)], self.scenario);
            });
        });
    }
}
