//! Lays out the chip's memory for the linker, and checks `secrets.toml` and turns it into data that the firmware takes in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use rgb_proto::settings::SettingsDraft;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a user writes the board's settings; next to this file, and not under version control.
const SETTINGS_FILE: &str = "secrets.toml";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none") {
        lay_out_memory(&out);
    }
    // Cargo takes a file that does not exist for one that changes all the time; its directory changes when it appears.
    let watched = if Path::new(SETTINGS_FILE).exists() { SETTINGS_FILE } else { "." };
    println!("cargo::rerun-if-changed={watched}");
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    match read_settings(&package.join(SETTINGS_FILE)) {
        Ok(pairs) => {
            fs::write(out.join("settings.rs"), as_source(&pairs)).expect("OUT_DIR is writable");
        }
        Err(message) => println!("cargo::error={message}"),
    }
}

/// Gives the linker the memory map of the chip that the features name.
fn lay_out_memory(out: &Path) {
    let rp2350 = env::var_os("CARGO_FEATURE_RP2350").is_some();
    let map = if rp2350 { "memory-rp2350.x" } else { "memory-rp2040.x" };
    println!("cargo::rerun-if-changed={map}");
    fs::copy(map, out.join("memory.x")).expect("the memory map is part of the sources and OUT_DIR is writable");
    println!("cargo::rustc-link-search={}", out.display());
    // Without this the linker rounds the sections to its page size, and wastes flash.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    if !rp2350 {
        // The second stage boot loader's section, of embassy-rp.
        println!("cargo::rustc-link-arg-bins=-Tlink-rp.x");
    }
}

/// The settings as names and texts, once they are known to make a board; none if there is no file.
fn read_settings(path: &Path) -> Result<Option<Vec<(String, String)>>, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let at = |span: core::ops::Range<usize>| {
        let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
        format!("{}:{line}", path.display())
    };
    // The parser's full report quotes the line, which may hold the passphrase.
    let table = DeTable::parse(&text)
        .map_err(|error| format!("{}: {}", at(error.span().unwrap_or_default()), error.message()))?;
    let mut draft = SettingsDraft::new();
    let mut pairs = Vec::new();
    for (field, value) in table.get_ref() {
        let name: &str = field.get_ref();
        let problem = |problem: &dyn core::fmt::Display| format!("{}: {problem}", at(field.span()));
        let Some(value) = as_text(value.get_ref()) else {
            return Err(problem(&format_args!("{name}: must be a text, a number, true, false, or a list of numbers")));
        };
        draft.set(name, &value).map_err(|error| problem(&error))?;
        pairs.push((name.to_owned(), value));
    }
    draft.finish().map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(pairs))
}

/// A value as [`SettingsDraft::set`] takes it.
fn as_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Boolean(on) => Some(on.to_string()),
        DeValue::Array(numbers) => {
            let numbers: Option<Vec<String>> = numbers.iter().map(Spanned::get_ref).map(as_text).collect();
            Some(numbers?.join(","))
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The Rust expression for the settings.
fn as_source(pairs: &Option<Vec<(String, String)>>) -> String {
    let Some(pairs) = pairs else { return "None".to_owned() };
    let mut source = "Some(&[".to_owned();
    for (name, value) in pairs {
        write!(source, "({name:?}, {value:?}),").expect("a String takes any text");
    }
    source.push_str("])");
    source
}
