//! Lays out the chip's memory for the linker.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none") {
        lay_out_memory(&PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")));
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
