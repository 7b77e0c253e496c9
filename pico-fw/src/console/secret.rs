//! Which typed characters may be shown.
//!
//! Editing happens at a line's end alone, so what is in front of a character decides for good. A character is shown only
//! where it cannot belong to a passphrase; typing mistakes count as passphrases.

use rgb_proto::settings::SettingsDraft;

use super::command;

/// Where in a word a passphrase may follow.
const MARK: &[u8] = b"pass";

/// Whether this field's value must not be seen.
fn is_secret(field: &[u8]) -> bool {
    field.starts_with(MARK)
}

/// Whether the last byte of this beginning of a line may be shown.
pub(super) fn is_shown(line: &[u8]) -> bool {
    let (first, behind) = split_word(line);
    if behind.is_empty() {
        return may_go_on(first);
    }
    let (second, value) = split_word(behind);
    let Some(command) = command::index(first) else {
        // "passphrase = ...", without "set", or with a typing mistake in it.
        return false;
    };
    if value.is_empty() {
        may_go_on(second)
    } else if mark_in(second).is_some() {
        false
    } else {
        command != command::SET || SettingsDraft::FIELDS.iter().any(|field| field.as_bytes() == second)
    }
}

/// Whether the end of this word still belongs to the word: "passphrase=..." has a passphrase from the "=" on.
fn may_go_on(word: &[u8]) -> bool {
    let Some(marked) = mark_in(word) else { return true };
    let begins_with_marked =
        |name: &&str| name.as_bytes().get(..marked.len()).is_some_and(|start| start.eq_ignore_ascii_case(marked));
    SettingsDraft::FIELDS.iter().filter(|field| is_secret(field.as_bytes())).any(begins_with_marked)
}

/// The word from the mark on.
fn mark_in(word: &[u8]) -> Option<&[u8]> {
    let at = word.windows(MARK.len()).position(|part| part.eq_ignore_ascii_case(MARK))?;
    word.get(at..)
}

/// The first word and what is behind it; blanks in front of the word go.
fn split_word(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line.trim_ascii_start();
    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    line.split_at_checked(end).unwrap_or_default()
}
