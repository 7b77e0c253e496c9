//! `cargo xtask firmware`: the boards' program, built, measured, and ready to be copied to a board.

pub(crate) mod chip;
pub(crate) mod image;
mod size;
mod stack;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::chip::{Chip, Processor};
use self::image::{Image, ImageError};
use self::size::{OverBudget, Usage};
use self::stack::{Stack, StackError};
use crate::process::{self, ProcessError};
use crate::toolchain::{Toolchain, ToolchainError};
use crate::workspace;

const PACKAGE: &str = "pico-fw";
const CRATE: &str = "pico_fw";
/// The core library's source as Debian's compiler knows it.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library";
/// The profile in the workspace's Cargo.toml.
const PROFILE: &str = "firmware";

/// Why there is no firmware, or none that keeps its budgets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FirmwareError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Uf2(#[from] pico_uf2::WriteError),
    #[error("`{}` could not be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the firmware for the {chip} is too large: {source}")]
    OverBudget { chip: Chip, source: OverBudget },
    #[error("the stack of the firmware for the {chip} has no bound that fits: {source}")]
    Stack { chip: Chip, source: StackError },
}

/// Builds for these chips, writes the files, and prints what they take. Everything is built and printed before a budget
/// that is exceeded ends the run.
///
/// # Errors
///
/// [`FirmwareError`] when a build fails or a budget is exceeded.
pub(crate) fn run(chips: &[Chip]) -> Result<(), FirmwareError> {
    let verdicts = chips.iter().map(|&chip| make(chip)).collect::<Result<Vec<_>, _>>()?;
    verdicts.into_iter().collect()
}

/// Makes one chip's firmware. The inner result is the verdict on one that was made.
fn make(chip: Chip) -> Result<Result<(), FirmwareError>, FirmwareError> {
    let toolchain = Toolchain::find(chip.target())?;
    println!("Building for the {chip} ({}), {}, with {toolchain}.", chip.board(), chip.target());
    let elf = build(&toolchain, chip)?;
    let image = Image::read(&elf)?;
    let file = |extension: &str| workspace::target_dir("firmware").join(format!("{PACKAGE}-{chip}.{extension}"));
    let copy = file("elf");
    fs::copy(&elf, &copy).map_err(|source| FirmwareError::Write { path: copy.clone(), source })?;
    let uf2 = file("uf2");
    write_uf2(&image, chip, &uf2)?;
    println!("{}\n{}\n", workspace::shown(&copy), workspace::shown(&uf2));

    let usage = Usage::of(&image, chip);
    println!("{usage}");
    let stack = Stack::of(&image, chip).map_err(|source| FirmwareError::Stack { chip, source })?;
    println!("{stack}");
    let within_budget = usage.judge().map_err(|source| FirmwareError::OverBudget { chip, source });
    Ok(within_budget.and_then(|()| stack.judge().map_err(|source| FirmwareError::Stack { chip, source })))
}

/// Builds for one chip, and returns the ELF file's path.
fn build(toolchain: &Toolchain, chip: Chip) -> Result<PathBuf, FirmwareError> {
    // Two compilers in one directory would undo each other's work.
    let target_dir = workspace::target_dir("firmware");
    let mut cargo = process::cargo();
    // Only the last step of the build compiles, as the whole program is optimised at once there.
    toolchain.apply(&mut cargo, "rustc");
    toolchain.allow_unstable_options(&mut cargo, CRATE);
    cargo
        .current_dir(workspace::root())
        .args(["--quiet", "--package", PACKAGE, "--bin", PACKAGE, "--profile", PROFILE])
        .args(["--no-default-features", "--features", chip.name(), "--target-dir"])
        .arg(&target_dir)
        .args(["--config", &shortened_paths(chip)])
        .args(["--", "-Zemit-stack-sizes"]);
    process::run(&mut cargo)?;
    Ok(target_dir.join(chip.target()).join(PROFILE).join(PACKAGE))
}

/// What makes the places in panic messages short: without it the image holds this machine's folders, some kilobytes of
/// them, and differs from the same firmware built elsewhere.
fn shortened_paths(chip: Chip) -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    // One folder for each registry.
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok()).into_iter().flatten().flatten();
    let folders = registries.map(|registry| registry.path()).chain([PathBuf::from(DEBIAN_LIBRARY)]);
    let flags: Vec<String> = folders.map(|folder| format!("\"--remap-path-prefix={}=\"", folder.display())).collect();
    format!("target.{}.rustflags=[{}]", chip.target(), flags.join(","))
}

/// Writes an image's UF2 file.
///
/// # Errors
///
/// [`FirmwareError`] when the image does not fit the chip, or the file cannot be written.
pub(crate) fn write_uf2(image: &Image, chip: Chip, path: &Path) -> Result<(), FirmwareError> {
    let file = pico_uf2::encode(&image.uf2_segments(), chip)?;
    fs::write(path, file).map_err(|source| FirmwareError::Write { path: path.to_path_buf(), source })
}
