//! Two slots for settings in flash memory: the later one holds, and a cut of power never takes the last good one.

mod property;
mod settings_strategy;

use proptest::prelude::*;
use rgb_proto::settings::area::{self, LEN, OFFSET, SLOT_LEN, Slot, Stored};
use rgb_proto::settings::record::{self, RECORD_LEN_MAX, RecordError};
use rgb_proto::settings::{Settings, SettingsDraft};

fn settings(ssid: &str) -> Settings {
    let mut draft = SettingsDraft::new();
    draft.set("ssid", ssid).expect("a good name");
    draft.finish().expect("a network is all that a server needs")
}

fn slot(settings: &Settings, sequence: u32) -> [u8; SLOT_LEN] {
    let mut record = [0; RECORD_LEN_MAX];
    record::encode(settings, sequence, &mut record);
    let mut slot = [0xff; SLOT_LEN];
    slot[..RECORD_LEN_MAX].copy_from_slice(&record);
    slot
}

const ERASED: [u8; SLOT_LEN] = [0xff; SLOT_LEN];

#[test]
fn the_area_is_the_last_two_sectors_of_two_mebibytes() {
    assert_eq!(OFFSET as usize + LEN, 2 << 20);
    assert_eq!((OFFSET as usize % SLOT_LEN, LEN), (0, 2 * SLOT_LEN));
    assert_eq!((Slot::First.offset(), Slot::Second.offset()), (0, 4096));
    assert_eq!((Slot::First.other(), Slot::Second.other()), (Slot::Second, Slot::First));
    const { assert!(RECORD_LEN_MAX <= SLOT_LEN && RECORD_LEN_MAX.is_multiple_of(PAGE_LEN)) };
}

#[test]
fn the_later_record_holds_though_numbers_wrap_around() {
    let (one, other) = (settings("One"), settings("Other"));
    for (first, second, holds) in [
        (1, 2, Slot::Second),
        (2, 1, Slot::First),
        (u32::MAX, 0, Slot::Second),
        (0, u32::MAX, Slot::First),
        (u32::MAX - 1, 1, Slot::Second),
        (0x7fff_ffff, 0x8000_0000, Slot::Second),
        (0x8000_0000, 0x7fff_ffff, Slot::First),
        (0, 0x7fff_ffff, Slot::Second),
        (0x7fff_ffff, 0, Slot::First),
        (7, 7, Slot::First),
    ] {
        let (settings, sequence) = if holds == Slot::First { (&one, first) } else { (&other, second) };
        let stored = Stored { settings: settings.clone(), slot: holds, sequence };
        assert_eq!(area::newest(&slot(&one, first), &slot(&other, second)), Ok(stored), "{first} and {second}");
    }
}

#[test]
fn a_slot_that_is_damaged_or_absent_leaves_it_to_the_other() {
    let good = settings("Good");
    let mut damaged = slot(&settings("Damaged"), 9);
    damaged[30] ^= 1;
    let mut of_another_version = slot(&settings("Later"), 9);
    of_another_version[4] = 2;
    for bad in [damaged, of_another_version, ERASED, [0; SLOT_LEN]] {
        let stored = |slot| Ok(Stored { settings: good.clone(), slot, sequence: 1 });
        assert_eq!(area::newest(&slot(&good, 1), &bad), stored(Slot::First));
        assert_eq!(area::newest(&bad, &slot(&good, 1)), stored(Slot::Second));
    }
}

#[test]
fn without_settings_the_damage_is_told_and_else_their_absence() {
    let mut damaged = slot(&settings("Home"), 1);
    damaged[30] ^= 1;
    let Err(damage) = record::decode(&damaged) else { panic!("a damaged record passed") };
    assert!(matches!(damage, RecordError::Checksum { .. }));
    assert_eq!(area::newest(&ERASED, &ERASED), Err(RecordError::Absent));
    assert_eq!(area::newest(&[], &[]), Err(RecordError::Absent));
    assert_eq!(area::newest(&damaged, &ERASED), Err(damage));
    assert_eq!(area::newest(&ERASED, &damaged), Err(damage));
    let mut of_another_version = damaged;
    of_another_version[4] = 2;
    assert_eq!(area::newest(&damaged, &of_another_version), Err(damage), "of two, the first slot's");
}

#[test]
fn an_image_has_the_settings_in_both_slots() {
    let settings = settings_strategy::longest();
    let image = area::image(&settings);
    let (first, second) = image.split_at(SLOT_LEN);
    assert_eq!(first, second);
    assert_eq!(first, slot(&settings, 1));
    let stored = |slot| Ok(Stored { settings: settings.clone(), slot, sequence: 1 });
    assert_eq!(area::newest(first, second), stored(Slot::First));
    assert_eq!(area::newest(first, &ERASED), stored(Slot::First));
    assert_eq!(area::newest(&ERASED, second), stored(Slot::Second));
}

