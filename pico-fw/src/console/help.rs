//! What there is, and what it means.

use rgb_proto::settings::SettingsDraft;

use super::screen::Text;

/// All commands.
const COMMANDS: &str = "\
show            all settings; * marks those that are not saved yet
set KEY VALUE   changes a setting; without VALUE takes it back
save            keeps the changes; the next start uses them
reboot          starts the board again
status          how the board is doing
scan            the WiFi networks in reach
erase           forgets all settings
help set        all KEYs, and what VALUE can be; help KEY tells one";

/// How values are written.
const VALUES: &str = "\
VALUE is the rest of the line; put it in \"quotes\" if it begins or ends with a blank.";

/// Tells about a topic, or about all commands; gives what stands below.
pub(super) fn show(topic: &str, text: &mut Text) -> &'static str {
    let meanings = || SettingsDraft::FIELDS.iter().zip(&MEANINGS);
    if topic == "set" {
        for (field, meaning) in meanings() {
            text.put_column(field);
            text.say(meaning);
        }
        return VALUES;
    }
    let Some((_, meaning)) = meanings().find(|(field, _)| **field == topic) else { return COMMANDS };
    text.put(topic);
    text.put(": ");
    meaning
}

/// In the order of [`SettingsDraft::FIELDS`].
const MEANINGS: [&str; SettingsDraft::FIELDS.len()] = [
    "the board's name: up to 32 letters, digits, . - _",
    "server (hands out colours), client (shows them) or both",
    "station (joins a network) or access_point (is one)",
    "the 2.4 GHz network's name; case matters",
    "its passphrase: 8 to 63 characters; none if open",
    "another network, joined if those before are not there",
    "its passphrase",
    "another network",
    "its passphrase",
    "another network",
    "its passphrase",
    "an access point's channel: 1 to 11",
    "whose radio rules hold: DE, GB, US, ..., or XX for anywhere",
    "where a client asks: 192.168.1.7 or board.local; none finds one by itself",
    "the server's TCP port: 1 to 65535",
    "how often a client asks: 1ms to 86400000ms",
    "random, potentiometers, buttons, temperature or sweep",
    "common_cathode or common_anode",
    "GPIOs of the LED's red, green, blue, like 13,14,15",
    "GPIOs of the three buttons, like 10,11,12",
    "on (radio sleeps; answers are slow) or off",
];
