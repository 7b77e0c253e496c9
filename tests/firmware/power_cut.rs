//! The power goes while settings are saved.

use std::time::Duration;

use harness::Firmware;
use rgb_proto::settings::area;
use rgb_sim::scenario::ScenarioBoard;

use crate::lab::{Lab, secs};

/// Shorter than what any step of a save takes.
const STEP: Duration = Duration::from_micros(100);

pub(crate) fn a_save_that_loses_power_leaves_the_settings_of_before_or_after(firmware: &Firmware) {
    let mut lab = Lab::new(firmware);
    let node = lab.board(&[("name", "before")]);
    let flash = |lab: &Lab| {
        let flash = lab.peek(node).board().machine().chip().flash();
        flash[area::OFFSET as usize..][..area::LEN].to_vec()
    };
    let (mut lost, mut kept) = (0, 0);
    // The power goes when the flash memory has changed so often, until a save is over before.
    for changes in 0.. {
        lab.type_line(node, "set name after");
        lab.answers(node, "name = after", secs(5));
        lab.type_line(node, "save");
        let (mut before, mut changed) = (flash(&lab), 0);
        let deadline = lab.world.now() + secs(1);
        while changed < changes && lab.world.now() < deadline {
            lab.world.run_for(STEP);
            let now = flash(&lab);
            changed += u32::from(now != before);
            before = now;
        }
        lab.board_mut(node).power_off();
        lab.step();
        let (first, second) = before.split_at(area::SLOT_LEN);
        let stored = area::newest(first, second).expect("there are always settings");
        let name = stored.settings.name();
        assert!(["before", "after"].contains(&name.as_str()), "{name}");
        lab.board_mut(node).power_on();
        lab.says(node, &format!("pico-fw 0.1.0, board {name}"), secs(1));
        if changed < changes {
            break;
        }
        if name.as_str() == "before" {
            lost += 1;
            continue;
        }
        kept += 1;
        for (line, answer) in [("set name before", "name = before"), ("save", "saved; ")] {
            lab.type_line(node, line);
            lab.answers(node, answer, secs(5));
        }
    }
    assert!(lost >= 3 && kept >= 1, "{lost} lost, {kept} kept");
}
