//! What the firmware's words say.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use rgb_proto::discovery::Label;
use rgb_proto::settings::{SettingsDraft, Ssid};
use rgb_proto::{ExchangeError, JoinError, Phase, Rgb, ServeError, StationFailure};

use crate::world::BoardEventKind;

/// Reads a line of the firmware's log, without its time: what has happened on the board, if the line is about that. How
/// long an exchange took no line tells, so it is zero here.
#[must_use]
pub fn read_words(words: &str) -> Option<BoardEventKind> {
    READINGS.iter().find_map(|(begin, read)| read(words.strip_prefix(begin)?))
}

/// What reads the rest of a line.
type Read = fn(&str) -> Option<BoardEventKind>;

/// How lines begin, and what they say.
const READINGS: [(&str, Read); 17] = [
    ("pico-fw ", |_| Some(BoardEventKind::Started)),
    ("joining the network ", |ssid| Some(BoardEventKind::Joining(quoted_ssid(ssid)?))),
    ("connected", |rest| rest.is_empty().then_some(BoardEventKind::Joined)),
    ("network connection failed: ", |failure| Some(BoardEventKind::NetworkFailed(said(&STATION_FAILURES, failure)?))),
    ("the access point is open: join the network ", |rest| {
        let ssid = rest.rsplit_once(", and open http://").map_or(rest, |(ssid, _)| ssid);
        let ssid = ssid.strip_suffix(" with its passphrase").unwrap_or(ssid);
        Some(BoardEventKind::AccessPointOpen(quoted_ssid(ssid)?))
    }),
    ("ip = ", |address| Some(BoardEventKind::Address(address.parse().ok()?))),
    ("the network took the address back", |_| Some(BoardEventKind::AddressLost)),
    ("announced as ", |name| Some(BoardEventKind::Announced(label(name)?))),
    ("another board has this name already; trying ", |name| Some(BoardEventKind::Renamed(label(name)?))),
    ("found the server ", |server| Some(BoardEventKind::Found(server.rsplit_once(" at ")?.1.parse().ok()?))),
    ("the server in the settings is this board itself", |_| Some(BoardEventKind::AsksItself)),
    ("Received: ", |color| exchange(Ok(color.parse().ok()?))),
    ("no colour: ", |error| exchange(Err(exchange_error(error)?))),
    ("Sent: the page", |_| Some(BoardEventKind::Served { color: None })),
    ("Sent: the status", |_| Some(BoardEventKind::Served { color: None })),
    ("Sent: ", |color| Some(BoardEventKind::Served { color: Some(color.parse().ok()?) })),
    ("connection closed: ", |error| Some(BoardEventKind::ServeFailed(said(&SERVE_ERRORS, error)?))),
];

const STATION_FAILURES: [StationFailure; 7] = [
    StationFailure::Join(JoinError::NetworkNotFound),
    StationFailure::Join(JoinError::WrongPassphrase),
    StationFailure::Join(JoinError::Other),
    StationFailure::JoinTimedOut,
    StationFailure::NoAddress,
    StationFailure::LinkLost,
    StationFailure::LinkDead,
];

const SERVE_ERRORS: [ServeError; 3] = [ServeError::NoRequest, ServeError::TimedOut, ServeError::Reset];

/// All but those of replies that are no colours.
const EXCHANGE_ERRORS: [ExchangeError; 10] = [
    ExchangeError::Resolve,
    ExchangeError::Refused,
    ExchangeError::Unreachable,
    ExchangeError::Connect,
    ExchangeError::TimedOut(Phase::Connecting),
    ExchangeError::TimedOut(Phase::Sending),
    ExchangeError::TimedOut(Phase::AwaitingReply),
    ExchangeError::TimedOut(Phase::Receiving),
    ExchangeError::Reset,
    ExchangeError::Closed,
];

const fn exchange(outcome: Result<Rgb, ExchangeError>) -> Option<BoardEventKind> {
    Some(BoardEventKind::Exchange { elapsed: Duration::ZERO, outcome })
}

/// The one of these that has these words.
fn said<T: Copy + ToString>(known: &[T], words: &str) -> Option<T> {
    known.iter().copied().find(|one| one.to_string() == words)
}

fn exchange_error(words: &str) -> Option<ExchangeError> {
    said(&EXCHANGE_ERRORS, words).or_else(|| DECODE_ERRORS.get(words).copied())
}

/// The errors of replies that are no colours, by their words: a reply is made for each.
static DECODE_ERRORS: LazyLock<BTreeMap<String, ExchangeError>> = LazyLock::new(|| {
    // With one more byte each of these is all that a number can be: missing, long, with a superfluous 0, too large.
    let numbers: [&[u8]; 6] = [b"", b"0", b"1", b"10", b"100", b"99"];
    let mut begun: Vec<Vec<u8>> = numbers.map(<[u8]>::to_vec).into();
    for _ in 1..3 {
        let longer: Vec<_> = begun
            .iter()
            .filter(|reply| !reply.ends_with(b","))
            .flat_map(|reply| numbers.map(|number| [reply, b",".as_slice(), number].concat()))
            .collect();
        begun.extend(longer);
    }
    begun.push(b"1,1,1".to_vec());
    let ended = begun.iter().cloned();
    let broken = begun.iter().flat_map(|reply| (0..=u8::MAX).map(|byte| [reply.as_slice(), &[byte]].concat()));
    let errors = ended.chain(broken).filter_map(|reply| Rgb::decode(&reply).err().map(ExchangeError::Decode));
    errors.map(|error| (error.to_string(), error)).collect()
});

/// A network's name in quotation marks.
fn quoted_ssid(text: &str) -> Option<Ssid> {
    let mut draft = SettingsDraft::new();
    draft.set("ssid", text.strip_prefix('"')?.strip_suffix('"')?).ok()?;
    draft.finish().ok()?.networks().first().map(|network| *network.ssid())
}

/// The label of a host's name: `lamp` of `lamp.local`.
fn label(name: &str) -> Option<Label> {
    Label::new(name.strip_suffix(".local")?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reply_that_is_no_colour_has_words_that_are_read() {
        let replies: [&[u8]; 12] = [
            b"",
            b"1",
            b"1,2",
            b"1,2,",
            b"1,2,3,",
            b"1,,3",
            b"256,1,1",
            b"1,999,1",
            b"1,2,03",
            b"a",
            b"12,13,14\n",
            b"255,255,2550",
        ];
        for reply in replies {
            let error = ExchangeError::Decode(Rgb::decode(reply).unwrap_err());
            let expected = Some(BoardEventKind::Exchange { elapsed: Duration::ZERO, outcome: Err(error) });
            assert_eq!(read_words(&format!("no colour: {error}")), expected, "{reply:?}");
        }
    }

    #[test]
    fn words_that_tell_nothing_of_the_kind_are_left_alone() {
        for words in [
            "",
            "connected to nothing",
            "client connected from 192.168.1.6:49153",
            "signal: -50 dBm",
            "ip = 1.2.3",
            "Received: 1,2,256",
            "no colour: for no reason",
            "joining the network \"\"",
            "found the server lamp",
            "reason of this start: power on",
        ] {
            assert_eq!(read_words(words), None, "{words}");
        }
    }
}
