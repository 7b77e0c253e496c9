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
use rgb_proto::settings::{Settings, SettingsDraft, SettingsError};

use crate::board::Board;

pub use command::{Command, CommandError};
pub use desk::{Desk, ScanError, Terminal};
pub use editor::{Edit, Editor, LineError};
pub use networks::{FoundNetwork, Security};
pub use typing::Typing;

use networks::Networks;
use screen::Text;

/// What a board without settings says.
pub const GREETING: &str = "no settings yet: type help and press Enter, or make a settings file with rgb-sim provision";

/// The longest status in bytes; see [`Desk::write_status`].
pub const STATUS_LEN_MAX: usize = Board::STATUS_LEN_MAX;

/// How long a look for networks may take.
pub const SCAN_TIME_MAX: Duration = Duration::from_secs(15);

/// A terminal that takes nothing for so long is not read.
const WRITE_TIME_MAX: Duration = Duration::from_secs(1);

/// A full speed bulk packet (USB 2.0, 5.8.3).
const PACKET_LEN: usize = 64;

/// Answers what is typed until the board starts again. `settings` are those that the board has, if any.
///
/// Nothing is shown before something is typed. Where nobody reads the answers they are lost, after a second.
pub async fn run<D: Desk, T: Terminal>(settings: Option<&Settings>, desk: &mut D, terminal: &mut T, typing: &Typing) {
    let mut console = Console::new(settings);
    // Whether somebody reads. Who types does.
    let mut is_read = true;
    // Each place that waits costs flash memory: one for each thing to wait for is enough.
    loop {
        let step = console.step(desk);
        if is_read && !console.text.is_empty() {
            typing.touch();
            is_read = with_timeout(WRITE_TIME_MAX, terminal.write(console.text.as_bytes())).await.is_ok();
        }
        console.text.clear();
        match step {
            Step::Show => {}
            Step::Read => {
                console.rest(typing);
                let len = terminal.read(&mut console.packet).await;
                console.take(len);
                is_read = true;
            }
            Step::Scan => {
                console.networks.clear();
                let mut add = |found: FoundNetwork<'_>| console.networks.add(&found);
                let outcome = with_timeout(SCAN_TIME_MAX, desk.scan(&mut add)).await;
                console.scanned(outcome.ok());
            }
            Step::Reboot => return desk.reboot().await,
        }
    }
}

/// What is to be waited for, after all that there is to show.
enum Step {
    /// Nothing else.
    Show,
    /// What is typed.
    Read,
    /// The networks.
    Scan,
    /// The end.
    Reboot,
}

/// All of the console that waits for nothing.
struct Console {
    changes: Changes,
    networks: Networks,
    editor: Editor,
    text: Text,
    /// What was typed, how much of it there is, and how much is done.
    packet: [u8; PACKET_LEN],
    len: usize,
    done: usize,
}

impl Console {
    fn new(settings: Option<&Settings>) -> Self {
        Self {
            changes: Changes::new(settings),
            networks: Networks::new(),
            editor: Editor::new(),
            text: Text::new(),
            packet: [0; PACKET_LEN],
            len: 0,
            done: 0,
        }
    }

    /// So many bytes were typed; none if the terminal went away.
    fn take(&mut self, len: usize) {
        self.len = len;
        self.done = 0;
        if len == 0 {
            // Whoever comes next does not finish this line.
            self.editor.clear();
        }
    }

    /// All that was typed is answered.
    fn rest(&mut self, typing: &Typing) {
        // Nothing of a passphrase stays here.
        self.packet.fill(0);
        if self.editor.is_empty() {
            typing.end();
        } else {
            typing.touch();
        }
    }

    /// Goes on with what was typed, up to where something is to be waited for.
    #[inline(never)]
    fn step<D: Desk>(&mut self, desk: &mut D) -> Step {
        while let Some(&byte) = self.packet.get(self.done).filter(|_| self.done < self.len) {
            // An answer gets all of the room.
            let is_end = matches!(byte, b'\r' | b'\n');
            if is_end && !self.text.is_empty() || !self.text.has_room_for_echo() {
                return Step::Show;
            }
            self.done += 1;
            let edit = self.editor.push(byte);
            self.text.echo(&edit);
            match edit {
                Edit::Nothing | Edit::Show(_) | Edit::Erase(_) | Edit::Full => continue,
                Edit::Line(line) => {
                    if let Some(step) = answer(line, &mut self.changes, desk, &mut self.text) {
                        return step;
                    }
                }
                Edit::Refused(error) => self.text.say(error.as_str()),
                Edit::Discarded => {}
            }
            self.text.prompt();
        }
        Step::Read
    }

