//! The frames between the radio and its driver, and what must be changed in them on the way.
//!
//! The driver (cyw43 0.7.0) knows one country, ends the program where the radio refuses a command or reports an event that
//! is not in the driver's table, does not listen where the access point sends the board away, and does not say who is with
//! the board where that is the access point. None of this can be set, but all of it passes the bus: a frame is changed here
//! before the other side sees it, and stations are counted here.
//!
//! A frame begins with the SDPCM header of 12 bytes: length, its complement, sequence, channel, next length, header length.
//! On the control channel follows the CDC header: command, length, flags, id, status. On the event channel follow the BDC
//! header, an Ethernet header, the vendor's header of 10 bytes, and the event, big endian. Words on the bus are little endian.

/// The bus command of a read of frames: function 2, not a write.
const FRAME_READ: u32 = 2 << 28;
const FUNCTION_AND_WRITE: u32 = 1 << 31 | 3 << 28;

const CHANNEL_CONTROL: u8 = 0;
const CHANNEL_EVENT: u8 = 1;
/// A channel that the driver leaves alone.
const CHANNEL_NONE: u8 = 15;

/// The driver's first bytes of the payload where it sets the country.
const SET_COUNTRY: [u8; 8] = *b"country\0";
/// Bus command, SDPCM and CDC headers, name, and the country's 12 bytes, in words.
const SET_COUNTRY_WORDS: usize = 1 + 3 + 4 + 2 + 3;

/// The events by which the driver learns about its network: `SET_SSID`, `JOIN`, `AUTH`, `DEAUTH`, `LINK` and `PSK_SUP`, and
/// what a scan finds: `ESCAN_RESULT`, which the driver drops while it does not scan.
const EVENTS: [u32; 7] = [0, 1, 3, DEAUTH, 16, 46, 69];
/// The link has ended.
const DEAUTH: u32 = 5;
/// `DEAUTH_IND` and `DISASSOC_IND`: the other side has ended the link.
const SENT_AWAY: [u32; 2] = [6, 12];

/// `ASSOC_IND` and `REASSOC_IND`: a station is with the access point.
const STATION_CAME: [u32; 2] = [8, 10];
/// `DEAUTH`, `DEAUTH_IND`, `DISASSOC` and `DISASSOC_IND`: a station is no longer with the access point, whoever ended it.
const STATION_LEFT: [u32; 4] = [DEAUTH, 6, 11, 12];

/// Where an event's number stands behind the BDC header: behind the Ethernet header, the vendor's, version and flags.
const EVENT_NUMBER: usize = 14 + 10 + 4;
/// Where the other side's address stands from there: behind number, status, reason, kind of authentication and length.
const EVENT_ADDRESS: usize = 5 * 4;

/// The stations that are with the board where it is the access point; of more than there is room for nothing is known.
///
/// One that joins counts at once, before it has shown that it knows the passphrase: where it does not, the radio sends it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stations([Option<[u8; 6]>; Self::MAX]);

impl Stations {
    const MAX: usize = 10;

    /// Nobody.
    pub(crate) const NONE: Self = Self([None; Self::MAX]);

    /// How many there are.
    pub(crate) fn count(&self) -> u8 {
        self.0.iter().flatten().count() as u8
    }

    /// Takes note of an event about this station.
    fn handle(&mut self, event: u32, address: [u8; 6]) {
        if STATION_CAME.contains(&event) {
            if !self.0.contains(&Some(address))
                && let Some(free) = self.0.iter_mut().find(|place| place.is_none())
            {
                *free = Some(address);
            }
        } else if STATION_LEFT.contains(&event) {
            for place in self.0.iter_mut().filter(|place| **place == Some(address)) {
                *place = None;
            }
        }
    }
}

/// A command that the radio refused, and the number it gave for the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The command's number; 262 and 263 read and write a variable.
    pub(crate) command: u32,
    /// The reason; -14 is a bad argument, -17 is that the radio is not associated.
    pub(crate) status: i32,
}

/// The frame to send instead of one that sets the driver's country: with the country of these letters.
pub(crate) fn with_country(write: &[u32], letters: [u8; 2]) -> Option<[u32; SET_COUNTRY_WORDS]> {
    let mut frame: [u32; SET_COUNTRY_WORDS] = write.try_into().ok()?;
    let [.., name_low, name_high, abbreviation, revision, code] = &mut frame;
    let name = [name_low.to_le_bytes(), name_high.to_le_bytes()];
    if name.as_flattened() != SET_COUNTRY {
        return None;
    }
    let [first, second] = letters;
    *abbreviation = u32::from_le_bytes([first, second, 0, 0]);
    *code = *abbreviation;
    // The radio's own default revision of the country's rules.
    *revision = u32::MAX;
    Some(frame)
}

