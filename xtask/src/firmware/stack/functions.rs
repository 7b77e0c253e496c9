//! The functions of an image: what each takes of the stack, and what it may call.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::frame_sizes;
use super::thumb::{self, Effect};
use crate::firmware::image::{Image, Section, Symbol, SymbolKind};

/// What is taken for the frame of a function that moves the stack pointer by an unknown amount and that the compiler
/// says nothing of.
const UNKNOWN_FRAME_LEN: u64 = 1024;

/// What aligning a frame may cost beyond the size that the compiler gives.
const ALIGNMENT_LEN_MAX: u64 = 64;

/// A function.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: String,
    /// What it takes of the stack itself, at most.
    pub(super) frame: u64,
    /// Whether the frame is a guess.
    pub(super) is_frame_unknown: bool,
    /// Which functions it calls or jumps to by name.
    pub(super) calls: BTreeSet<u32>,
    /// Whether it calls what a register points to, or something outside the image.
    pub(super) calls_indirectly: bool,
}

/// The functions of an image.
#[derive(Clone, Debug)]
pub(super) struct Functions {
    /// By address.
    pub(super) functions: BTreeMap<u32, Function>,
    /// The functions whose address the image holds somewhere, for a call through a register.
    pub(super) address_taken: BTreeSet<u32>,
}

impl Functions {
    pub(super) fn of(image: &Image) -> Self {
        let reader = Reader::new(image);
        let frames = frame_sizes::parse(&image.stack_sizes);
        let mut ranges = reader.named_ranges();
        let mut functions = BTreeMap::new();
        let mut constants = reader.constants_in_data();
        // Code that only a branch tells of is found as the branches are.
        while let Some((address, range)) = ranges.pop_first() {
            let scan = reader.scan(range.clone());
            let recorded = frames.get(&address).copied();
            let is_frame_unknown = scan.moves_stack_pointer && recorded.is_none();
            let mut function = Function {
                name: reader.name(address),
                frame: scan.frame(recorded),
                is_frame_unknown,
                calls: BTreeSet::new(),
                calls_indirectly: scan.branches_indirectly,
            };
            let mut targets = scan.branches;
            if is_thunk(&function.name) {
                // The linker's bridge over a long way jumps to the one address that it holds.
                function.calls_indirectly = false;
                targets.extend(scan.constants.iter().map(|constant| constant & !1));
            } else {
                constants.extend(scan.constants);
            }
            targets.retain(|target| !range.contains(target));
            // BL is also Armv6-M's one way to jump far within a function; to call itself, it must go to its start.
            targets.extend(scan.calls.iter().filter(|&&target| target == address || !range.contains(&target)));
            for target in targets {
                let callee = match containing(&functions, &ranges, &reader, target) {
                    Some(callee) => callee,
                    None if reader.is_code(target) => {
                        ranges.insert(target, target..reader.end_of_unnamed(target));
                        target
                    }
                    None => {
                        // Out of the image: the boot ROM, or what cannot be told.
                        function.calls_indirectly = true;
                        continue;
                    }
                };
                function.calls.insert(callee);
            }
            functions.insert(address, function);
        }
        // The lowest bit of an address to call tells Thumb code.
        let called = constants.into_iter().filter(|constant| constant & 1 == 1).map(|constant| constant - 1);
        let address_taken = called.filter(|address| functions.contains_key(address)).collect();
        Self { functions, address_taken }
    }
}

/// The function that a branch goes into: to its start, or, from hand-written code, into its middle.
fn containing(
    done: &BTreeMap<u32, Function>,
    waiting: &BTreeMap<u32, Range<u32>>,
    reader: &Reader<'_>,
    target: u32,
) -> Option<u32> {
    if done.contains_key(&target) || waiting.contains_key(&target) {
        return Some(target);
    }
    let (&address, range) = reader.named.range(..=target).next_back()?;
    range.contains(&target).then_some(address)
}

fn is_thunk(name: &str) -> bool {
    name.starts_with("__Thumb") && name.contains("Thunk_")
}

/// What one function's instructions do.
#[derive(Debug, Default)]
struct Scan {
    /// All that its instructions push; not less than what one way through it pushes.
    pushed: u64,
    moves_stack_pointer: bool,
    branches_indirectly: bool,
    calls: BTreeSet<u32>,
    branches: BTreeSet<u32>,
    /// Numbers that may be addresses.
    constants: BTreeSet<u32>,
}

impl Scan {
    fn frame(&self, recorded: Option<u64>) -> u64 {
        match (recorded, self.moves_stack_pointer) {
            (Some(recorded), false) => recorded.max(self.pushed),
            // The record has the part that the instructions do not tell.
            (Some(recorded), true) => recorded + self.pushed + ALIGNMENT_LEN_MAX,
            (None, false) => self.pushed,
            (None, true) => self.pushed + UNKNOWN_FRAME_LEN,
        }
    }
}

