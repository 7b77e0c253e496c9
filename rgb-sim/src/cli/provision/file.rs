//! The file that is written: whole or not at all, and for nobody but its owner.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rgb_sim::provision::is_settings_uf2;

/// A file that cannot be written, or should not be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("there is no folder {}; make it first, or name another place with --out", folder.display())]
    NoFolder { folder: PathBuf },
    #[error("{} is there already and no ordinary file; name another one with --out", path.display())]
    NoFile { path: PathBuf },
    #[error(
        "{} is there already and holds something else than settings; name another file with --out, or overwrite it with \
         --force",
        path.display()
    )]
    Taken { path: PathBuf },
    #[error("cannot look at {}: {source}", path.display())]
    Look { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Whether [`write`] may put a file there.
pub(super) fn check(path: &Path, force: bool) -> Result<(), FileError> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(FileError::NoFolder { folder: folder.to_path_buf() });
    }
    let path = path.to_path_buf();
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(source) => Err(FileError::Look { path, source }),
        Ok(meta) if !meta.is_file() => Err(FileError::NoFile { path }),
        // There is nothing in it to lose.
        Ok(meta) if force || meta.len() == 0 => Ok(()),
        Ok(_) => match fs::read(&path) {
            Ok(bytes) if is_settings_uf2(&bytes) => Ok(()),
            Ok(_) => Err(FileError::Taken { path }),
            Err(source) => Err(FileError::Look { path, source }),
        },
    }
}

/// Writes beside the file and renames, so that nobody sees a part of it, nor the rights of one that was there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_path_buf(), source };
    // On Unix, a temporary file is for its owner alone.
    let mut file = tempfile::Builder::new().prefix(".rgb-sim-").tempfile_in(folder_of(path)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        // The root, which is no file.
        None => path,
    }
}
