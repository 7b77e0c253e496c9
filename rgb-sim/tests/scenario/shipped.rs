//! The scenarios that come with the crate hold, whatever chance does.

use rgb_sim::scenario::{SHIPPED, Scenario, judge};

use crate::play;

#[test]
fn each_holds_on_twenty_seeds() {
    std::thread::scope(|scope| {
        for shipped in SHIPPED {
            scope.spawn(move || {
                let scenario = Scenario::read(shipped.text).expect("it is good");
                assert!(!scenario.description.is_empty() && !scenario.expectations.is_empty(), "{}", shipped.name);
                for seed in 1..=20 {
                    let recording = play(&scenario, seed);
                    for demand in judge(&scenario, &recording).demands {
                        assert!(demand.holds(), "{}, seed {seed}: {}: {:?}", shipped.name, demand.what, demand.broken);
                    }
                }
            });
        }
    });
}

#[test]
fn the_list_has_every_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path().file_stem().expect("a name").to_owned())
        .collect();
    let mut listed: Vec<_> = SHIPPED.iter().map(|shipped| shipped.name.into()).collect::<Vec<std::ffi::OsString>>();
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}
