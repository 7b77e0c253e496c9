//! The citations in Rust files, and which of them are in tests.

use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemMod};

use super::{ClausesError, citation};

/// A Rust file's citations.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file's path from the workspace's root.
    pub(crate) path: PathBuf,
    /// In the order of the text.
    pub(crate) citations: Vec<Citation>,
}

/// A clause's name in a Rust file.
#[derive(Debug)]
pub(crate) struct Citation {
    /// Such as `REQ-1`.
    pub(crate) id: String,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Whether it is in a test: a file under a directory `tests`, or a `#[cfg(test)]` module.
    pub(crate) in_test: bool,
}

/// What one file's `#[cfg(test)]` modules cover.
#[derive(Debug, Default)]
struct TestModules {
    /// Modules in the file itself: their lines.
    inline: Vec<RangeInclusive<usize>>,
    /// Modules in files of their own: the path of the module, without `.rs` or `/mod.rs`.
    files: Vec<PathBuf>,
}

/// The citations of all these files, which refer to each other by their modules.
///
/// # Errors
///
/// The first error of `files`, or [`ClausesError::Parse`] for a file that is not Rust.
pub(crate) fn parse_all(
    files: impl Iterator<Item = Result<(PathBuf, String), ClausesError>>,
) -> Result<Vec<Source>, ClausesError> {
    let mut parsed = Vec::new();
    for file in files {
        let (path, text) = file?;
        let modules = test_modules(&path, &text)?;
        parsed.push((path, text, modules));
    }
    let test_files: Vec<PathBuf> = parsed.iter().flat_map(|(_, _, modules)| modules.files.clone()).collect();
    let sources = parsed.into_iter().map(|(path, text, modules)| {
        let all_tests = path.components().any(|part| part.as_os_str() == "tests")
            || test_files.iter().any(|module| path.with_extension("") == *module || path.starts_with(module));
        let mut citations = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let in_test = all_tests || modules.inline.iter().any(|lines| lines.contains(&line));
            citations.extend(citation::find(text).map(|id| Citation { id: id.to_owned(), line, in_test }));
        }
        Source { path, citations }
    });
    Ok(sources.collect())
}

fn test_modules(path: &Path, text: &str) -> Result<TestModules, ClausesError> {
    let file = syn::parse_file(text).map_err(|error| {
        let message = format!("line {}: {error}", error.span().start().line);
        ClausesError::Parse { path: path.to_path_buf(), message }
    })?;
    let mut modules = TestModules::default();
    collect(&file.items, &directory_of_submodules(path), &mut modules);
    Ok(modules)
}

fn collect(items: &[Item], directory: &Path, modules: &mut TestModules) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let submodule = directory.join(module.ident.to_string());
        match (is_test(&module.attrs), &module.content) {
            (true, Some(_)) => modules.inline.push(lines(module)),
            (true, None) => modules.files.push(submodule),
            (false, Some((_, items))) => collect(items, &submodule, modules),
            (false, None) => {}
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// The lines of a module with a body.
fn lines(module: &ItemMod) -> RangeInclusive<usize> {
    let first = module.mod_token.span.start().line;
    let last = module.content.as_ref().map_or(first, |(brace, _)| brace.span.close().end().line);
    first..=last
}

/// Where the files of a file's modules are: beside a crate's root or a `mod.rs`, else in a directory of its name.
fn directory_of_submodules(path: &Path) -> PathBuf {
    let parent = path.parent().unwrap_or(Path::new(""));
    match path.file_stem().and_then(OsStr::to_str) {
        Some("lib" | "main" | "mod") | None => parent.to_path_buf(),
        Some(stem) => parent.join(stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each citation as `path:line id`, with a `!` behind those in tests.
    fn citations(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|&(path, text)| Ok((PathBuf::from(path), text.to_owned())));
        let shown = |source: &Source, citation: &Citation| {
            let mark = if citation.in_test { "!" } else { "" };
            format!("{}:{} {}{mark}", source.path.display(), citation.line, citation.id)
        };
        let sources = parse_all(files).unwrap();
        sources.iter().flat_map(|source| source.citations.iter().map(|citation| shown(source, citation))).collect()
    }

    #[test]
    fn files_under_tests_are_tests() {
        let files = [("a/tests/it/b.rs", "// REQ-1\n"), ("a/src/tests_of.rs", "// REQ-2\n")];
        assert_eq!(citations(&files), ["a/tests/it/b.rs:1 REQ-1!", "a/src/tests_of.rs:1 REQ-2"]);
    }

    #[test]
    fn test_modules_end_at_their_brace() {
        let text = "\
// REQ-1
#[cfg(test)]
mod tests {
    // REQ-2 }
    const BRACE: char = '}';
    const TEXT: &str = \"} REQ-3\";
}
// REQ-4
#[cfg(not(test))]
mod other {
    // REQ-5
    #[cfg(test)]
    mod tests { /* REQ-6 */ }
}
";
        let expected =
            ["a.rs:1 REQ-1", "a.rs:4 REQ-2!", "a.rs:6 REQ-3!", "a.rs:8 REQ-4", "a.rs:11 REQ-5", "a.rs:13 REQ-6!"];
        assert_eq!(citations(&[("a.rs", text)]), expected);
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_tests() {
        let files = [
            ("src/lib.rs", "#[cfg(test)]\nmod checks;\nmod wire;\n"),
            ("src/checks.rs", "mod deep; // REQ-1\n"),
            ("src/checks/deep.rs", "// REQ-2\n"),
            ("src/wire.rs", "#[cfg(test)]\nmod checks; // REQ-3\n"),
            ("src/wire/checks/mod.rs", "// REQ-4\n"),
        ];
        let expected = [
            "src/checks.rs:1 REQ-1!",
            "src/checks/deep.rs:1 REQ-2!",
            "src/wire.rs:2 REQ-3",
            "src/wire/checks/mod.rs:1 REQ-4!",
        ];
        assert_eq!(citations(&files), expected);
    }

    #[test]
    fn file_that_is_not_rust_is_named() {
        let error = parse_all([Ok((PathBuf::from("a.rs"), "fn {\n".to_owned()))].into_iter()).unwrap_err();
        assert!(error.to_string().starts_with("a.rs: not Rust that can be parsed: line 1"), "{error}");
    }
}
