//! A compiler and a core library for the board.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::TARGET;
use crate::process::{self, ProcessError};

/// Debian's compiler, and the core library's source where that compiler looks for it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/core/Cargo.toml";

/// How to build for the board on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The toolchain in use has the target.
    Rustup,
    /// Debian's compiler builds the core library first.
    Debian {
        /// LLVM's linker, which Debian's compiler does not bring.
        linker: PathBuf,
    },
}

/// No way to build for the board.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolchainError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(
        "this machine cannot build for {TARGET}; install the target with\n  rustup target add {TARGET}\n\
         or, on Debian, a compiler that can build the core library itself, with\n  \
         apt-get install rustc-web rust-web-src"
    )]
    Missing,
    #[error(
        "there is no linker for {TARGET}: {} does not exist, nor /usr/bin/ld.lld; on Debian: apt-get install lld",
        path.display()
    )]
    LinkerMissing { path: PathBuf },
}

impl Toolchain {
    /// The target of the toolchain in use if it is there, else Debian's compiler.
    ///
    /// # Errors
    ///
    /// [`ToolchainError`] when there is neither.
    pub(crate) fn find() -> Result<Self, ToolchainError> {
        let sysroot = PathBuf::from(process::output(process::rustc().args(["--print", "sysroot"]))?);
        let host = process::output(process::rustc().args(["--print", "host-tuple"]))?;
        Self::choose(&sysroot, &host, Path::exists)
    }

    fn choose(sysroot: &Path, host: &str, exists: impl Fn(&Path) -> bool) -> Result<Self, ToolchainError> {
        let targets = sysroot.join("lib/rustlib");
        if exists(&targets.join(TARGET)) {
            return Ok(Self::Rustup);
        }
        if !exists(Path::new(DEBIAN_RUSTC)) || !exists(Path::new(DEBIAN_SOURCE)) {
            return Err(ToolchainError::Missing);
        }
        let path = targets.join(host).join("bin/rust-lld");
        for linker in [&path, Path::new("/usr/bin/ld.lld")] {
            if exists(linker) {
                return Ok(Self::Debian { linker: linker.to_path_buf() });
            }
        }
        Err(ToolchainError::LinkerMissing { path })
    }

    /// Gives a cargo command its subcommand, with what it needs to build for the board.
    pub(crate) fn apply(&self, cargo: &mut Command, subcommand: &str) {
        cargo.arg(subcommand);
        if let Self::Debian { linker } = self {
            cargo
                .env("RUSTC", DEBIAN_RUSTC)
                // To build the core library is an unstable option; the code itself is stable Rust.
                .env("RUSTC_BOOTSTRAP", "1")
                .env(format!("CARGO_TARGET_{}_LINKER", TARGET.to_uppercase().replace('-', "_")), linker)
                // The crate `bytes` allocates.
                .arg("-Zbuild-std=core,alloc");
        }
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rustup => f.write_str("the toolchain in use"),
            Self::Debian { linker } => write!(f, "{DEBIAN_RUSTC} and {}", linker.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLD: &str = "/rust/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld";

    fn choose(files: &[&str]) -> Result<Toolchain, ToolchainError> {
        Toolchain::choose(Path::new("/rust"), "x86_64-unknown-linux-gnu", |path| {
            files.iter().any(|file| Path::new(file) == path)
        })
    }

    #[test]
    fn target_of_the_toolchain_in_use_comes_first() {
        let files = ["/rust/lib/rustlib/thumbv6m-none-eabi", DEBIAN_RUSTC, DEBIAN_SOURCE, LLD];
        assert_eq!(choose(&files).unwrap(), Toolchain::Rustup);
    }

    #[test]
    fn debian_needs_the_source_and_a_linker() {
        let lld = Toolchain::Debian { linker: LLD.into() };
        let other_lld = Toolchain::Debian { linker: "/usr/bin/ld.lld".into() };
        assert_eq!(choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE, LLD, "/usr/bin/ld.lld"]).unwrap(), lld);
        assert_eq!(choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE, "/usr/bin/ld.lld"]).unwrap(), other_lld);
        let linker_missing = choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE]).unwrap_err();
        assert!(matches!(linker_missing, ToolchainError::LinkerMissing { .. }), "{linker_missing}");
        assert!(matches!(choose(&[DEBIAN_RUSTC, LLD]), Err(ToolchainError::Missing)));
    }

    #[test]
    fn machine_with_neither_is_told_both_commands() {
        let message = choose(&[]).unwrap_err().to_string();
        assert!(message.contains("rustup target add thumbv6m-none-eabi"), "{message}");
        assert!(message.contains("apt-get install rustc-web rust-web-src"), "{message}");
    }

    #[test]
    fn debian_compiler_gets_the_linker_and_builds_the_core_library() {
        let mut cargo = Command::new("cargo");
        Toolchain::Debian { linker: LLD.into() }.apply(&mut cargo, "build");
        assert_eq!(process::text(&cargo), "cargo build -Zbuild-std=core,alloc");
        let linker = cargo.get_envs().find(|(name, _)| *name == "CARGO_TARGET_THUMBV6M_NONE_EABI_LINKER");
        assert_eq!(linker.and_then(|(_, value)| value), Some(LLD.as_ref()));
    }
}
