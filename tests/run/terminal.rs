//! What people read on a terminal.

use harness::{rgb_sim, terminal};

const SWATCH: &str = "\u{1b}[48;2;255;128;0m";
const ESCAPE: char = '\u{1b}';

fn on_terminal(args: &str, variables: &[(&str, &str)]) -> String {
    let mut command = rgb_sim(&format!("run --count 1 --source fixed:255,128,0 {args}"));
    command.envs(variables.iter().copied());
    let text = terminal::run(command);
    assert!(text.contains("latency"), "{text}");
    text
}

#[test]
fn a_terminal_gets_colours() {
    assert!(on_terminal("", &[]).contains(SWATCH));
}

#[test]
fn no_color_takes_the_colours_away() {
    assert!(!on_terminal("", &[("NO_COLOR", "1")]).contains(ESCAPE));
}

#[test]
fn an_empty_no_color_does_not() {
    assert!(on_terminal("", &[("NO_COLOR", "")]).contains(SWATCH));
}

#[test]
fn a_dumb_terminal_gets_no_colours() {
    assert!(!on_terminal("", &[("TERM", "dumb")]).contains(ESCAPE));
}

#[test]
fn never_means_never() {
    assert!(!on_terminal("--color never", &[]).contains(ESCAPE));
}

#[test]
fn always_goes_before_no_color() {
    assert!(on_terminal("--color always", &[("NO_COLOR", "1")]).contains(SWATCH));
}
