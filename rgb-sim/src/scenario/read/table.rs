//! A table, read key by key, so that no key is left unread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Wrong, WrongKind};
use super::value::FromValue;

/// Reads a table. In the end, [`finish`](Self::finish) refuses keys that nobody asked for.
pub(super) struct Reader<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self { table, span, known: RefCell::new(Vec::new()) }
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        self.table.get(key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key, if it is there.
    pub(super) fn take<T: FromValue>(&mut self, key: &'static str) -> Result<Option<T>, Wrong> {
        let Some(value) = self.value(key) else { return Ok(None) };
        T::from_value(value.get_ref()).map(Some).map_err(|kind| Wrong { span: value.span(), kind })
    }

    /// The value of a key that must be there.
    pub(super) fn require<T: FromValue>(&mut self, key: &'static str) -> Result<T, Wrong> {
        self.take(key)?.ok_or_else(|| Wrong { span: self.span.clone(), kind: WrongKind::Missing(key) })
    }

    /// The value of a key, if it is true or false.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.value(key)?.get_ref().as_bool()
    }

    /// A table inside this one, if it is there.
    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Reader<'a>>, Wrong> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some(Reader::new(table, value.span()))),
            _ => Err(Wrong { span: value.span(), kind: WrongKind::Expected("a table") }),
        }
    }

    /// Each of the tables under a key.
    pub(super) fn tables<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(Reader<'a>) -> Result<T, Wrong>,
    ) -> Result<Vec<T>, Wrong> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let wrong = |span| Wrong { span, kind: WrongKind::Expected("tables: write [[...]] with two brackets") };
        let DeValue::Array(array) = value.get_ref() else { return Err(wrong(value.span())) };
        let element = |element: &'a Spanned<DeValue<'a>>| match element.get_ref() {
            DeValue::Table(table) => read(Reader::new(table, element.span())),
            _ => Err(wrong(element.span())),
        };
        array.iter().map(element).collect()
    }

    /// The values of a table inside this one, whatever its keys are.
    pub(super) fn map<T: FromValue>(&mut self, key: &'static str) -> Result<BTreeMap<String, T>, Wrong> {
        let Some(inner) = self.table(key)? else { return Ok(BTreeMap::new()) };
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let value = T::from_value(value.get_ref()).map_err(|kind| Wrong { span: value.span(), kind })?;
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            Ok((key.clone().into_owned(), value))
        };
        inner.table.iter().map(entry).collect()
    }

    /// Something is wrong with the value of a key, or, without such a key, with the table.
    pub(super) fn wrong(&self, key: &str, kind: WrongKind) -> Wrong {
        Wrong { span: self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span), kind }
    }

    /// There must be no other keys.
    pub(super) fn finish(self) -> Result<(), Wrong> {
        let known = self.known.into_inner();
        match self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let kind = WrongKind::UnknownKey { key: key.get_ref().to_string(), known: known.join(", ") };
                Err(Wrong { span: key.span(), kind })
            }
        }
    }
}
