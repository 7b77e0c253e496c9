//! Settings survive in flash memory, whenever the power goes.

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_write,
};
use pico_fw::store::{Store, StoreError};
use proptest::prelude::*;
use proptest::test_runner::Config;
use rgb_proto::settings::area::{self, LEN, OFFSET, SLOT_LEN, Slot};
use rgb_proto::settings::record::RecordError;
use rgb_proto::settings::{Settings, SettingsDraft};

/// In which order an operation gets at its bytes; no data sheet says.
#[derive(Clone, Copy, Debug)]
enum Order {
    Forward,
    Backward,
    Scattered,
}

impl Order {
    const ALL: [Self; 3] = [Self::Forward, Self::Backward, Self::Scattered];

    /// The byte at which an operation on so many bytes is after so many steps.
    fn at(self, step: usize, len: usize) -> usize {
        match self {
            Self::Forward => step,
            Self::Backward => len - 1 - step,
            // A multiple of no length's factors goes everywhere.
            Self::Scattered => step * 2731 % len,
        }
    }
}

/// A flash memory of 2 MiB, of which only the settings' area may be touched.
#[derive(Clone)]
struct Chip {
    bytes: [u8; LEN],
    order: Order,
    /// How many bytes can still be erased or programmed before the power goes.
    power_for: Option<usize>,
    is_off: bool,
    /// Bits of one byte that stay cleared.
    stuck_low: (usize, u8),
    /// Bits of one byte that stay set.
    stuck_high: (usize, u8),
    erased: usize,
    programmed: usize,
}

/// What is done to a byte.
#[derive(Clone, Copy)]
enum Work {
    Erase,
    Program(u8),
}

impl Work {
    /// Does it to these bits.
    fn change(self, byte: &mut u8, bits: u8) {
        match self {
            Self::Erase => *byte |= bits,
            Self::Program(new) => {
                assert_eq!(*byte & new, new, "programming sets no bit");
                *byte &= new | !bits;
            }
        }
    }
}

impl Chip {
    fn new() -> Self {
        Self::with(&[0xff; LEN])
    }

    fn with(bytes: &[u8; LEN]) -> Self {
        Self {
            bytes: *bytes,
            order: Order::Forward,
            power_for: None,
            is_off: false,
            stuck_low: (0, 0),
            stuck_high: (0, 0),
            erased: 0,
            programmed: 0,
        }
    }

    fn power_on(&mut self) {
        self.is_off = false;
        self.power_for = None;
    }

    /// The power goes after so many bytes of work.
    fn cut_after(mut self, bytes: usize, order: Order) -> Self {
        (self.power_for, self.order) = (Some(bytes), order);
        self
    }

    fn holds(&self, secret: &str) -> bool {
        self.bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
    }

    /// Where these bytes are, in the area.
    fn place(from: u32, len: usize) -> usize {
        let start = from.checked_sub(OFFSET).expect("nothing in front of the area is touched") as usize;
        assert!(start + len <= LEN, "nothing behind the area is touched");
        start
    }

    fn work(&mut self, start: usize, works: &[Work]) -> Result<(), NorFlashErrorKind> {
        if self.is_off {
            return Err(NorFlashErrorKind::Other);
        }
        let place = &mut self.bytes[start..start + works.len()];
        let done = self.power_for.unwrap_or(usize::MAX).min(works.len());
        if done == works.len() {
            // The order does not matter.
            place.iter_mut().zip(works).for_each(|(byte, work)| work.change(byte, 0xff));
        } else {
            for step in 0..done {
                let at = self.order.at(step, works.len());
                works[at].change(&mut place[at], 0xff);
            }
            // The byte at which the power goes gets half of its bits.
            let at = self.order.at(done, works.len());
            works[at].change(&mut place[at], 0x55);
            self.is_off = true;
            return Err(NorFlashErrorKind::Other);
        }
        self.power_for = self.power_for.map(|bytes| bytes - done);
        Ok(())
    }
}

impl ErrorType for Chip {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Chip {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        if self.is_off {
            return Err(NorFlashErrorKind::Other);
        }
        let start = Self::place(offset, bytes.len());
        for (at, byte) in (start..).zip(bytes) {
            *byte = self.bytes[at];
            if at == self.stuck_low.0 {
                *byte &= !self.stuck_low.1;
            }
            if at == self.stuck_high.0 {
                *byte |= self.stuck_high.1;
            }
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        OFFSET as usize + LEN
    }
}

/// It clears any bit at any time, as flash memory of this kind does.
impl MultiwriteNorFlash for Chip {}

impl NorFlash for Chip {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 4096;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        self.erased += 1;
        let len = (to - from) as usize;
        self.work(Self::place(from, len), &[Work::Erase; SLOT_LEN][..len])
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        self.programmed += 1;
        let works: Vec<Work> = bytes.iter().map(|byte| Work::Program(*byte)).collect();
        self.work(Self::place(offset, bytes.len()), &works)
    }
}

