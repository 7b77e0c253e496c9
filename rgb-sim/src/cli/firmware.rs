//! The firmware that emulated boards run: which file it is, and what is in it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rgb_sim::emulated::{DebugInfo, DebugInfoError, Firmware};
use tracing::warn;

/// Where `cargo xtask firmware` puts the image, below the repository.
const DEFAULT: &str = "target/firmware/pico-fw-rp2040.uf2";

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

/// The firmware of this file, or without a path of the one that `cargo xtask firmware` has built, and what is known of its
/// source.
pub(super) fn load_firmware(path: Option<&Path>) -> Result<Firmware, FirmwareFileError> {
    let file = read_firmware(path)?;
    let debug_info = read_debug_info(path, &file);
    let firmware = Firmware::new(file);
    Ok(match debug_info {
        Some(debug_info) => firmware.with_debug_info(debug_info),
        None => firmware,
    })
}

/// What the ELF file beside the firmware's file tells, if there is one and it is the same program's.
fn read_debug_info(path: Option<&Path>, firmware: &[u8]) -> Option<DebugInfo> {
    // An ELF file is its own, and for other programs there may be none.
    let elf = path.unwrap_or(Path::new(DEFAULT)).with_extension("elf");
    match DebugInfo::new(firmware, std::fs::read(&elf).ok()?) {
        Ok(debug_info) => Some(debug_info),
        // The boards cannot be made, which is told then.
        Err(DebugInfoError::Image(_)) => None,
        Err(error) => {
            warn!(file = %elf.display(), %error, "there will be no names in backtraces");
            None
        }
    }
}

/// Reads this file, or without a path the one that `cargo xtask firmware` has built.
fn read_firmware(path: Option<&Path>) -> Result<Vec<u8>, FirmwareFileError> {
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
