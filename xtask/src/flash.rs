//! `cargo xtask flash`: a firmware onto a board, by the way that this computer has.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::firmware::chip::{Chip, Processor};
use crate::firmware::image::{Image, ImageError};
use crate::firmware::{FirmwareError, write_uf2};
use crate::process::{self, ProcessError};
use crate::workspace;

/// Why a firmware did not get onto a board.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FlashError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Firmware(#[from] FirmwareError),
}

/// Flashes and runs an ELF file through a debug probe; without one, makes a UF2 file of it and says what to do with it.
///
/// # Errors
///
/// [`FlashError`] when the file is no firmware for the chip, or the probe's program fails.
pub(crate) fn run(elf: &Path, chip: Chip) -> Result<(), FlashError> {
    if has_probe() {
        return Ok(process::run(&mut probe_command(elf, chip))?);
    }
    let uf2 = uf2_path(elf, chip);
    write_uf2(&Image::read(elf)?, chip, &uf2)?;
    print!("{}", instructions(&uf2, chip));
    Ok(())
}

/// Flashes, starts, and stays to report a crash with its backtrace.
fn probe_command(elf: &Path, chip: Chip) -> Command {
    let mut command = Command::new("probe-rs");
    command.args(["run", "--chip", chip.probe_name()]).arg(elf);
    command
}

/// Whether probe-rs is installed and sees a debug probe.
fn has_probe() -> bool {
    let listed = Command::new("probe-rs").arg("list").stderr(Stdio::null()).output();
    listed.is_ok_and(|output| output.status.success() && lists_probe(&String::from_utf8_lossy(&output.stdout)))
}

/// Whether the list has a first entry.
fn lists_probe(list: &str) -> bool {
    list.lines().any(|line| line.trim_start().starts_with("[0]"))
}

/// Next to the ELF file.
fn uf2_path(elf: &Path, chip: Chip) -> PathBuf {
    let named = elf.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(chip.name()));
    // Cargo's file does not say which chip it is for.
    if named { elf.with_extension("uf2") } else { elf.with_file_name(format!("pico-fw-{chip}.uf2")) }
}

fn instructions(uf2: &Path, chip: Chip) -> String {
    let uf2 = workspace::shown(uf2);
    format!(
        "{uf2}\n\n\
         No debug probe was found. To put the firmware onto the {board}, hold its BOOTSEL button while you plug in \
         its USB cable, then\n  copy {uf2} to the drive {drive}\nor, with picotool installed,\n  \
         picotool load --update --verify --execute {uf2}\n",
        board = chip.board(),
        drive = chip.drive(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_probes_is_understood() {
        assert!(lists_probe("The following debug probes were found:\n[0]: Debugprobe on Pico (CMSIS-DAP)\n"));
        assert!(!lists_probe("No debug probes were found.\n"));
        assert!(!lists_probe(""));
    }

    #[test]
    fn probe_is_told_the_chip() {
        let text = |chip| process::text(&probe_command(Path::new("target/pico-fw"), chip));
        assert_eq!(text(Chip::Rp2040), "probe-rs run --chip RP2040 target/pico-fw");
        assert_eq!(text(Chip::Rp2350), "probe-rs run --chip RP235x target/pico-fw");
    }

    #[test]
    fn file_for_the_board_lies_next_to_the_image_and_names_the_chip() {
        assert_eq!(uf2_path(Path::new("a/pico-fw"), Chip::Rp2350), Path::new("a/pico-fw-rp2350.uf2"));
        assert_eq!(uf2_path(Path::new("a/pico-fw-rp2040.elf"), Chip::Rp2040), Path::new("a/pico-fw-rp2040.uf2"));
    }

    #[test]
    fn instructions_name_the_button_the_drive_and_the_other_way() {
        let text = instructions(&workspace::root().join("target/a.uf2"), Chip::Rp2040);
        for part in ["target/a.uf2", "BOOTSEL", "RPI-RP2", "picotool load"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