fn settings(fields: &[(&str, &str)]) -> Settings {
    let mut draft = SettingsDraft::new();
    for (field, value) in fields {
        draft.set(field, value).expect("a good value");
    }
    draft.finish().expect("they make a board")
}

/// Settings with this passphrase.
fn home(passphrase: &str) -> Settings {
    settings(&[("name", "kitchen"), ("ssid", "Home"), ("passphrase", passphrase)])
}

/// Settings of several pages.
fn long() -> Settings {
    let (ssid, passphrase) = ("s".repeat(32), "p".repeat(63));
    let networks = ["", "2", "3", "4"]
        .map(|number| [(format!("ssid{number}"), ssid.clone()), (format!("passphrase{number}"), passphrase.clone())]);
    let fields: Vec<(&str, &str)> =
        networks.iter().flatten().map(|(field, value)| (field.as_str(), value.as_str())).collect();
    settings(&fields)
}

fn loaded(chip: &Chip) -> Result<Settings, StoreError> {
    Store::new(chip.clone()).load().map(|stored| stored.settings)
}

fn saved(chip: &Chip, settings: &Settings) -> Chip {
    let mut store = Store::new(chip.clone());
    store.save(settings).expect("the power stays");
    store.into_flash()
}

/// A chip with the second settings, and the first in the other slot.
fn saved_twice(first: &Settings, second: &Settings) -> Chip {
    saved(&saved(&Chip::new(), first), second)
}

/// The chip after the power went and came back, and whether the work was done before.
fn cut(chip: Chip, work: impl FnOnce(&mut Store<Chip>) -> Result<(), StoreError>) -> (Chip, bool) {
    let mut store = Store::new(chip);
    let outcome = work(&mut store);
    let mut chip = store.into_flash();
    let is_off = chip.is_off;
    assert_eq!(outcome, if is_off { Err(StoreError::Flash(NorFlashErrorKind::Other)) } else { Ok(()) });
    chip.power_on();
    (chip, !is_off)
}

#[test]
fn a_new_board_has_no_settings() {
    assert_eq!(loaded(&Chip::new()), Err(StoreError::Record(RecordError::Absent)));
    assert_eq!(loaded(&Chip::with(&[0; LEN])), Err(StoreError::Record(RecordError::Absent)));
}

#[test]
fn what_is_saved_is_loaded_and_the_slots_take_turns() {
    let mut store = Store::new(Chip::new());
    for (sequence, slot) in (1..=20).zip([Slot::First, Slot::Second].into_iter().cycle()) {
        let settings = if sequence % 3 == 0 { long() } else { home(&format!("passphrase {sequence}")) };
        store.save(&settings).unwrap();
        let stored = store.load().unwrap();
        assert_eq!((stored.settings, stored.slot, stored.sequence), (settings, slot, sequence));
    }
    assert_eq!(store.into_flash().erased, 20, "a save wears one slot, once");
}

#[test]
fn a_short_record_takes_few_pages() {
    let chip = saved(&Chip::new(), &home("correct horse"));
    assert_eq!(chip.programmed, 2, "the page, and its mark");
    let chip = saved(&Chip::new(), &long());
    assert_eq!(chip.programmed, 3);
}

/// The boot ROM writes each block of a UF2 file to the block's address, and first erases the sectors that they lie in.
fn copy_to_drive(chip: &mut Chip, uf2: &[u8]) {
    const FLASH_START: u32 = 0x1000_0000;
    let image = pico_uf2::decode(uf2).expect("a UF2 file");
    for (address, page) in image.pages() {
        let at = (address - FLASH_START) as usize - OFFSET as usize;
        chip.bytes[at..at + page.len()].copy_from_slice(page);
    }
}

