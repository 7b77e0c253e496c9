//! A linked firmware, as far as its uses here go.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use object::elf::{PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, STT_FUNC, STT_OBJECT};
use object::read::elf::{ElfFile32, ProgramHeader, SectionHeader, Sym};
use object::{LittleEndian, Object, ObjectSymbol};

/// A linked firmware.
#[derive(Clone, Debug, Default)]
pub(crate) struct Image {
    /// What the loader writes, by address.
    pub(crate) segments: Vec<Segment>,
    /// What the running program has in its address space, by address, empty sections left out.
    pub(crate) sections: Vec<Section>,
    /// By address; of each address, in the order of the symbol table.
    pub(crate) symbols: Vec<Symbol>,
    /// What `-Z emit-stack-sizes` writes; empty without.
    pub(crate) stack_sizes: Vec<u8>,
    /// The names in the debug information.
    pub(crate) debug_strings: Vec<u8>,
}

/// A part of the image in flash memory.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Where it is in flash memory, not where the program finds it: data that changes is copied at the start.
    pub(crate) load_address: u32,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) address: u32,
    pub(crate) size: u32,
    pub(crate) is_code: bool,
    /// What it starts with; nothing where it starts as zeros or undefined.
    pub(crate) bytes: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    /// Demangled, without the hash.
    pub(crate) name: String,
    /// Without the bit that tells Thumb code.
    pub(crate) address: u32,
    pub(crate) size: u32,
    pub(crate) kind: SymbolKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Function,
    Object,
    /// From here to the next mapping symbol, a section holds instructions.
    Code,
    /// From here to the next mapping symbol, a section holds data.
    Data,
    /// An address that the linker or an assembler named.
    Other,
}

/// An image that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("the image {} could not be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the image {} is no ELF file of a 32-bit little-endian processor: {source}", path.display())]
    Parse { path: PathBuf, source: object::Error },
}

impl Image {
    /// Reads an ELF file.
    ///
    /// # Errors
    ///
    /// [`ImageError`] when it cannot be read or is none.
    pub(crate) fn read(path: &Path) -> Result<Self, ImageError> {
        let path = path.to_path_buf();
        let bytes = fs::read(&path).map_err(|source| ImageError::Read { path: path.clone(), source })?;
        parse(&bytes).map_err(|source| ImageError::Parse { path, source })
    }

    /// The segments as a UF2 file takes them.
    pub(crate) fn uf2_segments(&self) -> Vec<pico_uf2::Segment<'_>> {
        self.segments
            .iter()
            .map(|segment| pico_uf2::Segment { address: segment.load_address, bytes: &segment.bytes })
            .collect()
    }

    /// The address that a symbol names.
    pub(crate) fn address_of(&self, name: &str) -> Option<u32> {
        self.symbols.iter().find(|symbol| symbol.name == name).map(|symbol| symbol.address)
    }

    /// The section that holds an address.
    pub(crate) fn section_at(&self, address: u32) -> Option<&Section> {
        self.sections.iter().find(|section| section.range().contains(&address))
    }
}

impl Section {
    pub(crate) fn range(&self) -> Range<u32> {
        self.address..self.address.saturating_add(self.size)
    }
}

impl Symbol {
    pub(crate) fn range(&self) -> Range<u32> {
        self.address..self.address.saturating_add(self.size)
    }
}

fn parse(bytes: &[u8]) -> Result<Image, object::Error> {
    let file = ElfFile32::<LittleEndian>::parse(bytes)?;
    let endian = file.endian();
    let mut image = Image::default();
    for header in file.elf_program_headers() {
        let data = header.data(endian, bytes).unwrap_or_default();
        if header.p_type(endian) == PT_LOAD && !data.is_empty() {
            image.segments.push(Segment { load_address: header.p_paddr.get(endian), bytes: data.to_vec() });
        }
    }
    let sections = file.elf_section_table();
    for header in sections.iter() {
        let name = String::from_utf8_lossy(sections.section_name(endian, header)?).into_owned();
        let flags = header.sh_flags(endian);
        let data = header.data(endian, bytes)?;
        if flags.contains(SHF_ALLOC) {
            let size = header.sh_size(endian);
            let is_code = flags.contains(SHF_EXECINSTR);
            let has_bytes = header.sh_type(endian) != SHT_NOBITS;
            let bytes = has_bytes.then(|| data.to_vec());
            image.sections.push(Section { name, address: header.sh_addr(endian), size, is_code, bytes });
        } else if name == ".stack_sizes" {
            image.stack_sizes.extend(data);
        } else if name == ".debug_str" {
            image.debug_strings.extend(data);
        }
    }
    image.sections.retain(|section| section.size > 0);
    for symbol in file.symbols().filter(|symbol| !symbol.is_undefined()) {
        let (name, kind) = (symbol.name()?, symbol.elf_symbol().st_type());
        let kind = symbol_kind(name, kind);
        let thumb_bit = u32::from(kind == SymbolKind::Function);
        let address = symbol.elf_symbol().st_value(endian) & !thumb_bit;
        let name = format!("{:#}", rustc_demangle::demangle(name));
        image.symbols.push(Symbol { name, address, size: symbol.elf_symbol().st_size(endian), kind });
    }
    image.segments.sort_by_key(|segment| segment.load_address);
    image.sections.sort_by_key(|section| section.address);
    image.symbols.sort_by_key(|symbol| symbol.address);
    Ok(image)
}

fn symbol_kind(name: &str, elf_type: object::elf::SymbolType) -> SymbolKind {
    // A mapping symbol may have a number behind a full stop.
    match (name.split('.').next().unwrap_or(name), elf_type) {
        (_, STT_FUNC) => SymbolKind::Function,
        (_, STT_OBJECT) => SymbolKind::Object,
        ("$t", _) => SymbolKind::Code,
        ("$d", _) => SymbolKind::Data,
        _ => SymbolKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapping_symbols_may_be_numbered() {
        for (name, expected) in [
            ("$t", SymbolKind::Code),
            ("$t.12", SymbolKind::Code),
            ("$d.3", SymbolKind::Data),
            ("$tea", SymbolKind::Other),
            ("_stack_start", SymbolKind::Other),
        ] {
            assert_eq!(symbol_kind(name, object::elf::STT_NOTYPE), expected, "{name}");
        }
    }

    #[test]
    fn file_that_is_no_image_is_refused_by_name() {
        let path = crate::workspace::root().join("Cargo.toml");
        let error = Image::read(&path).unwrap_err().to_string();
        assert!(error.contains("Cargo.toml is no ELF file"), "{error}");
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn program_of_this_computer_is_no_firmware() {
        let error = Image::read(&std::env::current_exe().unwrap()).unwrap_err();
        assert!(matches!(error, ImageError::Parse { .. }), "{error}");
    }
}
