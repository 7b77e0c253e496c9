//! Whether another host means to have one of our names.

use core::cmp::Ordering;

use super::zone::{Owner, Records, Zone};
use crate::discovery::message::{Message, Record, Section, class, kind};

/// Whether this response says something else of our names than our own records, which are in the message `ours` (RFC 6762,
/// section 9). While we probe, a record of a type that we do not have shows as well that the name is taken (section 8.1).
pub(super) fn is_taken(zone: &Zone, ours: &Message<'_>, theirs: &Message<'_>, probing: bool) -> bool {
    theirs.records().any(|their| {
        // What is taken back no longer counts, and what somebody says not to exist takes no name.
        if their.class != class::IN || their.ttl == 0 || their.kind == kind::NSEC {
            return false;
        }
        let Some(owner) = zone.owner(their.name).filter(|owner| owner.is_unique()) else { return false };
        match ours.records().find(|our| our.kind == their.kind && zone.owner(our.name) == Some(owner)) {
            Some(our) => our.compare(&their) != Ordering::Equal,
            None => probing,
        }
    })
}

/// Whether this query is from a host that probes for one of our names (RFC 6762, section 8.2).
pub(super) fn is_probe(zone: &Zone, query: &Message<'_>) -> bool {
    proposed(zone, query).is_some()
}

/// Whether a host that probes at the same time as we do goes before us (RFC 6762, section 8.2). `ours` has the records that
/// we propose.
///
/// Where it probes for both of our names, the host's decides: if each name were decided for itself, each host could lose
/// one, and both would wait and meet again for ever.
pub(super) fn goes_first(zone: &Zone, ours: &Message<'_>, theirs: &Message<'_>) -> bool {
    let Some(owner) = proposed(zone, theirs) else { return false };
    let (mut our, mut their) = (None, None);
    loop {
        our = next(zone, ours, owner, our);
        their = next(zone, theirs, owner, their);
        match (our, their) {
            (Some((_, our)), Some((_, their))) => match our.compare(&their) {
                Ordering::Equal => {}
                order => return order == Ordering::Less,
            },
            (our, _) => return our.is_none() && their.is_some(),
        }
    }
}

/// Which of our records this query's asker knows for long enough (RFC 6762, section 7.1).
pub(super) fn known_answers(zone: &Zone, ours: &Message<'_>, query: &Message<'_>) -> Records {
    let mut known = Records::NONE;
    for their in query.records().filter(|record| record.section == Section::Answer) {
        let Some(owner) = zone.owner(their.name) else { continue };
        for (index, our) in ours.records().enumerate() {
            if owner.records().has_any(Records::nth(index))
                && their.ttl >= Records::ttl(index) / 2
                && our.compare(&their) == Ordering::Equal
            {
                known = known.and(Records::nth(index));
            }
        }
    }
    known
}

/// The name of ours that others' records are proposed for; where it is both, the host's.
fn proposed(zone: &Zone, query: &Message<'_>) -> Option<Owner> {
    let mut proposed = None;
    for record in query.records().filter(|record| record.section == Section::Authority) {
        match zone.owner(record.name) {
            Some(Owner::Host) => return Some(Owner::Host),
            Some(Owner::Instance) => proposed = Some(Owner::Instance),
            _ => {}
        }
    }
    proposed
}

/// Of the records proposed for a name the one that follows `previous` in the order of the comparison; each goes with its
/// number, which tells equal ones apart.
fn next<'a>(
    zone: &Zone,
    message: &Message<'a>,
    owner: Owner,
    previous: Option<(usize, Record<'a>)>,
) -> Option<(usize, Record<'a>)> {
    let mut next: Option<(usize, Record<'a>)> = None;
    for candidate in message.records().enumerate() {
        if candidate.1.section == Section::Authority
            && zone.owner(candidate.1.name) == Some(owner)
            && previous.as_ref().is_none_or(|previous| is_before(previous, &candidate))
            && next.as_ref().is_none_or(|next| is_before(&candidate, next))
        {
            next = Some(candidate);
        }
    }
    next
}

fn is_before(one: &(usize, Record<'_>), other: &(usize, Record<'_>)) -> bool {
    one.1.compare(&other.1).then(one.0.cmp(&other.0)) == Ordering::Less
}
