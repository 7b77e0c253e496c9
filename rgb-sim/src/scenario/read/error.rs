//! What is wrong with a scenario file, and where.

use std::fmt;
use std::ops::Range;

use super::super::check::Problem;
use super::super::event::Verb;

/// What is wrong with a scenario file, with the line that it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioError {
    line: usize,
    column: usize,
    /// The line itself.
    excerpt: String,
    /// How many characters of it are wrong.
    len: usize,
    kind: WrongKind,
}

/// What is wrong, and at which bytes of the text.
pub(super) struct Wrong {
    pub(super) span: Range<usize>,
    pub(super) kind: WrongKind,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum WrongKind {
    #[error("this is not TOML: {0}")]
    Syntax(String),
    #[error("unknown key \"{key}\"; here there may be {known}")]
    UnknownKey { key: String, known: String },
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
    #[error("must be {0}")]
    Expected(&'static str),
    #[error("must be a time with its unit, such as \"200ms\", \"1.5s\" or \"2m\": {0}")]
    Time(humantime::DurationError),
    #[error("{0}")]
    Value(String),
    #[error(
        "unknown source; use random, sweep, potentiometers, buttons, temperature, \
         fixed:R,G,B (such as fixed:255,128,0) or file:PATH"
    )]
    Source,
    #[error("an event has one verb, and this one has {}; the verbs are {}", count(*.0), Verb::NAMES.join(", "))]
    OneVerb(usize),
    #[error("{0}")]
    Fault(Problem),
}

fn count(verbs: usize) -> String {
    if verbs == 0 { "none".to_owned() } else { verbs.to_string() }
}

impl ScenarioError {
    pub(super) fn new(text: &str, Wrong { span, kind }: Wrong) -> Self {
        // A parser may point behind the last character.
        let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let start = boundary(span.start);
        let end = boundary(span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let excerpt = text[line_start..].lines().next().unwrap_or_default();
        let column = text[line_start..start].chars().count();
        let len = text[start..end].lines().next().unwrap_or_default().chars().count();
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: column + 1,
            excerpt: excerpt.to_owned(),
            len: len.max(1),
            kind,
        }
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column, from 1, in characters.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, excerpt, len, kind } = self;
        writeln!(f, "line {line}, column {column}: {kind}")?;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // A tab stays one, so that the mark stands where the line's own tabs put it.
        let indent: String =
            excerpt.chars().take(column - 1).map(|char| if char == '\t' { '\t' } else { ' ' }).collect();
        write!(f, "  {number} | {excerpt}\n  {margin} | {indent}{}", "^".repeat(*len))
    }
}

impl std::error::Error for ScenarioError {}