/// An image's code, with the way to tell it from the data between it.
struct Reader<'a> {
    image: &'a Image,
    /// Where code and data begin.
    mapping: BTreeMap<u32, SymbolKind>,
    /// The functions that have a name, and where each lies.
    named: BTreeMap<u32, Range<u32>>,
    names: BTreeMap<u32, &'a str>,
}

impl<'a> Reader<'a> {
    fn new(image: &'a Image) -> Self {
        let is_mapping = |symbol: &&Symbol| matches!(symbol.kind, SymbolKind::Code | SymbolKind::Data);
        let mapping = image.symbols.iter().filter(is_mapping).map(|symbol| (symbol.address, symbol.kind)).collect();
        let mut reader = Self { image, mapping, named: BTreeMap::new(), names: BTreeMap::new() };
        let functions = || image.symbols.iter().filter(|symbol| symbol.kind == SymbolKind::Function);
        let starts: BTreeSet<u32> = functions().map(|symbol| symbol.address).collect();
        for symbol in functions() {
            let Some(section) = image.section_at(symbol.address) else { continue };
            let next = starts.range(symbol.address + 1..).next().copied().unwrap_or(u32::MAX);
            // Assembly may leave the size out.
            let end = if symbol.size > 0 { symbol.range().end } else { next.min(section.range().end) };
            let range = reader.named.entry(symbol.address).or_insert(symbol.address..end);
            range.end = range.end.max(end);
            reader.names.entry(symbol.address).or_insert(&symbol.name);
        }
        reader
    }

    fn named_ranges(&self) -> BTreeMap<u32, Range<u32>> {
        self.named.clone()
    }

    fn name(&self, address: u32) -> String {
        self.names.get(&address).map_or_else(|| format!("(code at {address:#010x})"), |&name| name.to_owned())
    }

    /// Where code without a name ends at the latest.
    fn end_of_unnamed(&self, address: u32) -> u32 {
        let section = self.image.section_at(address).map_or(address, |section| section.range().end);
        self.named.range(address + 1..).next().map_or(section, |(&next, _)| next.min(section))
    }

    fn is_code(&self, address: u32) -> bool {
        let in_code =
            |section: &Section| section.bytes.is_some() && (section.is_code || self.is_mapped(section, address));
        self.image.section_at(address).is_some_and(in_code) && self.kind_at(address) != Some(SymbolKind::Data)
    }

    fn is_mapped(&self, section: &Section, address: u32) -> bool {
        self.mapping.range(section.address..=address).next_back().is_some()
    }

    fn kind_at(&self, address: u32) -> Option<SymbolKind> {
        let start = self.image.section_at(address)?.address;
        self.mapping.range(start..=address).next_back().map(|(_, &kind)| kind)
    }

    fn half_word(&self, address: u32) -> Option<u16> {
        self.bytes(address).map(u16::from_le_bytes)
    }

    fn word(&self, address: u32) -> Option<u32> {
        self.bytes(address).map(u32::from_le_bytes)
    }

