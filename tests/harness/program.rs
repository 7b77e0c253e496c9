//! Where the program under test is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A command that runs rgb-sim with these arguments, separated by spaces, and with no say of this environment in its
/// colours.
///
/// The program is built first, in the tests' own profile. `RGB_SIM` may name another one to test instead.
#[must_use]
pub fn rgb_sim(args: &str) -> Command {
    let mut command = Command::new(path());
    command.args(args.split_whitespace());
    command.env_remove("NO_COLOR").env("TERM", "xterm-256color").stdin(Stdio::null());
    command
}

fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var_os("RGB_SIM") {
        Some(path) => path.into(),
        None => build_once_a_run(),
    })
}

/// nextest gives each test a process of its own, and an identity to all of a run: there the first one builds.
fn build_once_a_run() -> PathBuf {
    let Some(run) = std::env::var_os("NEXTEST_RUN_ID") else { return build() };
    let mut note = OsString::from("rgb-sim-of-");
    note.push(run);
    let note = std::env::temp_dir().join(note);
    if let Ok(path) = std::fs::read_to_string(&note) {
        return path.into();
    }
    let path = build();
    // Renamed into place, so that nobody reads half of it; who finds no note builds.
    let draft = note.with_extension(std::process::id().to_string());
    if std::fs::write(&draft, path.to_string_lossy().as_bytes()).is_ok() {
        let _ = std::fs::rename(draft, note);
    }
    path
}

/// Only cargo knows where its programs are, and only a build makes sure that this one is up to date.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from(env!("CARGO")));
    let mut command = Command::new(cargo);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["build", "--quiet", "--bin", "rgb-sim", "--message-format=json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = command.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "rgb-sim does not build: {command:?}");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    messages.lines().find_map(executable).expect("cargo names the program that it built")
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_program = message["reason"] == "compiler-artifact" && message["target"]["name"] == "rgb-sim";
    message["executable"].as_str().filter(|_| is_program).map(PathBuf::from)
}
