//! Files that commands write while they run.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use super::Error;

/// Begins a file, in the place of one that is there.
pub(super) fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    File::create(path).map(BufWriter::new).map_err(written(path))
}

/// What to say of an error in writing to this file.
pub(super) fn written(path: &Path) -> impl Fn(io::Error) -> Error {
    |error| Error::File { path: path.to_owned(), error }
}
