//! `--source`.

use std::path::{Path, PathBuf};

use harness::{Finished, Simulator, rgb_sim};

use super::colors_by_board;

fn colors(source: &str, count: usize) -> Vec<String> {
    let run = Finished::run(&format!("run --count {count} --interval 1ms --source {source} --json"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    colors_by_board(&run)["client-1"].clone()
}

/// Writes a colour file that no other test has.
fn color_file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.txt", std::process::id()));
    std::fs::write(&path, text).expect("the target directory can be written to");
    path
}

fn run_with_file(path: &Path, count: u32) -> Finished {
    let mut command = rgb_sim(&format!("run --count {count} --interval 1ms --json --source"));
    command.arg(format!("file:{}", path.display()));
    Simulator::spawn(command).finish()
}

#[test]
fn fixed_is_one_colour_for_ever() {
    assert_eq!(colors("fixed:255,128,0", 3), ["255,128,0"; 3]);
}

#[test]
fn sweep_turns_around_the_colour_wheel() {
    let colors = colors("sweep", 97);
    assert_eq!((&*colors[0], &*colors[32], &*colors[64]), ("255,0,0", "0,255,0", "0,0,255"));
    assert_eq!(colors[96], colors[0]);
}

#[test]
fn random_is_the_default() {
    let spelled = Finished::run("run --count 3 --interval 1ms --seed 3 --source random --json");
    let default = Finished::run("run --count 3 --interval 1ms --seed 3 --json");
    assert_eq!(colors_by_board(&spelled), colors_by_board(&default));
}

#[test]
fn a_file_is_read_line_by_line_and_again_from_its_start() {
    let path = color_file("colors", "# a comment\n1,2,3\n\n  4,5,6  \r\n255,255,255\n");
    let run = run_with_file(&path, 4);
    assert_eq!(colors_by_board(&run)["client-1"], ["1,2,3", "4,5,6", "255,255,255", "1,2,3"]);
}

#[test]
fn a_missing_file_is_named() {
    let run = Finished::run("run --count 1 --source file:no-such-file.txt");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no-such-file.txt") && run.stderr.contains("cannot be read"), "{}", run.stderr);
    assert_eq!(run.stdout(), "");
}

#[test]
fn a_bad_line_is_named_by_its_number() {
    let run = run_with_file(&color_file("bad-line", "1,2,3\n# fine\n4,5,256\n"), 1);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("line 3: the blue number, at byte 4, is above 255"), "{}", run.stderr);
}

#[test]
fn a_file_without_a_colour_is_refused() {
    let run = run_with_file(&color_file("empty", "# nothing\n\n"), 1);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("there is no colour in it"), "{}", run.stderr);
}