#[test]
fn a_settings_file_is_what_the_board_reads_whatever_it_held_before() {
    for target in rgb_sim::provision::Chip::ALL {
        let settings = home("battery staple");
        let file = rgb_sim::provision::settings_uf2(&settings, target);
        let mut full = Chip::with(&[0x5a; LEN]);
        copy_to_drive(&mut full, &file);
        assert_eq!(Store::new(full).load().map(|stored| stored.settings), Ok(settings.clone()));
        // On a board with settings of its own, in either slot.
        for saves in 1..=3 {
            let mut store = Store::new(Chip::new());
            for _ in 0..saves {
                store.save(&home("correct horse")).unwrap();
            }
            let mut chip = store.into_flash();
            copy_to_drive(&mut chip, &file);
            let mut store = Store::new(chip);
            assert_eq!(store.load().map(|stored| stored.settings), Ok(settings.clone()));
            store.save(&home("correct horse")).unwrap();
            assert_eq!(store.load().map(|stored| stored.settings), Ok(home("correct horse")));
        }
    }
}

#[test]
fn what_the_provisioning_tool_writes_is_loaded() {
    let chip = Chip::with(&area::image(&home("correct horse")));
    assert_eq!(loaded(&chip), Ok(home("correct horse")));
    let chip = saved(&chip, &home("battery staple"));
    assert_eq!(loaded(&chip), Ok(home("battery staple")));
}

#[test]
fn the_power_may_go_at_every_byte_of_a_save() {
    let chain = [long(), home("battery staple")];
    for order in Order::ALL {
        let mut chip = saved(&Chip::new(), &home("the first one"));
        for new in &chain {
            let old = loaded(&chip).unwrap();
            let mut came_new = 0;
            for bytes in 0.. {
                let (after, is_done) = cut(chip.clone().cut_after(bytes, order), |store| store.save(new));
                let settings = loaded(&after).expect("there are always settings");
                assert!(settings == old || settings == *new, "{order:?}, cut after {bytes} bytes");
                came_new += u32::from(settings == *new);
                // Whatever lies there now, the next save works.
                if bytes % 64 == 0 || bytes > SLOT_LEN {
                    let next = saved(&after, &home("the next one"));
                    assert_eq!(loaded(&next), Ok(home("the next one")));
                }
                if is_done {
                    break;
                }
            }
            assert!(came_new > 0, "the last cut comes too late");
            chip = saved(&chip, new);
        }
    }
}

#[test]
fn a_first_save_that_is_cut_leaves_nothing_or_the_settings() {
    for order in Order::ALL {
        for new in [home("correct horse"), long()] {
            for bytes in 0.. {
                let (chip, is_done) = cut(Chip::new().cut_after(bytes, order), |store| store.save(&new));
                match loaded(&chip) {
                    Ok(settings) => assert_eq!(settings, new),
                    Err(error) => assert_eq!(error, StoreError::Record(RecordError::Absent), "{order:?}, {bytes}"),
                }
                if is_done {
                    assert_eq!(loaded(&chip), Ok(new));
                    break;
                }
            }
        }
    }
}

#[test]
fn the_power_may_go_again_and_again() {
    let (old, new) = (home("correct horse"), long());
    for order in Order::ALL {
        let mut chip = saved_twice(&home("the first one"), &old);
        for bytes in (0..5000).step_by(7) {
            (chip, _) = cut(chip.cut_after(bytes, order), |store| store.save(&new));
            let settings = loaded(&chip).expect("there are always settings");
            assert!(settings == old || settings == new);
        }
        assert_eq!(loaded(&chip), Ok(new.clone()));
    }
}

#[test]
fn erasing_leaves_nothing_of_a_passphrase() {
    let (old, new) = ("correct horse", "battery staple");
    let chip = saved_twice(&home(old), &home(new));
    assert!(chip.holds(old) && chip.holds(new), "a save leaves the settings before it");
    let mut store = Store::new(chip);
    store.erase().unwrap();
    let chip = store.into_flash();
    assert_eq!(chip.bytes, [0xff; LEN]);
    assert_eq!(loaded(&chip), Err(StoreError::Record(RecordError::Absent)));
}

#[test]
fn erasing_does_not_need_settings() {
    let mut store = Store::new(Chip::with(&[0x5a; LEN]));
    store.erase().unwrap();
    assert_eq!(store.into_flash().bytes, [0xff; LEN]);
}

#[test]
fn erasing_that_is_cut_never_brings_back_older_settings() {
    let (old, new) = (home("correct horse"), home("battery staple"));
    // The settings that hold lie in either slot.
    for chip in [saved_twice(&old, &new), saved(&saved_twice(&home("the first one"), &old), &new)] {
        for order in Order::ALL {
            let mut came_none = 0;
            for bytes in 0.. {
                let (after, is_done) = cut(chip.clone().cut_after(bytes, order), Store::erase);
                match loaded(&after) {
                    Ok(settings) => assert_eq!(settings, new, "{order:?}, cut after {bytes} bytes"),
                    Err(_) => came_none += 1,
                }
                if bytes % 64 == 0 || is_done {
                    let mut store = Store::new(after);
                    store.erase().unwrap();
                    assert_eq!(store.into_flash().bytes, [0xff; LEN], "erased again, nothing is left");
                }
                if is_done {
                    assert_eq!(bytes, LEN);
                    break;
                }
            }
            assert!(came_none > 0);
        }
    }
}