/// Mends what came from the radio for the driver: a refused command looks carried out, an end of the link by the access point
/// looks like the one that the driver knows, and an event that it has no use for looks like nothing. Says what was refused.
///
/// Where there are `stations`, the board is the access point: the events about them are counted, and are nothing that the
/// driver should take for the end of the board's own link.
pub(crate) fn mend(command: u32, read: &mut [u32], stations: Option<&mut Stations>) -> Option<Refusal> {
    if command & FUNCTION_AND_WRITE != FRAME_READ {
        return None;
    }
    let len = u16_at(read, 0)?;
    if len != !u16_at(read, 2)? {
        return None;
    }
    let header_len = usize::from(byte_at(read, 7)?);
    match byte_at(read, 5)? & 0x0f {
        CHANNEL_CONTROL => {
            let status_at = header_len + 12;
            let status = u32_at(read, status_at)?;
            if usize::from(len) < status_at + 4 || status == 0 {
                return None;
            }
            let command = u32_at(read, header_len)?;
            for offset in 0..4 {
                set_byte(read, status_at + offset, 0);
            }
            Some(Refusal { command, status: status.cast_signed() })
        }
        CHANNEL_EVENT => {
            let data_offset = byte_at(read, header_len + 3)?;
            let number_at = header_len + 4 + 4 * usize::from(data_offset) + EVENT_NUMBER;
            let number = u32_at(read, number_at).map_or(u32::MAX, u32::swap_bytes);
            let is_access_point = stations.is_some();
            if let Some(stations) = stations
                && let Some(address) = address_at(read, number_at + EVENT_ADDRESS)
            {
                stations.handle(number, address);
            }
            if SENT_AWAY.contains(&number) && !is_access_point {
                set_byte(read, number_at + 3, DEAUTH as u8);
                // Whatever the status, the link has ended.
                for offset in 4..8 {
                    set_byte(read, number_at + offset, 0);
                }
            } else if !EVENTS.contains(&number) || is_access_point && number == DEAUTH {
                set_byte(read, 5, CHANNEL_NONE);
            }
            None
        }
        _ => None,
    }
}

fn byte_at(words: &[u32], at: usize) -> Option<u8> {
    let [a, b, c, d] = words.get(at / 4)?.to_le_bytes();
    Some(match at % 4 {
        0 => a,
        1 => b,
        2 => c,
        _ => d,
    })
}

fn u16_at(words: &[u32], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([byte_at(words, at)?, byte_at(words, at + 1)?]))
}

fn u32_at(words: &[u32], at: usize) -> Option<u32> {
    let low = u16_at(words, at)?;
    let high = u16_at(words, at + 2)?;
    Some(u32::from(high) << 16 | u32::from(low))
}

fn address_at(words: &[u32], at: usize) -> Option<[u8; 6]> {
    let mut address = [0; 6];
    for (offset, byte) in address.iter_mut().enumerate() {
        *byte = byte_at(words, at + offset)?;
    }
    Some(address)
}

