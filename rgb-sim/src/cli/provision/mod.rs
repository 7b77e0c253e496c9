//! `provision`: a real board's settings as a file to copy to it, and what is in such a file.

mod args;
mod file;
mod networks;
mod passphrase;

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use rgb_proto::settings::{Settings, SettingsDraft, SettingsError};
use rgb_sim::provision::{Chip, SettingsFileError, settings_of_uf2, settings_uf2};

pub(crate) use args::{EXAMPLES, ProvisionArgs};
use file::FileError;
pub(super) use networks::with_advice;
use networks::{NetworkArg, NetworkArgsError, PassphraseArg};
use passphrase::PassphraseError;

/// Why no file was made, or none was shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProvisionError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Networks(#[from] NetworkArgsError),
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Show { path: PathBuf, source: SettingsFileError },
}

/// Gives what is to be printed.
pub(super) fn provision(args: &ProvisionArgs) -> Result<String, ProvisionError> {
    match (&args.show, &args.out) {
        (Some(path), _) => show(path),
        (None, Some(path)) => make(args, path),
        (None, None) => unreachable!("clap wants --out where there is no --show"),
    }
}

/// The settings in a file, and the chip that it is for.
pub(super) fn read_settings(path: &Path) -> Result<(Settings, Chip), ProvisionError> {
    let file = std::fs::read(path).map_err(|source| ProvisionError::Read { path: path.to_path_buf(), source })?;
    settings_of_uf2(&file).map_err(|source| ProvisionError::Show { path: path.to_path_buf(), source })
}

fn show(path: &Path) -> Result<String, ProvisionError> {
    let (settings, chip) = read_settings(path)?;
    Ok(format!("{} holds settings for a {} ({chip}):\n\n{}", path.display(), chip.board(), table(&settings)))
}

fn make(args: &ProvisionArgs, path: &Path) -> Result<String, ProvisionError> {
    file::check(path, args.force)?;
    let settings = settings(args)?;
    file::write(path, &settings_uf2(&settings, args.chip))?;
    Ok(report(&settings, args.chip, path))
}

/// Everything but the passphrases that a person has to type is looked at before the first prompt.
fn settings(args: &ProvisionArgs) -> Result<Settings, ProvisionError> {
    let networks = args.networks.networks()?;
    let networks = || (1..).zip(&networks);
    let mut draft = SettingsDraft::new();
    for (field, value) in args.fields() {
        draft.set(field, value)?;
    }
    for (number, network) in networks() {
        draft.set(&numbered("ssid", number), &network.ssid)?;
    }
    for (number, network) in networks().filter(|(_, network)| !is_asked_for(network)) {
        set_passphrase(&mut draft, number, network)?;
    }
    draft.finish()?;
    for (number, network) in networks().filter(|(_, network)| is_asked_for(network)) {
        set_passphrase(&mut draft, number, network)?;
    }
    Ok(draft.finish()?)
}

fn is_asked_for(network: &NetworkArg) -> bool {
    matches!(network.passphrase, PassphraseArg::Prompt)
}

fn set_passphrase(draft: &mut SettingsDraft, number: usize, network: &NetworkArg) -> Result<(), ProvisionError> {
    if let Some(passphrase) = passphrase::read(&network.passphrase, &network.ssid)? {
        draft.set(&numbered("passphrase", number), &passphrase)?;
    }
    Ok(())
}

/// The name of a network's field: the first one has no number.
fn numbered(field: &str, number: usize) -> String {
    if number == 1 { field.to_owned() } else { format!("{field}{number}") }
}

/// What was written, and what to do with it.
fn report(settings: &Settings, chip: Chip, path: &Path) -> String {
    let (path, board, drive) = (path.display(), chip.board(), chip.drive());
    let secret = if settings.networks().iter().any(|network| network.passphrase().is_some()) {
        "The file holds the passphrase, readable for whoever has it: keep it to yourself, or delete it afterwards.\n"
    } else {
        ""
    };
    format!(
        "Wrote {path}, settings for a {board} ({chip}):\n\n{}\n\
         Next: hold the board's BOOTSEL button while you plug in its USB cable, and copy the file to the drive {drive}.\n\
         The firmware goes the same way, before or after; neither changes the other.\n\
         {secret}",
        table(settings)
    )
}

/// One field a line; those without a value are left out, but an open network is told.
fn table(settings: &Settings) -> String {
    let draft = settings.to_draft();
    let mut table = String::new();
    let mut is_network = false;
    for field in SettingsDraft::FIELDS {
        let Some(value) = draft.value(field) else { continue };
        if !value.is_empty() {
            let _ = writeln!(table, "  {field:<12} {value}");
        } else if value.is_secret() && is_network {
            let _ = writeln!(table, "  {field:<12} (none: an open network)");
        }
        // A network's name comes right before its passphrase.
        is_network = !value.is_empty();
    }
    table
}