    fn bytes<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        let section = self.image.section_at(address)?;
        let at = (address - section.address) as usize;
        section.bytes.as_ref()?.get(at..at + N)?.try_into().ok()
    }

    fn scan(&self, range: Range<u32>) -> Scan {
        let mut scan = Scan::default();
        let mut low_halves = BTreeMap::new();
        let mut at = range.start;
        while at < range.end {
            if self.kind_at(at) == Some(SymbolKind::Data) {
                if at.is_multiple_of(4) {
                    scan.constants.extend(self.word(at));
                }
                at += 2;
                continue;
            }
            let Some(first) = self.half_word(at) else { break };
            let instruction = thumb::decode(at, first, self.half_word(at + 2).unwrap_or(0));
            at += instruction.len;
            match instruction.effect {
                Effect::Push(bytes) => scan.pushed += u64::from(bytes),
                Effect::MoveStackPointer => scan.moves_stack_pointer = true,
                Effect::Call(target) => {
                    scan.calls.insert(target);
                }
                Effect::Branch(target) => {
                    scan.branches.insert(target);
                }
                Effect::BranchIndirect => scan.branches_indirectly = true,
                Effect::SetLowHalf { register, value } => {
                    low_halves.insert(register, value);
                }
                Effect::SetHighHalf { register, value } => {
                    let low = low_halves.get(&register).copied().unwrap_or(0);
                    scan.constants.insert(u32::from(value) << 16 | u32::from(low));
                }
                Effect::Other => {}
            }
        }
        scan
    }

    /// The words outside functions. The table of interrupt handlers is left out: the processor calls them, nothing else
    /// does.
    fn constants_in_data(&self) -> BTreeSet<u32> {
        let mut constants = BTreeSet::new();
        for section in self.image.sections.iter().filter(|section| section.name != super::VECTOR_TABLE) {
            let Range { start, end } = section.range();
            for address in (start.next_multiple_of(4)..end).step_by(4) {
                let function = self.named.range(..=address).next_back();
                if !function.is_some_and(|(_, range)| range.contains(&address)) {
                    constants.extend(self.word(address));
                }
            }
        }
        constants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u32 = 0x1000_0000;

    fn image(code: &[u16], symbols: &[(&str, u32, u32, SymbolKind)]) -> Image {
        let bytes: Vec<u8> = code.iter().flat_map(|half| half.to_le_bytes()).collect();
        let size = u32::try_from(bytes.len()).unwrap();
        let text = Section { name: ".text".to_owned(), address: START, size, is_code: true, bytes: Some(bytes) };
        let symbol = |&(name, offset, size, kind): &(&str, u32, u32, SymbolKind)| Symbol {
            name: str::to_owned(name),
            address: START + offset,
            size,
            kind,
        };
        Image { sections: vec![text], symbols: symbols.iter().map(symbol).collect(), ..Image::default() }
    }

    #[test]
    fn frames_calls_and_addresses_are_found() {
        let code = [
            0xb510, 0xf000, 0xf803, 0x4798, 0x46c0, 0x46c0, // 0x00 a: push {r4, lr}; bl b; blx r3; nop; nop
            0xb082, 0xe7fe, // 0x0c b: sub sp, #8; b to itself
            0x000d, 0x1000, // 0x10 a pool of b: its own address
        ];
        let symbols = [
            ("$t", 0, 0, SymbolKind::Code),
            ("a", 0, 0x0c, SymbolKind::Function),
            ("b", 0x0c, 8, SymbolKind::Function),
            ("$d", 0x10, 0, SymbolKind::Data),
        ];
        let found = Functions::of(&image(&code, &symbols));
        let a = &found.functions[&START];
        assert_eq!((a.frame, a.calls_indirectly, a.is_frame_unknown), (8, true, false));
        assert_eq!(a.calls, [START + 0x0c].into());
        let b = &found.functions[&(START + 0x0c)];
        assert_eq!((b.frame, b.calls_indirectly, b.calls.len()), (8, false, 0));
        assert_eq!(found.address_taken, [START + 0x0c].into());
    }

    #[test]
    fn code_without_a_name_is_found_through_the_branch_to_it() {
        let code = [0xf000, 0xf800, 0xb500, 0x4770];
        let found = Functions::of(&image(&code, &[("a", 0, 4, SymbolKind::Function)]));
        let hidden = &found.functions[&(START + 4)];
        assert_eq!((hidden.name.as_str(), hidden.frame), ("(code at 0x10000004)", 4));
        assert_eq!(found.functions[&START].calls, [START + 4].into());
    }

    #[test]
    fn far_jump_within_a_function_is_no_call_of_itself() {
        let calls = |code: &[u16]| {
            Functions::of(&image(code, &[("a", 0, 8, SymbolKind::Function)])).functions[&START].calls.clone()
        };
        assert_eq!(calls(&[0xb500, 0xf000, 0xf800, 0x4770]), [].into(), "bl to the next instruction");
        assert_eq!(calls(&[0xb500, 0xf7ff, 0xfffd, 0x4770]), [START].into(), "bl to the start");
    }

    #[test]
    fn branch_out_of_the_image_is_as_uncertain_as_a_call_through_a_register() {
        let found = Functions::of(&image(&[0xf200, 0xf800], &[("a", 0, 4, SymbolKind::Function)]));
        assert!(found.functions[&START].calls_indirectly);
    }

    #[test]
    fn bridge_over_a_long_way_calls_what_it_holds_alone() {
        let code = [0xf240, 0x0c0d, 0xf2c1, 0x0c00, 0x4760, 0x46c0, 0x4770, 0x46c0];
        let symbols = [("__ThumbV7ABSLongThunk_b", 0, 10, SymbolKind::Function), ("b", 0x0c, 4, SymbolKind::Function)];
        let found = Functions::of(&image(&code, &symbols));
        let thunk = &found.functions[&START];
        assert_eq!((thunk.calls.clone(), thunk.calls_indirectly), ([START + 0x0c].into(), false));
        assert!(found.address_taken.is_empty());
    }

    #[test]
    fn frame_is_the_larger_of_the_record_and_the_instructions() {
        let scan = Scan { pushed: 24, ..Scan::default() };
        assert_eq!((scan.frame(Some(16)), scan.frame(Some(32)), scan.frame(None)), (24, 32, 24));
        let moving = Scan { pushed: 24, moves_stack_pointer: true, ..Scan::default() };
        assert_eq!(moving.frame(Some(2000)), 2000 + 24 + ALIGNMENT_LEN_MAX);
        assert_eq!(moving.frame(None), 24 + UNKNOWN_FRAME_LEN);
    }
}
