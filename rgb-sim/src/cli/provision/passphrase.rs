//! A network's passphrase, from where the command line says.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};

use super::networks::PassphraseArg;
use crate::cli::interrupt::Interrupt;

/// A passphrase that could not be had. None of the texts holds a part of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PassphraseError {
    #[error("the passphrase file {} cannot be read: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the first line of {} is empty; write the passphrase there, or give --open for a network without one", path.display())]
    EmptyFile { path: PathBuf },
    #[error("there is no environment variable {}; set and export it, or use --passphrase-file", name.display())]
    NoVariable { name: OsString },
    #[error("the environment variable {} is empty; give --open for a network without a passphrase", name.display())]
    EmptyVariable { name: OsString },
    #[error(
        "cannot ask for the passphrase of {ssid:?}, because there is no terminal; give --passphrase-file, \
         --passphrase-env or --open behind this --ssid"
    )]
    NoTerminal { ssid: String },
    #[error("no passphrase was typed for {ssid:?}; give --open behind this --ssid if the network has none")]
    NothingTyped { ssid: String },
    #[error("the passphrase of {ssid:?} cannot be read: {source}")]
    Terminal { ssid: String, source: io::Error },
}

/// Nothing for an open network. What is no UTF-8 becomes what no passphrase may have, and so is refused with the others.
pub(super) fn read(from: &PassphraseArg, ssid: &str) -> Result<Option<String>, PassphraseError> {
    match from {
        PassphraseArg::Open => Ok(None),
        PassphraseArg::File(path) => of_file(path).map(Some),
        PassphraseArg::Variable(name) => of_variable(name).map(Some),
        PassphraseArg::Prompt => of_terminal(ssid).map(Some),
    }
}

fn of_file(path: &Path) -> Result<String, PassphraseError> {
    let failed = |source| PassphraseError::File { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(failed)?;
    warn_of_others(path, &file);
    let mut bytes = Vec::new();
    // More than the longest passphrase, and an end where the file has none.
    file.take(4096).read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    // Some editors write a byte order mark that one does not see.
    let line = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(PassphraseError::EmptyFile { path: path.to_path_buf() });
    }
    Ok(line.to_owned())
}

#[cfg(unix)]
fn warn_of_others(path: &Path, file: &File) {
    use std::os::unix::fs::MetadataExt;
    let open_to_others = |meta: &std::fs::Metadata| meta.is_file() && meta.mode() & 0o044 != 0;
    if file.metadata().is_ok_and(|meta| open_to_others(&meta)) {
        eprintln!("rgb-sim: warning: others can read {0}; `chmod 600 {0}` keeps it to yourself", path.display());
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path, _: &File) {}

fn of_variable(name: &OsStr) -> Result<String, PassphraseError> {
    let value = std::env::var_os(name).ok_or_else(|| PassphraseError::NoVariable { name: name.to_owned() })?;
    if value.is_empty() {
        return Err(PassphraseError::EmptyVariable { name: name.to_owned() });
    }
    Ok(value.to_string_lossy().into_owned())
}

fn of_terminal(ssid: &str) -> Result<String, PassphraseError> {
    let ssid = ssid.to_owned();
    if !io::stdin().is_terminal() {
        return Err(PassphraseError::NoTerminal { ssid });
    }
    // Ctrl-C must not end the program before the terminal shows again what is typed.
    let interrupt = Interrupt::listen();
    let typed = interrupt.and_then(|_| rpassword::prompt_password(format!("Passphrase of {ssid:?} (not shown): ")));
    match typed {
        Ok(typed) if typed.is_empty() => Err(PassphraseError::NothingTyped { ssid }),
        Ok(typed) => Ok(typed),
        Err(source) if source.kind() == ErrorKind::UnexpectedEof => {
            // The prompt's line has no end yet.
            eprintln!();
            Err(PassphraseError::NothingTyped { ssid })
        }
        Err(source) => Err(PassphraseError::Terminal { ssid, source }),
    }
}
