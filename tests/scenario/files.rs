//! What becomes of scenario files, good and bad.

use harness::Finished;

use super::{Folder, home};

#[test]
fn a_good_file_is_fine_and_a_wrong_one_is_told_where() {
    let folder = Folder::with(&home("1m", ""));
    std::fs::write(folder.path("b.toml"), home("1m", "[[event]]\nat = \"1s\"\ndeauth = \"cleint\"\n")).expect("room");
    let check = folder.run("check DIR/a.toml DIR/b.toml");
    assert_eq!(check.code, Some(1), "{check:#?}");
    assert!(check.stdout().contains("a.toml: fine: 2 boards, 1 network, 0 events"), "{check:#?}");
    assert!(check.stderr.contains("b.toml: line 13, column 10: there is no board \"cleint\""), "{check:#?}");
    assert!(check.stderr.contains("13 | deauth = \"cleint\""), "{check:#?}");
}

#[test]
fn a_wrong_file_is_not_played() {
    let folder = Folder::with(&home("1m", "[[expect]]\nsucces_min = 1\n"));
    let run = folder.run("run DIR/a.toml");
    assert_eq!((run.code, &*run.stdout()), (Some(2), ""));
    assert!(run.stderr.contains("unknown key \"succes_min\""), "{run:#?}");
    let missing = folder.run("run DIR/none.toml");
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("scenario list"), "{missing:#?}");
}

#[test]
fn a_new_file_is_good_and_says_what_there_is() {
    let new = Finished::run("scenario new");
    assert_eq!((new.code, &*new.stderr), (Some(0), ""));
    let folder = Folder::with(&new.stdout());
    assert_eq!(folder.run("check DIR/a.toml").code, Some(0));
    assert_eq!(folder.run("run DIR/a.toml --quiet").code, Some(0));
    let list = Finished::run("scenario list").stdout();
    assert!(list.lines().count() >= 12, "{list}");
    assert!(list.lines().all(|line| line.split_whitespace().count() > 4), "{list}");
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let folder = Folder::with(&home("20s", ""));
    for option in ["pcap", "trace", "report"] {
        let run = folder.run(&format!("run DIR/a.toml --{option} DIR/nowhere/out"));
        assert_eq!(run.code, Some(2), "{option}: {run:#?}");
        assert!(run.stderr.contains("cannot write") && run.stderr.contains("nowhere"), "{option}: {run:#?}");
    }
}

#[test]
fn options_that_do_not_fit_together_are_refused() {
    for args in [
        "run two-boards --seeds 2 --pcap a.pcap",
        "run two-boards --seeds 2 --report a.html",
        "run two-boards --seeds 0",
        "run two-boards --speed slow",
        "run two-boards --forward 8080",
        "run two-boards --forward 0:nobody:80",
        "run soft-ap --forward 0:server:80",
        "run",
        "check",
        "",
    ] {
        let run = Finished::run(&format!("scenario {args}"));
        assert_eq!((run.code, &*run.stdout()), (Some(2), ""), "{args}: {run:#?}");
        assert!(!run.stderr.is_empty(), "{args}");
    }
}
