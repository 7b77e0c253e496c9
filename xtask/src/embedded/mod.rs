//! `cargo xtask embedded`: rgb-proto on the Pico W's processor, a Cortex-M0+.
//!
//! The package `xtask/probe` stands for a board's program: it is built with every feature set, and linked into two
//! images, of which one must hold no panic and the other must hold one.

mod image;

use std::path::PathBuf;
use std::process::Command;

use self::image::{Image, ImageError, Part};
use crate::process::{self, ProcessError};
use crate::toolchain::{Toolchain, ToolchainError};
use crate::workspace;

/// The Pico W's processor without an operating system.
const TARGET: &str = "thumbv6m-none-eabi";

/// The features of rgb-proto that a board can use, alone and together.
const FEATURE_SETS: [&[&str]; 5] = [&[], &["bytes"], &["serde"], &["defmt"], &["bytes", "serde", "defmt"]];

/// The image of the codec: the linker keeps these functions and what they reach.
const CODEC: Program = Program {
    name: "codec",
    entries: &[
        "codec_encode",
        "codec_encode_into",
        "codec_decode_strict",
        "codec_decode_lenient",
        "codec_decoder_new",
        "codec_decoder_push",
        "codec_decoder_finish",
    ],
};

/// The image that shows that the check for panics sees them.
const CONTROL: Program = Program { name: "control", entries: &["control_index"] };

/// A program of the probe, and the functions that something outside it would call.
struct Program {
    name: &'static str,
    entries: &'static [&'static str],
}

/// Why the build for the board did not pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EmbeddedError {
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("{}: the linker dropped {entry}, so the image proves nothing; check the linker's arguments", path.display())]
    EntryMissing { path: PathBuf, entry: &'static str },
    #[error(
        "the check for panics is blind: {} can panic, and yet no symbol of it was recognised as a panic's; \
         teach `image::is_panic` the names that this compiler uses",
        path.display()
    )]
    Blind { path: PathBuf },
    #[error(
        "the codec can panic on {TARGET}: {} holds\n  {}\nfind the callers with `llvm-objdump --disassemble --demangle`",
        path.display(),
        symbols.join("\n  ")
    )]
    Panics { path: PathBuf, symbols: Vec<String> },
}

/// Builds, checks and measures.
///
/// # Errors
///
/// [`EmbeddedError`] when a build fails or the codec can panic.
pub(crate) fn run() -> Result<(), EmbeddedError> {
    let toolchain = Toolchain::find(TARGET)?;
    println!("Building for {TARGET} with {toolchain}.");
    for features in FEATURE_SETS {
        build_with(&toolchain, features)?;
    }
    let control = link(&toolchain, &CONTROL)?;
    let seen = control.panics();
    if seen.is_empty() {
        return Err(EmbeddedError::Blind { path: control.path });
    }
    println!("The image that can panic: found {}.", seen.join(", "));
    let codec = link(&toolchain, &CODEC)?;
    let symbols = codec.panics();
    if !symbols.is_empty() {
        return Err(EmbeddedError::Panics { path: codec.path, symbols });
    }
    println!("The codec's image: no panic in {} functions.\n", codec.symbols.len());
    print!("{}", size_table(&codec));
    Ok(())
}

/// Compiles rgb-proto with these features.
fn build_with(toolchain: &Toolchain, features: &[&str]) -> Result<(), EmbeddedError> {
    println!("rgb-proto with {}", if features.is_empty() { "no features".to_owned() } else { features.join(", ") });
    process::run(cargo(toolchain, "build").args(["--lib", "--features", &features.join(",")]))?;
    Ok(())
}

/// Links a program and reads its image.
fn link(toolchain: &Toolchain, program: &Program) -> Result<Image, EmbeddedError> {
    let mut command = cargo(toolchain, "rustc");
    command.args(["--bin", program.name, "--"]);
    for entry in program.entries {
        command.arg(format!("-Clink-arg=--undefined={entry}"));
    }
    // Any entry will do: the image is read, never run.
    command.arg("-Clink-arg=--entry=0");
    process::run(&mut command)?;
    let image = Image::read(&workspace::target_dir("embedded").join(TARGET).join("release").join(program.name))?;
    for entry in program.entries {
        if !image.symbols.iter().any(|symbol| symbol.name == *entry) {
            return Err(EmbeddedError::EntryMissing { path: image.path, entry });
        }
    }
    Ok(image)
}

/// Cargo on the probe, for the board.
fn cargo(toolchain: &Toolchain, subcommand: &str) -> Command {
    let mut command = process::cargo();
    toolchain.apply(&mut command, subcommand);
    command
        .current_dir(workspace::root().join("xtask/probe"))
        .args(["--quiet", "--release", "--target-dir"])
        // Two compilers in one directory would undo each other's work.
        .arg(workspace::target_dir("embedded"));
    command
}

/// The image's functions and their sizes, part by part, largest first.
fn size_table(image: &Image) -> String {
    let mut table = String::new();
    let mut row = |bytes: u64, what: &str| table.push_str(&format!("{bytes:>6}  {what}\n"));
    for part in Part::ALL {
        let mut symbols: Vec<_> = image.symbols.iter().filter(|symbol| symbol.part() == part).collect();
        if symbols.is_empty() {
            continue;
        }
        symbols.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        row(symbols.iter().map(|symbol| symbol.size).sum(), part.title());
        for symbol in symbols {
            row(symbol.size, &format!("  {}", symbol.name));
        }
    }
    row(image.read_only_len, "read-only data");
    format!(" bytes  on {TARGET}, optimised for size\n{table}")
}

#[cfg(test)]
mod tests {
    use super::image::Symbol;
    use super::*;

    #[test]
    fn size_table_adds_up_each_part_that_there_is() {
        let symbol = |name: &str, size| Symbol { name: name.to_owned(), size };
        let image = Image {
            path: PathBuf::new(),
            symbols: vec![
                symbol("codec_encode", 100),
                symbol("rgb_proto::codec::decoder::ReplyDecoder::push", 300),
                symbol("__aeabi_memcpy", 40),
            ],
            read_only_len: 16,
        };
        let expected = " bytes  on thumbv6m-none-eabi, optimised for size
   400  code of the codec
   300    rgb_proto::codec::decoder::ReplyDecoder::push
   100    codec_encode
    40  code of the compiler's runtime, shared with the rest of a firmware
    40    __aeabi_memcpy
    16  read-only data
";
        assert_eq!(size_table(&image), expected);
    }
}
