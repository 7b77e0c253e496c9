//! How much flash memory and RAM a firmware takes, and whether that is too much.

mod owner;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use self::owner::owner;
use super::chip::{Chip, Processor};
use super::image::{Image, Section, SymbolKind};

/// The most flash memory, without what the radio's own processor runs. It is the next KiB above what the firmware takes, so
/// that each growth is a decision.
const FLASH_LEN_MAX: u64 = 218 * 1024;
/// The most RAM that is taken before the program starts.
const RAM_LEN_MAX: u64 = 96 * 1024;

/// What is sent to the radio: its firmware, which begins with the vectors of its processor, and its table of countries'
/// channels. Known by their first bytes and their lengths, as a constant need not have a symbol.
const RADIO_BLOBS: [RadioBlob; 2] = [
    RadioBlob { start: b"\0\0\0\0\x71\x14\0\0\x9d\x13\0\0\x9d\x13\0\0", len: 231_077 },
    RadioBlob { start: b"BLOB\x3c\0\0\0", len: 984 },
];

/// Functions without a path: what the compiler puts behind plain code, and the first instructions of all.
const RUNTIME: &str = "(compiler's runtime and start)";
/// Everything else without a path.
const NO_NAME: &str = "(constants and texts without a name, padding)";

/// How many crates a table names.
const OWNERS_SHOWN: usize = 15;

/// A file of the radio's maker within the image.
struct RadioBlob {
    start: &'static [u8],
    len: u32,
}

/// Bytes that a firmware takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) flash: FlashUsage,
    pub(crate) ram: RamUsage,
    /// By crate, the largest first.
    pub(crate) owners: Vec<Owner>,
}

/// Bytes of flash memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FlashUsage {
    /// What is sent to the radio's own processor.
    pub(crate) radio: u64,
    pub(crate) code: u64,
    /// Constants, tables of interrupts, and what the boot ROM reads.
    pub(crate) read_only: u64,
    /// What is copied to RAM at the start: first values, and code that runs there.
    pub(crate) initialised: u64,
}

/// Bytes of RAM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RamUsage {
    /// What is copied from flash memory at the start.
    pub(crate) initialised: u64,
    /// `.bss`.
    pub(crate) zeroed: u64,
    /// What nothing touches at the start, such as `.uninit`.
    pub(crate) uninitialised: u64,
}

/// What a crate takes of both memories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) name: String,
    /// Without the radio's blobs.
    pub(crate) flash: u64,
    pub(crate) ram: u64,
}

/// Too much of a memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", describe(excesses, largest))]
pub(crate) struct OverBudget {
    excesses: Vec<Excess>,
    largest: Vec<Owner>,
}

/// By how much one memory's budget is exceeded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Excess {
    memory: &'static str,
    used: u64,
    max: u64,
}

impl Usage {
    /// Adds up.
    pub(crate) fn of(image: &Image, chip: Chip) -> Self {
        let mut usage = Self::default();
        for section in &image.sections {
            usage.add_section(section, chip);
        }
        let blobs = radio_blobs(image, chip);
        usage.flash.radio = blobs.iter().map(|blob| u64::from(blob.end - blob.start)).sum();
        usage.flash.read_only = usage.flash.read_only.saturating_sub(usage.flash.radio);
        usage.owners = owners(image, &usage, &blobs, chip);
        usage
    }

    fn add_section(&mut self, section: &Section, chip: Chip) {
        let size = u64::from(section.size);
        if chip.flash().contains(&section.address) {
            *if section.is_code { &mut self.flash.code } else { &mut self.flash.read_only } += size;
        } else if section.bytes.is_some() {
            self.flash.initialised += size;
            self.ram.initialised += size;
        } else if section.name.starts_with(".bss") {
            self.ram.zeroed += size;
        } else {
            self.ram.uninitialised += size;
        }
    }

    /// Whether the firmware keeps within its budgets.
    ///
    /// # Errors
    ///
    /// [`OverBudget`] when it does not.
    pub(crate) fn judge(&self) -> Result<(), OverBudget> {
        let mut excesses = Vec::new();
        let mut compare = |memory, used, max| {
            if used > max {
                excesses.push(Excess { memory, used, max });
            }
        };
        compare("flash memory without the radio's blobs", self.flash.own(), FLASH_LEN_MAX);
        compare("static RAM", self.ram.total(), RAM_LEN_MAX);
        if excesses.is_empty() {
            return Ok(());
        }
        Err(OverBudget { excesses, largest: self.owners.iter().take(5).cloned().collect() })
    }
}

impl FlashUsage {
    /// Everything but the radio's blobs.
    pub(crate) fn own(&self) -> u64 {
        self.code + self.read_only + self.initialised
    }
}

impl RamUsage {
    pub(crate) fn total(&self) -> u64 {
        self.initialised + self.zeroed + self.uninitialised
    }
}

