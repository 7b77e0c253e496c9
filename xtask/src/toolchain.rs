//! A compiler and a core library for a board.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, ProcessError};

/// Debian's compiler, and the core library's source where that compiler looks for it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/core/Cargo.toml";

/// How to build for a board on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toolchain {
    /// The board's processor without an operating system.
    target: &'static str,
    compiler: Compiler,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Compiler {
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
        "this machine cannot build for {target}; install the target with\n  rustup target add {target}\n\
         or, on Debian, a compiler that can build the core library itself, with\n  \
         apt-get install rustc-web rust-web-src"
    )]
    Missing { target: &'static str },
    #[error(
        "there is no linker for {target}: {} does not exist, nor /usr/bin/ld.lld; on Debian: apt-get install lld",
        path.display()
    )]
    LinkerMissing { target: &'static str, path: PathBuf },
}

impl ToolchainError {
    /// Whether something has to be installed first.
    pub(crate) const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::LinkerMissing { .. })
    }
}

impl Toolchain {
    /// The target of the toolchain in use if it is there, else Debian's compiler.
    ///
    /// # Errors
    ///
    /// [`ToolchainError`] when there is neither.
    pub(crate) fn find(target: &'static str) -> Result<Self, ToolchainError> {
        let sysroot = PathBuf::from(process::output(process::rustc().args(["--print", "sysroot"]))?);
        let host = process::output(process::rustc().args(["--print", "host-tuple"]))?;
        let compiler = Compiler::choose(target, &sysroot, &host, Path::exists)?;
        Ok(Self { target, compiler })
    }

    /// Gives a cargo command its subcommand, with what it needs to build for the board.
    pub(crate) fn apply(&self, cargo: &mut Command, subcommand: &str) {
        cargo.args([subcommand, "--target", self.target]);
        if let Compiler::Debian { linker } = &self.compiler {
            cargo
                .env("RUSTC", DEBIAN_RUSTC)
                // To build the core library is an unstable option; the code itself is stable Rust.
                .env("RUSTC_BOOTSTRAP", "1")
                .env(format!("CARGO_TARGET_{}_LINKER", self.target.to_uppercase().replace(['-', '.'], "_")), linker)
                // Some crates name the allocator's, such as `bytes`.
                .arg("-Zbuild-std=core,alloc");
        }
    }

    /// Lets the compiler take unstable options for one crate, which stays stable Rust itself.
    pub(crate) fn allow_unstable_options(&self, cargo: &mut Command, crate_name: &str) {
        // Debian's compiler has the permission already, for every crate.
        if self.compiler == Compiler::Rustup {
            cargo.env("RUSTC_BOOTSTRAP", crate_name);
        }
    }
}

impl Compiler {
    fn choose(
        target: &'static str,
        sysroot: &Path,
        host: &str,
        exists: impl Fn(&Path) -> bool,
    ) -> Result<Self, ToolchainError> {
        let targets = sysroot.join("lib/rustlib");
        if exists(&targets.join(target)) {
            return Ok(Self::Rustup);
        }
        if !exists(Path::new(DEBIAN_RUSTC)) || !exists(Path::new(DEBIAN_SOURCE)) {
            return Err(ToolchainError::Missing { target });
        }
        let path = targets.join(host).join("bin/rust-lld");
        for linker in [&path, Path::new("/usr/bin/ld.lld")] {
            if exists(linker) {
                return Ok(Self::Debian { linker: linker.to_path_buf() });
            }
        }
        Err(ToolchainError::LinkerMissing { target, path })
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.compiler {
            Compiler::Rustup => f.write_str("the toolchain in use"),
            Compiler::Debian { linker } => write!(f, "{DEBIAN_RUSTC} and {}", linker.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "thumbv6m-none-eabi";
    const LLD: &str = "/rust/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld";

    fn choose(files: &[&str]) -> Result<Compiler, ToolchainError> {
        Compiler::choose(TARGET, Path::new("/rust"), "x86_64-unknown-linux-gnu", |path| {
            files.iter().any(|file| Path::new(file) == path)
        })
    }

    #[test]
    fn target_of_the_toolchain_in_use_comes_first() {
        let files = ["/rust/lib/rustlib/thumbv6m-none-eabi", DEBIAN_RUSTC, DEBIAN_SOURCE, LLD];
        assert_eq!(choose(&files).unwrap(), Compiler::Rustup);
    }

    #[test]
    fn target_of_another_board_is_none_of_this_one() {
        let other = ["/rust/lib/rustlib/thumbv8m.main-none-eabihf"];
        assert!(matches!(choose(&other), Err(ToolchainError::Missing { target: TARGET })));
    }

    #[test]
    fn debian_needs_the_source_and_a_linker() {
        let lld = Compiler::Debian { linker: LLD.into() };
        let other_lld = Compiler::Debian { linker: "/usr/bin/ld.lld".into() };
        assert_eq!(choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE, LLD, "/usr/bin/ld.lld"]).unwrap(), lld);
        assert_eq!(choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE, "/usr/bin/ld.lld"]).unwrap(), other_lld);
        let linker_missing = choose(&[DEBIAN_RUSTC, DEBIAN_SOURCE]).unwrap_err();
        assert!(matches!(linker_missing, ToolchainError::LinkerMissing { .. }), "{linker_missing}");
        assert!(matches!(choose(&[DEBIAN_RUSTC, LLD]), Err(ToolchainError::Missing { .. })));
    }

    #[test]
    fn machine_with_neither_is_told_both_commands() {
        let message = choose(&[]).unwrap_err().to_string();
        assert!(message.contains("rustup target add thumbv6m-none-eabi"), "{message}");
        assert!(message.contains("apt-get install rustc-web rust-web-src"), "{message}");
    }

    #[test]
    fn debian_compiler_gets_the_linker_and_builds_the_core_library() {
        for (target, variable) in [
            ("thumbv6m-none-eabi", "CARGO_TARGET_THUMBV6M_NONE_EABI_LINKER"),
            ("thumbv8m.main-none-eabihf", "CARGO_TARGET_THUMBV8M_MAIN_NONE_EABIHF_LINKER"),
        ] {
            let mut cargo = Command::new("cargo");
            let toolchain = Toolchain { target, compiler: Compiler::Debian { linker: LLD.into() } };
            toolchain.apply(&mut cargo, "build");
            assert_eq!(process::text(&cargo), format!("cargo build --target {target} -Zbuild-std=core,alloc"));
            let linker = cargo.get_envs().find(|(name, _)| *name == variable);
            assert_eq!(linker.and_then(|(_, value)| value), Some(LLD.as_ref()));
        }
    }

    #[test]
    fn unstable_options_are_allowed_for_no_more_than_one_crate() {
        let permission = |compiler| {
            let mut cargo = Command::new("cargo");
            let toolchain = Toolchain { target: TARGET, compiler };
            toolchain.apply(&mut cargo, "rustc");
            toolchain.allow_unstable_options(&mut cargo, "pico_fw");
            let permission = cargo.get_envs().find(|(name, _)| *name == "RUSTC_BOOTSTRAP");
            permission.and_then(|(_, value)| value).map(|value| value.to_string_lossy().into_owned())
        };
        assert_eq!(permission(Compiler::Rustup).as_deref(), Some("pico_fw"));
        assert_eq!(permission(Compiler::Debian { linker: LLD.into() }).as_deref(), Some("1"));
    }
}
