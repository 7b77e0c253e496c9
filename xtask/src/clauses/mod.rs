//! `cargo xtask clauses`: every clause of the protocol is tested, and every citation names a clause.

mod citation;
mod clause;
mod source;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use self::clause::Clause;
use self::source::Source;
use crate::workspace;

const PROTOCOL: &str = "rgb-proto/PROTOCOL.md";

/// Directories with nothing that could cite a clause: what builds and fuzzers write, the emulator, which knows nothing of the
/// protocol, and this package, whose own tests are full of clauses that do not exist.
const SKIPPED_DIRECTORIES: [&str; 5] = ["target", "corpus", "artifacts", "pico-emu", "xtask"];

/// Why the clauses and their citations do not agree.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClausesError {
    #[error("`{}` could not be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: not Rust that can be parsed: {message}", path.display())]
    Parse { path: PathBuf, message: String },
    #[error("{PROTOCOL} states no clause; a clause is a paragraph or list item that starts like **REQ-1**")]
    NoClauses,
    #[error("{count} problem(s) with the clauses of {PROTOCOL}; each is named above")]
    Problems { count: usize },
}

/// Something to put right, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    path: PathBuf,
    line: usize,
    message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

/// Compares, and prints a line for each problem, or the counts.
///
/// # Errors
///
/// [`ClausesError`] when there are problems, or when a file cannot be read.
pub(crate) fn run() -> Result<(), ClausesError> {
    let root = workspace::root();
    let clauses = clause::parse(&read(&root, Path::new(PROTOCOL))?);
    if clauses.is_empty() {
        return Err(ClausesError::NoClauses);
    }
    let mut files = Vec::new();
    find_rust_files(&root, Path::new(""), &mut files)?;
    files.sort();
    let sources = source::parse_all(files.into_iter().map(|path| {
        let text = read(&root, &path)?;
        Ok((path, text))
    }))?;
    let problems = compare(&clauses, &sources);
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        return Err(ClausesError::Problems { count: problems.len() });
    }
    let citations: usize = sources.iter().map(|source| source.citations.len()).sum();
    println!("{} clauses, each cited by a test; {citations} citations in {} files", clauses.len(), sources.len());
    Ok(())
}

fn compare(clauses: &[Clause], sources: &[Source]) -> Vec<Problem> {
    let in_protocol = |line, message| Problem { path: PROTOCOL.into(), line, message };
    let mut problems = Vec::new();
    for (index, clause) in clauses.iter().enumerate() {
        let (id, line) = (&clause.id, clause.line);
        if let Some(first) = clauses[..index].iter().find(|other| other.id == *id) {
            let message = format!("{id} is the name of the clause on line {} too; number this one anew", first.line);
            problems.push(in_protocol(line, message));
        } else if !sources.iter().flat_map(|source| &source.citations).any(|cited| cited.in_test && cited.id == *id) {
            let message = format!("{id} is cited by no test; cite it in the test that shows it");
            problems.push(in_protocol(line, message));
        }
    }
    for source in sources {
        for citation in &source.citations {
            if !clauses.iter().any(|clause| clause.id == citation.id) {
                let message = format!("{} is no clause of {PROTOCOL}", citation.id);
                problems.push(Problem { path: source.path.clone(), line: citation.line, message });
            }
        }
    }
    problems.sort();
    problems
}

fn read(root: &Path, path: &Path) -> Result<String, ClausesError> {
    fs::read_to_string(root.join(path)).map_err(|source| ClausesError::Read { path: path.to_path_buf(), source })
}

/// Adds the paths, from the root, of all Rust files in and below a directory.
fn find_rust_files(root: &Path, directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), ClausesError> {
    let failed = |source| ClausesError::Read { path: root.join(directory), source };
    for entry in fs::read_dir(root.join(directory)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = directory.join(entry.file_name());
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(failed)?.is_dir() {
            if !name.starts_with('.') && !SKIPPED_DIRECTORIES.contains(&name.as_str()) {
                find_rust_files(root, &path, files)?;
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(protocol: &str, files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|&(path, text)| Ok((PathBuf::from(path), text.to_owned())));
        let sources = source::parse_all(files).unwrap();
        compare(&clause::parse(protocol), &sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn clauses_and_citations_that_agree_are_no_problem() {
        let protocol = "- **REQ-1** Ask.\n- **REQ-2** Wait.\n";
        let test = "// REQ-1 to REQ-2\n";
        assert_eq!(problems(protocol, &[("tests/a.rs", test)]), [""; 0]);
    }

    #[test]
    fn clause_that_only_code_cites_is_untested() {
        let expected = ["rgb-proto/PROTOCOL.md:3: REQ-1 is cited by no test; cite it in the test that shows it"];
        assert_eq!(problems("# R\n\n**REQ-1** Ask.\n", &[("src/a.rs", "// REQ-1\n")]), expected);
    }

    #[test]
    fn clause_is_not_cited_by_a_longer_number() {
        let found = problems("**REQ-1** Ask.\n\n**REQ-12** Wait.\n", &[("tests/a.rs", "// REQ-12\n")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("rgb-proto/PROTOCOL.md:1: REQ-1 is cited by no test"), "{found:?}");
    }

    #[test]
    fn citation_of_no_clause_is_reported_in_code_and_tests() {
        let files = [("src/a.rs", "\n/// See REQ-7.\nfn f() {}\n"), ("tests/a.rs", "// REQ-1, XYZ-1\n")];
        let expected = [
            "src/a.rs:2: REQ-7 is no clause of rgb-proto/PROTOCOL.md",
            "tests/a.rs:1: XYZ-1 is no clause of rgb-proto/PROTOCOL.md",
        ];
        assert_eq!(problems("**REQ-1** Ask.\n", &files), expected);
    }

    #[test]
    fn name_used_twice_is_reported_at_its_second_use() {
        let expected = ["rgb-proto/PROTOCOL.md:2: REQ-1 is the name of the clause on line 1 too; number this one anew"];
        assert_eq!(problems("- **REQ-1** Ask.\n- **REQ-1** Wait.\n", &[("tests/a.rs", "// REQ-1\n")]), expected);
    }
}