/// Where the radio's blobs lie. One that is not found counts against the budget like any other constant.
fn radio_blobs(image: &Image, chip: Chip) -> Vec<Range<u32>> {
    let find = |blob: &RadioBlob| {
        image.sections.iter().filter(|section| chip.flash().contains(&section.address)).find_map(|section| {
            let bytes = section.bytes.as_ref()?;
            let at = bytes.windows(blob.start.len()).position(|window| window == blob.start)?;
            let start = section.address + u32::try_from(at).ok()?;
            let range = start..start + blob.len;
            (range.end <= section.range().end).then_some(range)
        })
    };
    RADIO_BLOBS.iter().filter_map(find).collect()
}

/// Adds up by crate.
fn owners(image: &Image, usage: &Usage, blobs: &[Range<u32>], chip: Chip) -> Vec<Owner> {
    let mut owners = BTreeMap::<&str, Owner>::new();
    let (mut flash_named, mut ram_named) = (0, 0);
    let mut end = 0;
    for symbol in &image.symbols {
        let has_bytes = matches!(symbol.kind, SymbolKind::Function | SymbolKind::Object) && symbol.size > 0;
        // Several names for the same bytes are one thing.
        if !has_bytes || symbol.address < end || blobs.iter().any(|blob| blob.contains(&symbol.address)) {
            continue;
        }
        let Some(section) = image.section_at(symbol.address) else { continue };
        end = symbol.range().end;
        let size = u64::from(symbol.size);
        let owner = match owner(&symbol.name) {
            Some(owner) => owner,
            None if symbol.kind == SymbolKind::Function => RUNTIME,
            None => NO_NAME,
        };
        let owner = owners.entry(owner).or_default();
        if section.bytes.is_some() {
            owner.flash += size;
            flash_named += size;
        }
        if chip.ram().contains(&symbol.address) {
            owner.ram += size;
            ram_named += size;
        }
    }
    let rest = owners.entry(NO_NAME).or_default();
    rest.flash += usage.flash.own().saturating_sub(flash_named);
    rest.ram += usage.ram.total().saturating_sub(ram_named);
    let mut owners: Vec<_> = owners.into_iter().map(|(name, owner)| Owner { name: name.to_owned(), ..owner }).collect();
    owners.sort_by(|a, b| (b.flash + b.ram).cmp(&(a.flash + a.ram)).then_with(|| a.name.cmp(&b.name)));
    owners
}

