//! Other programs.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Another program did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// It could not be started.
    #[error("`{command}` could not be started: {source}; check that it is installed and on the PATH")]
    Start {
        /// The program and its arguments.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// It reported a failure.
    #[error("`{command}` failed ({status}); its own messages are above")]
    Failed {
        /// The program and its arguments.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Flags for the host are none for the builds that are started here; each sets its own.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// The compiler that cargo uses.
pub(crate) fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Runs a program that writes to the terminal itself.
///
/// # Errors
///
/// [`ProcessError`] when it cannot be started or fails.
pub(crate) fn run(command: &mut Command) -> Result<(), ProcessError> {
    let status = command.status().map_err(|source| ProcessError::Start { command: text(command), source })?;
    if status.success() { Ok(()) } else { Err(ProcessError::Failed { command: text(command), status }) }
}

/// Runs a program and returns what it wrote to its standard output, without white space at the ends.
///
/// # Errors
///
/// [`ProcessError`] when it cannot be started or fails.
pub(crate) fn output(command: &mut Command) -> Result<String, ProcessError> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| ProcessError::Start { command: text(command), source })?;
    if !output.status.success() {
        return Err(ProcessError::Failed { command: text(command), status: output.status });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as a person would type it.
pub(crate) fn text(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_the_command() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(error.to_string().starts_with("`sh -c exit 3` failed (exit status: 3)"), "{error}");
    }

    #[test]
    fn missing_program_is_told_from_a_failing_one() {
        let error = output(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(matches!(error, ProcessError::Start { .. }), "{error}");
    }

    #[test]
    fn output_is_trimmed() {
        assert_eq!(output(Command::new("echo").arg("x86_64")).unwrap(), "x86_64");
    }
}
