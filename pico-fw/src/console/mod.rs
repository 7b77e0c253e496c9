//! A small console on the board's serial port: settings, networks, status.
//!
//! It is for any terminal program at any speed. Whoever types `help` learns the rest. A passphrase appears on the screen as
//! stars and in no answer.
//!
//! | part | what it does |
//! |---|---|
//! | [`Editor`] | makes lines of bytes, and says what to show of them |
//! | [`Command`] | says what a line asks for |
//! | [`run`] | does it, with a [`Desk`] and a [`Terminal`] |
//! | [`Typing`] | tells the log when to wait |

mod command;
mod desk;
mod editor;
mod help;
mod networks;
mod screen;
mod secret;
mod typing;

use core::fmt;

use embassy_time::{Duration, with_timeout};
use rgb_proto::settings::{FieldValue, Settings, SettingsDraft, SettingsError};

use crate::board::Board;

pub use command::{Command, CommandError};
pub use desk::{Desk, ScanError, Terminal};
pub use editor::{Edit, Editor, LineError};
pub use networks::{FoundNetwork, Security};
pub use typing::Typing;

use crate::store::StoreError;
use networks::Networks;
use screen::{Screen, Text};

/// What a board without settings says.
pub const GREETING: &str = "no settings yet: type help and press Enter, or make a settings file with rgb-sim provision";

/// The longest status in bytes; see [`Desk::write_status`].
pub const STATUS_LEN_MAX: usize = Board::STATUS_LEN_MAX;

/// How long a look for networks may take.
pub const SCAN_TIME_MAX: Duration = Duration::from_secs(15);

/// Answers what is typed until the board starts again. `settings` are those that the board has, if any.
///
/// Nothing is shown before something is typed. Where nobody reads the answers they are lost, after a second.
pub async fn run<D: Desk, T: Terminal>(settings: Option<&Settings>, desk: &mut D, terminal: &mut T, typing: &Typing) {
    /// A full speed bulk packet (USB 2.0, 5.8.3).
    const PACKET_LEN: usize = 64;
    let mut screen = Screen::new(terminal, typing);
    let mut console = Console { changes: Changes::new(settings), networks: Networks::new() };
    let mut editor = Editor::new();
    let mut packet = [0; PACKET_LEN];
    loop {
        let len = screen.read(&mut packet).await;
        if len == 0 {
            // Whoever comes next does not finish this line.
            editor.clear();
        }
        for &byte in packet.iter().take(len) {
            // An answer gets all of the room.
            if matches!(byte, b'\r' | b'\n') || !screen.text.has_room_for_echo() {
                screen.flush().await;
            }
            let edit = editor.push(byte);
            screen.text.echo(&edit);
            let mut work = match edit {
                Edit::Nothing | Edit::Show(_) | Edit::Erase(_) | Edit::Full => continue,
                Edit::Line(line) => console.answer(line, desk, &mut screen.text),
                Edit::Refused(error) => screen.text.line(format_args!("{error}")),
                Edit::Discarded => Work::Done,
            };
            // Each part of an answer is shown before the next one, which may take its time. All parts pass here, because
            // each place that waits costs flash memory.
            loop {
                screen.flush().await;
                let text = &mut screen.text;
                work = match work {
                    Work::Done => break,
                    Work::List(list, row) => console.list(list, row, text),
                    Work::Save => match console.changes.draft.finish() {
                        Ok(settings) => console.saved(desk.save(&settings).await, &settings, text),
                        Err(error) => text.line(format_args!("not saved: {error}")),
                    },
                    Work::Erase => console.erased(desk.erase().await, text),
                    Work::Scan => {
                        console.networks = Networks::new();
                        let mut add = |found: FoundNetwork<'_>| console.networks.add(&found);
                        let outcome = with_timeout(SCAN_TIME_MAX, desk.scan(&mut add)).await;
                        console.scanned(outcome.ok())
                    }
                    Work::Reboot => return desk.reboot().await,
                };
            }
            screen.text.prompt();
        }
        // Nothing of a passphrase stays here.
        packet.fill(0);
        screen.flush().await;
        if editor.is_empty() {
            typing.end();
        } else {
            typing.touch();
        }
    }
}

/// What is still to be done for an answer.
enum Work {
    Done,
    /// To go on with this list at this row.
    List(List, usize),
    Save,
    Erase,
    Scan,
    Reboot,
}

