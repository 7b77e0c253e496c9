//! How long a board may need until it works again.

use std::time::Duration;

use rgb_proto::{ClientConfig, StationConfig};

/// How many times their first number the silent exchanges or probes become at most that a board puts up with (STA-5, STA-8).
const PATIENCE_GROWTH_MAX: u32 = 4;
/// A join where the network is there, and where it is not or takes another passphrase: the radio looks for it up to three
/// times, a second each, and hears of a wrong passphrase within five.
const JOIN_MAX: Duration = Duration::from_secs(2);
const USELESS_JOIN_MAX: Duration = Duration::from_secs(5);
/// An address, when one of the messages about it is lost and sent again behind three seconds.
const ADDRESS_MAX: Duration = Duration::from_secs(4);

/// The most that a board may need from the end of the last fault to its next colour, by what the protocol's policy says:
///
/// ```text
///  the link is dead, and that does not show: 40 exchanges of 0.9 s, each with a wait of 5 s      236 s
///    (or 12 probes, 10 s and 1 s apart, behind 30 s: 162 s)
///  the board leaves (2 s), waits (1 s: the link has held), tries a network that it
///    knows and that does not work (5 s), joins (2 s) and gets an address (4 s)                    14 s
///  meanwhile the board that it asks, which asks another one itself, has left as well:
///    2 s, the longest wait of 30 s, and the same                                                  43 s
///  the exchange that had begun before fails, and the next one is behind the longest wait           6 s
/// ```
///
/// Nothing else takes longer. All that happens to several boards goes on at the same time, and the one thing for which a board
/// waits is the one that it asks. Joins that never end are a few at most, 15 s each, and end in less than the silence;
/// leases are renewed, or lost, within two minutes where that matters.
#[must_use]
pub fn recovery_max() -> Duration {
    let (client, station) = (ClientConfig::default(), StationConfig::default());
    let attempt = client.timeout + client.backoff.longest;
    let exchanges = attempt * u32::from(station.silent_exchanges_max) * PATIENCE_GROWTH_MAX;
    let probe = station.probe_timeout + station.probe_interval;
    let probes = station.probe_after + probe * u32::from(station.silent_probes_max) * PATIENCE_GROWTH_MAX;
    let joined_again = station.leave_timeout + USELESS_JOIN_MAX + JOIN_MAX + ADDRESS_MAX;
    let own = exchanges.max(probes) + station.backoff.first + joined_again;
    let other = station.backoff.longest + joined_again;
    own + other + attempt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_recover_within_five_minutes() {
        assert_eq!(recovery_max(), Duration::from_millis(298_900));
    }
}
