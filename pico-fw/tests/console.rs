//! What a person types on the board's serial port, and what it answers.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::future::pending;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use embassy_time::{Duration, Instant, MockDriver};
use pico_fw::console::{
    Command, CommandError, Desk, Edit, Editor, FoundNetwork, GREETING, LineError, SCAN_TIME_MAX, STATUS_LEN_MAX,
    ScanError, Security, Terminal, Typing, run,
};
use pico_fw::store::StoreError;
use proptest::prelude::*;
use proptest::test_runner::Config;
use rgb_proto::settings::{Settings, SettingsDraft};

const SECRET: &str = "correct horse";

/// Who has it owns the process's clock.
static CLOCK: Mutex<()> = Mutex::new(());

/// A network as a test says it.
type Found = (&'static [u8], i16, Option<u8>, Security);

/// A board that does what a test says.
#[derive(Default)]
struct FakeDesk {
    saved: Vec<Settings>,
    erased: u32,
    reboots: u32,
    store_error: Option<StoreError>,
    networks: Vec<Found>,
    scan_error: Option<ScanError>,
    scan_hangs: bool,
    status: String,
}

impl Desk for FakeDesk {
    fn save(&mut self, settings: &Settings) -> Result<(), StoreError> {
        self.saved.push(settings.clone());
        self.store_error.map_or(Ok(()), Err)
    }

    fn erase(&mut self) -> Result<(), StoreError> {
        self.erased += 1;
        self.store_error.map_or(Ok(()), Err)
    }

    async fn scan(&mut self, found: &mut dyn FnMut(FoundNetwork<'_>)) -> Result<(), ScanError> {
        for &(ssid, dbm, channel, security) in &self.networks {
            found(FoundNetwork { ssid, dbm, channel, security });
        }
        if self.scan_hangs {
            pending::<()>().await;
        }
        self.scan_error.map_or(Ok(()), Err)
    }

    fn write_status(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        out.write_str(&self.status)
    }

    async fn reboot(&mut self) {
        self.reboots += 1;
    }
}

/// Both ends of a serial line.
#[derive(Default)]
struct Line {
    typed: RefCell<std::collections::VecDeque<Vec<u8>>>,
    shown: RefCell<Vec<u8>>,
    /// The console waits for what is typed.
    is_idle: Cell<bool>,
    /// Nobody reads.
    is_stuck: Cell<bool>,
}

impl Terminal for &Line {
    async fn read(&mut self, buffer: &mut [u8]) -> usize {
        std::future::poll_fn(|_| {
            let Some(bytes) = self.typed.borrow_mut().pop_front() else {
                self.is_idle.set(true);
                return Poll::Pending;
            };
            self.is_idle.set(false);
            buffer[..bytes.len()].copy_from_slice(&bytes);
            Poll::Ready(bytes.len())
        })
        .await
    }

    async fn write(&mut self, bytes: &[u8]) {
        if self.is_stuck.get() {
            pending::<()>().await;
        }
        self.shown.borrow_mut().extend(bytes);
    }
}

/// A person at a board, in virtual time.
struct Session {
    desk: FakeDesk,
    settings: Option<Settings>,
    is_stuck: bool,
}

impl Session {
    /// At a board with these settings.
    fn new(settings: Option<Settings>) -> Self {
        Self { desk: FakeDesk::default(), settings, is_stuck: false }
    }

    /// Types these pieces, each as soon as the one before is answered; gives all bytes that came.
    fn type_pieces(&mut self, pieces: &[&[u8]]) -> Vec<u8> {
        let _clock = own_clock();
        let typing = Typing::new();
        let line = Line::default();
        line.is_stuck.set(self.is_stuck);
        // An empty piece says that the terminal went away.
        let packets = pieces.iter().flat_map(|piece| match piece {
            [] => vec![Vec::new()],
            piece => piece.chunks(64).map(<[u8]>::to_vec).collect(),
        });
        line.typed.borrow_mut().extend(packets);
        let mut terminal = &line;
        let mut console = pin!(run(self.settings.as_ref(), &mut self.desk, &mut terminal, &typing));
        let limit = Instant::now() + Duration::from_secs(120);
        while console.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() && !line.is_idle.get() {
            MockDriver::get().advance(Duration::from_millis(100));
            assert!(Instant::now() < limit, "the console does not come to rest");
        }
        line.shown.take()
    }

    /// Types lines; gives what the screen shows then.
    fn type_lines(&mut self, lines: &str) -> String {
        screen(&self.type_pieces(&[lines.replace('\n', "\r").as_bytes()]))
    }

    /// Types one line; gives the answer alone.
    fn ask(&mut self, line: &str) -> String {
        let screen = self.type_lines(&format!("{line}\n"));
        let (_, answer) = screen.split_once('\n').expect("the line is echoed");
        answer.strip_suffix("> ").expect("a prompt follows").to_owned()
    }
}

fn own_clock() -> MutexGuard<'static, ()> {
    let clock = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    MockDriver::get().reset();
    clock
}

/// What a simple terminal makes of these bytes.
fn screen(bytes: &[u8]) -> String {
    let mut lines = vec![Vec::new()];
    let mut column = 0;
    for letter in String::from_utf8_lossy(bytes).chars() {
        let count = lines.len();
        let line = lines.last_mut().expect("there is one from the start");
        match letter {
            '\r' => column = 0,
            '\n' => {
                assert_eq!(column, 0, "a line feed alone makes steps, in line {count}");
                lines.push(Vec::new());
            }
            '\x08' => column -= 1,
            '\x07' => {}
            _ => {
                assert!(!letter.is_control(), "{letter:?}");
                line.resize(line.len().max(column + 1), ' ');
                line[column] = letter;
                column += 1;
            }
        }
    }
    // What was erased is blank.
    let last = lines.len() - 1;
    let line = |(index, line): (usize, Vec<char>)| {
        let text: String = line.into_iter().collect();
        if index == last && text.starts_with("> ") && text.trim_end() == ">" {
            "> ".to_owned()
        } else {
            text.trim_end_matches(' ').to_owned()
        }
    };
    lines.into_iter().enumerate().map(line).collect::<Vec<String>>().join("\n")
}

/// What is shown of a line while it is typed.
fn echo_of(typed: &[u8]) -> String {
    let mut editor = Editor::new();
    let mut shown = Vec::new();
    for &byte in typed {
        match editor.push(byte) {
            Edit::Show(byte) => shown.push(byte),
            Edit::Erase(count) => {
                for _ in 0..count {
                    while shown.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
                }
            }
            Edit::Nothing | Edit::Full => {}
            Edit::Discarded | Edit::Line(_) | Edit::Refused(_) => shown.clear(),
        }
    }
    String::from_utf8_lossy(&shown).into_owned()
}

/// The lines that come of these bytes.
fn lines_of(typed: &[u8]) -> Vec<Result<String, LineError>> {
    let mut editor = Editor::new();
    let mut lines = Vec::new();
    for &byte in typed {
        match editor.push(byte) {
            Edit::Line(line) => lines.push(Ok(line.to_owned())),
            Edit::Refused(error) => lines.push(Err(error)),
            Edit::Nothing | Edit::Show(_) | Edit::Erase(_) | Edit::Full | Edit::Discarded => {}
        }
    }
    lines
}

fn line(text: &str) -> Result<String, LineError> {
    Ok(text.to_owned())
}

fn settings(fields: &[(&str, &str)]) -> Settings {
    let mut draft = SettingsDraft::new();
    for (field, value) in fields {
        draft.set(field, value).expect("a good value");
    }
    draft.finish().expect("they make a board")
}

fn home() -> Settings {
    settings(&[("name", "kitchen"), ("ssid", "Home"), ("passphrase", SECRET)])
}

// Sessions.

#[test]
fn a_new_board_gets_its_settings() {
    let mut board = Session::new(None);
    let shown = board.type_lines(
        "set ssid Home\nset passphrase correct horse\nset role client\nset server 192.168.1.7\nsave\nreboot\n",
    );
    assert_eq!(
        shown,
        "\
set ssid Home
ssid = Home
> set passphrase**************
passphrase = (set, not shown)
> set role client
role = client
> set server 192.168.1.7
server = 192.168.1.7
> save
saved; type reboot to use the settings
> reboot
the board starts again
"
    );
    let wanted = settings(&[("ssid", "Home"), ("passphrase", SECRET), ("role", "client"), ("server", "192.168.1.7")]);
    assert_eq!(board.desk.saved, [wanted]);
    assert_eq!(board.desk.reboots, 1);
}

#[test]
fn show_tells_all_and_what_is_not_saved() {
    let mut board = Session::new(Some(home()));
    let shown = board.type_lines("set passphrase battery staple\nset ssid2 Café\nset port 8080\nshow\n");
    let (_, shown) = shown.split_once("> show\n").unwrap();
    assert_eq!(
        shown,
        "  name         kitchen
  role         server
  wifi         station
  ssid         Home
* passphrase   (set, not shown)
* ssid2        Café
  passphrase2  (none)
  ssid3        (none)
  passphrase3  (none)
  ssid4        (none)
  passphrase4  (none)
  channel      6
  country      XX
  server       (none)
* port         8080
  interval     200ms
  source       random
  led          common_cathode
  led_pins     13,14,15
  button_pins  10,11,12
  power_save   off
* is not saved yet; type save to keep it
> "
    );
}

#[test]
fn show_tells_when_nothing_has_changed() {
    let shown = Session::new(Some(home())).ask("show");
    assert!(shown.ends_with("\nall of it is saved\n") && !shown.contains('*'), "{shown}");
    let shown = Session::new(None).ask("show");
    assert!(shown.ends_with("\nnothing of it is saved yet; set at least ssid, then type save\n"), "{shown}");
}

#[test]
fn a_value_that_is_set_back_is_no_change() {
    let mut board = Session::new(Some(home()));
    let shown = board.type_lines("set passphrase battery staple\nset passphrase correct horse\nshow\n");
    assert!(shown.contains("\nall of it is saved\n"), "{shown}");
    let shown = board.type_lines("set ssid\nset ssid Home\nset passphrase\nset passphrase correct horse\nshow\n");
    assert!(shown.contains("ssid = (none)\n") && shown.contains("passphrase = (none)\n"), "{shown}");
    assert!(shown.contains("\nall of it is saved\n"), "{shown}");
}

#[test]
fn what_is_saved_is_no_change_any_more() {
    let mut board = Session::new(None);
    let shown = board.type_lines("set ssid3 Home\nsave\nshow\n");
    assert!(shown.contains("\n  ssid         Home\n"), "as the board has it from now on: {shown}");
    assert!(shown.contains("\nall of it is saved\n"), "{shown}");
    assert_eq!(board.desk.saved, [settings(&[("ssid", "Home")])]);
}

#[test]
fn settings_that_make_no_board_are_not_saved() {
    for (lines, field) in [
        ("", "ssid"),
        ("set ssid Home\nset passphrase2 correct horse\n", "passphrase2"),
        ("set ssid Home\nset led_pins 2,18,20\n", "led_pins"),
        ("set ssid Home\nset wifi access_point\nset ssid2 Other\n", "ssid2"),
    ] {
        let mut board = Session::new(None);
        let shown = board.type_lines(&format!("{lines}save\n"));
        let mut draft = SettingsDraft::new();
        for line in lines.lines() {
            let (field, value) = line.strip_prefix("set ").unwrap().split_once(' ').unwrap();
            draft.set(field, value).unwrap();
        }
        let error = draft.finish().unwrap_err();
        assert_eq!(error.field(), field);
        assert!(shown.ends_with(&format!("save\nnot saved: {error}\n> ")), "{shown}");
        assert!(board.desk.saved.is_empty());
    }
}

#[test]
fn a_flash_memory_that_fails_is_told() {
    let mut board = Session::new(Some(home()));
    board.desk.store_error = Some(StoreError::Worn);
    let shown = board.type_lines("set port 81\nsave\nshow\nerase yes\nshow\n");
    assert_eq!(shown.matches(&format!("\nnot saved: {}\n", StoreError::Worn)).count(), 1, "{shown}");
    assert_eq!(shown.matches(&format!("\nnot erased: {}\n", StoreError::Worn)).count(), 1, "{shown}");
    assert_eq!(shown.matches("\n* port         81\n").count(), 2, "the change waits still: {shown}");
    assert_eq!((board.desk.saved.len(), board.desk.erased), (1, 1));
}

#[test]
fn erase_asks_and_then_forgets() {
    let mut board = Session::new(Some(home()));
    let question = "this forgets all settings, passphrases included; if you want that, type erase yes\n";
    assert_eq!(board.ask("erase"), question);
    assert_eq!(board.ask("erase no"), question);
    assert_eq!(board.desk.erased, 0);
    let shown = board.type_lines("erase yes\nshow\n");
    assert!(shown.contains("\nall settings are erased; type reboot to start without them\n"), "{shown}");
    assert!(shown.contains("\n  passphrase   (none)\n") && !shown.contains("kitchen"), "{shown}");
    assert_eq!(board.desk.erased, 1);
}

#[test]
fn reboot_asks_before_it_loses_changes() {
    let mut board = Session::new(Some(home()));
    let shown = board.type_lines("set port 81\nreboot\n");
    let words = "\nsome changes are not saved: type save first, or reboot yes to lose them\n> ";
    assert!(shown.ends_with(words), "{shown}");
    assert_eq!(board.desk.reboots, 0);
    let shown = board.type_lines("set port 81\nreboot yes\n");
    assert!(shown.ends_with("\nthe board starts again\n"), "{shown}");
    assert_eq!(board.desk.reboots, 1);
    assert_eq!(board.type_lines("reboot\nshow\n"), "reboot\nthe board starts again\n", "without changes at once");
    assert_eq!(board.desk.reboots, 2);
}

#[test]
fn status_is_the_boards() {
    let mut board = Session::new(Some(home()));
    board.desk.status = "up for 5 s\nip = 192.168.1.5\n".to_owned();
    assert_eq!(board.ask("status"), "up for 5 s\nip = 192.168.1.5\n");
    board.desk.status = "no line end".to_owned();
    assert_eq!(board.ask("status"), "no line end\n");
    board.desk.status = "x".repeat(STATUS_LEN_MAX);
    assert_eq!(board.ask("status"), format!("{}\n", board.desk.status));
    board.desk.status = "é".repeat(STATUS_LEN_MAX);
    let shown = board.ask("status");
    assert!(shown.len() > STATUS_LEN_MAX && shown.trim_end().chars().all(|letter| letter == 'é'));
}

#[test]
fn help_tells_all_commands() {
    let mut board = Session::new(None);
    let shown = board.ask("help");
    assert_eq!(
        shown,
        "\
show            all settings; * marks those that are not saved yet
set KEY VALUE   changes a setting; without VALUE takes it back
save            keeps the changes; the next start uses them
reboot          starts the board again
status          how the board is doing
scan            the WiFi networks in reach
erase           forgets all settings
help set        all KEYs, and what VALUE can be; help KEY tells one
"
    );
    assert_eq!(board.ask("help me"), shown);
    let unknown = board.ask("hlep");
    let (_, names) = unknown.trim_end().split_once("there are ").unwrap();
    for name in names.split(", ") {
        assert!(shown.lines().any(|line| line.starts_with(name)), "{name}");
        assert!(!board.type_lines(&format!("{name}\n")).contains("unknown command"), "{name}");
    }
}

#[test]
fn help_tells_all_settings() {
    let mut board = Session::new(None);
    let shown = board.ask("help set");
    let mut lines = shown.lines();
    for field in SettingsDraft::FIELDS {
        let (known, meaning) = lines.next().unwrap().split_once(' ').unwrap();
        assert_eq!(known, field);
        assert_eq!(board.ask(&format!("help {field}")), format!("{field}: {}\n", meaning.trim_start()));
    }
    let last = "VALUE is the rest of the line; put it in \"quotes\" if it begins or ends with a blank.";
    assert_eq!(lines.collect::<Vec<_>>(), [last]);
    assert!(shown.lines().all(|line| line.len() <= 88), "one line each on any terminal: {shown}");
}

// Values.

#[test]
fn every_setting_can_be_set() {
    for (field, value) in SettingsDraft::FIELDS.into_iter().zip([
        "lamp-2",
        "both",
        "access_point",
        "My Home, 2nd floor",
        "correct horse",
        "Café",
        "\"quoted one",
        "three",
        "battery staple",
        "four",
        " ~~~~~~~~",
        "11",
        "DE",
        "board.local",
        "8080",
        "1000ms",
        "sweep",
        "common_anode",
        "1, 2, 3",
        "4,5,6",
        "on",
    ]) {
        let mut draft = home().to_draft();
        draft.set(field, value.trim()).unwrap();
        let shown = draft.value(field).unwrap().to_string();
        let mut board = Session::new(Some(home()));
        assert_eq!(board.ask(&format!("set {field} {value}")), format!("{field} = {shown}\n"));
        board.type_lines(&format!("set {field} {value}\nsave\n"));
        assert_eq!(board.desk.saved.pop(), draft.finish().ok(), "{field}");
    }
}

#[test]
fn each_wrong_value_is_refused_in_the_settings_words() {
    let long = "a".repeat(64);
    for (field, value) in [
        ("name", "living room"),
        ("name", &long),
        ("role", "master"),
        ("role", ""),
        ("wifi", "mesh"),
        ("ssid", &long),
        ("passphrase", "short"),
        ("passphrase", &long),
        ("passphrase3", "pässwörter"),
        ("ssid4", &long),
        ("channel", "12"),
        ("country", "Germany"),
        ("server", "not a host"),
        ("port", "0"),
        ("interval", "0"),
        ("source", "rainbow"),
        ("led", "rgb"),
        ("led_pins", "1,2"),
        ("led_pins", "1,2,23"),
        ("button_pins", "a,b,c"),
        ("power_save", "maybe"),
        ("colour", "red"),
        ("Ssid", "Home"),
    ] {
        let error = SettingsDraft::new().set(field, value).unwrap_err();
        let mut board = Session::new(Some(home()));
        assert_eq!(board.ask(&format!("set {field} {value}")), format!("{error}\n"));
        let shown = board.type_lines(&format!("set {field} {value}\nshow\n"));
        assert!(shown.contains("\nall of it is saved\n"), "the setting keeps its value: {shown}");
    }
}

#[test]
fn a_value_is_the_rest_of_the_line() {
    for (typed, value) in [
        ("set ssid My  Home", "My  Home"),
        ("  SET   ssid   My Home  ", "My Home"),
        ("set ssid \" Home \"", " Home "),
        ("set ssid \"\"Home\"\"", "\"Home\""),
        ("set ssid \"", "\""),
        ("set ssid Home\"", "Home\""),
        ("set ssid", ""),
        ("set ssid \"\"", ""),
    ] {
        assert!(Command::parse(typed) == Ok(Some(Command::Set { field: "ssid", value })), "{typed}");
    }
}

#[test]
fn a_strange_name_does_not_reach_the_terminal() {
    let mut board = Session::new(Some(settings(&[("ssid", "a\u{1b}[2Jb\u{9b}c")])));
    assert!(board.ask("show").contains("\n  ssid         a\u{fffd}[2Jb\u{fffd}c\n"));
}

// Commands.

#[test]
fn every_command_is_known() {
    for (typed, command) in [
        ("show", Command::Show),
        ("Save", Command::Save),
        ("STATUS", Command::Status),
        (" scan ", Command::Scan),
        ("reboot", Command::Reboot { is_confirmed: false }),
        ("reboot yes", Command::Reboot { is_confirmed: true }),
        ("erase", Command::Erase { is_confirmed: false }),
        ("erase Yes", Command::Erase { is_confirmed: true }),
        ("erase yes please", Command::Erase { is_confirmed: false }),
        ("help", Command::Help { topic: "" }),
        ("help set", Command::Help { topic: "set" }),
    ] {
        assert!(Command::parse(typed) == Ok(Some(command)), "{typed}");
    }
    assert!(Command::parse("") == Ok(None) && Command::parse("   ") == Ok(None));
}

#[test]
fn what_is_no_command_is_told_without_its_words() {
    for (typed, error, words) in [
        (
            "wifi Home hunter22",
            CommandError::Unknown,
            "unknown command; there are show, set, save, status, scan, reboot, erase, help",
        ),
        ("set", CommandError::NoField, "set what? For instance: set ssid Home; help set tells all settings"),
        ("save hunter22", CommandError::Alone("save"), "nothing was done: save stands alone on its line"),
    ] {
        assert!(Command::parse(typed) == Err(error), "{typed}");
        assert_eq!(error.to_string(), words);
        assert_eq!(Session::new(None).ask(typed), format!("{words}\n"));
    }
}

#[test]
fn debug_output_holds_no_value() {
    for typed in ["set passphrase hunter22", "set passphrase=hunter22", "help hunter22"] {
        let command = Command::parse(typed).unwrap().unwrap();
        assert!(!format!("{command:?}").contains("hunter22"));
    }
}

// Lines.

#[test]
fn a_line_ends_with_cr_lf_or_both() {
    for (typed, lines) in [
        ("show\rsave\r", 2),
        ("show\nsave\n", 2),
        ("show\r\nsave\r\n", 2),
        ("show\r\n\r\nsave\r\n", 3),
        ("show\n\nsave\n", 3),
        ("show\r\rsave\r", 3),
    ] {
        let found = lines_of(typed.as_bytes());
        assert_eq!((found.len(), found.first(), found.last()), (lines, Some(&line("show")), Some(&line("save"))));
    }
    assert_eq!(lines_of(b"\n\rshow\n\r"), [line(""), line(""), line("show"), line("")]);
}

#[test]
fn an_empty_line_asks_again() {
    assert_eq!(Session::new(None).type_lines("\n\n"), "\n>\n> ");
    assert_eq!(screen(&Session::new(None).type_pieces(&[b"\r", b"\n", b"\r", b"\n"])), "\n>\n> ");
}

#[test]
fn backspace_takes_back_a_character() {
    for backspace in ["\x08", "\x7f"] {
        let typed = format!("{backspace}shq{backspace}ow{backspace}{backspace}ow\r");
        assert_eq!(lines_of(typed.as_bytes()), [line("show")]);
        let typed = format!("a{}b\r", backspace.repeat(9));
        assert_eq!(lines_of(typed.as_bytes()), [line("b")]);
        let typed = format!("é€😀x{backspace}{backspace}{backspace}\r");
        assert_eq!(lines_of(typed.as_bytes()), [line("é")]);
        let typed = format!("set ssid Café{backspace}e");
        assert_eq!(screen(&Session::new(None).type_pieces(&[typed.as_bytes()])), "set ssid Cafe");
    }
    assert_eq!(Session::new(None).type_pieces(&[b"\x08\x7f\x15"]), b"", "nothing is taken off an empty line");
}

#[test]
fn ctrl_u_clears_the_line_and_ctrl_c_gives_it_up() {
    assert_eq!(lines_of(b"set ssid\x15show\r"), [line("show")]);
    assert_eq!(lines_of(b"erase yes\x03show\r"), [line("show")]);
    let shown = Session::new(None).type_pieces(&["set ssid Café\x15hlep".as_bytes()]);
    assert_eq!(screen(&shown), "hlep");
    let shown = Session::new(None).type_pieces(&[b"erase yes\x03sav"]);
    assert_eq!(screen(&shown), "erase yes^C\n> sav");
}

#[test]
fn arrow_keys_and_other_keys_mean_nothing() {
    for key in [
        "\x1b[A",
        "\x1b[D",
        "\x1bOC",
        "\x1b[3~",
        "\x1b[1;5C",
        "\x1b[200~",
        "\x1b[[A",
        "\x1bx",
        "\x1b\x1b[A",
        "\t",
        "\0",
        "\x01",
        "\x0c",
        "\x1b[1\x1b[A",
        "\x1b[\t",
    ] {
        assert_eq!(lines_of(format!("sh{key}ow\r").as_bytes()), [line("show")], "{key:?}");
    }
    for end in ["\r", "\n"] {
        for start in ["\x1b", "\x1b[", "\x1bO", "\x1b[1;"] {
            assert_eq!(lines_of(format!("show{start}{end}").as_bytes()), [line("show")], "{start:?} swallows no end");
        }
    }
    assert_eq!(lines_of("caf\x1b[é\r".as_bytes()), [line("café")]);
}

#[test]
fn a_line_that_is_too_long_is_refused_whole() {
    let words = "the line is too long and was ignored; a line has up to 128 bytes";
    assert_eq!(LineError::TooLong.to_string(), words);
    let longest = "x".repeat(Editor::LEN_MAX);
    assert_eq!(lines_of(format!("{longest}\rshow\r").as_bytes()), [line(&longest), line("show")]);
    for rest in ["y", "y\x08", "y\x7f\x7f\x7f", "yyyyyyyyyyyyyyyyyyyyyyy"] {
        let typed = format!("{longest}{rest}\rshow\r");
        assert_eq!(lines_of(typed.as_bytes()), [Err(LineError::TooLong), line("show")]);
    }
    for back in ["\x15", "\x03"] {
        assert_eq!(lines_of(format!("{longest}yy{back}show\r").as_bytes()), [line("show")]);
    }
    let typed = format!("set ssid {longest}");
    assert_eq!(Session::new(None).ask(&typed).lines().last(), Some(words));
    let shown = Session::new(None).type_pieces(&[typed.as_bytes()]);
    assert_eq!(shown.iter().filter(|byte| **byte == 0x07).count(), 1, "the bell rings once");
}

#[test]
fn the_longest_values_fit_on_a_line() {
    let passphrase = "p".repeat(63);
    let typed = format!("set passphrase4 \"{passphrase}\"\r");
    assert_eq!(lines_of(typed.as_bytes()).len(), 1);
    assert_eq!(Session::new(None).ask(typed.trim_end()), "passphrase4 = (set, not shown)\n");
}

#[test]
fn a_line_that_is_not_utf_8_is_refused() {
    let words = "the line is not UTF-8 and was ignored; set your terminal program to UTF-8";
    assert_eq!(LineError::NotText.to_string(), words);
    let shown = Session::new(None).type_pieces(&[b"set ssid Caf\xe9\r"]);
    assert!(screen(&shown).ends_with(&format!("\n{words}\n> ")));
    assert_eq!(lines_of(b"\x80\x08\xc3\r"), [Err(LineError::NotText)]);
}

#[test]
fn what_a_terminal_left_unfinished_is_dropped_with_it() {
    let shown = Session::new(None).type_pieces(&[b"erase y", b"", b"es\r"]);
    assert!(screen(&shown).contains("\nunknown command"));
}

// Secrets.

#[test]
fn a_passphrase_is_shown_as_stars() {
    for (typed, shown) in [
        ("set passphrase hunter22", "set passphrase*********"),
        ("  set   passphrase3   hunter22", "  set   passphrase3***********"),
        ("SET Passphrase hunter22", "SET Passphrase*********"),
        // What people type as well.
        ("set passphrase=hunter22", "set passphrase*********"),
        ("set passphrase2=hunter22", "set passphrase2*********"),
        ("set passphrase5 hunter22", "set passphrase**********"),
        ("set password hunter22", "set pass*************"),
        ("set pass hunter22", "set pass*********"),
        ("set pasphrase hunter22", "set pasphrase*********"),
        ("set wifi_passphrase hunter22", "set wifi_passphrase*********"),
        ("setpassphrase hunter22", "setpassphrase*********"),
        ("passphrase hunter22", "passphrase*********"),
        ("passphrase = \"hunter22\"", "passphrase*************"),
        ("sett passphrase hunter22", "sett********************"),
        ("> set passphrase hunter22", ">************************"),
        ("help passphrase hunter22", "help passphrase*********"),
        ("set passphrase pässe", "set passphrase******"),
        // What is no secret.
        ("set ssid My passphrase", "set ssid My passphrase"),
        ("set ssid compass", "set ssid compass"),
        ("erase yes", "erase yes"),
        ("help passphrase2", "help passphrase2"),
        ("hlep", "hlep"),
    ] {
        assert_eq!(echo_of(typed.as_bytes()), shown, "{typed}");
    }
}

#[test]
fn exactly_the_secret_settings_are_shown_as_stars() {
    let draft = SettingsDraft::new();
    for field in SettingsDraft::FIELDS {
        let is_secret = draft.value(field).unwrap().is_secret();
        let shown = if is_secret { format!("set {field}*****") } else { format!("set {field} abcd") };
        assert_eq!(echo_of(format!("set {field} abcd").as_bytes()), shown);
    }
}

#[test]
fn editing_does_not_uncover_a_passphrase() {
    for (typed, shown) in [
        ("set passphrase hunter22\x08\x08\x08zzz", "set passphrase*********"),
        ("set passphrase \x08=hunter22", "set passphrase*********"),
        ("set passphras\x08e hunter22", "set passphra**********"),
        ("set ssid\x08\x08\x08\x08passphrase hunter22", "set passphrase*********"),
        ("show\x15set passphrase hunter22", "set passphrase*********"),
        ("show\x03set passphrase hunter22", "set passphrase*********"),
        ("set passphrase hunter22\x15set ssid Home", "set ssid Home"),
        ("set passphrase\x1b[D hunter\x1b[A22", "set passphrase*********"),
    ] {
        assert_eq!(echo_of(typed.as_bytes()), shown, "{typed:?}");
    }
}

#[test]
fn no_answer_has_a_passphrase() {
    let mut board = Session::new(Some(home()));
    let commands = ["show", "status", "save", "help", "help set", "help passphrase", "erase", "scan"];
    let wrong =
        ["short", "pässe correct horse", "correct horse \u{1}"].map(|value| format!("set passphrase {value}\n"));
    let mut typed = format!("set passphrase2 {SECRET}\n{}", wrong.concat());
    for command in commands {
        writeln!(typed, "{command}").unwrap();
    }
    let shown = board.type_lines(&typed);
    assert!(!shown.contains("correct") && !shown.contains("horse"), "{shown}");
}

// Networks.

const OPEN: Security = Security::Open;
const PROTECTED: Security = Security::Protected;

fn scan(networks: &[Found]) -> String {
    let mut board = Session::new(None);
    board.desk.networks = networks.to_vec();
    let answer = board.ask("scan");
    answer.strip_prefix("looking for networks, up to 15 s ...\n").expect("it says what it does").to_owned()
}

#[test]
fn a_scan_shows_the_strongest_first_and_each_name_once() {
    let shown = scan(&[
        (b"Far", -88, Some(1), PROTECTED),
        (b"Home", -70, Some(6), PROTECTED),
        ("Café".as_bytes(), -60, None, OPEN),
        (b"Home", -52, Some(11), PROTECTED),
        (b"Home", -65, Some(1), PROTECTED),
        (b"Next", -60, Some(3), Security::Unknown),
        (b"", -80, Some(3), PROTECTED),
        (b"\0\0\0\0", -81, Some(4), PROTECTED),
        (b"a\x1b[2J\xffz", -100, Some(5), OPEN),
    ]);
    assert_eq!(
        shown,
        " -52 dBm  channel 11  protected  Home
 -60 dBm              open       Café
 -60 dBm  channel  3             Next
 -80 dBm  channel  3  protected  (hidden)
 -81 dBm  channel  4  protected  (hidden)
 -88 dBm  channel  1  protected  Far
-100 dBm  channel  5  open       a\u{fffd}[2J\u{fffd}z
"
    );
}

#[test]
fn a_scan_keeps_the_sixteen_strongest() {
    const NAMES: [&[u8]; 20] = [
        b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"i", b"j", b"k", b"l", b"m", b"n", b"o", b"p", b"q", b"r",
        b"s", b"t",
    ];
    for step in [1, 3, 7, 19] {
        let networks: Vec<Found> = (0..40)
            .map(|index| {
                let number = index * step % 20;
                (NAMES[number], -(number as i16) - 30, Some(1), OPEN)
            })
            .collect();
        let shown = scan(&networks);
        let names: Vec<&str> = shown.lines().filter_map(|line| line.rsplit(' ').next()).collect();
        assert_eq!(names.concat(), "abcdefghijklmnop");
    }
}

#[test]
fn a_name_is_cut_at_the_longest_that_can_be() {
    const LONG: &[u8] = &[b'x'; 40];
    assert_eq!(scan(&[(LONG, -50, Some(1), OPEN)]), format!(" -50 dBm  channel  1  open       {}\n", "x".repeat(32)));
}

#[test]
fn the_longest_list_of_networks_is_not_cut() {
    let names: Vec<[u8; 32]> = (0..16).map(|number| [0xf0 | number; 32]).collect();
    let networks: Vec<Found> = names.iter().map(|name| (&*name.to_vec().leak(), -100, Some(11), PROTECTED)).collect();
    let row = format!("-100 dBm  channel 11  protected  {}\n", "\u{fffd}".repeat(32));
    assert_eq!(scan(&networks), row.repeat(16));
}

#[test]
fn a_scan_without_networks_says_so() {
    assert_eq!(scan(&[]), "no network is in reach; the radio has 2.4 GHz only\n");
}

#[test]
fn a_scan_that_fails_says_why() {
    for (error, words) in [
        (ScanError::NoRadio, "no scan: the radio does not run; is this a board with WiFi?"),
        (ScanError::Busy, "no scan: the radio is busy with joining a network; try again in a few seconds"),
        (
            ScanError::AccessPoint,
            "no scan: the board is an access point and cannot look for networks; set wifi station first",
        ),
        (ScanError::Refused, "no scan: the radio refused; try again"),
    ] {
        assert_eq!(error.to_string(), words);
        let mut board = Session::new(None);
        board.desk.scan_error = Some(error);
        assert!(board.ask("scan").ends_with(&format!("...\n{words}\n")));
    }
}

#[test]
fn a_scan_that_does_not_end_is_ended() {
    let mut board = Session::new(None);
    board.desk.networks = vec![(b"Home", -52, Some(11), PROTECTED)];
    board.desk.scan_hangs = true;
    let shown = board.ask("scan");
    let end = " -52 dBm  channel 11  protected  Home\nthe radio did not finish in time; try again\n";
    assert!(shown.ends_with(end), "{shown}");
    assert_eq!(SCAN_TIME_MAX, Duration::from_secs(15));
}

// Time.

/// A console whose time a test moves.
fn with_console(test: impl FnOnce(&Line, &Typing, &mut dyn FnMut(&[u8], Duration) -> bool)) {
    let _clock = own_clock();
    let typing = Typing::new();
    let line = Line::default();
    let mut terminal = &line;
    let mut desk = FakeDesk { scan_hangs: true, ..FakeDesk::default() };
    let mut console = pin!(run(None, &mut desk, &mut terminal, &typing));
    let mut step = |typed: &[u8], time: Duration| {
        if !typed.is_empty() {
            line.typed.borrow_mut().push_back(typed.to_vec());
        }
        let mut context = Context::from_waker(Waker::noop());
        assert!(console.as_mut().poll(&mut context).is_pending());
        MockDriver::get().advance(time);
        assert!(console.as_mut().poll(&mut context).is_pending());
        line.is_idle.get()
    };
    test(&line, &typing, &mut step);
}

const NO_TIME: Duration = Duration::from_ticks(0);

#[test]
fn the_log_waits_while_somebody_types() {
    with_console(|_, typing, step| {
        assert!(!typing.is_typing());
        step(b"s", Duration::from_millis(9_999));
        assert!(typing.is_typing());
        step(b"h", Duration::from_millis(9_999));
        assert!(typing.is_typing(), "each key counts");
        step(b"", Duration::from_millis(1));
        assert!(!typing.is_typing(), "nobody types any more");
        step(b"o", NO_TIME);
        assert!(typing.is_typing());
        step(b"w\r", NO_TIME);
        assert!(!typing.is_typing(), "the line is done");
        step(b"\n", NO_TIME);
        assert!(!typing.is_typing(), "no line began");
        step(b"x\x08", NO_TIME);
        assert!(!typing.is_typing(), "the line is empty again");
        step(b"erase\x03", NO_TIME);
        assert!(!typing.is_typing());
        step(&[b'x'; 200][..64], NO_TIME);
        step(&[b'x'; 64], NO_TIME);
        step(&[b'x'; 64], NO_TIME);
        assert!(typing.is_typing(), "too long a line is one still");
    });
}

#[test]
fn the_log_waits_for_the_answer_but_not_for_long() {
    with_console(|_, typing, step| {
        step(b"scan\r", Duration::from_millis(9_999));
        assert!(typing.is_typing());
        step(b"", Duration::from_millis(1));
        assert!(!typing.is_typing());
        assert!(step(b"", Duration::from_secs(5)), "the scan is over");
        assert!(!typing.is_typing());
    });
}

#[test]
fn who_waits_for_the_end_of_typing_learns_of_it() {
    with_console(|_, typing, step| {
        let mut context = Context::from_waker(Waker::noop());
        assert!(pin!(typing.ended()).poll(&mut context).is_ready());
        step(b"s", NO_TIME);
        let mut ended = pin!(typing.ended());
        assert!(ended.as_mut().poll(&mut context).is_pending());
        step(b"how\r", NO_TIME);
        assert!(ended.as_mut().poll(&mut context).is_ready(), "by the line's end");
        step(b"s", NO_TIME);
        let mut ended = pin!(typing.ended());
        assert!(ended.as_mut().poll(&mut context).is_pending());
        step(b"", Duration::from_secs(6));
        step(b"h", Duration::from_secs(6));
        assert!(ended.as_mut().poll(&mut context).is_pending(), "somebody typed on");
        step(b"", Duration::from_secs(4));
        assert!(ended.as_mut().poll(&mut context).is_ready(), "by the time");
    });
}

#[test]
fn a_terminal_that_nobody_reads_does_not_stop_the_console() {
    with_console(|line, _, step| {
        line.is_stuck.set(true);
        assert!(!step(b"help\rhelp set\rshow\rsave\r", Duration::from_millis(999)));
        assert!(step(b"", Duration::from_millis(1)), "after a second all of it is lost");
        assert_eq!(line.shown.take(), b"");
        line.is_stuck.set(false);
        step(b"save\r", NO_TIME);
        let error = SettingsDraft::new().finish().unwrap_err();
        assert_eq!(screen(&line.shown.take()), format!("save\nnot saved: {error}\n> "), "who types, reads");
    });
}

#[test]
fn a_board_keeps_quiet_until_somebody_types() {
    with_console(|line, _, step| {
        assert!(step(b"", Duration::from_secs(3600)));
        assert_eq!(line.shown.take(), b"");
        step(b"\r", NO_TIME);
        assert_eq!(line.shown.take(), b"\r\n> ");
    });
}

#[test]
fn the_greeting_fits_on_a_line_of_the_log() {
    assert!(GREETING.len() < 160 && GREETING.contains("help") && GREETING.contains("rgb-sim provision"));
}

// Any bytes.

/// What comes of a keyboard, or of a cat on it.
fn keys() -> impl Strategy<Value = Vec<u8>> {
    const KEYS: [&str; 11] = ["\x08", "\x7f", "\x15", "\x03", "\x1b", "\x1b[", "\x1b[A", "\r", "\n", "\r\n", " "];
    const WORDS: [&str; 7] = ["show", "save", "help", "set", "erase yes", "scan", "status"];
    let key = prop_oneof![
        4 => any::<u8>().prop_map(|byte| vec![byte]),
        4 => prop::sample::select(&KEYS[..]).prop_map(|key| key.as_bytes().to_vec()),
        2 => prop::sample::select(&SettingsDraft::FIELDS[..]).prop_map(|field| format!("set {field} ").into_bytes()),
        2 => prop::sample::select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
    ];
    proptest::collection::vec(key, 0..40).prop_map(|keys| keys.concat())
}

/// What begins a new line, whatever was typed before.
fn new_line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\x15", "\x03", "\r", "\r\n", "\n"])
}

/// The beginning of a line that sets a passphrase, as people type it.
fn passphrase_start() -> impl Strategy<Value = String> {
    let word = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
    (
        word(&["", " ", "   "]),
        word(&["set", "SET", "Set", "sex\x08t", "xxx\x08\x7f\x08set", "s\x1b[Det"]),
        word(&[" ", "  "]),
        word(&["passphrase", "passphrase2", "passphrase4", "Passphrase", "pass", "ssid\x08\x08\x08\x08passphrase"]),
        word(&[" ", "  ", "=", " = ", " \"", "5 ", " x\x08"]),
    )
        .prop_map(|(indent, set, blank, field, end)| [indent, set, blank, field, end].concat())
}

/// A passphrase in pieces, with mistakes that are taken back.
fn typed_passphrase() -> impl Strategy<Value = (String, String)> {
    proptest::collection::vec(("[A-Z]", prop::option::weighted(0.2, "[A-Z]")), 8..40).prop_map(|letters| {
        let secret = letters.iter().map(|(letter, _)| letter.as_str()).collect();
        let typed = letters.iter().map(|(letter, mistake)| match mistake {
            Some(mistake) => format!("{mistake}\x08{letter}"),
            None => letter.clone(),
        });
        (secret, typed.collect())
    })
}

/// In pieces of these lengths.
fn pieces<'a>(mut bytes: &'a [u8], lens: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for len in lens.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (piece, rest) = bytes.split_at(bytes.len().min(*len));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_bytes_do_in_any_pieces(
        typed in keys(),
        lens in proptest::collection::vec(1usize..64, 1..5),
    ) {
        let whole = Session::new(Some(home())).type_pieces(&[&typed]);
        let in_pieces = Session::new(Some(home())).type_pieces(&pieces(&typed, &lens));
        prop_assert_eq!(String::from_utf8_lossy(&whole), String::from_utf8_lossy(&in_pieces));
        let shown = String::from_utf8_lossy(&whole);
        prop_assert!(!shown.contains(SECRET));
    }

    #[test]
    fn no_passphrase_is_ever_shown(
        before in keys(),
        new_line in new_line(),
        start in passphrase_start(),
        (secret, typed) in typed_passphrase(),
        after in keys(),
        lens in proptest::collection::vec(1usize..64, 1..5),
    ) {
        let bytes = [&before, new_line.as_bytes(), start.as_bytes(), typed.as_bytes(), &after].concat();
        let mut board = Session::new(Some(home()));
        let shown = board.type_pieces(&pieces(&bytes, &lens));
        let shown = String::from_utf8_lossy(&shown);
        for part in secret.as_bytes().windows(5) {
            let part = std::str::from_utf8(part).unwrap();
            prop_assert!(!shown.contains(part), "{part} of {secret} in {shown}");
        }
    }

    #[test]
    fn a_line_is_read_as_it_was_typed(text in "[ -~äöü€😀]{0,40}") {
        prop_assert_eq!(lines_of(format!("{text}\r").as_bytes()), [Ok(text)]);
    }

    #[test]
    fn what_is_typed_is_set_as_the_settings_have_it(
        field in prop::sample::select(SettingsDraft::FIELDS.to_vec()),
        value in "[!-~][ -~]{0,60}[!-~]",
    ) {
        prop_assume!(!(value.starts_with('"') && value.ends_with('"')));
        let mut draft = home().to_draft();
        let words = match draft.set(field, &value) {
            Ok(()) => format!("{field} = {}\n", draft.value(field).unwrap()),
            Err(error) => format!("{error}\n"),
        };
        let mut board = Session::new(Some(home()));
        prop_assert_eq!(board.ask(&format!("set {field} {value}")), words);
    }
}
