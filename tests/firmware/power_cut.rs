//! The power goes while settings are saved.

use std::time::Duration;

use harness::Firmware;
use rgb_proto::settings::area;
use rgb_sim::scenario::ScenarioBoard;
use rgb_sim::world::NodeId;

use crate::lab::{Lab, secs};

/// Shorter than half of a page takes.
const STEP: Duration = Duration::from_micros(100);

/// Longer than a save takes.
const SAVE_MAX: Duration = secs(1);

/// Settings that take more than one page of the flash memory, for the pages have an order.
const LONG: [(&str, &str); 6] = [
    ("ssid2", "The network at the grandparents'"),
    ("passphrase2", "a passphrase of a length that nobody likes to type on a phone"),
    ("ssid3", "The network in the summer house."),
    ("passphrase3", "another one which is just as long as the one above it, or so"),
    ("ssid4", "The network of the neighbours..."),
    ("passphrase4", "they would not like to see it in a test, so this is another"),
];

pub(crate) fn a_save_that_loses_power_leaves_the_settings_of_before_or_after(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let node = lab.board(&[&[("name", "before")], &LONG[..]].concat());
    lab.says(node, "pico-fw 0.1.0, board before", secs(1));
    let mut names = Vec::new();
    // The power goes when the flash memory has changed so often, until a save is over before.
    for changes in 0.. {
        rename(&mut lab, node, "before");
        lab.answers(node, "saved; ", SAVE_MAX);
        rename(&mut lab, node, "after");
        let (changed, flash) = save_until(&mut lab, node, changes);
        lab.board_mut(node).power_off();
        lab.step();
        let (first, second) = flash.split_at(area::SLOT_LEN);
        let settings = area::newest(first, second).expect("there are always settings").settings;
        lab.board_mut(node).power_on();
        lab.says(node, &format!("pico-fw 0.1.0, board {}", settings.name()), secs(1));
        for (number, (_, ssid)) in (1..).zip(LONG.iter().step_by(2)) {
            assert_eq!(settings.networks()[number].ssid().as_str(), *ssid);
        }
        names.push(settings.name().to_string());
        if changed < changes {
            break;
        }
    }
    // First the save is lost, and then it is not: at least behind half of the erasing and each half of two pages.
    let lost = names.iter().take_while(|name| *name == "before").count();
    assert!(lost >= 5 && names.len() > lost && names[lost..].iter().all(|name| name == "after"), "{names:?}");
}

/// Types another name at the console, and to save it.
fn rename(lab: &mut Lab, node: NodeId, name: &str) {
    lab.type_line(node, &format!("set name {name}"));
    lab.answers(node, &format!("name = {name}"), secs(5));
    lab.type_line(node, "save");
}

/// Runs until the settings' area has changed so often, or the save is over; gives how often, and what is there.
fn save_until(lab: &mut Lab, node: NodeId, changes: u32) -> (u32, Vec<u8>) {
    let area = |lab: &Lab| {
        let flash = lab.peek(node).board().machine().chip().flash();
        flash[area::OFFSET as usize..][..area::LEN].to_vec()
    };
    let (mut changed, mut before) = (0, area(lab));
    let end = lab.world.now() + SAVE_MAX;
    while changed < changes && lab.world.now() < end {
        lab.world.run_for(STEP);
        let now = area(lab);
        changed += u32::from(now != before);
        before = now;
    }
    (changed, before)
}
