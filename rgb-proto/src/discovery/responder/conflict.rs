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
    proposes(zone, query, Owner::Host) || proposes(zone, query, Owner::Instance)
}

/// Whether a host that probes at the same time as we do goes before us (RFC 6762, section 8.2). `ours` has the records that
/// we propose.
///
/// Where it probes for both of our names, the host's decides: if each name were decided for itself, each host could lose
/// one, and both would wait and meet again for ever.
pub(super) fn goes_first(zone: &Zone, ours: &Message<'_>, theirs: &Message<'_>) -> bool {
    let owner = if proposes(zone, theirs, Owner::Host) { Owner::Host } else { Owner::Instance };
    if !proposes(zone, theirs, owner) {
        return false;
    }
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

fn proposes(zone: &Zone, message: &Message<'_>, owner: Owner) -> bool {
    next(zone, message, owner, None).is_some()
}

/// Of the records proposed for a name the one that follows `previous` in the order of the comparison; each goes with its
/// number, which tells equal ones apart.
fn next<'a>(
    zone: &Zone,
    message: &Message<'a>,
    owner: Owner,
    previous: Option<(usize, Record<'a>)>,
) -> Option<(usize, Record<'a>)> {
    let compare =
        |one: &(usize, Record<'_>), other: &(usize, Record<'_>)| one.1.compare(&other.1).then(one.0.cmp(&other.0));
    message
        .records()
        .enumerate()
        .filter(|(_, record)| record.section == Section::Authority && zone.owner(record.name) == Some(owner))
        .filter(|record| previous.is_none_or(|previous| compare(record, &previous) == Ordering::Greater))
        .min_by(compare)
}
