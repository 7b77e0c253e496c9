//! The clauses that a document states.

/// A clause's name and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Such as `REQ-1`.
    pub(crate) id: String,
    /// Its line, from 1.
    pub(crate) line: usize,
}

/// The clauses of a Markdown text: paragraphs and list items that start with a name in bold, as in `**REQ-1**`.
pub(crate) fn parse(markdown: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut fenced = false;
    let mut paragraph_starts = true;
    for (index, line) in markdown.lines().enumerate() {
        let text = line.trim_start();
        if text.starts_with("```") || text.starts_with("~~~") {
            fenced = !fenced;
            paragraph_starts = true;
            continue;
        }
        if fenced {
            continue;
        }
        let item = list_item(text);
        if (item.is_some() || paragraph_starts)
            && let Some(id) = bold_id(item.unwrap_or(text))
        {
            clauses.push(Clause { id: id.to_owned(), line: index + 1 });
        }
        paragraph_starts = text.is_empty() || text.starts_with('#');
    }
    clauses
}

/// The text of a list item, behind its marker.
fn list_item(text: &str) -> Option<&str> {
    let behind_digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind_marker = if behind_digits.len() < text.len() {
        behind_digits.strip_prefix(['.', ')'])
    } else {
        text.strip_prefix(['-', '*', '+'])
    };
    behind_marker?.strip_prefix(' ').map(str::trim_start)
}

fn bold_id(text: &str) -> Option<&str> {
    let (id, _) = text.strip_prefix("**")?.split_once("**")?;
    let (prefix, number) = id.split_once('-')?;
    let is_id = !prefix.is_empty()
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(markdown: &str) -> Vec<(usize, String)> {
        parse(markdown).into_iter().map(|clause| (clause.line, clause.id)).collect()
    }

    #[test]
    fn paragraphs_and_list_items_state_clauses() {
        let markdown =
            "# Requests\n**REQ-1** Ask.\n\n**REQ-2** Wait.\n- **REQ-3** a\n  * **REQ-4** b\n1. **REQ-5** c\n";
        let expected = [(2, "REQ-1"), (4, "REQ-2"), (5, "REQ-3"), (6, "REQ-4"), (7, "REQ-5")];
        assert_eq!(ids(markdown), expected.map(|(line, id)| (line, id.to_owned())));
    }

    #[test]
    fn mentions_state_nothing() {
        assert_eq!(ids("As **REQ-1** says.\n\nA line, and\n**REQ-2** on the next.\n\n- See **REQ-3**.\n"), []);
    }

    #[test]
    fn code_blocks_state_nothing() {
        assert_eq!(ids("```text\n\n**REQ-1** x\n```\n**REQ-2** y\n"), [(5, "REQ-2".to_owned())]);
    }

    #[test]
    fn other_bold_words_state_nothing() {
        assert_eq!(ids("**Note** x\n\n**Req-1** y\n\n**REQ-** z\n\n**-1** z\n\n**REQ-1a** z\n\n**REQ-1\n"), []);
    }
}
