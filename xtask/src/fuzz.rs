//! `cargo xtask fuzz`: every fuzz target for a while, without a nightly toolchain.

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, ProcessError};
use crate::workspace;

/// What a coverage-guided fuzzer needs of the compiler: libFuzzer's counters in every edge and operands of comparisons.
const INSTRUMENTATION: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Why fuzzing did not pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FuzzError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(
        "the fuzz targets were not built: {0}\nlibFuzzer's runtime needs a C++ compiler; on Debian: apt-get install g++"
    )]
    Build(ProcessError),
    #[error("`{}` could not be read or made: {source}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Found(Findings),
}

/// The targets that failed.
#[derive(Debug)]
pub(crate) struct Findings(Vec<Finding>);

#[derive(Debug)]
struct Finding {
    target: String,
    artifact: Option<String>,
    program: PathBuf,
}

impl std::fmt::Display for Findings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} fuzz target(s) failed", self.0.len())?;
        for Finding { target, artifact, program } in &self.0 {
            match artifact {
                Some(artifact) => {
                    write!(
                        f,
                        "\n{target}: the input is {artifact}; run it again with\n  {} {artifact}",
                        program.display()
                    )?;
                }
                None => write!(f, "\n{target}: no input was written; the messages above say why it ended")?,
            }
        }
        Ok(())
    }
}

/// Builds every target and runs each for so many seconds.
///
/// # Errors
///
/// [`FuzzError`] when a target does not build, or when one found an input that fails.
pub(crate) fn run(seconds: NonZeroU32) -> Result<(), FuzzError> {
    let package = workspace::root().join("rgb-proto/fuzz");
    let programs = build(&package)?;
    let mut findings = Vec::new();
    for target in targets(&package)? {
        findings.extend(fuzz(&package, &target, programs.join(&target), seconds)?);
    }
    if findings.is_empty() { Ok(()) } else { Err(FuzzError::Found(Findings(findings))) }
}

/// The targets' names, in order.
fn targets(package: &Path) -> Result<Vec<String>, FuzzError> {
    let path = package.join("fuzz_targets");
    let failed = |source| FuzzError::Directory { path: path.clone(), source };
    let mut targets = Vec::new();
    for entry in fs::read_dir(&path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(file.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    Ok(targets)
}

/// Builds every target, and returns the directory of the programs.
fn build(package: &Path) -> Result<PathBuf, FuzzError> {
    let host = process::output(process::rustc().args(["--print", "host-tuple"]))?;
    let target_dir = workspace::target_dir("fuzz");
    let mut flags = INSTRUMENTATION.to_vec();
    let mut command = process::cargo();
    if has_address_sanitizer(&host)? {
        flags.push("-Zsanitizer=address");
        // The compiler's one unstable option here; the code itself is stable Rust.
        command.env("RUSTC_BOOTSTRAP", "1");
    } else {
        println!("This toolchain has no AddressSanitizer; fuzzing without it.");
    }
    command
        .current_dir(package)
        .env("RUSTFLAGS", flags.join(" "))
        .args(["build", "--release", "--target", &host, "--target-dir"])
        .arg(&target_dir);
    process::run(&mut command).map_err(FuzzError::Build)?;
    Ok(target_dir.join(host).join("release"))
}

fn has_address_sanitizer(host: &str) -> Result<bool, FuzzError> {
    let libraries = process::output(process::rustc().args(["--print", "target-libdir", "--target", host]))?;
    let runtime = |name: &str| name.starts_with("librustc") && name.ends_with("_rt.asan.a");
    let Ok(files) = fs::read_dir(libraries) else { return Ok(false) };
    Ok(files.flatten().any(|file| runtime(&file.file_name().to_string_lossy())))
}

/// Runs one target; returns what it found.
fn fuzz(package: &Path, target: &str, program: PathBuf, seconds: NonZeroU32) -> Result<Option<Finding>, FuzzError> {
    let corpus = package.join("corpus").join(target);
    let artifacts = package.join("artifacts").join(target);
    for path in [&corpus, &artifacts] {
        fs::create_dir_all(path).map_err(|source| FuzzError::Directory { path: path.clone(), source })?;
    }
    let mut command = Command::new(&program);
    command
        .current_dir(workspace::root())
        .arg(format!("-max_total_time={seconds}"))
        // With the separator, or libFuzzer takes the last component for a part of the file's name.
        .arg(format!("-artifact_prefix={}/", workspace::shown(&artifacts)))
        .args(["-print_final_stats=1", "-timeout=10"])
        // A crate without an allocator cannot leak, and the search for leaks needs rights that containers withhold.
        .arg("-detect_leaks=0")
        .arg(workspace::shown(&corpus));
    let output = command.output().map_err(|source| ProcessError::Start { command: process::text(&command), source })?;
    let log = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let stat = |name| statistic(&log, name).unwrap_or("an unknown number of");
        println!(
            "{target}: {} runs in {seconds} s, {} per second, no failure",
            stat("number_of_executed_units"),
            stat("average_exec_per_sec")
        );
        return Ok(None);
    }
    eprintln!("{log}");
    let artifact = artifact(&log).map(str::to_owned);
    Ok(Some(Finding { target: target.to_owned(), artifact, program }))
}

/// The value of one of libFuzzer's final statistics.
fn statistic<'a>(log: &'a str, name: &str) -> Option<&'a str> {
    log.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// The file that holds the input that failed.
fn artifact(log: &str) -> Option<&str> {
    log.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, file)| file.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
#2\tINITED cov: 7
Done 184010 runs in 11 second(s)
stat::number_of_executed_units: 184010
stat::average_exec_per_sec:     16728
";

    #[test]
    fn statistics_are_found_in_the_log() {
        assert_eq!(statistic(LOG, "average_exec_per_sec"), Some("16728"));
        assert_eq!(statistic(LOG, "average"), None);
        assert_eq!(artifact(LOG), None);
    }

    #[test]
    fn finding_says_how_to_run_the_input_again() {
        let log = "artifact_prefix='a/'; Test unit written to a/crash-0f3\nBase64: AAE=\n";
        let findings = Findings(vec![Finding {
            target: "decode".to_owned(),
            artifact: artifact(log).map(str::to_owned),
            program: PathBuf::from("release/decode"),
        }]);
        assert!(findings.to_string().ends_with("run it again with\n  release/decode a/crash-0f3"), "{findings}");
    }

    #[test]
    fn all_targets_of_the_package_are_listed() {
        let targets = targets(&workspace::root().join("rgb-proto/fuzz")).unwrap();
        assert_eq!(
            targets,
            ["client_exchange", "decode", "mdns_message", "request", "server_exchange", "settings_record"]
        );
    }
}