fn set_byte(words: &mut [u32], at: usize, byte: u8) {
    if let Some(word) = words.get_mut(at / 4) {
        let shift = at % 4 * 8;
        *word = *word & !(0xff << shift) | u32::from(byte) << shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of these bytes.
    fn words(bytes: &[u8]) -> Vec<u32> {
        bytes
            .chunks(4)
            .map(|chunk| u32::from_le_bytes(std::array::from_fn(|at| *chunk.get(at).unwrap_or(&0))))
            .collect()
    }

    fn frame(channel: u8, header_len: u8, payload: &[u8]) -> Vec<u32> {
        let len = u16::from(header_len) + payload.len() as u16;
        let mut bytes = Vec::from(len.to_le_bytes());
        bytes.extend((!len).to_le_bytes());
        bytes.extend([7, 0x20 | channel, 0, header_len]);
        bytes.resize(usize::from(header_len), 0);
        bytes.extend(payload);
        words(&bytes)
    }

    fn answer(header_len: u8, command: u32, status: i32) -> Vec<u32> {
        let mut payload = Vec::from(command.to_le_bytes());
        payload.extend(4_u32.to_le_bytes());
        payload.extend([0, 0, 1, 0]);
        payload.extend(status.to_le_bytes());
        payload.extend([9, 9, 9, 9]);
        frame(CHANNEL_CONTROL, header_len, &payload)
    }

    fn event(header_len: u8, data_offset: u8, number: u32, status: u32) -> Vec<u32> {
        let mut payload = vec![0x20, 0, 0, data_offset];
        payload.resize(4 + 4 * usize::from(data_offset) + EVENT_NUMBER, 0);
        payload.extend(number.to_be_bytes());
        payload.extend(status.to_be_bytes());
        payload.extend([0; 40]);
        frame(CHANNEL_EVENT, header_len, &payload)
    }

    #[test]
    fn a_refused_command_looks_carried_out() {
        for header_len in [12, 14] {
            let mut read = answer(header_len, 127, -17);
            assert_eq!(mend(0x6000_0040, &mut read, None), Some(Refusal { command: 127, status: -17 }));
            assert_eq!(read, answer(header_len, 127, 0));
        }
    }

    #[test]
    fn what_the_radio_carried_out_stays() {
        let mut read = answer(12, 127, 0);
        assert_eq!(mend(0x6000_0040, &mut read, None), None);
        assert_eq!(read, answer(12, 127, 0));
    }

    #[test]
    fn reads_that_are_no_frames_stay() {
        for command in [0x4000_a004, 0x5000_a004, 0xe000_0040] {
            let mut read = answer(12, 127, -17);
            assert_eq!(mend(command, &mut read, None), None);
            assert_eq!(read, answer(12, 127, -17));
        }
    }

    #[test]
    fn events_that_the_driver_needs_stay() {
        for number in EVENTS {
            let mut read = event(14, 1, number, 6);
            assert_eq!(mend(0x6000_0040, &mut read, None), None);
            assert_eq!(read, event(14, 1, number, 6));
        }
    }

    #[test]
    fn an_access_point_that_sends_the_board_away_ends_the_link() {
        for number in SENT_AWAY {
            for (header_len, data_offset) in [(12, 0), (14, 1)] {
                let mut read = event(header_len, data_offset, number, 8);
                assert_eq!(mend(0x6000_0040, &mut read, None), None);
                assert_eq!(read, event(header_len, data_offset, DEAUTH, 0));
            }
        }
    }

    /// An event about this station, with a link's end that the driver must not take for its own.
    fn about(number: u32, station: u8) -> Vec<u32> {
        let mut frame = event(14, 1, number, 0);
        for (offset, byte) in [0x28, 0xcd, 0xc1, 0, 0, station].into_iter().enumerate() {
            set_byte(&mut frame, 14 + 8 + EVENT_NUMBER + EVENT_ADDRESS + offset, byte);
        }
        frame
    }

    #[test]
    fn stations_are_counted_while_they_are_there() {
        let mut stations = Stations::NONE;
        for (number, station, count) in [
            (8, 1, 1),
            (8, 1, 1),
            (10, 2, 2),
            (16, 3, 2),
            (6, 9, 2),
            (6, 1, 1),
            (12, 2, 0),
            (8, 2, 1),
            (5, 2, 0),
            (8, 3, 1),
            (11, 3, 0),
        ] {
            assert_eq!(mend(0x6000_0040, &mut about(number, station), Some(&mut stations)), None);
            assert_eq!(stations.count(), count, "{number} of {station}");
        }
    }

    #[test]
    fn too_many_stations_do_no_harm() {
        let mut stations = Stations::NONE;
        for station in 0..=u8::MAX {
            mend(0x6000_0040, &mut about(8, station), Some(&mut stations));
        }
        assert_eq!(usize::from(stations.count()), Stations::MAX);
        for station in (0..=u8::MAX).rev() {
            mend(0x6000_0040, &mut about(6, station), Some(&mut stations));
        }
        assert_eq!(stations, Stations::NONE);
    }

    #[test]
    fn a_station_that_leaves_ends_no_link_of_the_access_points() {
        for number in STATION_LEFT.into_iter().chain(STATION_CAME) {
            let mut read = about(number, 1);
            assert_eq!(mend(0x6000_0040, &mut read, Some(&mut Stations::NONE.clone())), None);
            assert_eq!(byte_at(&read, 5), Some(CHANNEL_NONE), "{number}");
        }
        let mut read = about(16, 1);
        mend(0x6000_0040, &mut read, Some(&mut Stations::NONE.clone()));
        assert_eq!(read, about(16, 1));
    }

    #[test]
    fn other_events_look_like_nothing() {
        for number in [2, 8, 10, 11, 142, 190, 0xff, 0x1_0000] {
            for (header_len, data_offset) in [(12, 0), (14, 1)] {
                let mut read = event(header_len, data_offset, number, 0);
                assert_eq!(mend(0x6000_0040, &mut read, None), None);
                assert_eq!(byte_at(&read, 5), Some(CHANNEL_NONE));
            }
        }
    }

    #[test]
    fn cut_frames_do_no_harm() {
        let whole = answer(12, 127, -17);
        for len in 0..7 {
            assert_eq!(mend(0x6000_0040, &mut whole.get(..len).unwrap().to_vec(), None), None);
        }
        let whole = event(12, 0, 8, 0);
        for len in 0..whole.len() {
            let mut stations = Stations::NONE;
            for stations in [None, Some(&mut stations)] {
                assert_eq!(mend(0x6000_0040, &mut whole.get(..len).unwrap().to_vec(), stations), None);
            }
        }
    }

    #[test]
    fn the_country_is_replaced() {
        let mut bytes = vec![0; 4 + 12 + 16];
        bytes.extend(*b"country\0XX\0\0\x11\0\0\0XX\0\0");
        let mut wanted = bytes.clone();
        wanted.splice(40.., *b"DE\0\0\xff\xff\xff\xffDE\0\0");
        assert_eq!(with_country(&words(&bytes), *b"DE").map(Vec::from), Some(words(&wanted)));
        *bytes.get_mut(32).unwrap() = b'C';
        assert_eq!(with_country(&words(&bytes), *b"DE"), None);
        assert_eq!(with_country(&words(&bytes[4..]), *b"DE"), None);
    }
}
