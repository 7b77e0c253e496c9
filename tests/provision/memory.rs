//! The firmware ends before the settings begin.

use std::path::Path;

use pico_uf2::{Chip, FLASH_START};
use rgb_proto::settings::area;

/// A number as the linker's scripts have them: hexadecimal, or in units of 1024.
fn number(text: &str) -> u64 {
    let text = text.trim();
    let parsed = match (text.strip_prefix("0x"), text.strip_suffix('K')) {
        (Some(digits), _) => u64::from_str_radix(digits, 16),
        (None, Some(units)) => units.parse::<u64>().map(|units| units * 1024),
        (None, None) => text.parse(),
    };
    parsed.unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// Where the region for the program ends.
fn flash_end(script: &str) -> u64 {
    let line = script.lines().find(|line| line.trim_start().starts_with("FLASH ")).expect("there is flash memory");
    let (origin, length) =
        line.split_once("ORIGIN =").and_then(|(_, region)| region.split_once(", LENGTH =")).expect("it has a place");
    let mut terms = length.split('-').map(number);
    let length = terms.next().expect("a split has a first part") - terms.sum::<u64>();
    number(origin) + length
}

#[test]
fn the_program_ends_before_the_settings() {
    for chip in Chip::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pico-fw/memory-{chip}.x"));
        let end = flash_end(&std::fs::read_to_string(path).unwrap());
        let area = u64::from(FLASH_START + area::OFFSET);
        assert!(end <= area, "{chip}: the program may reach to {end:#x}, and the settings begin at {area:#x}");
    }
}

#[test]
fn the_settings_end_within_the_smaller_flash_memory() {
    for chip in Chip::ALL {
        assert!(area::OFFSET as usize + area::LEN <= chip.flash().len());
    }
}
