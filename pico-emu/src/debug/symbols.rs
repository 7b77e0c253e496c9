//! What an ELF file tells of its program beyond what is loaded.

use std::fmt;
use std::sync::Arc;

use gimli::{DebugFrame, Dwarf, EndianArcSlice, LittleEndian, Section, SectionId};
use object::read::elf::ElfFile32;
use object::{Architecture, CompressionFormat, Object, ObjectSection, ObjectSymbol, SymbolKind};

/// The bytes of a section, which are those of the whole file, shared.
pub(super) type Bytes = EndianArcSlice<LittleEndian>;

/// Where a program goes when it has failed: the handlers of a Rust panic and of every fault.
const FAILURE_HANDLERS: [&str; 2] = ["rust_begin_unwind", "HardFault"];

/// Names, source lines and call frame information of a program, from its ELF file.
pub struct Symbols {
    /// In the order of their addresses.
    functions: Vec<Function>,
    lines: addr2line::Context<Bytes>,
    pub(super) frames: DebugFrame<Bytes>,
}

/// Why an ELF file cannot be used for names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymbolsError {
    /// It is broken, or no ELF file of a 32-bit processor.
    #[error("the ELF file cannot be read: {0}")]
    Broken(String),
    /// It is a program for other processors.
    #[error("the ELF file is not for ARM")]
    NotArm,
    /// Its debug information is compressed. Link it without that.
    #[error("the section {0} of the ELF file is compressed, which is not supported")]
    Compressed(String),
}

/// An address as a function and an offset in it. As text: `name+0x1a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionOffset<'a> {
    /// The function's name, with its path and without the compiler's hash.
    pub name: &'a str,
    /// The bytes between the function's beginning and the address.
    pub offset: u32,
}

/// A place in the source, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The function, with its path.
    pub function: Option<String>,
    /// The file, by the path that the compiler was told to note.
    pub file: Option<String>,
    /// The line, from 1 on.
    pub line: Option<u32>,
    /// The column, from 1 on.
    pub column: Option<u32>,
}

#[derive(Debug)]
struct Function {
    address: u32,
    /// 0 if the file does not tell: as far as the next one.
    len: u32,
    name: String,
}

impl Symbols {
    /// Reads an ELF file. It may lack any of what is looked for, which then is not known.
    ///
    /// # Errors
    ///
    /// [`SymbolsError`] if it is not the ELF file of an ARM program, or what is looked for cannot be read.
    pub fn parse(elf: impl Into<Arc<[u8]>>) -> Result<Self, SymbolsError> {
        let elf = elf.into();
        let broken = |error: &dyn fmt::Display| SymbolsError::Broken(error.to_string());
        let file: ElfFile32<'_> = ElfFile32::parse(&*elf).map_err(|error| broken(&error))?;
        if file.architecture() != Architecture::Arm || !file.is_little_endian() {
            return Err(SymbolsError::NotArm);
        }
        let whole = Bytes::new(Arc::clone(&elf), LittleEndian);
        let section = |id: SectionId| -> Result<Bytes, SymbolsError> {
            let Some(section) = file.section_by_name(id.name()) else { return Ok(whole.range(0..0)) };
            let place = section.compressed_file_range().map_err(|error| broken(&error))?;
            if place.format != CompressionFormat::None {
                return Err(SymbolsError::Compressed(id.name().to_owned()));
            }
            let (begin, end) = (place.offset as usize, (place.offset + place.compressed_size) as usize);
            if end > elf.len() {
                return Err(broken(&format_args!("the section {} lies behind the file's end", id.name())));
            }
            Ok(whole.range(begin..end))
        };
        let mut functions: Vec<Function> = file
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
            .filter_map(|symbol| Function::of(symbol.address(), symbol.size(), symbol.name().ok()?))
            .collect();
        // Of several names for an address the same one is taken each time.
        functions.sort_by(|a, b| (a.address, b.len, &a.name).cmp(&(b.address, a.len, &b.name)));
        let mut frames = DebugFrame::load(section)?;
        frames.set_address_size(4);
        let dwarf = Dwarf::load(section)?;
        let lines = addr2line::Context::from_dwarf(dwarf).map_err(|error| broken(&error))?;
        Ok(Self { functions, lines, frames })
    }

    /// The function that an address lies in.
    #[must_use]
    pub fn function(&self, address: u32) -> Option<FunctionOffset<'_>> {
        let end = self.functions.partition_point(|function| function.address <= address);
        let begin = self.functions[..end].last()?.address;
        let first = self.functions[..end].partition_point(|function| function.address < begin);
        let function = &self.functions[first];
        let offset = address - begin;
        (function.len == 0 || offset < function.len).then(|| FunctionOffset { name: &function.name, offset })
    }

    /// The address at which a function begins, by its name, with as much of its path as is given: `panic_fmt` and
    /// `core::panicking::panic_fmt` are the same. The lowest address, if it fits several.
    #[must_use]
    pub fn address_of(&self, name: &str) -> Option<u32> {
        let fits = |function: &&Function| {
            let path = function.name.strip_suffix(name);
            path.is_some_and(|path| path.is_empty() || path.ends_with("::"))
        };
        self.functions.iter().find(fits).map(|function| function.address)
    }

    /// The addresses at which the program's handlers of a Rust panic and of a `HardFault` begin, as far as it has them.
    pub fn failure_handlers(&self) -> impl Iterator<Item = u32> {
        FAILURE_HANDLERS.into_iter().filter_map(|name| self.address_of(name))
    }

    /// The source of an instruction: where it is written, and then what that was inlined into, one after the other.
    #[must_use]
    pub fn locations(&self, address: u32) -> Vec<Location> {
        let mut locations = Vec::new();
        // What is broken in the file is not known.
        if let Ok(mut frames) = self.lines.find_frames(address.into()).skip_all_loads() {
            while let Ok(Some(frame)) = frames.next() {
                let function = frame.function.and_then(|name| Some(name.demangle().ok()?.into_owned()));
                let mut location = Location { function, ..Location::default() };
                if let Some(place) = frame.location {
                    location.file = place.file.map(str::to_owned);
                    (location.line, location.column) = (place.line, place.column);
                }
                locations.push(location);
            }
        }
        let name = || self.function(address).map(|function| function.name.to_owned());
        match locations.last_mut() {
            Some(outermost) => outermost.function = outermost.function.take().or_else(name),
            None => locations.extend(name().map(|name| Location { function: Some(name), ..Location::default() })),
        }
        locations
    }
}

impl fmt::Debug for Symbols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbols").field("functions", &self.functions.len()).finish_non_exhaustive()
    }
}

impl Function {
    /// The lowest bit of a function's address says that it is Thumb code.
    fn of(address: u64, len: u64, name: &str) -> Option<Self> {
        let (address, len) = (u32::try_from(address).ok()?, u32::try_from(len).ok()?);
        Some(Self { address: address & !1, len, name: format!("{:#}", rustc_demangle::demangle(name)) })
    }
}

impl fmt::Display for FunctionOffset<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.name, self.offset)
    }
}