fn describe(excesses: &[Excess], largest: &[Owner]) -> String {
    let mut text = String::new();
    for Excess { memory, used, max } in excesses {
        text += &format!("{memory}: {used} bytes, {} more than the budget of {max}\n", used - max);
    }
    text += "the largest parts:";
    for Owner { name, flash, ram } in largest {
        text += &format!("\n  {name}: {flash} bytes of flash memory, {ram} bytes of RAM");
    }
    text
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (flash, ram) = (&self.flash, &self.ram);
        writeln!(f, " flash     RAM")?;
        let mut row = |flash: Option<u64>, ram: Option<u64>, what: &str| {
            let cell = |bytes: Option<u64>| bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
            writeln!(f, "{:>6}  {:>6}  {what}", cell(flash), cell(ram))
        };
        let radio = if flash.radio > 0 {
            "the radio's blobs"
        } else {
            "the radio's blobs (none of the known version was found)"
        };
        row(Some(flash.radio), None, radio)?;
        row(Some(flash.code), None, "code")?;
        row(Some(flash.read_only), None, "read-only data")?;
        row(Some(flash.initialised), Some(ram.initialised), "initialised data and code in RAM")?;
        row(None, Some(ram.zeroed), "zeroed data")?;
        row(None, Some(ram.uninitialised), "uninitialised data")?;
        row(Some(flash.own()), Some(ram.total()), "together, without the radio's blobs")?;
        row(Some(FLASH_LEN_MAX), Some(RAM_LEN_MAX), "budget")?;
        writeln!(f, "\nBy crate (inlined code counts for its caller):\n flash     RAM")?;
        let row = |f: &mut fmt::Formatter<'_>, owner: &Owner| {
            writeln!(f, "{:>6}  {:>6}  {}", owner.flash, owner.ram, owner.name)
        };
        let (shown, others) = self.owners.split_at(self.owners.len().min(OWNERS_SHOWN));
        for owner in shown {
            row(f, owner)?;
        }
        if !others.is_empty() {
            let sum = |bytes: fn(&Owner) -> u64| others.iter().map(bytes).sum();
            let name = format!("({} others)", others.len());
            row(f, &Owner { name, flash: sum(|owner| owner.flash), ram: sum(|owner| owner.ram) })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::image::Symbol;
    use super::*;

    const FLASH: u32 = 0x1000_0000;
    const RAM: u32 = 0x2000_0000;

    fn section(name: &str, address: u32, size: u32, is_code: bool, has_bytes: bool) -> Section {
        let bytes = has_bytes.then(|| vec![0; size as usize]);
        Section { name: name.to_owned(), address, size, is_code, bytes }
    }

    fn symbol(name: &str, address: u32, size: u32, kind: SymbolKind) -> Symbol {
        Symbol { name: name.to_owned(), address, size, kind }
    }

    /// With the radio's firmware behind the interrupt handlers' table, and its channels behind that.
    fn image() -> Image {
        let mut constants = section(".rodata", FLASH + 0x1000, 240_000, false, true);
        let bytes = constants.bytes.as_mut().unwrap();
        bytes[4..20].copy_from_slice(RADIO_BLOBS[0].start);
        bytes[231_084..231_092].copy_from_slice(RADIO_BLOBS[1].start);
        Image {
            sections: vec![
                section(".vector_table", FLASH, 0x100, false, true),
                section(".text", FLASH + 0x100, 1000, true, true),
                constants,
                section(".data", RAM, 64, false, true),
                section(".bss", RAM + 64, 500, false, false),
                section(".uninit", RAM + 600, 1024, false, false),
            ],
            symbols: vec![
                symbol("main", FLASH + 0x100, 600, SymbolKind::Function),
                symbol("<smoltcp::iface::Interface>::poll", FLASH + 0x400, 200, SymbolKind::Function),
                symbol("alias_of_the_same", FLASH + 0x400, 200, SymbolKind::Function),
                symbol("pico_fw::FIRMWARE", FLASH + 0x1004, 231_080, SymbolKind::Object),
                symbol("smoltcp::TABLE", RAM, 60, SymbolKind::Object),
                symbol("pico_fw::POOL", RAM + 64, 480, SymbolKind::Object),
            ],
            ..Image::default()
        }
    }

    #[test]
    fn bytes_are_told_apart_by_what_they_are() {
        let usage = Usage::of(&image(), Chip::Rp2040);
        let radio = 231_077 + 984;
        let read_only = 0x100 + 240_000 - radio;
        assert_eq!(usage.flash, FlashUsage { radio, code: 1000, read_only, initialised: 64 });
        assert_eq!(usage.ram, RamUsage { initialised: 64, zeroed: 500, uninitialised: 1024 });
        assert_eq!(usage.judge(), Ok(()));
    }

    #[test]
    fn crates_add_up_to_everything_but_the_radio() {
        let usage = Usage::of(&image(), Chip::Rp2040);
        assert_eq!(usage.owners.iter().map(|owner| owner.flash).sum::<u64>(), usage.flash.own());
        assert_eq!(usage.owners.iter().map(|owner| owner.ram).sum::<u64>(), usage.ram.total());
        let smoltcp = usage.owners.iter().find(|owner| owner.name == "smoltcp").unwrap();
        assert_eq!((smoltcp.flash, smoltcp.ram), (200 + 60, 60));
    }

    #[test]
    fn radio_that_is_not_found_counts_against_the_budget() {
        let mut image = image();
        image.sections[2].bytes.as_mut().unwrap()[8] = 0;
        let error = Usage::of(&image, Chip::Rp2040).judge().unwrap_err();
        assert_eq!(error.excesses.len(), 1);
    }

    #[test]
    fn budgets_hold_to_the_byte() {
        let usage = |flash: u64, ram: u64| Usage {
            flash: FlashUsage { radio: 231_077 + 984, code: flash - 50, read_only: 30, initialised: 20 },
            ram: RamUsage { initialised: 20, zeroed: ram - 50, uninitialised: 30 },
            owners: Vec::new(),
        };
        assert_eq!(usage(223_232, 98_304).judge(), Ok(()));
        let memories = |usage: Usage| usage.judge().unwrap_err().excesses.iter().map(|e| e.memory).collect::<Vec<_>>();
        assert_eq!(memories(usage(223_233, 98_304)), ["flash memory without the radio's blobs"]);
        assert_eq!(memories(usage(223_232, 98_305)), ["static RAM"]);
        assert_eq!(memories(usage(223_233, 98_305)).len(), 2);
    }

    #[test]
    fn excess_and_the_largest_parts_are_named() {
        let mut usage = Usage::of(&image(), Chip::Rp2040);
        usage.ram.zeroed = RAM_LEN_MAX;
        let message = usage.judge().unwrap_err().to_string();
        let expected = "static RAM: 99392 bytes, 1088 more than the budget of 98304\nthe largest parts:\n  (constants";
        assert!(message.starts_with(expected), "{message}");
        assert!(message.contains("\n  pico_fw: 0 bytes of flash memory, 480 bytes of RAM"), "{message}");
    }

    #[test]
    fn table_names_budgets_and_crates() {
        let table = Usage::of(&image(), Chip::Rp2040).to_string();
        assert!(table.contains("232061          the radio's blobs\n"), "{table}");
        assert!(table.contains("223232   98304  budget\n"), "{table}");
        assert!(table.contains("   260      60  smoltcp\n"), "{table}");
    }
}
