//! The names of clauses in a text.

/// What looks like a clause's name and is none: encodings, digests, standards.
const NOT_CLAUSES: [&str; 7] = ["UTF", "SHA", "ISO", "IEEE", "RFC", "STD", "BCP"];

/// The clause names in one line of text, each a whole word: capital letters, a hyphen, a number.
pub(crate) fn find(line: &str) -> impl Iterator<Item = &str> {
    // A word that ends in a hyphen or goes on behind the number names something else.
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').filter(|word| is_citation(word))
}

fn is_citation(word: &str) -> bool {
    let Some((prefix, number)) = word.split_once('-') else { return false };
    prefix.len() >= 2
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !NOT_CLAUSES.contains(&prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        find(line).collect()
    }

    #[test]
    fn names_stand_in_any_prose() {
        assert_eq!(found("/// Waits (REQ-5), `REP-1`; \"END-2\"."), ["REQ-5", "REP-1", "END-2"]);
    }

    #[test]
    fn ends_of_a_range_are_two_names() {
        assert_eq!(found("REP-1 to REP-4"), ["REP-1", "REP-4"]);
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(found("XREQ-1x REQ-1_a aREQ-1 REQ-1-2 -REQ-1 REQ-12"), ["REQ-12"]);
    }

    #[test]
    fn other_hyphenated_words_are_no_names() {
        assert_eq!(found("UTF-8 SHA-256 ISO-8859 x-1 A-1 REQ- REQ-n HTTP/1.1 RFC-9112"), [""; 0]);
    }
}
