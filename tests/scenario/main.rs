//! `rgb-sim scenario`, as its users meet it.

mod files;
mod forward;
mod runs;

use std::path::PathBuf;

use harness::Finished;
use tempfile::TempDir;

/// A folder with one scenario in it.
struct Folder(TempDir);

impl Folder {
    fn with(text: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("there is room"));
        std::fs::write(folder.path("a.toml"), text).expect("there is room");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command of `scenario`; `DIR` in its arguments is the folder.
    fn run(&self, args: &str) -> Finished {
        let folder = self.0.path().to_str().expect("the system's names are text");
        Finished::run(&format!("scenario {args}").replace("DIR", folder))
    }
}

/// A server and a client at home, for so long.
fn home(duration: &str, more: &str) -> String {
    format!(
        r#"
duration = "{duration}"
[[network]]
ssid = "Home"
passphrase = "correct horse"
[[board]]
name = "server"
[[board]]
name = "client"
role = "client"
{more}
"#
    )
}