#[test]
fn a_worn_out_flash_memory_is_told_and_the_old_settings_hold() {
    let (old, new) = (home("correct horse"), home("battery staple"));
    let chip = saved(&Chip::new(), &old);
    let record_len = saved(&chip, &new).bytes[SLOT_LEN..].iter().rposition(|byte| *byte != 0xff).unwrap() + 1;
    let mut told = 0;
    for at in 0..record_len {
        for bit in 0..8 {
            for is_low in [true, false] {
                let mut worn = chip.clone();
                let stuck = (SLOT_LEN + at, 1 << bit);
                *(if is_low { &mut worn.stuck_low } else { &mut worn.stuck_high }) = stuck;
                let mut store = Store::new(worn);
                let (outcome, after) = (store.save(&new), store.load().map(|stored| stored.settings));
                match outcome {
                    Ok(()) => assert_eq!(after, Ok(new.clone()), "the bit has this value anyway"),
                    Err(error) => {
                        assert_eq!((error, after), (StoreError::Worn, Ok(old.clone())));
                        told += 1;
                    }
                }
            }
        }
    }
    assert_eq!(told, record_len * 8, "of each bit one of both values is wrong");
}

#[test]
fn bits_behind_the_record_do_not_matter_to_a_save_but_to_erasing() {
    let mut chip = saved(&Chip::new(), &home("correct horse"));
    chip.stuck_low = (SLOT_LEN + 600, 1);
    let mut store = Store::new(saved(&chip, &home("battery staple")));
    assert_eq!(store.load().unwrap().settings, home("battery staple"));
    assert_eq!(store.erase(), Err(StoreError::Worn));
}

#[test]
fn a_flash_memory_that_refuses_is_told() {
    let mut chip = saved(&Chip::new(), &home("correct horse"));
    chip.is_off = true;
    let mut store = Store::new(chip);
    let refused = StoreError::Flash(NorFlashErrorKind::Other);
    assert_eq!(store.load(), Err(refused));
    assert_eq!(store.save(&home("battery staple")), Err(refused));
    assert_eq!(store.erase(), Err(refused));
}

#[test]
fn every_error_says_what_to_do() {
    for (error, words) in [
        (StoreError::Record(RecordError::Absent), "there are no settings here"),
        (
            StoreError::Flash(NorFlashErrorKind::OutOfBounds),
            "the flash memory is too small for the settings; use a board with 2 MiB or more",
        ),
        (
            StoreError::Flash(NorFlashErrorKind::Other),
            "the flash memory refused; try again, and if that does not help, start the board again",
        ),
        (
            StoreError::Worn,
            "the flash memory did not keep what was written; try again, and if that does not help, use another board",
        ),
    ] {
        assert_eq!(error.to_string(), words);
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 64, ..Config::default() })]

    #[test]
    fn garbage_is_no_settings_and_gives_way(
        bytes in proptest::collection::vec(any::<u8>(), LEN),
        marked in any::<[bool; 2]>(),
    ) {
        let mut chip = Chip::new();
        chip.bytes.copy_from_slice(&bytes);
        for (slot, is_marked) in [0, SLOT_LEN].into_iter().zip(marked) {
            if is_marked {
                // A record's mark and version, and a length that fits.
                chip.bytes[slot..slot + 8].copy_from_slice(b"RGBS\x01\x00\x80\x00");
            }
        }
        prop_assert!(matches!(loaded(&chip), Err(StoreError::Record(_))));
        let chip = saved(&chip, &home("correct horse"));
        prop_assert_eq!(loaded(&chip), Ok(home("correct horse")));
    }

    #[test]
    fn one_slot_of_garbage_does_not_matter(bytes in proptest::collection::vec(any::<u8>(), SLOT_LEN)) {
        let (old, new) = (home("correct horse"), home("battery staple"));
        let mut chip = saved_twice(&old, &new);
        chip.bytes[..SLOT_LEN].copy_from_slice(&bytes);
        prop_assert_eq!(loaded(&chip), Ok(new));
        let mut chip = saved_twice(&old, &old);
        chip.bytes[SLOT_LEN..].copy_from_slice(&bytes);
        prop_assert_eq!(loaded(&chip), Ok(old));
    }
}
