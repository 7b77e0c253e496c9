//! The firmware that emulated boards run: which file it is, and what is in it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Where `cargo xtask firmware` puts the image, below the repository.
pub(super) const DEFAULT: &str = "target/firmware/pico-fw-rp2040.uf2";

/// The first bytes of an ELF file (System V ABI, chapter 4), and those of a UF2 file.
const ELF_MAGIC: &[u8] = b"\x7fELF";
const UF2_MAGIC: &[u8] = b"UF2\n";

/// Why there is no firmware.
#[derive(Debug, thiserror::Error)]
pub(super) enum FirmwareFileError {
    /// No file was named, and there is none where it is looked for.
    #[error(
        "there is no firmware at {DEFAULT} below the current folder: build it with `cargo xtask firmware --chip rp2040` \
         in the repository, or name a UF2 or ELF file"
    )]
    NotBuilt,
    /// The file cannot be read.
    #[error("cannot read the firmware {}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    /// It is a file of another kind.
    #[error(
        "{} is no firmware: it is neither a UF2 nor an ELF file; `cargo xtask firmware --chip rp2040` makes both",
        path.display()
    )]
    NoFirmware { path: PathBuf },
}

/// Reads this file, or without a path the one that `cargo xtask firmware` has built.
pub(super) fn read_firmware(path: Option<&Path>) -> Result<Vec<u8>, FirmwareFileError> {
    let file = match std::fs::read(path.unwrap_or(Path::new(DEFAULT))) {
        Err(error) if path.is_none() && error.kind() == ErrorKind::NotFound => return Err(FirmwareFileError::NotBuilt),
        read => read,
    };
    let path = path.unwrap_or(Path::new(DEFAULT)).to_path_buf();
    match file {
        Err(error) => Err(FirmwareFileError::Read { path, error }),
        Ok(file) if file.starts_with(ELF_MAGIC) || file.starts_with(UF2_MAGIC) => Ok(file),
        Ok(_) => Err(FirmwareFileError::NoFirmware { path }),
    }
}
