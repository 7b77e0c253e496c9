//! HTML and SVG, written so that every element ends and every text stands for itself.

use std::fmt::{self, Display, Write};

/// A document that is being written. It is well-formed XML as well, so any parser reads it.
pub(super) struct Markup(String);

/// The names and values of an element's attributes.
pub(super) type Attributes<'a> = [(&'a str, &'a dyn Display)];

/// The head of a table's column.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// Of a column of words.
    Words(&'static str),
    /// Of a column of numbers.
    Number(&'static str),
}

impl Markup {
    /// The beginning of an HTML document.
    pub(super) fn document() -> Self {
        Self("<!DOCTYPE html>\n".to_owned())
    }

    /// What has been written.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// An element with what `content` writes in it.
    pub(super) fn element(&mut self, name: &str, attributes: &Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with a text in it.
    pub(super) fn leaf(&mut self, name: &str, attributes: &Attributes<'_>, text: impl Display) {
        self.element(name, attributes, |markup| markup.text(text));
    }

    /// A table of numbers in a box that scrolls sideways where there is too little room.
    pub(super) fn table(&mut self, caption: &str, columns: &[Column], rows: impl FnOnce(&mut Self)) {
        let attributes: &Attributes<'_> =
            &[("class", &"scroll"), ("tabindex", &0), ("role", &"region"), ("aria-label", &caption)];
        self.element("div", attributes, |markup| {
            markup.element("table", &[("class", &"numbers")], |markup| {
                markup.leaf("caption", &[], caption);
                markup.element("thead", &[], |markup| {
                    markup.element("tr", &[], |markup| {
                        for column in columns {
                            let (class, name) = match column {
                                Column::Words(name) => ("words", name),
                                Column::Number(name) => ("number", name),
                            };
                            markup.leaf("th", &[("scope", &"col"), ("class", &class)], name);
                        }
                    });
                });
                markup.element("tbody", &[], rows);
            });
        });
    }

    /// A check or a cross, which say by their shape whether something holds.
    pub(super) fn mark(&mut self, holds: bool) {
        let (class, name, path) = if holds {
            ("mark good", "holds", "M3 8.5 6.5 12 13 4.5")
        } else {
            ("mark bad", "broken", "M4 4 12 12M12 4 4 12")
        };
        let attributes: &Attributes<'_> = &[("class", &class), ("viewBox", &"0 0 16 16"), ("role", &"img")];
        self.element("svg", attributes, |markup| {
            markup.leaf("title", &[], name);
            markup.empty("path", &[("d", &path)]);
        });
    }

    /// An element that never has content: an SVG shape, or one of HTML's void elements.
    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.open(name, attributes);
        self.0.push_str("/>");
    }

    /// A text.
    pub(super) fn text(&mut self, text: impl Display) {
        write!(Escaped(&mut self.0), "{text}").expect("a string takes every text");
    }

    /// A style sheet of our own, which has no character that would need to be escaped.
    pub(super) fn style(&mut self, css: &'static str) {
        debug_assert!(!css.contains(['<', '&']), "a style sheet is written as it is");
        self.0.push_str("<style>");
        self.0.push_str(css);
        self.0.push_str("</style>");
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            self.text(value);
            self.0.push('"');
        }
    }
}

/// Text for an element or an attribute.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            match char {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' | '\t' => self.0.push(char),
                // Neither HTML nor XML has a way to write these.
                char if char.is_control() || matches!(char, '\u{FFFE}' | '\u{FFFF}') => self.0.push('\u{FFFD}'),
                char => self.0.push(char),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_close() {
        let mut markup = Markup(String::new());
        markup.element("p", &[("class", &"a")], |markup| {
            markup.text("b ");
            markup.leaf("em", &[], 7);
            markup.empty("br", &[]);
        });
        assert_eq!(markup.finish(), r#"<p class="a">b <em>7</em><br/></p>"#);
    }

    #[test]
    fn texts_and_values_cannot_become_markup() {
        let mut markup = Markup(String::new());
        markup.leaf("p", &[("title", &"\"><script>'")], "</p><script>&amp;\u{0}\u{7f}");
        assert_eq!(
            markup.finish(),
            "<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&lt;/p&gt;&lt;script&gt;&amp;amp;\u{FFFD}\u{FFFD}</p>"
        );
    }
}
