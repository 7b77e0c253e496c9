//! The firmware's image for a Pico W.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Trial};

/// How `cargo xtask` ends where this machine lacks what a build for a board needs.
const NO_TOOLCHAIN: i32 = 3;

/// The files of one build of the firmware.
#[derive(Debug)]
pub struct Firmware {
    uf2: PathBuf,
}

impl Firmware {
    /// The file that is copied to a board.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    #[must_use]
    pub fn uf2(&self) -> Vec<u8> {
        read(&self.uf2)
    }

    /// The file with the names of its functions, which lies beside it.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    #[must_use]
    pub fn elf(&self) -> Vec<u8> {
        read(&self.uf2.with_extension("elf"))
    }

    /// Where the file is that is copied to a board.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.uf2
    }
}

/// The firmware under test, or why there is none on this machine. `cargo xtask firmware` builds it first; `PICO_FW_UF2` may
/// name another file to test instead.
///
/// # Errors
///
/// What this machine lacks for the build, in one line.
///
/// # Panics
///
/// When the build fails, and in CI (`CI` is set) when it cannot begin.
pub fn firmware() -> Result<&'static Firmware, &'static str> {
    static FIRMWARE: OnceLock<Result<Firmware, String>> = OnceLock::new();
    let firmware = FIRMWARE.get_or_init(|| match std::env::var_os("PICO_FW_UF2") {
        Some(path) => Ok(Firmware { uf2: path.into() }),
        None => build(),
    });
    firmware.as_ref().map_err(String::as_str)
}

/// Tests with their names, of a kind that is [`Test`] or [`FirmwareTest`].
#[macro_export]
macro_rules! named_tests {
    ($kind:ty; $($module:ident :: $name:ident,)*) => {
        [$((concat!(stringify!($module), "::", stringify!($name)), $module::$name as $kind)),*]
    };
}

/// A test that needs no firmware.
pub type Test = fn();
/// A test of the firmware.
pub type FirmwareTest = fn(&'static Firmware);

/// The main function of a target whose tests have these names. Those of the firmware count as ignored where there is none.
pub fn run_tests<const A: usize, const F: usize>(
    always: [(&'static str, Test); A],
    with_firmware: [(&'static str, FirmwareTest); F],
) -> ExitCode {
    let firmware = firmware();
    if let Err(why) = firmware {
        eprintln!("some are ignored, because the firmware cannot be built here: {why}");
    }
    let always = always.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let with_firmware = with_firmware.map(|(name, test)| match firmware {
        Ok(firmware) => Trial::test(name, move || {
            test(firmware);
            Ok(())
        }),
        Err(why) => Trial::test(name, move || Err(why.into())).with_ignored_flag(true),
    });
    let trials = always.into_iter().chain(with_firmware).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn build() -> Result<Firmware, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut xtask = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    xtask.current_dir(root).args(["xtask", "firmware", "--chip", "rp2040"]);
    let output = xtask.output().expect("cargo runs");
    let [said, errors] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    if output.status.code() == Some(NO_TOOLCHAIN) {
        assert!(std::env::var_os("CI").is_none(), "CI must test the firmware: {errors}");
        let why = errors.strip_prefix("error: ").unwrap_or(&errors);
        return Err(why.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    assert!(output.status.success(), "the firmware does not build: {xtask:?}\n{said}{errors}");
    let uf2 = said.lines().find(|line| line.ends_with(".uf2")).expect("cargo xtask firmware names its files");
    Ok(Firmware { uf2: root.join(uf2) })
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
