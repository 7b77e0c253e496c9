//! What a linked image holds.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

/// An image's functions and the size of its constants.
#[derive(Debug)]
pub(crate) struct Image {
    /// The image's file.
    pub(crate) path: PathBuf,
    /// One symbol for each function, in the order of their addresses.
    pub(crate) symbols: Vec<Symbol>,
    /// Bytes of read-only data. By section, not by symbol: most constants have no name.
    pub(crate) read_only_len: u64,
}

/// A function.
#[derive(Debug)]
pub(crate) struct Symbol {
    /// Its name, demangled.
    pub(crate) name: String,
    /// Its bytes, literal pools and jump tables included.
    pub(crate) size: u64,
}

/// What a function belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The codec itself, and the entries, which it is inlined into.
    Codec,
    /// The core library.
    Core,
    /// What compilers put behind plain code: copies, divisions.
    Runtime,
}

/// An image that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("the image {} could not be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the image {} is no ELF file that can be understood: {source}", path.display())]
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
        match parse(&bytes) {
            Ok((symbols, read_only_len)) => Ok(Self { path, symbols, read_only_len }),
            Err(source) => Err(ImageError::Parse { path, source }),
        }
    }

    /// The names of the functions that only a panic reaches.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.symbols.iter().map(|symbol| &symbol.name).filter(|name| is_panic(name)).cloned().collect()
    }
}

fn parse(bytes: &[u8]) -> Result<(Vec<Symbol>, u64), object::Error> {
    let file = object::File::parse(bytes)?;
    // Several names for one address are one function.
    let mut functions = BTreeMap::new();
    for symbol in file.symbols().filter(ObjectSymbol::is_definition) {
        let Some(section) = symbol.section_index() else { continue };
        if file.section_by_index(section)?.kind() == SectionKind::Text && symbol.size() > 0 {
            let name = format!("{:#}", rustc_demangle::demangle(symbol.name()?));
            functions.entry(symbol.address()).or_insert(Symbol { name, size: symbol.size() });
        }
    }
    let is_constant = |kind| matches!(kind, SectionKind::ReadOnlyData | SectionKind::ReadOnlyString);
    // Tables for unwinding are no constants of the codec; a firmware that aborts drops them.
    let read_only_len = file
        .sections()
        .filter(|section| is_constant(section.kind()) && section.name().is_ok_and(|name| name.starts_with(".rodata")))
        .map(|section| section.size())
        .sum();
    Ok((functions.into_values().collect(), read_only_len))
}

impl Symbol {
    /// What the function belongs to.
    pub(crate) fn part(&self) -> Part {
        if self.name.contains("rgb_proto::") || self.name.starts_with("codec_") {
            Part::Codec
        } else if self.name.contains("core::") {
            Part::Core
        } else {
            Part::Runtime
        }
    }
}

impl Part {
    /// Every part.
    pub(crate) const ALL: [Self; 3] = [Self::Codec, Self::Core, Self::Runtime];

    /// What a reader calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Codec => "code of the codec",
            Self::Core => "code of the core library",
            Self::Runtime => "code of the compiler's runtime, shared with the rest of a firmware",
        }
    }
}

/// Whether only a panic reaches the function of this name: the core library's functions behind a failed check all end
/// in the image's panic handler, and are told by their names. Wide on purpose: a name too many is noticed at once.
fn is_panic(name: &str) -> bool {
    let last = name.rsplit("::").next().unwrap_or(name);
    name.contains("panic") || last.contains("rust_begin_unwind") || last.ends_with("_fail") || last.ends_with("_failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_panics_reach_are_recognised() {
        for name in [
            "core::panicking::panic_fmt",
            "core::panicking::panic_bounds_check",
            "core::panicking::panic_const::panic_const_div_by_zero",
            "core::slice::index::slice_index_fail",
            "core::slice::index::slice_end_index_len_fail",
            "core::option::unwrap_failed",
            "core::result::unwrap_failed",
            "core::str::slice_error_fail",
            "__rustc::rust_begin_unwind",
            "rust_begin_unwind",
        ] {
            assert!(is_panic(name), "{name}");
        }
    }

    #[test]
    fn names_of_plain_code_are_no_panics() {
        for name in [
            "codec_decode_strict",
            "rgb_proto::codec::decoder::ReplyDecoder::failure_here",
            "<rgb_proto::codec::reply::Reply>::copy_into",
            "__aeabi_memcpy4",
            "compiler_builtins::mem::memcpy",
        ] {
            assert!(!is_panic(name), "{name}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn functions_of_a_real_image_have_names_and_sizes() {
        let image = Image::read(&std::env::current_exe().unwrap()).unwrap();
        assert!(image.symbols.iter().any(|symbol| symbol.name.contains("is_panic") && symbol.size > 0));
        assert!(!image.panics().is_empty());
        assert!(image.read_only_len > 0);
    }

    #[test]
    fn file_that_is_no_image_is_refused_by_name() {
        let path = crate::workspace::root().join("Cargo.toml");
        let error = Image::read(&path).unwrap_err().to_string();
        assert!(error.contains("Cargo.toml is no ELF file"), "{error}");
    }
}