#[test]
fn saves_take_the_slots_in_turns() {
    assert_eq!(Stored::next(None), (Slot::First, 1));
    let stored = |slot, sequence| Stored { settings: settings("Home"), slot, sequence };
    assert_eq!(Stored::next(Some(&stored(Slot::First, 1))), (Slot::Second, 2));
    assert_eq!(Stored::next(Some(&stored(Slot::Second, 2))), (Slot::First, 3));
    assert_eq!(Stored::next(Some(&stored(Slot::Second, u32::MAX))), (Slot::First, 0));
}

const PAGE_LEN: usize = 256;

/// NOR flash memory of two sectors, whose power can be cut at every byte.
#[derive(Clone)]
struct Flash {
    bytes: [u8; LEN],
    /// How many more bytes are erased or programmed before the power is cut.
    left: usize,
}

/// The power was cut.
#[derive(Debug, PartialEq, Eq)]
struct Cut;

impl Flash {
    fn new(bytes: [u8; LEN]) -> Self {
        Self { bytes, left: usize::MAX }
    }

    /// The same memory with its power on, to be cut behind so many bytes.
    fn cut_behind(&self, bytes: usize) -> Self {
        Self { bytes: self.bytes, left: bytes }
    }

    fn spend(&mut self, bytes: usize) -> Result<usize, Cut> {
        let spent = bytes.min(self.left);
        self.left -= spent;
        if spent == bytes { Ok(spent) } else { Err(Cut) }
    }

    fn erase(&mut self, slot: Slot) -> Result<(), Cut> {
        let start = slot.offset() as usize;
        let spent = SLOT_LEN.min(self.left);
        self.bytes[start..start + spent].fill(0xff);
        self.spend(SLOT_LEN).map(|_| ())
    }

    /// Clears bits, from the page's first byte on.
    fn program(&mut self, offset: usize, page: &[u8]) -> Result<(), Cut> {
        assert_eq!((offset % PAGE_LEN, page.len()), (0, PAGE_LEN));
        for (place, &byte) in self.bytes[offset..].iter_mut().zip(page).take(self.left) {
            *place &= byte;
        }
        self.spend(PAGE_LEN).map(|_| ())
    }

    fn newest(&self) -> Result<Stored, RecordError> {
        let (first, second) = self.bytes.split_at(SLOT_LEN);
        area::newest(first, second)
    }

    /// Erases the slot that does not hold, and writes the record's pages, the last one first.
    fn save(&mut self, settings: &Settings) -> Result<(), Cut> {
        let (slot, sequence) = Stored::next(self.newest().ok().as_ref());
        let mut record = [0; RECORD_LEN_MAX];
        let len = record::encode(settings, sequence, &mut record);
        self.erase(slot)?;
        for index in (0..len.div_ceil(PAGE_LEN)).rev() {
            let from = index * PAGE_LEN;
            self.program(slot.offset() as usize + from, &record[from..from + PAGE_LEN])?;
        }
        Ok(())
    }

    fn settings(&self) -> Option<Settings> {
        self.newest().ok().map(|stored| stored.settings)
    }
}

/// How many bytes a save erases and programs.
fn save_len(flash: &Flash, settings: &Settings) -> usize {
    let mut flash = flash.cut_behind(usize::MAX);
    flash.save(settings).expect("the power stays on");
    usize::MAX - flash.left
}

/// Cuts every save of the chain behind every byte: then the old or the new settings hold, and a further save works.
fn survive_every_cut(mut flash: Flash, chain: &[Settings]) {
    let after = settings("After the cut");
    for new in chain {
        let old = flash.settings();
        let len = save_len(&flash, new);
        for cut in 0..=len {
            let mut cut_flash = flash.cut_behind(cut);
            let is_saved = cut_flash.save(new).is_ok();
            assert_eq!(is_saved, cut == len);
            let held = cut_flash.settings();
            assert!(held == old || held.as_ref() == Some(new), "cut behind {cut} bytes: {held:?}");
            if is_saved {
                assert_eq!(held.as_ref(), Some(new));
            }
            let mut cut_flash = cut_flash.cut_behind(usize::MAX);
            assert_eq!(cut_flash.save(&after), Ok(()));
            assert_eq!(cut_flash.settings().as_ref(), Some(&after), "cut behind {cut} bytes");
        }
        assert_eq!(flash.save(new), Ok(()));
        assert_eq!(flash.settings().as_ref(), Some(new));
    }
}

