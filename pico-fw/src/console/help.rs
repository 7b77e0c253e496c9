//! What there is, and what it means.

use rgb_proto::settings::SettingsDraft;

/// All commands.
pub(super) const COMMANDS: &str = "\
show            all settings; * marks those that are not saved yet
set KEY VALUE   changes a setting; without VALUE takes it back
save            keeps the changes; the next start uses them
reboot          starts the board again
status          how the board is doing
scan            the WiFi networks in reach
erase           forgets all settings
help set        all KEYs, and what VALUE can be; help KEY tells one";

/// How values are written.
pub(super) const VALUES: &str = "\
VALUE is the rest of the line; put it in \"quotes\" if it begins or ends with a blank.";

/// What a setting means, and what it can be.
pub(super) fn meaning(field: &str) -> Option<&'static str> {
    let index = SettingsDraft::FIELDS.iter().position(|known| *known == field)?;
    MEANINGS.get(index).copied()
}

/// The setting at this place, and what it means.
pub(super) fn field(index: usize) -> Option<(&'static str, &'static str)> {
    Some((SettingsDraft::FIELDS.get(index)?, MEANINGS.get(index)?))
}

/// In the order of [`SettingsDraft::FIELDS`].
const MEANINGS: [&str; SettingsDraft::FIELDS.len()] = [
    "what the board calls itself: up to 32 letters, digits, . - _",
    "server (hands out colours), client (shows them) or both",
    "station (joins a network) or access_point (is one)",
    "the network's name, of 2.4 GHz; case matters",
    "its passphrase of 8 to 63 characters; none if it is open",
    "another network, joined when those before are not there",
    "its passphrase",
    "another network",
    "its passphrase",
    "another network",
    "its passphrase",
    "an access point's channel: 1 to 11",
    "whose radio rules hold: DE, GB, US, ..., or XX for anywhere",
    "where a client asks: 192.168.1.7 or board.local; none finds one by itself",
    "the TCP port of the server: 1 to 65535",
    "a client asks once in this time: 1ms to 86400000ms",
    "random, potentiometers, buttons, temperature or sweep",
    "common_cathode or common_anode",
    "GPIOs of the LED's red, green, blue, such as 13,14,15",
    "GPIOs of the three buttons, such as 10,11,12",
    "on (radio sleeps; answers are slow) or off",
];
