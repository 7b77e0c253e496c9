//! The scenarios that come with the crate hold, whatever chance does.

use rgb_sim::scenario::{SHIPPED, Scenario, judge};

use crate::play;

/// A few of the seeds that the whole check plays, of each scenario.
#[test]
fn each_holds_on_its_first_seeds() {
    for shipped in SHIPPED {
        let scenario = Scenario::read(shipped.text).expect("it is good");
        assert!(!scenario.description.is_empty() && !scenario.expectations.is_empty(), "{}", shipped.name);
        for seed in 1..=2 {
            let recording = play(&scenario, seed);
            for demand in judge(&scenario, &recording).demands {
                assert!(demand.holds(), "{} with seed {seed}: {}: {:?}", shipped.name, demand.what, demand.broken);
            }
        }
    }
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