/// An answer of many lines.
#[derive(Clone, Copy)]
enum List {
    Settings,
    Meanings,
    /// The networks, and how the scan ended.
    Networks(&'static str),
}

struct Console {
    changes: Changes,
    networks: Networks,
}

impl Console {
    /// Says what can be said at once.
    fn answer(&mut self, line: &str, desk: &impl Desk, text: &mut Text) -> Work {
        let command = match Command::parse(line) {
            Ok(Some(command)) => command,
            Ok(None) => return Work::Done,
            Err(error) => return text.line(format_args!("{error}")),
        };
        let (words, work) = match command {
            Command::Show => return Work::List(List::Settings, 0),
            Command::Set { field, value } => return self.set(field, value, text),
            Command::Save => return Work::Save,
            Command::Status => {
                // What does not fit is cut.
                let _ = desk.write_status(text);
                ("", Work::Done)
            }
            Command::Scan => ("looking for networks, up to 15 s ...", Work::Scan),
            Command::Reboot { is_confirmed: false } if self.changes.has_unsaved() => {
                ("some changes are not saved: type save first, or reboot yes to lose them", Work::Done)
            }
            Command::Reboot { .. } => ("the board starts again", Work::Reboot),
            Command::Erase { is_confirmed: false } => {
                ("this forgets all settings, passphrases included; if you want that, type erase yes", Work::Done)
            }
            Command::Erase { is_confirmed: true } => return Work::Erase,
            Command::Help { topic: "set" } => return Work::List(List::Meanings, 0),
            Command::Help { topic } => match help::meaning(topic) {
                Some(meaning) => return text.line(format_args!("{topic}: {meaning}")),
                None => (help::COMMANDS, Work::Done),
            },
        };
        text.say(words);
        work
    }

    fn set(&mut self, field: &str, value: &str, text: &mut Text) -> Work {
        if let Err(error) = self.changes.set(field, value) {
            return text.line(format_args!("{error}"));
        }
        text.line(format_args!("{field} = {}", self.changes.value(field)))
    }

    fn saved(&mut self, outcome: Result<(), StoreError>, settings: &Settings, text: &mut Text) -> Work {
        if let Err(error) = outcome {
            return text.line(format_args!("not saved: {error}"));
        }
        self.changes = Changes::new(Some(settings));
        text.say("saved; type reboot to use the settings");
        Work::Done
    }

    fn erased(&mut self, outcome: Result<(), StoreError>, text: &mut Text) -> Work {
        if let Err(error) = outcome {
            return text.line(format_args!("not erased: {error}"));
        }
        self.changes = Changes::new(None);
        text.say("all settings are erased; type reboot to start without them");
        Work::Done
    }

    /// No outcome means that the time is over.
    fn scanned(&self, outcome: Option<Result<(), ScanError>>) -> Work {
        let end = match outcome {
            Some(Ok(())) if self.networks.rows().is_empty() => "no network is in reach; the radio has 2.4 GHz only",
            Some(Ok(())) => "",
            Some(Err(error)) => error.as_str(),
            None => "the radio did not finish in time; try again",
        };
        Work::List(List::Networks(end), 0)
    }

    /// One row of a list, or what stands below.
    fn list(&self, list: List, row: usize, text: &mut Text) -> Work {
        let end = match list {
            List::Settings => match SettingsDraft::FIELDS.get(row) {
                Some(field) => {
                    let mark = if self.changes.is_unsaved(row) { "*" } else { " " };
                    text.line(format_args!("{mark} {field:<12} {}", self.changes.value(field)));
                    return Work::List(list, row + 1);
                }
                None => self.changes.summary(),
            },
            List::Meanings => match help::field(row) {
                Some((field, meaning)) => {
                    text.line(format_args!("{field:<12} {meaning}"));
                    return Work::List(list, row + 1);
                }
                None => help::VALUES,
            },
            List::Networks(end) => match self.networks.rows().get(row) {
                Some(network) => {
                    text.line(format_args!("{network}"));
                    return Work::List(list, row + 1);
                }
                None => end,
            },
        };
        text.say(end);
        Work::Done
    }
}

/// The settings as they were changed.
struct Changes {
    draft: SettingsDraft,
    /// As they are stored; all defaults if nothing is.
    saved: SettingsDraft,
    is_stored: bool,
    /// A bit for each field that is not as it is stored.
    unsaved: u32,
}

impl Changes {
    fn new(settings: Option<&Settings>) -> Self {
        let draft = settings.map_or(const { SettingsDraft::new() }, Settings::to_draft);
        Self { draft, saved: draft, is_stored: settings.is_some(), unsaved: 0 }
    }

    const fn has_unsaved(&self) -> bool {
        self.unsaved != 0
    }

    const fn is_unsaved(&self, index: usize) -> bool {
        self.unsaved >> index & 1 == 1
    }

    const fn summary(&self) -> &'static str {
        match (self.has_unsaved(), self.is_stored) {
            (true, _) => "* is not saved yet; type save to keep it",
            (false, true) => "all of it is saved",
            (false, false) => "nothing of it is saved yet; set at least ssid, then type save",
        }
    }

    fn value(&self, field: &str) -> Value<'_> {
        Value(self.draft.value(field))
    }

    fn set(&mut self, field: &str, value: &str) -> Result<(), SettingsError> {
        self.draft.set(field, value)?;
        // A value is as stored if it changes nothing there.
        let mut with_value = self.saved;
        with_value.set(field, value)?;
        let index = SettingsDraft::FIELDS.iter().position(|known| *known == field).unwrap_or_default();
        let is_unsaved = with_value != self.saved;
        self.unsaved = self.unsaved & !(1 << index) | u32::from(is_unsaved) << index;
        Ok(())
    }
}

/// A value for a person to read.
struct Value<'a>(Option<FieldValue<'a>>);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) if !value.is_empty() => value.fmt(f),
            _ => f.write_str("(none)"),
        }
    }
}
