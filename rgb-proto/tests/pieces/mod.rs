//! A message in pieces, as a stream may deliver it.

use proptest::prelude::*;
use proptest::sample::Index;

/// Places to cut a message at; the same place twice gives an empty piece.
pub(crate) fn cuts() -> impl Strategy<Value = Vec<Index>> {
    proptest::collection::vec(any::<Index>(), 0..8)
}

/// The message, cut at these places.
pub(crate) fn pieces<'a>(message: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(message.len() + 1)).collect();
    ends.push(message.len());
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter()
        .map(|end| {
            let piece = &message[start..end];
            start = end;
            piece
        })
        .collect()
}