/// Of one, two and three pages, shorter and longer in turns.
fn chain() -> Vec<Settings> {
    let longest = settings_strategy::longest();
    let mut two_pages = longest.to_draft();
    for field in ["ssid3", "passphrase3", "ssid4", "passphrase4", "server"] {
        two_pages.set(field, "").expect(field);
    }
    let two_pages = two_pages.finish().expect("a network is left");
    let lens = [&settings("Home"), &two_pages, &longest].map(|settings| {
        let len = record::encode(settings, 1, &mut [0; RECORD_LEN_MAX]);
        len.div_ceil(PAGE_LEN)
    });
    assert_eq!(lens, [1, 2, 3]);
    vec![settings("Home"), longest.clone(), two_pages, settings("Garden"), longest]
}

#[test]
fn no_cut_of_power_takes_the_settings_of_a_new_board() {
    survive_every_cut(Flash::new([0xff; LEN]), &chain());
}

#[test]
fn no_cut_of_power_takes_settings_that_a_tool_wrote() {
    survive_every_cut(Flash::new(area::image(&settings("By a tool"))), &chain());
}

#[test]
fn no_cut_of_power_takes_settings_when_their_numbers_wrap_around() {
    let mut bytes = [0xff; LEN];
    bytes[..SLOT_LEN].copy_from_slice(&slot(&settings("Before"), u32::MAX - 2));
    survive_every_cut(Flash::new(bytes), &chain());
}

#[test]
fn no_cut_of_power_makes_settings_of_what_lay_there_before() {
    let old_program: Vec<u8> = (0..LEN).map(|at| (at * 197 + at / 251) as u8).collect();
    survive_every_cut(Flash::new(old_program.try_into().expect("as long as the area")), &chain()[..2]);
}

#[test]
fn saves_without_a_cut_write_both_slots_equally_often() {
    let mut flash = Flash::new([0xff; LEN]);
    let slots: Vec<_> = (0..6)
        .map(|index| {
            flash.save(&settings(&format!("Home {index}"))).unwrap();
            let stored = flash.newest().unwrap();
            assert_eq!(settings_strategy::text(&stored.settings, "ssid"), format!("Home {index}"));
            (stored.slot, stored.sequence)
        })
        .collect();
    use Slot::{First, Second};
    assert_eq!(slots, [(First, 1), (Second, 2), (First, 3), (Second, 4), (First, 5), (Second, 6)]);
}

proptest! {
    #![proptest_config(property::config())]

    #[test]
    fn of_any_two_records_the_later_one_holds(
        one in settings_strategy::settings(),
        other in settings_strategy::settings(),
        sequence: u32,
        ahead in 1u32..0x8000_0000,
    ) {
        let (early, late) = (slot(&one, sequence), slot(&other, sequence.wrapping_add(ahead)));
        let stored = |slot| Ok(Stored { settings: other.clone(), slot, sequence: sequence.wrapping_add(ahead) });
        prop_assert_eq!(area::newest(&early, &late), stored(Slot::Second));
        prop_assert_eq!(area::newest(&late, &early), stored(Slot::First));
    }

    #[test]
    fn no_bytes_in_one_slot_take_away_the_other(
        settings in settings_strategy::settings(),
        bytes in prop::collection::vec(any::<u8>(), 0..800),
        sequence: u32,
    ) {
        let stored = |slot| Ok(Stored { settings: settings.clone(), slot, sequence });
        prop_assert_eq!(area::newest(&slot(&settings, sequence), &bytes), stored(Slot::First));
        prop_assert_eq!(area::newest(&bytes, &slot(&settings, sequence)), stored(Slot::Second));
    }

    #[test]
    fn any_settings_are_saved_over_any_others(
        chain in prop::collection::vec(settings_strategy::settings(), 1..5),
        cut: prop::sample::Index,
    ) {
        let mut flash = Flash::new([0xff; LEN]);
        for new in &chain {
            let old = flash.settings();
            let mut cut_flash = flash.cut_behind(cut.index(save_len(&flash, new)));
            prop_assert_eq!(cut_flash.save(new), Err(Cut));
            let held = cut_flash.settings();
            prop_assert!(held == old || held.as_ref() == Some(new));
            flash = cut_flash.cut_behind(usize::MAX);
            prop_assert_eq!(flash.save(new), Ok(()));
            prop_assert_eq!(flash.settings(), Some(new.clone()));
        }
    }
}