    /// Shows what was found. No outcome means that the time is over.
    fn scanned(&mut self, outcome: Option<Result<(), ScanError>>) {
        let rows = self.networks.rows();
        rows.iter().for_each(|row| row.show(&mut self.text));
        self.text.say(match outcome {
            Some(Ok(())) if rows.is_empty() => "no network is in reach; the radio has 2.4 GHz only",
            Some(Ok(())) => "",
            Some(Err(error)) => error.as_str(),
            None => "the radio did not finish in time; try again",
        });
        self.text.prompt();
    }
}

/// Answers a line, or says what to wait for.
#[inline(never)]
fn answer<D: Desk>(line: &str, changes: &mut Changes, desk: &mut D, text: &mut Text) -> Option<Step> {
    let mut step = None;
    let words = match Command::parse(line) {
        Ok(None) => return None,
        Ok(Some(command)) => match command {
            Command::Show => changes.show(text),
            Command::Set { field, value } => {
                match changes.set(field, value) {
                    Ok(()) => {
                        text.put(field);
                        text.put(" = ");
                        changes.show_value(field, text);
                    }
                    Err(error) => text.put_all(&error),
                }
                ""
            }
            Command::Save => match changes.draft.finish() {
                Ok(settings) => match desk.save(&settings) {
                    Ok(()) => {
                        *changes = Changes::new(Some(&settings));
                        "saved; type reboot to use the settings"
                    }
                    Err(error) => failed("not saved: ", &error, text),
                },
                Err(error) => failed("not saved: ", &error, text),
            },
            Command::Status => {
                // What does not fit is cut.
                let _ = desk.write_status(text);
                ""
            }
            Command::Scan => {
                step = Some(Step::Scan);
                "looking for networks, up to 15 s ..."
            }
            Command::Reboot { is_confirmed: false } if changes.has_unsaved() => {
                "some changes are not saved: type save first, or reboot yes to lose them"
            }
            Command::Reboot { .. } => {
                step = Some(Step::Reboot);
                "the board starts again"
            }
            Command::Erase { is_confirmed: false } => {
                "this forgets all settings, passphrases included; if you want that, type erase yes"
            }
            Command::Erase { is_confirmed: true } => match desk.erase() {
                Ok(()) => {
                    *changes = Changes::new(None);
                    "all settings are erased; type reboot to start without them"
                }
                Err(error) => failed("not erased: ", &error, text),
            },
            Command::Help { topic } => help::show(topic, text),
        },
        Err(error) => failed("", &error, text),
    };
    text.say(words);
    step
}

/// Says what was not done and why; what is left to say is nothing.
fn failed(what: &str, why: &dyn fmt::Display, text: &mut Text) -> &'static str {
    text.put(what);
    text.put_all(why);
    ""
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
    #[inline(never)]
    fn new(settings: Option<&Settings>) -> Self {
        let draft = settings.map_or(const { SettingsDraft::new() }, Settings::to_draft);
        Self { draft, saved: draft, is_stored: settings.is_some(), unsaved: 0 }
    }

    const fn has_unsaved(&self) -> bool {
        self.unsaved != 0
    }

    /// Shows all settings; gives what stands below.
    fn show(&self, text: &mut Text) -> &'static str {
        for (index, field) in SettingsDraft::FIELDS.iter().enumerate() {
            text.put(if self.unsaved >> index & 1 == 1 { "* " } else { "  " });
            text.put_column(field);
            self.show_value(field, text);
            text.say("");
        }
        match (self.has_unsaved(), self.is_stored) {
            (true, _) => "* is not saved yet; type save to keep it",
            (false, true) => "all of it is saved",
            (false, false) => "nothing of it is saved yet; set at least ssid, then type save",
        }
    }

    fn show_value(&self, field: &str, text: &mut Text) {
        match self.draft.value(field) {
            Some(value) if !value.is_empty() => text.put_all(&value),
            _ => text.put("(none)"),
        }
    }

    #[inline(never)]
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
